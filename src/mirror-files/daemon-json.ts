// daemon.json of the Docker Engine: `registry-mirrors`, which are for Docker Hub alone.
// Docker asks them for tags too. The file has no word for that, and a mirror may be any public cache, so they never resolve one here.

import {getNodeValue, type Node, type ParseError, parseTree} from 'jsonc-parser'
import {DOCKER_HUB} from '../oci/reference.ts'
import type {ImportedMirror, ImportWarning, MirrorTable} from './imported-mirrors.ts'
import {type Located, type LocatedTable, type LocatedText, MirrorFileError, textsOf} from './located-value.ts'
import {parseMirrorUrl, quoteAddress} from './mirror-url.ts'
import {limitMirrors, mayUseHttp, type MirrorFile, PLAIN_HTTP, placeIn} from './table-reader.ts'

/** Throws MirrorFileError for a file that Docker refuses. */
export function readDaemonJson(text: string, file: MirrorFile): MirrorTable {
  const root = parseJson(text)
  const warnings: ImportWarning[] = []
  const mirrors = textsOf(root, 'registry-mirrors').flatMap(mirror => readMirror(mirror, file, warnings))
  return {
    match: {kind: 'prefix', prefix: DOCKER_HUB},
    mirrors: limitMirrors(mirrors, warnings),
    isBlocked: false,
    warnings
  }
}

// ValidateMirror in moby: a scheme, and neither a login, nor a query, nor a fragment.
function readMirror({text, line}: LocatedText, file: MirrorFile, warnings: ImportWarning[]): readonly ImportedMirror[] {
  const url = URL.parse(text)
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:'))
    throw new MirrorFileError('each of registry-mirrors must be a URL with https:// or http://', line)
  if (url.search !== '' || url.hash !== '' || url.username !== '' || url.password !== '')
    throw new MirrorFileError('a URL of registry-mirrors must not have a user name, a query, or a fragment', line)
  const parsed = parseMirrorUrl(text, path => `${path.replace(/\/+$/, '')}/v2`)
  if (!parsed.ok) {
    const reason = `the mirror ${quoteAddress(text)} is not used: ${parsed.reason}`
    warnings.push({text: reason, place: placeIn(file, line)})
    return []
  }
  const {target, host, isHttp} = parsed.value
  if (isHttp && !mayUseHttp(file, host)) {
    warnings.push({text: `${host} ${PLAIN_HTTP}`, place: placeIn(file, line)})
    return []
  }
  return [{target, mayResolve: false, place: placeIn(file, line)}]
}

function parseJson(text: string): LocatedTable {
  const errors: ParseError[] = []
  const node = parseTree(text, errors, {disallowComments: true})
  const [error] = errors
  const lineAt = createLineAt(text)
  const root = node === undefined || error !== undefined ? undefined : located(node, lineAt)
  if (root?.kind === 'table') return root
  throw new MirrorFileError('it is not a valid JSON object', lineAt(error?.offset ?? 0))
}

function located(node: Node, lineAt: (offset: number) => number): Located {
  const line = lineAt(node.offset)
  const {children = []} = node
  switch (node.type) {
    case 'object':
      return {
        kind: 'table',
        line,
        entries: new Map(
          children.flatMap(({children: [key, value] = []}) =>
            key === undefined || value === undefined ? [] : [[String(getNodeValue(key)), located(value, lineAt)]]
          )
        )
      }
    case 'array':
      return {kind: 'list', line, items: children.map(child => located(child, lineAt))}
    case 'string':
      return {kind: 'text', line, text: String(node.value)}
    default:
      return {kind: 'other', line}
  }
}

/** Returns the line of an offset. Offsets ascend, so that each line end is looked for once. */
function createLineAt(text: string): (offset: number) => number {
  let [line, next] = [1, text.indexOf('\n')]
  return offset => {
    while (next >= 0 && next < offset) {
      line += 1
      next = text.indexOf('\n', next + 1)
    }
    return line
  }
}
