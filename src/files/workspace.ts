// The workspace: reads regular files whose real paths are in it, and nothing else. The size of a file and of all files is bounded.
// The author of a file may be a stranger, and chooses the paths in it: a link, `..`, a FIFO, or a file with a token.

import {realpathSync, statSync} from 'node:fs'
import {join, relative, resolve, sep} from 'node:path'
import {describeErrno, isErrno} from '../filesystem/errno.ts'
import {isBelow} from '../filesystem/real-path.ts'
import {NotRegularFile, readRegularFileSync} from '../filesystem/regular-file.ts'
import {type BlockedFile, type ReadFile, rejectFile} from './language/file-entry.ts'

export type Workspace = {
  /** Its real path. */
  readonly root: string
  /** Looks up a path. Links that stay in the workspace are followed. */
  readonly find: (file: string) => FoundFile
  /** Throws 'invalid-input' once all files together exceed MAX_BYTES. */
  readonly read: ReadFile
  /** Like `read`, without counting the bytes: for a file whose kind is not known yet. */
  readonly peek: ReadFile
  /** True for a file that `read` would reject for its size. */
  readonly isLarge: (file: string) => boolean
}

export type FoundFile =
  | {readonly kind: 'file'; readonly real: string; readonly bytes: number}
  | {readonly kind: 'folder'; readonly real: string}
  | {readonly kind: 'missing'}
  | ({readonly kind: 'outside'; readonly isFolder: boolean} & BlockedFile)
  | ({readonly kind: 'special'} & BlockedFile)

// Manifests of a whole system with their CRDs, such as those of Argo CD, nearly reach it. With twice as much, lists of short values would
// exceed the memory of the thread.
const MAX_FILE_BYTES = 2 * 1024 * 1024

// Files can include each other in many ways: if each includes two others, ten deep, a thousand files are read.
const MAX_BYTES = 64 * 1024 * 1024
const BYTES_PER_READ = 4096

export function openWorkspace(folder: string): Workspace {
  const root = realPathOf(resolve(folder))
  const known = new Map<string, FoundFile>()
  const find = (file: string): FoundFile => {
    const found = known.get(file) ?? findIn(resolve(folder), root, file)
    known.set(file, found)
    return found
  }
  const peek: ReadFile = file => {
    const found = find(file)
    if (found.kind === 'missing' || found.kind === 'folder') return undefined
    return found.kind === 'file' ? readText(root, file, found) : {blocked: found.blocked}
  }
  let bytesLeft = MAX_BYTES
  const read: ReadFile = file => {
    const text = peek(file)
    if (typeof text === 'string') bytesLeft -= text.length + BYTES_PER_READ
    return bytesLeft < 0 ? reject(file, 'this file and those before it are larger than 64 MiB together') : text
  }
  const isLarge = (file: string): boolean => {
    const found = find(file)
    return found.kind === 'file' && found.bytes > MAX_FILE_BYTES
  }
  return {root, find, peek, read, isLarge}
}

function realPathOf(folder: string): string {
  try {
    return realpathSync.native(folder)
  } catch {
    // A workspace that does not exist has no files, which the patterns report.
    return folder
  }
}

function reject(file: string, reason: string): never {
  return rejectFile({value: file, reason, example: 'docker/**/Dockerfile', location: {file, line: 1}})
}

function isAtOrBelow(path: string, folder: string): boolean {
  return path === folder || isBelow(path, folder)
}

const OUTSIDE = 'This path is outside of the workspace, so it was not read.'

/** `root` is the real path of `folder`. A path may be absolute, and begin with either. */
function findIn(folder: string, root: string, file: string): FoundFile {
  const path = resolve(folder, file)
  // The file system is not asked: even whether a file outside exists must not become known.
  if (!isAtOrBelow(path, folder) && !isAtOrBelow(path, root))
    return {kind: 'outside', isFolder: false, blocked: OUTSIDE}
  try {
    const real = realpathSync.native(path)
    const stats = statSync(real)
    if (!isAtOrBelow(real, root)) {
      const link = firstLinkOut(root, path, isAtOrBelow(path, folder) ? folder : root)
      const blocked = `${link} is a symbolic link that leads out of the workspace, so it was not followed.`
      return {kind: 'outside', isFolder: stats.isDirectory(), blocked}
    }
    // actions/checkout writes a token to .git/config.
    if (relative(root, real).split(sep).includes('.git'))
      return {kind: 'outside', isFolder: false, blocked: 'Files in .git are not read.'}
    if (stats.isDirectory()) return {kind: 'folder', real}
    return stats.isFile()
      ? {kind: 'file', real, bytes: stats.size}
      : {kind: 'special', blocked: 'It is not a regular file, so it was not read.'}
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR', 'ELOOP', 'ENAMETOOLONG', 'ERR_INVALID_ARG_VALUE')) return {kind: 'missing'}
    return reject(file, `it cannot be read: ${describeErrno(error)}`)
  }
}

/** The first part of a path that leads out of the workspace, relative to the workspace. */
function firstLinkOut(root: string, path: string, base: string): string {
  const parts = relative(base, path).split(sep)
  const end = parts.findIndex((_, at) => !isAtOrBelow(realpathSync.native(join(base, ...parts.slice(0, at + 1))), root))
  return parts.slice(0, end + 1).join('/')
}

function readText(root: string, file: string, {real, bytes}: {readonly real: string; readonly bytes: number}): string {
  if (bytes > MAX_FILE_BYTES) return reject(file, 'larger than 2 MiB')
  try {
    // Without the byte order mark that some editors write.
    return readRegularFileSync(real, {maxBytes: MAX_FILE_BYTES, root})
      .toString('utf8')
      .replace(/^\uFEFF/, '')
  } catch (error) {
    return reject(file, error instanceof NotRegularFile ? error.message : `it cannot be read: ${describeErrno(error)}`)
  }
}
