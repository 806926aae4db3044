// What one try learns of a registry holds for all: one goes ahead, the others wait for what comes of it, and nobody hammers.

import {getEventListeners} from 'node:events'
import {describe, expect, it} from '@jest/globals'
import fc from 'fast-check'
import type {BackoffPolicy} from '../../src/fetch/backoff.ts'
import type {Failure} from '../../src/failure/failure.ts'
import {createThrottle, type RegistryThrottle} from '../../src/fetch/throttle.ts'
import {createManualClock, type ManualClock, flushPromises} from '../support/manual-clock.ts'
import '../support/matchers.ts'

const BACKOFF: BackoffPolicy = {attempts: 4, firstMs: 500, maxMs: 30_000}
const THROTTLED: Failure = {kind: 'throttled', status: 429, detail: ''}
const NEVER = new AbortController().signal

type Setup = {
  readonly clock: ManualClock
  readonly patience: RegistryThrottle
  /** Who was let in, in order. */
  readonly entered: string[]
  /** Asks to be let in; the way out, once it is. */
  readonly come: (name: string, signal?: AbortSignal) => Promise<() => void>
}

function setup(): Setup {
  const clock = createManualClock()
  const patience = createThrottle()
  const entered: string[] = []
  const come: Setup['come'] = async (name, signal = NEVER) => {
    const leave = await patience.enter(BACKOFF, clock, signal)
    entered.push(name)
    return leave
  }
  return {clock, patience, entered, come}
}

/** Lets one go ahead and succeed, so that the registry is no longer new. */
async function acquainted(): Promise<Setup> {
  const made = setup()
  ;(await made.come('first'))()
  return made
}

describe('a registry that is new', () => {
  it('is asked by one, and by all others when that one has an answer', async () => {
    const {entered, come} = setup()
    const leave = await come('one')
    const others = [come('two'), come('three')]
    await flushPromises()
    expect(entered).toEqual(['one'])
    leave()
    await Promise.all(others)
    expect(entered).toEqual(['one', 'two', 'three'])
  })

  it('does not hold whoever is called off meanwhile', async () => {
    const {come} = setup()
    await come('one')
    const controller = new AbortController()
    const waiting = come('two', controller.signal)
    controller.abort(new Error('called off'))
    await expect(waiting).rejects.toThrow('called off')
  })
})

describe('a wait for the one that goes ahead', () => {
  it('does not begin for who was called off before', async () => {
    const {come} = setup()
    await come('one')
    await expect(come('two', AbortSignal.abort(new Error('called off')))).rejects.toThrow('called off')
  })

  it('leaves nothing behind on the signal', async () => {
    const {come} = setup()
    const leave = await come('one')
    const controller = new AbortController()
    const waiting = come('two', controller.signal)
    await flushPromises()
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(1)
    leave()
    await waiting
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0)
  })

  it('is not ended by one who was ahead before, and says again that it is done', async () => {
    const {clock, patience, entered, come} = await acquainted()
    patience.recordFailure(THROTTLED, 1000, BACKOFF, clock)
    const [one, two] = [come('one'), come('two')]
    await clock.advance(1000)
    const leave = await one
    leave()
    await two
    patience.recordFailure(THROTTLED, 1000, BACKOFF, clock)
    const three = come('three')
    await clock.advance(1000)
    leave()
    const four = come('four')
    await flushPromises()
    expect(entered.slice(3)).toEqual(['three'])
    ;(await three)()
    await four
    expect(entered.slice(3)).toEqual(['three', 'four'])
  })
})

describe('a registry that throttles', () => {
  it('is left alone for the longest of the waits that it asked for', async () => {
    const {clock, patience, entered, come} = await acquainted()
    patience.recordFailure(THROTTLED, 5000, BACKOFF, clock)
    patience.recordFailure(THROTTLED, 1000, BACKOFF, clock)
    void come('one')
    await clock.advance(4999)
    expect(entered).toEqual(['first'])
    await clock.advance(1)
    expect(entered).toEqual(['first', 'one'])
  })

  it('is left alone for a wait as short as a millisecond', async () => {
    const {clock, patience, come} = await acquainted()
    patience.recordFailure(THROTTLED, 1, BACKOFF, clock)
    await clock.until(come('one'))
    expect(clock.waits).toEqual([1])
  })

  it.each([
    {retryAfterMs: 0, waits: []},
    {retryAfterMs: 1000, waits: [1000]},
    {retryAfterMs: 30_000, waits: [30_000]}
  ])('is left alone as long as it says when it is not throttling: $retryAfterMs ms', async ({retryAfterMs, waits}) => {
    const {clock, patience, come} = await acquainted()
    patience.recordFailure({kind: 'server-error', status: 503, detail: '', retryAfterMs}, undefined, BACKOFF, clock)
    await clock.until(come('one'))
    expect(clock.waits).toEqual(waits)
  })

  it('is left alone until the one that was throttled asks again, and then asked by one', async () => {
    const {clock, patience, entered, come} = await acquainted()
    patience.recordFailure(THROTTLED, 1000, BACKOFF, clock)
    const all = [come('one'), come('two'), come('three')]
    await clock.advance(999)
    expect(entered).toEqual(['first'])
    await clock.advance(1)
    expect(entered).toEqual(['first', 'one'])
    ;(await all[0])?.()
    await Promise.all(all)
    expect(entered).toEqual(['first', 'one', 'two', 'three'])
  })

  it('keeps the others waiting when the one that goes ahead is throttled again', async () => {
    const {clock, patience, entered, come} = await acquainted()
    patience.recordFailure(THROTTLED, 1000, BACKOFF, clock)
    const [one, two] = [come('one'), come('two')]
    await clock.advance(1000)
    const leave = await one
    patience.recordFailure(THROTTLED, 2000, BACKOFF, clock)
    leave()
    await clock.advance(1999)
    expect(entered).toEqual(['first', 'one'])
    await clock.advance(1)
    await two
    expect(entered).toEqual(['first', 'one', 'two'])
  })

  it('is given up by all when one has given it up, and may be asked again after the longest wait', async () => {
    const {clock, patience, entered, come} = await acquainted()
    patience.recordFailure(THROTTLED, undefined, BACKOFF, clock)
    await expect(come('one')).toFailWith('throttled')
    await clock.advance(29_999)
    await expect(come('two')).toFailWith('throttled')
    await clock.advance(1)
    await come('three')
    expect(entered).toEqual(['first', 'three'])
  })

  it('fails everybody at once when it wants more patience than there is', async () => {
    const {clock, patience, come} = await acquainted()
    const busy: Failure = {kind: 'server-error', status: 503, detail: '', retryAfterMs: 3_600_000}
    patience.recordFailure(busy, undefined, BACKOFF, clock)
    await expect(come('one')).toFailWith('server-error', {retryAfterMs: 3_600_000})
  })
})

describe('other failures', () => {
  it.each<Failure>([
    {kind: 'server-error', status: 503, detail: ''},
    {kind: 'not-found', status: 404, detail: ''},
    {kind: 'unreachable', reason: 'reset', detail: ''}
  ])('of kind $kind ask for no patience', async failure => {
    const {clock, patience, come} = await acquainted()
    patience.recordFailure(failure, undefined, BACKOFF, clock)
    await Promise.all([come('one'), come('two')])
    expect(clock.waits).toEqual([])
  })
})

describe('whatever happens', () => {
  it('everybody is let in or refused in the end', async () => {
    const event = fc.oneof(
      fc.record({kind: fc.constant('come' as const)}),
      fc.record({
        kind: fc.constant('note' as const),
        againInMs: fc.option(fc.nat(40_000), {nil: undefined}),
        retryAfterMs: fc.option(fc.nat(60_000), {nil: undefined})
      }),
      fc.record({kind: fc.constant('pass' as const), ms: fc.nat(40_000)})
    )
    await fc.assert(
      fc.asyncProperty(fc.array(event, {maxLength: 20}), async events => {
        const {clock, patience, come} = setup()
        const all: Promise<unknown>[] = []
        for (const happens of events) {
          if (happens.kind === 'pass') await clock.advance(happens.ms)
          else if (happens.kind === 'come')
            all.push(
              come('x').then(
                leave => {
                  leave()
                },
                () => undefined
              )
            )
          else {
            const {againInMs, retryAfterMs} = happens
            const failure = retryAfterMs === undefined ? THROTTLED : {...THROTTLED, retryAfterMs}
            patience.recordFailure(failure, againInMs, BACKOFF, clock)
          }
        }
        await clock.until(Promise.all(all))
      }),
      {numRuns: 50}
    )
  })
})
