// The rate limiter, with a clock that the test advances.

import {describe, expect, it} from '@jest/globals'
import {createRateLimiter} from '../../src/concurrency/rate-limiter.ts'
import {createManualClock} from '../support/manual-clock.ts'

const signal = new AbortController().signal

describe('createRateLimiter', () => {
  it('lets a burst go at once, and then so many a minute, in order', async () => {
    const clock = createManualClock()
    const limiter = createRateLimiter(clock, {perMinute: 60, burst: 3})
    const went: [number, number][] = []
    const all = Promise.all(
      Array.from({length: 6}, async (_, at) => {
        await limiter.take(signal)
        went.push([at, clock.nowMs()])
      })
    )
    await clock.until(all)
    expect(went).toEqual([
      [0, 0],
      [1, 0],
      [2, 0],
      [3, 1000],
      [4, 2000],
      [5, 3000]
    ])
  })

  it('never lets more than the rate and one burst go in a minute', async () => {
    const clock = createManualClock()
    const limiter = createRateLimiter(clock, {perMinute: 120, burst: 10})
    const times: number[] = []
    const all = Promise.all(
      Array.from({length: 400}, async () => {
        await limiter.take(signal)
        times.push(clock.nowMs())
      })
    )
    await clock.until(all)
    const most = Math.max(...times.map(from => times.filter(time => time >= from && time < from + 60_000).length))
    expect(most).toBeLessThanOrEqual(130)
    expect(times.at(-1)).toBe((400 - 10) * 500)
  })

  it('allows a new burst after a pause', async () => {
    const clock = createManualClock()
    const limiter = createRateLimiter(clock, {perMinute: 60, burst: 2})
    await limiter.take(signal)
    await limiter.take(signal)
    await clock.advance(10_000)
    await limiter.take(signal)
    await limiter.take(signal)
    expect(clock.waits).toEqual([])
  })

  it('rejects with the reason of a signal', async () => {
    const clock = createManualClock()
    const limiter = createRateLimiter(clock, {perMinute: 1, burst: 1})
    await limiter.take(signal)
    const controller = new AbortController()
    const waiting = limiter.take(controller.signal)
    controller.abort(new Error('the end'))
    await expect(waiting).rejects.toThrow('the end')
    await expect(limiter.take(controller.signal)).rejects.toThrow('the end')
  })
})
