// How a race ends early: cancelled, or at the time limit of the run.

import {describe, expect, it} from '@jest/globals'
import {acquireImage} from '../../src/acquire/acquire.ts'
import {parseImageRequest} from '../../src/acquire/plan.ts'
import {type Failure} from '../../src/failure/failure.ts'
import {VerifiedImageError} from '../../src/failure/error.ts'
import {IMAGE, SERVER_ERROR, acquire, acquireFixture, outcomes, publishAt} from '../support/acquire-fixture.ts'
import {type ScriptedResponse, silent} from '../support/memory-registry.ts'

const TIME_IS_UP: Failure = {kind: 'timed-out', phase: 'everything', limit: {input: 'timeout', afterMs: 600_000}}

describe('the end of a race', () => {
  it('comes at once when there is no registry', async () => {
    const {deps} = acquireFixture()
    const parsed = parseImageRequest('a/b:1')
    if (!parsed.ok) throw new Error(parsed.reason)
    const request = {image: parsed.value, candidates: [], platforms: {kind: 'all'}, level: 'full'} as const
    expect(await acquireImage(request, deps)).toMatchObject({image: undefined, results: []})
  })

  it('waits for all registries when two of them meet a bug at once', async () => {
    const {registry, clock, deps} = acquireFixture(3000)
    const failAt =
      (message: string): ScriptedResponse =>
      async ({request}) => {
        await clock.wait(10_000 - clock.nowMs(), request.signal)
        throw new TypeError(message)
      }
    registry.publish('docker.io/a/b', '1', IMAGE)
    registry.publish('ghcr.io/a/b', '1', IMAGE)
    registry.failNext('docker.io', 'manifest', failAt('one bug'))
    registry.failNext('ghcr.io', 'manifest', failAt('another bug'))
    await expect(clock.until(acquire(deps))).rejects.toThrow('one bug')
    expect(clock.waiting()).toBe(0)
  })

  it('takes in what other registries answer at the same moment', async () => {
    const {registry, clock, deps} = acquireFixture(3000)
    publishAt(registry, 'docker.io', 'b.io', 'c.io', 'd.io')
    const answerAt =
      (ms: number): ScriptedResponse =>
      async ({content, request}) => {
        await clock.wait(ms - clock.nowMs(), request.signal)
        return content
      }
    registry.failNext('docker.io', 'manifest', answerAt(15_000))
    registry.failNext('b.io', 'manifest', answerAt(15_000))
    registry.failNext('d.io', 'manifest', answerAt(15_000))
    const acquisition = await clock.until(acquire(deps, {mirrors: ['b.io', 'c.io', 'd.io'], level: 'manifest'}))
    expect(acquisition.resolved?.decidedBy).toBe('primary')
    expect(acquisition.image?.candidate.repository.registry).toBe('c.io')
    expect(clock.waiting()).toBe(0)
  })
})

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

  it('decides nothing by a mirror whose image is held', async () => {
    const {registry, clock, controller, deps} = acquireFixture(3000)
    publishAt(registry, 'ghcr.io')
    registry.failAlways('docker.io', {...SERVER_ERROR, retryAfterMs: 10_000})
    const done = acquire(deps)
    await clock.advance(9000)
    expect(registry.requests).toContain('ghcr.io layer[0]')
    controller.abort(new Error('cancelled'))
    const acquisition = await done
    expect([acquisition.image, acquisition.resolved]).toEqual([undefined, undefined])
    expect(outcomes(acquisition)).toEqual([
      ['docker.io', 'aborted', 'server-error', 'manifest'],
      ['ghcr.io', 'aborted', undefined, undefined]
    ])
  })

  it('ends a mirror that is at work while nothing is decided', async () => {
    const {registry, clock, controller, deps} = acquireFixture(3000)
    publishAt(registry, 'docker.io', 'ghcr.io')
    registry.failNext('docker.io', 'manifest', silent)
    registry.failNext('ghcr.io', 'config', silent)
    const done = acquire(deps)
    await clock.advance(4000)
    controller.abort(new Error('cancelled'))
    expect(outcomes(await done)).toEqual([
      ['docker.io', 'aborted', 'timed-out', undefined],
      ['ghcr.io', 'aborted', undefined, undefined]
    ])
  })

  it('names the last of several failures', async () => {
    const {registry, clock, controller, deps} = acquireFixture()
    const throttled: Failure = {kind: 'throttled', status: 429, detail: '', retryAfterMs: 20_000}
    registry.failNext('docker.io', 'manifest', SERVER_ERROR, throttled)
    const done = acquire(deps)
    await clock.advance(10_000)
    controller.abort(new Error('cancelled'))
    expect(outcomes(await done)[0]).toEqual(['docker.io', 'aborted', 'throttled', 'manifest'])
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
