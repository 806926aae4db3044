// A registry behind a limit of requests per second serves every object with the default attempts. The limit is nginx's limit_req with
// `nodelay`, and the clock is moved by the test.

import {describe, expect, it} from '@jest/globals'
import type {BackoffPolicy} from '../../src/fetch/backoff.ts'
import {VerifiedImageError} from '../../src/failure/error.ts'
import type {Failure} from '../../src/failure/failure.ts'
import {createSemaphore} from '../../src/concurrency/semaphore.ts'
import {withRetry, type AttemptContext, type RetryContext} from '../../src/fetch/retry.ts'
import {createThrottle} from '../../src/fetch/throttle.ts'
import {createManualClock, type ManualClock} from '../support/manual-clock.ts'

const BACKOFF: BackoffPolicy = {attempts: 4, firstMs: 500, maxMs: 30_000}
const CONCURRENCY = 8
const SERVED_IN_MS = 20

type Limit = {readonly perSecond: number; readonly burst: number}

/** nginx's leaky bucket: what is above the rate may be `burst` requests. */
function startBucket(clock: ManualClock, {perSecond, burst}: Limit): () => boolean {
  let [excess, atMs] = [0, -Infinity]
  return () => {
    const nowMs = clock.nowMs()
    const next = Math.max(0, excess - ((nowMs - atMs) * perSecond) / 1000 + 1)
    if (atMs !== -Infinity && next > burst) return false
    excess = atMs === -Infinity ? 0 : next
    atMs = nowMs
    return true
  }
}

type Outcome = {readonly elapsedMs: number; readonly refused: number; readonly mostAttempts: number}

async function fetchAll(objects: number, limit: Limit, failure: Failure, random: number): Promise<Outcome> {
  const clock = createManualClock()
  const isTaken = startBucket(clock, limit)
  const requests = createSemaphore(CONCURRENCY)
  const signal = new AbortController().signal
  let [refused, mostAttempts] = [0, 0]
  const context: RetryContext = {
    ...{clock, random: () => random, backoff: BACKOFF, signal, addBytes: () => undefined},
    record: ({number, outcome}) => {
      mostAttempts = Math.max(mostAttempts, number)
      if (outcome === 'failed') refused += 1
    },
    throttle: createThrottle(clock, BACKOFF, () => random)
  }
  const run = async ({count}: AttemptContext): Promise<void> => {
    if (!isTaken()) throw new VerifiedImageError(failure)
    count(1)
    await clock.wait(SERVED_IN_MS, signal)
  }
  const layers = Array.from({length: objects}, async (_, at) => {
    const release = await requests.acquire(1, signal)
    await withRetry(context, `layer[${at}]`, run).finally(release)
  })
  await clock.until(Promise.all(layers))
  return {elapsedMs: clock.nowMs(), refused, mostAttempts}
}

const LIMITS: readonly Limit[] = [
  {perSecond: 0.5, burst: 0},
  {perSecond: 1, burst: 0},
  {perSecond: 1, burst: 2},
  {perSecond: 2, burst: 0},
  {perSecond: 2, burst: 1},
  {perSecond: 5, burst: 3},
  {perSecond: 20, burst: 0}
]
const FAILURES: readonly Failure[] = [
  {kind: 'throttled', status: 429, detail: ''},
  {kind: 'server-error', status: 503, detail: ''}
]

describe('a limit of requests per second', () => {
  it.each(LIMITS.flatMap(limit => FAILURES.map(failure => ({...limit, failure}))))(
    'of $perSecond with a burst of $burst serves all objects, and refuses few: $failure.kind',
    async ({failure, ...limit}) => {
      for (const random of [0, 0.5, 0.999])
        for (const objects of [1, 2, 5, 9, 40]) {
          const {elapsedMs, refused, mostAttempts} = await fetchAll(objects, limit, failure, random)
          expect(mostAttempts).toBeLessThanOrEqual(BACKOFF.attempts)
          // Those that were under way together, and then at most three for two objects.
          expect(refused).toBeLessThanOrEqual(CONCURRENCY + 1.5 * objects)
          // Not much slower than the limit itself.
          expect(elapsedMs).toBeLessThan(9000 + (2 * 1000 * objects) / limit.perSecond)
        }
    }
  )
})
