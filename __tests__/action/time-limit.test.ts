// The time limit of a run, and a cancelled job: when everything is aborted, and when the run no longer waits.

import {describe, expect, it} from '@jest/globals'
import {Cancelled, overdue, startTimeLimit} from '../../src/action/time-limit.ts'
import type {Runtime} from '../../src/runner/runtime.ts'
import {createManualClock, type ManualClock} from '../support/manual-clock.ts'

type Setup = {
  readonly clock: ManualClock
  readonly stop: AbortController
  readonly done: AbortController
  readonly deps: {readonly runtime: Runtime; readonly stop: AbortController}
  readonly signal: (name: string) => void
}

function setup(): Setup {
  const clock = createManualClock()
  const stop = new AbortController()
  const done = new AbortController()
  const handlers: ((name: string) => void)[] = []
  const runtime = {
    clock,
    onSignal: (handler: (name: string) => void) => handlers.push(handler)
  } as unknown as Runtime
  return {
    clock,
    stop,
    done,
    deps: {runtime, stop},
    signal: name => {
      for (const handler of handlers) handler(name)
    }
  }
}

describe('startTimeLimit', () => {
  it('aborts everything after exactly the time limit', async () => {
    const {clock, stop, done, deps} = setup()
    startTimeLimit(deps, 600_000, done.signal)
    await clock.advance(599_999)
    expect(stop.signal.aborted).toBe(false)
    await clock.advance(1)
    expect(stop.signal.reason).toMatchObject({
      failure: {kind: 'timed-out', phase: 'everything', limit: {input: 'timeout', afterMs: 600_000}}
    })
  })

  it('leaves nothing waiting when the run is done', async () => {
    const {clock, stop, done, deps} = setup()
    startTimeLimit(deps, 600_000, done.signal)
    done.abort()
    await clock.advance(600_000)
    expect([stop.signal.aborted, clock.waiting()]).toEqual([false, 0])
  })

  it('aborts everything when the job is cancelled', () => {
    const {stop, done, deps, signal} = setup()
    startTimeLimit(deps, 600_000, done.signal)
    signal('SIGTERM')
    expect(stop.signal.reason).toBeInstanceOf(Cancelled)
    expect(String(stop.signal.reason)).toContain('SIGTERM')
  })
})

describe('overdue', () => {
  it('rejects with the reason, two seconds after everything was aborted', async () => {
    const {clock, stop, done, deps} = setup()
    const reasons: unknown[] = []
    overdue(deps, done.signal).catch((reason: unknown) => reasons.push(reason))
    await clock.advance(60_000)
    const reason = new Cancelled('cancelled by SIGTERM')
    stop.abort(reason)
    await clock.advance(1999)
    expect(reasons).toEqual([])
    await clock.advance(1)
    expect(reasons).toEqual([reason])
  })

  it('does not reject when the run is done in time', async () => {
    const {clock, stop, done, deps} = setup()
    const reasons: unknown[] = []
    overdue(deps, done.signal).catch((reason: unknown) => reasons.push(reason))
    stop.abort(new Cancelled('cancelled by SIGTERM'))
    done.abort()
    await clock.advance(10_000)
    expect([reasons, clock.waiting()]).toEqual([[], 0])
  })
})
