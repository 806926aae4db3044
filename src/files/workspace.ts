// The workspace as a jail: regular files whose real paths lie in it, of a bounded size, and nothing else.
// What a file names is the choice of its author, who may be a stranger: a link, a `..`, a FIFO, a credential beside the code.

import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readlinkSync,
  readSync,
  realpathSync,
  statSync
} from 'node:fs'
import {isAbsolute, join, relative, resolve, sep} from 'node:path'
import {type BlockedFile, type ReadFile, rejectFile} from './language/file-entry.ts'
import {describeErrno, isErrno} from '../filesystem/errno.ts'
import {VerifiedImageError} from '../failure/error.ts'

export type Workspace = {
  /** Its real path. */
  readonly root: string
  /** Follows links that stay inside. */
  readonly find: (file: string) => Found
  readonly read: ReadFile
  /** As `read`, for a file that may be of any kind: it is not charged for. */
  readonly peek: ReadFile
  readonly isLarge: (file: string) => boolean
}

export type Found =
  | {readonly kind: 'file'; readonly real: string; readonly bytes: number}
  | {readonly kind: 'folder'; readonly real: string}
  | {readonly kind: 'missing'}
  | ({readonly kind: 'outside'; readonly isFolder: boolean} & BlockedFile)
  | ({readonly kind: 'special'} & BlockedFile)

// Far more than anybody writes by hand, and little enough to be read at once.
const MAX_FILE_BYTES = 1024 * 1024

// Files may include each other in ever more ways: two that are included twice each, ten deep, are a thousand reads.
const MAX_BYTES = 64 * 1024 * 1024
const COST_OF_A_READ = 4096

export function openWorkspace(folder: string): Workspace {
  const root = rootOf(resolve(folder))
  const known = new Map<string, Found>()
  const find = (file: string): Found => {
    const found = known.get(file) ?? findIn(resolve(folder), root, file)
    known.set(file, found)
    return found
  }
  let bytesLeft = MAX_BYTES
  const peek: ReadFile = file => {
    const found = find(file)
    if (found.kind === 'missing' || found.kind === 'folder') return undefined
    return found.kind === 'file' ? readText(root, file, found) : {blocked: found.blocked}
  }
  return {
    root,
    find,
    peek,
    read: file => {
      const text = peek(file)
      bytesLeft -= typeof text === 'string' ? text.length + COST_OF_A_READ : 0
      return bytesLeft < 0 ? refuseFile(file, 'with the files before it, it is more than 64 MiB to be read') : text
    },
    isLarge: file => {
      const found = find(file)
      return found.kind === 'file' && found.bytes > MAX_FILE_BYTES
    }
  }
}

function rootOf(folder: string): string {
  try {
    return realpathSync.native(folder)
  } catch {
    // Then there is nothing in it either, which is said of each pattern.
    return folder
  }
}

function refuseFile(file: string, rule: string): never {
  return rejectFile({value: file, reason: rule, example: 'docker/**/Dockerfile', location: {file, line: 1}})
}

/** Whether a path is the folder or lies below it. Both are absolute. */
function isWithin(path: string, folder: string): boolean {
  const way = relative(folder, path)
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way))
}

function findIn(folder: string, root: string, file: string): Found {
  const path = resolve(folder, file)
  // Not even whether it is there: that is the machine's, and nothing of the workspace's.
  if (!isWithin(path, folder) && !isWithin(path, root)) {
    return {kind: 'outside', isFolder: false, blocked: 'it is outside of the workspace'}
  }
  try {
    const real = realpathSync.native(path)
    if (!isWithin(real, root)) {
      const link = linkOut(root, path, isWithin(path, folder) ? folder : root)
      const leftOut = `${link} is a symbolic link that leads out of the workspace`
      return {kind: 'outside', isFolder: statSync(real).isDirectory(), blocked: leftOut}
    }
    // checkout leaves a token there.
    if (relative(root, real).split(sep).includes('.git'))
      return {kind: 'outside', isFolder: false, blocked: 'no file in .git is read'}
    const stats = statSync(real)
    if (stats.isDirectory()) return {kind: 'folder', real}
    return stats.isFile()
      ? {kind: 'file', real, bytes: stats.size}
      : {kind: 'special', blocked: 'it is no regular file'}
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR', 'ELOOP', 'ENAMETOOLONG', 'ERR_INVALID_ARG_VALUE')) return {kind: 'missing'}
    return refuseFile(file, `it cannot be read: ${describeErrno(error)}`)
  }
}

/** The first part of a path that leads out, relative to the workspace. */
function linkOut(root: string, path: string, base: string): string {
  const parts = relative(base, path).split(sep)
  const end = parts.findIndex((_, at) => !isWithin(realpathSync.native(join(base, ...parts.slice(0, at + 1))), root))
  return parts.slice(0, end + 1).join('/')
}

function readText(root: string, file: string, {real, bytes}: {readonly real: string; readonly bytes: number}): string {
  if (bytes > MAX_FILE_BYTES) refuseFile(file, 'it is larger than 1 MiB, which no such file is')
  try {
    // A FIFO that has taken the file's place is not waited for, and a link is not followed.
    const descriptor = openSync(real, constants.O_RDONLY | (constants.O_NONBLOCK || 0) | (constants.O_NOFOLLOW || 0))
    try {
      if (!isSame(root, real, descriptor)) return refuseFile(file, 'it was another file a moment before')
      return readAll(file, descriptor)
    } finally {
      closeSync(descriptor)
    }
  } catch (error) {
    if (error instanceof VerifiedImageError) throw error
    return refuseFile(file, `it cannot be read: ${describeErrno(error)}`)
  }
}

// Between the look and the opening a folder of the path may have become a link. What is open is what counts.
function isSame(root: string, real: string, descriptor: number): boolean {
  const opened = fstatSync(descriptor, {bigint: true})
  const named = lstatSync(real, {bigint: true})
  const isThere =
    opened.isFile() && opened.ino === named.ino && opened.dev === named.dev && realpathSync.native(real) === real
  return isThere && isWithin(pathOf(descriptor) ?? real, root)
}

// Only Linux says where an open file lies.
function pathOf(descriptor: number): string | undefined {
  try {
    return readlinkSync(`/proc/self/fd/${String(descriptor)}`)
  } catch {
    return undefined
  }
}

// To the end, and not to the size that the file system told: it may still grow.
function readAll(file: string, descriptor: number): string {
  const buffer = Buffer.alloc(MAX_FILE_BYTES + 1)
  let length = 0
  for (let bytes = -1; bytes !== 0 && length < buffer.length; length += bytes)
    bytes = readSync(descriptor, buffer, length, buffer.length - length, null)
  return length > MAX_FILE_BYTES
    ? refuseFile(file, 'it is larger than 1 MiB, which no such file is')
    : buffer.toString('utf8', 0, length)
}
