// Files that hold a blob: written in large pieces, read in large chunks, and linked to a second path.
// Digests are not computed here.

import {constants} from 'node:fs'
import {copyFile, type FileHandle, link, open} from 'node:fs/promises'

/** Puts the file at `from`, which only this process can write to, at `to` too. Rejects when something is there. */
export async function linkOrCopy(from: string, to: string): Promise<void> {
  // No link leads to another file system, and some file systems have none. Every other error is the copy's error too.
  await link(from, to).catch(() => copyFile(from, to, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE))
}

export type FileWriter = {
  /** Returns undefined when the chunk fits the buffer. The chunk may change once it was taken. */
  readonly write: (chunk: Uint8Array) => Promise<void> | undefined
  /** Drops what was written: the next bytes are the first. */
  readonly reset: () => void
  readonly close: () => Promise<void>
}

/**
 * Files are read and written in pieces of this size. Chunks have at most 64 KiB, and each turn in the thread pool costs more than
 * copying them into one buffer.
 */
export const BUFFER_BYTES = 1024 * 1024

// The runtime frees a buffer some time after its last use. A run with a hundred layers would hold a hundred of them.
const MAX_SPARE_BUFFERS = 16
const spareBuffers: Buffer[] = []

function takeBuffer(): Buffer {
  return spareBuffers.pop() ?? Buffer.allocUnsafeSlow(BUFFER_BYTES)
}

/** To be called once nothing reads or writes the buffer any more. */
function giveBuffer(buffer: Buffer): void {
  if (spareBuffers.length < MAX_SPARE_BUFFERS) spareBuffers.push(buffer)
}

/** Creates a file and a writer that collects small chunks and writes them in large pieces, one after the other. */
export async function createFileWriter(path: string): Promise<FileWriter> {
  const file = await open(path, 'wx')
  const buffer = takeBuffer()
  let filled = 0
  let position = 0
  let isClosed = false
  let lastWrite = Promise.resolve()

  function flush(): Promise<void> {
    const [length, at] = [filled, position]
    filled = 0
    position += length
    lastWrite = lastWrite.then(() => writeAll(length, at))
    return lastWrite
  }
  async function writeAll(length: number, at: number): Promise<void> {
    for (let done = 0; done < length;) done += (await file.write(buffer, done, length - done, at + done)).bytesWritten
  }
  /** Returns how many bytes of the chunk fit. */
  function fill(chunk: Uint8Array): number {
    const length = Math.min(chunk.length, BUFFER_BYTES - filled)
    buffer.set(chunk.subarray(0, length), filled)
    filled += length
    return length
  }
  async function fillAndFlush(chunk: Uint8Array): Promise<void> {
    for (let rest = chunk; rest.length > 0; rest = rest.subarray(fill(rest))) {
      if (filled === BUFFER_BYTES) await flush()
      // Another writer may have the buffer by now.
      if (isClosed) return
    }
  }

  return {
    write: chunk => {
      if (isClosed) return Promise.reject(new Error('the file is closed'))
      if (filled + chunk.length > BUFFER_BYTES) return fillAndFlush(chunk)
      fill(chunk)
      return undefined
    },
    // A write that is still under way is overwritten by the bytes that come after it.
    reset: () => {
      filled = 0
      position = 0
    },
    close: async () => {
      if (isClosed) return
      isClosed = true
      try {
        await flush()
        await file.truncate(position)
      } finally {
        await file.close()
        giveBuffer(buffer)
      }
    }
  }
}

/** Reads an open file; each chunk is valid until the next one is requested. Closes the file at the end. */
export async function* readChunks(file: FileHandle): AsyncGenerator<Uint8Array> {
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
