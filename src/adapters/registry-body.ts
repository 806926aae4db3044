// The bytes of one answer between its socket and its reader: copied once into blocks that are used again, so that memory does not
// grow with the answer, and a reader that is behind gets more at a time. Knows nothing of HTTP above the bytes, or of digests.

import type {Failure} from '../acquire/failure.ts'
import {fillsItsMemory, giveBack} from '../acquire/memory.ts'

/** Each chunk is the reader's until it asks for the next one. */
export type WireBody = AsyncIterable<Uint8Array> & {
  /** Ends the request without reading on; the connection is lost with it. */
  readonly discard: () => void
}

export type Body = WireBody & {
  /** The answer begins: so many bytes are to come, if that is known, and this is what has them come. */
  readonly expect: (bytes: number | undefined, source: BodySource) => void
  /** Takes the chunk over: its memory is given back. */
  readonly push: (chunk: Uint8Array) => void
  readonly end: (error?: Error) => void
  /** Since the last call: did enough arrive, or is the reader what is slow? */
  readonly isKeepingUp: () => boolean
  readonly failureOf: () => Failure
}

/** Where the bytes come from. */
export type BodySource = {
  readonly pause: () => void
  readonly resume: () => void
  readonly abort: () => void
}

/** What a block holds: enough that inflating it costs more than handing it over. */
const BLOCK_BYTES = 512 * 1024

const LEAST_BLOCK_BYTES = 1024

/** What a reader that is behind may leave unread before the connection is paused. */
const MAX_UNREAD_BYTES = 2 * BLOCK_BYTES

/** Blocks that no body needs at the moment. */
export type SpareBlocks = Uint8Array[]

/** `slowest` is what has to arrive between two looks for a body to be keeping up; `onEnd` is called once. */
export const createBody = (slowest: {readonly bytes: number}, spare: SpareBlocks, onEnd: () => void): Body => {
  const blocks = createBlocks(spare)
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
  }
  const take = (): Uint8Array | undefined => {
    const chunk = blocks.take()
    if (isPaused && blocks.unread() < BLOCK_BYTES) {
      isPaused = false
      source?.resume()
    }
    return chunk
  }
  return {
    expect: (bytes, from) => {
      expected = bytes
      source = from
    },
    push: chunk => {
      blocks.put(chunk, expected)
      received += chunk.length
      receivedInRound += chunk.length
      if (chunk.byteOffset === 0 && fillsItsMemory(chunk)) giveBack(chunk)
      if (blocks.unread() > MAX_UNREAD_BYTES && !isPaused) {
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
          const chunk = take()
          if (chunk !== undefined) yield chunk
          else if (outcome?.error !== undefined) throw outcome.error
          else if (outcome !== undefined) return
          else await new Promise<void>(resolve => (wake = resolve))
        }
      } finally {
        discard()
        blocks.release()
      }
    }
  }
}

type Blocks = {
  readonly put: (bytes: Uint8Array, expected: number | undefined) => void
  /** The oldest bytes. Those of the call before are given back by it. */
  readonly take: () => Uint8Array | undefined
  readonly unread: () => number
  /** Nothing of it is wanted any more. */
  readonly release: () => void
}

const createBlocks = (spare: SpareBlocks): Blocks => {
  const filled: {readonly block: Uint8Array; length: number}[] = []
  let lent: Uint8Array | undefined
  let unread = 0

  const tailFor = (expected: number | undefined): (typeof filled)[number] => {
    const last = filled.at(-1)
    if (last !== undefined && last.length < last.block.length) return last
    // A small answer gets a small block of its own.
    const length = Math.min(BLOCK_BYTES, Math.max(expected ?? BLOCK_BYTES, LEAST_BLOCK_BYTES))
    const block = (length === BLOCK_BYTES ? spare.pop() : undefined) ?? Buffer.allocUnsafeSlow(length)
    const tail = {block, length: 0}
    filled.push(tail)
    return tail
  }
  const putBack = (block: Uint8Array | undefined): void => {
    if (block?.length === BLOCK_BYTES) spare.push(block)
  }
  return {
    put: (bytes, expected) => {
      unread += bytes.length
      for (let rest = bytes; rest.length > 0;) {
        const tail = tailFor(expected)
        const part = rest.subarray(0, tail.block.length - tail.length)
        tail.block.set(part, tail.length)
        tail.length += part.length
        rest = rest.subarray(part.length)
      }
    },
    take: () => {
      putBack(lent)
      const head = filled.shift()
      lent = head?.block
      unread -= head?.length ?? 0
      return head?.block.subarray(0, head.length)
    },
    unread: () => unread,
    release: () => {
      putBack(lent)
      lent = undefined
      for (const {block} of filled.splice(0)) putBack(block)
    }
  }
}
