// The images that a Compose file needs from outside, and the Dockerfiles that it builds: every service, whatever its profile.
// Follows the Compose specification in extends, interpolation and the forms of build; reads other files through a port.

import {posix} from 'node:path'
import type {SourceLocation} from '../../failure/failure.ts'
import {parsePlatform, type Platform} from '../../oci/platform.ts'
import {familiarName} from '../dockerfile/dockerfile.ts'
import {expand, type Expanded, type Lookup} from '../language/variables.ts'
import {
  type Build,
  excerpt,
  type FileEntry,
  type SkippedEntry,
  isRemote,
  type ReadFile,
  rejectFile
} from '../language/file-entry.ts'
import {childOf, entriesOf, itemsOf, pairsOf, readTrees, type Tree} from '../language/yaml-tree.ts'

export type ComposeOptions = {
  readonly text: string
  readonly file: string
  /** Variables, of the job and of the `.env` beside a file. */
  readonly variablesOf: (file: string) => Lookup
  readonly read: ReadFile
}

// What one file says of a service; a service that extends another has several of these, its own first.
type Layer = {readonly tree: Tree; readonly file: string}

type Service = {readonly name: string; readonly layers: readonly Layer[]; readonly line: number}

export function isCompose(trees: readonly Tree[]): boolean {
  return trees.some(tree => childOf(tree, 'services')?.kind === 'map' || childOf(tree, 'include') !== undefined)
}

export function findInCompose(options: ComposeOptions): readonly FileEntry[] {
  return findInFile({...options, trees: new Map(), texts: new Map(), work: MAX_WORK}, options, [])
}

type Open = ComposeOptions & {
  /** A file that a thousand services extend is read once. */
  readonly trees: Map<string, readonly Tree[]>
  readonly texts: Map<string, ReturnType<ReadFile>>
  work: number
}

// Services and parts of them that are looked at. Aliases make a small file a large one, a thousand services may be one list, and
// two files that are included twice each, ten deep, are a thousand.
const MAX_WORK = 1_000_000

function spend(options: Open, parts: number, location: SourceLocation): void {
  options.work -= parts
  if (options.work < 0)
    rejectFile({
      value: location.file,
      reason: 'with its aliases and includes it has too many services, or parts of them',
      example: EXAMPLE,
      location
    })
}

const EXAMPLE = 'services: {web: {image: php:8.3.8-cli}}'

function treesOf(options: Open, file: string, text: string): readonly Tree[] {
  const trees = options.trees.get(file) ?? readTrees(text, file)
  options.trees.set(file, trees)
  return trees
}

const MAX_INCLUDES = 50
const COST_OF_A_FILE = 100

function findInFile(
  options: Open,
  {file, text}: {readonly file: string; readonly text: string},
  seen: readonly string[]
): readonly FileEntry[] {
  if (seen.includes(file)) return []
  spend(options, COST_OF_A_FILE, {file, line: 1})
  const trees = treesOf(options, file, text)
  if (!isCompose(trees) || seen.length > MAX_INCLUDES)
    rejectFile({
      value: file,
      reason: isCompose(trees)
        ? `more than ${String(MAX_INCLUDES)} files include each other`
        : 'a Compose file has a map of services',
      example: EXAMPLE,
      location: {file, line: 1}
    })
  const services = trees
    .flatMap(tree => entriesOf(childOf(tree, 'services')))
    .map(([name, tree]) => ({
      name,
      line: tree.line,
      layers: layersOf(options, {tree, file}, [`${file}#${name}`], trees)
    }))
  const known = services.flatMap(({layers, ...service}): readonly Service[] =>
    'type' in layers ? [] : [{...service, layers}]
  )
  const scope: Scope = {options, built: namesBuilt(options, known)}
  return [
    ...services.flatMap(({layers}) => ('type' in layers ? [layers] : [])),
    ...known.flatMap(service => findInService(scope, service)),
    ...trees.flatMap(tree => findIncluded(options, childOf(tree, 'include'), file, [...seen, file]))
  ]
}

type Scope = {readonly options: Open; readonly built: ReadonlySet<string>}

const DIALECT = {
  escape: undefined,
  describeUnset: (name: string) =>
    `${name} is set neither for the job nor in .env, and has no default, as in \${${name}:-8.3.8}`
}

function expandIn(options: Open, file: string, text: string): Expanded {
  return expand(text, options.variablesOf(file), DIALECT)
}

/** The folder of a file, and a path from there; both relative to the workspace. */
function beside(file: string, path: string): string {
  return posix.isAbsolute(path) ? posix.normalize(path) : posix.join(posix.dirname(file), path)
}

type Opened = {readonly type: 'opened'; readonly file: string; readonly text: string}

function openOther(options: Open, path: string, location: SourceLocation, written: string): Opened | SkippedEntry {
  const file = beside(location.file, path)
  const text = options.texts.get(file) ?? options.read(file)
  options.texts.set(file, text)
  if (typeof text === 'string') return {type: 'opened', file, text}
  if (text !== undefined) return {type: 'skipped', text: excerpt(written), reason: text.blocked, location}
  return rejectFile({
    value: excerpt(written),
    reason: `there is no file ${excerpt(file)}`,
    example: 'common.yaml',
    location
  })
}

function findIncluded(
  options: Open,
  include: Tree | undefined,
  file: string,
  seen: readonly string[]
): readonly FileEntry[] {
  return (include?.kind === 'list' ? include.items : include === undefined ? [] : [include])
    .flatMap(item => {
      const path = childOf(item, 'path') ?? item
      return path.kind === 'list' ? path.items : [path]
    })
    .flatMap(item => {
      const path = item.kind === 'text' ? expandIn(options, file, item.text) : undefined
      if (item.kind !== 'text' || path === undefined) return []
      const location = {file, line: item.line}
      if (!path.ok) return [{type: 'skipped', text: excerpt(`include ${item.text}`), reason: path.reason, location}]
      if (isRemote(path.value))
        return [
          {type: 'skipped', text: excerpt(`include ${item.text}`), reason: 'it is not in the workspace', location}
        ]
      const opened = openOther(options, path.value, location, item.text)
      return opened.type === 'skipped' ? [opened] : findInFile(options, opened, seen)
    })
}

const MAX_EXTENDS = 50

// A gap when one of them must not be read: what the service is cannot be known.
function layersOf(
  options: Open,
  layer: Layer,
  way: readonly string[],
  trees: readonly Tree[]
): readonly Layer[] | SkippedEntry {
  spend(options, 1, {file: layer.file, line: layer.tree.line})
  const extended = childOf(layer.tree, 'extends')
  if (extended === undefined) return [layer]
  const name = extended.kind === 'text' ? extended : childOf(extended, 'service')
  const other = childOf(extended, 'file')
  const location = {file: layer.file, line: extended.line}
  if (name?.kind !== 'text')
    return rejectFile({
      value: 'extends',
      reason: 'it names a service',
      example: 'extends: {service: base}',
      location
    })
  const opened = other?.kind === 'text' ? openOther(options, other.text, location, other.text) : undefined
  if (opened?.type === 'skipped') return opened
  const file = opened?.file ?? layer.file
  const there = opened === undefined ? trees : treesOf(options, file, opened.text)
  const base = there.map(tree => childOf(childOf(tree, 'services'), name.text)).find(tree => tree !== undefined)
  const key = `${file}#${name.text}`
  if (base === undefined || way.includes(key) || way.length > MAX_EXTENDS)
    return rejectFile({
      value: excerpt(name.text),
      reason:
        base === undefined ? `there is no service of that name in ${file}` : 'services extend each other in a circle',
      example: 'extends: {service: base, file: common.yaml}',
      location
    })
  const layers = layersOf(options, {tree: base, file}, [...way, key], there)
  return 'type' in layers ? layers : [layer, ...layers]
}

/** What the first layer that says anything of it says. */
function find(layers: readonly Layer[], ...names: readonly string[]): Layer | undefined {
  return layers
    .flatMap(({tree, file}) => {
      const found = names.reduce<Tree | undefined>(childOf, tree)
      return found === undefined ? [] : [{tree: found, file}]
    })
    .at(0)
}

function all(layers: readonly Layer[], ...names: readonly string[]): readonly Layer[] {
  return layers.flatMap(layer => find([layer], ...names) ?? [])
}

type Value = {
  readonly value: Expanded
  readonly text: string
  readonly location: SourceLocation
  readonly isBlock: boolean
}

function valueOf(options: Open, layer: Layer | undefined): Value | undefined {
  if (layer?.tree.kind !== 'text') return undefined
  const {file, tree} = layer
  return {
    value: expandIn(options, file, tree.text),
    text: tree.text,
    location: {file, line: tree.line},
    isBlock: tree.isBlock
  }
}

/** Names of images that are made here, in familiar form. */
function namesBuilt(options: Open, services: readonly Service[]): ReadonlySet<string> {
  return new Set(
    services.flatMap(({layers}) => {
      const image = find(layers, 'build') === undefined ? undefined : valueOf(options, find(layers, 'image'))
      return image?.value.ok === true ? [familiarName(image.value.value)] : []
    })
  )
}

function platformIn(options: Open, layer: Layer | undefined): readonly Platform[] {
  const written = valueOf(options, layer)
  const platform = written?.value.ok === true ? parsePlatform(written.value.value) : undefined
  return platform?.ok === true ? [platform.value] : []
}

const BUILD_PARTS = ['args', 'additional_contexts', 'platforms'] as const

function findInService(scope: Scope, {layers, line}: Service): readonly FileEntry[] {
  const {options} = scope
  for (const {tree, file} of layers)
    for (const part of [childOf(tree, 'volumes'), ...BUILD_PARTS.map(name => childOf(childOf(tree, 'build'), name))])
      spend(options, itemsOf(part).length + entriesOf(part).length, {file, line: tree.line})
  const build = find(layers, 'build')
  const platforms = platformIn(options, find(layers, 'platform'))
  const image = build === undefined ? imageAt(scope, find(layers, 'image'), platforms[0]) : []
  const volumes = all(layers, 'volumes')
    .flatMap(({tree, file}) => itemsOf(tree).map(item => ({tree: item, file})))
    .filter(layer => valueOf(options, find([layer], 'type'))?.text === 'image')
    .flatMap(layer => imageAt(scope, find([layer], 'source'), platforms[0]))
  const built =
    build === undefined ? [] : findBuild(scope, layers, platforms, {file: build.file, line: build.tree.line || line})
  return [...image, ...volumes, ...built]
}

function imageAt(
  {options, built}: Scope,
  layer: Layer | undefined,
  platform: Platform | undefined
): readonly FileEntry[] {
  const image = valueOf(options, layer)
  if (image === undefined) return []
  const {value, location, text} = image
  if (!value.ok) return [{type: 'skipped', text: excerpt(`image: ${text}`), reason: value.reason, location}]
  if (value.value === '' || built.has(familiarName(value.value))) return []
  return [{type: 'image', text: value.value, location, platform: platform ?? 'target'}]
}

function findBuild(
  scope: Scope,
  layers: readonly Layer[],
  platforms: readonly Platform[],
  location: SourceLocation
): readonly FileEntry[] {
  const {options, built} = scope
  const shorthand = find(layers, 'build')
  const context = valueOf(
    options,
    find(layers, 'build', 'context') ?? (shorthand?.tree.kind === 'text' ? shorthand : undefined)
  )
  const named = valueOf(options, find(layers, 'build', 'dockerfile'))
  const inline = valueOf(options, find(layers, 'build', 'dockerfile_inline'))
  const others = findContexts(scope, layers, platforms[0])
  for (const part of [context, inline === undefined ? named : inline])
    if (part !== undefined && !part.value.ok)
      return [
        ...others.entries,
        {type: 'skipped', text: excerpt(part.text), reason: part.value.reason, location: part.location}
      ]
  const folder = context?.value.ok === true ? context.value.value : '.'
  if (inline === undefined && isRemote(folder))
    return [
      ...others.entries,
      {
        type: 'skipped',
        text: excerpt(`context: ${folder}`),
        reason: 'its Dockerfile is not in the workspace',
        location: context?.location ?? location
      }
    ]
  const wanted = all(layers, 'build', 'platforms').flatMap(({tree, file}) =>
    itemsOf(tree).flatMap(item => platformIn(options, {tree: item, file}))
  )
  const dockerfile: Build['dockerfile'] =
    inline?.value.ok === true
      ? {text: inline.value.value, firstLine: inline.location.line + (inline.isBlock ? 1 : 0), isBlock: inline.isBlock}
      : {path: named?.value.ok === true ? named.value.value : 'Dockerfile'}
  return [
    ...others.entries,
    {
      type: 'build',
      location: inline?.location ?? named?.location ?? location,
      dockerfile,
      context: folder,
      contextRoots: [posix.dirname((context ?? {location}).location.file)],
      ...argsOf(options, layers),
      contexts: new Set([...others.names, ...built]),
      platforms: wanted.length > 0 ? wanted : platforms,
      isInheritedOnly: false
    }
  ]
}

// An argument without a value takes the variable of that name; one that is not set is not given.
function argsOf(options: Open, layers: readonly Layer[]): Pick<Build, 'args' | 'unknownArgs'> {
  const args = new Map<string, string>()
  const unknownArgs = new Map<string, string>()
  for (const {tree, file} of all(layers, 'build', 'args').toReversed())
    for (const [key, child] of pairsOf(tree)) {
      const value: Expanded | undefined =
        child.kind === 'text' ? expandIn(options, file, child.text) : variable(options.variablesOf(file)(key))
      args.delete(key)
      unknownArgs.delete(key)
      if (value?.ok === true) args.set(key, value.value)
      else if (value !== undefined) unknownArgs.set(key, value.reason)
    }
  return {args, unknownArgs}
}

function variable(value: ReturnType<Lookup>): Expanded | undefined {
  return typeof value === 'string'
    ? {ok: true, value}
    : value === undefined
      ? undefined
      : {ok: false, reason: value.unknown}
}

// Contexts beside the main one: each takes a name away from the registries, and those that are images are needed.
function findContexts(
  scope: Scope,
  layers: readonly Layer[],
  platform: Platform | undefined
): {readonly names: readonly string[]; readonly entries: readonly FileEntry[]} {
  const pairs = all(layers, 'build', 'additional_contexts').flatMap(({tree, file}) =>
    pairsOf(tree).map(([key, value]) => ({key, layer: {tree: value, file}}))
  )
  return {
    names: pairs.map(({key}) => familiarName(key)),
    entries: pairs.flatMap(({key, layer: {tree, file}}) =>
      tree.kind === 'text' && tree.text.startsWith('docker-image://')
        ? imageAt(scope, {tree: {...tree, text: tree.text.slice('docker-image://'.length)}, file}, platform).map(
            entry => (entry.type === 'image' ? {...entry, context: key} : entry)
          )
        : []
    )
  }
}
