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
 * body's chunks must stay valid.
 */
export async function* decodeBody(
  body: AsyncIterable<Uint8Array>,
  codings: readonly ContentCoding[]
): AsyncGenerator<Uint8Array> {
  let bodyError: unknown
  const source = Readable.from(
    (async function* () {
      try {
        yield* body
      } catch (error) {
        bodyError = error
        throw error
      }
    })(),
    {objectMode: true, highWaterMark: 1}
  )
  const decoders = codings.toReversed().map(coding => DECODERS[coding]())
  const decoded = decoders.at(-1)
  if (decoded === undefined) throw new DecodeError('no coding')
  // Errors reach the reader of the last stream. A decoder may report another one after its end, which no listener of pipeline() sees.
  for (const stream of decoders) stream.on('error', () => undefined)
  pipeline([source, ...decoders], () => undefined)
  try {
    for await (const chunk of decoded as AsyncIterable<Buffer>) yield chunk
  } catch (error) {
    throw bodyError instanceof Error ? bodyError : new DecodeError('the bytes do not decode', {cause: error})
  } finally {
    for (const stream of [source, ...decoders]) stream.destroy()
  }
}
