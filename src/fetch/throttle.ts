// Backpressure from a registry, shared by all requests of the run. After an outage, or a limit that was met, requests wait together:
// one of them, the probe, goes first, and only its attempts are spent. After a limit, requests go on one at a time.

import {type BackoffPolicy, backoffAfter} from './backoff.ts'
import {type Failure} from '../failure/failure.ts'
import {VerifiedImageError} from '../failure/error.ts'
import {type Clock, type Random} from '../concurrency/clock.ts'
import {orAborted} from '../concurrency/or-aborted.ts'

/** The right to send one request. */
export type RequestSlot = {
  /** The registry serves the request. */
  readonly settled: () => void
  /**
   * The request failed. Returns the wait in milliseconds before the registry is requested again: 0 for a failure of this object alone,
   * undefined when all requests give up.
   */
  readonly failed: (failure: Failure) => number | undefined
  /** Ends the request, however it ended. */
  readonly release: () => void
}

/** The throttle of one registry. */
export type RegistryThrottle = {
  /** Whether the registry takes as many requests as come: it met no limit, and no request waits. */
  readonly isUnlimited: () => boolean
  /**
   * Resolves once a request may be sent. Rejects with the failure that the registry gave before, when its `Retry-After` is longer
   * than the maximum wait, or when an outage has used up the attempts.
   */
  readonly enter: (signal: AbortSignal) => Promise<RequestSlot>
}

/** A failure that keeps all requests waiting. */
type Pause = {readonly failure: Failure; readonly untilMs: number; readonly isFinal: boolean}

// Successful requests after which one more is sent at a time.
const SUCCESSES_PER_CONNECTION = 16

// The steps of an outage, with four requests under way:
//
// 1. The first one fails. The registry is paused for the first delay, and the outage has one failure.
// 2. The other three fail, too. They were sent before the pause, so they are part of the same failure.
// 3. The pause ends. One request is the probe; all others wait for its outcome.
// 4. The probe fails: the next pause is twice as long. After as many failures as there are attempts, all requests fail.
// 5. The probe gets its first bytes: the outage is over, and all others are sent; after a limit, one after the other.

export function createThrottle(clock: Clock, backoff: BackoffPolicy, random: Random): RegistryThrottle {
  let pause: Pause | undefined
  // A new registry gets a probe too: it meets the authentication challenge for all.
  let needsProbe = true
  let isProbing = false
  let active = 0
  let limit = Infinity
  let successes = 0
  let outage = {round: 0, failures: 0}
  let change = Promise.withResolvers<undefined>()

  function notify(): void {
    change.resolve(undefined)
    change = Promise.withResolvers()
  }

  function openSlot(): RequestSlot {
    const {round} = outage
    let isProbe = needsProbe
    let hasFailed = false
    if (isProbe) isProbing = true
    needsProbe = false
    active++

    function endProbe(): void {
      if (!isProbe) return
      isProbe = false
      isProbing = false
      notify()
    }
    function settled(): void {
      outage = {...outage, failures: 0}
      endProbe()
    }
    function release(): void {
      active--
      if (!hasFailed) recordSuccess()
      endProbe()
      notify()
    }
    function failed(failure: Failure): number | undefined {
      hasFailed = true
      return recordFailure(failure, round)
    }
    return {settled, failed, release}
  }

  function recordSuccess(): void {
    if (limit === Infinity) return
    successes++
    if (successes % SUCCESSES_PER_CONNECTION === 0) limit++
  }

  function recordFailure(failure: Failure, round: number): number | undefined {
    if (isLimit(failure)) {
      limit = 1
      successes = 0
    }
    // The registry may be about to go away.
    if (failure.kind === 'truncated') needsProbe = true
    const retryAfterMs = 'retryAfterMs' in failure ? failure.retryAfterMs : undefined
    if (!isOutage(failure) && (retryAfterMs ?? 0) === 0) {
      if (failure.kind !== 'truncated') outage = {...outage, failures: 0}
      return 0
    }
    needsProbe = true
    if (round === outage.round) outage = {round: round + 1, failures: outage.failures + 1}
    return pauseAfter(failure, retryAfterMs)
  }

  function pauseAfter(failure: Failure, retryAfterMs: number | undefined): number | undefined {
    const delayMs = backoffAfter(backoff, outage.failures, retryAfterMs, random())
    const isFinal = isOutage(failure) && outage.failures >= backoff.attempts
    const waitMs = delayMs === 'too long' ? (retryAfterMs ?? 0) : isFinal ? backoff.maxMs : delayMs
    const untilMs = clock.nowMs() + waitMs
    if (pause === undefined || untilMs > pause.untilMs) pause = {failure, untilMs, isFinal}
    return isFinal || delayMs === 'too long' ? undefined : pause.untilMs - clock.nowMs()
  }

  return {
    isUnlimited: () => limit === Infinity && !isProbing && (pause === undefined || pause.untilMs <= clock.nowMs()),
    enter: async signal => {
      for (;;) {
        signal.throwIfAborted()
        const leftMs = pause === undefined ? 0 : pause.untilMs - clock.nowMs()
        if (pause !== undefined && leftMs > 0 && (pause.isFinal || leftMs > backoff.maxMs))
          throw new VerifiedImageError(pause.failure)
        if (isProbing || active >= limit) await orAborted(change.promise, signal)
        else if (leftMs > 0) await clock.wait(leftMs, signal)
        else return openSlot()
      }
    }
  }
}

/** The registry limits how many requests it takes at once, or in a time. */
function isLimit(failure: Failure): boolean {
  return failure.kind === 'throttled' || (failure.kind === 'server-error' && failure.status === 503)
}

/** No object can be fetched for now, whichever it is. */
function isOutage(failure: Failure): boolean {
  if (isLimit(failure)) return true
  if (failure.kind === 'timed-out') return failure.phase === 'connect'
  return failure.kind === 'unreachable' && failure.reason !== 'tls-identity'
}
