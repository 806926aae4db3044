// Files that hold a blob: written in large pieces, and put at a second path without a second copy.
// Knows nothing of digests.

import {constants} from 'node:fs'
import {copyFile, type FileHandle, link, open} from 'node:fs/promises'
import {isErrno} from '../filesystem/errno.ts'

/** Puts the file at `from`, which nobody else can write to, at `to` too. Fails when something is there. */
export async function linkOrCopy(from: string, to: string): Promise<void> {
  try {
    await link(from, to)
  } catch (error) {
    // Another file system, or one without hard links.
    if (!isErrno(error, 'EXDEV', 'EPERM', 'ENOTSUP', 'ENOSYS', 'EMLINK')) throw error
    await copyFile(from, to, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE)
  }
}

export type Writer = {
  /** Undefined when the chunk was taken without a need to write. It may change once it was taken. */
  readonly write: (chunk: Uint8Array) => Promise<void> | undefined
  /** Forgets what was written. */
  readonly restart: () => void
  readonly end: () => Promise<void>
}

// Chunks come in 64 KiB and less, and each turn in the thread pool costs more than copying them into one buffer.
const BUFFER_BYTES = 1024 * 1024

/** Takes small chunks without a promise, and writes them in large pieces, one after the other. */
export async function openWriter(path: string): Promise<Writer> {
  const file = await open(path, 'wx')
  const buffer = Buffer.allocUnsafeSlow(BUFFER_BYTES)
  let filled = 0
  let position = 0
  let last = Promise.resolve()
  const writeAll = async (length: number, at: number): Promise<void> => {
    for (let done = 0; done < length;) done += (await file.write(buffer, done, length - done, at + done)).bytesWritten
  }
  const flush = (): Promise<void> => {
    const [length, at] = [filled, position]
    filled = 0
    position += length
    last = last.then(() => writeAll(length, at))
    return last
  }
  const take = (chunk: Uint8Array): number => {
    const taken = Math.min(chunk.length, BUFFER_BYTES - filled)
    buffer.set(chunk.subarray(0, taken), filled)
    filled += taken
    return taken
  }
  const writeOn = async (chunk: Uint8Array): Promise<void> => {
    for (let rest = chunk; rest.length > 0; rest = rest.subarray(take(rest))) if (filled === BUFFER_BYTES) await flush()
  }
  return {
    write: chunk => {
      if (filled + chunk.length > BUFFER_BYTES) return writeOn(chunk)
      take(chunk)
      return undefined
    },
    // A write that is still under way lands where the bytes after it will.
    restart: () => {
      filled = 0
      position = 0
    },
    end: async () => {
      try {
        await flush()
        await file.truncate(position)
      } finally {
        await file.close()
      }
    }
  }
}

/** The bytes of an open file, each chunk lent until the next is asked for. Closes the file at the end. */
export const readChunks = async function* (file: FileHandle): AsyncGenerator<Uint8Array> {
  try {
    const buffer = Buffer.allocUnsafeSlow(BUFFER_BYTES)
    for (;;) {
      const {bytesRead} = await file.read(buffer, 0, BUFFER_BYTES, null)
      if (bytesRead === 0) return
      yield buffer.subarray(0, bytesRead)
    }
  } finally {
    await file.close()
  }
}
