// The walk over one image at several registries in memory: which requests it sends, what it learns, and what it spares.

import {describe, expect, it} from '@jest/globals'
import {observeImage, type ObserveDeps} from '../../src/observe/observe-image.ts'
import {createRegistryStates} from '../../src/observe/registry-state.ts'
import {parseImageRequest, parseMirrorRule, planCandidates, type MirrorRule} from '../../src/acquire/plan.ts'
import {createBlobFetcher} from '../../src/fetch/blob-fetcher.ts'
import type {Level} from '../../src/fetch/verify-level.ts'
import type {ImageObservation} from '../../src/findings/observation.ts'
import {judgeImage} from '../../src/findings/judge-image.ts'
import type {Digest} from '../../src/oci/digest.ts'
import type {PlatformChoice} from '../../src/oci/platform.ts'
import {type Index, makeImage, makeIndex, makePublished} from '../support/images.ts'
import {createManualClock, type ManualClock} from '../support/manual-clock.ts'
import {corruptedAt, createMemoryRegistry, type MemoryRegistry} from '../support/memory-registry.ts'
import {REFUSED, requestsTo, SERVER_ERROR} from '../support/acquire-fixture.ts'
import {VerifiedImageError} from '../../src/failure/error.ts'

const IMAGE = makePublished()
/** One platform, and nothing else: each object is requested once. */
const ONE = makeIndex({children: [makeImage()]})
const OTHER = makePublished({seed: 2, platforms: ['linux/amd64']})

function ruleOf(text: string): MirrorRule {
  const rule = parseMirrorRule(text)
  if (!rule.ok) throw new Error(rule.reason)
  return rule.value
}

const ALL: PlatformChoice = {kind: 'all'}

type Fixture = {
  readonly registry: MemoryRegistry
  readonly deps: ObserveDeps
  readonly clock: ManualClock
  readonly controller: AbortController
  readonly observe: (options?: {
    readonly image?: string
    readonly locked?: Digest
    readonly mirrors?: readonly string[]
    readonly publicMirrors?: readonly string[]
    readonly level?: Level
    readonly platforms?: PlatformChoice
    readonly lastRun?: Digest
  }) => Promise<ImageObservation>
}

function fixture(): Fixture {
  const registry = createMemoryRegistry()
  const clock = createManualClock()
  const controller = new AbortController()
  const backoff = {attempts: 2, firstMs: 10, maxMs: 100}
  const random = (): number => 0.5
  const deps: ObserveDeps = {
    ...{registry, access: registry, blobs: createBlobFetcher(registry), clock, random, backoff},
    signal: controller.signal,
    states: createRegistryStates({clock, random, backoff})
  }
  return {
    registry,
    deps,
    clock,
    controller,
    observe: ({
      image = 'docker.io/a/b:1',
      locked,
      mirrors = ['m.example'],
      publicMirrors = [],
      level = 'manifest',
      platforms = ALL,
      lastRun
    } = {}) => {
      const parsed = parseImageRequest(image)
      if (!parsed.ok) throw new Error(parsed.reason)
      const rules = {mirrors: mirrors.map(ruleOf), publicMirrors: publicMirrors.map(ruleOf)}
      const candidates = planCandidates(parsed.value.reference, rules, 'primary')
      const request =
        locked === undefined ? parsed.value : {...parsed.value, locked: {digest: locked, mayBeUpdated: false}}
      return clock.until(observeImage({image: request, candidates, platforms, level, lastRun}, deps))
    }
  }
}

function publishAt(registry: MemoryRegistry, what: Index, ...names: readonly string[]): void {
  for (const name of names) registry.publish(`${name}/a/b`, '1', what)
}

/** The index without the manifest of its second platform. */
const WITHOUT_CHILD: Index = {...IMAGE, children: IMAGE.children.slice(0, 1)}

function kindsOf(observation: ImageObservation): readonly string[] {
  return judgeImage(observation, {signatures: 'enforce'}).map(({facts, place}) => `${facts.kind} at ${place ?? 'all'}`)
}

describe('observeImage with verify: manifest', () => {
  it('downloads manifests once, from the mirror, and asks for everything else by HEAD', async () => {
    const {registry, observe} = fixture()
    publishAt(registry, IMAGE, 'docker.io', 'm.example')
    const seen = await observe()
    expect(seen.places.map(({root, tag, faults}) => [root, tag.kind, faults])).toEqual([
      ['present', 'digest', []],
      ['present', 'digest', []]
    ])
    expect(seen.platforms).toEqual(['linux/amd64', 'linux/arm64'])
    expect(requestsTo(registry, 'docker.io').every(request => request.endsWith(' HEAD'))).toBe(true)
    expect(requestsTo(registry, 'm.example').filter(request => !request.endsWith(' HEAD'))).toEqual([
      'manifest @digest',
      'child @digest',
      'child @digest'
    ])
    expect(kindsOf(seen)).toEqual([])
  })

  it('takes at most children + blobs + 3 requests at each place, each object once', async () => {
    const {registry, observe} = fixture()
    publishAt(registry, IMAGE, 'docker.io', 'm.example')
    await observe()
    const children = 4
    // Two configs, one shared layer, and a layer of each platform.
    const blobs = 5
    for (const name of ['docker.io', 'm.example'])
      expect(requestsTo(registry, name).length).toBeLessThanOrEqual(children + blobs + 3)
  })

  it('finds a platform that one registry lost, and reads it elsewhere', async () => {
    const {registry, observe} = fixture()
    publishAt(registry, WITHOUT_CHILD, 'm.example')
    publishAt(registry, IMAGE, 'docker.io')
    const seen = await observe()
    expect(kindsOf(seen)).toEqual(['child-gone at m.example/a/b'])
    expect(seen.places[1]?.faults.map(({object}) => object.name)).toContain('platform manifest linux/arm64')
  })

  it('finds a blob whose length is wrong, after it read the bytes', async () => {
    const {registry, observe} = fixture()
    publishAt(registry, IMAGE, 'docker.io', 'm.example')
    registry.failNext(
      'm.example',
      'layer[1]',
      ({content}) => ({...content, contentLength: 0}),
      ...[1, 2].map(() => ({kind: 'corrupt', wanted: digest, got: digest, gotBytes: 0, firstBytes: ''}) as const)
    )
    expect(kindsOf(await observe())).toEqual(['content-corrupt at m.example/a/b'])
  })

  it('finds nothing when only the announced length is wrong', async () => {
    const {registry, observe} = fixture()
    publishAt(registry, IMAGE, 'docker.io', 'm.example')
    registry.failNext('m.example', 'layer[1]', ({content}) => ({...content, contentLength: 1}))
    expect(kindsOf(await observe())).toEqual([])
    expect(registry.unused()).toEqual([])
  })

  it('takes a corrupt manifest from the next registry', async () => {
    const {registry, observe} = fixture()
    publishAt(registry, ONE, 'docker.io', 'm.example')
    registry.failNext('m.example', 'child', corruptedAt(5), corruptedAt(5))
    const seen = await observe()
    expect(kindsOf(seen)).toEqual(['content-corrupt at m.example/a/b'])
    expect(requestsTo(registry, 'docker.io')).toContain('child @digest')
  })

  it('confirms a moved tag by bytes, and checks the pinned image as before', async () => {
    const {registry, observe} = fixture()
    registry.publish('docker.io/a/b', undefined, IMAGE)
    registry.publish('docker.io/a/b', '1', OTHER)
    const seen = await observe({locked: IMAGE.index.digest, mirrors: []})
    expect(seen.places[0]?.tag).toEqual({kind: 'digest', digest: OTHER.index.digest})
    expect(seen.platformsNow).toEqual(['linux/amd64'])
    expect(seen.places[0]?.root).toBe('present')
    const found = judgeImage(seen, {
      locked: IMAGE.index.digest,
      lockedPlatforms: ['linux/amd64', 'linux/arm64'],
      signatures: 'enforce'
    })
    expect(found.map(({facts}) => facts)).toMatchObject([{kind: 'tag-moved', platformsLost: ['linux/arm64']}])
  })

  it('believes the bytes of a tag, not a header that names a digest that is nowhere', async () => {
    const {registry, observe} = fixture()
    publishAt(registry, IMAGE, 'docker.io')
    registry.failNext('docker.io', 'manifest', ({content}) => ({...content, digestHeader: OTHER.index.digest}))
    const seen = await observe({mirrors: []})
    expect(seen.expected).toEqual({digest: IMAGE.index.digest, decidedBy: 'primary'})
    expect(kindsOf(seen)).toEqual([])
  })

  it('asks a mirror for its tag, and a public mirror for the digest alone', async () => {
    const {registry, observe} = fixture()
    publishAt(registry, IMAGE, 'docker.io', 'ghcr.io')
    publishAt(registry, OTHER, 'm.example')
    const seen = await observe({publicMirrors: ['docker.io=ghcr.io']})
    expect(kindsOf(seen)).toEqual(['mirror-lacks at m.example/a/b', 'mirror-disagrees at m.example/a/b'])
    expect(requestsTo(registry, 'ghcr.io').filter(request => request.startsWith('manifest 1'))).toEqual([])
  })

  it.each(['private', 'unknown'] as const)('does not name an image of %s access to a public mirror', async access => {
    const {registry, observe} = fixture()
    publishAt(registry, IMAGE, 'docker.io', 'ghcr.io')
    registry.setAccess('docker.io', access)
    const seen = await observe({mirrors: [], publicMirrors: ['docker.io=ghcr.io']})
    expect(requestsTo(registry, 'ghcr.io')).toEqual([])
    expect(seen.places[1]).toMatchObject({withheld: access, root: 'not-requested'})
    expect(kindsOf(seen)).toEqual([])
  })

  it('stops at a registry that is down, and goes on at the others', async () => {
    const {registry, observe} = fixture()
    publishAt(registry, IMAGE, 'docker.io', 'm.example')
    registry.failAlways('m.example', REFUSED)
    expect(kindsOf(await observe())).toEqual(['unreachable at m.example/a/b'])
    expect(requestsTo(registry, 'm.example')).toHaveLength(2)
  })

  it('does not wait for a registry that is silent for image after image, and tries again each minute', async () => {
    const {registry, observe, clock} = fixture()
    publishAt(registry, IMAGE, 'docker.io', 'm.example')
    registry.failAlways('m.example', SILENT)
    for (let image = 0; image < 10; image++) expect(kindsOf(await observe())).toEqual(['unreachable at m.example/a/b'])
    // Two attempts for each of three images.
    expect(requestsTo(registry, 'm.example')).toHaveLength(6)
    const withoutTag = await observe({image: `docker.io/a/b@${digest}`})
    expect([kindsOf(withoutTag), withoutTag.places[1]?.root]).toEqual([['unreachable at m.example/a/b'], 'failed'])

    await clock.advance(60_000)
    await observe()
    await observe()
    expect(requestsTo(registry, 'm.example')).toHaveLength(8)

    await clock.advance(60_000)
    registry.failAlways('m.example', ({content}) => content)
    for (let image = 0; image < 3; image++) expect(kindsOf(await observe())).toEqual([])
  })

  it('waits for a registry that answers for other images', async () => {
    const {registry, observe} = fixture()
    publishAt(registry, IMAGE, 'docker.io', 'm.example')
    for (let image = 0; image < 6; image++) {
      registry.failNext('m.example', 'manifest', SILENT, SILENT)
      expect(kindsOf(await observe())).toEqual(['unreachable at m.example/a/b'])
      expect(kindsOf(await observe())).toEqual([])
    }
  })

  it('retries one object that failed once, and finds nothing', async () => {
    const {registry, observe} = fixture()
    publishAt(registry, IMAGE, 'docker.io', 'm.example')
    registry.failNext('docker.io', 'config', {...SERVER_ERROR, status: 500})
    expect(kindsOf(await observe())).toEqual([])
  })

  it('uses the digest of the mirror when the registry is down, and that of the last run when all are', async () => {
    const {registry, observe} = fixture()
    publishAt(registry, IMAGE, 'm.example')
    registry.failAlways('docker.io', REFUSED)
    expect((await observe()).expected).toEqual({digest: IMAGE.index.digest, decidedBy: 'mirror'})
    const other = fixture()
    other.registry.failAlways('docker.io', REFUSED)
    const seen = await other.observe({mirrors: [], lastRun: IMAGE.index.digest})
    expect(seen.expected).toEqual({digest: IMAGE.index.digest, decidedBy: 'last-run'})
  })

  it('reads only the platforms that are named, and finds one that is missing', async () => {
    const {registry, observe} = fixture()
    publishAt(registry, IMAGE, 'docker.io')
    const platforms = (architecture: string): PlatformChoice => ({
      kind: 'named',
      platforms: [{os: 'linux', architecture}]
    })
    expect(kindsOf(await observe({mirrors: [], platforms: platforms('arm64')}))).toEqual([])
    expect(kindsOf(await observe({mirrors: [], platforms: platforms('s390x')}))).toEqual(['platform-missing at all'])
  })

  it('spares the pull limit: below a fifth of it, children are asked for by HEAD', async () => {
    const {registry, observe, deps} = fixture()
    publishAt(registry, IMAGE, 'docker.io')
    deps.states.stateOf('docker.io').record({
      ...{object: 'manifest', method: 'HEAD', host: 'docker.io', path: '/', elapsedMs: 1, requestIds: {}},
      rateLimit: {'ratelimit-limit': '100;w=21600', 'ratelimit-remaining': '21;w=21600'}
    })
    const seen = await observe({mirrors: []})
    expect(requestsTo(registry, 'docker.io').filter(request => !request.endsWith(' HEAD'))).toEqual([
      'manifest @digest'
    ])
    expect(seen).toMatchObject({isPartial: true, places: [{root: 'present', faults: []}]})
    expect(deps.states.stateOf('docker.io').use()).toMatchObject({downloads: 1, partialImages: 1})
  })

  it('asks by GET where HEAD is refused for blobs, and does not ask by HEAD again', async () => {
    const {registry, observe} = fixture()
    publishAt(registry, ONE, 'docker.io')
    const refusal = {kind: 'denied', status: 403, detail: '', credentials: 'none'} as const
    registry.failNext('docker.io', 'config', refusal, refusal)
    const seen = await observe({mirrors: []})
    expect(kindsOf(seen)).toEqual([])
    expect(requestsTo(registry, 'docker.io').filter(request => request === 'config')).toHaveLength(1)
    // A second image at the same registry.
    await observe({mirrors: []})
    expect(requestsTo(registry, 'docker.io').filter(request => request.startsWith('config '))).toHaveLength(2)
    expect(requestsTo(registry, 'docker.io').filter(request => request === 'config')).toHaveLength(2)
  })

  it('ends with the reason of the run, not with findings', async () => {
    const {registry, observe, controller} = fixture()
    publishAt(registry, IMAGE, 'docker.io')
    const late = new VerifiedImageError({
      kind: 'timed-out',
      phase: 'everything',
      limit: {input: 'timeout', afterMs: 1}
    })
    controller.abort(late)
    await expect(observe()).rejects.toBe(late)
  })
})

const digest = IMAGE.index.digest
const SILENT = {kind: 'timed-out', phase: 'headers', limit: {input: 'stall-timeout', afterMs: 20_000}} as const

describe('observeImage with deeper levels', () => {
  it.each(['config', 'layers', 'full'] as const)('with %s downloads the bytes from every registry', async level => {
    const {registry, observe} = fixture()
    publishAt(registry, IMAGE, 'docker.io', 'm.example')
    const seen = await observe({level})
    expect(kindsOf(seen)).toEqual([])
    for (const name of ['docker.io', 'm.example']) {
      const downloads = requestsTo(registry, name).filter(request => !request.endsWith(' HEAD'))
      expect(downloads.filter(request => request.startsWith('config'))).not.toEqual([])
      expect(downloads.some(request => request.startsWith('layer'))).toBe(level !== 'config')
    }
  })

  it('finds a byte that is wrong at one registry, and no other', async () => {
    const {registry, observe} = fixture()
    publishAt(registry, ONE, 'docker.io', 'm.example')
    registry.failNext('m.example', 'layer[1]', corruptedAt(100), corruptedAt(100))
    expect(kindsOf(await observe({level: 'full'}))).toEqual(['content-corrupt at m.example/a/b'])
    const manifest = fixture()
    publishAt(manifest.registry, IMAGE, 'docker.io', 'm.example')
    expect(kindsOf(await manifest.observe())).toEqual([])
  })

  it('finds an image that contradicts itself once, though every registry serves it', async () => {
    const broken = makePublished({
      platforms: ['linux/amd64'],
      editConfig: config => ({...config, rootfs: {...config.rootfs, diff_ids: [...config.rootfs.diff_ids].reverse()}})
    })
    const {registry, observe} = fixture()
    publishAt(registry, broken, 'docker.io', 'm.example')
    expect(kindsOf(await observe({level: 'full'}))).toEqual(['image-unusable at all'])
  })
})
