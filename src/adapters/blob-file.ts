// Files that hold a blob: written in large pieces, and put at a second path without a second copy.
// Knows nothing of digests.

import {constants} from 'node:fs'
import {copyFile, link, open, rename} from 'node:fs/promises'
import {isErrno} from './local-io.ts'

/** Puts the file at `from` at `to` too. Fails when something is there. */
export const linkOrCopy = async (from: string, to: string): Promise<void> => {
  try {
    await link(from, to)
  } catch (error) {
    // Another file system, or one without hard links.
    if (!isErrno(error, 'EXDEV', 'EPERM', 'ENOTSUP', 'ENOSYS', 'EMLINK')) throw error
    await copyFile(from, `${to}.partial`, constants.COPYFILE_FICLONE)
    await rename(`${to}.partial`, to)
  }
}

export type Writer = {
  /** False when what was taken has to be flushed before more comes. */
  readonly take: (chunk: Uint8Array) => boolean
  readonly flush: () => Promise<void>
  /** Forgets what was written. */
  readonly restart: () => void
  readonly end: () => Promise<void>
}

// Chunks come in 16 KiB and less, and each write is a turn in the thread pool.
const WRITE_BYTES = 1024 * 1024

/** Takes small chunks without a promise, and writes them in large pieces, one after the other. */
export const openWriter = async (path: string): Promise<Writer> => {
  const file = await open(path, 'wx')
  let chunks: Uint8Array[] = []
  let buffered = 0
  let position = 0
  let last = Promise.resolve()
  const writeAll = async (bytes: Uint8Array, at: number): Promise<void> => {
    for (let done = 0; done < bytes.length;)
      done += (await file.write(bytes, done, bytes.length - done, at + done)).bytesWritten
  }
  const flush = (): Promise<void> => {
    const bytes = Buffer.concat(chunks)
    const at = position
    chunks = []
    buffered = 0
    position += bytes.length
    last = last.then(() => writeAll(bytes, at))
    return last
  }
  return {
    take: chunk => {
      // A copy: whoever hands it in may use its memory again.
      chunks.push(new Uint8Array(chunk))
      buffered += chunk.length
      return buffered < WRITE_BYTES
    },
    flush,
    restart: () => {
      chunks = []
      buffered = 0
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
