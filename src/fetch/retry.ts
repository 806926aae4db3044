// Fetches one object from one registry in as many attempts as its failures and the policy allow.
// Each attempt is recorded as evidence, whatever its outcome.

import {type BackoffPolicy, backoffAfter} from './backoff.ts'
import {type Failure, type ObjectName} from '../failure/failure.ts'
import {isLimit, type RegistryThrottle, type RequestSlot} from './throttle.ts'
import type {FetchRequest, Exchange} from '../registry/registry.ts'
import {type Clock, type Random} from '../concurrency/clock.ts'
import {retryPolicyOf} from './retry-policy.ts'
import {VerifiedImageError} from '../failure/error.ts'
import type {DifferentRange} from '../parts/part-marks.ts'
import type {PartsEvidence} from '../parts/split-context.ts'
import {omitUndefined} from '../oci/omit-undefined.ts'
import {type Digest} from '../oci/digest.ts'

export type RetryContext = {
  readonly clock: Clock
  readonly random: Random
  readonly backoff: BackoffPolicy
  readonly signal: AbortSignal
  /** Keeps an attempt; `retryDelayMs` is the wait before the next one, undefined when there is none. */
  readonly record: (attempt: Attempt, retryDelayMs: number | undefined) => void
  /** Bytes arrived: the throughput monitor counts them. */
  readonly addBytes: (bytes: number) => void
  /** The registry's, shared by the whole run. */
  readonly throttle: RegistryThrottle
}

/** What an attempt passes to its requests, and how it reports the bytes that arrived. */
export type AttemptContext = Pick<FetchRequest, 'refresh' | 'signal' | 'onExchange' | 'onChallenge' | 'object'> & {
  readonly count: (bytes: number) => void
  /** Adds to the evidence of the attempt. */
  readonly describe: (evidence: AttemptEvidence) => void
}

/** What an attempt may say beside its requests. */
export type AttemptEvidence = {
  /** The layer came in parts. */
  readonly parts?: PartsEvidence
  /** Where the bytes first differ from those of the attempt before, whose digest was wrong, and who sent those. */
  readonly differs?: DifferentRange
}

/** Calls `run` until it succeeds. Rejects with the VerifiedImageError of the last attempt, or with the signal's reason. */
export async function withRetry<T>(
  context: RetryContext,
  object: ObjectName,
  run: (attempt: AttemptContext) => Promise<T>
): Promise<T> {
  const {clock, signal} = context
  const failures: Failure[] = []
  let waitedMs = 0
  for (;;) {
    const result = await runAttempt(context, {object, waitedMs, failures, run})
    if (result.kind === 'verified') return result.value
    if (result.retryDelayMs === undefined) throw result.error
    failures.push(result.error.failure)
    waitedMs = result.retryDelayMs
    if (waitedMs > 0 && !result.isShared) await clock.wait(waitedMs, signal)
  }
}

type AttemptRequest<T> = {
  readonly object: ObjectName
  readonly waitedMs: number
  /** Of the attempts before. */
  readonly failures: readonly Failure[]
  readonly run: (attempt: AttemptContext) => Promise<T>
}

type AttemptResult<T> =
  | {readonly kind: 'verified'; readonly value: T}
  | {
      readonly kind: 'failed'
      readonly error: VerifiedImageError
      readonly retryDelayMs: number | undefined
      /** The throttle waits for the delay, and sends this request before the others. */
      readonly isShared: boolean
    }

async function runAttempt<T>(context: RetryContext, request: AttemptRequest<T>): Promise<AttemptResult<T>> {
  const {signal, throttle, record} = context
  signal.throwIfAborted()
  const isRetry = request.failures.length > 0
  let recorder = startRecorder(context, request)
  let slot: RequestSlot | undefined
  try {
    slot = await throttle.enter(signal, request.failures.length)
    // The wait before a retry is not a part of it.
    if (isRetry) recorder = startRecorder(context, request)
    const value = await request.run(recorder.attemptContext(slot))
    record(recorder.end('verified'), undefined)
    return {kind: 'verified', value}
  } catch (error) {
    if (signal.aborted && (slot !== undefined || !isRetry)) record(recorder.end('aborted'), undefined)
    signal.throwIfAborted()
    if (!(error instanceof VerifiedImageError)) throw error
    // Without a slot nothing was requested: the failure is one that the registry gave another request.
    const sharedMs = slot?.failed(error.failure)
    const retryDelayMs = retryDelay(context, [...request.failures, error.failure], sharedMs)
    record(recorder.end('failed', error), retryDelayMs)
    return {kind: 'failed', error, retryDelayMs, isShared: isLimit(error.failure)}
  } finally {
    slot?.release()
  }
}

type AttemptRecorder = {
  readonly attemptContext: (slot: RequestSlot) => AttemptContext
  readonly end: (outcome: Attempt['outcome'], error?: VerifiedImageError) => Attempt
}

function startRecorder(
  {clock, signal, addBytes}: RetryContext,
  {object, waitedMs, failures}: Omit<AttemptRequest<unknown>, 'run'>
): AttemptRecorder {
  const startedMs = clock.nowMs()
  const exchanges: Exchange[] = []
  let bytes = 0
  let evidence: AttemptEvidence = {}
  const last = failures.at(-1)
  return {
    attemptContext: slot => ({
      object,
      signal,
      refresh: last === undefined ? undefined : retryPolicyOf(last).refresh,
      onExchange: exchange => exchanges.push(exchange),
      onChallenge: slot.challenged,
      count: more => {
        slot.settled()
        bytes += more
        addBytes(more)
      },
      describe: more => {
        evidence = {...evidence, ...more}
      }
    }),
    end: (outcome, error) => ({
      object,
      number: failures.length + 1,
      startedMs,
      elapsedMs: clock.nowMs() - startedMs,
      waitedMs,
      bytes,
      outcome,
      exchanges,
      ...evidence,
      ...omitUndefined({failure: error?.failure, failedObject: error?.object})
    })
  }
}

/**
 * Returns the wait before the next attempt after these failures, or undefined when there is none. `sharedMs` is the wait of all
 * requests to the registry, undefined when they give up.
 */
function retryDelay(
  {backoff, random}: RetryContext,
  failures: readonly Failure[],
  sharedMs: number | undefined
): number | undefined {
  const last = failures.at(-1)
  if (last === undefined || sharedMs === undefined || failures.length >= backoff.attempts) return undefined
  const policy = retryPolicyOf(last)
  if (policy.retry === 'never') return undefined
  if (policy.retry === 'once' && failures.filter(({kind}) => kind === last.kind).length > 1) return undefined
  if (!policy.backoff) return 0
  const retryAfterMs = 'retryAfterMs' in last ? last.retryAfterMs : undefined
  const waitMs = backoffAfter(backoff, failures.length, retryAfterMs, random())
  if (waitMs === 'too long') return undefined
  return Math.max(waitMs, sharedMs)
}

/** One attempt at one object at one registry. Times are milliseconds on the run's clock. */
export type Attempt = AttemptEvidence & {
  readonly object: ObjectName
  /** From 1. */
  readonly number: number
  readonly startedMs: number
  readonly elapsedMs: number
  /** The wait before it. */
  readonly waitedMs: number
  /** Bytes of the object's body that arrived. */
  readonly bytes: number
  readonly outcome: 'verified' | 'failed' | 'aborted'
  readonly failure?: Failure
  /** The object that failed, where it is not the one that was requested: the token. */
  readonly failedObject?: ObjectName
  readonly exchanges: readonly Exchange[]
  /** Digest of the manifest that came in answer to a tag, also if the attempt then failed. */
  readonly tagDigest?: Digest
}
