// A tag with a lock: which answer decides, which requests are made, and how many. Registries in memory, time by hand.

import {describe, expect, it} from '@jest/globals'
import {acquireImage} from '../../src/acquire/acquire.ts'
import {createBlobFetcher} from '../../src/fetch/blob-fetcher.ts'
import {diagnose} from '../../src/report/diagnose.ts'
import type {Failure} from '../../src/failure/failure.ts'
import {type MirrorRule, parseMirrorRule, planCandidates, parseImageRequest} from '../../src/acquire/plan.ts'
import type {Digest} from '../../src/oci/digest.ts'
import {digestBytes, jsonBlob, makeImage, mediaTypesOf} from '../support/images.ts'
import {createManualClock, type ManualClock} from '../support/manual-clock.ts'
import {
  createMemoryRegistry,
  flipped,
  type MemoryRegistry,
  bodyOf,
  silent,
  type Trouble
} from '../support/memory-registry.ts'
import {type PlatformChoice} from '../../src/oci/platform.ts'
import {type Acquisition, type AcquireDeps} from '../../src/acquire/acquisition.ts'

const IMAGE = makeImage({editConfig: config => ({...config, created: '2025-06-04T00:00:00Z'})})
const OTHER = makeImage({
  layers: [{content: {seed: 7, size: 9000}}],
  editConfig: config => ({...config, created: '2026-01-01T00:00:00Z'})
})
const [LOCKED, MOVED] = [IMAGE.manifest.digest, OTHER.manifest.digest]
const AMD64: PlatformChoice = {kind: 'named', platforms: [{os: 'linux', architecture: 'amd64'}]}
const DOWN: Failure = {kind: 'server-error', status: 503, detail: ''}

type Setup = {
  readonly registry: MemoryRegistry
  readonly clock: ManualClock
  readonly acquire: (options?: Options) => Promise<Acquisition>
}
type Options = {
  /** `public` for docker.io=ghcr.io in public-mirrors. */
  readonly mirror?: string
  readonly prefer?: 'primary' | 'mirrors'
  readonly lock?: 'enforce' | 'update'
  readonly locked?: Digest
}

function ruleOf(text: string): MirrorRule {
  const rule = parseMirrorRule(text)
  if (!rule.ok) throw new Error(rule.reason)
  return rule.value
}

function setup(hedgeAfterMs?: number): Setup {
  const registry = createMemoryRegistry()
  const clock = createManualClock()
  const deps: AcquireDeps = {
    ...{registry, access: registry, blobs: createBlobFetcher(registry), clock, random: () => 0.5, hedgeAfterMs},
    stallTimeoutMs: 20_000,
    ...{backoff: {attempts: 2, firstMs: 100, maxMs: 1000}, shared: new Map(), log: () => undefined},
    signal: new AbortController().signal
  }
  return {
    registry,
    clock,
    acquire: ({mirror = 'ghcr.io', prefer = 'primary', lock = 'enforce', locked = LOCKED} = {}) => {
      const request = parseImageRequest('a/b:1')
      if (!request.ok) throw new Error(request.reason)
      const image = {...request.value, locked: {digest: locked, mayBeUpdated: lock === 'update'}}
      const rules =
        mirror === 'public'
          ? {mirrors: [], publicMirrors: [ruleOf('docker.io=ghcr.io')]}
          : {mirrors: [ruleOf(mirror)], publicMirrors: []}
      const candidates = planCandidates(image.reference, rules, prefer)
      return clock.until(acquireImage({image, candidates, platforms: AMD64, level: 'config'}, deps))
    }
  }
}

function outcomes({results}: Acquisition): readonly unknown[] {
  return results.map(({candidate, outcome, failure}) => [candidate.repository.registry, outcome, failure?.kind])
}

/** The locked image everywhere, and at the primary the tag means another one. */
function moved(registry: MemoryRegistry): void {
  registry.publish('docker.io/a/b', undefined, IMAGE)
  registry.publish('docker.io/a/b', '1', OTHER)
  registry.publish('ghcr.io/a/b', '1', IMAGE)
}

describe('a locked tag', () => {
  it('costs no request more than one that is not, and none at a mirror', async () => {
    const {registry, acquire} = setup()
    registry.publish('docker.io/a/b', '1', IMAGE)
    const acquisition = await acquire()
    expect(registry.requests).toEqual(['docker.io manifest 1', 'docker.io config'])
    expect(acquisition).toMatchObject({resolved: {digest: LOCKED, decidedBy: 'lock'}, image: {digest: LOCKED}})
    expect(acquisition).not.toHaveProperty('moved')
  })

  it('that moved is noticed, the locked digest is used, and both are dated', async () => {
    const {registry, acquire} = setup()
    moved(registry)
    const acquisition = await acquire()
    expect(registry.requests.toSorted()).toEqual(
      ['docker.io manifest 1', 'docker.io config', 'docker.io manifest @digest', 'docker.io config'].toSorted()
    )
    expect(acquisition).toMatchObject({
      image: {digest: LOCKED, candidate: {role: 'primary'}, platforms: [{created: '2025-06-04T00:00:00Z'}]},
      moved: {registry: 'docker.io', digest: MOVED, created: '2026-01-01T00:00:00Z'}
    })
    expect(outcomes(acquisition)).toEqual([
      ['docker.io', 'verified', undefined],
      ['ghcr.io', 'not-asked', undefined]
    ])
    // Attempts at the other image are not recorded.
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

  it('that moved is served by a mirror when the primary no longer has its digest, which is asked for once', async () => {
    const {registry, acquire} = setup()
    registry.publish('docker.io/a/b', '1', OTHER)
    registry.publish('ghcr.io/a/b', undefined, IMAGE)
    const acquisition = await acquire({mirror: 'public'})
    expect(registry.requests.filter(request => request.startsWith('docker.io manifest'))).toEqual([
      'docker.io manifest 1',
      'docker.io manifest @digest'
    ])
    expect(outcomes(acquisition)).toEqual([
      ['docker.io', 'failed', 'digest-disagrees'],
      ['ghcr.io', 'verified', undefined]
    ])
    expect(acquisition.image?.digest).toBe(LOCKED)
  })

  it('that moved does not wait for the date of the other image', async () => {
    const {registry, clock, acquire} = setup()
    moved(registry)
    registry.trouble('docker.io', 'config', silent)
    const acquisition = await acquire()
    expect(acquisition.image?.digest).toBe(LOCKED)
    expect(acquisition.moved).toEqual({registry: 'docker.io', digest: MOVED})
    expect(clock.nowMs()).toBeLessThanOrEqual(3000)
  })

  const artifact = jsonBlob(mediaTypesOf('oci').manifest, {
    ...{schemaVersion: 2, mediaType: mediaTypesOf('oci').manifest, layers: []},
    config: {mediaType: 'application/vnd.oci.empty.v1+json', digest: LOCKED, size: 2}
  })
  it.each<{readonly name: string; readonly trouble: Trouble}>([
    {name: 'is gone', trouble: {kind: 'not-found', status: 404, detail: ''}},
    {
      name: 'is an artifact now',
      trouble: ({content}) => ({
        ...content,
        ...{body: bodyOf(artifact.bytes), digestHeader: artifact.digest, contentLength: artifact.bytes.length}
      })
    }
  ])('that $name is asked for by its digest at the same registry', async ({trouble}) => {
    const {registry, acquire} = setup()
    registry.publish('docker.io/a/b', '1', IMAGE)
    registry.trouble('docker.io', 'manifest', trouble)
    const acquisition = await acquire()
    expect(acquisition.image).toMatchObject({digest: LOCKED, candidate: {role: 'primary'}})
    expect(registry.requests).toEqual(['docker.io manifest 1', 'docker.io manifest @digest', 'docker.io config'])
  })

  it('is known by its bytes, whatever the registry says of them', async () => {
    const {registry, acquire} = setup()
    registry.publish('docker.io/a/b', '1', IMAGE)
    registry.trouble('docker.io', 'manifest', ({content}) => ({...content, digestHeader: MOVED}))
    expect((await acquire()).image?.digest).toBe(LOCKED)
  })

  it.each([
    {name: 'the locked one', announced: LOCKED},
    {name: 'a third one', announced: digestBytes(Buffer.from('x'))}
  ])('that moved has moved also when the registry calls its digest $name', async ({announced}) => {
    const {registry, acquire} = setup()
    registry.publish('docker.io/a/b', '1', OTHER)
    registry.trouble('docker.io', 'manifest', ({content}) => ({...content, digestHeader: announced}))
    const acquisition = await acquire()
    expect(outcomes(acquisition)[0]).toEqual(['docker.io', 'failed', 'digest-disagrees'])
    expect(acquisition).toMatchObject({image: undefined, moved: {digest: MOVED}})
    expect(diagnose(acquisition)).toMatchObject({cause: 'tag-moved'})
  })

  it('whose bytes are damaged is asked for once more', async () => {
    const {registry, acquire} = setup()
    registry.publish('docker.io/a/b', '1', IMAGE)
    registry.trouble('docker.io', 'manifest', ({bytes, content}) => ({...content, body: bodyOf(flipped(bytes, 40))}))
    const acquisition = await acquire()
    expect(acquisition.image).toMatchObject({digest: LOCKED, candidate: {role: 'primary'}})
    expect(registry.requests.slice(0, 2)).toEqual(['docker.io manifest 1', 'docker.io manifest 1'])
  })

  it('may have a digest of another algorithm than the registry speaks of', async () => {
    const {registry, acquire} = setup()
    const longer = makeImage({algorithm: 'sha512'})
    registry.publish('docker.io/a/b', '1', longer)
    registry.trouble('docker.io', 'manifest', ({content}) => ({...content, digestHeader: undefined}))
    const acquisition = await acquire({locked: longer.manifest.digest})
    expect(acquisition.image?.digest).toBe(longer.manifest.digest)
    expect(acquisition).not.toHaveProperty('moved')
  })

  it('lets a public mirror serve it while the primary is down', async () => {
    const {registry, acquire} = setup()
    registry.alwaysTrouble('docker.io', DOWN)
    registry.publish('ghcr.io/a/b', '1', IMAGE)
    const acquisition = await acquire({mirror: 'public'})
    expect(acquisition.image).toMatchObject({digest: LOCKED, candidate: {role: 'public-mirror'}})
    expect(registry.requests.filter(request => request.startsWith('ghcr.io'))).toEqual([
      'ghcr.io manifest @digest',
      'ghcr.io config'
    ])
  })

  it('spares the primary when mirrors are preferred', async () => {
    const {registry, acquire} = setup()
    moved(registry)
    expect((await acquire({prefer: 'mirrors'})).image?.digest).toBe(LOCKED)
    expect(registry.requests).toEqual(['ghcr.io manifest @digest', 'ghcr.io config'])
  })
})

describe('a lock that is to be renewed', () => {
  it('yields to the primary', async () => {
    const {registry, acquire} = setup()
    moved(registry)
    const acquisition = await acquire({lock: 'update'})
    expect(acquisition).toMatchObject({resolved: {digest: MOVED, decidedBy: 'primary'}, image: {digest: MOVED}})
    expect(acquisition).not.toHaveProperty('moved')
    expect(registry.requests).toEqual(['docker.io manifest 1', 'docker.io config'])
  })

  it.each(['primary', 'mirrors'] as const)('counts more than the answer of a mirror, with prefer: %s', async prefer => {
    const {registry, acquire} = setup()
    registry.alwaysTrouble('docker.io', DOWN)
    registry.publish('ghcr.io/a/b', '1', OTHER)
    registry.publish('ghcr.io/a/b', undefined, IMAGE)
    const acquisition = await acquire({lock: 'update', prefer})
    expect(acquisition).toMatchObject({resolved: {digest: LOCKED, decidedBy: 'lock'}, image: {digest: LOCKED}})
    expect(registry.requests).not.toContain('ghcr.io manifest 1')
  })

  it.each([5000, 19_999])('yields to a primary that answers after %d ms, whatever a mirror has by then', async ms => {
    const {registry, clock, acquire} = setup(1000)
    moved(registry)
    registry.trouble('docker.io', 'manifest', async ({content, ask}) => {
      await clock.wait(ms, ask.signal)
      return content
    })
    const acquisition = await acquire({lock: 'update'})
    expect(registry.requests.slice(0, 3)).toEqual([
      'docker.io manifest 1',
      'ghcr.io manifest @digest',
      'ghcr.io config'
    ])
    expect(acquisition).toMatchObject({resolved: {digest: MOVED, decidedBy: 'primary'}, image: {digest: MOVED}})
  })

  it('counts when the primary was silent for one stall-timeout', async () => {
    const {registry, clock, acquire} = setup(1000)
    moved(registry)
    registry.trouble('docker.io', 'manifest', silent)
    const acquisition = await acquire({lock: 'update'})
    expect(acquisition).toMatchObject({
      resolved: {digest: LOCKED, decidedBy: 'lock', unresolved: {kind: 'silent', forMs: 20_000}},
      image: {digest: LOCKED}
    })
    expect(clock.nowMs()).toBe(20_000)
  })
})
