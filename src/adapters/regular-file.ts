// Files that somebody else may have put there: a path is followed inside one folder only, and what is read is a regular file of
// bounded size. A FIFO or a device is never opened, since that can wait for ever or have effects of its own.

import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readlinkSync,
  readSync,
  realpathSync,
  type Stats
} from 'node:fs'
import {basename, dirname, isAbsolute, join, relative, resolve, sep} from 'node:path'
import {isErrno} from './local-io.ts'

export type Refused = {readonly why: string}

/** Undefined when there is nothing. A link at the end of the path is not followed. */
export function readRegularFile(path: string, maxBytes: number): {readonly bytes: Uint8Array} | Refused | undefined {
  const found = lstatSync(path, {throwIfNoEntry: false})
  if (found === undefined) return undefined
  const why = whyNotRegular(found, maxBytes)
  if (why !== undefined) return {why}
  let file: number
  try {
    // What takes its place in between is not waited for, and not followed. Windows has neither flag: they are 0 there.
    file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW)
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined
    if (isErrno(error, 'ELOOP', 'ENXIO')) return {why: 'it is no regular file'}
    throw error
  }
  try {
    const whyNot = whyNotRegular(fstatSync(file), maxBytes)
    return whyNot === undefined ? readBounded(file, maxBytes) : {why: whyNot}
  } finally {
    closeSync(file)
  }
}

const whyNotRegular = (found: Stats, maxBytes: number): string | undefined => {
  if (found.isDirectory()) return 'it is a folder'
  if (!found.isFile()) return 'it is no regular file'
  return found.size > maxBytes ? whyTooLong(found.size, maxBytes) : undefined
}

const whyTooLong = (bytes: number, maxBytes: number): string =>
  `it has ${String(bytes)} bytes, at most ${String(maxBytes)} are read`

const readBounded = (file: number, maxBytes: number): {readonly bytes: Uint8Array} | Refused => {
  const buffer = Buffer.allocUnsafe(maxBytes + 1)
  let length = 0
  for (;;) {
    const more = readSync(file, buffer, length, buffer.length - length, null)
    if (more === 0) return {bytes: buffer.subarray(0, length)}
    length += more
    if (length > maxBytes) return {why: whyTooLong(length, maxBytes)}
  }
}

/** Whether a path is in a folder, by its name alone. */
export function isBelow(path: string, folder: string): boolean {
  const way = relative(folder, path)
  return way !== '' && way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way)
}

const MAX_LINKS = 40

/** The path without links, whether or not there is something. A link may lead anywhere below `root`. */
export function realPathBelow(path: string, root: string): {readonly path: string} | Refused {
  const realRoot = realParent(root)
  let current = path
  for (let links = 0; links < MAX_LINKS; links++) {
    const folder = realParent(dirname(current))
    const real = join(folder, basename(current))
    if (!isBelow(real, realRoot))
      return {why: `it is a link to ${real}, which is not in ${root}: a link may not leave that folder`}
    const target = linkAt(real)
    if (target === undefined) return {path: real}
    current = resolve(folder, target)
  }
  return {why: 'it is a link that leads to itself'}
}

/** Of what is there of it, the real path; what is not there yet is no link. */
const realParent = (folder: string): string => {
  try {
    return realpathSync(folder)
  } catch (error) {
    const above = dirname(folder)
    if (!isErrno(error, 'ENOENT', 'ENOTDIR') || above === folder) throw error
    return join(realParent(above), basename(folder))
  }
}

const linkAt = (path: string): string | undefined => {
  try {
    return readlinkSync(path)
  } catch (error) {
    // It is no link, or is not there.
    if (isErrno(error, 'EINVAL', 'ENOENT', 'ENOTDIR', 'UNKNOWN')) return undefined
    throw error
  }
}
