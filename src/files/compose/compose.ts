// The images of a Compose file, and the Dockerfiles that it builds: those of every service, whatever its profile.
// Follows https://github.com/compose-spec/compose-spec in `include`, `extends`, interpolation, and the forms of `build`.

import {excerpt, type FileEntry, rejectFile} from '../language/file-entry.ts'
import {isRemote, skipRemote} from '../language/build-context.ts'
import {childOf, entriesOf, type Tree} from '../language/yaml-tree.ts'
import {
  COMPOSE_EXAMPLE,
  type ComposeOptions,
  type ComposeReader,
  createComposeReader,
  expandInFile,
  parseComposeFile,
  readNamedFile,
  spendWork
} from './compose-reader.ts'
import {builtImageOf, findInService} from './entries.ts'
import {resolveService} from './extends.ts'

/** Throws 'invalid-input' when the file, or one that it includes or extends, is not a Compose file. */
export function findInCompose(options: ComposeOptions): readonly FileEntry[] {
  return findInFile(createComposeReader(options), options, [])
}

export function isCompose(trees: readonly Tree[]): boolean {
  return trees.some(tree => childOf(tree, 'services')?.kind === 'map' || childOf(tree, 'include') !== undefined)
}

const MAX_INCLUDES = 50
const WORK_PER_FILE = 100

/** `including` are the files that lead to this one by `include`. */
function findInFile(
  reader: ComposeReader,
  {file, text}: {readonly file: string; readonly text: string},
  including: readonly string[]
): readonly FileEntry[] {
  if (including.includes(file)) return []
  const location = {file, line: 1}
  spendWork(reader, WORK_PER_FILE, location)
  const trees = parseComposeFile(reader, file, text)
  const reason = !isCompose(trees)
    ? 'not a Compose file: the map `services` is missing'
    : including.length > MAX_INCLUDES
      ? `files include each other more than ${String(MAX_INCLUDES)} deep`
      : undefined
  if (reason !== undefined) rejectFile({value: file, reason, example: COMPOSE_EXAMPLE, location})
  const services = trees
    .flatMap(tree => entriesOf(childOf(tree, 'services')))
    .map(([name, tree]) => resolveService(reader, name, {tree, file}, trees))
  const resolved = services.flatMap(service => (service.type === 'layers' ? [service.layers] : []))
  const scope = {reader, builtImages: new Set(resolved.flatMap(layers => builtImageOf(reader, layers) ?? []))}
  return [
    ...services.filter(service => service.type === 'skipped'),
    ...resolved.flatMap(layers => findInService(scope, layers)),
    ...trees.flatMap(tree => findIncluded(reader, childOf(tree, 'include'), [...including, file]))
  ]
}

function findIncluded(
  reader: ComposeReader,
  include: Tree | undefined,
  including: readonly string[]
): readonly FileEntry[] {
  const file = including.at(-1) ?? ''
  return itemsOrSelf(include)
    .flatMap(item => itemsOrSelf(childOf(item, 'path') ?? item))
    .flatMap((item): readonly FileEntry[] => {
      if (item.kind !== 'text') return []
      const location = {file, line: item.line}
      const text = `include: ${item.text}`
      const path = expandInFile(reader, file, item.text)
      if (!path.ok) return [{type: 'skipped', text: excerpt(text), reason: path.reason, location}]
      if (isRemote(path.value)) return [skipRemote(text, location)]
      const included = readNamedFile(reader, path.value, location)
      return included.type === 'skipped' ? [included] : findInFile(reader, included, including)
    })
}

function itemsOrSelf(tree: Tree | undefined): readonly Tree[] {
  if (tree === undefined) return []
  return tree.kind === 'list' ? tree.items : [tree]
}
