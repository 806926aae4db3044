// What registries asked for in the way of patience, for the whole run: one that throttles one image throttles all of them, and
// the others neither hammer it nor find out for themselves.

import type {BackoffPolicy} from './backoff.ts'
import {type Failure, VerifiedImageError} from './failure.ts'
import type {Clock} from './ports.ts'

/** One registry's. */
export type Patience = {
  /** Takes note of a failure; `againInMs` is when its own request is made again, undefined for never. */
  readonly note: (failure: Failure, againInMs: number | undefined, clock: Clock) => void
  /** Resolves once the registry may be asked. Rejects with its own failure when that is further away than the longest wait. */
  readonly ready: (backoff: BackoffPolicy, clock: Clock, signal: AbortSignal) => Promise<void>
}

export const createPatience = (): Patience => {
  let quiet: {readonly failure: Failure; readonly untilMs: number} | undefined
  return {
    note: (failure, againInMs, clock) => {
      const retryAfterMs = 'retryAfterMs' in failure ? failure.retryAfterMs : undefined
      if (failure.kind !== 'throttled' && retryAfterMs === undefined) return
      const untilMs = clock.nowMs() + (againInMs ?? retryAfterMs ?? 0)
      if (quiet === undefined || untilMs > quiet.untilMs) quiet = {failure, untilMs}
    },
    ready: async ({maxMs}, clock, signal) => {
      for (;;) {
        const leftMs = quiet === undefined ? 0 : quiet.untilMs - clock.nowMs()
        if (quiet === undefined || leftMs <= 0) return
        if (leftMs > maxMs) throw new VerifiedImageError(quiet.failure)
        await clock.wait(leftMs, signal)
      }
    }
  }
}
