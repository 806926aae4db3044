// Finds the images that files of the workspace name, and follows Compose and Bake files to the Dockerfiles that they build.
// Runs in a thread of its own (files-worker.ts), so that a hostile file can only use up that thread's time and memory.

import type {InputIssue} from '../failure/failure.ts'
import {VerifiedImageError} from '../failure/error.ts'
import type {Platform, PlatformChoice} from '../oci/platform.ts'
import {findInBake} from './bake/bake.ts'
import {createComposeVariables} from './compose-variables.ts'
import {findInCompose} from './compose/compose.ts'
import {nameContexts} from './contexts.ts'
import {fileKindOf, fileKindOfName} from './file-kind.ts'
import {lookupOf, type Variables} from './file-variables.ts'
import {buildOfDockerfile, dockerfilePath, followBuild} from './follow-build.ts'
import {type FileEntry, type ImageEntry, type IssueEntry, type SkippedEntry} from './language/file-entry.ts'
import type {Lookup} from './language/variables.ts'
import {type MatchedFile, type MatchedFiles, matchFiles} from './match-files.ts'
import {openWorkspace, type Workspace} from './workspace.ts'

/** Plain data: it is sent to another thread. */
export type FilesOptions = {
  /** Paths and globs. A pattern with `!` before it excludes files. */
  readonly patterns: readonly string[]
  readonly workspace: string
  readonly variables: Variables
  readonly hostPlatform: Platform
  readonly platforms: PlatformChoice
}

export type FilesFound = {
  readonly images: readonly ImageEntry[]
  readonly skipped: readonly SkippedEntry[]
  readonly faults: readonly InputIssue[]
}

/** Returns the faults of the files with the rest: they are reported together with those of other inputs. */
export function findImages(options: FilesOptions): FilesFound {
  const workspace = openWorkspace(options.workspace)
  const matched = matchPatterns(options, workspace)
  const entries = distinct([...matched.entries, ...readFiles(options, workspace, matched.files)])
  const {images, skipped} = nameContexts(entries)
  return {
    images,
    skipped: [...entries.filter(entry => entry.type === 'skipped'), ...skipped],
    faults: entries.flatMap(entry => (entry.type === 'issue' ? [entry.issue] : []))
  }
}

function matchPatterns({patterns, workspace: folder}: FilesOptions, workspace: Workspace): MatchedFiles {
  try {
    return matchFiles(patterns, workspace, folder)
  } catch (error) {
    return {files: [], entries: issuesOf(error)}
  }
}

function readFiles(
  {variables, hostPlatform, platforms}: FilesOptions,
  workspace: Workspace,
  files: readonly MatchedFile[]
): readonly FileEntry[] {
  const lookup = lookupOf(variables)
  const deps: ReadDeps = {
    workspace,
    lookup,
    variablesOf: createComposeVariables(workspace.read, lookup),
    hostPlatform
  }
  const read = files.map(file => ({...file, entries: collect(file.file, () => readFile(deps, file))}))
  // Dockerfiles that a Compose or Bake file builds. Without that file, their arguments and contexts would be missing.
  const built = new Set(
    read.flatMap(({file, entries}) => entries.map(entry => builtFile(workspace, entry)).filter(path => path !== file))
  )
  return read.flatMap(({file, isExplicit, entries}) =>
    entries.flatMap(entry => {
      if (entry.type !== 'build') return [entry]
      const isOnItsOwn = builtFile(workspace, entry) === file
      if (isOnItsOwn && built.has(file) && !isExplicit) return []
      return collect(file, () => followBuild({workspace, hostPlatform, platforms}, entry))
    })
  )
}

function builtFile(workspace: Workspace, entry: FileEntry): string | undefined {
  return entry.type === 'build' ? dockerfilePath(workspace, entry) : undefined
}

type ReadDeps = {
  readonly workspace: Workspace
  readonly lookup: Lookup
  readonly variablesOf: (file: string) => Lookup
  readonly hostPlatform: Platform
}

function readFile(deps: ReadDeps, {file, isExplicit}: MatchedFile): readonly FileEntry[] {
  const {workspace} = deps
  // A large file of unknown kind that a glob matches by chance is not read.
  if (!isExplicit && fileKindOfName(file) === undefined && workspace.isLarge(file)) return []
  const peeked = workspace.peek(file) ?? ''
  if (typeof peeked !== 'string')
    return [{type: 'skipped', text: file, reason: peeked.blocked, location: {file, line: 1}}]
  const kind = fileKindOf(file, peeked)
  if (kind === undefined) return isExplicit ? [unknownKind(file)] : []
  const text = workspace.read(file)
  if (typeof text !== 'string') return []
  switch (kind) {
    case 'compose':
      return findInCompose({text, file, variablesOf: deps.variablesOf, read: workspace.read})
    case 'bake':
      return findInBake({text, file, lookup: deps.lookup, buildPlatform: deps.hostPlatform})
    case 'dockerfile':
      return [buildOfDockerfile(file)]
  }
}

function unknownKind(file: string): IssueEntry {
  const reason = 'not a Dockerfile, Compose file, or Bake file, neither by its name nor by its text'
  const example = 'Dockerfile, compose.yaml or docker-bake.hcl'
  return {type: 'issue', issue: {input: 'files', value: file, reason, example, location: {file, line: 1}}}
}

/** Turns the errors of one file into issues, so that the other files are read all the same. */
function collect(file: string, find: () => readonly FileEntry[]): readonly FileEntry[] {
  try {
    return find()
  } catch (error) {
    // The stack, a text, or a list exceeded a limit of V8: the file is too large or nested too deep.
    if (!(error instanceof RangeError)) return issuesOf(error)
    const reason = 'too large or nested too deep to be read'
    const location = {file, line: 1}
    return [{type: 'issue', issue: {input: 'files', value: file, reason, example: 'a smaller file', location}}]
  }
}

function issuesOf(error: unknown): readonly IssueEntry[] {
  if (!(error instanceof VerifiedImageError) || error.failure.kind !== 'invalid-input') throw error
  return error.failure.faults.map(issue => ({type: 'issue', issue}))
}

function distinct(entries: readonly FileEntry[]): readonly FileEntry[] {
  return [...new Map(entries.map(entry => [JSON.stringify(entry), entry])).values()]
}
