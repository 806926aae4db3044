// The images of a Compose project, and the Dockerfiles that it builds: those of every service, whatever its profile.
// Follows https://github.com/compose-spec/compose-spec in merging, `include`, `extends`, interpolation, and the forms of `build`.

import {posix} from 'node:path'
import {type FileEntry, rejectFile} from '../language/file-entry.ts'
import {isRemote, skipRemote} from '../language/build-context.ts'
import {childOf, entriesOf, type Tree} from '../language/yaml-tree.ts'
import {
  COMPOSE_EXAMPLE,
  type ComposeOptions,
  type ComposeReader,
  type ComposeSource,
  createComposeReader,
  expandText,
  type FilePart,
  parseComposeFile,
  readNamedFile,
  spendWork
} from './compose-reader.ts'
import {builtImageOf, findInService} from './entries.ts'
import {resolveService, type ServiceLayers} from './extends.ts'

/** Throws 'invalid-input' when a file, or one that it includes or extends, is not a Compose file. */
export function findInCompose(options: ComposeOptions): readonly FileEntry[] {
  return findInProject(createComposeReader(options), options.sources, [])
}

export function isCompose(trees: readonly Tree[]): boolean {
  return trees.some(tree => childOf(tree, 'services')?.kind === 'map' || childOf(tree, 'include') !== undefined)
}

/** A file without services that is merged with others: it has only networks, for example. */
function isFragment(trees: readonly Tree[]): boolean {
  return trees.some(tree => FRAGMENT_KEYS.some(key => tree.kind === 'map' && tree.entries.has(key)))
}

const FRAGMENT_KEYS = ['services', 'networks', 'volumes', 'configs', 'secrets', 'models'] as const

const MAX_INCLUDES = 50
const WORK_PER_FILE = 100

type Document = {readonly tree: Tree; readonly file: string; readonly trees: readonly Tree[]}

/** `including` are the files that lead to this project by `include`. */
function findInProject(
  reader: ComposeReader,
  sources: readonly ComposeSource[],
  including: readonly string[]
): readonly FileEntry[] {
  const [{file} = {file: ''}] = sources
  if (including.includes(file)) return []
  const documents = sources.flatMap(source => readDocuments(reader, source, including.length))
  const services = [...servicesIn(documents)].map(([name, parts]) => layersOf(reader, name, parts))
  const resolved = services.flatMap(service => (service.type === 'layers' ? [service.layers] : []))
  const built = resolved.flatMap(layers => builtImageOf(reader, layers) ?? [])
  const scope = {reader, builtImages: new Set(built.map(({name}) => name))}
  return [
    ...services.filter(service => service.type === 'skipped'),
    ...built,
    ...resolved.flatMap(layers => findInService(scope, layers)),
    ...documents.flatMap(document =>
      itemsOrSelf(childOf(document.tree, 'include')).flatMap(item =>
        findIncluded(reader, {tree: item, file: document.file}, [...including, file])
      )
    )
  ]
}

function readDocuments(reader: ComposeReader, source: ComposeSource, depth: number): readonly Document[] {
  const {file} = source
  const location = {file, line: 1}
  spendWork(reader, WORK_PER_FILE, location)
  const trees = parseComposeFile(reader, source)
  const reason =
    !isCompose(trees) && !isFragment(trees)
      ? 'not a Compose file: the map `services` is missing'
      : depth > MAX_INCLUDES
        ? `files include each other more than ${String(MAX_INCLUDES)} deep`
        : undefined
  if (reason !== undefined) rejectFile({value: file, reason, example: COMPOSE_EXAMPLE, location})
  return trees.map(tree => ({tree, file, trees}))
}

type ServicePart = {readonly part: FilePart; readonly trees: readonly Tree[]}

/** The parts of each service in the order of the files. */
function servicesIn(documents: readonly Document[]): ReadonlyMap<string, readonly ServicePart[]> {
  const services = new Map<string, ServicePart[]>()
  for (const {tree, file, trees} of documents)
    for (const [name, service] of entriesOf(childOf(tree, 'services'))) {
      const parts = services.get(name) ?? []
      services.set(name, parts)
      parts.push({part: {tree: service, file}, trees})
    }
  return services
}

function layersOf(
  reader: ComposeReader,
  name: string,
  parts: readonly ServicePart[]
): ReturnType<typeof resolveService> {
  const layers: ServiceLayers[] = []
  for (const {part, trees} of parts.toReversed()) {
    const resolved = resolveService(reader, name, part, trees)
    if (resolved.type === 'skipped') return resolved
    layers.push(resolved.layers)
  }
  return {type: 'layers', layers: layers.flat()}
}

/** An item of `include`: a path, or a map with paths that are merged, a project folder, and environment files. */
function findIncluded(
  reader: ComposeReader,
  {tree, file}: FilePart,
  including: readonly string[]
): readonly FileEntry[] {
  const location = {file, line: tree.line}
  const paths = textsOf(childOf(tree, 'path') ?? tree).map(text => expandText(reader, text))
  const unknown = paths.find(path => !path.ok)
  if (unknown?.ok === false) return [{type: 'skipped', text: 'include', reason: unknown.reason, location}]
  const known = paths.flatMap(path => (path.ok ? [path.value] : []))
  const remote = known.find(isRemote)
  if (remote !== undefined) return [skipRemote(`include: ${remote}`, location)]
  const read = known.map(path => readNamedFile(reader, {path, folder: reader.folder, location}))
  const sources = read.filter(source => source.type === 'file')
  const skipped = read.filter(source => source.type === 'skipped')
  if (skipped.length > 0 || sources[0] === undefined) return skipped
  return findInProject(includedReader(reader, {tree, sources, first: sources[0].file}), sources, including)
}

function includedReader(
  reader: ComposeReader,
  {tree, sources, first}: {readonly tree: Tree; readonly sources: readonly ComposeSource[]; readonly first: string}
): ComposeReader {
  const inProject = (text: string): string => {
    const path = expandText(reader, text)
    const value = path.ok ? path.value : text
    return posix.isAbsolute(value) ? posix.normalize(value) : posix.join(reader.folder, value)
  }
  const [named] = textsOf(childOf(tree, 'project_directory'))
  const folder = named === undefined ? posix.dirname(first) : inProject(named)
  const envFiles = textsOf(childOf(tree, 'env_file')).map(inProject)
  return {
    ...reader,
    folder,
    files: new Set(sources.map(({file}) => file)),
    lookup: reader.readVariables(envFiles.length > 0 ? envFiles : [posix.join(folder, '.env')], reader.lookup)
  }
}

function textsOf(tree: Tree | undefined): readonly string[] {
  return itemsOrSelf(tree).flatMap(item => (item.kind === 'text' ? [item.text] : []))
}

function itemsOrSelf(tree: Tree | undefined): readonly Tree[] {
  if (tree === undefined) return []
  return tree.kind === 'list' ? tree.items : [tree]
}
