// Uncompressed digests of compressed layers: gzip and zstd, streaming, with as much memory for a small layer as for a huge one.
// A layer that inflates beyond what its size can honestly hold is stopped: see MAX_RATIO.

import {createGunzip, createZstdDecompress} from 'node:zlib'
import {createDigester, type Digest, type DigestAlgorithm} from '../oci/digest.ts'
import {fail, formatBytes} from './failure.ts'

export type Inflater = {
  /** Takes the next bytes; resolves when they are used up and more may come. */
  readonly write: (chunk: Uint8Array) => Promise<void> | void
  readonly finish: () => Promise<Digest>
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
    return {write: digester.update, finish: () => Promise.resolve(digester.digest()), discard: () => undefined}
  }
  const stream =
    compression === 'gzip' ? createGunzip({chunkSize: CHUNK_BYTES}) : createZstdDecompress({chunkSize: CHUNK_BYTES})
  const limitBytes = size * MAX_RATIO + CHUNK_BYTES
  let inflated = 0
  let failed: Error | undefined
  const ended = new Promise<void>(resolve => {
    stream.on('end', resolve).on('close', resolve)
    stream.on('error', error => {
      failed ??= error
      resolve()
    })
  })
  stream.on('data', (chunk: Buffer) => {
    inflated += chunk.length
    if (inflated <= limitBytes) {
      digester.update(chunk)
    } else {
      failed ??= new RangeError(
        `it inflates to more than ${formatBytes(limitBytes)}, over ${String(MAX_RATIO)} times its size`
      )
      stream.destroy()
    }
  })
  return {
    // A broken stream is not reported before all bytes are in: only their digest tells whether the registry or the
    // publisher is to blame.
    write: chunk =>
      failed !== undefined || stream.destroyed
        ? undefined
        : new Promise(resolve => {
            stream.write(chunk, () => {
              resolve()
            })
          }),
    finish: async () => {
      if (failed === undefined) stream.end()
      await ended
      if (failed === undefined) return digester.digest()
      const detail =
        failed instanceof RangeError ? failed.message : `it is not ${compression} throughout: ${failed.message}`
      return fail({kind: 'unusable', detail}, {cause: failed})
    },
    discard: () => stream.destroy()
  }
}
