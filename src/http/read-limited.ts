// Reads a short body into memory: an error, a token, a status page.
// Its length is the server's choice, so each caller sets a limit.

import {VerifiedImageError} from '../failure/error.ts'

/**
 * The body, or its first `maxBytes` bytes; the rest is not read. Of a connection that breaks, the bytes received so far.
 * Rejects when time is up or the request is aborted.
 */
export async function readLimited(body: AsyncIterable<Uint8Array>, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let received = 0
  try {
    for await (const chunk of body) {
      // The memory of a chunk is reused once the next one is requested.
      chunks.push(Buffer.from(chunk))
      received += chunk.length
      if (received > maxBytes) break
    }
  } catch (error) {
    if (!(error instanceof VerifiedImageError) || error.failure.kind === 'timed-out') throw error
  }
  return Buffer.concat(chunks).subarray(0, maxBytes)
}
