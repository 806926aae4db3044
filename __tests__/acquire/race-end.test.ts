// How a race ends early: cancelled, or at the time limit of the run.

import {describe, expect, it} from '@jest/globals'
import {type Failure} from '../../src/failure/failure.ts'
import {VerifiedImageError} from '../../src/failure/error.ts'
import {IMAGE, SERVER_ERROR, acquire, acquireFixture, outcomes, publishAt} from '../support/acquire-fixture.ts'
import {silent} from '../support/memory-registry.ts'

const TIME_IS_UP: Failure = {kind: 'timed-out', phase: 'everything', limit: {input: 'timeout', afterMs: 600_000}}

describe('cancellation', () => {
  it('calls everybody off, and leaves nothing pending', async () => {
    const {registry, clock, controller, deps} = acquireFixture(3000)
    publishAt(registry, 'docker.io', 'b.io', 'c.io')
    registry.failNext('docker.io', 'layer[1]', silent)
    registry.failNext('b.io', 'manifest', silent)
    const done = acquire(deps, {mirrors: ['b.io', 'c.io']})
    await clock.advance(3000)
    const before = [...registry.requests]
    expect(before.at(-1)).toBe('b.io manifest @digest')
    expect(clock.waiting()).toBeGreaterThan(0)
    controller.abort(new Error('cancelled'))
    const acquisition = await done
    expect(outcomes(acquisition).map(outcome => (outcome as unknown[])[1])).toEqual(['aborted', 'aborted', 'not-asked'])
    expect([acquisition.image, acquisition.runError]).toEqual([undefined, undefined])
    expect(clock.waiting()).toBe(0)
    await clock.advance(60_000)
    expect(registry.requests).toEqual(before)
  })

  it('ends a wait between two tries', async () => {
    const {registry, clock, controller, deps} = acquireFixture()
    registry.failAlways('docker.io', SERVER_ERROR)
    const done = acquire(deps)
    await clock.advance(100)
    expect(clock.waiting()).toBe(1)
    controller.abort(new Error('cancelled'))
    const acquisition = await done
    expect(outcomes(acquisition)).toEqual([
      ['docker.io', 'aborted', 'server-error', 'manifest'],
      ['ghcr.io', 'not-asked', undefined, undefined]
    ])
    expect([clock.waiting(), registry.requests]).toEqual([0, ['docker.io manifest 1']])
  })

  it('asks nobody when it came before', async () => {
    const {registry, clock, controller, deps} = acquireFixture(3000)
    publishAt(registry, 'docker.io', 'ghcr.io')
    controller.abort(new Error('cancelled'))
    const acquisition = await clock.until(acquire(deps))
    expect([acquisition.image, registry.requests, clock.waiting()]).toEqual([undefined, [], 0])
  })

  it('says that time was up where that was the reason', async () => {
    const {registry, clock, controller, deps} = acquireFixture()
    publishAt(registry, 'docker.io')
    registry.failNext('docker.io', 'layer[0]', silent)
    const done = acquire(deps)
    await clock.advance(600_000)
    const error = new VerifiedImageError(TIME_IS_UP)
    controller.abort(error)
    const acquisition = await done
    expect(acquisition.runError).toBe(error)
    expect(acquisition.image).toBeUndefined()
    expect(outcomes(acquisition)).toEqual([
      ['docker.io', 'aborted', undefined, undefined],
      ['ghcr.io', 'not-asked', undefined, undefined]
    ])
  })

  it('says nothing of time for an image that was done before', async () => {
    const {registry, clock, controller, deps} = acquireFixture()
    publishAt(registry, 'docker.io')
    const acquisition = await clock.until(acquire(deps))
    controller.abort(new VerifiedImageError(TIME_IS_UP))
    expect(acquisition.runError).toBeUndefined()
    expect(acquisition.image?.digest).toBe(IMAGE.manifest.digest)
  })
})
