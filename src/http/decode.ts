// Content codings (RFC 9110 §8.4.1), decoded as a stream.
// Decoded bytes may be many times as long as encoded ones, so a reader requests them piece by piece and stops where it wants.

import {Readable, type Transform, pipeline} from 'node:stream'
import {createBrotliDecompress, createGunzip, createInflate, createZstdDecompress} from 'node:zlib'

/** The codings that change the bytes. */
export type ContentCoding = 'gzip' | 'deflate' | 'br' | 'zstd'

const DECODERS: Readonly<Record<ContentCoding, () => Transform>> = {
  gzip: createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
  zstd: createZstdDecompress
}

/** The bytes did not decode. */
export class DecodeError extends Error {}

/**
 * Decodes a body whose codings were applied in the order of the list. Rejects with the error of the body, or with a DecodeError. The
 * body's chunks must stay valid, and its owner ends it.
 */
export async function* decodeBody(
  body: AsyncIterable<Uint8Array>,
  codings: readonly ContentCoding[]
): AsyncGenerator<Uint8Array> {
  const iterator = body[Symbol.asyncIterator]()
  let bodyError: unknown
  // Only an error of the body itself: a decoder that fails throws its error into this generator.
  async function* read(): AsyncGenerator<Uint8Array> {
    for (;;) {
      const next = await iterator.next().catch((error: unknown) => {
        bodyError = error
        throw error
      })
      if (next.done === true) return
      yield next.value
    }
  }
  const source = Readable.from(read(), {objectMode: true, highWaterMark: 1})
  const decoders = codings.toReversed().map(coding => DECODERS[coding]())
  const decoded = decoders.at(-1)
  if (decoded === undefined) throw new DecodeError('no coding')
  // Errors reach the reader of the last stream.
  pipeline([source, ...decoders], () => undefined)
  try {
    for await (const chunk of decoded as AsyncIterable<Buffer>) yield chunk
  } catch (error) {
    throw bodyError instanceof Error ? bodyError : new DecodeError('the bytes do not decode', {cause: error})
  } finally {
    for (const stream of [source, ...decoders]) stream.destroy()
  }
}
