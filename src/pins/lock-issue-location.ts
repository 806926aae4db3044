// Where in a lock file an issue is: its line and column, for the error message.
// The parser that knows positions is loaded only for a lock file that is broken.

import type {Node, ParseError} from 'jsonc-parser'
import {type LockIssue} from './lock.ts'

/** Describes an issue with its position: `line 3, column 5: images["docker.io/library/php:8.3"].digest: …`. */
export async function locateIssue(text: string, {reason, path}: LockIssue): Promise<string> {
  const conflict = /^(?:<{7}|={7}|>{7})(?: |\r?$)/m.exec(text)
  if (conflict !== null) return `${positionOf(text, conflict.index)}: it contains merge conflict markers`
  const {findNodeAtLocation, parseTree, printParseErrorCode} = await import('jsonc-parser')
  const errors: ParseError[] = []
  // A byte order mark is not part of the JSON. A space in its place keeps the columns right.
  const tree = parseTree(text.replace(/^\uFEFF/, ' '), errors, {disallowComments: true})
  const [first] = errors
  if (first !== undefined) {
    const what = printParseErrorCode(first.error).replace(/(?<=[a-z])(?=[A-Z])/g, ' ')
    return `${positionOf(text, first.offset)}: it is not JSON (${what.toLowerCase()})`
  }
  if (tree === undefined || path === undefined) return `${positionOf(text, duplicateKeyOffset(tree) ?? 0)}: ${reason}`
  // A missing value has the position of the object in which it is missing.
  let node: Node | undefined
  for (let depth = path.length; node === undefined; depth--) node = findNodeAtLocation(tree, path.slice(0, depth))
  return `${positionOf(text, node.parent?.offset ?? node.offset)}: ${formatPath(path)}: ${reason}`
}

/** The offset of the first key that its object has twice. */
function duplicateKeyOffset(node: Node | undefined): number | undefined {
  const keys = new Set<unknown>()
  for (const child of node?.children ?? []) {
    const key = child.type === 'property' ? child.children?.[0] : undefined
    if (key !== undefined && keys.has(key.value)) return key.offset
    keys.add(key?.value)
    const below = duplicateKeyOffset(child)
    if (below !== undefined) return below
  }
  return undefined
}

/** `images["docker.io/library/php:8.3.8"].digest`. */
function formatPath(path: readonly string[]): string {
  return path
    .map((key, at) => (/^[$\w]+$/.test(key) ? `${at === 0 ? '' : '.'}${key}` : `[${JSON.stringify(key)}]`))
    .join('')
}

function positionOf(text: string, offset: number): string {
  const linesBefore = text.slice(0, offset).split(/\r\n|\r|\n/)
  const last = linesBefore.pop() ?? ''
  return `line ${String(linesBefore.length + 1)}, column ${String(last.length + 1)}`
}
