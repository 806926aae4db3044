// Backpressure from a registry, shared by all requests of the run. After an outage, or a limit that was met, requests wait together:
// one of them, the probe, goes first, and only its attempts are spent. After a limit, requests go on one at a time, with an interval
// between them.

import {type BackoffPolicy, backoffAfter} from './backoff.ts'
import {type Failure} from '../failure/failure.ts'
import {VerifiedImageError} from '../failure/error.ts'
import {type Clock, type Random} from '../concurrency/clock.ts'
import {orAborted} from '../concurrency/or-aborted.ts'

/** The right to send one request. */
export type RequestSlot = {
  /** The registry asks for a login. Its first request has met the challenge for all: those that wait need tokens of their own. */
  readonly challenged: () => void
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
   * Resolves once a request may be sent: of those that wait, the one with the most `failures` first. Rejects with the failure that the
   * registry gave before, when its `Retry-After` is longer than the maximum wait, or when an outage has used up the attempts.
   */
  readonly enter: (signal: AbortSignal, failures: number) => Promise<RequestSlot>
}

/** A request that waits for its slot. */
type Ticket = {readonly failures: number}

/** When a request was sent: in which round of an outage, and after how many failures of its object. */
type Sent = {readonly round: number; readonly failures: number}

/** A failure that keeps all requests waiting. */
type Pause = {readonly failure: Failure; readonly untilMs: number; readonly isFinal: boolean}

// Successful requests after which one more is sent at a time.
const SUCCESSES_PER_CONNECTION = 16

// The interval is the minimum between the starts of two requests. Each refusal adds its wait, so that it is soon longer than what a limit
// of requests per second (nginx's limit_req, without a Retry-After) asks for. Each served request takes some off: an outage looks the
// same, and must not slow down the rest of the run. At one request per second, about every second request is refused once.
const INTERVAL_KEPT = 0.7
// In first delays: 2 s with the defaults. With it, four attempts reach beyond one request in three seconds.
const MAX_INTERVAL = 4
const MIN_INTERVAL = 1 / 16

// The steps of an outage, with four requests under way:
//
// 1. The first one fails. The registry is paused for the first delay, and the outage has one failure.
// 2. The other three fail, too. They were sent before the pause, so they are part of the same failure.
// 3. The pause ends. One request is the probe; all others wait for its outcome.
// 4. The probe fails: the next pause is twice as long. After as many failures as there are attempts, all requests fail.
// 5. The probe gets its first bytes: the outage is over, and all others are sent; after a limit, one after the other, with the interval.
//    A request that is refused again is the next probe, so that no object spends its attempts on the luck of the others.

export function createThrottle(clock: Clock, backoff: BackoffPolicy, random: Random): RegistryThrottle {
  let pause: Pause | undefined
  // A new registry gets a probe too: it meets the authentication challenge for all.
  let needsProbe = true
  let isNew = true
  let isProbing = false
  let active = 0
  let limit = Infinity
  let successes = 0
  let intervalMs = 0
  let servedAtMs = -Infinity
  const queue: Ticket[] = []
  let outage = {round: 0, failures: 0}
  let change = Promise.withResolvers<undefined>()

  function notify(): void {
    change.resolve(undefined)
    change = Promise.withResolvers()
  }

  function openSlot({failures}: Ticket): RequestSlot {
    const {round} = outage
    const startedMs = clock.nowMs()
    const isFirst = isNew
    let isProbe = needsProbe
    let hasFailed = false
    if (isProbe) isProbing = true
    needsProbe = false
    isNew = false
    active++

    function endProbe(): void {
      if (!isProbe) return
      isProbe = false
      isProbing = false
      notify()
    }
    /** The registry counts the request against its limits, if it has any. */
    function taken(): void {
      servedAtMs = Math.max(servedAtMs, startedMs)
    }
    function challenged(): void {
      if (isFirst) endProbe()
    }
    function settled(): void {
      outage = {...outage, failures: 0}
      taken()
      endProbe()
    }
    function release(): void {
      active--
      if (!hasFailed) {
        taken()
        recordSuccess()
      }
      endProbe()
      notify()
    }
    function failed(failure: Failure): number | undefined {
      hasFailed = true
      if (!isOutage(failure)) taken()
      return recordFailure(failure, {round, failures})
    }
    return {challenged, settled, failed, release}
  }

  function recordSuccess(): void {
    if (limit === Infinity) return
    intervalMs *= INTERVAL_KEPT
    if (intervalMs < MIN_INTERVAL * backoff.firstMs) intervalMs = 0
    successes++
    if (successes % SUCCESSES_PER_CONNECTION === 0) limit++
  }

  function recordFailure(failure: Failure, {round, failures}: Sent): number | undefined {
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
    const isNewFailure = round === outage.round
    if (isNewFailure) outage = {round: round + 1, failures: outage.failures + 1}
    const waitMs = pauseAfter(failure, Math.max(outage.failures, failures + 1), retryAfterMs)
    // A Retry-After ends a window, in which many requests may be allowed.
    if (isNewFailure && isLimit(failure) && (retryAfterMs ?? 0) === 0)
      intervalMs = Math.min(MAX_INTERVAL * backoff.firstMs, intervalMs + (waitMs ?? 0))
    return waitMs
  }

  // The object may have failed before, as when its connection broke. It has no more attempts than the others, so all wait as long as it.
  function pauseAfter(failure: Failure, ordinal: number, retryAfterMs: number | undefined): number | undefined {
    const delayMs = backoffAfter(backoff, ordinal, retryAfterMs, random())
    const isFinal = isOutage(failure) && outage.failures >= backoff.attempts
    const waitMs = delayMs === 'too long' ? (retryAfterMs ?? 0) : isFinal ? backoff.maxMs : delayMs
    const untilMs = clock.nowMs() + waitMs
    if (pause === undefined || untilMs > pause.untilMs) pause = {failure, untilMs, isFinal}
    return isFinal || delayMs === 'too long' ? undefined : pause.untilMs - clock.nowMs()
  }

  /** The time until the next request may be sent. */
  function timeLeftMs(): number {
    const nowMs = clock.nowMs()
    return Math.max(0, (pause?.untilMs ?? 0) - nowMs, servedAtMs + intervalMs - nowMs)
  }

  /** Fails when the attempts of an outage are used up, or when Retry-After is longer than the maximum wait. */
  function failIfFinal(): void {
    if (pause === undefined) return
    const leftMs = pause.untilMs - clock.nowMs()
    if (leftMs > 0 && (pause.isFinal || leftMs > backoff.maxMs)) throw new VerifiedImageError(pause.failure)
  }

  return {
    isUnlimited: () => limit === Infinity && !isProbing && timeLeftMs() === 0,
    enter: async (signal, failures) => {
      const ticket: Ticket = {failures}
      const before = queue.findIndex(other => other.failures < failures)
      queue.splice(before < 0 ? queue.length : before, 0, ticket)
      try {
        for (;;) {
          signal.throwIfAborted()
          failIfFinal()
          const leftMs = timeLeftMs()
          if (queue[0] !== ticket || isProbing || active >= limit) await orAborted(change.promise, signal)
          else if (leftMs > 0) await clock.wait(leftMs, signal)
          else return openSlot(ticket)
        }
      } finally {
        queue.splice(queue.indexOf(ticket), 1)
        notify()
      }
    }
  }
}

/** The registry limits how many requests it takes at once, or in a time. */
export function isLimit(failure: Failure): boolean {
  return failure.kind === 'throttled' || (failure.kind === 'server-error' && failure.status === 503)
}

/** No object can be fetched for now, whichever it is. */
function isOutage(failure: Failure): boolean {
  if (isLimit(failure)) return true
  if (failure.kind === 'timed-out') return failure.phase === 'connect'
  return failure.kind === 'unreachable' && failure.reason !== 'tls-identity'
}
