// Frames by hand and by the library: what memory they ask for, and where they end, in one piece and in pieces of any size.

import {constants, zstdCompressSync} from 'node:zlib'
import {describe, expect, it} from '@jest/globals'
import {createBlockWalker, readFrameStart} from '../../src/verify/zstd-frame.ts'
import {seededBytes} from '../support/tar.ts'

const MAGIC = [0x28, 0xb5, 0x2f, 0xfd]

function frameOf(content: Uint8Array, parameters: Readonly<Record<number, number>> = {}): Buffer {
  return zstdCompressSync(content, {params: parameters})
}

describe('readFrameStart', () => {
  it.each([
    {what: 'the smallest window', bytes: [...MAGIC, 0, 0], memoryBytes: 1024},
    {what: 'a window with a mantissa', bytes: [...MAGIC, 0, 0b00001_011], memoryBytes: 2048 + 3 * 256},
    {what: 'a window of 128 MiB', bytes: [...MAGIC, 0, 17 << 3], memoryBytes: 128 * 1024 * 1024},
    {what: 'the largest window', bytes: [...MAGIC, 0, 0xff], memoryBytes: 2 ** 41 + 7 * 2 ** 38},
    {what: 'one segment of one byte of size', bytes: [...MAGIC, 0x20, 200], memoryBytes: 200},
    {what: 'two bytes of size', bytes: [...MAGIC, 0x60, 1, 2], memoryBytes: 0x201 + 256},
    {what: 'four bytes of size', bytes: [...MAGIC, 0xa0, 1, 2, 3, 4], memoryBytes: 0x04030201},
    {what: 'eight bytes of size', bytes: [...MAGIC, 0xe0, 0, 0, 0, 0, 1, 0, 0, 0], memoryBytes: 2 ** 32},
    {what: 'less content than its window', bytes: [...MAGIC, 0x40, 17 << 3, 0, 0], memoryBytes: 256},
    {what: 'a dictionary of one byte', bytes: [...MAGIC, 0x21, 9, 5], memoryBytes: 5},
    {what: 'a dictionary of two bytes', bytes: [...MAGIC, 0x22, 9, 9, 5], memoryBytes: 5},
    {what: 'a window and a dictionary', bytes: [...MAGIC, 1, 0, 9], memoryBytes: 1024},
    {what: 'a dictionary of four bytes', bytes: [...MAGIC, 0x23, 9, 9, 9, 9, 5], memoryBytes: 5}
  ])('reads $what', ({bytes, memoryBytes}) => {
    expect(readFrameStart(Buffer.from(bytes))).toEqual({
      kind: 'frame',
      headerLength: bytes.length,
      memoryBytes,
      hasChecksum: false
    })
    for (const length of bytes.keys())
      expect(readFrameStart(Buffer.from(bytes.slice(0, length)))).toEqual({kind: 'incomplete'})
  })

  it('reads the sixteen magic numbers of skippable frames', () => {
    for (const low of Array(16).keys()) {
      const bytes = Buffer.from([0x50 + low, 0x2a, 0x4d, 0x18, 4, 1, 0, 0])
      expect(readFrameStart(bytes)).toEqual({kind: 'skippable', length: 8 + 260})
      expect(readFrameStart(bytes.subarray(0, 7))).toEqual({kind: 'incomplete'})
    }
  })

  it.each([
    ['gzip', [0x1f, 0x8b, 8, 0, 0, 0]],
    ['the five bytes that are enough to tell', [0x1f, 0x8b, 8, 0, 0]],
    ['a magic number one too high', [0x29, 0xb5, 0x2f, 0xfd, 0, 0]],
    ['one beyond the skippable frames', [0x60, 0x2a, 0x4d, 0x18, 0, 0, 0, 0]]
  ])('does not know %s', (_what, bytes) => {
    expect(readFrameStart(Buffer.from(bytes))).toEqual({kind: 'unknown'})
  })
})

describe('createBlockWalker', () => {
  const FRAMES = [
    {what: 'an empty frame', bytes: frameOf(Buffer.alloc(0)), blocks: 1},
    {what: 'one compressed block', bytes: frameOf(Buffer.from('hello '.repeat(50))), blocks: 1},
    {what: 'one raw block', bytes: frameOf(seededBytes(1, 1000)), blocks: 1},
    {what: 'blocks of one byte', bytes: frameOf(Buffer.alloc(300 * 1024)), blocks: 3},
    {what: 'a checksum', bytes: frameOf(Buffer.from('sum'), {[constants.ZSTD_c_checksumFlag]: 1}), blocks: 1}
  ]

  it.each(FRAMES)('finds the end of $what, whatever follows, in pieces of any size', ({bytes, blocks}) => {
    const start = readFrameStart(bytes)
    if (start.kind !== 'frame') throw new Error('it is a frame')
    const rest = Buffer.concat([bytes.subarray(start.headerLength), Buffer.from('what follows')])
    for (const size of [1, 2, 3, 7, rest.length]) {
      const walker = createBlockWalker(start.hasChecksum)
      let end = 0
      for (let at = 0; at < rest.length; at += size) end += walker.walk(rest.subarray(at, at + size))
      expect(end).toBe(bytes.length - start.headerLength)
      expect(walker.isDone()).toBe(true)
      expect(walker.blocks()).toBe(blocks)
    }
  })

  it.each(FRAMES)('is not done before the last byte of $what', ({bytes}) => {
    const start = readFrameStart(bytes)
    if (start.kind !== 'frame') throw new Error('it is a frame')
    const walker = createBlockWalker(start.hasChecksum)
    walker.walk(bytes.subarray(start.headerLength, -1))
    expect(walker.isDone()).toBe(false)
  })
})
