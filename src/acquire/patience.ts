// What one try learns of a registry and all others should know, for the whole run: one that throttles one image throttles all of
// them, and the others neither hammer it nor find out for themselves.

import type {BackoffPolicy} from './backoff.ts'
import {type Failure, VerifiedImageError} from './failure.ts'
import type {Clock} from './ports.ts'

/** One registry's. */
export type Patience = {
  /** Takes note of a failure; `againInMs` is when its own request is made again, undefined for never. */
  readonly note: (failure: Failure, againInMs: number | undefined, clock: Clock) => void
  /**
   * Resolves once the registry may be asked, to what is to be called when that is over. Rejects with the registry's own failure
   * when it wants more patience than the longest wait.
   */
  readonly ready: (backoff: BackoffPolicy, clock: Clock, signal: AbortSignal) => Promise<() => void>
}

export const createPatience = (): Patience => {
  let quiet: {readonly failure: Failure; readonly untilMs: number} | undefined
  let firstContact: Promise<void> | undefined
  return {
    note: (failure, againInMs, clock) => {
      const retryAfterMs = 'retryAfterMs' in failure ? failure.retryAfterMs : undefined
      if (failure.kind !== 'throttled' && retryAfterMs === undefined) return
      const untilMs = clock.nowMs() + (againInMs ?? retryAfterMs ?? 0)
      if (quiet === undefined || untilMs > quiet.untilMs) quiet = {failure, untilMs}
    },
    ready: async ({maxMs}, clock, signal) => {
      // The first goes ahead alone: it meets the challenge, and the throttling, for all.
      if (firstContact === undefined) {
        const {promise, resolve} = Promise.withResolvers<undefined>()
        firstContact = promise
        return () => {
          resolve(undefined)
        }
      }
      await Promise.race([firstContact, rejectOnAbort(signal)])
      for (;;) {
        const leftMs = quiet === undefined ? 0 : quiet.untilMs - clock.nowMs()
        if (quiet === undefined || leftMs <= 0) return () => undefined
        if (leftMs > maxMs) throw new VerifiedImageError(quiet.failure)
        await clock.wait(leftMs, signal)
      }
    }
  }
}

const rejectOnAbort = (signal: AbortSignal): Promise<never> =>
  new Promise((_resolve, reject) => {
    const abort = (): void => {
      reject(signal.reason as Error)
    }
    if (signal.aborted) abort()
    else signal.addEventListener('abort', abort, {once: true})
  })
