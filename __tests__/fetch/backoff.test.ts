// Waits: never longer than allowed, never shorter than a registry asks for, and never in step.

import {describe, expect, it} from '@jest/globals'
import fc from 'fast-check'
import {type BackoffPolicy, backoffAfter} from '../../src/fetch/backoff.ts'

const POLICY: BackoffPolicy = {attempts: 4, firstMs: 500, maxMs: 30_000}

describe('backoffAfter', () => {
  it.each([
    {name: 'nothing with no luck needed', ordinal: 1, retryAfterMs: undefined, random: 0, waitMs: 0},
    {name: 'half the first wait', ordinal: 1, retryAfterMs: undefined, random: 0.5, waitMs: 250},
    {name: 'half of twice the first wait', ordinal: 2, retryAfterMs: undefined, random: 0.5, waitMs: 500},
    {name: 'half of four times the first wait', ordinal: 3, retryAfterMs: undefined, random: 0.5, waitMs: 1000},
    {name: 'half of the longest wait, at most', ordinal: 10, retryAfterMs: undefined, random: 0.5, waitMs: 15_000},
    {
      name: 'half of the longest wait, however often',
      ordinal: 5000,
      retryAfterMs: undefined,
      random: 0.5,
      waitMs: 15_000
    },
    {name: 'what the registry asks for, and jitter on top', ordinal: 1, retryAfterMs: 2000, random: 0.5, waitMs: 2250},
    {name: 'what the registry asks for without jitter', ordinal: 1, retryAfterMs: 2000, random: 0, waitMs: 2000},
    {
      name: 'the longest wait when the registry asks for it',
      ordinal: 3,
      retryAfterMs: 30_000,
      random: 0.9,
      waitMs: 30_000
    },
    {name: 'jitter alone when the registry asks for nothing', ordinal: 1, retryAfterMs: 0, random: 0.5, waitMs: 250}
  ])('is $name', ({ordinal, retryAfterMs, random, waitMs}) => {
    expect(backoffAfter(POLICY, ordinal, retryAfterMs, random)).toBe(waitMs)
  })

  it.each([
    {name: 'a millisecond more than the longest wait', retryAfterMs: 30_001},
    {name: 'six hours', retryAfterMs: 21_600_000},
    {name: 'for ever', retryAfterMs: Number.POSITIVE_INFINITY}
  ])('is too long when the registry asks for $name', ({retryAfterMs}) => {
    expect(backoffAfter(POLICY, 1, retryAfterMs, 0)).toBe('too long')
  })

  it('stays between what is asked for and the longest wait, for any policy', () => {
    const ms = fc.integer({min: 1, max: 86_400_000})
    const chance = fc.double({min: 0, max: 1, maxExcluded: true, noNaN: true})
    const asked = fc.option(fc.integer({min: 0, max: 100_000}), {nil: undefined})
    fc.assert(
      fc.property(
        ms,
        ms,
        fc.integer({min: 1, max: 2000}),
        asked,
        chance,
        (firstMs, maxMs, ordinal, retryAfterMs, random) => {
          const waitMs = backoffAfter({attempts: 4, firstMs, maxMs}, ordinal, retryAfterMs, random)
          if (waitMs === 'too long') {
            expect(retryAfterMs).toBeGreaterThan(maxMs)
            return
          }
          expect(waitMs).toBeGreaterThanOrEqual(retryAfterMs ?? 0)
          expect(waitMs).toBeLessThanOrEqual(maxMs)
        }
      )
    )
  })

  it('uses the whole room below its ceiling, so that jobs do not come back in step', () => {
    const waits = [0, 0.25, 0.5, 0.75, 0.999].map(random => backoffAfter(POLICY, 4, undefined, random))
    expect(waits).toEqual([0, 1000, 2000, 3000, 3996])
  })
})
