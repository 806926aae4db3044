// Slow is less than 1 KiB/s over the whole of the time, whenever that began; anything more is not.

import {describe, expect, it} from '@jest/globals'
import {createThroughputMonitor} from '../../src/fetch/throughput.ts'
import {createManualClock, flushPromises} from '../support/manual-clock.ts'

const AFTER_MS = 3000

function watch(): {
  readonly clock: ReturnType<typeof createManualClock>
  readonly pace: ReturnType<typeof createThroughputMonitor>
  readonly state: {isSlow: boolean}
  readonly controller: AbortController
  readonly watching: Promise<void>
} {
  const clock = createManualClock()
  const pace = createThroughputMonitor()
  const state = {isSlow: false}
  const controller = new AbortController()
  const watching = pace.untilBelowMinimum(AFTER_MS, clock, controller.signal).then(() => {
    state.isSlow = true
  })
  watching.catch(() => undefined)
  return {clock, pace, state, controller, watching}
}

describe('createPace', () => {
  it('calls a registry slow that delivers nothing, when the time is up and not before', async () => {
    const {clock, state} = watch()
    await clock.advance(AFTER_MS - 1)
    expect(state.isSlow).toBe(false)
    await clock.advance(1)
    expect(state.isSlow).toBe(true)
  })

  it('calls one slow that delivers a little less than 1 KiB/s, and not one that delivers that', async () => {
    for (const [bytes, isSlow] of [
      [307, true],
      [308, false]
    ] as const) {
      const {clock, pace, state, controller} = watch()
      for (let at = 0; at < 40; at++) {
        pace.addBytes(bytes)
        await clock.advance(AFTER_MS / 10)
      }
      expect([bytes, state.isSlow]).toEqual([bytes, isSlow])
      controller.abort()
    }
  })

  it.each([
    {bytes: 3071, isSlow: true},
    {bytes: 3072, isSlow: false}
  ])('calls one slow that delivered $bytes bytes in 3 s: $isSlow', async ({bytes, isSlow}) => {
    const {clock, pace, state, controller} = watch()
    await flushPromises()
    pace.addBytes(bytes)
    await clock.advance(AFTER_MS)
    expect(state.isSlow).toBe(isSlow)
    controller.abort()
  })

  it('looks ten times, so that a halt is noticed exactly then', async () => {
    const {clock, pace, state} = watch()
    await clock.advance(150)
    pace.addBytes(100_000_000)
    await clock.advance(AFTER_MS + AFTER_MS / 10 - 150 - 1)
    expect(state.isSlow).toBe(false)
    await clock.advance(1)
    expect(state.isSlow).toBe(true)
    expect(clock.waits).toHaveLength(11)
  })

  it('notices a halt after a fast start at most a tenth late', async () => {
    const {clock, pace, state} = watch()
    await clock.advance(150)
    pace.addBytes(100_000_000)
    await clock.advance(AFTER_MS)
    expect(state.isSlow).toBe(false)
    await clock.advance(AFTER_MS / 10)
    expect(state.isSlow).toBe(true)
  })

  it('stops looking when it is called off', async () => {
    const {clock, controller, watching} = watch()
    controller.abort(new Error('called off'))
    await expect(watching).rejects.toThrow('called off')
    expect(clock.waiting()).toBe(0)
  })
})
