// The memory of parts that arrived before the bytes in front of them, bounded for the whole run.
// Buffers are used again: new memory costs a page fault for each 4 KiB.

import {detachBuffer} from '../http/array-buffer.ts'

export type PartBuffers = {
  readonly bytes: number
  /** Returns a buffer; undefined when all are in use. */
  readonly tryTake: () => Uint8Array | undefined
  /** Returns a buffer even when all are in use: for the bytes that a reader needs next. */
  readonly take: () => Uint8Array
  /** Gives a buffer back that nothing reads or writes any more. */
  readonly give: (buffer: Uint8Array) => void
  /** Gives a buffer back that something may still read. Its memory is left to the garbage collector. */
  readonly drop: () => void
  /** Frees the buffers that are not in use. */
  readonly trim: () => void
}

// 28 MiB with parts of 4 MiB. A run needs about 80 MB without them, and has to stay below 120 MB.
const MAX_BUFFERS = 7

export function createPartBuffers(bytes: number, count = MAX_BUFFERS): PartBuffers {
  const free: Uint8Array[] = []
  let inUse = 0

  function take(): Uint8Array {
    inUse++
    return free.pop() ?? new Uint8Array(bytes)
  }

  return {
    bytes,
    tryTake: () => (inUse < count ? take() : undefined),
    take,
    give: buffer => {
      inUse--
      if (inUse + free.length < count) free.push(buffer)
      else detachBuffer(buffer)
    },
    drop: () => {
      inUse--
    },
    trim: () => {
      for (const buffer of free.splice(0)) detachBuffer(buffer)
    }
  }
}
