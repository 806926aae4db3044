// The files of the workspace that the patterns of the `files` input match.
// Links that stay in the workspace are followed, without going in circles. A link that leads out is left out with a warning.

import {type Dirent, readdirSync} from 'node:fs'
import {basename, dirname, isAbsolute, join, posix, relative, resolve, sep} from 'node:path'
import {globSync} from 'tinyglobby'
import {type FileEntry, type IssueEntry, type SkippedEntry, rejectFile} from './language/file-entry.ts'
import type {Workspace} from './workspace.ts'

/** `isExplicit`: a pattern is the path of the file, and not only a glob that matches it. */
export type MatchedFile = {readonly file: string; readonly isExplicit: boolean}

export type MatchedFiles = {readonly files: readonly MatchedFile[]; readonly entries: readonly FileEntry[]}

/** A pattern with `!` before it excludes files. `folder` is the workspace as the workflow names it, possibly through a link. */
export function matchFiles(patterns: readonly string[], workspace: Workspace, folder: string): MatchedFiles {
  const toRelative = (pattern: string): string => relativePattern(pattern, [resolve(folder), workspace.root])
  const excluded = patterns.filter(isExclusion).map(pattern => toRelative(pattern.slice(1).trim()))
  const files = new Map<string, MatchedFile>()
  const entries: FileEntry[] = []
  for (const input of patterns.filter(pattern => !isExclusion(pattern))) {
    const found = matchPattern(input, toRelative(input), excluded, workspace)
    entries.push(...found.entries)
    for (const {file, isExplicit} of found.files)
      files.set(file, {file, isExplicit: isExplicit || files.get(file)?.isExplicit === true})
  }
  return {files: [...files.values()], entries}
}

function isExclusion(pattern: string): boolean {
  return pattern.startsWith('!')
}

/** The pattern relative to the first root that contains it, with slashes. */
function relativePattern(pattern: string, roots: readonly string[]): string {
  const withSlashes = (text: string): string => text.replaceAll('\\', '/')
  if (!isAbsolute(pattern)) return posix.normalize(withSlashes(pattern))
  const paths = roots.map(root => withSlashes(relative(root, pattern)))
  return paths.find(path => path !== '..' && !path.startsWith('../')) ?? withSlashes(pattern)
}

function matchPattern(input: string, pattern: string, excluded: readonly string[], workspace: Workspace): MatchedFiles {
  if (pattern === '..' || pattern.startsWith('../') || posix.isAbsolute(pattern) || isAbsolute(pattern)) {
    const reason = 'This pattern leads outside of the workspace. Only files in the workspace are read.'
    return {files: [], entries: [{type: 'skipped', text: input, reason}]}
  }
  const {kind} = workspace.find(pattern)
  if (kind === 'folder') return {files: [], entries: [issueOf(input, 'it is a folder: write the path of a file')]}
  if (kind !== 'missing') return {files: [{file: posix.normalize(pattern), isExplicit: true}], entries: []}
  const {paths, skipped} = search(pattern, excluded, workspace)
  if (paths.length + skipped.length === 0)
    return {files: [], entries: [issueOf(input, 'it matches no file in the workspace')]}
  return {
    files: paths.toSorted().map(path => ({file: posix.normalize(path), isExplicit: false})),
    entries: skipped
  }
}

function issueOf(input: string, reason: string): IssueEntry {
  return {type: 'issue', issue: {input: 'files', value: input, reason, example: 'docker/**/Dockerfile'}}
}

// Never meant by a pattern, and possibly thousands of files.
const NEVER = ['**/.git/**', '**/node_modules/**']

// A glob sees a folder once per path that leads to it. A few folders that link to each other have exponentially many paths.
const MAX_LINKED_FOLDERS = 5000

type Entry = Pick<Dirent, 'name' | 'isFile' | 'isDirectory' | 'isSymbolicLink'>

/** A folder that the search entered, by its real path, and the folder above it. */
type EnteredFolder = {
  readonly real: string
  /** True when a link leads to it or to a folder above it. */
  readonly isLinked: boolean
  readonly parent: EnteredFolder | undefined
}

function search(
  pattern: string,
  excluded: readonly string[],
  workspace: Workspace
): {readonly paths: readonly string[]; readonly skipped: readonly SkippedEntry[]} {
  const skipped: SkippedEntry[] = []
  const entered = new Map<string, EnteredFolder>()
  let linkedLeft = MAX_LINKED_FOLDERS
  const readdir = (folder: string): readonly Entry[] => {
    const path = resolve(folder)
    const file = relative(workspace.root, path).replaceAll(sep, '/')
    const found = workspace.find(path)
    if (found.kind === 'outside' && file !== '' && !file.startsWith('..'))
      skipped.push({type: 'skipped', text: file, reason: found.blocked, location: {file, line: 1}})
    if (found.kind !== 'folder') return []
    const parent = entered.get(dirname(path))
    if (isAncestor(found.real, parent)) return []
    const isLinked =
      parent?.isLinked === true || (parent !== undefined && found.real !== join(parent.real, basename(path)))
    if (isLinked) linkedLeft -= 1
    if (linkedLeft < 0) return []
    entered.set(path, {real: found.real, isLinked, parent})
    return readdirSync(found.real, {withFileTypes: true}).map(entry =>
      entry.isSymbolicLink() ? followLink(entry.name, workspace, join(path, entry.name)) : entry
    )
  }
  const paths = globSync([pattern], {
    cwd: workspace.root,
    dot: true,
    expandDirectories: false,
    followSymbolicLinks: false,
    ignore: [...excluded, ...NEVER],
    // The only access to the file system that the library has.
    fs: {readdirSync: readdir as unknown as typeof readdirSync}
  })
  // Checked after the search, since the library swallows errors of readdir.
  if (linkedLeft < 0)
    rejectFile({
      value: pattern,
      reason: `symbolic links lead to more than ${String(MAX_LINKED_FOLDERS)} folders`,
      example: 'docker/**/Dockerfile'
    })
  return {paths, skipped}
}

function isAncestor(real: string, folder: EnteredFolder | undefined): boolean {
  for (let at = folder; at !== undefined; at = at.parent) if (at.real === real) return true
  return false
}

/** A link as the file or folder that it leads to. One that leads out is kept, so that a warning can name it. */
function followLink(name: string, workspace: Workspace, path: string): Entry {
  const found = workspace.find(path)
  const isFolder = found.kind === 'folder' || (found.kind === 'outside' && found.isFolder)
  const isFile = found.kind === 'file' || (found.kind === 'outside' && !found.isFolder)
  return {name, isFile: () => isFile, isDirectory: () => isFolder, isSymbolicLink: () => false}
}
