// Hedged requests: when the next registry starts beside a slow one, and whose answer counts then.

import {describe, expect, it} from '@jest/globals'
import {type Failure} from '../../src/failure/failure.ts'
import {VerifiedImageError} from '../../src/failure/error.ts'
import {
  IMAGE,
  NOT_FOUND,
  OTHER,
  REFUSED,
  SERVER_ERROR,
  STALL_MS,
  acquire,
  acquireFixture,
  type AcquireFixture,
  crawling,
  late,
  outcomes,
  publishAt,
  requestsTo
} from '../support/acquire-fixture.ts'
import {makeImage} from '../support/images.ts'
import {silent, type ScriptedResponse} from '../support/memory-registry.ts'

describe('the hedge', () => {
  it('starts a mirror that may resolve the tag after exactly that time, and holds its image', async () => {
    const {registry, clock, deps} = acquireFixture(3000)
    publishAt(registry, 'docker.io', 'ghcr.io')
    registry.failNext('docker.io', 'manifest', late(clock, 15_000))
    const done = acquire(deps)
    await clock.advance(2999)
    expect(registry.requests).toEqual(['docker.io manifest 1'])
    await clock.advance(1)
    expect(requestsTo(registry, 'ghcr.io')).toEqual(['manifest 1', 'config', 'layer[1]', 'layer[0]'])
    const acquisition = await clock.until(done)
    // The primary's answer is what it has already: nothing else is asked for.
    expect(requestsTo(registry, 'docker.io')).toEqual(['manifest 1'])
    expect(acquisition.resolved).toEqual({digest: IMAGE.manifest.digest, decidedBy: 'primary', registry: 'docker.io'})
    expect(acquisition.image?.candidate.repository.registry).toBe('ghcr.io')
    expect([clock.nowMs(), clock.waiting()]).toEqual([15_000, 0])
  })

  it('lets the mirror resolve the tag when the primary was silent for one stall-timeout, and not sooner', async () => {
    const {registry, clock, deps} = acquireFixture(3000)
    publishAt(registry, 'docker.io', 'ghcr.io')
    registry.failNext('docker.io', 'manifest', silent)
    const done = acquire(deps)
    const state = {isDone: false}
    done.then(
      () => (state.isDone = true),
      () => undefined
    )
    await clock.advance(STALL_MS - 1)
    expect(state.isDone).toBe(false)
    await clock.advance(1)
    const acquisition = await done
    expect(acquisition.image?.candidate.repository.registry).toBe('ghcr.io')
    expect(acquisition.resolved).toMatchObject({decidedBy: 'mirror', unresolved: {kind: 'silent', forMs: STALL_MS}})
    expect(outcomes(acquisition)).toEqual([
      ['docker.io', 'aborted', 'timed-out', undefined],
      ['ghcr.io', 'verified', undefined, undefined]
    ])
    expect(acquisition.results[0]?.failure).toEqual({
      kind: 'timed-out',
      phase: 'headers',
      limit: {input: 'stall-timeout', afterMs: STALL_MS}
    })
    expect(acquisition.results[0]?.attempts).toMatchObject([
      {object: 'manifest', outcome: 'aborted', elapsedMs: STALL_MS}
    ])
    expect([clock.nowMs(), clock.waiting()]).toEqual([STALL_MS, 0])
  })

  it('gives a primary company whose layer crawls', async () => {
    const {registry, clock, deps} = acquireFixture(3000)
    publishAt(registry, 'docker.io', 'ghcr.io')
    registry.failNext('docker.io', 'layer[1]', crawling(clock, 10))
    const done = acquire(deps)
    await clock.advance(2999)
    expect(requestsTo(registry, 'ghcr.io')).toEqual([])
    await clock.advance(1)
    const acquisition = await done
    expect(requestsTo(registry, 'ghcr.io')).toEqual(['manifest @digest', 'config', 'layer[1]', 'layer[0]'])
    expect(outcomes(acquisition)).toEqual([
      ['docker.io', 'aborted', 'timed-out', undefined],
      ['ghcr.io', 'verified', undefined, undefined]
    ])
    expect(clock.waiting()).toBe(0)
  })

  it('leaves a primary alone that delivers more than 1 KiB/s', async () => {
    const {registry, clock, deps} = acquireFixture(3000)
    publishAt(registry, 'docker.io', 'ghcr.io')
    registry.failNext('docker.io', 'layer[1]', crawling(clock, 120))
    const acquisition = await clock.until(acquire(deps))
    expect(requestsTo(registry, 'ghcr.io')).toEqual([])
    expect(acquisition.image?.candidate.role).toBe('primary')
    expect(clock.nowMs()).toBeGreaterThan(6000)
  })

  it('lets the primary win that wakes up before the other is done', async () => {
    const {registry, clock, deps} = acquireFixture(3000)
    publishAt(registry, 'docker.io', 'ghcr.io')
    registry.failNext('docker.io', 'manifest', late(clock, 3500))
    registry.failNext('ghcr.io', 'config', late(clock, 1000))
    const acquisition = await clock.until(acquire(deps))
    expect(acquisition.image?.candidate.repository.registry).toBe('docker.io')
    expect(outcomes(acquisition)).toEqual([
      ['docker.io', 'verified', undefined, undefined],
      ['ghcr.io', 'aborted', undefined, undefined]
    ])
    expect([clock.nowMs(), clock.waiting()]).toEqual([3500, 0])
  })

  it('starts the third when the second is silent for that long too', async () => {
    const {registry, clock, deps} = acquireFixture(3000)
    publishAt(registry, 'docker.io', 'b.io', 'c.io')
    registry.failNext('docker.io', 'manifest', silent)
    registry.failNext('b.io', 'manifest', silent)
    const done = acquire(deps, {mirrors: ['b.io', 'c.io'], level: 'manifest'})
    await clock.advance(5999)
    expect(registry.requests).toEqual(['docker.io manifest 1', 'b.io manifest 1'])
    await clock.advance(1)
    expect(registry.requests).toEqual(['docker.io manifest 1', 'b.io manifest 1', 'c.io manifest 1'])
    expect(outcomes(await clock.until(done))).toEqual([
      ['docker.io', 'aborted', 'timed-out', undefined],
      ['b.io', 'aborted', 'timed-out', undefined],
      ['c.io', 'verified', undefined, undefined]
    ])
  })

  it('starts the next at once when one fails while the first is slow', async () => {
    const {registry, clock, deps} = acquireFixture(3000)
    publishAt(registry, 'docker.io', 'c.io')
    registry.failNext('docker.io', 'manifest', silent)
    const done = acquire(deps, {mirrors: ['b.io', 'c.io'], level: 'manifest'})
    await clock.advance(3000)
    expect(registry.requests).toEqual(['docker.io manifest 1', 'b.io manifest 1', 'c.io manifest 1'])
    const acquisition = await clock.until(done)
    expect(clock.nowMs()).toBe(STALL_MS)
    expect(acquisition.image?.candidate.repository.registry).toBe('c.io')
  })

  it('tells the last failure of a primary that was left between two tries', async () => {
    const {registry, clock, deps} = acquireFixture(3000)
    publishAt(registry, 'docker.io', 'ghcr.io')
    registry.failNext('docker.io', 'manifest', {...SERVER_ERROR, retryAfterMs: 10_000})
    const image = `a/b:1@${IMAGE.manifest.digest}`
    const acquisition = await clock.until(acquire(deps, {image}))
    expect(outcomes(acquisition)).toEqual([
      ['docker.io', 'aborted', 'server-error', 'manifest'],
      ['ghcr.io', 'verified', undefined, undefined]
    ])
    expect(clock.nowMs()).toBe(3000)
  })

  it('asks the next at once when nothing listens at the primary, which still has all its tries for the tag', async () => {
    const {registry, clock, deps} = acquireFixture(3000)
    publishAt(registry, 'ghcr.io')
    registry.failAlways('docker.io', REFUSED)
    const done = acquire(deps)
    await clock.advance(0)
    expect(registry.requests.slice(0, 2)).toEqual(['docker.io manifest 1', 'ghcr.io manifest 1'])
    const acquisition = await clock.until(done)
    expect(requestsTo(registry, 'docker.io')).toHaveLength(4)
    expect([clock.nowMs(), clock.waiting()]).toEqual([4725, 0])
    expect(outcomes(acquisition)).toEqual([
      ['docker.io', 'failed', 'unreachable', 'manifest'],
      ['ghcr.io', 'verified', undefined, undefined]
    ])
  })

  it('uses the next at once when nothing listens at the primary and the digest is known', async () => {
    const {registry, clock, deps} = acquireFixture(3000)
    publishAt(registry, 'ghcr.io')
    registry.failAlways('docker.io', REFUSED)
    const acquisition = await clock.until(acquire(deps, {image: `a/b:1@${IMAGE.manifest.digest}`}))
    expect([clock.nowMs(), clock.waiting()]).toEqual([0, 0])
    expect(acquisition.image?.candidate.repository.registry).toBe('ghcr.io')
  })

  it('lets a public mirror join no sooner than the digest is known', async () => {
    const {registry, clock, deps} = acquireFixture(3000)
    publishAt(registry, 'docker.io', 'ghcr.io')
    registry.failNext('docker.io', 'manifest', late(clock, 5000))
    registry.failNext('docker.io', 'config', silent)
    const done = acquire(deps, {mirrors: ['public']})
    await clock.advance(4999)
    expect(registry.requests).toEqual(['docker.io manifest 1'])
    await clock.advance(1)
    expect(requestsTo(registry, 'ghcr.io')).toEqual(['manifest @digest', 'config', 'layer[1]', 'layer[0]'])
    const acquisition = await done
    expect(acquisition.image?.candidate.role).toBe('public-mirror')
    expect(acquisition.resolved?.decidedBy).toBe('primary')
  })

  it('never happens without a time for it', async () => {
    const {registry, clock, controller, deps} = acquireFixture()
    publishAt(registry, 'docker.io', 'ghcr.io')
    registry.failNext('docker.io', 'manifest', silent)
    const done = acquire(deps)
    await clock.advance(3_600_000)
    expect(registry.requests).toEqual(['docker.io manifest 1'])
    expect(clock.waits).toEqual([])
    controller.abort(new Error('enough'))
    expect((await done).image).toBeUndefined()
  })

  it('waits for all tries at a primary where nobody listens, without a time for it', async () => {
    const {registry, clock, deps} = acquireFixture()
    publishAt(registry, 'ghcr.io')
    registry.failAlways('docker.io', REFUSED)
    await clock.until(acquire(deps, {level: 'manifest'}))
    expect(registry.requests).toEqual([...Array<string>(4).fill('docker.io manifest 1'), 'ghcr.io manifest 1'])
  })

  it('drops what a mirror has when the primary answers with another digest, however late', async () => {
    const {registry, clock, deps, events} = acquireFixture(3000)
    publishAt(registry, 'docker.io')
    registry.publish('ghcr.io/a/b', '1', OTHER)
    registry.failNext('docker.io', 'manifest', late(clock, STALL_MS - 1))
    const acquisition = await clock.until(acquire(deps, {level: 'config'}))
    expect(requestsTo(registry, 'ghcr.io').slice(0, 2)).toEqual(['manifest 1', 'config'])
    expect(acquisition.image?.digest).toBe(IMAGE.manifest.digest)
    expect(acquisition.resolved).toEqual({digest: IMAGE.manifest.digest, decidedBy: 'primary', registry: 'docker.io'})
    expect(outcomes(acquisition)).toEqual([
      ['docker.io', 'verified', undefined, undefined],
      // Asked again, for that digest, which it lacks.
      ['ghcr.io', 'failed', 'digest-disagrees', 'manifest']
    ])
    expect(acquisition.results[1]?.answered).toBe(OTHER.manifest.digest)
    expect(events.flatMap(event => (event.type === 'pinned' ? [event.pin.registry] : []))).toEqual(['docker.io'])
  })

  it('keeps the first answer of a mirror whose tag moves, which is the one that was not used', async () => {
    const {registry, clock, deps} = acquireFixture(3000)
    publishAt(registry, 'docker.io')
    registry.publish('ghcr.io/a/b', '1', OTHER)
    registry.failNext('docker.io', 'manifest', late(clock, 10_000))
    registry.failNext('docker.io', 'config', ({content}) => {
      const third = makeImage({layers: [{content: {seed: 9, size: 100}}]})
      registry.publish('ghcr.io/a/b', '1', third)
      return content
    })
    const acquisition = await clock.until(acquire(deps, {level: 'config'}))
    expect(acquisition.results[1]?.answered).toBe(OTHER.manifest.digest)
  })

  it('asks a mirror whose tag is behind for the digest that the primary gave late', async () => {
    const {registry, clock, deps} = acquireFixture(3000)
    publishAt(registry, 'docker.io', 'ghcr.io')
    registry.publish('ghcr.io/a/b', '1', OTHER)
    registry.failNext('docker.io', 'manifest', late(clock, 5000))
    registry.failNext('docker.io', 'config', NOT_FOUND)
    const acquisition = await clock.until(acquire(deps, {level: 'config'}))
    expect(requestsTo(registry, 'ghcr.io')).toEqual(['manifest 1', 'config', 'manifest @digest', 'config'])
    expect(acquisition.image).toMatchObject({digest: IMAGE.manifest.digest, candidate: {role: 'mirror'}})
    expect(outcomes(acquisition)[1]).toEqual(['ghcr.io', 'verified', undefined, undefined])
  })

  it('asks a mirror that lacks the tag for the digest that the primary gave late', async () => {
    const {registry, clock, deps} = acquireFixture(3000)
    publishAt(registry, 'docker.io')
    registry.publish('ghcr.io/a/b', undefined, IMAGE)
    registry.failNext('docker.io', 'manifest', late(clock, 5000))
    registry.failNext('docker.io', 'config', NOT_FOUND)
    const acquisition = await clock.until(acquire(deps, {level: 'config'}))
    expect(requestsTo(registry, 'ghcr.io')).toEqual(['manifest 1', 'manifest @digest', 'config'])
    expect(acquisition.image?.candidate.role).toBe('mirror')
  })

  it('counts each byte of an answer against silence', async () => {
    const {registry, clock, deps} = acquireFixture(3000)
    publishAt(registry, 'docker.io')
    registry.publish('ghcr.io/a/b', '1', OTHER)
    // A byte every 15 s: the client would end it for its pace, and then try again.
    registry.failNext('docker.io', 'manifest', ({bytes, content, request}) => ({
      ...content,
      body: (async function* () {
        for (let at = 0; at < 6; at++) {
          await clock.wait(15_000, request.signal)
          yield bytes.subarray(at, at + 1)
        }
        yield bytes.subarray(6)
      })()
    }))
    const acquisition = await clock.until(acquire(deps, {level: 'config'}))
    expect(acquisition.resolved?.decidedBy).toBe('primary')
    expect(clock.nowMs()).toBe(90_000)
  })

  it('counts silence over retries, and not the wait after an answer', async () => {
    const {registry, clock, deps} = acquireFixture(3000)
    publishAt(registry, 'docker.io')
    registry.publish('ghcr.io/a/b', '1', OTHER)
    registry.failNext('docker.io', 'manifest', {...SERVER_ERROR, retryAfterMs: 25_000}, late(clock, 15_000))
    const acquisition = await clock.until(acquire(deps, {level: 'config'}))
    expect(acquisition.resolved?.decidedBy).toBe('primary')
    expect(clock.nowMs()).toBeGreaterThan(40_000)
    const silence: Failure = {kind: 'timed-out', phase: 'connect', limit: {input: 'connect-timeout', afterMs: 5000}}
    const second = acquireFixture(3000)
    second.registry.publish('ghcr.io/a/b', '1', OTHER)
    const unconnected: ScriptedResponse = async ({request}) => {
      await second.clock.wait(5000, request.signal)
      throw new VerifiedImageError(silence)
    }
    publishAt(second.registry, 'docker.io')
    second.registry.failNext(
      'docker.io',
      'manifest',
      ...Array<ScriptedResponse>(3).fill(unconnected),
      late(second.clock, 60_000)
    )
    const decided = await second.clock.until(acquire(second.deps, {level: 'config'}))
    expect(decided.resolved).toMatchObject({decidedBy: 'mirror', unresolved: {kind: 'silent'}})
    // From the first request on: a connection that times out is silence too.
    expect(second.clock.nowMs()).toBe(STALL_MS)
  })

  it('starts silence again with each status line, and not with a request that gets none', async () => {
    const exchangeEvery15s =
      ({clock}: AcquireFixture, status: {readonly status?: number}): ScriptedResponse =>
      async ({content, request}) => {
        for (let at = 0; at < 3; at++) {
          await clock.wait(15_000, request.signal)
          const to = {object: request.object, host: 'auth.docker.io', path: '/token'}
          request.onExchange({...to, method: 'GET', elapsedMs: 15_000, requestIds: {}, ...status})
        }
        return content
      }
    for (const {status, decidedBy} of [
      {status: {status: 200}, decidedBy: 'primary'},
      {status: {}, decidedBy: 'mirror'}
    ]) {
      const fixture = acquireFixture(3000)
      publishAt(fixture.registry, 'docker.io')
      fixture.registry.publish('ghcr.io/a/b', '1', OTHER)
      fixture.registry.failNext('docker.io', 'manifest', exchangeEvery15s(fixture, status))
      const acquisition = await fixture.clock.until(acquire(fixture.deps, {level: 'config'}))
      expect(acquisition.resolved?.decidedBy).toBe(decidedBy)
    }
  })

  it('does not take the silence of a mirror for that of the primary', async () => {
    const {registry, clock, deps} = acquireFixture(3000)
    publishAt(registry, 'docker.io', 'b.io')
    registry.publish('c.io/a/b', '1', OTHER)
    registry.failNext('docker.io', 'manifest', ({bytes, content, request}) => ({
      ...content,
      body: (async function* () {
        for (let at = 0; at < 4; at++) {
          await clock.wait(15_000, request.signal)
          yield bytes.subarray(at, at + 1)
        }
        yield bytes.subarray(4)
      })()
    }))
    registry.failNext('b.io', 'manifest', silent)
    const acquisition = await clock.until(acquire(deps, {mirrors: ['b.io', 'c.io'], level: 'config'}))
    expect(requestsTo(registry, 'c.io')[0]).toBe('manifest 1')
    expect(acquisition.resolved).toEqual({digest: IMAGE.manifest.digest, decidedBy: 'primary', registry: 'docker.io'})
  })

  it('starts a mirror after one stall-timeout of silence when hedge-after is longer', async () => {
    const {registry, clock, deps} = acquireFixture(60_000)
    publishAt(registry, 'docker.io', 'ghcr.io')
    registry.failNext('docker.io', 'manifest', silent)
    const acquisition = await clock.until(acquire(deps))
    expect(acquisition.image?.candidate.repository.registry).toBe('ghcr.io')
    expect(clock.nowMs()).toBe(STALL_MS)
  })

  it('says in the log that the answer of a mirror only counts without the primary', async () => {
    const {registry, clock, deps, events} = acquireFixture(3000)
    publishAt(registry, 'docker.io', 'ghcr.io')
    registry.failNext('docker.io', 'manifest', late(clock, 5000))
    await clock.until(acquire(deps))
    const note = `ghcr.io: 1 is ${IMAGE.manifest.digest}. This counts only if the registry that the reference names fails or is silent`
    expect(events.filter(({type}) => type === 'note')).toEqual([{type: 'note', text: note}])
  })

  it('uses the copy that was complete first, and calls the other one canceled', async () => {
    const {registry, clock, deps} = acquireFixture(3000)
    publishAt(registry, 'docker.io', 'b.io', 'c.io')
    registry.failNext('docker.io', 'manifest', late(clock, 15_000))
    registry.failNext('b.io', 'config', late(clock, 5000))
    const acquisition = await clock.until(acquire(deps, {mirrors: ['b.io', 'c.io'], level: 'config'}))
    expect(acquisition.image?.candidate.repository.registry).toBe('c.io')
    expect(outcomes(acquisition).slice(1)).toEqual([
      ['b.io', 'aborted', undefined, undefined],
      ['c.io', 'verified', undefined, undefined]
    ])
  })

  it('calls a mirror canceled whose image has another digest than the one that is decided late', async () => {
    const {registry, clock, deps} = acquireFixture(3000)
    publishAt(registry, 'docker.io')
    for (const name of ['b.io', 'c.io']) registry.publish(`${name}/a/b`, '1', OTHER)
    registry.publish('b.io/a/b', undefined, IMAGE)
    registry.failNext('docker.io', 'manifest', late(clock, 10_000))
    registry.failNext('docker.io', 'config', silent)
    const acquisition = await clock.until(acquire(deps, {mirrors: ['b.io', 'c.io'], level: 'config'}))
    expect(requestsTo(registry, 'c.io')).toEqual(['manifest 1', 'config'])
    expect(outcomes(acquisition)).toEqual([
      ['docker.io', 'aborted', 'timed-out', undefined],
      ['b.io', 'verified', undefined, undefined],
      ['c.io', 'aborted', undefined, undefined]
    ])
    expect(acquisition.results.map(({answered}) => answered)).toEqual([
      undefined,
      OTHER.manifest.digest,
      OTHER.manifest.digest
    ])
  })

  it('turns a mirror at once that is at work on another digest than the decided one', async () => {
    const {registry, clock, deps} = acquireFixture(3000)
    publishAt(registry, 'docker.io')
    registry.publish('ghcr.io/a/b', '1', OTHER)
    registry.publish('ghcr.io/a/b', undefined, IMAGE)
    registry.failNext('docker.io', 'manifest', late(clock, 10_000))
    registry.failNext('docker.io', 'config', silent)
    registry.failNext('ghcr.io', 'config', silent)
    const acquisition = await clock.until(acquire(deps, {level: 'config'}))
    expect(requestsTo(registry, 'ghcr.io')).toEqual(['manifest 1', 'config', 'manifest @digest', 'config'])
    expect(acquisition.image).toMatchObject({digest: IMAGE.manifest.digest, candidate: {role: 'mirror'}})
    expect(clock.nowMs()).toBe(10_000)
  })

  it('does not call a mirror slow that is canceled because another digest is decided', async () => {
    const {registry, clock, deps} = acquireFixture(3000)
    publishAt(registry, 'docker.io')
    registry.publish('ghcr.io/a/b', '1', OTHER)
    registry.failNext('docker.io', 'manifest', late(clock, 10_000))
    registry.failNext('ghcr.io', 'config', silent)
    const acquisition = await clock.until(acquire(deps, {level: 'manifest'}))
    expect(acquisition.image?.candidate.role).toBe('primary')
    const second = acquireFixture(3000)
    publishAt(second.registry, 'docker.io')
    second.registry.publish('ghcr.io/a/b', '1', OTHER)
    second.registry.failNext('docker.io', 'manifest', late(second.clock, 10_000))
    second.registry.failNext('ghcr.io', 'config', silent)
    const done = await second.clock.until(acquire(second.deps, {level: 'config'}))
    expect(done.results[1]?.failure?.kind).not.toBe('timed-out')
  })

  it('does not ask a mirror again that is down when the primary answers late', async () => {
    const {registry, clock, deps} = acquireFixture(3000)
    publishAt(registry, 'docker.io')
    registry.failNext('docker.io', 'manifest', late(clock, 15_000))
    registry.failNext('docker.io', 'config', late(clock, 5000))
    registry.failAlways('ghcr.io', REFUSED)
    const acquisition = await clock.until(acquire(deps, {level: 'config'}))
    expect(acquisition.image?.candidate.role).toBe('primary')
    expect(requestsTo(registry, 'ghcr.io')).toEqual(Array<string>(4).fill('manifest 1'))
  })

  it('serves nothing when the primary has something that is not an image, whatever a mirror has', async () => {
    const {registry, clock, deps} = acquireFixture(3000)
    publishAt(registry, 'docker.io', 'ghcr.io')
    registry.failNext('docker.io', 'manifest', async ({request}) => {
      await clock.wait(10_000, request.signal)
      throw new VerifiedImageError({kind: 'unusable', detail: 'it is an artifact'})
    })
    const acquisition = await clock.until(acquire(deps, {level: 'config'}))
    expect([acquisition.image, acquisition.resolved]).toEqual([undefined, undefined])
    expect(outcomes(acquisition)).toEqual([
      ['docker.io', 'failed', 'unusable', 'manifest'],
      ['ghcr.io', 'aborted', undefined, undefined]
    ])
  })

  it('serves what a named mirror verified when the primary said nothing', async () => {
    const {registry, clock, deps} = acquireFixture(3000)
    publishAt(registry, 'docker.io')
    registry.publish('ghcr.io/a/b', '1', OTHER)
    registry.failNext('docker.io', 'manifest', silent)
    const acquisition = await clock.until(acquire(deps, {level: 'config'}))
    expect(acquisition.image?.digest).toBe(OTHER.manifest.digest)
    expect(acquisition.resolved).toMatchObject({
      digest: OTHER.manifest.digest,
      decidedBy: 'mirror',
      registry: 'ghcr.io'
    })
  })

  it('asks preferred mirrors when the primary does not get on with the digest', async () => {
    const {registry, clock, deps} = acquireFixture(3000)
    publishAt(registry, 'docker.io', 'ghcr.io')
    registry.failNext('docker.io', 'manifest', silent)
    const done = acquire(deps, {prefer: 'mirrors', level: 'config'})
    await clock.advance(2999)
    expect(registry.requests).toEqual(['docker.io manifest 1'])
    await clock.advance(1)
    expect(registry.requests).toEqual(['docker.io manifest 1', 'ghcr.io manifest 1', 'ghcr.io config'])
    expect((await clock.until(done)).image?.candidate.role).toBe('mirror')
    expect([clock.nowMs(), clock.waiting()]).toEqual([STALL_MS, 0])
  })

  it('ends all when one of two finds the image with the known digest unusable', async () => {
    const {registry, clock, deps} = acquireFixture(3000)
    publishAt(registry, 'docker.io', 'b.io', 'c.io')
    registry.failNext('docker.io', 'manifest', silent)
    registry.failNext('b.io', 'config', {kind: 'unusable', detail: 'bad'})
    const image = `a/b:1@${IMAGE.manifest.digest}`
    const acquisition = await clock.until(acquire(deps, {image, mirrors: ['b.io', 'c.io']}))
    expect(outcomes(acquisition).map(outcome => (outcome as unknown[])[1])).toEqual(['aborted', 'failed', 'not-asked'])
    expect([acquisition.image, clock.waiting()]).toEqual([undefined, 0])
  })

  it.each(['unusable', 'platform-missing'] as const)(
    'gives no mirror a veto: what its own answer leads to is %s, and the next mirror is asked',
    async kind => {
      const failure: Failure =
        kind === 'unusable' ? {kind, detail: 'schema 1'} : {kind, wanted: 'linux/amd64', offered: []}
      for (const hedge of [undefined, 3000])
        for (const object of ['manifest', 'config'] as const) {
          const {registry, clock, deps} = acquireFixture(hedge)
          publishAt(registry, 'c.io')
          registry.publish('b.io/a/b', '1', OTHER)
          registry.failAlways('docker.io', SERVER_ERROR)
          registry.failNext('b.io', object, failure)
          const acquisition = await clock.until(acquire(deps, {mirrors: ['b.io', 'c.io'], level: 'config'}))
          expect(acquisition.resolved).toMatchObject({
            decidedBy: 'mirror',
            registry: 'c.io',
            digest: IMAGE.manifest.digest
          })
          expect(acquisition.image?.candidate.repository.registry).toBe('c.io')
        }
    }
  )
})
