// Decodes zstd frame by frame, so that the memory of each window is counted before its frame is opened.
// Node's stream alone takes what follows a frame for the next one, whose window nothing has counted.

import {zstdDecompressSync} from 'node:zlib'
import type {Semaphore} from '../concurrency/semaphore.ts'
import {formatBytes} from '../failure/format.ts'
import {type DecoderOutput, openZlibStream, type ZlibStream} from './zlib-stream.ts'
import {type BlockWalker, createBlockWalker, readFrameStart} from './zstd-frame.ts'

/** Memory for zstd windows that several layers share; a large window waits until it is free. */
export type WindowMemory = {readonly windows: Semaphore; readonly signal: AbortSignal}

/** Bytes of a layer go in at `write`; decoded ones come out at the DecoderOutput. */
export type Decoder = {
  readonly write: (bytes: Uint8Array) => Promise<void>
  /** All bytes were written. */
  readonly finish: () => Promise<void>
  readonly discard: () => void
}

// The default limit of the zstd library and of its program, and so of Node. Docker's decoder takes 512 MiB, which would be four
// times the memory of this action.
const MAX_WINDOW_BYTES = 128 * 1024 * 1024

// zstd:chunked makes a frame for each file, and a flood of empty frames costs its sender nine bytes each: a stream for each of them
// would take ten times as long. Two blocks hold at most 256 KiB.
const SMALL_FRAME_BLOCKS = 2
const SMALL_FRAME_OUTPUT_BYTES = 1024 * 1024
// The least that zlib takes, and its default. Each frame leaves its chunk to the garbage collector.
const MIN_CHUNK_BYTES = 64
const SMALL_CHUNK_BYTES = 16 * 1024
// Some milliseconds of work on the main thread; then other work has its turn.
const FRAMES_PER_TURN = 256

type OpenFrame = {readonly stream: ZlibStream; readonly blocks: BlockWalker; readonly release: () => void}

export function createZstdDecoder(output: DecoderOutput, memory: WindowMemory | undefined): Decoder {
  let frame: OpenFrame | undefined
  let hasFrame = false
  // The start of a header that is split between two chunks.
  let pending: Uint8Array = new Uint8Array()
  let toSkip = 0
  let framesInTurn = 0

  // Each step resolves to the bytes that are left for the next one.
  async function step(bytes: Uint8Array): Promise<Uint8Array> {
    if (toSkip > 0) {
      const skipped = Math.min(toSkip, bytes.length)
      toSkip -= skipped
      return bytes.subarray(skipped)
    }
    return frame === undefined ? startFrame(bytes) : writeToFrame(frame, bytes, frame.blocks.walk(bytes))
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
    if (start.kind === 'unknown') {
      output.setError(new Error('bytes that belong to no frame'))
      return new Uint8Array()
    }
    if (start.memoryBytes > MAX_WINDOW_BYTES) {
      output.setError(windowTooLarge(start.memoryBytes))
      return new Uint8Array()
    }
    const blocks = createBlockWalker(start.hasChecksum)
    const end = start.headerLength + blocks.walk(bytes.subarray(start.headerLength))
    if (blocks.isDone() && blocks.blocks() <= SMALL_FRAME_BLOCKS) {
      await decodeSmallFrame(bytes.subarray(0, end), start.memoryBytes)
      return bytes.subarray(end)
    }
    const release = (await memory?.windows.acquire(start.memoryBytes, memory.signal)) ?? (() => undefined)
    frame = {stream: openZlibStream('zstd', output), blocks, release}
    return writeToFrame(frame, bytes, end)
  }

  async function decodeSmallFrame(bytes: Uint8Array, memoryBytes: number): Promise<void> {
    const chunkSize = Math.min(Math.max(memoryBytes, MIN_CHUNK_BYTES), SMALL_CHUNK_BYTES)
    try {
      output.onData(zstdDecompressSync(bytes, {chunkSize, maxOutputLength: SMALL_FRAME_OUTPUT_BYTES}))
    } catch (error) {
      output.setError(error instanceof Error ? error : new Error(String(error)))
    }
    framesInTurn++
    if (framesInTurn % FRAMES_PER_TURN === 0) await new Promise(resolve => setImmediate(resolve))
  }

  async function writeToFrame({stream, blocks}: OpenFrame, bytes: Uint8Array, end: number): Promise<Uint8Array> {
    await stream.write(bytes.subarray(0, end))
    if (blocks.isDone() && !output.hasError()) {
      await stream.finish()
      closeFrame()
    }
    return bytes.subarray(end)
  }

  function closeFrame(): void {
    frame?.stream.discard()
    frame?.release()
    frame = undefined
  }

  return {
    write: async chunk => {
      let rest = chunk
      while (rest.length > 0 && !output.hasError()) rest = await step(rest)
    },
    finish: async () => {
      if (frame !== undefined) await frame.stream.finish()
      else if (!hasFrame || pending.length > 0 || toSkip > 0) output.setError(new Error('unexpected end of file'))
    },
    discard: closeFrame
  }
}

function windowTooLarge(bytes: number): RangeError {
  return new RangeError(
    `its zstd window has ${formatBytes(bytes)}; at most ${formatBytes(MAX_WINDOW_BYTES)} are taken, like zstd -d without --long`
  )
}
