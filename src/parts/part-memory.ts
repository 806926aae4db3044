// The memory of parts that arrived before the bytes in front of them, bounded for the whole run and shared by its layers. A part reserves
// its memory before it is requested, and takes it block by block as its bytes arrive: most parts never need all of it at once.
// Blocks are used again: new memory costs a page fault for each 4 KiB.

import {detachBuffer} from '../http/array-buffer.ts'

export type PartMemory = {
  /** Opens the share of one layer. */
  readonly open: () => MemoryShare
}

/** The memory of one layer. */
export type MemoryShare = Blocks & {
  /** Reserves the memory of a part. False when the layer has its share, or when others have not yet given theirs back. */
  readonly tryReserve: () => boolean
  /** The part was read, or is read from now on: its bytes no longer wait for others. */
  readonly unreserve: () => void
  /** Ends the share. Blocks that were not given back are left to the garbage collector. */
  readonly close: () => void
}

/** Memory for the bytes of one part. */
export type Blocks = {
  readonly blockBytes: number
  /** Returns a block. */
  readonly take: () => Uint8Array
  /** Gives a block back that nothing reads or writes any more. */
  readonly give: (block: Uint8Array) => void
}

// 24 MiB with parts of 4 MiB: part-schedule.ts has the speeds.
const MAX_RESERVED = 6
// What a reader gets at a time, at most. Decompressing more at once gains nothing.
const BLOCK_BYTES = 256 * 1024

/** `partBytes` is what a part may have, and `count` how many parts may be reserved at a time. */
export function createPartMemory(partBytes: number, count = MAX_RESERVED, blockBytes = BLOCK_BYTES): PartMemory {
  const mostFree = count * Math.ceil(partBytes / blockBytes)
  const free: Uint8Array[] = []
  let reserved = 0
  let shares = 0

  function open(): MemoryShare {
    let held = 0
    shares++

    function unreserve(): void {
      held--
      reserved--
    }
    return {
      blockBytes,
      tryReserve: () => {
        if (reserved >= count || held >= Math.ceil(count / shares)) return false
        held++
        reserved++
        return true
      },
      unreserve,
      take: () => free.pop() ?? new Uint8Array(blockBytes),
      give: block => {
        if (shares > 0 && free.length < mostFree) free.push(block)
        else detachBuffer(block)
      },
      close: () => {
        reserved -= held
        held = 0
        shares--
        if (shares === 0) for (const block of free.splice(0)) detachBuffer(block)
      }
    }
  }
  return {open}
}
