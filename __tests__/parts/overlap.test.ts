// The bytes that the first part and the one response both have.

import {describe, expect, it} from '@jest/globals'
import {Overlap} from '../../src/parts/overlap.ts'
import {Part} from '../../src/parts/part.ts'
import {createPartMemory} from '../../src/parts/part-memory.ts'
import {bodyOf} from '../support/memory-registry.ts'
import {responseWith} from '../support/responses.ts'
import {seededBytes} from '../support/tar.ts'

const BYTES = seededBytes(1, 1000)

/** A part of the bytes from 500 on, whose connection brought these. */
async function partWith(bytes: Uint8Array): Promise<Part> {
  return new Promise(resolve => {
    const part: Part = new Part({
      range: {start: 500, end: 1000},
      memory: createPartMemory(500).open(),
      signal: new AbortController().signal,
      open: () => Promise.resolve({...responseWith(), body: bodyOf(Buffer.from(bytes))}),
      nowMs: () => 0,
      onBytes: () => undefined,
      onChange: () => {
        if (part.isComplete) resolve(part)
      }
    })
  })
}

function overlapOf(first: Part, chunkBytes: number, end: number): Overlap {
  const overlap = new Overlap(100)
  for (let at = 0; at < end; at += chunkBytes) overlap.keep(BYTES.subarray(at, at + chunkBytes), at, first)
  return overlap
}

describe('Overlap', () => {
  it.each([1, 7, 100, 300, 1000])('compares what comes in chunks of %d bytes', async chunk => {
    const right = await partWith(BYTES.subarray(500))
    const wrong = await partWith(BYTES.subarray(0, 500))
    expect(overlapOf(right, chunk, 1000).compare(right)).toBe('equal')
    expect(overlapOf(wrong, chunk, 1000).compare(wrong)).toBe('different')
  })

  it('finds a difference in the last byte that both have', async () => {
    const bytes = Buffer.from(BYTES.subarray(500))
    bytes[99] = (bytes[99] ?? 0) ^ 1
    const part = await partWith(bytes)
    expect(overlapOf(part, 64, 1000).compare(part)).toBe('different')
  })

  it('has no verdict before the response has come far enough', async () => {
    const part = await partWith(BYTES.subarray(500))
    expect(overlapOf(part, 10, 590).compare(part)).toBe('unknown')
    expect(overlapOf(part, 10, 600).compare(part)).toBe('equal')
  })
})
