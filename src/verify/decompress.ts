// Computes the uncompressed digests of gzip and zstd layers while they stream, with as much memory for a small layer as for a huge one.
// The size of the output has no limit of its own: gzip reaches 1032:1 and zstd 32,768:1, and a file of zeros honestly comes close to
// that. The config's diff_id decides what is right, and the `timeout` input bounds the work.

import {createDigester, type DigestAlgorithm} from '../oci/digest.ts'
import {type UncompressedLayer} from '../store/store.ts'
import {fail} from '../failure/error.ts'
import {type DecoderOutput, openZlibStream, type ZlibStream} from './zlib-stream.ts'
import {createZstdDecoder, type Decoder, type WindowMemory} from './zstd-decoder.ts'

export type Decompressor = {
  /** Takes the next bytes and resolves when it can take more. */
  readonly write: (chunk: Uint8Array) => Promise<void> | void
  /** Resolves when all bytes were decompressed; rejects with `unusable` when they cannot be. */
  readonly finish: () => Promise<UncompressedLayer>
  readonly discard: () => void
}

/** Opens a decompressor. `size` is the number of compressed bytes that the descriptor promises. */
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
  let uncompressedBytes = 0
  let failure: Error | undefined
  const output: DecoderOutput = {
    onData: chunk => {
      uncompressedBytes += chunk.length
      digester.update(chunk)
    },
    setError: error => {
      failure ??= error
    },
    hasError: () => failure !== undefined
  }
  const decoder = compression === 'gzip' ? createGzipDecoder(output) : createZstdDecoder(output, memory)
  return {
    // An error is reported once all bytes are in: only their digest tells whether the registry or the publisher is at fault.
    write: chunk => (output.hasError() ? undefined : decoder.write(chunk)),
    finish: async () => {
      if (!output.hasError()) await decoder.finish()
      decoder.discard()
      if (failure === undefined) return {diffId: digester.digest(), size: uncompressedBytes}
      const detail =
        failure instanceof RangeError ? failure.message : `it is not ${compression} throughout: ${failure.message}`
      return fail({kind: 'unusable', detail}, {cause: failure})
    },
    discard: decoder.discard
  }
}

function createGzipDecoder(output: DecoderOutput): Decoder {
  // Opened with the first bytes: all layers of an image may be waiting for a connection, and each stream holds a chunk.
  let stream: ZlibStream | undefined
  function open(): ZlibStream {
    stream ??= openZlibStream('gzip', output)
    return stream
  }
  return {
    // zlib continues with the next member by itself, and stops before bytes that belong to none.
    write: async bytes => {
      const used = await open().write(bytes)
      if (used < bytes.length) output.setError(new Error('bytes that belong to no member'))
    },
    finish: () => open().finish(),
    discard: () => stream?.discard()
  }
}
