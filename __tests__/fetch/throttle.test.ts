// Requests to a registry share its backpressure: a probe goes first, and the others wait for its outcome.

import {getEventListeners} from 'node:events'
import {describe, expect, it} from '@jest/globals'
import fc from 'fast-check'
import type {BackoffPolicy} from '../../src/fetch/backoff.ts'
import type {Failure} from '../../src/failure/failure.ts'
import {createThrottle, type RequestSlot} from '../../src/fetch/throttle.ts'
import {createManualClock, type ManualClock, settle} from '../support/manual-clock.ts'
import '../support/matchers.ts'

const BACKOFF: BackoffPolicy = {attempts: 4, firstMs: 500, maxMs: 30_000}
const THROTTLED: Failure = {kind: 'throttled', status: 429, detail: ''}
const NEVER = new AbortController().signal

type Fixture = {
  readonly clock: ManualClock
  /** The names of the requests that got a slot, in order. */
  readonly entered: string[]
  readonly enter: (name: string, signal?: AbortSignal) => Promise<RequestSlot>
}

function setup(): Fixture {
  const clock = createManualClock()
  const throttle = createThrottle(clock, BACKOFF)
  const entered: string[] = []
  const enter: Fixture['enter'] = async (name, signal = NEVER) => {
    const slot = await throttle.enter(signal)
    entered.push(name)
    return slot
  }
  return {clock, entered, enter}
}

/** A registry that has served one request, whose slot reports the failures of the test. */
async function setupServed(): Promise<Fixture & {readonly failed: RequestSlot['failed']}> {
  const fixture = setup()
  const {release, failed} = await fixture.enter('first')
  release()
  return {...fixture, failed}
}

describe('a registry that is new', () => {
  it('is asked by one, and by all others when that one has an answer', async () => {
    const {entered, enter} = setup()
    const {release} = await enter('one')
    const others = [enter('two'), enter('three')]
    await settle()
    expect(entered).toEqual(['one'])
    release()
    await Promise.all(others)
    expect(entered).toEqual(['one', 'two', 'three'])
  })

  it('does not hold whoever is called off meanwhile', async () => {
    const {enter} = setup()
    await enter('one')
    const controller = new AbortController()
    const waiting = enter('two', controller.signal)
    controller.abort(new Error('called off'))
    await expect(waiting).rejects.toThrow('called off')
  })
})

describe('a wait for the one that goes ahead', () => {
  it('does not begin for who was called off before', async () => {
    const {enter} = setup()
    await enter('one')
    await expect(enter('two', AbortSignal.abort(new Error('called off')))).rejects.toThrow('called off')
  })

  it('leaves nothing behind on the signal', async () => {
    const {enter} = setup()
    const {release} = await enter('one')
    const controller = new AbortController()
    const waiting = enter('two', controller.signal)
    await settle()
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(1)
    release()
    await waiting
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0)
  })

  it('is not ended by one who was ahead before, and says again that it is done', async () => {
    const {clock, failed, entered, enter} = await setupServed()
    failed(THROTTLED, 1000)
    const [one, two] = [enter('one'), enter('two')]
    await clock.advance(1000)
    const {release} = await one
    release()
    await two
    failed(THROTTLED, 1000)
    const three = enter('three')
    await clock.advance(1000)
    release()
    const four = enter('four')
    await settle()
    expect(entered.slice(3)).toEqual(['three'])
    ;(await three).release()
    await four
    expect(entered.slice(3)).toEqual(['three', 'four'])
  })
})

describe('a registry that throttles', () => {
  it('is left alone for the longest of the waits that it asked for', async () => {
    const {clock, failed, entered, enter} = await setupServed()
    failed(THROTTLED, 5000)
    failed(THROTTLED, 1000)
    void enter('one')
    await clock.advance(4999)
    expect(entered).toEqual(['first'])
    await clock.advance(1)
    expect(entered).toEqual(['first', 'one'])
  })

  it('is left alone for a wait as short as a millisecond', async () => {
    const {clock, failed, enter} = await setupServed()
    failed(THROTTLED, 1)
    await clock.until(enter('one'))
    expect(clock.waits).toEqual([1])
  })

  it.each([
    {retryAfterMs: 0, waits: []},
    {retryAfterMs: 1000, waits: [1000]},
    {retryAfterMs: 30_000, waits: [30_000]}
  ])('is left alone as long as it says when it is not throttling: $retryAfterMs ms', async ({retryAfterMs, waits}) => {
    const {clock, failed, enter} = await setupServed()
    failed({kind: 'server-error', status: 503, detail: '', retryAfterMs}, undefined)
    await clock.until(enter('one'))
    expect(clock.waits).toEqual(waits)
  })

  it('is left alone until the one that was throttled asks again, and then asked by one', async () => {
    const {clock, failed, entered, enter} = await setupServed()
    failed(THROTTLED, 1000)
    const all = [enter('one'), enter('two'), enter('three')]
    await clock.advance(999)
    expect(entered).toEqual(['first'])
    await clock.advance(1)
    expect(entered).toEqual(['first', 'one'])
    ;(await all[0])?.release()
    await Promise.all(all)
    expect(entered).toEqual(['first', 'one', 'two', 'three'])
  })

  it('keeps the others waiting when the one that goes ahead is throttled again', async () => {
    const {clock, failed, entered, enter} = await setupServed()
    failed(THROTTLED, 1000)
    const [one, two] = [enter('one'), enter('two')]
    await clock.advance(1000)
    const {release} = await one
    failed(THROTTLED, 2000)
    release()
    await clock.advance(1999)
    expect(entered).toEqual(['first', 'one'])
    await clock.advance(1)
    await two
    expect(entered).toEqual(['first', 'one', 'two'])
  })

  it('is given up by all when one has given it up, and may be asked again after the longest wait', async () => {
    const {clock, failed, entered, enter} = await setupServed()
    failed(THROTTLED, undefined)
    await expect(enter('one')).toFailWith('throttled')
    await clock.advance(29_999)
    await expect(enter('two')).toFailWith('throttled')
    await clock.advance(1)
    await enter('three')
    expect(entered).toEqual(['first', 'three'])
  })

  it('fails everybody at once when it wants more patience than there is', async () => {
    const {failed, enter} = await setupServed()
    const busy: Failure = {kind: 'server-error', status: 503, detail: '', retryAfterMs: 3_600_000}
    failed(busy, undefined)
    await expect(enter('one')).toFailWith('server-error', {retryAfterMs: 3_600_000})
  })
})

describe('other failures', () => {
  it.each<Failure>([
    {kind: 'server-error', status: 503, detail: ''},
    {kind: 'not-found', status: 404, detail: ''},
    {kind: 'unreachable', reason: 'reset', detail: ''}
  ])('of kind $kind ask for no patience', async failure => {
    const {clock, failed, enter} = await setupServed()
    failed(failure, undefined)
    await Promise.all([enter('one'), enter('two')])
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
        const {clock, enter} = setup()
        const {failed, release: releaseFirst} = await enter('first')
        releaseFirst()
        const all: Promise<unknown>[] = []
        for (const happens of events) {
          if (happens.kind === 'pass') await clock.advance(happens.ms)
          else if (happens.kind === 'come')
            all.push(
              enter('x').then(
                ({release}) => {
                  release()
                },
                () => undefined
              )
            )
          else {
            const {againInMs, retryAfterMs} = happens
            const failure = retryAfterMs === undefined ? THROTTLED : {...THROTTLED, retryAfterMs}
            failed(failure, againInMs)
          }
        }
        await clock.until(Promise.all(all))
      }),
      {numRuns: 50}
    )
  })
})
