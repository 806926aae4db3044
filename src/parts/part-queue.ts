// The parts of one layer that are under way: requested in order, over the spare connections, within the memory of the run.
// The first one that fails ends those behind it, and all parts at the registry.

import {VerifiedImageError} from '../failure/error.ts'
import type {ByteRange} from '../registry/registry.ts'
import {Part} from './part.ts'
import {type ConnectionSpeed, firstRange, PartSchedule} from './part-schedule.ts'
import type {MemoryShare} from './part-memory.ts'
import type {LayerShare} from './registry-parts.ts'
import type {PartsEvidence, SplitContext} from './split-context.ts'

// With each, the time that a part may take doubles. The stall timeout is still there after them.
const MAX_CUTS = 3

export class PartQueue {
  readonly #context: SplitContext
  readonly #signal: AbortSignal
  /** In order, the one that is being read first. */
  readonly #parts: Part[] = []
  #share: LayerShare | undefined
  #memory: MemoryShare | undefined
  /** Parts whose bytes wait for those in front of them. */
  readonly #reserved = new Set<Part>()
  #schedule: PartSchedule | undefined
  #change = Promise.withResolvers<undefined>()
  #isOpen = false
  #isOwnConnectionFree = false
  readonly #seen = {count: 0, connections: 0, bytes: 0, stragglers: 0, resumed: 0}
  #ended: string | undefined

  /** `signal` ends all parts. */
  constructor(context: SplitContext, signal: AbortSignal) {
    this.#context = context
    this.#signal = signal
  }

  /** The part that is read now or next. */
  get head(): Part | undefined {
    return this.#parts[0]
  }

  /** Undefined when no part was requested. */
  evidence(): PartsEvidence | undefined {
    if (this.#schedule === undefined) return undefined
    return {...this.#seen, ...(this.#ended === undefined ? {} : {ended: this.#ended})}
  }

  /** Requests the first part beside a response that has come as far as `position`, if there is a connection and memory to spare. */
  begin(position: number, speed: ConnectionSpeed): void {
    const {registry, rules, size, memory, isUnlimited} = this.#context
    const range = firstRange(rules, position, size, speed)
    const share = range && isUnlimited() ? registry.join() : undefined
    const release = share?.tryConnect()
    // Opened even when there is no memory yet: layers with more than their share leave the next parts to this layer.
    if (release !== undefined) this.#memory ??= memory.open()
    if (range === undefined || share === undefined || release === undefined || this.#memory?.tryReserve() !== true) {
      release?.()
      share?.leave()
      return
    }
    this.#share = share
    this.#schedule = new PartSchedule(rules, size, range, speed)
    this.#reserved.add(this.#request(range, this.#memory, release))
  }

  /** Requests all that is left. The response was closed at `position`, and its connection carries parts from now on. */
  takeOver(position: number): void {
    this.#isOpen = true
    this.#isOwnConnectionFree = true
    this.#schedule?.skipTo(position)
    // The response went on beyond the first part, which was slow.
    if (this.head !== undefined && this.head.range.end <= position) this.#drop(this.head)
    const end = this.head?.range.start ?? position
    // What the response did not bring before it was closed.
    if (position < end && this.#memory !== undefined)
      this.#request({start: position, end}, this.#memory, this.#takeOwnConnection(), 'in front')
    this.#unreserveHead()
    this.#fill()
  }

  /** The milliseconds that a part has left, before its connection is closed as too slow. */
  leftMs(part: Part): number {
    return (this.#schedule?.allowedMs(part.cuts) ?? 0) - part.elapsedMs()
  }

  /** Continues a part that has no time left on another connection. Returns the milliseconds that it has; 0 for as long as it takes. */
  cutIfLate(part: Part): number {
    if (part.cuts >= MAX_CUTS) return 0
    const leftMs = this.leftMs(part)
    if (leftMs <= 0 && part.isRunning) {
      part.cut()
      this.straggled()
    }
    return leftMs
  }

  /** A connection was closed because it was too slow. */
  straggled(): void {
    this.#seen.stragglers++
  }

  /** Resolves when a part changes or the promise settles, or after some milliseconds where they are more than 0. */
  async changeWithin(ms: number, other?: Promise<unknown>): Promise<void> {
    const timer = new AbortController()
    const waits: Promise<unknown>[] = [this.#change.promise]
    if (other !== undefined) waits.push(other)
    if (ms > 0) waits.push(this.#context.clock.wait(ms, AbortSignal.any([this.#signal, timer.signal])))
    // Who waits for `other` gets its error.
    await Promise.race(waits).catch(() => undefined)
    timer.abort()
  }

  /** The part in front was read. Its memory and its connection carry the next ones. */
  finishHead(): void {
    const {head} = this
    if (head === undefined) return
    this.#drop(head)
    this.#seen.count++
    this.#unreserveHead()
    this.#fill()
  }

  /** Ends what is under way, and requests no more. */
  end(reason?: string): void {
    if (reason !== undefined) {
      this.#ended ??= reason
      this.#context.registry.end(reason)
    }
    for (const part of this.#parts.splice(0)) {
      this.#seen.resumed += part.isRunning ? part.resumed : 0
      part.stop()
    }
    this.#share?.leave()
    // A reader that failed may still read a block: none is used again.
    this.#memory?.close()
    this.#share = undefined
    this.#memory = undefined
  }

  #drop(head: Part): void {
    this.#parts.shift()
    this.#unreserve(head)
    head.drop()
  }

  #unreserve(part: Part): void {
    if (this.#reserved.delete(part)) this.#memory?.unreserve()
  }

  /** What is read as it comes waits for nothing. */
  #unreserveHead(): void {
    if (this.head !== undefined) this.#unreserve(this.head)
  }

  /** Requests the next parts while there are connections and memory. */
  #fill(): void {
    const {registry, isUnlimited} = this.#context
    const schedule = this.#schedule
    const memory = this.#memory
    if (schedule === undefined || memory === undefined || !this.#isOpen) return
    while (schedule.hasNext && registry.endedBy() === undefined && isUnlimited() && !this.#signal.aborted) {
      // The reader never waits for the memory of other layers.
      const isReserved = this.#parts.length > 0
      if (isReserved && !memory.tryReserve()) return
      const release = this.#isOwnConnectionFree ? this.#takeOwnConnection() : this.#share?.tryConnect()
      if (release === undefined) {
        if (isReserved) memory.unreserve()
        return
      }
      const part = this.#request(schedule.next(), memory, release)
      if (isReserved) this.#reserved.add(part)
    }
  }

  #request(range: ByteRange, memory: MemoryShare, release: () => void, place: 'behind' | 'in front' = 'behind'): Part {
    const {open, clock, onBytes} = this.#context
    let isHeld = true
    const part = new Part({
      range,
      memory,
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
    return part
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
}
