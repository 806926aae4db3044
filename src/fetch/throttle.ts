// What one try learns of a registry and all others should know, for the whole run: one that throttles one image throttles all of
// them, and the others neither hammer it nor find out for themselves.

import type {BackoffPolicy} from './backoff.ts'
import {type Failure} from '../failure/failure.ts'
import {type Clock} from '../concurrency/clock.ts'
import {VerifiedImageError} from '../failure/error.ts'

/** One registry's. */
export type RegistryThrottle = {
  /** Takes note of a failure; `againInMs` is when its own request is made again, undefined for never. */
  readonly recordFailure: (
    failure: Failure,
    againInMs: number | undefined,
    backoff: BackoffPolicy,
    clock: Clock
  ) => void
  /**
   * Resolves once the registry may be asked, to what is to be called as soon as it answers or fails. Rejects with the registry's
   * own failure when it wants more patience than the longest wait, or was given up for throttling.
   */
  readonly enter: (backoff: BackoffPolicy, clock: Clock, signal: AbortSignal) => Promise<() => void>
}

export function createThrottle(): RegistryThrottle {
  let quiet: {readonly failure: Failure; readonly untilMs: number; readonly isGivenUp: boolean} | undefined
  // Whoever asks a registry that is new, or that has throttled, goes ahead alone: it meets the challenge, and the throttling, for
  // all. The others wait for what comes of it.
  let isAlone = true
  let ahead: Promise<void> | undefined

  const goAhead = (): (() => void) => {
    const {promise, resolve} = Promise.withResolvers<undefined>()
    isAlone = false
    ahead = promise
    return () => {
      if (ahead === promise) ahead = undefined
      resolve(undefined)
    }
  }
  return {
    recordFailure: (failure, againInMs, {maxMs}, clock) => {
      const retryAfterMs = 'retryAfterMs' in failure ? failure.retryAfterMs : undefined
      if (failure.kind !== 'throttled' && retryAfterMs === undefined) return
      // What was asked for as often as it may be is not asked for again by everybody else.
      const isGivenUp = failure.kind === 'throttled' && againInMs === undefined
      const untilMs = clock.nowMs() + (againInMs ?? Math.max(retryAfterMs ?? 0, isGivenUp ? maxMs : 0))
      isAlone = true
      if (quiet === undefined || untilMs > quiet.untilMs) quiet = {failure, untilMs, isGivenUp}
    },
    enter: async ({maxMs}, clock, signal) => {
      for (;;) {
        const leftMs = quiet === undefined ? 0 : quiet.untilMs - clock.nowMs()
        if (quiet !== undefined && leftMs > 0 && (quiet.isGivenUp || leftMs > maxMs))
          throw new VerifiedImageError(quiet.failure)
        if (ahead !== undefined) await orAborted(ahead, signal)
        else if (leftMs > 0) await clock.wait(leftMs, signal)
        else return isAlone ? goAhead() : () => undefined
      }
    }
  }
}

async function orAborted(promise: Promise<void>, signal: AbortSignal): Promise<void> {
  const {promise: aborted, reject} = Promise.withResolvers<never>()
  const abort = (): void => {
    reject(signal.reason as Error)
  }
  if (signal.aborted) abort()
  signal.addEventListener('abort', abort, {once: true})
  try {
    await Promise.race([promise, aborted])
  } finally {
    signal.removeEventListener('abort', abort)
  }
}
