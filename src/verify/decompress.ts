// Uncompressed digests of compressed layers: gzip and zstd, streaming, with as much memory for a small layer as for a huge one.
// How far a layer inflates has no limit of its own: gzip reaches 1032:1 and zstd 32,768:1, a file of zeros honestly comes close
// to that, the config's diff_id decides what is right, and `timeout` bounds the work.

import {createGunzip, createZstdDecompress, zstdDecompressSync} from 'node:zlib'
import {createDigester, type DigestAlgorithm} from '../oci/digest.ts'
import {endsAtBufferEnd, detachBuffer} from '../http/array-buffer.ts'
import type {Semaphore} from '../concurrency/semaphore.ts'
import {type BlockWalker, createBlockWalker, readFrameStart} from './zstd-frame.ts'
import {type UncompressedLayer} from '../store/store.ts'
import {formatBytes} from '../failure/format.ts'
import {fail} from '../failure/error.ts'

export type Decompressor = {
  /** Takes the next bytes; resolves when they are used up and more may come. */
  readonly write: (chunk: Uint8Array) => Promise<void> | void
  readonly finish: () => Promise<UncompressedLayer>
  readonly discard: () => void
}

/** Memory for zstd windows that several layers share; a large window waits for its turn. */
export type WindowMemory = {readonly windows: Semaphore; readonly signal: AbortSignal}

// With the default of 16 KiB, zlib spends more time between its calls than in them.
const CHUNK_BYTES = 1024 * 1024

// The default limit of the zstd library and of its program, and so of Node. Docker's decoder takes 512 MiB, which would be four
// times this action's memory.
const MAX_WINDOW_BYTES = 128 * 1024 * 1024

// zstd:chunked makes a frame for each file, and a flood of empty frames costs its sender nine bytes each: a stream for each of
// them would take ten times as long. Two blocks hold at most 256 KiB.
const SMALL_FRAME_BLOCKS = 2
// The least that zlib takes, and its default. Each frame leaves its chunk to the garbage collector.
const MIN_CHUNK_BYTES = 64
const SMALL_CHUNK_BYTES = 16 * 1024
// Some milliseconds' work on the main thread; then others have their turn.
const FRAMES_PER_TURN = 256

/** What the formats below have in common. Bytes of the layer go in at `write`, inflated ones come out at `take`. */
type Decoder = {
  readonly write: (bytes: Uint8Array) => Promise<void>
  /** All bytes are in. */
  readonly finish: () => Promise<void>
  readonly discard: () => void
}

type Outlet = {
  readonly take: (chunk: Uint8Array) => void
  readonly fault: (error: Error) => void
  readonly isBroken: () => boolean
}

/** `size` is the number of compressed bytes that the descriptor promises. */
export function openDecompressor(
  compression: 'gzip' | 'zstd' | 'none',
  size: number,
  algorithm: DigestAlgorithm,
  memory?: WindowMemory
): Decompressor {
  const digester = createDigester(algorithm)
  if (compression === 'none') {
    const finish = (): Promise<UncompressedLayer> => Promise.resolve({diffId: digester.digest(), size})
    return {write: digester.update, finish, discard: () => undefined}
  }
  let inflated = 0
  let failed: Error | undefined
  const outlet: Outlet = {
    take: chunk => {
      inflated += chunk.length
      digester.update(chunk)
    },
    fault: error => {
      failed ??= error
    },
    isBroken: () => failed !== undefined
  }
  const decoder = compression === 'gzip' ? createGzipDecoder(outlet) : createZstdDecoder(outlet, memory)
  return {
    // A broken stream is not reported before all bytes are in: only their digest tells whether the registry or the
    // publisher is to blame.
    write: chunk => (outlet.isBroken() ? undefined : decoder.write(chunk)),
    finish: async () => {
      if (!outlet.isBroken()) await decoder.finish()
      decoder.discard()
      if (failed === undefined) return {diffId: digester.digest(), size: inflated}
      const detail =
        failed instanceof RangeError ? failed.message : `it is not ${compression} throughout: ${failed.message}`
      return fail({kind: 'unusable', detail}, {cause: failed})
    },
    discard: decoder.discard
  }
}

function createGzipDecoder(outlet: Outlet): Decoder {
  // Opened with the first bytes: an image's layers are all waiting for their turn, and each stream holds a chunk.
  let stream: Stream | undefined
  const open = (): Stream => (stream ??= openStream('gzip', outlet))
  return {
    // zlib goes on with the next member by itself, and ends before bytes that belong to none.
    write: async bytes => {
      const used = await open().write(bytes)
      if (used < bytes.length) outlet.fault(new Error('bytes that belong to no member'))
    },
    finish: () => open().finish(),
    discard: () => stream?.discard()
  }
}

function createZstdDecoder(outlet: Outlet, memory: WindowMemory | undefined): Decoder {
  let frame: {readonly stream: Stream; readonly blocks: BlockWalker; readonly release: () => void} | undefined
  let hasFrame = false
  // The start of a header that is cut in two.
  let pending: Uint8Array = new Uint8Array()
  let toSkip = 0
  let framesInTurn = 0

  function closeFrame(): void {
    frame?.stream.discard()
    frame?.release()
    frame = undefined
  }

  // Each resolves to the bytes that are left for the next step.
  async function step(bytes: Uint8Array): Promise<Uint8Array> {
    if (toSkip > 0) {
      const skipped = Math.min(toSkip, bytes.length)
      toSkip -= skipped
      return bytes.subarray(skipped)
    }
    return frame === undefined ? startFrame(bytes) : writeToFrame(bytes, frame.blocks.walk(bytes))
  }

  async function startFrame(more: Uint8Array): Promise<Uint8Array> {
    const bytes = pending.length === 0 ? more : Buffer.concat([pending, more])
    const start = readFrameStart(bytes)
    pending = start.kind === 'incomplete' ? Uint8Array.from(bytes) : new Uint8Array()
    if (start.kind === 'incomplete') return new Uint8Array()
    hasFrame = true
    if (start.kind === 'skippable') {
      toSkip = start.length
      return bytes
    }
    if (start.kind === 'unknown') outlet.fault(new Error('bytes that belong to no frame'))
    else if (start.memoryBytes > MAX_WINDOW_BYTES) outlet.fault(windowTooLarge(start.memoryBytes))
    else {
      const blocks = createBlockWalker(start.hasChecksum)
      const end = start.headerLength + blocks.walk(bytes.subarray(start.headerLength))
      if (blocks.isDone() && blocks.blocks() <= SMALL_FRAME_BLOCKS)
        return inflateAtOnce(bytes, end, Math.min(Math.max(start.memoryBytes, MIN_CHUNK_BYTES), SMALL_CHUNK_BYTES))
      const release = (await memory?.windows.acquire(start.memoryBytes, memory.signal)) ?? (() => undefined)
      frame = {stream: openStream('zstd', outlet), blocks, release}
      return writeToFrame(bytes, end)
    }
    return new Uint8Array()
  }

  async function inflateAtOnce(bytes: Uint8Array, end: number, chunkSize: number): Promise<Uint8Array> {
    try {
      outlet.take(zstdDecompressSync(bytes.subarray(0, end), {chunkSize, maxOutputLength: CHUNK_BYTES}))
    } catch (error) {
      outlet.fault(error instanceof Error ? error : new Error(String(error)))
    }
    framesInTurn++
    if (framesInTurn % FRAMES_PER_TURN === 0) await new Promise(resolve => setImmediate(resolve))
    return bytes.subarray(end)
  }

  // Node's stream does not notice that a frame ends where its input does, and takes what follows for the next frame, whose
  // window nothing has counted. So each frame gets a stream of its own, and no byte more.
  async function writeToFrame(bytes: Uint8Array, end: number): Promise<Uint8Array> {
    if (frame === undefined) throw new TypeError('no frame is open')
    await frame.stream.write(bytes.subarray(0, end))
    if (frame.blocks.isDone() && !outlet.isBroken()) {
      await frame.stream.finish()
      closeFrame()
    }
    return bytes.subarray(end)
  }

  return {
    write: async chunk => {
      let rest = chunk
      while (rest.length > 0 && !outlet.isBroken()) rest = await step(rest)
    },
    finish: async () => {
      if (frame !== undefined) await frame.stream.finish()
      else if (!hasFrame || pending.length > 0 || toSkip > 0) outlet.fault(new Error('unexpected end of file'))
    },
    discard: closeFrame
  }
}

function windowTooLarge(bytes: number): RangeError {
  return new RangeError(
    `its zstd window has ${formatBytes(bytes)}; at most ${formatBytes(MAX_WINDOW_BYTES)} are taken, like zstd -d without --long`
  )
}

/** One of Node's streams. */
type Stream = {
  /** Resolves to how many of these bytes were used. */
  readonly write: (bytes: Uint8Array) => Promise<number>
  /** Resolves when all that was written has come out, or when that failed. */
  readonly finish: () => Promise<void>
  readonly discard: () => void
}

function openStream(compression: 'gzip' | 'zstd', {take, fault}: Outlet): Stream {
  const options = {chunkSize: CHUNK_BYTES}
  const stream = compression === 'gzip' ? createGunzip(options) : createZstdDecompress(options)
  // zlib forgets the callback of a write that it fails in: a write that waits for it is released when the stream ends.
  let release = (): void => undefined
  let last: Uint8Array | undefined
  const ended = new Promise<void>(resolve => {
    const end = (): void => {
      resolve()
      release()
    }
    stream.on('data', (chunk: Uint8Array) => {
      last = chunk
      take(chunk)
      // zlib goes on writing to a chunk that is not full.
      if (endsAtBufferEnd(chunk)) detachBuffer(chunk)
    })
    // Not at a close that comes first: then a write may still be under way.
    stream.on('end', () => {
      if (last !== undefined) detachBuffer(last)
      end()
    })
    stream.on('close', end)
    stream.on('error', error => {
      fault(error)
      end()
    })
  })
  return {
    write: async bytes => {
      const before = stream.bytesWritten
      await new Promise<void>(resolve => {
        release = resolve
        stream.write(bytes, () => {
          resolve()
        })
      })
      return stream.bytesWritten - before
    },
    finish: () => {
      stream.end()
      return ended
    },
    discard: () => stream.destroy()
  }
}
