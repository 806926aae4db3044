// The throughput of a registry, over all images of the run: a registry that is slow for one image is slow for all.
// The caller decides what follows from it.

import {type Clock} from '../concurrency/clock.ts'

export type ThroughputMonitor = {
  /** Counts bytes of a body. */
  readonly addBytes: (bytes: number) => void
  /** Resolves once the throughput was less than 1 KiB/s for `afterMs`; rejects with the signal's reason. */
  readonly untilBelowMinimum: (afterMs: number, clock: Clock, signal: AbortSignal) => Promise<void>
}

const MIN_BYTES_PER_MS = 1024 / 1000

// Samples per `afterMs`: a stall is detected at most a tenth late.
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
