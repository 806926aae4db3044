// The body of a layer, in order, over as many connections as pay. It begins with one response for the whole layer. When its reader waits
// for the network, the rest is requested in parts.

import {VerifiedImageError} from '../failure/error.ts'
import type {Exchange} from '../registry/registry.ts'
import {Overlap} from './overlap.ts'
import type {PartFailure} from './part.ts'
import {mayBeOfRanges} from './part-failure.ts'
import {PartQueue} from './part-queue.ts'
import {NetworkMeter} from './part-schedule.ts'
import type {PartsEvidence, SplitContext, WholeResponse} from './split-context.ts'

// How one response becomes parts:
//
// 1. The first part is requested beside the response, some way ahead of it. The response continues.
// 2. The registry answers with exactly that part. Until then, nothing was risked.
// 3. The response continues into the first part. Only when both have the same bytes there, the response counts as dispensable, and is
//    closed. All parts behind are requested in order, over the spare connections.
// 4. The reader gets the bytes of the first part as they come; the others wait in buffers for their turn.
// 5. A part that is answered wrongly ends all parts at this registry. What came before it is used, and then the body ends early: the
//    caller requests the rest as one response.

export class SplitBody implements AsyncIterable<Uint8Array> {
  readonly #whole: WholeResponse
  readonly #context: SplitContext
  readonly #stop = new AbortController()
  readonly #signal: AbortSignal
  readonly #queue: PartQueue
  readonly #overlap: Overlap
  #position: number
  /** Where the range began that is being read. */
  #rangeStart: number
  #isRefused = false

  constructor(whole: WholeResponse, context: SplitContext) {
    this.#whole = whole
    this.#context = context
    this.#signal = AbortSignal.any([context.signal, this.#stop.signal])
    this.#queue = new PartQueue(context, this.#signal)
    this.#overlap = new Overlap(context.rules.overlapBytes)
    this.#position = whole.response.offset
    this.#rangeStart = this.#position
  }

  /** The registry refused a part, so that the body ended before the layer did. */
  get isRefused(): boolean {
    return this.#isRefused
  }

  /** Undefined when no part was requested. */
  evidence(): PartsEvidence | undefined {
    return this.#queue.evidence()
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, undefined> {
    try {
      const ending = yield* this.#readWhole()
      if (ending === 'in parts') yield* this.#readParts()
    } finally {
      this.#stop.abort(new DOMException('the layer needs no more parts', 'AbortError'))
      this.#queue.end()
    }
  }

  /** Yields the response to its end, or up to where the first part has begun. */
  async *#readWhole(): AsyncGenerator<Uint8Array, 'whole' | 'in parts'> {
    const {clock, rules, onBytes} = this.#context
    const meter = new NetworkMeter(rules, clock.nowMs())
    const iterator = this.#whole.response.body[Symbol.asyncIterator]()
    try {
      for (;;) {
        const askedMs = clock.nowMs()
        const next = await this.#nextUnlessLate(iterator)
        if (next?.done === true) return 'whole'
        if (next === undefined) break
        const nowMs = clock.nowMs()
        const {length} = next.value
        onBytes(length)
        this.#overlap.keep(next.value, this.#position, this.#queue.head)
        this.#position += length
        const isTooSlow = meter.isTooSlow(length, nowMs - askedMs, nowMs)
        yield next.value
        const {bytesPerMs} = meter
        if (isTooSlow && this.#queue.evidence() === undefined)
          this.#queue.begin(this.#position, {bytesPerMs, firstByteMs: this.#whole.firstByteMs})
        if (this.#isDispensable()) break
      }
    } finally {
      this.#whole.close()
      await iterator.return?.()
    }
    this.#finishRange(this.#whole.exchange)
    this.#queue.takeOver(this.#position)
    return 'in parts'
  }

  /** Whether the response has come to the first part, and has the same bytes there. */
  #isDispensable(): boolean {
    const first = this.#queue.head
    if (first === undefined || first.failure !== undefined) return false
    const verdict = this.#overlap.compare(first)
    if (verdict === 'unknown') this.#queue.cutIfLate(first)
    // A server or proxy that answers a range with other bytes. The response has the right ones, or its digest will tell.
    if (verdict === 'different') this.#queue.end('a part had other bytes than the whole layer')
    return verdict === 'equal'
  }

  /** The next chunk; undefined once the response is too slow to reach the first part, which has begun to arrive. */
  async #nextUnlessLate(iterator: AsyncIterator<Uint8Array>): Promise<IteratorResult<Uint8Array> | undefined> {
    const next = iterator.next()
    const first = this.#queue.head
    if (first === undefined) return next
    const waiting = {isOver: false}
    const end = (): void => {
      waiting.isOver = true
    }
    next.then(end, end)
    await Promise.resolve()
    while (!waiting.isOver) {
      const leftMs = this.#queue.leftMs(first)
      const aheadBytes = first.range.start + this.#context.rules.overlapBytes - this.#position
      const mayCut = first.isAnswered && aheadBytes > 0 && aheadBytes <= this.#context.rules.partBytes
      if (mayCut && leftMs <= 0) {
        this.#queue.straggled()
        return undefined
      }
      await this.#queue.changeWithin(leftMs, next)
    }
    return next
  }

  async *#readParts(): AsyncGenerator<Uint8Array, undefined> {
    while (this.#position < this.#context.size) {
      this.#signal.throwIfAborted()
      const {head} = this.#queue
      const block = head?.bytesFrom(this.#position)
      if (head === undefined || block === undefined) {
        // Parts ended while none was under way.
        this.#isRefused = true
        return
      }
      // Its memory may be gone after it was read.
      const {length} = block
      if (length > 0) {
        yield block
        this.#position += length
        head.release(this.#position)
      }
      if (this.#position >= head.range.end) {
        this.#finishRange(head.exchange)
        this.#queue.finishHead()
      } else if (length > 0) continue
      else if (head.isRunning) await this.#queue.changeWithin(this.#queue.cutIfLate(head))
      // Without a failure of its own, it was stopped with one before it.
      else if (head.failure === undefined || isRefusal(head.failure)) {
        this.#isRefused = true
        return
      } else throw head.failure.error
    }
  }

  #finishRange(exchange: Exchange | undefined): void {
    this.#context.onRange({start: this.#rangeStart, end: this.#position, exchange})
    this.#rangeStart = this.#position
  }
}

/** As a whole, the registry may serve the layer. */
function isRefusal({error}: PartFailure): boolean {
  return error instanceof VerifiedImageError && mayBeOfRanges(error.failure)
}
