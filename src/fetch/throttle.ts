// Backpressure from a registry, shared by all requests of the run: when it throttles one of them, the others wait too.
// A new registry, and one that has just throttled, gets a single request first: the probe. It meets the authentication challenge,
// or the throttling, for all.

import type {BackoffPolicy} from './backoff.ts'
import {type Failure} from '../failure/failure.ts'
import {type Clock} from '../concurrency/clock.ts'
import {VerifiedImageError} from '../failure/error.ts'

/** The right to send one request. */
export type RequestSlot = {
  /** The registry serves the request: the next ones may start. */
  readonly settled: () => void
  /** The request failed; `retryDelayMs` is the wait before its next attempt, undefined when there is none. */
  readonly failed: (failure: Failure, retryDelayMs: number | undefined) => void
  /** Ends the request, however it ended. */
  readonly release: () => void
}

/** The throttle of one registry. */
export type RegistryThrottle = {
  /**
   * Resolves once a request may be sent. Rejects with the failure that the registry gave before, when its `Retry-After` is longer
   * than the maximum wait, or when it throttled all attempts of another request.
   */
  readonly enter: (signal: AbortSignal) => Promise<RequestSlot>
}

/** A failure that keeps others from sending requests. */
type Pause = {readonly failure: Failure; readonly untilMs: number; readonly isFinal: boolean}

export function createThrottle({nowMs, wait}: Clock, {maxMs}: Pick<BackoffPolicy, 'maxMs'>): RegistryThrottle {
  let pause: Pause | undefined
  let needsProbe = true
  let probe: Promise<void> | undefined

  function startProbe(): RequestSlot {
    const {promise, resolve} = Promise.withResolvers<undefined>()
    needsProbe = false
    probe = promise
    function endProbe(): void {
      if (probe === promise) probe = undefined
      resolve(undefined)
    }
    return {settled: endProbe, failed: recordFailure, release: endProbe}
  }

  function recordFailure(failure: Failure, retryDelayMs: number | undefined): void {
    const retryAfterMs = 'retryAfterMs' in failure ? failure.retryAfterMs : undefined
    if (failure.kind !== 'throttled' && retryAfterMs === undefined) return
    // A request that was throttled at each of its attempts speaks for all others.
    const isFinal = failure.kind === 'throttled' && retryDelayMs === undefined
    const untilMs = nowMs() + (retryDelayMs ?? Math.max(retryAfterMs ?? 0, isFinal ? maxMs : 0))
    needsProbe = true
    if (pause === undefined || untilMs > pause.untilMs) pause = {failure, untilMs, isFinal}
  }

  return {
    enter: async signal => {
      for (;;) {
        const leftMs = pause === undefined ? 0 : pause.untilMs - nowMs()
        if (pause !== undefined && leftMs > 0 && (pause.isFinal || leftMs > maxMs))
          throw new VerifiedImageError(pause.failure)
        if (probe !== undefined) await orAborted(probe, signal)
        else if (leftMs > 0) await wait(leftMs, signal)
        else if (needsProbe) return startProbe()
        else return {settled: () => undefined, failed: recordFailure, release: () => undefined}
      }
    }
  }
}

async function orAborted(promise: Promise<void>, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted()
  const {promise: aborted, reject} = Promise.withResolvers<never>()
  function abort(): void {
    reject(signal.reason as Error)
  }
  signal.addEventListener('abort', abort, {once: true})
  try {
    await Promise.race([promise, aborted])
  } finally {
    signal.removeEventListener('abort', abort)
  }
}
