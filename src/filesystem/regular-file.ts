// Files that others may have put there, opened so that they can do no harm: a FIFO cannot block the run, a device cannot fill
// its memory, and a symbolic link cannot lead out of the folder. One room for everything that reads a file it did not write.

import {closeSync, constants, fstatSync, lstatSync, openSync, readSync, type Stats} from 'node:fs'
import {type FileHandle, lstat, open} from 'node:fs/promises'
import {isErrno} from './errno.ts'
import {isOpenBelow} from './real-path.ts'

/** `refuse`: the last component of the path must not be a symbolic link. Folders above it may be. */
export type Links = 'refuse' | 'follow'

export type ReadOptions = {
  /** A larger file is refused without being read. */
  readonly maxBytes: number
  readonly links?: Links
  /** The real path of a folder that must contain the open file. `path` must be a real path too. readRegularFileSync only. */
  readonly root?: string
}

export type RegularFile = {readonly file: FileHandle; readonly bytes: number}

/** What is there is not a regular file, or has more bytes than allowed. The message says which, without the path. */
export class NotRegularFile extends Error {}

/** Rejects with NotRegularFile, or with the file system's error. The caller closes the file. */
export async function openRegularFile(path: string, links: Links = 'refuse'): Promise<RegularFile> {
  if (links === 'refuse') refuseLink(await lstat(path))
  const file = await open(path, flagsFor(links)).catch(refuseOpen)
  try {
    const found = await file.stat()
    refuseOther(found)
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
    refuseLarge(bytes, maxBytes)
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

/** As readRegularFile, for the few places that cannot wait. */
export function readRegularFileSync(path: string, {maxBytes, links = 'refuse', root}: ReadOptions): Buffer {
  if (links === 'refuse') refuseLink(lstatSync(path))
  const descriptor = openNow(path, links)
  try {
    const found = fstatSync(descriptor)
    refuseOther(found)
    refuseLarge(found.size, maxBytes)
    if (root !== undefined && !isOpenBelow(descriptor, path, root))
      throw new NotRegularFile('another file took its place while it was opened')
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

// O_NONBLOCK: to open a FIFO waits for a writer, in a thread that the end of the process waits for. Windows has neither flag, and
// no FIFO among its files; lstat() finds its links.
function flagsFor(links: Links): number {
  const {O_RDONLY, O_NONBLOCK, O_NOFOLLOW} = constants as Readonly<Record<string, number | undefined>>
  return (O_RDONLY ?? 0) | (O_NONBLOCK ?? 0) | (links === 'refuse' ? (O_NOFOLLOW ?? 0) : 0)
}

function openNow(path: string, links: Links): number {
  try {
    return openSync(path, flagsFor(links))
  } catch (error) {
    return refuseOpen(error)
  }
}

// ELOOP: O_NOFOLLOW met a link that was not there for lstat(). ENXIO: open(2) refuses a socket.
function refuseOpen(error: unknown): never {
  if (isErrno(error, 'ENXIO')) throw new NotRegularFile('it is a socket, not a regular file', {cause: error})
  if (isErrno(error, 'ELOOP')) throw new NotRegularFile('it is a symbolic link, not a regular file', {cause: error})
  throw error
}

function refuseLink(found: Stats): void {
  if (found.isSymbolicLink()) throw new NotRegularFile('it is a symbolic link, not a regular file')
}

function refuseOther(found: Stats): void {
  if (!found.isFile()) throw new NotRegularFile(`it is a ${kindOf(found)}, not a regular file`)
}

function kindOf(found: Stats): string {
  if (found.isDirectory()) return 'folder'
  if (found.isFIFO()) return 'FIFO'
  return found.isSocket() ? 'socket' : 'device'
}

function refuseLarge(bytes: number, maxBytes: number): void {
  if (bytes > maxBytes)
    throw new NotRegularFile(`it has ${String(bytes)} bytes, and at most ${String(maxBytes)} are read`)
}
