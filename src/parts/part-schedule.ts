// When a layer is split into parts, which bytes each part has, and when a part is too slow.
// Pure: numbers and times come from the caller.

import type {ByteRange} from '../registry/registry.ts'

/** The sizes and times by which layers are split. */
export type PartRules = {
  readonly partBytes: number
  /** Smaller layers are never split. */
  readonly minLayerBytes: number
  /** The network is judged first after this many bytes and milliseconds, and then each time `lookBytes` came. */
  readonly firstLookBytes: number
  readonly firstLookMs: number
  readonly lookBytes: number
  /** The first part starts at least this far ahead of what came. */
  readonly leadBytes: number
  /** Bytes of the first part that the one response has to have too. */
  readonly overlapBytes: number
  /** Milliseconds that a part may take beyond three times the usual. */
  readonly graceMs: number
}

const MIB = 1024 * 1024

// Nothing is decompressed faster than the first part arrives, so larger parts start slowly; smaller ones lose a round trip more often.
// About 95 MB/s are decompressed. Seven parts of 4 MiB at a time, of which the first one waits for nothing, hold 24 MiB, and bring
// 122 MB/s at 30 ms and 20 MB/s per connection, 178 MB/s at 80 ms and 50 MB/s. Eight connections for three layers bring 140 MB/s. Below
// 32 MiB, one connection is done before several have gathered speed.
export const PART_RULES: PartRules = {
  partBytes: 4 * MIB,
  minLayerBytes: 32 * MIB,
  firstLookBytes: MIB,
  firstLookMs: 50,
  lookBytes: 2 * MIB,
  leadBytes: MIB,
  overlapBytes: MIB / 16,
  graceMs: 500
}

// With less waiting, several connections could gain a third at most, and the processors have other work.
const MIN_WAITING_SHARE = 0.25

// A line brings each byte in its own time. A server that waits for a processor, on this machine or on its own, brings all that it has at
// once: on loopback with busy processors, the reader waited 65 to 180 ms, and then for less than a twentieth of the bytes, against half
// to all of them on a line. A line with large windows and a long round trip may do the same, but then it does so all the time.
const MIN_WAITED_BYTES = 0.5
const MAX_LOOKS = 3
// Less is the time of a turn of the event loop.
const MIN_WAIT_MS = 0.3

// Decompressing and hashing take about 95 MB/s here. One connection that is nearly as fast needs no others.
const MAX_BYTES_PER_MS = 64_000

/** Watches whether the reader of one connection waits for the network, or the network for the reader. */
export class NetworkMeter {
  readonly #rules: PartRules
  #startedMs: number
  #bytes = 0
  #waitedMs = 0
  #waitedBytes = 0
  #slowLooks = 0
  #isFirst = true
  #bytesPerMs = 0

  constructor(rules: PartRules, nowMs: number) {
    this.#rules = rules
    this.#startedMs = nowMs
  }

  /** Of the last look. */
  get bytesPerMs(): number {
    return this.#bytesPerMs
  }

  /** Adds bytes that the reader waited for. Whether they complete a look that finds the network too slow. */
  isTooSlow(bytes: number, waitedMs: number, nowMs: number): boolean {
    this.#bytes += bytes
    this.#waitedMs += waitedMs
    if (waitedMs >= MIN_WAIT_MS) this.#waitedBytes += bytes
    const elapsedMs = nowMs - this.#startedMs
    const {firstLookBytes, firstLookMs, lookBytes} = this.#rules
    const isDue = this.#isFirst
      ? this.#bytes >= firstLookBytes && elapsedMs >= firstLookMs
      : this.#bytes >= lookBytes && elapsedMs > 0
    if (!isDue) return false
    this.#bytesPerMs = this.#bytes / elapsedMs
    const isSlow = this.#waitedMs > MIN_WAITING_SHARE * elapsedMs && this.#bytesPerMs < MAX_BYTES_PER_MS
    const isSteady = this.#waitedBytes >= MIN_WAITED_BYTES * this.#bytes
    this.#slowLooks = isSlow ? this.#slowLooks + 1 : 0
    this.#startedMs = nowMs
    this.#bytes = 0
    this.#waitedMs = 0
    this.#waitedBytes = 0
    this.#isFirst = false
    return isSlow && (isSteady || this.#slowLooks >= MAX_LOOKS)
  }
}

export type ConnectionSpeed = {readonly bytesPerMs: number; readonly firstByteMs: number}

/**
 * The first part that is requested beside a response which has come as far as `position`. It starts about where that response will be
 * when the part begins to arrive. Undefined when less than two parts would be left.
 */
export function firstRange(
  {partBytes, leadBytes}: PartRules,
  position: number,
  size: number,
  {bytesPerMs, firstByteMs}: ConnectionSpeed
): ByteRange | undefined {
  const start = position + leadBytes + Math.round(1.25 * bytesPerMs * firstByteMs)
  return size - start < 2 * partBytes ? undefined : {start, end: start + partBytes}
}

/** Hands out the parts of a layer in order, and judges how long they take. */
export class PartSchedule {
  readonly #rules: PartRules
  readonly #size: number
  #nextStart: number
  readonly #durationsMs: number[]

  /** `speed` is that of the connection before: it says how long the first parts take. */
  constructor(rules: PartRules, size: number, first: ByteRange, {bytesPerMs, firstByteMs}: ConnectionSpeed) {
    this.#rules = rules
    this.#size = size
    this.#nextStart = first.end
    this.#durationsMs = [firstByteMs + rules.partBytes / bytesPerMs]
  }

  /** Whether `next` has a part to hand out. */
  get hasNext(): boolean {
    return this.#nextStart < this.#size
  }

  next(): ByteRange {
    const start = this.#nextStart
    this.#nextStart = Math.min(this.#size, start + this.#rules.partBytes)
    return {start, end: this.#nextStart}
  }

  /** Hands out nothing in front of a position. */
  skipTo(position: number): void {
    this.#nextStart = Math.max(this.#nextStart, Math.min(position, this.#size))
  }

  completed(durationMs: number): void {
    this.#durationsMs.push(durationMs)
  }

  /**
   * The milliseconds that a part may take while the reader waits for it, before its connection is closed. Twice as many after each
   * connection that was closed for it, so that a line which is slow throughout is not cut again and again.
   */
  allowedMs(cuts: number): number {
    const sorted = this.#durationsMs.toSorted((a, b) => a - b)
    const median = sorted[sorted.length >> 1] ?? 0
    return (3 * median + this.#rules.graceMs) * 2 ** cuts
  }
}
