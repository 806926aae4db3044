// Safe reads of files that another program may have made: a FIFO cannot block the run, a device cannot fill its memory, and a
// symbolic link cannot lead out of the folder. Every read of a file that this program did not write goes through here.

import {closeSync, constants, fstatSync, lstatSync, openSync, readSync, type Stats} from 'node:fs'
import {type FileHandle, lstat, open} from 'node:fs/promises'
import {isErrno} from './errno.ts'

/** `refuse`: the last component of the path must not be a symbolic link. Folders above it may be. */
export type Links = 'refuse' | 'follow'

export type ReadOptions = {
  /** A larger file is rejected without being read. */
  readonly maxBytes: number
  readonly links?: Links
}

export type RegularFile = {readonly file: FileHandle; readonly bytes: number}

/** It is not a regular file, or is too large. The message says which, without the path. */
export class NotRegularFile extends Error {}

/** Rejects with NotRegularFile, or with the file system's error. The caller closes the file. */
export async function openRegularFile(path: string, links: Links = 'refuse'): Promise<RegularFile> {
  if (links === 'refuse') rejectLink(await lstat(path))
  const file = await open(path, flagsFor(links)).catch(rejectOpen)
  try {
    const found = await file.stat()
    rejectOther(found)
    return {file, bytes: found.size}
  } catch (error) {
    await file.close()
    throw error
  }
}

/** The whole file. Rejects with NotRegularFile, or with the file system's error. */
export async function readRegularFile(path: string, {maxBytes, links}: ReadOptions): Promise<Buffer> {
  const {file, bytes} = await openRegularFile(path, links)
  try {
    rejectLarge(bytes, maxBytes)
    const buffer = Buffer.alloc(bytes)
    let filled = 0
    while (filled < bytes) {
      const {bytesRead} = await file.read(buffer, filled, bytes - filled, filled)
      if (bytesRead === 0) break
      filled += bytesRead
    }
    return buffer.subarray(0, filled)
  } finally {
    await file.close()
  }
}

/** The synchronous form of readRegularFile. */
export function readRegularFileSync(path: string, {maxBytes, links = 'refuse'}: ReadOptions): Buffer {
  if (links === 'refuse') rejectLink(lstatSync(path))
  const descriptor = openSafely(path, links)
  try {
    const found = fstatSync(descriptor)
    rejectOther(found)
    rejectLarge(found.size, maxBytes)
    const buffer = Buffer.alloc(found.size)
    let filled = 0
    while (filled < buffer.length) {
      const bytesRead = readSync(descriptor, buffer, filled, buffer.length - filled, filled)
      if (bytesRead === 0) break
      filled += bytesRead
    }
    return buffer.subarray(0, filled)
  } finally {
    closeSync(descriptor)
  }
}

// O_NONBLOCK: open(2) of a FIFO waits for a writer, in a thread that delays the end of the process. Windows has neither flag and no
// FIFOs; lstat() finds its links.
function flagsFor(links: Links): number {
  const {O_RDONLY, O_NONBLOCK, O_NOFOLLOW} = constants as Readonly<Record<string, number | undefined>>
  return (O_RDONLY ?? 0) | (O_NONBLOCK ?? 0) | (links === 'refuse' ? (O_NOFOLLOW ?? 0) : 0)
}

function openSafely(path: string, links: Links): number {
  try {
    return openSync(path, flagsFor(links))
  } catch (error) {
    return rejectOpen(error)
  }
}

// ELOOP: O_NOFOLLOW met a link that was made after lstat(). ENXIO: open(2) rejects a socket.
function rejectOpen(error: unknown): never {
  if (isErrno(error, 'ENXIO')) throw new NotRegularFile('it is a socket, not a regular file', {cause: error})
  if (isErrno(error, 'ELOOP')) throw new NotRegularFile('it is a symbolic link, not a regular file', {cause: error})
  throw error
}

function rejectLink(found: Stats): void {
  if (found.isSymbolicLink()) throw new NotRegularFile('it is a symbolic link, not a regular file')
}

function rejectOther(found: Stats): void {
  if (!found.isFile()) throw new NotRegularFile(`it is a ${kindOf(found)}, not a regular file`)
}

function kindOf(found: Stats): string {
  if (found.isDirectory()) return 'folder'
  if (found.isFIFO()) return 'FIFO'
  return found.isSocket() ? 'socket' : 'device'
}

function rejectLarge(bytes: number, maxBytes: number): void {
  if (bytes > maxBytes)
    throw new NotRegularFile(`it has ${String(bytes)} bytes, more than the ${String(maxBytes)} that are read`)
}
