// Which digest is used for a locked tag, which registries are requested, and what the lock costs.

import {describe, expect, it} from '@jest/globals'
import type {Acquisition} from '../../src/acquire/acquisition.ts'
import type {LockedDigest} from '../../src/acquire/plan.ts'
import type {Failure} from '../../src/failure/failure.ts'
import {diagnose} from '../../src/report/diagnose.ts'
import {
  acquire,
  acquireFixture,
  type AcquireFixture,
  type AcquireOptions,
  late,
  outcomes
} from '../support/acquire-fixture.ts'
import {digestBytes, jsonBlob, makeImage, mediaTypesOf} from '../support/images.ts'
import {bodyOf, flipped, type MemoryRegistry, type ScriptedResponse, silent} from '../support/memory-registry.ts'

const IMAGE = makeImage({editConfig: config => ({...config, created: '2025-06-04T00:00:00Z'})})
const OTHER = makeImage({
  layers: [{content: {seed: 7, size: 9000}}],
  editConfig: config => ({...config, created: '2026-01-01T00:00:00Z'})
})
const [LOCKED, MOVED] = [IMAGE.manifest.digest, OTHER.manifest.digest]
const DOWN: Failure = {kind: 'server-error', status: 503, detail: ''}

const PUBLIC_MIRROR: AcquireOptions = {mirrors: ['public']}

function createFixture(hedgeAfterMs?: number): AcquireFixture {
  return acquireFixture(hedgeAfterMs, {attempts: 2, firstMs: 100, maxMs: 1000})
}

/** Acquires `a/b:1`, which is locked to a digest. */
function acquireLocked(
  {clock, deps}: AcquireFixture,
  {digest = LOCKED, mayBeUpdated = false, ...options}: AcquireOptions & Partial<LockedDigest> = {}
): Promise<Acquisition> {
  return clock.until(acquire(deps, {level: 'config', ...options, locked: {digest, mayBeUpdated}}))
}

/** Publishes the locked image at both registries, and another image under the tag at the primary. */
function publishMovedTag(registry: MemoryRegistry): void {
  registry.publish('docker.io/a/b', undefined, IMAGE)
  registry.publish('docker.io/a/b', '1', OTHER)
  registry.publish('ghcr.io/a/b', '1', IMAGE)
}

describe('acquireImage with a locked tag', () => {
  it('sends no more requests than without a lock, and none to a mirror', async () => {
    const fixture = createFixture()
    const {registry} = fixture
    registry.publish('docker.io/a/b', '1', IMAGE)
    const acquisition = await acquireLocked(fixture)
    expect(registry.requests).toEqual(['docker.io manifest 1', 'docker.io config'])
    expect(acquisition).toMatchObject({resolved: {digest: LOCKED, decidedBy: 'lock'}, image: {digest: LOCKED}})
    expect(acquisition).not.toHaveProperty('moved')
  })

  it('uses the locked digest when the tag has moved, and reports the creation dates of both images', async () => {
    const fixture = createFixture()
    const {registry} = fixture
    publishMovedTag(registry)
    const acquisition = await acquireLocked(fixture)
    expect(registry.requests.toSorted()).toEqual(
      ['docker.io manifest 1', 'docker.io config', 'docker.io manifest @digest', 'docker.io config'].toSorted()
    )
    expect(acquisition).toMatchObject({
      image: {digest: LOCKED, candidate: {role: 'primary'}, platforms: [{created: '2025-06-04T00:00:00Z'}]},
      moved: {registry: 'docker.io', digest: MOVED, created: '2026-01-01T00:00:00Z'}
    })
    expect(outcomes(acquisition)).toEqual([
      ['docker.io', 'verified', undefined, undefined],
      ['ghcr.io', 'not-asked', undefined, undefined]
    ])
    // Requests for the other image are not attempts of this one.
    expect(acquisition.results[0]?.attempts.map(({object, failure}) => [object, failure?.kind])).toEqual([
      ['manifest', 'digest-disagrees'],
      ['manifest', undefined],
      ['config', undefined]
    ])
    expect(diagnose(acquisition)).toMatchObject({
      cause: 'tag-moved',
      evidence: {
        registry: 'docker.io',
        wantedDigest: LOCKED,
        gotDigests: [MOVED],
        requestIds: {'x-request-id': 'memory'}
      }
    })
  })

  it('requests a mirror when the tag has moved and the primary no longer has the locked digest', async () => {
    const fixture = createFixture()
    const {registry} = fixture
    registry.publish('docker.io/a/b', '1', OTHER)
    registry.publish('ghcr.io/a/b', undefined, IMAGE)
    const acquisition = await acquireLocked(fixture, PUBLIC_MIRROR)
    expect(registry.requests.filter(request => request.startsWith('docker.io manifest'))).toEqual([
      'docker.io manifest 1',
      'docker.io manifest @digest'
    ])
    expect(outcomes(acquisition)).toEqual([
      ['docker.io', 'failed', 'digest-disagrees', 'manifest'],
      ['ghcr.io', 'verified', undefined, undefined]
    ])
    expect(acquisition.image?.digest).toBe(LOCKED)
  })

  it('waits at most 3 s for the creation date of the image that the tag has moved to', async () => {
    const fixture = createFixture()
    const {registry, clock} = fixture
    publishMovedTag(registry)
    registry.failNext('docker.io', 'config', silent)
    const acquisition = await acquireLocked(fixture)
    expect(acquisition.image?.digest).toBe(LOCKED)
    expect(acquisition.moved).toEqual({registry: 'docker.io', digest: MOVED})
    expect(clock.nowMs()).toBeLessThanOrEqual(3000)
  })

  const artifact = jsonBlob(mediaTypesOf('oci').manifest, {
    ...{schemaVersion: 2, mediaType: mediaTypesOf('oci').manifest, layers: []},
    config: {mediaType: 'application/vnd.oci.empty.v1+json', digest: LOCKED, size: 2}
  })
  it.each<{readonly name: string; readonly response: ScriptedResponse}>([
    {name: 'was deleted', response: {kind: 'not-found', status: 404, detail: ''}},
    {
      name: 'points to an artifact',
      response: ({content}) => ({
        ...content,
        ...{body: bodyOf(artifact.bytes), digestHeader: artifact.digest, contentLength: artifact.bytes.length}
      })
    }
  ])('requests the locked digest from the same registry when the tag $name', async ({response}) => {
    const fixture = createFixture()
    const {registry} = fixture
    registry.publish('docker.io/a/b', '1', IMAGE)
    registry.failNext('docker.io', 'manifest', response)
    const acquisition = await acquireLocked(fixture)
    expect(acquisition.image).toMatchObject({digest: LOCKED, candidate: {role: 'primary'}})
    expect(registry.requests).toEqual(['docker.io manifest 1', 'docker.io manifest @digest', 'docker.io config'])
  })

  it('does not ask for the tag again, or for its own digest, when the tag was deleted with the image', async () => {
    const fixture = createFixture()
    const acquisition = await acquireLocked(fixture, {mirrors: []})
    expect(fixture.registry.requests).toEqual(['docker.io manifest 1', 'docker.io manifest @digest'])
    expect(outcomes(acquisition)).toEqual([['docker.io', 'failed', 'not-found', 'manifest']])
  })

  it('names the lock file when the tag has moved and the locked digest is gone', async () => {
    const fixture = createFixture()
    fixture.registry.publish('docker.io/a/b', '1', OTHER)
    const acquisition = await acquireLocked(fixture, {mirrors: []})
    expect(acquisition.results[0]?.failure).toEqual({
      ...{kind: 'digest-disagrees', wanted: LOCKED, got: MOVED, decidedBy: 'the lock file'}
    })
  })

  it('does not ask a registry that is down for the digest too', async () => {
    const fixture = createFixture()
    fixture.registry.failAlways('docker.io', DOWN)
    await acquireLocked(fixture, {mirrors: []})
    expect(fixture.registry.requests).toEqual(['docker.io manifest 1', 'docker.io manifest 1'])
  })

  it('does not use a primary whose Content-Type engines refuse', async () => {
    const fixture = createFixture()
    const {registry} = fixture
    const mistyped: ScriptedResponse = ({content}) => ({...content, mediaType: 'text/plain'})
    registry.publish('docker.io/a/b', '1', IMAGE)
    registry.publish('ghcr.io/a/b', '1', IMAGE)
    registry.failNext('docker.io', 'manifest', mistyped, mistyped)
    const acquisition = await acquireLocked(fixture)
    expect(outcomes(acquisition)).toEqual([
      ['docker.io', 'failed', 'protocol', 'manifest'],
      ['ghcr.io', 'verified', undefined, undefined]
    ])
  })

  it('accepts the locked bytes whatever Docker-Content-Digest says', async () => {
    const fixture = createFixture()
    const {registry} = fixture
    registry.publish('docker.io/a/b', '1', IMAGE)
    registry.failNext('docker.io', 'manifest', ({content}) => ({...content, digestHeader: MOVED}))
    expect((await acquireLocked(fixture)).image?.digest).toBe(LOCKED)
  })

  it.each([
    {name: 'the locked digest', digestHeader: LOCKED},
    {name: 'a third digest', digestHeader: digestBytes(Buffer.from('x'))}
  ])('reports a moved tag when Docker-Content-Digest names $name', async ({digestHeader}) => {
    const fixture = createFixture()
    const {registry} = fixture
    registry.publish('docker.io/a/b', '1', OTHER)
    registry.failNext('docker.io', 'manifest', ({content}) => ({...content, digestHeader}))
    const acquisition = await acquireLocked(fixture)
    expect(outcomes(acquisition)[0]).toEqual(['docker.io', 'failed', 'digest-disagrees', 'manifest'])
    expect(acquisition).toMatchObject({image: undefined, moved: {digest: MOVED}})
    expect(diagnose(acquisition)).toMatchObject({cause: 'tag-moved'})
  })

  it('requests the manifest once more when its bytes are corrupt', async () => {
    const fixture = createFixture()
    const {registry} = fixture
    registry.publish('docker.io/a/b', '1', IMAGE)
    registry.failNext('docker.io', 'manifest', ({bytes, content}) => ({...content, body: bodyOf(flipped(bytes, 40))}))
    const acquisition = await acquireLocked(fixture)
    expect(acquisition.image).toMatchObject({digest: LOCKED, candidate: {role: 'primary'}})
    expect(registry.requests.slice(0, 2)).toEqual(['docker.io manifest 1', 'docker.io manifest 1'])
  })

  it('accepts a locked digest of another algorithm than that of the registry', async () => {
    const fixture = createFixture()
    const {registry} = fixture
    const longer = makeImage({algorithm: 'sha512'})
    registry.publish('docker.io/a/b', '1', longer)
    registry.failNext('docker.io', 'manifest', ({content}) => ({...content, digestHeader: undefined}))
    const acquisition = await acquireLocked(fixture, {digest: longer.manifest.digest})
    expect(acquisition.image?.digest).toBe(longer.manifest.digest)
    expect(acquisition).not.toHaveProperty('moved')
  })

  it('requests the locked digest from a public mirror when the primary is down', async () => {
    const fixture = createFixture()
    const {registry} = fixture
    registry.failAlways('docker.io', DOWN)
    registry.publish('ghcr.io/a/b', '1', IMAGE)
    const acquisition = await acquireLocked(fixture, PUBLIC_MIRROR)
    expect(acquisition.image).toMatchObject({digest: LOCKED, candidate: {role: 'public-mirror'}})
    expect(registry.requests.filter(request => request.startsWith('ghcr.io'))).toEqual([
      'ghcr.io manifest @digest',
      'ghcr.io config'
    ])
  })

  it('sends no request to the primary with prefer: mirrors', async () => {
    const fixture = createFixture()
    const {registry} = fixture
    publishMovedTag(registry)
    expect((await acquireLocked(fixture, {prefer: 'mirrors'})).image?.digest).toBe(LOCKED)
    expect(registry.requests).toEqual(['ghcr.io manifest @digest', 'ghcr.io config'])
  })
})

describe('acquireImage with lock: update', () => {
  it('uses the digest that the primary has for the tag', async () => {
    const fixture = createFixture()
    const {registry} = fixture
    publishMovedTag(registry)
    const acquisition = await acquireLocked(fixture, {mayBeUpdated: true})
    expect(acquisition).toMatchObject({resolved: {digest: MOVED, decidedBy: 'primary'}, image: {digest: MOVED}})
    expect(acquisition).not.toHaveProperty('moved')
    expect(registry.requests).toEqual(['docker.io manifest 1', 'docker.io config'])
  })

  it.each(['primary', 'mirrors'] as const)(
    'uses the locked digest and not the tag of a mirror when the primary is down, with prefer: %s',
    async prefer => {
      const fixture = createFixture()
      const {registry} = fixture
      registry.failAlways('docker.io', DOWN)
      registry.publish('ghcr.io/a/b', '1', OTHER)
      registry.publish('ghcr.io/a/b', undefined, IMAGE)
      const acquisition = await acquireLocked(fixture, {mayBeUpdated: true, prefer})
      expect(acquisition).toMatchObject({resolved: {digest: LOCKED, decidedBy: 'lock'}, image: {digest: LOCKED}})
      expect(registry.requests).not.toContain('ghcr.io manifest 1')
    }
  )

  it.each([5000, 19_999])(
    'uses the digest of a primary that answers after %d ms, although a mirror was verified earlier',
    async ms => {
      const fixture = createFixture(1000)
      const {registry, clock} = fixture
      publishMovedTag(registry)
      registry.failNext('docker.io', 'manifest', late(clock, ms))
      const acquisition = await acquireLocked(fixture, {mayBeUpdated: true})
      expect(registry.requests.slice(0, 3)).toEqual([
        'docker.io manifest 1',
        'ghcr.io manifest @digest',
        'ghcr.io config'
      ])
      expect(acquisition).toMatchObject({resolved: {digest: MOVED, decidedBy: 'primary'}, image: {digest: MOVED}})
    }
  )

  it('asks a mirror for the new digest that the primary gave while the locked one was on its way', async () => {
    const fixture = createFixture(1000)
    const {registry, clock} = fixture
    publishMovedTag(registry)
    registry.publish('ghcr.io/a/b', undefined, OTHER)
    registry.failNext('docker.io', 'manifest', late(clock, 5000))
    registry.failNext('docker.io', 'config', silent)
    registry.failNext('ghcr.io', 'manifest', late(clock, 4500))
    const acquisition = await acquireLocked(fixture, {mayBeUpdated: true})
    expect(registry.requests.filter(request => request.startsWith('ghcr.io'))).toEqual([
      'ghcr.io manifest @digest',
      'ghcr.io manifest @digest',
      'ghcr.io config'
    ])
    expect(acquisition.image).toMatchObject({digest: MOVED, candidate: {role: 'mirror'}})
  })

  it('does not ask a mirror for its tag that lacks the locked digest, which may still be replaced', async () => {
    const fixture = createFixture(1000)
    const {registry, clock} = fixture
    registry.publish('docker.io/a/b', '1', OTHER)
    registry.publish('ghcr.io/a/b', '1', OTHER)
    registry.failNext('docker.io', 'manifest', late(clock, 5000))
    const done = acquire(fixture.deps, {level: 'config', locked: {digest: LOCKED, mayBeUpdated: true}})
    await clock.advance(4000)
    expect(registry.requests).toEqual(['docker.io manifest 1', 'ghcr.io manifest @digest'])
    expect((await clock.until(done)).image?.digest).toBe(MOVED)
  })

  it('uses the locked digest when the primary is silent for stall-timeout', async () => {
    const fixture = createFixture(1000)
    const {registry, clock} = fixture
    publishMovedTag(registry)
    registry.failNext('docker.io', 'manifest', silent)
    const acquisition = await acquireLocked(fixture, {mayBeUpdated: true})
    expect(acquisition).toMatchObject({
      resolved: {digest: LOCKED, decidedBy: 'lock', unresolved: {kind: 'silent', forMs: 20_000}},
      image: {digest: LOCKED}
    })
    expect(clock.nowMs()).toBe(20_000)
  })
})
