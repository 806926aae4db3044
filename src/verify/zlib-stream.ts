// Node's streaming decompressors with promises, and with their memory given back at once.
// Errors are reported to the output, not thrown: the caller decides when they count.

import {constants, createGunzip, createZstdDecompress} from 'node:zlib'
import {endsAtBufferEnd, detachBuffer} from '../http/array-buffer.ts'

/** Takes what a decoder produces. */
export type DecoderOutput = {
  readonly onData: (chunk: Uint8Array) => void
  readonly setError: (error: Error) => void
  readonly hasError: () => boolean
}

export type ZlibStream = {
  /** Resolves to the number of these bytes that were used. */
  readonly write: (bytes: Uint8Array) => Promise<number>
  /** Resolves when everything written has come out, or when that failed. */
  readonly finish: () => Promise<void>
  readonly discard: () => void
}

// With the default of 16 KiB, zlib spends more time between its calls than in them.
const CHUNK_BYTES = 1024 * 1024

// The Docker Engine's decoder takes windows of up to 512 MiB (2^29 bytes). The memory of a window is only allocated here, and taken
// from the system as far as the output fills it: zstd-decoder.ts limits that.
export const ZSTD_PARAMS = {[constants.ZSTD_d_windowLogMax]: 29}

export function openZlibStream(compression: 'gzip' | 'zstd', {onData, setError}: DecoderOutput): ZlibStream {
  const options = {chunkSize: CHUNK_BYTES}
  const stream =
    compression === 'gzip' ? createGunzip(options) : createZstdDecompress({...options, params: ZSTD_PARAMS})
  // zlib drops the callback of a write that fails. The end or the close of the stream resolves that write.
  let resolveWrite = (): void => undefined
  let last: Uint8Array | undefined
  const ended = new Promise<void>(resolve => {
    function end(): void {
      resolve()
      resolveWrite()
    }
    stream.on('data', (chunk: Uint8Array) => {
      last = chunk
      onData(chunk)
      // zlib continues to write to a chunk that is not full.
      if (endsAtBufferEnd(chunk)) detachBuffer(chunk)
    })
    // Not at a close that comes first: then a write may still be under way.
    stream.on('end', () => {
      if (last !== undefined) detachBuffer(last)
      end()
    })
    stream.on('close', end)
    stream.on('error', setError)
  })
  return {
    write: async bytes => {
      const before = stream.bytesWritten
      await new Promise<void>(resolve => {
        resolveWrite = resolve
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
