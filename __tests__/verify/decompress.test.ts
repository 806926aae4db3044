// Compressed layers as their makers write them: frames of any size in pieces of any size, large windows in turn, skippable and
// empty frames, and what is no layer at all.

import {constants, gzipSync, zstdCompressSync} from 'node:zlib'
import {describe, expect, it} from '@jest/globals'
import {type DecompressedLayer, openDecompressor} from '../../src/verify/decompress.ts'
import {layerFormatOf} from '../../src/oci/layer-format.ts'
import {type WindowMemory} from '../../src/verify/zstd-decoder.ts'
import {createSemaphore} from '../../src/concurrency/semaphore.ts'
import {digestOf} from '../../src/oci/digest.ts'
import {repeatedBlocks} from '../support/zstd-frames.ts'
import {seededBytes} from '../support/tar.ts'
import {VerifiedImageError} from '../../src/failure/error.ts'

const MIB = 1024 * 1024
const SMALL = Buffer.from('one small file')
// Random bytes do not compress: two of zlib's chunks, in many blocks.
const LARGE = seededBytes(7, 1_200_000)
const EMPTY = zstdCompressSync(Buffer.alloc(0))
const SKIPPABLE = Buffer.from([0x5a, 0x2a, 0x4d, 0x18, 5, 0, 0, 0, 1, 2, 3, 4, 5])

function uncompressed(content: Uint8Array, compression: 'gzip' | 'zstd' | 'none'): DecompressedLayer {
  return {kind: 'uncompressed', layer: {diffId: digestOf(content), size: content.length, compression}}
}

function zstd(content: Uint8Array, windowLog?: number): Buffer {
  const params = windowLog === undefined ? {} : {[constants.ZSTD_c_windowLog]: windowLog}
  return zstdCompressSync(content, {params: {[constants.ZSTD_c_contentSizeFlag]: 0, ...params}})
}

const FORMAT = layerFormatOf('application/vnd.oci.image.layer.v1.tar+gzip')

/** In pieces of `size` bytes; a piece changes once it was taken, as the blocks that bodies are read into do. */
async function decompress(bytes: Uint8Array, size = bytes.length, memory?: WindowMemory): Promise<DecompressedLayer> {
  const inflater = openDecompressor(FORMAT, 'sha256', memory)
  for (let at = 0; at < bytes.length; at += size) {
    const piece = Uint8Array.from(bytes.subarray(at, at + size))
    await inflater.write(piece)
    piece.fill(0)
  }
  return inflater.finish()
}

async function refusal(run: Promise<unknown>): Promise<string> {
  const error: unknown = await run.then(
    () => undefined,
    (rejection: unknown) => rejection
  )
  if (error instanceof VerifiedImageError && error.failure.kind === 'unusable') return error.failure.detail
  throw new Error(`not refused as unusable: ${String(error)}`)
}

const LAYERS = [
  {what: 'one large frame', bytes: zstd(LARGE), content: LARGE},
  {what: 'one small frame', bytes: zstdCompressSync(SMALL), content: SMALL},
  {
    what: 'small and large frames in turn',
    bytes: Buffer.concat([zstdCompressSync(SMALL), zstd(LARGE), zstdCompressSync(SMALL), zstd(LARGE)]),
    content: Buffer.concat([SMALL, LARGE, SMALL, LARGE])
  },
  {
    what: 'skippable frames before, between and behind',
    bytes: Buffer.concat([SKIPPABLE, zstdCompressSync(SMALL), SKIPPABLE, SKIPPABLE, zstd(LARGE), SKIPPABLE]),
    content: Buffer.concat([SMALL, LARGE])
  },
  {what: 'empty frames only', bytes: Buffer.concat([EMPTY, EMPTY, EMPTY]), content: Buffer.alloc(0)},
  {what: 'a skippable frame only', bytes: SKIPPABLE, content: Buffer.alloc(0)}
]

describe('openDecompressor, of zstd', () => {
  it.each(LAYERS)('reads $what, in pieces of any size', async ({bytes, content}) => {
    const right = uncompressed(content, 'zstd')
    for (const size of [bytes.length, 65_536, 4099]) expect(await decompress(bytes, size)).toEqual(right)
  })

  it('reads frames byte by byte', async () => {
    const bytes = Buffer.concat([SKIPPABLE, zstdCompressSync(SMALL), EMPTY, zstd(Buffer.alloc(300_000, 'ab'))])
    const content = Buffer.concat([SMALL, Buffer.alloc(300_000, 'ab')])
    expect(await decompress(bytes, 1)).toEqual(uncompressed(content, 'zstd'))
  })

  it('reads zeros, which shrink 30,000 times', async () => {
    const zeros = Buffer.alloc(64 * MIB)
    const bytes = zstdCompressSync(zeros)
    expect(zeros.length / bytes.length).toBeGreaterThan(20_000)
    expect(await decompress(bytes)).toEqual(uncompressed(zeros, 'zstd'))
  })

  it.each([
    {what: 'a frame that ends early', bytes: zstdCompressSync(SMALL).subarray(0, -1)},
    {what: 'a large frame that ends early', bytes: zstd(LARGE).subarray(0, -1)},
    {what: 'a header that ends early', bytes: Buffer.concat([EMPTY, EMPTY.subarray(0, 4)])},
    {what: 'one more byte', bytes: Buffer.concat([zstdCompressSync(SMALL), EMPTY.subarray(0, 1)])},
    {what: 'a skippable frame that ends early', bytes: SKIPPABLE.subarray(0, -1)},
    {what: 'trailing zeros', bytes: Buffer.concat([zstdCompressSync(SMALL), Buffer.alloc(16)])},
    {what: 'a block of the reserved type', bytes: Buffer.from([...EMPTY.subarray(0, 6), 7, 0, 0])}
  ])('refuses $what', async ({bytes}) => {
    for (const size of [Math.max(bytes.length, 1), Math.max(3, bytes.length >> 10)])
      expect(await refusal(decompress(bytes, size))).toContain('it is not zstd throughout')
  })

  it('reads a frame with a window of up to 512 MiB that its content does not fill', async () => {
    const bytes = zstd(LARGE)
    bytes[5] = 19 << 3
    expect(await decompress(bytes)).toEqual(uncompressed(LARGE, 'zstd'))
  })

  it('does not decompress a frame that fills more than 128 MiB of a larger window', async () => {
    const bytes = repeatedBlocks(28, 129)
    expect(await decompress(bytes)).toEqual({kind: 'window-too-large', windowBytes: 256 * MIB})
    // The largest window that the Docker Engine takes.
    expect(await decompress(repeatedBlocks(29, 129))).toEqual({kind: 'window-too-large', windowBytes: 512 * MIB})
  })

  it('does not look at what follows in such a frame', async () => {
    const bytes = repeatedBlocks(28, 130)
    // The last block has the reserved type (RFC 8878, section 3.1.1.2.2).
    bytes.writeUInt8(bytes.readUInt8(bytes.length - 4) | (3 << 1), bytes.length - 4)
    expect(await decompress(bytes)).toEqual({kind: 'window-too-large', windowBytes: 256 * MIB})
  })

  it('reads more than 128 MiB through a window that fits', async () => {
    const content = Buffer.alloc(129 * MIB, 7)
    expect(await decompress(repeatedBlocks(23, 129))).toEqual(uncompressed(content, 'zstd'))
  })

  it('refuses a window of more than 512 MiB, and says how large it is', async () => {
    const bytes = zstd(LARGE)
    bytes[5] = (19 << 3) | 1
    expect(await refusal(decompress(bytes))).toBe(
      'its zstd window has 604 MB, and the Docker Engine takes at most 537 MB'
    )
    // All of the content is the window here (RFC 8878, section 3.1.1.1.1.2), and has one byte more than 512 MiB.
    const single = Buffer.of(0x28, 0xb5, 0x2f, 0xfd, 0xa0, 1, 0, 0, 0x20, 9, 0, 0, 7)
    expect(await refusal(decompress(single))).toMatch(/^its zstd window has 537 MB/)
    single[5] = 0
    expect(await refusal(decompress(single))).toContain('it is not zstd throughout')
  })

  it('says that bytes belong to no frame', async () => {
    const bytes = Buffer.concat([zstdCompressSync(SMALL), Buffer.from('rubbish')])
    expect(await refusal(decompress(bytes))).toBe('it is not zstd throughout: bytes that belong to no frame')
  })

  it('gives the memory back after a frame that ends early', async () => {
    const {signal} = new AbortController()
    const windows = createSemaphore(1)
    await refusal(decompress(zstd(LARGE).subarray(0, -1), 100_000, {windows, signal}))
    await expect(windows.acquire(1, signal)).resolves.toBeInstanceOf(Function)
  })

  it('takes the memory of its window while the frame lasts, and no longer', async () => {
    const {signal} = new AbortController()
    const windows = createSemaphore(MIB)
    const bytes = zstd(LARGE, 23)
    const inflater = openDecompressor(FORMAT, 'sha256', {windows, signal})
    await inflater.write(bytes.subarray(0, 1000))
    let isFree = false
    const next = windows.acquire(1, signal).then(release => {
      isFree = true
      release()
    })
    await inflater.write(bytes.subarray(1000, -1))
    expect(isFree).toBe(false)
    await inflater.write(bytes.subarray(-1))
    await next
    expect(await inflater.finish()).toEqual(uncompressed(LARGE, 'zstd'))
  })

  it('gives the memory back when it is discarded in the middle of a frame', async () => {
    const {signal} = new AbortController()
    const windows = createSemaphore(MIB)
    const inflater = openDecompressor(FORMAT, 'sha256', {windows, signal})
    await inflater.write(zstd(LARGE, 23).subarray(0, 1000))
    inflater.discard()
    await expect(windows.acquire(MIB, signal)).resolves.toEqual(expect.any(Function))
  })

  it('opens large windows in turn, and gets through them all', async () => {
    const {signal} = new AbortController()
    const memory = {windows: createSemaphore(MIB), signal}
    const bytes = zstd(LARGE, 27)
    const all = await Promise.all(Array.from({length: 8}, () => decompress(bytes, 100_000, memory)))
    for (const layer of all) expect(layer).toEqual(uncompressed(LARGE, 'zstd'))
  })

  it('stops waiting for its window when the run ends', async () => {
    const controller = new AbortController()
    const windows = createSemaphore(MIB)
    await windows.acquire(MIB, controller.signal)
    const inflater = openDecompressor(FORMAT, 'sha256', {windows, signal: controller.signal})
    const write = inflater.write(zstd(LARGE))
    controller.abort(new Error('the run ended'))
    await expect(write).rejects.toThrow('the run ended')
  })
})

describe('openDecompressor, of gzip', () => {
  it('reads several members in pieces of any size', async () => {
    const bytes = Buffer.concat([gzipSync(SMALL), gzipSync(LARGE), gzipSync(Buffer.alloc(0)), gzipSync(SMALL)])
    const content = Buffer.concat([SMALL, LARGE, SMALL])
    for (const size of [bytes.length, 4099, gzipSync(SMALL).length])
      expect(await decompress(bytes, size)).toEqual(uncompressed(content, 'gzip'))
  })

  it.each([
    {what: 'zeros behind the last member', tail: Buffer.alloc(16)},
    {what: 'other bytes behind the last member', tail: Buffer.from('rubbish')}
  ])('refuses $what', async ({tail}) => {
    const bytes = Buffer.concat([gzipSync(SMALL), tail])
    for (const size of [bytes.length, gzipSync(SMALL).length])
      expect(await refusal(decompress(bytes, size))).toContain('it is not gzip throughout')
  })
})

describe('openDecompressor, of other bytes', () => {
  it.each(['', 'a', 'short', 'sixsix', 'seven s', 'a tar without any compression'])('takes %j as it is', async text => {
    const bytes = Buffer.from(text)
    for (const size of [Math.max(bytes.length, 1), 1])
      expect(await decompress(bytes, size)).toEqual(uncompressed(bytes, 'none'))
  })

  it('recognizes xz in pieces of any size', async () => {
    const bytes = Buffer.of(0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00, 0, 0)
    for (const size of [8, 6, 5, 1]) expect(await refusal(decompress(bytes, size))).toContain('compressed with xz')
  })
})
