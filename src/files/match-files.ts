// The files of the workspace that the patterns of the input `files` match.
// Links are followed while they stay inside and lead round in no circle; one that leads out is left out, and named.

import {type Dirent, readdirSync} from 'node:fs'
import {basename, dirname, isAbsolute, join, posix, relative, resolve, sep} from 'node:path'
import {globSync} from 'tinyglobby'
import {type FileEntry, type SkippedEntry, rejectFile} from './language/file-entry.ts'
import type {Workspace} from './workspace.ts'

export type MatchedFile = {readonly file: string; readonly isExplicit: boolean}

type Matches = {readonly files: readonly MatchedFile[]; readonly entries: readonly FileEntry[]}

/** Those with a `!` before them take away. */
export function matchFiles(patterns: readonly string[], workspace: Workspace, folder: string): Matches {
  const below = (pattern: string): string => pathBelow(pattern, [resolve(folder), workspace.root])
  const excluded = patterns.filter(pattern => pattern.startsWith('!')).map(pattern => below(pattern.slice(1).trim()))
  const files = new Map<string, MatchedFile>()
  const entries: FileEntry[] = []
  for (const written of patterns.filter(text => !text.startsWith('!'))) {
    const pattern = below(written)
    if (pattern === '..' || pattern.startsWith('../') || posix.isAbsolute(pattern) || isAbsolute(pattern)) {
      entries.push({type: 'skipped', text: written, reason: 'it is outside of the workspace'})
      continue
    }
    const found = workspace.find(pattern)
    if (found.kind === 'folder') {
      entries.push(faultOf(written, 'it is a folder, and files are wanted'))
      continue
    }
    const isWritten = found.kind !== 'missing'
    const {paths, skipped} = isWritten ? {paths: [pattern], skipped: []} : search(pattern, excluded, workspace)
    entries.push(...skipped)
    if (paths.length + skipped.length === 0) entries.push(faultOf(written, 'it matches no file in the workspace'))
    for (const path of paths.toSorted()) {
      const file = posix.normalize(path)
      files.set(file, {file, isExplicit: isWritten || files.get(file)?.isExplicit === true})
    }
  }
  return {files: [...files.values()], entries}
}

function faultOf(written: string, rule: string): FileEntry {
  return {type: 'issue', issue: {input: 'files', value: written, reason: rule, example: 'docker/**/Dockerfile'}}
}

/** A pattern relative to the workspace, where it leads there, with slashes. */
function pathBelow(pattern: string, roots: readonly string[]): string {
  const slashes = (text: string): string => text.replaceAll('\\', '/')
  if (!isAbsolute(pattern)) return posix.normalize(slashes(pattern))
  const ways = roots.map(root => slashes(relative(root, pattern)))
  return ways.find(way => way !== '..' && !way.startsWith('../')) ?? slashes(pattern)
}

// Nobody means these, and a workspace may hold thousands.
const NEVER = ['**/.git/**', '**/node_modules/**']

// A folder that many links lead to is many folders to a glob: a handful that link to each other are as many as there are ways.
const MAX_LINKED_FOLDERS = 5000

type Entry = Pick<Dirent, 'name' | 'isFile' | 'isDirectory' | 'isSymbolicLink'>

/** The real folders on the way to a folder. */
type Way = {readonly real: string; readonly isLinked: boolean; readonly parent: Way | undefined}

function search(
  pattern: string,
  excluded: readonly string[],
  workspace: Workspace
): {readonly paths: readonly string[]; readonly skipped: readonly SkippedEntry[]} {
  const skipped: SkippedEntry[] = []
  const ways = new Map<string, Way>()
  let linkedLeft = MAX_LINKED_FOLDERS
  const readdir = (folder: string): readonly Entry[] => {
    const path = resolve(folder)
    const file = relative(workspace.root, path).replaceAll(sep, '/')
    const found = workspace.find(path)
    if (found.kind === 'outside' && file !== '' && !file.startsWith('..'))
      skipped.push({type: 'skipped', text: file, reason: found.blocked, location: {file, line: 1}})
    if (found.kind !== 'folder') return []
    const parent = ways.get(dirname(path))
    if (hasBeen(parent, found.real)) return []
    const isLinked =
      parent?.isLinked === true || (parent !== undefined && found.real !== join(parent.real, basename(path)))
    if (isLinked) linkedLeft -= 1
    if (linkedLeft < 0) return []
    ways.set(path, {real: found.real, isLinked, parent})
    return readdirSync(found.real, {withFileTypes: true}).map(entry =>
      entry.isSymbolicLink() ? resolved(entry.name, workspace, join(path, entry.name)) : entry
    )
  }
  const paths = globSync([pattern], {
    ...{cwd: workspace.root, dot: true, expandDirectories: false, followSymbolicLinks: false},
    ignore: [...excluded, ...NEVER],
    // It takes what it is given for what is there, so that this is the only way into a folder.
    fs: {readdirSync: readdir as unknown as typeof readdirSync}
  })
  // Not in the middle: the library takes an error for a folder that cannot be read.
  if (linkedLeft < 0)
    rejectFile({
      value: pattern,
      reason: `symbolic links lead to more than ${String(MAX_LINKED_FOLDERS)} folders`,
      example: 'docker/**/Dockerfile'
    })
  return {paths, skipped}
}

function hasBeen(way: Way | undefined, real: string): boolean {
  for (let at = way; at !== undefined; at = at.parent) if (at.real === real) return true
  return false
}

// A link that leads out is what it leads to: a file is then left out by its name, and a folder where the search would go into it.
function resolved(name: string, workspace: Workspace, path: string): Entry {
  const found = workspace.find(path)
  const isFolder = found.kind === 'folder' || (found.kind === 'outside' && found.isFolder)
  const isFile = found.kind === 'file' || (found.kind === 'outside' && !found.isFolder)
  return {name, isFile: () => isFile, isDirectory: () => isFolder, isSymbolicLink: () => false}
}
