// A rate limiter: so many at once, and then so many a minute (GCRA, the generic cell rate algorithm).
// Callers are served in the order in which they come.

import {type Clock} from './clock.ts'

export type RateLimiterOptions = {
  readonly perMinute: number
  /** How many may go at once after a pause. */
  readonly burst: number
}

export type RateLimiter = {
  /** Resolves when the caller may go. Rejects with the signal's reason. */
  readonly take: (signal: AbortSignal) => Promise<void>
}

/** In any minute, at most `perMinute + burst` callers go. */
export function createRateLimiter(clock: Clock, {perMinute, burst}: RateLimiterOptions): RateLimiter {
  const intervalMs = 60_000 / perMinute
  let nextMs = -Infinity
  return {
    take: async signal => {
      signal.throwIfAborted()
      const nowMs = clock.nowMs()
      // The turn of this caller if all were spread evenly. It may come earlier by the length of the burst.
      const turnMs = Math.max(nextMs, nowMs)
      nextMs = turnMs + intervalMs
      const waitMs = turnMs - (burst - 1) * intervalMs - nowMs
      if (waitMs > 0) await clock.wait(waitMs, signal)
    }
  }
}
