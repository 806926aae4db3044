// One object from one registry, as often as its failures and the policy allow.
// Knows kinds and waits; knows nothing of what an object is, or of other registries.

import {type BackoffPolicy, backoffAfter} from './backoff.ts'
import {type Failure, type ObjectName} from '../failure/failure.ts'
import type {RegistryThrottle} from './throttle.ts'
import type {FetchRequest, Exchange} from '../registry/registry.ts'
import {type Clock, type Random} from '../concurrency/clock.ts'
import {retryPolicyOf} from './retry-policy.ts'
import {type Attempt} from './attempt.ts'
import {VerifiedImageError} from '../failure/error.ts'

export type RetryContext = {
  readonly clock: Clock
  readonly random: Random
  readonly backoff: BackoffPolicy
  readonly signal: AbortSignal
  /** Keeps an attempt; `againInMs` is the wait before the next one, undefined when there is none. */
  readonly record: (attempt: Attempt, againInMs: number | undefined) => void
  /** Bytes arrived, for whoever watches the pace. */
  readonly addBytes: (bytes: number) => void
  /** What this registry asked of the whole run. */
  readonly throttle: RegistryThrottle
}

/** What a try needs for its requests, and where it says what arrived. */
export type AttemptContext = Pick<FetchRequest, 'refresh' | 'signal' | 'onExchange' | 'object'> & {
  readonly count: (bytes: number) => void
}

/** Runs `run` until it succeeds. Rejects with the VerifiedImageError of the last try, or with the signal's reason. */
export async function withRetry<T>(
  attempting: RetryContext,
  object: ObjectName,
  run: (attempt: AttemptContext) => Promise<T>
): Promise<T> {
  const {backoff, clock, signal, record, throttle} = attempting
  const failures: Failure[] = []
  let waitedMs = 0
  for (let ordinal = 1; ; ordinal++) {
    signal.throwIfAborted()
    const startedMs = clock.nowMs()
    const exchanges: Exchange[] = []
    let bytes = 0
    const finished = (outcome: Attempt['outcome'], error?: VerifiedImageError): Attempt => ({
      ...{
        object,
        number: ordinal,
        startedMs,
        elapsedMs: clock.nowMs() - startedMs,
        waitedMs,
        bytes,
        outcome,
        exchanges
      },
      ...(error === undefined
        ? {}
        : {failure: error.failure, ...(error.object === undefined ? {} : {failedObject: error.object})})
    })
    const last = failures.at(-1)
    let done: (() => void) | undefined
    try {
      done = await throttle.enter(backoff, clock, signal)
      const answered = done
      const value = await run({
        object,
        signal,
        refresh: last === undefined ? undefined : retryPolicyOf(last).refresh,
        onExchange: exchange => exchanges.push(exchange),
        count: more => {
          answered()
          bytes += more
          attempting.addBytes(more)
        }
      })
      record(finished('verified'), undefined)
      return value
    } catch (error) {
      if (signal.aborted) record(finished('aborted'), undefined)
      signal.throwIfAborted()
      if (!(error instanceof VerifiedImageError)) throw error
      failures.push(error.failure)
      // A registry that was not even asked, for what others met there, is not asked again.
      const againInMs = done === undefined ? undefined : retryDelay(attempting, failures)
      if (done !== undefined) throttle.recordFailure(error.failure, againInMs, backoff, clock)
      done?.()
      record(finished('failed', error), againInMs)
      if (againInMs === undefined) throw error
      if (againInMs > 0) await clock.wait(againInMs, signal)
      waitedMs = againInMs
    } finally {
      done?.()
    }
  }
}

/** The wait before the next try after these failures, or undefined when there is to be none. */
function retryDelay({backoff, random}: RetryContext, failures: readonly Failure[]): number | undefined {
  const last = failures.at(-1)
  if (last === undefined || failures.length >= backoff.attempts) return undefined
  const {retry, backoff: waits} = retryPolicyOf(last)
  if (retry === 'never') return undefined
  if (retry === 'once' && failures.filter(failure => failure.kind === last.kind).length > 1) return undefined
  if (!waits) return 0
  const waitMs = backoffAfter(
    backoff,
    failures.length,
    'retryAfterMs' in last ? last.retryAfterMs : undefined,
    random()
  )
  return waitMs === 'too long' ? undefined : waitMs
}
