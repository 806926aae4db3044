// How fast registries deliver, for the whole run: a registry that crawls for one image crawls for all.
// Counts what arrived; who gets company because of it is acquire.ts's decision.

import type {Clock} from './ports.ts'

export type Pace = {
  /** Bytes of a body arrived. */
  readonly arrived: (bytes: number) => void
  /** Resolves once less than 1 KiB/s came for `afterMs`; rejects with the signal's reason. */
  readonly slow: (afterMs: number, clock: Clock, signal: AbortSignal) => Promise<void>
}

const SLOWEST_BYTES_PER_MS = 1024 / 1000

// The last `afterMs` are looked at this many times, so that a halt is noticed at most a tenth late.
const LOOKS = 10

export const createPace = (): Pace => {
  let total = 0
  return {
    arrived: bytes => {
      total += bytes
    },
    slow: async (afterMs, clock, signal) => {
      const before: number[] = []
      for (;;) {
        before.push(total)
        await clock.wait(afterMs / LOOKS, signal)
        const then = before.length === LOOKS ? before.shift() : undefined
        if (then !== undefined && total - then < afterMs * SLOWEST_BYTES_PER_MS) return
      }
    }
  }
}
