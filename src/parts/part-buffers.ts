// The memory of parts that arrived before the bytes in front of them, bounded for the whole run and shared by its layers.
// Buffers are used again: new memory costs a page fault for each 4 KiB.

import {detachBuffer} from '../http/array-buffer.ts'

export type PartBuffers = {
  /** Opens the share of one layer. */
  readonly open: () => BufferShare
}

/** The buffers of one layer. */
export type BufferShare = {
  /** Returns a buffer. Undefined when the layer has its share, or when others have not yet given theirs back. */
  readonly tryTake: () => Uint8Array | undefined
  /** Returns a buffer also beyond the share: for bytes that the reader needs next. */
  readonly take: () => Uint8Array
  /** Gives a buffer back that nothing reads or writes any more. */
  readonly give: (buffer: Uint8Array) => void
  /** Gives a buffer up that something may still read or write. Its memory is left to the garbage collector. */
  readonly drop: () => void
  /** Ends the share, with all buffers that it still has. */
  readonly close: () => void
}

// 14 MiB with parts of 2 MiB: part-schedule.ts has the speeds.
const MAX_BUFFERS = 7

export function createPartBuffers(bytes: number, count = MAX_BUFFERS): PartBuffers {
  const free: Uint8Array[] = []
  let inUse = 0
  let shares = 0

  function open(): BufferShare {
    let held = 0
    shares++

    function take(): Uint8Array {
      held++
      inUse++
      return free.pop() ?? new Uint8Array(bytes)
    }
    function drop(): void {
      held--
      inUse--
    }
    return {
      tryTake: () => (inUse < count && held < Math.ceil(count / shares) ? take() : undefined),
      take,
      give: buffer => {
        drop()
        if (inUse + free.length < count) free.push(buffer)
        else detachBuffer(buffer)
      },
      drop,
      close: () => {
        inUse -= held
        held = 0
        shares--
        if (shares === 0) for (const buffer of free.splice(0)) detachBuffer(buffer)
      }
    }
  }
  return {open}
}
