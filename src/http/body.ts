// The bytes of one response between undici and a reader. Chunks are queued without a copy. A slow reader gets several at a time,
// and one that is far behind pauses the connection.

import type {Failure} from '../failure/failure.ts'
import {endsAtBufferEnd, detachBuffer} from './array-buffer.ts'

/** A chunk is valid until the next one is requested. */
export type HttpBody = AsyncIterable<Uint8Array> & {
  /** Ends the request without reading on. Its connection is closed. */
  readonly discard: () => void
}

export type OpenBody = HttpBody & {
  /** Begins the body: `source` delivers it, and its length is `bytes` if the response announces one. */
  readonly expect: (bytes: number | undefined, source: BodySource) => void
  /** Takes ownership of the chunk and its memory. */
  readonly push: (chunk: Uint8Array) => void
  readonly end: (error?: Error) => void
  /** Whether enough bytes arrived since the last call, or the reader paused the connection. */
  readonly isKeepingUp: () => boolean
  /** The failure of a connection that ended now. */
  readonly failureOf: () => Failure
}

/** The connection that the bytes come from. */
export type BodySource = {
  readonly pause: () => void
  readonly resume: () => void
  readonly abort: () => void
}

/** Most bytes for a reader at a time. At this size, decompressing costs more than starting to decompress. */
const BLOCK_BYTES = 512 * 1024

/** A connection is paused when its reader leaves more than this unread. */
const MAX_UNREAD_BYTES = 2 * BLOCK_BYTES

/** `minimum` is what has to arrive between two calls of isKeepingUp. `onEnd` is called once. */
export function createBody(minimum: {readonly bytes: number}, onEnd: () => void): OpenBody {
  const queue: Uint8Array[] = []
  let unread = 0
  let received = 0
  let receivedSinceCheck = 0
  let expected: number | undefined
  let source: BodySource | undefined
  let outcome: {readonly error: Error | undefined} | undefined
  let notify: (() => void) | undefined
  let isPaused = false

  const end = (error?: Error): void => {
    if (outcome !== undefined) return
    outcome = {error}
    onEnd()
    notify?.()
  }
  const discard = (): void => {
    if (outcome === undefined) source?.abort()
    end(new Error('the body was discarded'))
    queue.length = 0
  }
  const take = (): Uint8Array | undefined => {
    const block = takeBlock(queue)
    unread -= block?.length ?? 0
    if (isPaused && unread < BLOCK_BYTES) {
      isPaused = false
      source?.resume()
    }
    return block
  }
  return {
    expect: (bytes, from) => {
      expected = bytes
      source = from
    },
    push: chunk => {
      // undici resumes its parser with an empty buffer that it keeps, and passes on an empty part of it. That memory is not ours to free.
      if (outcome !== undefined || chunk.length === 0) return
      queue.push(chunk)
      unread += chunk.length
      received += chunk.length
      receivedSinceCheck += chunk.length
      if (unread > MAX_UNREAD_BYTES && !isPaused) {
        isPaused = true
        source?.pause()
      }
      notify?.()
    },
    end,
    discard,
    isKeepingUp: () => {
      const keepsUp = isPaused || receivedSinceCheck >= minimum.bytes
      receivedSinceCheck = 0
      return keepsUp
    },
    failureOf: () => ({
      kind: 'truncated',
      gotBytes: received,
      ...(expected === undefined ? {} : {wantedBytes: expected})
    }),
    async *[Symbol.asyncIterator]() {
      try {
        for (;;) {
          const block = take()
          if (block !== undefined) {
            yield block
            free(block)
          } else if (outcome?.error !== undefined) throw outcome.error
          else if (outcome !== undefined) return
          else await new Promise<void>(resolve => (notify = resolve))
        }
      } finally {
        discard()
      }
    }
  }
}

/** The oldest bytes: one chunk without a copy, or several chunks copied into one block. */
function takeBlock(queue: Uint8Array[]): Uint8Array | undefined {
  let count = 0
  let bytes = 0
  for (const {length} of queue) {
    if (count > 0 && bytes + length > BLOCK_BYTES) break
    bytes += length
    count++
  }
  const [first, ...others] = queue.splice(0, count)
  if (first === undefined || others.length === 0) return first
  const block = Buffer.allocUnsafeSlow(bytes)
  let at = 0
  for (const chunk of [first, ...others]) {
    block.set(chunk, at)
    at += chunk.length
    free(chunk)
  }
  return block
}

// Node reads into 64 KiB of new memory each time, which would grow to tens of megabytes before it is collected. Memory that also
// holds headers, or another part of a chunked body, is not freed.
function free(chunk: Uint8Array): void {
  if (chunk.byteOffset === 0 && endsAtBufferEnd(chunk)) detachBuffer(chunk)
}

/** The chunks of `content`, which reads `body`. The body is discarded when the reader stops, even before it has started. */
export function derivedBody(body: HttpBody, content: AsyncGenerator<Uint8Array, undefined>): AsyncIterable<Uint8Array> {
  return {
    [Symbol.asyncIterator]: () => ({
      next: () => content.next(),
      // A generator that was not started does not run its finally.
      return: () => {
        body.discard()
        return content.return(undefined)
      }
    })
  }
}
