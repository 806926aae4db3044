// The bytes of one answer between undici and a reader. Chunks are queued as they come, without a copy; a reader that is behind
// gets several at a time, and a reader that is far behind pauses the connection. Knows nothing of HTTP above the bytes.

import type {Failure} from '../failure/failure.ts'
import {endsAtBufferEnd, detachBuffer} from './array-buffer.ts'

/** Each chunk is the reader's until it asks for the next one. */
export type HttpBody = AsyncIterable<Uint8Array> & {
  /** Ends the request without reading on; the connection is lost with it. */
  readonly discard: () => void
}

export type OpenBody = HttpBody & {
  /** The answer begins: this many bytes are announced, if any number is, and `source` delivers them. */
  readonly expect: (bytes: number | undefined, source: BodySource) => void
  /** Takes the chunk over, with its memory. */
  readonly push: (chunk: Uint8Array) => void
  readonly end: (error?: Error) => void
  /** Whether enough arrived since the last call, or the reader is the slow one. */
  readonly isKeepingUp: () => boolean
  readonly failureOf: () => Failure
}

/** Where the bytes come from. */
export type BodySource = {
  readonly pause: () => void
  readonly resume: () => void
  readonly abort: () => void
}

/** The most that a reader gets at a time: at this size, inflating costs more than starting to inflate. */
const BLOCK_BYTES = 512 * 1024

/** A reader that leaves more than this unread pauses its connection. */
const MAX_UNREAD_BYTES = 2 * BLOCK_BYTES

/** `slowest` is what has to arrive between two looks for a body to keep up; `onEnd` is called once. */
export function createBody(slowest: {readonly bytes: number}, onEnd: () => void): OpenBody {
  const queue: Uint8Array[] = []
  let unread = 0
  let received = 0
  let receivedInRound = 0
  let expected: number | undefined
  let source: BodySource | undefined
  let outcome: {readonly error: Error | undefined} | undefined
  let wake: (() => void) | undefined
  let isPaused = false

  const end = (error?: Error): void => {
    if (outcome !== undefined) return
    outcome = {error}
    onEnd()
    wake?.()
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
      if (outcome !== undefined) return
      queue.push(chunk)
      unread += chunk.length
      received += chunk.length
      receivedInRound += chunk.length
      if (unread > MAX_UNREAD_BYTES && !isPaused) {
        isPaused = true
        source?.pause()
      }
      wake?.()
    },
    end,
    discard,
    isKeepingUp: () => {
      const keepsUp = isPaused || receivedInRound >= slowest.bytes
      receivedInRound = 0
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
          else await new Promise<void>(resolve => (wake = resolve))
        }
      } finally {
        discard()
      }
    }
  }
}

/** The oldest bytes: one chunk as it came, or several that fit into a block together, copied into one. */
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

// Node reads into 64 KiB of new memory each time. Left to the garbage collector it would be tens of megabytes. Memory that holds
// anything else, such as headers or another part of a chunked body, is left alone.
function free(chunk: Uint8Array): void {
  if (chunk.byteOffset === 0 && endsAtBufferEnd(chunk)) detachBuffer(chunk)
}
