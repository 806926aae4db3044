// What counts as silence of a registry, event by event. Time by hand.

import {describe, expect, it} from '@jest/globals'
import {createSilence, type Silence} from '../../src/acquire/silence.ts'
import {createManualClock, type ManualClock} from '../support/manual-clock.ts'

const LIMIT_MS = 20_000

type Setup = {readonly clock: ManualClock; readonly silence: Silence; readonly endedAt: () => number | undefined}

function setup(): Setup {
  const clock = createManualClock()
  const silence = createSilence(clock)
  const times: number[] = []
  silence.untilLasting(LIMIT_MS, new AbortController().signal).then(
    () => times.push(clock.nowMs()),
    () => undefined
  )
  return {clock, silence, endedAt: () => times[0]}
}

describe('createSilence', () => {
  it('lasts from the request on', async () => {
    const {clock, silence, endedAt} = setup()
    await clock.advance(5000)
    silence.requested()
    await clock.advance(LIMIT_MS - 1)
    expect(endedAt()).toBeUndefined()
    await clock.advance(1)
    expect(endedAt()).toBe(5000 + LIMIT_MS)
  })

  it('lasts to the millisecond', async () => {
    const {clock, silence, endedAt} = setup()
    await clock.advance(1)
    silence.requested()
    await clock.advance(LIMIT_MS)
    expect(endedAt()).toBe(1 + LIMIT_MS)
  })

  it('goes on over requests that are repeated after a timeout', async () => {
    const {clock, silence, endedAt} = setup()
    silence.requested()
    await clock.advance(15_000)
    silence.requested()
    await clock.advance(5000)
    expect(endedAt()).toBe(LIMIT_MS)
  })

  it('starts again with each status line', async () => {
    const {clock, silence, endedAt} = setup()
    silence.requested()
    await clock.advance(15_000)
    silence.responded()
    await clock.advance(LIMIT_MS - 1)
    expect(endedAt()).toBeUndefined()
    await clock.advance(1)
    expect(endedAt()).toBe(15_000 + LIMIT_MS)
  })

  it('ends with a byte of a body, until the next request', async () => {
    const {clock, silence, endedAt} = setup()
    silence.requested()
    await clock.advance(15_000)
    silence.ended()
    await clock.advance(60_000)
    expect(endedAt()).toBeUndefined()
    silence.requested()
    await clock.advance(LIMIT_MS)
    // The watch looks again one limit after it found none.
    expect(endedAt()).toBeGreaterThanOrEqual(75_000 + LIMIT_MS)
    expect(endedAt()).toBeLessThan(75_000 + 2 * LIMIT_MS)
  })

  it('rejects with the reason of the signal', async () => {
    const clock = createManualClock()
    const controller = new AbortController()
    const lasting = createSilence(clock).untilLasting(LIMIT_MS, controller.signal)
    controller.abort(new Error('the run has ended'))
    await expect(lasting).rejects.toThrow('the run has ended')
  })
})
