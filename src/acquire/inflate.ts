// Uncompressed digests of compressed layers: gzip and zstd, streaming, with as much memory for a small layer as for a huge one.
// A layer that inflates beyond what its size can honestly hold is stopped: see MAX_RATIO.

import {createGunzip, createZstdDecompress} from 'node:zlib'
import {createDigester, type DigestAlgorithm} from '../oci/digest.ts'
import {fail, formatBytes} from './failure.ts'
import {fillsItsMemory, giveBack} from './memory.ts'
import type {Uncompressed} from './ports.ts'

export type Inflater = {
  /** Takes the next bytes; resolves when they are used up and more may come. */
  readonly write: (chunk: Uint8Array) => Promise<void> | void
  readonly finish: () => Promise<Uncompressed>
  readonly discard: () => void
}

// With the default of 16 KiB, zlib spends more time between its calls than in them.
const CHUNK_BYTES = 1024 * 1024

// deflate cannot do better than 1032:1; zstd can, but a layer that does is a bomb, or might as well be one.
const MAX_RATIO = 1100

/** `size` is the number of compressed bytes that the descriptor promises. */
export const openInflater = (
  compression: 'gzip' | 'zstd' | 'none',
  size: number,
  algorithm: DigestAlgorithm
): Inflater => {
  const digester = createDigester(algorithm)
  if (compression === 'none') {
    const finish = (): Promise<Uncompressed> => Promise.resolve({diffId: digester.digest(), size})
    return {write: digester.update, finish, discard: () => undefined}
  }
  const limitBytes = size * MAX_RATIO + CHUNK_BYTES
  let inflated = 0
  let failed: Error | undefined
  const fault = (error: Error): void => {
    failed ??= error
  }
  const isBroken = (): boolean => failed !== undefined
  const take = (chunk: Uint8Array): void => {
    inflated += chunk.length
    if (inflated <= limitBytes) {
      digester.update(chunk)
      // zlib goes on writing to a chunk that is not full.
      if (fillsItsMemory(chunk)) giveBack(chunk)
    } else {
      fault(
        new RangeError(`it inflates to more than ${formatBytes(limitBytes)}, over ${String(MAX_RATIO)} times its size`)
      )
      frame?.discard()
    }
  }
  // Opened with the first bytes: an image's layers are all waiting for their turn, and each frame holds a chunk.
  let frame: Frame | undefined
  const open = (): Frame => (frame = openFrame(compression, take, fault))

  // Node ends a zstd stream with its first frame and drops what follows in the same chunk: that goes into the next frame.
  const write = async (chunk: Uint8Array): Promise<void> => {
    for (let rest = chunk; rest.length > 0 && !isBroken();) {
      const current: Frame = frame ?? open()
      const used = await current.write(rest)
      if (used === rest.length || isBroken()) return
      if (used === 0) fault(new Error('bytes that belong to no frame'))
      await current.ended
      rest = rest.subarray(used)
      frame = undefined
    }
  }
  return {
    // A broken stream is not reported before all bytes are in: only their digest tells whether the registry or the
    // publisher is to blame.
    write: chunk => (isBroken() ? undefined : write(chunk)),
    finish: async () => {
      if (!isBroken()) await (frame ?? open()).finish()
      if (failed === undefined) return {diffId: digester.digest(), size: inflated}
      const detail =
        failed instanceof RangeError ? failed.message : `it is not ${compression} throughout: ${failed.message}`
      return fail({kind: 'unusable', detail}, {cause: failed})
    },
    discard: () => {
      frame?.discard()
    }
  }
}

type Frame = {
  /** Resolves to how many of these bytes belong to the frame. */
  readonly write: (bytes: Uint8Array) => Promise<number>
  readonly ended: Promise<void>
  readonly finish: () => Promise<void>
  readonly discard: () => void
}

const openFrame = (
  compression: 'gzip' | 'zstd',
  take: (chunk: Uint8Array) => void,
  fault: (error: Error) => void
): Frame => {
  const options = {chunkSize: CHUNK_BYTES}
  const stream = compression === 'gzip' ? createGunzip(options) : createZstdDecompress(options)
  // zlib forgets the callback of a write that it fails in: whoever waits for it is let go when the stream is over.
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
    })
    // Not at a close that comes first: then a write may still be under way.
    stream.on('end', () => {
      if (last !== undefined) giveBack(last)
      end()
    })
    stream.on('close', end)
    stream.on('error', error => {
      fault(error)
      end()
    })
  })
  return {
    ended,
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
