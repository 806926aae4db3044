// The files of the workspace that name images: reads them, and follows them to the Dockerfiles they build.
// What stands in them is src/files/'s. Runs in a thread of its own (files-worker.ts), so that it may take its time and its memory.

import {posix} from 'node:path'
import {parseEnv} from 'node:util'
import {type InputIssue, type SourceLocation} from '../failure/failure.ts'
import {findInBake} from './bake/bake.ts'
import {findInCompose} from './compose/compose.ts'
import {type Image, nameContexts} from './contexts.ts'
import {findInDockerfile} from './dockerfile/dockerfile.ts'
import {expand, type Lookup} from './language/variables.ts'
import {type Build, type FileEntry, type SkippedEntry, rejectFile} from './language/file-entry.ts'
import {fileKindOf, fileKindOfName} from './file-kind.ts'
import {lookupOf, type Variables} from './file-variables.ts'
import type {Platform, PlatformChoice} from '../oci/platform.ts'
import {type MatchedFile, matchFiles} from './match-files.ts'
import {openWorkspace, type Workspace} from './workspace.ts'
import {VerifiedImageError} from '../failure/error.ts'

/** Plain data: it goes to another thread. */
export type FilesOptions = {
  /** Paths and globs; those with a `!` before them take away. */
  readonly patterns: readonly string[]
  readonly workspace: string
  readonly variables: Variables
  readonly hostPlatform: Platform
  readonly platforms: PlatformChoice
}

export type FilesFound = {
  readonly images: readonly Image[]
  readonly skipped: readonly SkippedEntry[]
  readonly faults: readonly InputIssue[]
}

export function findImages(options: FilesOptions): FilesFound {
  const workspace = openWorkspace(options.workspace)
  const matched = matchOrFault(options, workspace)
  const reading = openReading(options, workspace)
  const read = matched.files.map(file => ({...file, entries: collect(file.file, () => readOne(reading, file))}))
  // A Dockerfile that a Compose or Bake file builds lacks, by itself, the arguments and contexts that it is built with.
  const built = new Set(
    read.flatMap(({file, entries}) => entries.map(entry => dockerfileOf(reading, entry)).filter(of => of !== file))
  )
  const followed = read.flatMap(({file, isExplicit, entries}) =>
    entries.flatMap(entry => {
      if (entry.type !== 'build') return [entry]
      const isAlone = dockerfileOf(reading, entry) === file
      return isAlone && built.has(file) && !isExplicit ? [] : collect(file, () => followBuild(reading, entry))
    })
  )
  const entries = distinct([...matched.entries, ...followed])
  const {images, skipped} = nameContexts(entries)
  return {
    images,
    skipped: [...entries.filter(entry => entry.type === 'skipped'), ...skipped],
    faults: entries.flatMap(entry => (entry.type === 'issue' ? [entry.issue] : []))
  }
}

function matchOrFault(
  {patterns, workspace: folder}: FilesOptions,
  workspace: Workspace
): ReturnType<typeof matchFiles> {
  try {
    return matchFiles(patterns, workspace, folder)
  } catch (error) {
    return {files: [], entries: faultsOf(error)}
  }
}

type Reading = {
  readonly options: FilesOptions
  readonly workspace: Workspace
  readonly variables: Lookup
  readonly variablesOf: (file: string) => Lookup
}

function openReading(options: FilesOptions, workspace: Workspace): Reading {
  const known = new Map<string, Lookup>()
  const variables = lookupOf(options.variables)
  return {
    ...{options, workspace, variables},
    variablesOf: file => {
      const beside = posix.join(posix.dirname(file), '.env')
      const lookup = known.get(beside) ?? composeLookup(beside, workspace, variables)
      known.set(beside, lookup)
      return lookup
    }
  }
}

// A variable of the job comes before the same one in .env. Compose makes the name of the project itself when neither has it.
function composeLookup(file: string, {read}: Workspace, outer: Lookup): Lookup {
  const switched = ['COMPOSE_ENV_FILES', 'COMPOSE_DISABLE_ENV_FILE'].find(name => outer(name) !== undefined)
  if (switched !== undefined)
    return name =>
      outer(name) ?? {unknown: `the job sets ${switched}, so that ${file} may not be what gives ${name} its value`}
  const text = read(file) ?? ''
  if (typeof text !== 'string')
    return name => outer(name) ?? {unknown: `${name} may be in ${file}, which is left out: ${text.blocked}`}
  const inner = variablesIn(text, outer)
  return name =>
    inner(name) ??
    (name === 'COMPOSE_PROJECT_NAME'
      ? {unknown: `Compose sets ${name} itself; add the line ${name}=value to the input file-variables`}
      : undefined)
}

// One in .env may be made from those above it.
function variablesIn(text: string, outer: Lookup): Lookup {
  const values = new Map<string, string | {readonly unknown: string}>()
  const lookup: Lookup = name => outer(name) ?? values.get(name)
  for (const [name, value = ''] of Object.entries(parseEnv(text))) {
    const expanded = expand(value, lookup, {escape: undefined, describeUnset: unset => `${unset} is not set`})
    values.set(name, expanded.ok ? expanded.value : {unknown: expanded.reason})
  }
  return lookup
}

function readOne(
  {options, workspace, variables, variablesOf}: Reading,
  {file, isExplicit}: MatchedFile
): readonly FileEntry[] {
  const isKnown = isExplicit || fileKindOfName(file) !== undefined
  // What a glob caught by the way is not looked into when it is large.
  if (!isKnown && workspace.isLarge(file)) return []
  const peeked = workspace.peek(file) ?? ''
  if (typeof peeked !== 'string')
    return [{type: 'skipped', text: file, reason: peeked.blocked, location: {file, line: 1}}]
  const kind = fileKindOf(file, peeked)
  if (kind === undefined) return isExplicit ? [notOneOfThem(file)] : []
  const text = workspace.read(file)
  if (typeof text !== 'string') return []
  switch (kind) {
    case 'compose':
      return findInCompose({text, file, variablesOf, read: workspace.read})
    case 'bake':
      return findInBake({text, file, lookup: variables, buildPlatform: options.hostPlatform})
    case 'dockerfile':
      return [dockerfileAlone(file)]
  }
}

function distinct(entries: readonly FileEntry[]): readonly FileEntry[] {
  return [...new Map(entries.map(entry => [JSON.stringify(entry), entry])).values()]
}

function collect(file: string, find: () => readonly FileEntry[]): readonly FileEntry[] {
  try {
    return find()
  } catch (error) {
    // A stack, a text or a list that grew over what the engine allows: the file's doing, and no fault of the action.
    if (!(error instanceof RangeError)) return faultsOf(error)
    const rule = 'it takes more memory to be read than any such file'
    return [
      {
        type: 'issue',
        issue: {input: 'files', value: file, reason: rule, example: 'a smaller file', location: {file, line: 1}}
      }
    ]
  }
}

function faultsOf(error: unknown): readonly FileEntry[] {
  if (!(error instanceof VerifiedImageError) || error.failure.kind !== 'invalid-input') throw error
  return error.failure.faults.map(issue => ({type: 'issue', issue}))
}

function dockerfileAlone(file: string): Build {
  return {
    type: 'build',
    location: {file, line: 1},
    dockerfile: {path: posix.basename(file)},
    ...{context: posix.dirname(file), contextRoots: ['.'], args: new Map(), unknownArgs: new Map()},
    ...{contexts: new Set(), platforms: [], isInheritedOnly: false}
  }
}

function notOneOfThem(file: string): FileEntry {
  return {
    type: 'issue',
    issue: {
      input: 'files',
      value: file,
      reason: 'it is no Dockerfile, Compose or Bake file, neither by its name nor by what stands in it',
      example: 'Dockerfile, compose.yaml or docker-bake.hcl',
      location: {file, line: 1}
    }
  }
}

function dockerfilePaths({contextRoots, context}: Build, path: string): readonly string[] {
  return contextRoots.map(base => {
    const folder = posix.isAbsolute(context) ? context : posix.join(base, context)
    return posix.isAbsolute(path) ? path : posix.join(folder, path)
  })
}

/** The file that a build reads, when it is there, or would read if that were allowed. */
function dockerfileOf({workspace}: Reading, entry: FileEntry): string | undefined {
  if (entry.type !== 'build' || 'text' in entry.dockerfile) return undefined
  const places = dockerfilePaths(entry, entry.dockerfile.path)
  const kinds = places.map(file => workspace.find(file).kind)
  const at = kinds.indexOf('file')
  return places[at < 0 ? kinds.findIndex(kind => kind === 'outside' || kind === 'special') : at]
}

function followBuild(reading: Reading, build: Build): readonly FileEntry[] {
  const {dockerfile, location} = build
  if ('text' in dockerfile) {
    const {text, firstLine, isBlock} = dockerfile
    const found = readDockerfile(reading, build, text, {file: location.file, line: firstLine})
    return isBlock ? found : found.map(entry => atLine(entry, firstLine))
  }
  const file = dockerfileOf(reading, build)
  const text = file === undefined ? undefined : reading.workspace.read(file)
  if (file !== undefined && typeof text === 'string') return readDockerfile(reading, build, text, {file, line: 1})
  if (file !== undefined && typeof text === 'object')
    return [{type: 'skipped', text: file, reason: text.blocked, location}]
  if (build.isInheritedOnly) return []
  return rejectFile({
    value: dockerfile.path,
    reason: `there is no file ${dockerfilePaths(build, dockerfile.path)[0] ?? ''}`,
    example: 'dockerfile: docker/Dockerfile',
    location
  })
}

function atLine(entry: FileEntry, line: number): FileEntry {
  return (entry.type === 'image' || entry.type === 'skipped') && entry.location !== undefined
    ? {...entry, location: {...entry.location, line}}
    : entry
}

// The platforms of the input come before those that a file names.
function readDockerfile(
  {options: {hostPlatform, platforms}}: Reading,
  build: Build,
  text: string,
  location: SourceLocation
): readonly FileEntry[] {
  const ownsTargets = platforms.kind === 'machine' && build.platforms.length > 0
  return findInDockerfile({
    ...{
      text,
      location,
      args: build.args,
      unknownArgs: build.unknownArgs,
      contexts: build.contexts,
      usesOwnPlatforms: ownsTargets
    },
    buildPlatform: hostPlatform,
    targets: ownsTargets
      ? build.platforms
      : platforms.kind === 'named' && platforms.platforms.length > 0
        ? platforms.platforms
        : [hostPlatform]
  })
}
