// Requests to a registry share its backpressure: a probe goes first, and the others wait for its outcome.

import {getEventListeners} from 'node:events'
import {describe, expect, it} from '@jest/globals'
import fc from 'fast-check'
import type {BackoffPolicy} from '../../src/fetch/backoff.ts'
import type {Failure} from '../../src/failure/failure.ts'
import {createThrottle, type RequestSlot} from '../../src/fetch/throttle.ts'
import {createManualClock, type ManualClock, flushPromises} from '../support/manual-clock.ts'
import '../support/matchers.ts'

const BACKOFF: BackoffPolicy = {attempts: 4, firstMs: 500, maxMs: 30_000}
const THROTTLED: Failure = {kind: 'throttled', status: 429, detail: ''}
const REFUSED: Failure = {kind: 'unreachable', reason: 'refused', detail: ''}
// The waits of an outage, with half the jitter.
const [FIRST_MS, SECOND_MS, THIRD_MS] = [675, 1350, 2700]
const NEVER = new AbortController().signal

type Fixture = {
  readonly clock: ManualClock
  /** The names of the requests that got a slot, in order. */
  readonly entered: string[]
  readonly enter: (name: string, more?: {signal?: AbortSignal; failures?: number}) => Promise<RequestSlot>
}

function setup(): Fixture {
  const clock = createManualClock()
  const throttle = createThrottle(clock, BACKOFF, () => 0.5)
  const entered: string[] = []
  const enter: Fixture['enter'] = async (name, {signal = NEVER, failures = 0} = {}) => {
    const slot = await throttle.enter(signal, failures)
    entered.push(name)
    return slot
  }
  return {clock, entered, enter}
}

/** A registry that has served one request. */
async function setupServed(): Promise<Fixture> {
  const fixture = setup()
  serve(await fixture.enter('first'))
  return fixture
}

function serve({settled, release}: RequestSlot): void {
  settled()
  release()
}

function refuse({failed, release}: RequestSlot, failure: Failure): number | undefined {
  const waitMs = failed(failure)
  release()
  return waitMs
}

describe('a new registry', () => {
  it('gets one request, and all others when that one is served', async () => {
    const {entered, enter} = setup()
    const probe = await enter('one')
    const others = [enter('two'), enter('three')]
    await flushPromises()
    expect(entered).toEqual(['one'])
    probe.settled()
    await Promise.all(others)
    expect(entered).toEqual(['one', 'two', 'three'])
  })

  it('gets all others as soon as it asks for a login', async () => {
    const {entered, enter} = setup()
    const probe = await enter('one')
    const others = [enter('two'), enter('three')]
    probe.challenged()
    await Promise.all(others)
    expect(entered).toEqual(['one', 'two', 'three'])
  })

  it('gets no others for a challenge once it has met a limit', async () => {
    const {clock, entered, enter} = setup()
    refuse(await enter('one'), {kind: 'throttled', status: 429, detail: ''})
    const next = enter('two')
    await clock.advance(60_000)
    const probe = await next
    void enter('three')
    probe.challenged()
    await flushPromises()
    expect(entered).toEqual(['one', 'two'])
    serve(probe)
    await flushPromises()
    expect(entered).toEqual(['one', 'two', 'three'])
  })

  it('gets the next request when the first one ends without a byte', async () => {
    const {entered, enter} = setup()
    const probe = await enter('one')
    const next = enter('two')
    probe.release()
    await next
    expect(entered).toEqual(['one', 'two'])
  })
})

describe('a request that waits for the probe', () => {
  it('goes on waiting when an earlier probe ends', async () => {
    const {entered, enter} = setup()
    const earlier = await enter('earlier')
    earlier.settled()
    refuse(await enter('cut'), {kind: 'truncated', gotBytes: 1})
    const probe = await enter('probe')
    void enter('next')
    earlier.release()
    await flushPromises()
    expect(entered.at(-1)).toBe('probe')
    serve(probe)
    await flushPromises()
    expect(entered.at(-1)).toBe('next')
  })

  it('gets no slot when it was canceled before, also where nothing waits', async () => {
    const {enter} = await setupServed()
    await expect(enter('one', {signal: AbortSignal.abort(new Error('canceled'))})).rejects.toThrow('canceled')
  })

  it('ends with the reason of its signal', async () => {
    const {enter} = setup()
    await enter('one')
    const controller = new AbortController()
    const waiting = enter('two', {signal: controller.signal})
    controller.abort(new Error('canceled'))
    await expect(waiting).rejects.toThrow('canceled')
    await expect(enter('three', {signal: controller.signal})).rejects.toThrow('canceled')
  })

  it('leaves no listener on the signal', async () => {
    const {enter} = setup()
    const probe = await enter('one')
    const controller = new AbortController()
    const waiting = enter('two', {signal: controller.signal})
    await flushPromises()
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(1)
    serve(probe)
    await waiting
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0)
  })
})

describe('an outage', () => {
  it.each<Failure>([REFUSED, THROTTLED, {kind: 'server-error', status: 503, detail: ''}])(
    'keeps all requests waiting, and then sends one: $kind',
    async failure => {
      const {clock, entered, enter} = await setupServed()
      expect(refuse(await enter('one'), failure)).toBe(FIRST_MS)
      const probe = enter('two')
      void enter('three')
      await clock.advance(FIRST_MS - 1)
      expect(entered).toEqual(['first', 'one'])
      await clock.advance(1)
      expect(entered).toEqual(['first', 'one', 'two'])
      serve(await probe)
      // A limit sets a pace. Its first wait is 675 ms, and the served request takes 30% off.
      await clock.advance(failure === REFUSED ? 0 : 473)
      expect(entered).toEqual(['first', 'one', 'two', 'three'])
    }
  )

  it('counts the failures of requests that were under way together once', async () => {
    const {clock, enter} = await setupServed()
    const slots = await Promise.all([enter('one'), enter('two'), enter('three'), enter('four')])
    expect(slots.map(slot => refuse(slot, REFUSED))).toEqual([FIRST_MS, FIRST_MS, FIRST_MS, FIRST_MS])
    expect(refuse(await clock.until(enter('five')), REFUSED)).toBe(SECOND_MS)
    expect(refuse(await clock.until(enter('six')), REFUSED)).toBe(THIRD_MS)
  })

  it.each<{readonly failure: Failure; readonly waitMs: number}>([
    {failure: {kind: 'not-found', status: 404, detail: ''}, waitMs: FIRST_MS},
    {failure: {kind: 'truncated', gotBytes: 1}, waitMs: SECOND_MS}
  ])('is over when the registry answers at all, but not with a part: $failure.kind', async ({failure, waitMs}) => {
    const {clock, enter} = await setupServed()
    refuse(await enter('one'), REFUSED)
    refuse(await clock.until(enter('two')), failure)
    expect(refuse(await clock.until(enter('three')), REFUSED)).toBe(waitMs)
  })

  it('is a connection that takes too long, too', async () => {
    const {enter} = await setupServed()
    const limit = {input: 'connect-timeout', afterMs: 1} as const
    expect(refuse(await enter('one'), {kind: 'timed-out', phase: 'connect', limit})).toBe(FIRST_MS)
  })

  it('lasts as long as the longest wait of those that failed together', async () => {
    const {clock, enter} = await setupServed()
    const [one, two] = await Promise.all([enter('one'), enter('two')])
    refuse(one, {...THROTTLED, retryAfterMs: 5000})
    refuse(two, REFUSED)
    await clock.until(enter('three'))
    expect(clock.nowMs()).toBe(5075)
  })

  it('is given up by all requests after as many failures as attempts, and probed again after the maximum wait', async () => {
    const {clock, entered, enter} = await setupServed()
    for (const name of ['one', 'two', 'three']) refuse(await clock.until(enter(name)), REFUSED)
    expect(refuse(await clock.until(enter('four')), REFUSED)).toBeUndefined()
    await expect(enter('five')).toFailWith('unreachable')
    await clock.advance(BACKOFF.maxMs - 1)
    await expect(enter('six')).toFailWith('unreachable')
    await clock.advance(1)
    await enter('seven')
    expect(entered).toEqual(['first', 'one', 'two', 'three', 'four', 'seven'])
  })

  it('is over with the first bytes: the next one has all attempts again', async () => {
    const {clock, enter} = await setupServed()
    for (let time = 0; time < 10; time++) {
      expect(refuse(await clock.until(enter('refused')), REFUSED)).toBe(FIRST_MS)
      serve(await clock.until(enter('served')))
    }
  })

  it('lasts as long as Retry-After says', async () => {
    const {clock, enter} = await setupServed()
    expect(refuse(await enter('one'), {...THROTTLED, retryAfterMs: 5000})).toBe(5075)
    await clock.until(enter('two'))
    expect(clock.waits).toEqual([5075])
  })

  it('fails all requests at once when Retry-After is longer than the maximum wait', async () => {
    const {enter} = await setupServed()
    const busy: Failure = {kind: 'server-error', status: 500, detail: '', retryAfterMs: 3_600_000}
    expect(refuse(await enter('one'), busy)).toBeUndefined()
    await expect(enter('two')).toFailWith('server-error', {retryAfterMs: 3_600_000})
  })
})

describe('a limit of the registry', () => {
  it.each<Failure>([THROTTLED, {kind: 'server-error', status: 503, detail: ''}])(
    'lets one request at a time go on, to its end: $kind $status',
    async failure => {
      const {clock, entered, enter} = await setupServed()
      refuse(await enter('refused'), failure)
      const one = await clock.until(enter('one'))
      const next = enter('two')
      one.settled()
      await clock.advance(10_000)
      expect(entered.at(-1)).toBe('one')
      one.release()
      await next
      expect(entered.at(-1)).toBe('two')
    }
  )

  it('that is met again counts from the beginning', async () => {
    const {clock, entered, enter} = await setupServed()
    for (const served of [8, 15]) {
      refuse(await clock.until(enter('refused')), THROTTLED)
      for (let time = 0; time < served; time++) serve(await clock.until(enter('served')))
    }
    await clock.until(enter('one'))
    void enter('two')
    await clock.advance(10_000)
    expect(entered.at(-1)).toBe('one')
  })

  it('waits for the requests that were under way', async () => {
    const {clock, entered, enter} = await setupServed()
    const [refused, served] = await Promise.all([enter('refused'), enter('served')])
    refuse(refused, THROTTLED)
    void enter('next')
    await clock.advance(FIRST_MS)
    expect(entered.at(-1)).toBe('served')
    serve(served)
    await flushPromises()
    expect(entered.at(-1)).toBe('next')
  })

  it('is tried again with one more request after sixteen that were served', async () => {
    const {clock, enter} = await setupServed()
    refuse(await enter('refused'), THROTTLED)
    for (let time = 0; time < 16; time++) serve(await clock.until(enter('served')))
    await clock.until(Promise.all([enter('one'), enter('two')]))
    const third = new AbortController()
    const waiting = enter('three', {signal: third.signal})
    await flushPromises()
    third.abort(new Error('still waiting'))
    await expect(waiting).rejects.toThrow('still waiting')
  })
})

describe('the pace after a limit', () => {
  /** The times at which requests were sent, one after the other, from the first refusal on. */
  async function startsAfter(failures: readonly Failure[], served: number): Promise<readonly number[]> {
    const {clock, enter} = await setupServed()
    for (const failure of failures) refuse(await clock.until(enter('refused')), failure)
    const starts: number[] = []
    for (let time = 0; time < served; time++) {
      serve(await clock.until(enter('served')))
      starts.push(Math.round(clock.nowMs()))
    }
    return starts
  }

  it('is the wait that was long enough, and each served request takes some off', async () => {
    expect(await startsAfter([THROTTLED], 4)).toEqual([675, 1148, 1478, 1710])
  })

  it('adds up the waits, up to four first delays', async () => {
    const [first = 0, second = 0] = await startsAfter([THROTTLED, THROTTLED], 2)
    expect([first, second - first]).toEqual([FIRST_MS + SECOND_MS, 1400])
  })

  it('is over in the end', async () => {
    const starts = await startsAfter([THROTTLED], 20)
    expect(new Set(starts.slice(-10)).size).toBe(1)
  })

  it.each<Failure>([REFUSED, {...THROTTLED, retryAfterMs: 2000}])(
    'is none after a failure that asks for none: $kind $retryAfterMs',
    async failure => {
      expect(new Set(await startsAfter([failure], 4)).size).toBe(1)
    }
  )

  it('is set by an object that has failed before, whose attempts are fewer', async () => {
    const {clock, enter} = await setupServed()
    expect(refuse(await enter('truncated before', {failures: 1}), THROTTLED)).toBe(SECOND_MS)
    expect(refuse(await clock.until(enter('again', {failures: 2})), THROTTLED)).toBe(THIRD_MS)
  })

  it('counts from the last request that the registry took', async () => {
    const {clock, entered, enter} = await setupServed()
    refuse(await enter('refused'), THROTTLED)
    serve(await clock.until(enter('served')))
    await clock.advance(400)
    refuse(await clock.until(enter('missing')), {kind: 'not-found', status: 404, detail: ''})
    const sentAtMs = clock.nowMs()
    await clock.until(enter('next'))
    expect(entered.at(-1)).toBe('next')
    expect(clock.nowMs() - sentAtMs).toBeGreaterThan(300)
  })
})

describe('the pace, as the registry counts requests', () => {
  it('counts a request that was served without a byte', async () => {
    const {clock, enter} = await setupServed()
    refuse(await enter('refused'), THROTTLED)
    const empty = await clock.until(enter('empty'))
    empty.release()
    await clock.until(enter('next'))
    // 30% less than the first wait.
    expect(clock.nowMs() - FIRST_MS).toBeCloseTo(0.7 * FIRST_MS)
  })

  it('counts a request whose connection was lost in the middle of its body', async () => {
    const {clock, enter} = await setupServed()
    for (const failure of [THROTTLED, THROTTLED]) refuse(await clock.until(enter('refused')), failure)
    const lost = await clock.until(enter('lost'))
    lost.settled()
    expect(refuse(lost, REFUSED)).toBe(FIRST_MS)
    await clock.until(enter('next'))
    expect(clock.nowMs()).toBe(FIRST_MS + SECOND_MS + 4 * BACKOFF.firstMs)
  })
})

describe('requests that wait', () => {
  it('are sent in order, after those that the registry has refused before', async () => {
    const {clock, entered, enter} = await setupServed()
    refuse(await enter('refused'), THROTTLED)
    const waiting = [enter('one'), enter('two'), enter('again', {failures: 1}), enter('once more', {failures: 2})]
    const served = waiting.map(async slot => {
      serve(await slot)
    })
    await clock.until(Promise.all(served))
    expect(entered.slice(2)).toEqual(['once more', 'again', 'one', 'two'])
  })

  it('let the others go on when they are canceled', async () => {
    const {clock, entered, enter} = await setupServed()
    refuse(await enter('refused'), THROTTLED)
    const controller = new AbortController()
    const canceled = enter('canceled', {failures: 1, signal: controller.signal})
    const next = enter('next')
    await clock.advance(1)
    controller.abort(new Error('canceled'))
    await expect(canceled).rejects.toThrow('canceled')
    await clock.until(next)
    expect(entered.at(-1)).toBe('next')
  })
})

describe('a failure of one object', () => {
  it.each<Failure>([
    {kind: 'server-error', status: 500, detail: ''},
    {kind: 'not-found', status: 404, detail: ''},
    {kind: 'unreachable', reason: 'tls-identity', detail: ''},
    {kind: 'timed-out', phase: 'headers', limit: {input: 'stall-timeout', afterMs: 1}}
  ])('of kind $kind keeps no other request waiting', async failure => {
    const {clock, enter} = await setupServed()
    expect(refuse(await enter('one'), failure)).toBe(0)
    await Promise.all([enter('two'), enter('three')])
    expect(clock.waits).toEqual([])
  })

  it('that breaks off sends one request before the others, since the registry may be going away', async () => {
    const {entered, enter} = await setupServed()
    expect(refuse(await enter('one'), {kind: 'truncated', gotBytes: 1})).toBe(0)
    const probe = await enter('two')
    void enter('three')
    await flushPromises()
    expect(entered.at(-1)).toBe('two')
    serve(probe)
    await flushPromises()
    expect(entered.at(-1)).toBe('three')
  })
})

describe('all requests', () => {
  it('are sent or refused in the end, whatever happens', async () => {
    const event = fc.record({
      ms: fc.nat(40_000),
      count: fc.nat(4),
      failure: fc.option(
        fc.constantFrom<Failure>(
          THROTTLED,
          REFUSED,
          {kind: 'truncated', gotBytes: 1},
          {...THROTTLED, retryAfterMs: 45_000}
        ),
        {nil: undefined}
      )
    })
    await fc.assert(
      fc.asyncProperty(fc.array(event, {maxLength: 20}), async events => {
        const {clock, enter} = setup()
        const all: Promise<unknown>[] = []
        const ended: string[] = []
        for (const {ms, count, failure} of events) {
          await clock.advance(ms)
          for (let at = 0; at < count; at++) {
            const end = (slot: RequestSlot): void => {
              if (failure === undefined) serve(slot)
              else refuse(slot, failure)
            }
            const sent = enter('x').then(end)
            all.push(
              sent.then(
                () => ended.push('sent'),
                () => ended.push('refused')
              )
            )
          }
        }
        await clock.until(Promise.all(all))
        expect(ended).toHaveLength(events.reduce((sum, {count}) => sum + count, 0))
      }),
      {numRuns: 50}
    )
  })
})
