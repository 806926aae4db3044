// Finds the images that files of the workspace name, and follows Compose and Bake files to the Dockerfiles that they build.
// Runs in a thread of its own (files-worker.ts), so that a hostile file can only use up that thread's time and memory.

import type {InputIssue} from '../failure/failure.ts'
import {VerifiedImageError} from '../failure/error.ts'
import {omitUndefined} from '../oci/omit-undefined.ts'
import type {Platform, PlatformChoice} from '../oci/platform.ts'
import type {RunBake} from './bake/run-bake.ts'
import {createComposeVariables} from './compose-variables.ts'
import {nameContexts} from './contexts.ts'
import {lookupOf, type Variables} from './file-variables.ts'
import {dockerfilePath, followBuild} from './follow-build.ts'
import {parseReference} from '../oci/reference.ts'
import {familiarName} from './language/build-context.ts'
import {excerpt, type FileEntry, type ImageEntry, type IssueEntry, type SkippedEntry} from './language/file-entry.ts'
import {type MatchedFile, type MatchedFiles, matchFiles} from './match-files.ts'
import {withoutMerged} from './merged-files.ts'
import {readFile, type ReadDeps} from './read-file.ts'
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
export async function findImages(options: FilesOptions, runBake: RunBake): Promise<FilesFound> {
  const workspace = openWorkspace(options.workspace)
  const matched = matchPatterns(options, workspace)
  const entries = distinct([...matched.entries, ...(await readFiles(options, workspace, matched.files, runBake))])
  const {images, skipped} = nameContexts(withoutBuilt(entries))
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

async function readFiles(
  {variables, hostPlatform, platforms}: FilesOptions,
  workspace: Workspace,
  files: readonly MatchedFile[],
  runBake: RunBake
): Promise<readonly FileEntry[]> {
  const lookup = lookupOf(variables)
  const deps: ReadDeps = {
    ...{workspace, lookup, hostPlatform, platforms, runBake},
    variables: variables.given,
    readVariables: createComposeVariables(workspace.read, lookup)
  }
  const read: ReadFileEntries[] = []
  for (const file of withoutMerged(files, workspace))
    read.push({...file, entries: await collect(file.file, () => readFile(deps, file))})
  // Dockerfiles that a Compose or Bake file builds. Without that file, their arguments and contexts would be missing.
  const built = new Set(
    read.flatMap(({file, entries}) => entries.map(entry => builtFile(workspace, entry)).filter(path => path !== file))
  )
  const found: FileEntry[] = []
  for (const {file, isExplicit, entries} of read) {
    const followed: FileEntry[] = []
    for (const entry of entries) {
      if (entry.type !== 'build') followed.push(entry)
      else if (builtFile(workspace, entry) !== file || !built.has(file) || isExplicit)
        followed.push(...(await collect(file, () => followBuild({workspace, hostPlatform, platforms}, entry))))
    }
    found.push(...(isExplicit ? rejectIfAllMissing(followed) : followed.map(skipIfUnreadable)))
  }
  return withoutRepeats(found)
}

type ReadFileEntries = MatchedFile & {readonly entries: readonly FileEntry[]}

function builtFile(workspace: Workspace, entry: FileEntry): string | undefined {
  return entry.type === 'build' ? dockerfilePath(workspace, entry) : undefined
}

/** Turns the errors of one file into issues, so that the other files are read all the same. */
async function collect(
  file: string,
  find: () => readonly FileEntry[] | Promise<readonly FileEntry[]>
): Promise<readonly FileEntry[]> {
  try {
    return await find()
  } catch (error) {
    // The stack, a text, or a list exceeded a limit of V8: the file is too large or nested too deep.
    if (!(error instanceof RangeError)) return issuesOf(error)
    const reason = 'too large or nested too deep to be read'
    const location = {file, line: 1}
    return [{type: 'issue', issue: {input: 'files', value: file, reason, example: 'a smaller file', location}}]
  }
}

// A glob meets everything: templates, fragments, and files of other tools with a familiar name. Such a file must not fail the step.
function skipIfUnreadable(entry: FileEntry): FileEntry {
  if (entry.type === 'issue' && entry.issue.location !== undefined) {
    const {value, reason, location} = entry.issue
    return {type: 'skipped', text: value, reason: `A glob matches it, and it cannot be read: ${reason}.`, location}
  }
  if (entry.type === 'image' && !parseReference(entry.text).ok) {
    const reason = 'It is not the name of an image. The file may be a template.'
    return {type: 'skipped', text: excerpt(entry.text), reason, location: entry.location}
  }
  return entry
}

/** A missing Dockerfile is an invalid input when a file that is written out leads to nothing else. */
function rejectIfAllMissing(entries: readonly FileEntry[]): readonly FileEntry[] {
  const missing = entries.filter(entry => entry.type === 'skipped' && entry.isMissing === true)
  if (missing.length === 0 || entries.some(entry => entry.type !== 'stage' && !missing.includes(entry))) return entries
  return missing.map(entry => {
    const {text, reason, location} = entry as SkippedEntry
    const example = 'dockerfile: docker/Dockerfile'
    return {type: 'issue', issue: omitUndefined({input: 'files', value: text, reason, example, location})}
  })
}

function issuesOf(error: unknown): readonly IssueEntry[] {
  if (!(error instanceof VerifiedImageError) || error.failure.kind !== 'invalid-input') throw error
  return error.failure.faults.map(issue => ({type: 'issue', issue}))
}

/** Without further issues of the machine. They have no location, and the first one says what to do. */
function withoutRepeats(entries: readonly FileEntry[]): readonly FileEntry[] {
  const isOfMachine = (entry: FileEntry): boolean => entry.type === 'issue' && entry.issue.location === undefined
  const first = entries.findIndex(isOfMachine)
  return entries.filter((entry, at) => at === first || !isOfMachine(entry))
}

/** Without the images that an engine does not pull, since a file builds one of the name. */
function withoutBuilt(entries: readonly FileEntry[]): readonly FileEntry[] {
  const built = new Set(entries.flatMap(entry => (entry.type === 'built' ? [entry.name] : [])))
  return entries.filter(
    entry => entry.type !== 'image' || entry.mayBeBuilt !== true || !built.has(familiarName(entry.text))
  )
}

function distinct(entries: readonly FileEntry[]): readonly FileEntry[] {
  return [...new Map(entries.map(entry => [JSON.stringify(entry), entry])).values()]
}
