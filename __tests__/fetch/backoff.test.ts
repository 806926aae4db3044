// Waits: at least their floor, no longer than the maximum, no shorter than Retry-After, and never in step.

import {describe, expect, it} from '@jest/globals'
import fc from 'fast-check'
import {type BackoffPolicy, backoffAfter} from '../../src/fetch/backoff.ts'

const POLICY: BackoffPolicy = {attempts: 4, firstMs: 500, maxMs: 30_000}

describe('backoffAfter', () => {
  it.each([
    {name: '1.2 times the first delay without jitter', ordinal: 1, retryAfterMs: undefined, random: 0, waitMs: 600},
    {
      name: '1.35 times the first delay with half the jitter',
      ordinal: 1,
      retryAfterMs: undefined,
      random: 0.5,
      waitMs: 675
    },
    {name: 'twice that after the second attempt', ordinal: 2, retryAfterMs: undefined, random: 0.5, waitMs: 1350},
    {name: 'four times that after the third attempt', ordinal: 3, retryAfterMs: undefined, random: 0.5, waitMs: 2700},
    {
      name: 'within the maximum after many attempts',
      ordinal: 5000,
      retryAfterMs: undefined,
      random: 0.5,
      waitMs: 27_000
    },
    {name: 'Retry-After with jitter on top', ordinal: 1, retryAfterMs: 2000, random: 0.5, waitMs: 2075},
    {name: 'Retry-After without jitter', ordinal: 1, retryAfterMs: 2000, random: 0, waitMs: 2000},
    {name: 'the floor when Retry-After is shorter', ordinal: 3, retryAfterMs: 1000, random: 0, waitMs: 2400},
    {name: 'the floor when Retry-After is 0', ordinal: 1, retryAfterMs: 0, random: 0, waitMs: 600},
    {name: 'the maximum when Retry-After is that', ordinal: 3, retryAfterMs: 30_000, random: 0.9, waitMs: 30_000}
  ])('is $name', ({ordinal, retryAfterMs, random, waitMs}) => {
    expect(backoffAfter(POLICY, ordinal, retryAfterMs, random)).toBe(waitMs)
  })

  it.each([
    {name: 'a millisecond more than the maximum', retryAfterMs: 30_001},
    {name: 'six hours', retryAfterMs: 21_600_000},
    {name: 'infinite', retryAfterMs: Number.POSITIVE_INFINITY}
  ])('is too long when Retry-After is $name', ({retryAfterMs}) => {
    expect(backoffAfter(POLICY, 1, retryAfterMs, 0)).toBe('too long')
  })

  it('outlasts four seconds in the three waits of four attempts, whatever the jitter', () => {
    const waits = [1, 2, 3].map(ordinal => Number(backoffAfter(POLICY, ordinal, undefined, 0)))
    expect(waits.reduce((sum, wait) => sum + wait, 0)).toBeGreaterThan(4000)
  })

  it('is between Retry-After and the maximum, and above half of its step, for any policy', () => {
    const ms = fc.integer({min: 1, max: 86_400_000})
    const chance = fc.double({min: 0, max: 1, maxExcluded: true, noNaN: true})
    const announced = fc.option(fc.integer({min: 0, max: 100_000}), {nil: undefined})
    fc.assert(
      fc.property(
        ...([ms, ms, fc.integer({min: 1, max: 2000}), announced, chance] as const),
        (firstMs, maxMs, ordinal, retryAfterMs, random) => {
          const waitMs = backoffAfter({attempts: 4, firstMs, maxMs}, ordinal, retryAfterMs, random)
          if (waitMs === 'too long') {
            expect(retryAfterMs).toBeGreaterThan(maxMs)
            return
          }
          expect(waitMs).toBeGreaterThanOrEqual(retryAfterMs ?? 0)
          expect(waitMs).toBeGreaterThanOrEqual(Math.min(maxMs / 2, (firstMs / 2) * 2 ** (ordinal - 1)))
          expect(waitMs).toBeLessThanOrEqual(maxMs)
        }
      )
    )
  })

  it.each([4, 5000])('has jitter after attempt %d, so that jobs do not come back in step', ordinal => {
    const waits = [0, 0.25, 0.5, 0.75, 0.999].map(random => backoffAfter(POLICY, ordinal, undefined, random))
    expect(new Set(waits).size).toBe(5)
  })
})
