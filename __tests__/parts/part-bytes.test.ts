// The bytes of a part in blocks: whatever the chunks, each byte is there until it was released, and no block is used twice before.

import {describe, expect, it} from '@jest/globals'
import fc from 'fast-check'
import {PartBytes} from '../../src/parts/part-bytes.ts'
import type {Blocks} from '../../src/parts/part-memory.ts'
import {seededBytes} from '../support/tar.ts'

const BLOCK_BYTES = 1000
const BYTES = seededBytes(1, 20 * BLOCK_BYTES)

/** Blocks that are overwritten when they are given back. */
function blocksInUse(): Blocks & {readonly count: () => number} {
  const inUse = new Set<Uint8Array>()
  return {
    blockBytes: BLOCK_BYTES,
    count: () => inUse.size,
    take: () => {
      const block = new Uint8Array(BLOCK_BYTES)
      inUse.add(block)
      return block
    },
    give: block => {
      if (!inUse.delete(block)) throw new Error('the block was given back twice')
      block.fill(0)
    }
  }
}

function readRest(bytes: PartBytes, from: number): Buffer {
  const blocks: Buffer[] = []
  for (let at = from; at < bytes.length;) {
    const block = Buffer.from(bytes.from(at))
    expect(block.length).toBeGreaterThan(0)
    blocks.push(block)
    at += block.length
    bytes.release(at)
  }
  return Buffer.concat(blocks)
}

describe('PartBytes', () => {
  it('has every byte in order, in whatever chunks they come and are read', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({min: 1, max: 2 * BLOCK_BYTES}), {minLength: 1, maxLength: 30}), sizes => {
        const memory = blocksInUse()
        const bytes = new PartBytes(memory)
        let read = 0
        for (const size of sizes) {
          bytes.append(BYTES.subarray(bytes.length, bytes.length + size))
          if (size % 3 === 0) continue
          const rest = readRest(bytes, read)
          expect(rest.equals(BYTES.subarray(read, bytes.length))).toBe(true)
          read = bytes.length
          // What was read holds one block at most, the one that is being filled.
          expect(memory.count()).toBeLessThanOrEqual(1)
        }
        bytes.releaseAll()
        expect(memory.count()).toBe(0)
      }),
      {numRuns: 50}
    )
  })

  it('takes one block for many small chunks', () => {
    const memory = blocksInUse()
    const bytes = new PartBytes(memory)
    for (let at = 0; at < BLOCK_BYTES; at++) bytes.append(BYTES.subarray(at, at + 1))
    expect(memory.count()).toBe(1)
    expect(Buffer.from(bytes.from(0)).equals(BYTES.subarray(0, BLOCK_BYTES))).toBe(true)
  })

  it('takes no memory before the first byte, and has none from beyond the last one', () => {
    const memory = blocksInUse()
    const bytes = new PartBytes(memory)
    expect([memory.count(), bytes.from(0).length]).toEqual([0, 0])
    bytes.append(BYTES.subarray(0, BLOCK_BYTES))
    expect([memory.count(), bytes.from(BLOCK_BYTES).length, bytes.from(BLOCK_BYTES - 1).length]).toEqual([1, 0, 1])
  })
})
