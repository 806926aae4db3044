// Computes the uncompressed digests of layers while they stream, with as much memory for a small layer as for a huge one.
// The size of the output has no limit of its own: gzip reaches 1032:1 and zstd 32,768:1, and a file of zeros honestly comes close to
// that. The config's diff_id decides what is right, and the `timeout` input bounds the work.

import {createDigester, type Digester, type DigestAlgorithm} from '../oci/digest.ts'
import {type LayerFormat} from '../oci/layer-format.ts'
import {type UncompressedLayer} from '../store/store.ts'
import {fail} from '../failure/error.ts'
import {checkCompression, detectCompression, MAGIC_BYTES} from './compression.ts'
import {type DecoderOutput, openZlibStream, type ZlibStream} from './zlib-stream.ts'
import {createZstdDecoder, type Decoder, type WindowMemory, WindowTooLarge} from './zstd-decoder.ts'

/** `window-too-large`: a layer that the Docker Engine takes, and that needs more memory than this action promises. */
export type DecompressedLayer =
  | {readonly kind: 'uncompressed'; readonly layer: UncompressedLayer}
  | {readonly kind: 'window-too-large'; readonly windowBytes: number}

export type Decompressor = {
  /** Takes the next bytes and resolves when it can take more. */
  readonly write: (chunk: Uint8Array) => Promise<void> | void
  /** Resolves when all bytes were decompressed; rejects with `unusable` when they cannot be. */
  readonly finish: () => Promise<DecompressedLayer>
  readonly discard: () => void
}

/** Opens a decompressor for what the first bytes turn out to be. */
export function openDecompressor(format: LayerFormat, algorithm: DigestAlgorithm, memory?: WindowMemory): Decompressor {
  const output = createOutput(createDigester(algorithm))
  let decoder: Decoder | undefined
  let compression: ReturnType<typeof detectCompression> = 'none'
  // The first bytes, until there are enough of them to tell.
  let pending: Uint8Array = new Uint8Array()

  function open(firstBytes: Uint8Array): Decoder {
    compression = detectCompression(firstBytes)
    decoder = createDecoder(compression, output, memory)
    return decoder
  }

  return {
    // An error is reported once all bytes are in: only their digest tells whether the registry or the publisher is at fault.
    write: chunk => {
      if (output.hasError()) return undefined
      if (decoder !== undefined) return decoder.write(chunk)
      const bytes = pending.length === 0 ? chunk : Buffer.concat([pending, chunk])
      if (bytes.length >= MAGIC_BYTES) return open(bytes).write(bytes)
      pending = Uint8Array.from(bytes)
      return undefined
    },
    finish: async () => {
      let opened = decoder
      if (opened === undefined) {
        opened = open(pending)
        await opened.write(pending)
      }
      const checked = checkCompression(compression, format)
      if (!output.hasError()) await opened.finish()
      opened.discard()
      const error = output.error()
      if (error === undefined) return {kind: 'uncompressed', layer: {...output.layer(), compression: checked}}
      if (error instanceof WindowTooLarge && error.isTakenByDocker)
        return {kind: 'window-too-large', windowBytes: error.windowBytes}
      if (error instanceof WindowTooLarge)
        return fail({kind: 'unusable', reason: 'unsupported', detail: error.message}, {cause: error})
      return fail({kind: 'unusable', detail: `it is not ${compression} throughout: ${error.message}`}, {cause: error})
    },
    discard: () => decoder?.discard()
  }
}

type Output = DecoderOutput & {
  readonly error: () => Error | undefined
  readonly layer: () => Omit<UncompressedLayer, 'compression'>
}

function createOutput(digester: Digester): Output {
  let size = 0
  let first: Error | undefined
  return {
    onData: chunk => {
      size += chunk.length
      digester.update(chunk)
    },
    setError: error => {
      first ??= error
    },
    hasError: () => first !== undefined,
    error: () => first,
    layer: () => ({diffId: digester.digest(), size})
  }
}

function createDecoder(
  compression: ReturnType<typeof detectCompression>,
  output: DecoderOutput,
  memory: WindowMemory | undefined
): Decoder {
  if (compression === 'gzip') return createGzipDecoder(output)
  if (compression === 'zstd') return createZstdDecoder(output, memory)
  const write = (bytes: Uint8Array): void => {
    output.onData(bytes)
  }
  return {write, finish: () => Promise.resolve(), discard: () => undefined}
}

function createGzipDecoder(output: DecoderOutput): Decoder {
  const stream: ZlibStream = openZlibStream('gzip', output)
  return {
    // zlib continues with the next member by itself, and stops before bytes that belong to none.
    write: async bytes => {
      const used = await stream.write(bytes)
      if (used < bytes.length) output.setError(new Error('bytes that belong to no member'))
    },
    finish: stream.finish,
    discard: stream.discard
  }
}
