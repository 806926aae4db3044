// How fast registries deliver, for the whole run: a registry that crawls for one image crawls for all.
// Counts what arrived; who gets company because of it is acquire.ts's decision.
import {type Clock} from '../concurrency/clock.ts'

export type ThroughputMonitor = {
  /** Bytes of a body arrived. */
  readonly addBytes: (bytes: number) => void
  /** Resolves once less than 1 KiB/s came for `afterMs`; rejects with the signal's reason. */
  readonly untilBelowMinimum: (afterMs: number, clock: Clock, signal: AbortSignal) => Promise<void>
}

const MIN_BYTES_PER_MS = 1024 / 1000

// The last `afterMs` are looked at this many times, so that a halt is noticed at most a tenth late.
const SAMPLES = 10

export function createThroughputMonitor(): ThroughputMonitor {
  let total = 0
  return {
    addBytes: bytes => {
      total += bytes
    },
    untilBelowMinimum: async (afterMs, clock, signal) => {
      const before: number[] = []
      for (;;) {
        before.push(total)
        await clock.wait(afterMs / SAMPLES, signal)
        const then = before.length === SAMPLES ? before.shift() : undefined
        if (then !== undefined && total - then < afterMs * MIN_BYTES_PER_MS) return
      }
    }
  }
}
