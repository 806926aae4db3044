// prefer: mirrors changes which registry serves the image, and not which one resolves the tag.

import {describe, expect, it} from '@jest/globals'
import type {Event} from '../../src/acquire/candidate-result.ts'
import {VerifiedImageError} from '../../src/failure/error.ts'
import {createVerifiedStore} from '../../src/fetch/verified-store.ts'
import {
  acquire,
  acquireFixture,
  IMAGE,
  late,
  NOT_FOUND,
  OTHER,
  outcomes,
  publishAt,
  REFUSED,
  requestsTo,
  SERVER_ERROR
} from '../support/acquire-fixture.ts'
import {bodyOf, corruptedAt, type ScriptedResponse, silent} from '../support/memory-registry.ts'
import {createMemoryStore} from '../support/memory-store.ts'

describe('preferred mirrors', () => {
  it('serve the bytes, while the primary is asked for the digest only', async () => {
    const {registry, clock, deps} = acquireFixture()
    publishAt(registry, 'docker.io', 'ghcr.io')
    const acquisition = await clock.until(acquire(deps, {prefer: 'mirrors', level: 'config'}))
    expect(registry.requests).toEqual(['docker.io manifest 1', 'ghcr.io manifest 1', 'ghcr.io config'])
    expect(acquisition.image?.candidate.role).toBe('mirror')
    expect(acquisition.resolved).toEqual({digest: IMAGE.manifest.digest, decidedBy: 'primary', registry: 'docker.io'})
    expect(outcomes(acquisition)).toEqual([
      ['ghcr.io', 'verified', undefined, undefined],
      ['docker.io', 'not-asked', undefined, undefined]
    ])
  })

  it('leave the primary alone when the reference has a digest', async () => {
    const {registry, clock, deps} = acquireFixture()
    publishAt(registry, 'docker.io', 'ghcr.io')
    const image = `a/b:1@${IMAGE.manifest.digest}`
    await clock.until(acquire(deps, {image, prefer: 'mirrors', level: 'config'}))
    expect(registry.requests).toEqual(['ghcr.io manifest @digest', 'ghcr.io config'])
  })

  it('hand over to the primary, which need not be asked for its manifest again', async () => {
    const {registry, clock, deps} = acquireFixture()
    publishAt(registry, 'docker.io')
    const acquisition = await clock.until(acquire(deps, {prefer: 'mirrors', level: 'config'}))
    expect(registry.requests).toEqual([
      'docker.io manifest 1',
      'ghcr.io manifest 1',
      'ghcr.io manifest @digest',
      'docker.io config'
    ])
    expect(outcomes(acquisition)).toEqual([
      ['ghcr.io', 'failed', 'not-found', 'manifest'],
      ['docker.io', 'verified', undefined, undefined]
    ])
  })

  it('decide when the primary cannot, which then is not asked again', async () => {
    const {registry, clock, deps} = acquireFixture()
    registry.publish('ghcr.io/a/b', '1', OTHER)
    registry.failNext('ghcr.io', 'config', NOT_FOUND)
    const acquisition = await clock.until(acquire(deps, {prefer: 'mirrors', level: 'config'}))
    expect(registry.requests).toEqual(['docker.io manifest 1', 'ghcr.io manifest 1', 'ghcr.io config'])
    expect(acquisition.resolved?.decidedBy).toBe('mirror')
    expect(outcomes(acquisition)).toEqual([
      ['ghcr.io', 'failed', 'not-found', 'config'],
      ['docker.io', 'failed', 'not-found', 'manifest']
    ])
  })

  it('come before the primary, and public mirrors after it', async () => {
    const {registry, clock, deps} = acquireFixture()
    publishAt(registry, 'docker.io', 'ghcr.io')
    registry.failNext('docker.io', 'config', NOT_FOUND)
    const acquisition = await clock.until(
      acquire(deps, {prefer: 'mirrors', mirrors: ['public', 'b.io'], level: 'config'})
    )
    expect(registry.requests).toEqual([
      'docker.io manifest 1',
      'b.io manifest 1',
      'b.io manifest @digest',
      'docker.io config',
      'ghcr.io manifest @digest',
      'ghcr.io config'
    ])
    expect(acquisition.image?.candidate.role).toBe('public-mirror')
  })

  it('never decide when they are public', async () => {
    const {registry, clock, deps} = acquireFixture()
    publishAt(registry, 'ghcr.io')
    const acquisition = await clock.until(acquire(deps, {prefer: 'mirrors', mirrors: ['public']}))
    expect(registry.requests).toEqual(['docker.io manifest 1'])
    expect(acquisition.image).toBeUndefined()
  })
})

function withBody(text: string): ScriptedResponse {
  const bytes = Buffer.from(text)
  return ({content}) => ({...content, contentLength: bytes.length, body: bodyOf(bytes)})
}

function notesOf(events: readonly Event[]): readonly string[] {
  return events.flatMap(event => (event.type === 'note' ? [event.text] : []))
}

// As Docker and containerd do it: a cache then knows the tag on the day when the primary is down.
describe('a preferred mirror that may resolve a tag', () => {
  it('is asked for it after the primary has resolved it, and its answer decides nothing', async () => {
    const {registry, clock, deps, events} = acquireFixture()
    publishAt(registry, 'docker.io')
    registry.publish('ghcr.io/a/b', undefined, IMAGE)
    registry.publish('ghcr.io/a/b', '1', OTHER)
    const acquisition = await clock.until(acquire(deps, {prefer: 'mirrors', level: 'config'}))
    expect(registry.requests).toEqual([
      'docker.io manifest 1',
      'ghcr.io manifest 1',
      'ghcr.io manifest @digest',
      'ghcr.io config'
    ])
    expect(acquisition).toMatchObject({
      image: {digest: IMAGE.manifest.digest, candidate: {role: 'mirror'}},
      resolved: {digest: IMAGE.manifest.digest, decidedBy: 'primary'}
    })
    expect(notesOf(events)).toEqual([
      `ghcr.io: 1 is ${OTHER.manifest.digest} there. Requesting the digest that docker.io resolved`
    ])
  })

  it('that has only another image is refused with both digests, and asked twice', async () => {
    const {registry, clock, deps} = acquireFixture()
    publishAt(registry, 'docker.io')
    registry.publish('ghcr.io/a/b', '1', OTHER)
    const acquisition = await clock.until(acquire(deps, {prefer: 'mirrors', level: 'config'}))
    expect(requestsTo(registry, 'ghcr.io')).toEqual(['manifest 1', 'manifest @digest'])
    expect(acquisition.image?.candidate.role).toBe('primary')
    expect(acquisition.results[0]?.failure).toEqual({
      kind: 'digest-disagrees',
      ...{wanted: IMAGE.manifest.digest, got: OTHER.manifest.digest, decidedBy: 'docker.io'}
    })
  })

  const failures: readonly {readonly name: string; readonly response: ScriptedResponse}[] = [
    {name: 'HTTP 404', response: NOT_FOUND},
    {name: 'HTTP 503', response: SERVER_ERROR},
    {name: 'HTTP 403', response: {kind: 'denied', status: 403, credentials: 'none', detail: ''}},
    {name: 'a refused connection', response: REFUSED},
    {name: 'wrong bytes', response: corruptedAt(3)},
    {name: 'HTML', response: withBody('<html></html>')},
    {name: 'an old manifest', response: withBody('{"schemaVersion": 1, "fsLayers": []}')},
    {name: 'another Content-Type', response: ({content}) => ({...content, mediaType: 'text/plain'})}
  ]
  it.each(failures)('is asked for the digest after $name for the tag, once', async ({response}) => {
    const {registry, clock, deps} = acquireFixture()
    publishAt(registry, 'docker.io', 'ghcr.io')
    registry.failNext('ghcr.io', 'manifest', response)
    const acquisition = await clock.until(acquire(deps, {prefer: 'mirrors', level: 'config'}))
    expect(registry.requests).toEqual([
      'docker.io manifest 1',
      'ghcr.io manifest 1',
      'ghcr.io manifest @digest',
      'ghcr.io config'
    ])
    expect(acquisition.image).toMatchObject({digest: IMAGE.manifest.digest, candidate: {role: 'mirror'}})
  })

  it('has 2 s for the tag, and serves the digest then, before the next registry starts', async () => {
    const fixture = acquireFixture(3000)
    const {registry, clock, deps} = fixture
    publishAt(registry, 'docker.io', 'ghcr.io')
    registry.failNext('ghcr.io', 'manifest', silent)
    const acquisition = await clock.until(acquire(deps, {prefer: 'mirrors', level: 'config'}))
    expect(registry.requests).toEqual([
      'docker.io manifest 1',
      'ghcr.io manifest 1',
      'ghcr.io manifest @digest',
      'ghcr.io config'
    ])
    expect(acquisition.image?.candidate.role).toBe('mirror')
    expect(clock.nowMs()).toBe(2000)
  })

  it('is not asked for the tag again after it has answered beside a slow primary', async () => {
    const {registry, clock, deps} = acquireFixture(1000)
    publishAt(registry, 'docker.io')
    registry.publish('ghcr.io/a/b', undefined, IMAGE)
    registry.publish('ghcr.io/a/b', '1', OTHER)
    registry.failNext('docker.io', 'manifest', late(clock, 1500))
    const acquisition = await clock.until(acquire(deps, {prefer: 'mirrors', level: 'config'}))
    expect(requestsTo(registry, 'ghcr.io').filter(request => request.startsWith('manifest'))).toEqual([
      'manifest 1',
      'manifest @digest'
    ])
    expect(acquisition.image).toMatchObject({digest: IMAGE.manifest.digest, candidate: {role: 'mirror'}})
  })

  it('is asked for the digest alone behind the primary', async () => {
    const {registry, clock, deps} = acquireFixture()
    publishAt(registry, 'docker.io', 'ghcr.io')
    registry.failNext('docker.io', 'config', NOT_FOUND)
    await clock.until(acquire(deps, {level: 'config'}))
    expect(requestsTo(registry, 'ghcr.io')).toEqual(['manifest @digest', 'config'])
  })

  it('is asked for it with load and layout too, though the manifest of the primary is stored', async () => {
    const {registry, clock, deps} = acquireFixture()
    publishAt(registry, 'docker.io', 'ghcr.io')
    await clock.until(
      acquire({...deps, store: createVerifiedStore(createMemoryStore())}, {prefer: 'mirrors', level: 'config'})
    )
    expect(registry.requests).toEqual(['docker.io manifest 1', 'ghcr.io manifest 1', 'ghcr.io config'])
  })

  it('is not asked for anything more when the disk is full', async () => {
    const {registry, clock, deps} = acquireFixture()
    publishAt(registry, 'docker.io', 'ghcr.io')
    const store = createVerifiedStore(createMemoryStore())
    const failure = {kind: 'local-io', detail: 'no space left on device'} as const
    const full = {
      ...store,
      putManifest: (_: unknown, registryName: string) =>
        registryName === 'ghcr.io' ? Promise.reject(new VerifiedImageError(failure)) : Promise.resolve()
    }
    const acquisition = await clock.until(acquire({...deps, store: full}, {prefer: 'mirrors', level: 'config'}))
    expect(registry.requests).toEqual(['docker.io manifest 1', 'ghcr.io manifest 1'])
    expect(acquisition.results[0]?.failure).toEqual(failure)
  })

  it('ends with the run', async () => {
    const {registry, clock, deps, controller} = acquireFixture()
    publishAt(registry, 'docker.io', 'ghcr.io')
    registry.failNext('ghcr.io', 'manifest', () => {
      controller.abort(new DOMException('the run was canceled', 'AbortError'))
      return Promise.reject(controller.signal.reason as Error)
    })
    const acquisition = await clock.until(acquire(deps, {prefer: 'mirrors', level: 'config'}))
    expect(registry.requests).toEqual(['docker.io manifest 1', 'ghcr.io manifest 1'])
    expect(acquisition.image).toBeUndefined()
  })
})
