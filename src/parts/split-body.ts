// The body of a layer, in order, over as many connections as pay. It begins with one response for the whole layer. When its reader waits
// for the network, the rest is requested in parts.

import {VerifiedImageError} from '../failure/error.ts'
import type {ByteRange, Exchange} from '../registry/registry.ts'
import {Part, type PartFailure} from './part.ts'
import {mayBeOfRanges} from './part-failure.ts'
import {type ConnectionSpeed, firstRange, NetworkMeter, PartSchedule} from './part-schedule.ts'
import type {BufferShare} from './part-buffers.ts'
import type {LayerShare} from './registry-parts.ts'
import type {PartsEvidence, SplitContext, WholeResponse} from './split-context.ts'

// With each, the time that a part may take doubles. The stall timeout is still there after them.
const MAX_CUTS = 3

/** At most so many bytes for the reader at a time, as from a connection. */
const BLOCK_BYTES = 512 * 1024

// How one response becomes parts:
//
// 1. The first part is requested beside the response, some way ahead of it. The response goes on.
// 2. The registry answers with exactly that part. Only now the response counts as dispensable. Until then, nothing was risked.
// 3. The response reaches the first part and is closed. All parts behind are requested in order, over the spare connections.
// 4. The reader gets the bytes of the first part as they come; the others wait in buffers for their turn.
// 5. A part that is answered wrongly ends all parts at this registry. What came before it is used, and then the body ends early: the
//    caller requests the rest as one response.

export class SplitBody implements AsyncIterable<Uint8Array> {
  readonly #whole: WholeResponse
  readonly #context: SplitContext
  readonly #stop = new AbortController()
  readonly #signal: AbortSignal
  /** In order, the one that is being read first. */
  readonly #parts: Part[] = []
  #share: LayerShare | undefined
  #buffers: BufferShare | undefined
  #schedule: PartSchedule | undefined
  #position: number
  /** Where the range began that is being read. */
  #rangeStart: number
  #change = Promise.withResolvers<undefined>()
  #isWholeOpen = true
  #isOwnConnectionFree = false
  #isRefused = false
  readonly #seen = {count: 0, connections: 0, bytes: 0, stragglers: 0, resumed: 0}
  #ended: string | undefined

  constructor(whole: WholeResponse, context: SplitContext) {
    this.#whole = whole
    this.#context = context
    this.#signal = AbortSignal.any([context.signal, this.#stop.signal])
    this.#position = whole.response.offset
    this.#rangeStart = this.#position
  }

  /** The registry refused a part, so that the body ended before the layer did. */
  get isRefused(): boolean {
    return this.#isRefused
  }

  /** Undefined when no part was requested. */
  evidence(): PartsEvidence | undefined {
    if (this.#schedule === undefined) return undefined
    return {...this.#seen, ...(this.#ended === undefined ? {} : {ended: this.#ended})}
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, undefined> {
    try {
      yield* this.#readWhole()
      if (!this.#isWholeOpen) yield* this.#readParts()
    } finally {
      this.#end()
    }
  }

  /** Yields the response to its end, or up to where the first part has begun. */
  async *#readWhole(): AsyncGenerator<Uint8Array, undefined> {
    const {clock, rules, onBytes} = this.#context
    const meter = new NetworkMeter(rules, clock.nowMs())
    const iterator = this.#whole.response.body[Symbol.asyncIterator]()
    try {
      for (;;) {
        const askedMs = clock.nowMs()
        const next = await this.#nextUnlessLate(iterator)
        if (next?.done === true) return
        if (next === undefined) break
        const nowMs = clock.nowMs()
        const {length} = next.value
        onBytes(length)
        this.#position += length
        const isTooSlow = meter.isTooSlow(length, nowMs - askedMs, nowMs)
        yield next.value
        if (isTooSlow && this.#parts.length === 0) this.#requestFirst(meter.bytesPerMs)
        if (this.#hasReachedFirst()) break
      }
    } finally {
      this.#whole.close()
      await iterator.return?.()
    }
    this.#isWholeOpen = false
    this.#isOwnConnectionFree = true
    this.#finishRange(this.#whole.exchange)
    this.#requestGap()
    this.#fill()
  }

  /** Whether the response has come to the first part, and the registry serves parts. */
  #hasReachedFirst(): boolean {
    const first = this.#parts[0]
    return first?.isAnswered === true && first.failure === undefined && this.#position >= first.range.start
  }

  /** The next chunk; undefined once the response is too slow to reach the first part, which has begun to arrive. */
  async #nextUnlessLate(iterator: AsyncIterator<Uint8Array>): Promise<IteratorResult<Uint8Array> | undefined> {
    const next = iterator.next()
    const first = this.#parts[0]
    if (first === undefined || this.#schedule === undefined) return next
    const waiting = {isOver: false}
    const end = (): void => {
      waiting.isOver = true
    }
    next.then(end, end)
    await Promise.resolve()
    while (!waiting.isOver) {
      const leftMs = this.#schedule.allowedMs(0) - first.elapsedMs()
      const mayCut = first.isAnswered && first.range.start - this.#position <= this.#context.rules.partBytes
      if (mayCut && leftMs <= 0) {
        this.#seen.stragglers++
        return undefined
      }
      await this.#changeWithin(leftMs, next)
    }
    return next
  }

  #requestFirst(bytesPerMs: number): void {
    const {registry, rules, size, buffers, isUnlimited} = this.#context
    const speed: ConnectionSpeed = {bytesPerMs, firstByteMs: this.#whole.firstByteMs}
    const range = firstRange(rules, this.#position, size, speed)
    const share = range && isUnlimited() ? registry.join() : undefined
    const release = share?.tryConnect()
    // Opened even when there is no buffer yet: layers with more than their share leave the next ones to this layer.
    if (release !== undefined) this.#buffers ??= buffers.open()
    const buffer = this.#buffers?.tryTake()
    if (range === undefined || share === undefined || release === undefined || buffer === undefined) {
      if (buffer !== undefined) this.#buffers?.give(buffer)
      release?.()
      share?.leave()
      return
    }
    this.#share = share
    this.#schedule = new PartSchedule(rules, size, range, speed)
    this.#request(range, buffer, release)
  }

  /** Requests what the response did not bring before it was closed. */
  #requestGap(): void {
    const end = this.#parts[0]?.range.start ?? this.#position
    if (this.#position >= end || this.#buffers === undefined) return
    const range = {start: this.#position, end}
    this.#request(range, this.#buffers.take(), this.#takeOwnConnection(), 'in front')
  }

  /** Requests the next parts while there are connections and memory. */
  #fill(): void {
    const {registry, isUnlimited} = this.#context
    const schedule = this.#schedule
    const buffers = this.#buffers
    if (schedule === undefined || buffers === undefined || this.#isWholeOpen) return
    while (schedule.hasNext && registry.endedBy() === undefined && isUnlimited() && !this.#signal.aborted) {
      // The reader never waits for the memory of other layers.
      const buffer = this.#parts.length === 0 ? buffers.take() : buffers.tryTake()
      if (buffer === undefined) return
      const release = this.#isOwnConnectionFree ? this.#takeOwnConnection() : this.#share?.tryConnect()
      if (release === undefined) {
        buffers.give(buffer)
        return
      }
      this.#request(schedule.next(), buffer, release)
    }
  }

  async *#readParts(): AsyncGenerator<Uint8Array, undefined> {
    while (this.#position < this.#context.size) {
      this.#signal.throwIfAborted()
      const head = this.#parts[0]
      const block = head?.bytesFrom(this.#position, BLOCK_BYTES)
      if (head === undefined || block === undefined) {
        // Parts ended while none was under way.
        this.#isRefused = true
        return
      }
      if (block.length > 0) {
        yield block
        this.#position += block.length
      }
      if (this.#position >= head.range.end) this.#finishHead(head)
      else if (block.length > 0) continue
      else if (head.isRunning) await this.#headChange(head)
      // Without a failure of its own, it was stopped with one before it.
      else if (head.failure === undefined || isRefusal(head.failure)) {
        this.#isRefused = true
        return
      } else throw head.failure.error
    }
  }

  /** Waits until the part in front has changed. One that takes much longer than others is continued on another connection. */
  async #headChange(head: Part): Promise<void> {
    const leftMs = (this.#schedule?.allowedMs(head.cuts) ?? 0) - head.elapsedMs()
    const mayCut = head.cuts < MAX_CUTS
    if (mayCut && leftMs <= 0) {
      head.cut()
      this.#seen.stragglers++
    }
    await this.#changeWithin(mayCut ? leftMs : 0)
  }

  /** Resolves when a part changes or the promise settles, or after some milliseconds where they are more than 0. */
  async #changeWithin(ms: number, other?: Promise<unknown>): Promise<void> {
    const timer = new AbortController()
    const waits: Promise<unknown>[] = [this.#change.promise]
    if (other !== undefined) waits.push(other)
    if (ms > 0) waits.push(this.#context.clock.wait(ms, AbortSignal.any([this.#signal, timer.signal])))
    // Who waits for `other` gets its error.
    await Promise.race(waits).catch(() => undefined)
    timer.abort()
  }

  #finishHead(head: Part): void {
    this.#parts.shift()
    this.#finishRange(head.exchange)
    if (head.isRunning) {
      // The response went on beyond it.
      head.stop()
      this.#buffers?.drop()
    } else this.#buffers?.give(head.buffer)
    this.#seen.count++
    this.#fill()
  }

  #finishRange(exchange: Exchange | undefined): void {
    this.#context.onRange({start: this.#rangeStart, end: this.#position, exchange})
    this.#rangeStart = this.#position
  }

  #request(range: ByteRange, buffer: Uint8Array, release: () => void, place: 'behind' | 'in front' = 'behind'): void {
    const {open, clock, onBytes} = this.#context
    let isHeld = true
    const part = new Part({
      range,
      buffer,
      open,
      signal: this.#signal,
      nowMs: clock.nowMs,
      onBytes: bytes => {
        this.#seen.bytes += bytes
        onBytes(bytes)
      },
      onChange: () => {
        if (isHeld && !part.isRunning) {
          isHeld = false
          release()
          this.#ended ??= this.#endOf(part)
          this.#fill()
        }
        if (part.isAnswered) this.#share?.prove()
        this.#change.resolve(undefined)
        this.#change = Promise.withResolvers()
      }
    })
    if (place === 'behind') this.#parts.push(part)
    else this.#parts.unshift(part)
    const running = this.#parts.filter(({isRunning}) => isRunning).length
    this.#seen.connections = Math.max(this.#seen.connections, running)
  }

  /** Takes note of how a part ended. Returns why no more parts are requested, if one failed. */
  #endOf(part: Part): string | undefined {
    this.#seen.resumed += part.resumed
    if (part.failure === undefined) {
      if (part.cuts + part.resumed === 0) this.#schedule?.completed(part.elapsedMs())
      return undefined
    }
    if (this.#signal.aborted) return undefined
    const {error} = part.failure
    const reason = error instanceof VerifiedImageError ? error.message : String(error)
    this.#context.registry.end(reason)
    // What comes behind it is requested again with it.
    for (const behind of this.#parts.slice(this.#parts.indexOf(part) + 1)) behind.stop()
    return reason
  }

  #takeOwnConnection(): () => void {
    this.#isOwnConnectionFree = false
    return () => {
      this.#isOwnConnectionFree = true
    }
  }

  /** Ends what is under way. A reader that failed may still read a buffer: it is not used again. */
  #end(): void {
    this.#stop.abort(new DOMException('the layer needs no more parts', 'AbortError'))
    for (const part of this.#parts) this.#seen.resumed += part.isRunning ? part.resumed : 0
    this.#parts.length = 0
    this.#share?.leave()
    this.#buffers?.close()
  }
}

/** As a whole, the registry may serve the layer. */
function isRefusal({error}: PartFailure): boolean {
  return error instanceof VerifiedImageError && mayBeOfRanges(error.failure)
}
