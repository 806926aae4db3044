// Registries in turn and side by side: who is asked, in which order and at what time, whose word counts, and who is left behind.
// Registries are in memory and time stands still unless a test moves it, so that "exactly then" can be said.

import {describe, expect, it} from '@jest/globals'
import {acquireImage} from '../../src/acquire/acquire.ts'
import {createBlobFetcher} from '../../src/fetch/blob-fetcher.ts'
import type {Event} from '../../src/acquire/candidate-result.ts'
import {type Failure} from '../../src/failure/failure.ts'
import {type MirrorRule, parseMirrorRule, planCandidates, parseImageRequest} from '../../src/acquire/plan.ts'
import type {Digest} from '../../src/oci/digest.ts'
import {type Image, makeImage, makePublished} from '../support/images.ts'
import {createManualClock, type ManualClock} from '../support/manual-clock.ts'
import {
  bodyOf,
  brokenAt,
  createMemoryRegistry,
  type MemoryRegistry,
  silent,
  spoiled,
  type Trouble
} from '../support/memory-registry.ts'
import '../support/matchers.ts'
import {type Level} from '../../src/fetch/verify-level.ts'
import {type PlatformChoice} from '../../src/oci/platform.ts'
import {VerifiedImageError} from '../../src/failure/error.ts'
import {type Acquisition, type AcquireDeps} from '../../src/acquire/acquisition.ts'

const DIGEST = `sha256:${'a'.repeat(64)}` as Digest
const OTHER_DIGEST = `sha256:${'b'.repeat(64)}` as Digest

const IMAGE = makeImage()
const OTHER = makeImage({layers: [{content: {seed: 7, size: 9000}}]})

/** `stall-timeout`. */
const STALL_MS = 20_000

const AMD64: PlatformChoice = {kind: 'named', platforms: [{os: 'linux', architecture: 'amd64'}]}

const SERVER_ERROR: Failure = {kind: 'server-error', status: 503, detail: ''}
const NOT_FOUND: Failure = {kind: 'not-found', status: 404, detail: ''}
const REFUSED: Failure = {kind: 'unreachable', reason: 'refused', detail: 'connection refused'}
const TIME_IS_UP: Failure = {kind: 'timed-out', phase: 'everything', limit: {input: 'timeout', afterMs: 600_000}}

type Bench = {
  readonly registry: MemoryRegistry
  readonly clock: ManualClock
  readonly controller: AbortController
  readonly events: Event[]
  readonly around: AcquireDeps
}

function bench(hedgeAfterMs?: number): Bench {
  const registry = createMemoryRegistry()
  const clock = createManualClock()
  const controller = new AbortController()
  const events: Event[] = []
  const around: AcquireDeps = {
    registry,
    access: registry,
    blobs: createBlobFetcher(registry),
    clock,
    random: () => 0.5,
    stallTimeoutMs: STALL_MS,
    backoff: {attempts: 4, firstMs: 500, maxMs: 30_000},
    hedgeAfterMs,
    shared: new Map(),
    // Each try is told of for those who debug; here it is the stories that count.
    log: event => {
      if (event.type !== 'attempted') events.push(event)
    },
    signal: controller.signal
  }
  return {registry, clock, controller, events, around}
}

type Asked = {
  readonly image?: string
  /** `public` for docker.io=ghcr.io in public-mirrors. */
  readonly mirrors?: readonly string[]
  readonly prefer?: 'primary' | 'mirrors'
  readonly platforms?: PlatformChoice
  readonly level?: Level
}

function ruleOf(text: string): MirrorRule {
  const rule = parseMirrorRule(text)
  if (!rule.ok) throw new Error(rule.reason)
  return rule.value
}

function acquire(around: AcquireDeps, asked: Asked = {}): Promise<Acquisition> {
  const {image = 'a/b:1', mirrors = ['ghcr.io'], prefer = 'primary', platforms = AMD64, level = 'layers'} = asked
  const wanted = parseImageRequest(image)
  if (!wanted.ok) throw new Error(wanted.reason)
  const rules = {
    mirrors: mirrors.filter(text => text !== 'public').map(ruleOf),
    publicMirrors: mirrors.includes('public') ? [ruleOf('docker.io=ghcr.io')] : []
  }
  const candidates = planCandidates(wanted.value.reference, rules, prefer)
  return acquireImage({image: wanted.value, candidates, platforms, level}, around)
}

/** The same image in each of these places, as tag 1. */
function publishAt(registry: MemoryRegistry, ...registries: readonly string[]): void {
  for (const name of registries) registry.publish(`${name}/a/b`, '1', IMAGE)
}

function askedOf(registry: MemoryRegistry, name: string): readonly string[] {
  return registry.requests
    .filter(request => request.startsWith(`${name} `))
    .map(request => request.slice(name.length + 1))
}

function told({results}: Acquisition): readonly unknown[] {
  return results.map(({candidate, outcome, failure, failedObject}) => [
    candidate.repository.registry,
    outcome,
    failure?.kind,
    failedObject
  ])
}

/** A trouble: the answer comes later. */
function late(clock: ManualClock, ms: number): Trouble {
  return async ({content, ask}) => {
    await clock.wait(ms, ask.signal)
    return content
  }
}

/** A trouble: this many bytes each 100 ms. */
function crawling(clock: ManualClock, chunkBytes: number): Trouble {
  return ({bytes, offset, content, ask}) => ({
    ...content,
    body: (async function* () {
      for (let at = offset; at < bytes.length; at += chunkBytes) {
        await clock.wait(100, ask.signal)
        yield bytes.subarray(at, at + chunkBytes)
      }
    })()
  })
}

describe('acquireImage', () => {
  it('asks nobody else when the primary serves it', async () => {
    const {registry, clock, around, events} = bench()
    publishAt(registry, 'docker.io', 'ghcr.io')
    const acquisition = await clock.until(acquire(around, {level: 'full'}))
    expect(registry.requests).toEqual([
      'docker.io manifest 1',
      'docker.io config',
      'docker.io layer[1]',
      'docker.io layer[0]'
    ])
    expect(told(acquisition)).toEqual([
      ['docker.io', 'verified', undefined, undefined],
      ['ghcr.io', 'not-asked', undefined, undefined]
    ])
    expect(acquisition.image).toMatchObject({
      digest: IMAGE.manifest.digest,
      size: IMAGE.manifest.size,
      candidate: {role: 'primary'},
      platforms: [{imageId: IMAGE.config.digest, level: 'full'}]
    })
    expect(acquisition.resolved).toEqual({digest: IMAGE.manifest.digest, decidedBy: 'primary', registry: 'docker.io'})
    expect(acquisition.runError).toBeUndefined()
    expect(events.map(({type}) => type)).toEqual(['asking', 'pinned'])
    expect(clock.waits).toEqual([])
  })

  it("moves to ghcr.io when docker.io's config does not hash to its digest", async () => {
    const {registry, clock, around, events} = bench()
    publishAt(registry, 'docker.io', 'ghcr.io')
    registry.trouble('docker.io', 'config', spoiled(3), spoiled(3))
    const acquisition = await clock.until(acquire(around, {mirrors: ['public'], level: 'config'}))
    expect(registry.requests).toEqual([
      'docker.io manifest 1',
      'docker.io config',
      'docker.io config',
      'ghcr.io manifest @digest',
      'ghcr.io config'
    ])
    expect(told(acquisition)).toEqual([
      ['docker.io', 'failed', 'corrupt', 'config'],
      ['ghcr.io', 'verified', undefined, undefined]
    ])
    expect(acquisition.image?.candidate).toEqual({
      role: 'public-mirror',
      repository: {registry: 'ghcr.io', path: 'a/b'},
      mayResolve: false
    })
    expect(acquisition.resolved).toEqual({digest: IMAGE.manifest.digest, decidedBy: 'primary', registry: 'docker.io'})
    expect(events.map(({type}) => type)).toEqual([
      'asking',
      'pinned',
      'attempt-failed',
      'attempt-failed',
      'candidate-failed',
      'asking'
    ])
  })

  it.each<{
    readonly name: string
    readonly failure: Failure
    readonly tries: number
    readonly next: boolean
    readonly afterMs: number
  }>([
    {name: 'unreachable', failure: REFUSED, tries: 4, next: true, afterMs: 1750},
    {
      name: 'a wrong certificate',
      failure: {kind: 'unreachable', reason: 'tls-identity', detail: ''},
      tries: 1,
      next: true,
      afterMs: 0
    },
    {
      name: 'timed-out',
      failure: {kind: 'timed-out', phase: 'headers', limit: {input: 'stall-timeout', afterMs: 20_000}},
      tries: 4,
      next: true,
      afterMs: 1750
    },
    {name: 'throttled', failure: {kind: 'throttled', status: 429, detail: ''}, tries: 4, next: true, afterMs: 1750},
    {
      name: 'throttled for ten seconds',
      failure: {kind: 'throttled', status: 429, detail: '', retryAfterMs: 10_000},
      tries: 4,
      next: true,
      afterMs: 31_750
    },
    {
      name: 'throttled for longer than the longest wait',
      failure: {kind: 'throttled', status: 429, detail: '', retryAfterMs: 30_001},
      tries: 1,
      next: true,
      afterMs: 0
    },
    {name: 'server-error', failure: SERVER_ERROR, tries: 4, next: true, afterMs: 1750},
    {
      name: 'unauthorized',
      failure: {kind: 'unauthorized', status: 401, detail: '', credentials: 'none'},
      tries: 2,
      next: true,
      afterMs: 0
    },
    {
      name: 'denied',
      failure: {kind: 'denied', status: 403, detail: '', credentials: 'refused'},
      tries: 2,
      next: true,
      afterMs: 0
    },
    {name: 'not-found', failure: NOT_FOUND, tries: 1, next: true, afterMs: 0},
    {name: 'protocol', failure: {kind: 'protocol', detail: '', isHtml: true}, tries: 2, next: true, afterMs: 250},
    {name: 'truncated', failure: {kind: 'truncated', gotBytes: 1}, tries: 4, next: true, afterMs: 1750},
    {
      name: 'corrupt',
      failure: {kind: 'corrupt', wanted: DIGEST, got: OTHER_DIGEST, gotBytes: 1, firstBytes: 'x'},
      tries: 2,
      next: true,
      afterMs: 0
    },
    {name: 'too-large', failure: {kind: 'too-large', limitBytes: 1, detail: ''}, tries: 2, next: true, afterMs: 0},
    {name: 'unusable', failure: {kind: 'unusable', detail: ''}, tries: 1, next: false, afterMs: 0},
    {
      name: 'platform-missing',
      failure: {kind: 'platform-missing', wanted: 'linux/s390x', offered: []},
      tries: 1,
      next: false,
      afterMs: 0
    },
    {
      name: 'digest-disagrees',
      failure: {kind: 'digest-disagrees', wanted: DIGEST, got: OTHER_DIGEST, decidedBy: 'docker.io'},
      tries: 1,
      next: true,
      afterMs: 0
    },
    {name: 'invalid-input', failure: {kind: 'invalid-input', faults: []}, tries: 1, next: false, afterMs: 0},
    {name: 'local-io', failure: {kind: 'local-io', detail: ''}, tries: 1, next: false, afterMs: 0},
    {name: 'docker', failure: {kind: 'docker', detail: ''}, tries: 1, next: false, afterMs: 0},
    {name: 'bug', failure: {kind: 'bug', detail: ''}, tries: 1, next: false, afterMs: 0}
  ])('$name: $tries tries, the next registry: $next', async ({failure, tries, next, afterMs}) => {
    const {registry, clock, around} = bench()
    publishAt(registry, 'docker.io', 'ghcr.io')
    registry.alwaysTrouble('docker.io', failure)
    const acquisition = await clock.until(acquire(around, {level: 'manifest'}))
    expect(askedOf(registry, 'docker.io')).toEqual(Array<string>(tries).fill('manifest 1'))
    expect(askedOf(registry, 'ghcr.io')).toEqual(next ? ['manifest 1'] : [])
    expect(acquisition.image?.candidate.repository.registry).toBe(next ? 'ghcr.io' : undefined)
    expect(told(acquisition)[0]).toEqual(['docker.io', 'failed', failure.kind, 'manifest'])
    expect(acquisition.results[0]?.failure).toBe(failure)
    expect(acquisition.results[0]?.attempts.map(({number, outcome}) => [number, outcome])).toEqual(
      Array.from({length: tries}, (_none, at) => [at + 1, 'failed'])
    )
    expect(clock.nowMs()).toBe(afterMs)
  })

  it.each(['manifest', 'child', 'config', 'layer[0]', 'layer[1]'] as const)(
    'takes all of the image from the next registry when %s is missing',
    async object => {
      const {registry, clock, around} = bench()
      const published = makePublished()
      registry.publish('docker.io/a/b', '1', published)
      registry.publish('ghcr.io/a/b', '1', published)
      registry.trouble('docker.io', object, NOT_FOUND)
      const acquisition = await clock.until(acquire(around, {level: 'full'}))
      expect(told(acquisition)).toEqual([
        ['docker.io', 'failed', 'not-found', object],
        ['ghcr.io', 'verified', undefined, undefined]
      ])
      expect(askedOf(registry, 'ghcr.io')).toEqual([
        object === 'manifest' ? 'manifest 1' : 'manifest @digest',
        'child @digest',
        'config',
        'layer[1]',
        'layer[0]'
      ])
      expect(acquisition.image?.digest).toBe(published.index.digest)
      expect(registry.unused()).toEqual([])
    }
  )

  it('asks one registry after the other, and none behind the one that serves it', async () => {
    const {registry, clock, around} = bench()
    publishAt(registry, 'c.io', 'd.io')
    const acquisition = await clock.until(acquire(around, {mirrors: ['b.io', 'c.io', 'd.io'], level: 'manifest'}))
    expect(registry.requests).toEqual(['docker.io manifest 1', 'b.io manifest 1', 'c.io manifest 1'])
    expect(told(acquisition)).toEqual([
      ['docker.io', 'failed', 'not-found', 'manifest'],
      ['b.io', 'failed', 'not-found', 'manifest'],
      ['c.io', 'verified', undefined, undefined],
      ['d.io', 'not-asked', undefined, undefined]
    ])
  })

  it('has no image, and every story, when nobody serves it', async () => {
    const {registry, clock, around} = bench()
    const acquisition = await clock.until(acquire(around))
    expect([acquisition.image, acquisition.resolved, acquisition.runError]).toEqual([undefined, undefined, undefined])
    expect(told(acquisition)).toEqual([
      ['docker.io', 'failed', 'not-found', 'manifest'],
      ['ghcr.io', 'failed', 'not-found', 'manifest']
    ])
    expect(registry.requests).toEqual(['docker.io manifest 1', 'ghcr.io manifest 1'])
  })

  it('blames the token when that is what failed', async () => {
    const {registry, clock, around} = bench()
    publishAt(registry, 'docker.io')
    registry.trouble('docker.io', 'config', () =>
      Promise.reject(new VerifiedImageError({kind: 'bug', detail: ''}, {object: 'token'}))
    )
    const acquisition = await clock.until(acquire(around, {level: 'config'}))
    expect(told(acquisition)[0]).toEqual(['docker.io', 'failed', 'bug', 'token'])
  })

  it('lets a bug through, once everything has ended', async () => {
    const {registry, clock, around} = bench(3000)
    publishAt(registry, 'docker.io', 'ghcr.io')
    registry.trouble('docker.io', 'manifest', silent)
    registry.trouble('ghcr.io', 'manifest', () => Promise.reject(new TypeError('a bug')))
    await expect(clock.until(acquire(around))).rejects.toThrow(new TypeError('a bug'))
    expect(clock.waiting()).toBe(0)
  })

  it.each<{readonly name: string; readonly image: Image; readonly object: string; readonly detail: string}>([
    {
      name: 'a config with too few diff_ids',
      image: makeImage({editConfig: right => ({...right, rootfs: {type: 'layers', diff_ids: []}})}),
      object: 'config',
      detail: 'it has 0 diff_ids for 2 layers'
    },
    {
      name: 'a manifest that is an artifact',
      image: makeImage({editManifest: right => ({...right, config: {...right.config, mediaType: 'application/x'}})}),
      object: 'manifest',
      detail: 'it is an artifact, not a container image'
    },
    {
      name: 'a layer that is no gzip',
      image: makeImage({
        layers: [
          {
            content: Buffer.from('not compressed'),
            compression: 'none',
            mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip'
          }
        ]
      }),
      object: 'layer[0]',
      detail: 'it is not gzip throughout'
    },
    {
      name: 'a diff_id of other bytes',
      image: makeImage({
        layers: [{content: {files: {a: 'b'}}}],
        editConfig: right => ({...right, rootfs: {type: 'layers', diff_ids: [DIGEST]}})
      }),
      object: 'layer[0]',
      detail: `diff_id mismatch: the config says ${DIGEST}`
    }
  ])('stops without asking mirrors for $name', async ({image, object, detail}) => {
    const {registry, clock, around} = bench()
    registry.publish('docker.io/a/b', '1', image)
    registry.publish('ghcr.io/a/b', '1', image)
    const acquisition = await clock.until(acquire(around, {level: 'full'}))
    expect(told(acquisition)).toEqual([
      ['docker.io', 'failed', 'unusable', object],
      ['ghcr.io', 'not-asked', undefined, undefined]
    ])
    expect(acquisition.results[0]?.failure).toMatchObject({detail: expect.stringContaining(detail)})
    expect([acquisition.image, askedOf(registry, 'ghcr.io')]).toEqual([undefined, []])
  })
})

describe('trust', () => {
  it('lets the primary decide, and holds mirrors to it', async () => {
    const {registry, clock, around} = bench()
    publishAt(registry, 'docker.io')
    registry.publish('ghcr.io/a/b', '1', OTHER)
    registry.trouble('docker.io', 'config', NOT_FOUND)
    const acquisition = await clock.until(acquire(around, {level: 'config'}))
    expect(registry.requests).toEqual([
      'docker.io manifest 1',
      'docker.io config',
      'ghcr.io manifest @digest',
      'ghcr.io manifest 1'
    ])
    expect(acquisition.results[1]).toMatchObject({
      outcome: 'failed',
      failedObject: 'manifest',
      failure: {
        kind: 'digest-disagrees',
        wanted: IMAGE.manifest.digest,
        got: OTHER.manifest.digest,
        decidedBy: 'docker.io'
      }
    })
    expect(acquisition.image).toBeUndefined()
  })

  it('goes on behind a mirror with another digest', async () => {
    const {registry, clock, around} = bench()
    publishAt(registry, 'docker.io', 'c.io')
    registry.publish('b.io/a/b', '1', OTHER)
    registry.trouble('docker.io', 'config', NOT_FOUND)
    const acquisition = await clock.until(acquire(around, {mirrors: ['b.io', 'c.io'], level: 'config'}))
    expect(told(acquisition)).toEqual([
      ['docker.io', 'failed', 'not-found', 'config'],
      ['b.io', 'failed', 'digest-disagrees', 'manifest'],
      ['c.io', 'verified', undefined, undefined]
    ])
  })

  it('never asks a public mirror by tag, not even when it lacks the digest', async () => {
    const {registry, clock, around} = bench()
    publishAt(registry, 'docker.io')
    registry.publish('ghcr.io/a/b', '1', OTHER)
    registry.trouble('docker.io', 'config', NOT_FOUND)
    const acquisition = await clock.until(acquire(around, {mirrors: ['public'], level: 'config'}))
    expect(askedOf(registry, 'ghcr.io')).toEqual(['manifest @digest'])
    expect(told(acquisition)[1]).toEqual(['ghcr.io', 'failed', 'not-found', 'manifest'])
  })

  it('leaves a public mirror unasked when nobody could say what the tag is', async () => {
    const {registry, clock, around} = bench()
    publishAt(registry, 'ghcr.io')
    const acquisition = await clock.until(acquire(around, {mirrors: ['public']}))
    expect(registry.requests).toEqual(['docker.io manifest 1'])
    expect(told(acquisition)[1]).toEqual(['ghcr.io', 'not-asked', undefined, undefined])
  })

  it('asks a public mirror after a named mirror decided, wherever its line is', async () => {
    const {registry, clock, around} = bench()
    publishAt(registry, 'ghcr.io', 'b.io')
    registry.trouble('b.io', 'config', NOT_FOUND)
    const acquisition = await clock.until(acquire(around, {mirrors: ['public', 'b.io'], level: 'config'}))
    expect(registry.requests).toEqual([
      'docker.io manifest 1',
      'b.io manifest 1',
      'b.io config',
      'ghcr.io manifest @digest',
      'ghcr.io config'
    ])
    expect(acquisition.resolved).toMatchObject({digest: IMAGE.manifest.digest, decidedBy: 'mirror', registry: 'b.io'})
    expect(told(acquisition)).toEqual([
      ['docker.io', 'failed', 'not-found', 'manifest'],
      ['b.io', 'failed', 'not-found', 'config'],
      ['ghcr.io', 'verified', undefined, undefined]
    ])
  })

  it('lets a named mirror decide when the primary could not say what the tag is', async () => {
    const {registry, clock, around} = bench()
    registry.publish('ghcr.io/a/b', '1', OTHER)
    registry.alwaysTrouble('docker.io', SERVER_ERROR)
    const acquisition = await clock.until(acquire(around, {level: 'config'}))
    expect(acquisition.resolved).toEqual({
      ...{digest: OTHER.manifest.digest, decidedBy: 'mirror', registry: 'ghcr.io'},
      unresolved: {kind: 'failed', failure: SERVER_ERROR}
    })
    expect(acquisition.image?.digest).toBe(OTHER.manifest.digest)
  })

  it('asks by digest only when the reference has one, a public mirror too', async () => {
    const {registry, clock, around} = bench()
    publishAt(registry, 'ghcr.io')
    const image = `a/b@${IMAGE.manifest.digest}`
    const acquisition = await clock.until(acquire(around, {image, mirrors: ['public'], level: 'config'}))
    expect(registry.requests).toEqual(['docker.io manifest @digest', 'ghcr.io manifest @digest', 'ghcr.io config'])
    expect(acquisition.resolved).toEqual({digest: IMAGE.manifest.digest, decidedBy: 'reference', registry: 'docker.io'})
  })

  it('refuses a primary whose tag is another image than the reference says', async () => {
    const {registry, clock, around} = bench()
    registry.publish('docker.io/a/b', '1', OTHER)
    publishAt(registry, 'ghcr.io')
    const image = `a/b:1@${IMAGE.manifest.digest}`
    const acquisition = await clock.until(acquire(around, {image, level: 'config'}))
    expect(acquisition.results[0]?.failure).toEqual({
      kind: 'digest-disagrees',
      wanted: IMAGE.manifest.digest,
      got: OTHER.manifest.digest,
      decidedBy: 'the reference'
    })
    expect(acquisition.image?.candidate.repository.registry).toBe('ghcr.io')
  })

  it('refuses a manifest with other bytes than the digest, whatever the mirror announces', async () => {
    const {registry, clock, around} = bench()
    publishAt(registry, 'docker.io', 'ghcr.io')
    registry.trouble('docker.io', 'config', NOT_FOUND)
    const swapped: Trouble = ({content}) => ({
      ...content,
      contentLength: OTHER.manifest.size,
      body: bodyOf(OTHER.manifest.bytes)
    })
    registry.trouble('ghcr.io', 'manifest', swapped, swapped)
    const acquisition = await clock.until(acquire(around, {level: 'config'}))
    expect(acquisition.results[1]?.failure).toMatchObject({
      kind: 'corrupt',
      wanted: IMAGE.manifest.digest,
      got: OTHER.manifest.digest
    })
    expect(acquisition.image).toBeUndefined()
  })
})

describe('preferred mirrors', () => {
  it('serve the bytes, while the primary is asked for the digest only', async () => {
    const {registry, clock, around} = bench()
    publishAt(registry, 'docker.io', 'ghcr.io')
    const acquisition = await clock.until(acquire(around, {prefer: 'mirrors', level: 'config'}))
    expect(registry.requests).toEqual(['docker.io manifest 1', 'ghcr.io manifest @digest', 'ghcr.io config'])
    expect(acquisition.image?.candidate.role).toBe('mirror')
    expect(acquisition.resolved).toEqual({digest: IMAGE.manifest.digest, decidedBy: 'primary', registry: 'docker.io'})
    expect(told(acquisition)).toEqual([
      ['ghcr.io', 'verified', undefined, undefined],
      ['docker.io', 'not-asked', undefined, undefined]
    ])
  })

  it('leave the primary alone when the reference has a digest', async () => {
    const {registry, clock, around} = bench()
    publishAt(registry, 'docker.io', 'ghcr.io')
    const image = `a/b:1@${IMAGE.manifest.digest}`
    await clock.until(acquire(around, {image, prefer: 'mirrors', level: 'config'}))
    expect(registry.requests).toEqual(['ghcr.io manifest @digest', 'ghcr.io config'])
  })

  it('hand over to the primary, which need not be asked for its manifest again', async () => {
    const {registry, clock, around} = bench()
    publishAt(registry, 'docker.io')
    const acquisition = await clock.until(acquire(around, {prefer: 'mirrors', level: 'config'}))
    expect(registry.requests).toEqual([
      'docker.io manifest 1',
      'ghcr.io manifest @digest',
      'ghcr.io manifest 1',
      'docker.io config'
    ])
    expect(told(acquisition)).toEqual([
      ['ghcr.io', 'failed', 'not-found', 'manifest'],
      ['docker.io', 'verified', undefined, undefined]
    ])
  })

  it('decide when the primary cannot, which then is not asked again', async () => {
    const {registry, clock, around} = bench()
    registry.publish('ghcr.io/a/b', '1', OTHER)
    registry.trouble('ghcr.io', 'config', NOT_FOUND)
    const acquisition = await clock.until(acquire(around, {prefer: 'mirrors', level: 'config'}))
    expect(registry.requests).toEqual(['docker.io manifest 1', 'ghcr.io manifest 1', 'ghcr.io config'])
    expect(acquisition.resolved?.decidedBy).toBe('mirror')
    expect(told(acquisition)).toEqual([
      ['ghcr.io', 'failed', 'not-found', 'config'],
      ['docker.io', 'failed', 'not-found', 'manifest']
    ])
  })

  it('come before the primary, and public mirrors after it', async () => {
    const {registry, clock, around} = bench()
    publishAt(registry, 'docker.io', 'ghcr.io')
    registry.trouble('docker.io', 'config', NOT_FOUND)
    const acquisition = await clock.until(
      acquire(around, {prefer: 'mirrors', mirrors: ['public', 'b.io'], level: 'config'})
    )
    expect(registry.requests).toEqual([
      'docker.io manifest 1',
      'b.io manifest @digest',
      'b.io manifest 1',
      'docker.io config',
      'ghcr.io manifest @digest',
      'ghcr.io config'
    ])
    expect(acquisition.image?.candidate.role).toBe('public-mirror')
  })

  it('never decide when they are public', async () => {
    const {registry, clock, around} = bench()
    publishAt(registry, 'ghcr.io')
    const acquisition = await clock.until(acquire(around, {prefer: 'mirrors', mirrors: ['public']}))
    expect(registry.requests).toEqual(['docker.io manifest 1'])
    expect(acquisition.image).toBeUndefined()
  })
})

describe('the hedge', () => {
  it('starts a mirror that may resolve the tag after exactly that time, and holds its image', async () => {
    const {registry, clock, around} = bench(3000)
    publishAt(registry, 'docker.io', 'ghcr.io')
    registry.trouble('docker.io', 'manifest', late(clock, 15_000))
    const done = acquire(around)
    await clock.advance(2999)
    expect(registry.requests).toEqual(['docker.io manifest 1'])
    await clock.advance(1)
    expect(askedOf(registry, 'ghcr.io')).toEqual(['manifest 1', 'config', 'layer[1]', 'layer[0]'])
    const acquisition = await clock.until(done)
    // The primary's answer is what it has already: nothing else is asked for.
    expect(askedOf(registry, 'docker.io')).toEqual(['manifest 1'])
    expect(acquisition.resolved).toEqual({digest: IMAGE.manifest.digest, decidedBy: 'primary', registry: 'docker.io'})
    expect(acquisition.image?.candidate.repository.registry).toBe('ghcr.io')
    expect([clock.nowMs(), clock.waiting()]).toEqual([15_000, 0])
  })

  it('lets the mirror resolve the tag when the primary was silent for one stall-timeout, and not sooner', async () => {
    const {registry, clock, around} = bench(3000)
    publishAt(registry, 'docker.io', 'ghcr.io')
    registry.trouble('docker.io', 'manifest', silent)
    const done = acquire(around)
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
    expect(told(acquisition)).toEqual([
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
    const {registry, clock, around} = bench(3000)
    publishAt(registry, 'docker.io', 'ghcr.io')
    registry.trouble('docker.io', 'layer[1]', crawling(clock, 10))
    const done = acquire(around)
    await clock.advance(2999)
    expect(askedOf(registry, 'ghcr.io')).toEqual([])
    await clock.advance(1)
    const acquisition = await done
    expect(askedOf(registry, 'ghcr.io')).toEqual(['manifest @digest', 'config', 'layer[1]', 'layer[0]'])
    expect(told(acquisition)).toEqual([
      ['docker.io', 'aborted', 'timed-out', undefined],
      ['ghcr.io', 'verified', undefined, undefined]
    ])
    expect(clock.waiting()).toBe(0)
  })

  it('leaves a primary alone that delivers more than 1 KiB/s', async () => {
    const {registry, clock, around} = bench(3000)
    publishAt(registry, 'docker.io', 'ghcr.io')
    registry.trouble('docker.io', 'layer[1]', crawling(clock, 120))
    const acquisition = await clock.until(acquire(around))
    expect(askedOf(registry, 'ghcr.io')).toEqual([])
    expect(acquisition.image?.candidate.role).toBe('primary')
    expect(clock.nowMs()).toBeGreaterThan(6000)
  })

  it('lets the primary win that wakes up before the other is done', async () => {
    const {registry, clock, around} = bench(3000)
    publishAt(registry, 'docker.io', 'ghcr.io')
    registry.trouble('docker.io', 'manifest', late(clock, 3500))
    registry.trouble('ghcr.io', 'config', late(clock, 1000))
    const acquisition = await clock.until(acquire(around))
    expect(acquisition.image?.candidate.repository.registry).toBe('docker.io')
    expect(told(acquisition)).toEqual([
      ['docker.io', 'verified', undefined, undefined],
      ['ghcr.io', 'aborted', undefined, undefined]
    ])
    expect([clock.nowMs(), clock.waiting()]).toEqual([3500, 0])
  })

  it('starts the third when the second is silent for that long too', async () => {
    const {registry, clock, around} = bench(3000)
    publishAt(registry, 'docker.io', 'b.io', 'c.io')
    registry.trouble('docker.io', 'manifest', silent)
    registry.trouble('b.io', 'manifest', silent)
    const done = acquire(around, {mirrors: ['b.io', 'c.io'], level: 'manifest'})
    await clock.advance(5999)
    expect(registry.requests).toEqual(['docker.io manifest 1', 'b.io manifest 1'])
    await clock.advance(1)
    expect(registry.requests).toEqual(['docker.io manifest 1', 'b.io manifest 1', 'c.io manifest 1'])
    expect(told(await clock.until(done))).toEqual([
      ['docker.io', 'aborted', 'timed-out', undefined],
      ['b.io', 'aborted', 'timed-out', undefined],
      ['c.io', 'verified', undefined, undefined]
    ])
  })

  it('starts the next at once when one fails while the first is slow', async () => {
    const {registry, clock, around} = bench(3000)
    publishAt(registry, 'docker.io', 'c.io')
    registry.trouble('docker.io', 'manifest', silent)
    const done = acquire(around, {mirrors: ['b.io', 'c.io'], level: 'manifest'})
    await clock.advance(3000)
    expect(registry.requests).toEqual(['docker.io manifest 1', 'b.io manifest 1', 'c.io manifest 1'])
    const acquisition = await clock.until(done)
    expect(clock.nowMs()).toBe(STALL_MS)
    expect(acquisition.image?.candidate.repository.registry).toBe('c.io')
  })

  it('tells the last failure of a primary that was left between two tries', async () => {
    const {registry, clock, around} = bench(3000)
    publishAt(registry, 'docker.io', 'ghcr.io')
    registry.trouble('docker.io', 'manifest', {...SERVER_ERROR, retryAfterMs: 10_000})
    const image = `a/b:1@${IMAGE.manifest.digest}`
    const acquisition = await clock.until(acquire(around, {image}))
    expect(told(acquisition)).toEqual([
      ['docker.io', 'aborted', 'server-error', 'manifest'],
      ['ghcr.io', 'verified', undefined, undefined]
    ])
    expect(clock.nowMs()).toBe(3000)
  })

  it('asks the next at once when nothing listens at the primary, which still has all its tries for the tag', async () => {
    const {registry, clock, around} = bench(3000)
    publishAt(registry, 'ghcr.io')
    registry.alwaysTrouble('docker.io', REFUSED)
    const done = acquire(around)
    await clock.advance(0)
    expect(registry.requests.slice(0, 2)).toEqual(['docker.io manifest 1', 'ghcr.io manifest 1'])
    const acquisition = await clock.until(done)
    expect(askedOf(registry, 'docker.io')).toHaveLength(4)
    expect([clock.nowMs(), clock.waiting()]).toEqual([1750, 0])
    expect(told(acquisition)).toEqual([
      ['docker.io', 'failed', 'unreachable', 'manifest'],
      ['ghcr.io', 'verified', undefined, undefined]
    ])
  })

  it('uses the next at once when nothing listens at the primary and the digest is known', async () => {
    const {registry, clock, around} = bench(3000)
    publishAt(registry, 'ghcr.io')
    registry.alwaysTrouble('docker.io', REFUSED)
    const acquisition = await clock.until(acquire(around, {image: `a/b:1@${IMAGE.manifest.digest}`}))
    expect([clock.nowMs(), clock.waiting()]).toEqual([0, 0])
    expect(acquisition.image?.candidate.repository.registry).toBe('ghcr.io')
  })

  it('lets a public mirror join no sooner than the digest is known', async () => {
    const {registry, clock, around} = bench(3000)
    publishAt(registry, 'docker.io', 'ghcr.io')
    registry.trouble('docker.io', 'manifest', late(clock, 5000))
    registry.trouble('docker.io', 'config', silent)
    const done = acquire(around, {mirrors: ['public']})
    await clock.advance(4999)
    expect(registry.requests).toEqual(['docker.io manifest 1'])
    await clock.advance(1)
    expect(askedOf(registry, 'ghcr.io')).toEqual(['manifest @digest', 'config', 'layer[1]', 'layer[0]'])
    const acquisition = await done
    expect(acquisition.image?.candidate.role).toBe('public-mirror')
    expect(acquisition.resolved?.decidedBy).toBe('primary')
  })

  it('never happens without a time for it', async () => {
    const {registry, clock, controller, around} = bench()
    publishAt(registry, 'docker.io', 'ghcr.io')
    registry.trouble('docker.io', 'manifest', silent)
    const done = acquire(around)
    await clock.advance(3_600_000)
    expect(registry.requests).toEqual(['docker.io manifest 1'])
    expect(clock.waits).toEqual([])
    controller.abort(new Error('enough'))
    expect((await done).image).toBeUndefined()
  })

  it('waits for all tries at a primary where nobody listens, without a time for it', async () => {
    const {registry, clock, around} = bench()
    publishAt(registry, 'ghcr.io')
    registry.alwaysTrouble('docker.io', REFUSED)
    await clock.until(acquire(around, {level: 'manifest'}))
    expect(registry.requests).toEqual([...Array<string>(4).fill('docker.io manifest 1'), 'ghcr.io manifest 1'])
  })

  it('drops what a mirror has when the primary answers with another digest, however late', async () => {
    const {registry, clock, around, events} = bench(3000)
    publishAt(registry, 'docker.io')
    registry.publish('ghcr.io/a/b', '1', OTHER)
    registry.trouble('docker.io', 'manifest', late(clock, STALL_MS - 1))
    const acquisition = await clock.until(acquire(around, {level: 'config'}))
    expect(askedOf(registry, 'ghcr.io').slice(0, 2)).toEqual(['manifest 1', 'config'])
    expect(acquisition.image?.digest).toBe(IMAGE.manifest.digest)
    expect(acquisition.resolved).toEqual({digest: IMAGE.manifest.digest, decidedBy: 'primary', registry: 'docker.io'})
    expect(told(acquisition)).toEqual([
      ['docker.io', 'verified', undefined, undefined],
      // Asked again, for that digest, which it lacks.
      ['ghcr.io', 'failed', 'digest-disagrees', 'manifest']
    ])
    expect(acquisition.results[1]?.answered).toBe(OTHER.manifest.digest)
    expect(events.flatMap(event => (event.type === 'pinned' ? [event.pin.registry] : []))).toEqual(['docker.io'])
  })

  it('asks a mirror whose tag is behind for the digest that the primary gave late', async () => {
    const {registry, clock, around} = bench(3000)
    publishAt(registry, 'docker.io', 'ghcr.io')
    registry.publish('ghcr.io/a/b', '1', OTHER)
    registry.trouble('docker.io', 'manifest', late(clock, 5000))
    registry.trouble('docker.io', 'config', NOT_FOUND)
    const acquisition = await clock.until(acquire(around, {level: 'config'}))
    expect(askedOf(registry, 'ghcr.io')).toEqual(['manifest 1', 'config', 'manifest @digest', 'config'])
    expect(acquisition.image).toMatchObject({digest: IMAGE.manifest.digest, candidate: {role: 'mirror'}})
    expect(told(acquisition)[1]).toEqual(['ghcr.io', 'verified', undefined, undefined])
  })

  it('asks a mirror that lacks the tag for the digest that the primary gave late', async () => {
    const {registry, clock, around} = bench(3000)
    publishAt(registry, 'docker.io')
    registry.publish('ghcr.io/a/b', undefined, IMAGE)
    registry.trouble('docker.io', 'manifest', late(clock, 5000))
    registry.trouble('docker.io', 'config', NOT_FOUND)
    const acquisition = await clock.until(acquire(around, {level: 'config'}))
    expect(askedOf(registry, 'ghcr.io')).toEqual(['manifest 1', 'manifest @digest', 'config'])
    expect(acquisition.image?.candidate.role).toBe('mirror')
  })

  it('counts each byte of an answer against silence', async () => {
    const {registry, clock, around} = bench(3000)
    publishAt(registry, 'docker.io')
    registry.publish('ghcr.io/a/b', '1', OTHER)
    // A byte every 15 s: the client would end it for its pace, and then try again.
    registry.trouble('docker.io', 'manifest', ({bytes, content, ask}) => ({
      ...content,
      body: (async function* () {
        for (let at = 0; at < 6; at++) {
          await clock.wait(15_000, ask.signal)
          yield bytes.subarray(at, at + 1)
        }
        yield bytes.subarray(6)
      })()
    }))
    const acquisition = await clock.until(acquire(around, {level: 'config'}))
    expect(acquisition.resolved?.decidedBy).toBe('primary')
    expect(clock.nowMs()).toBe(90_000)
  })

  it('counts silence over retries, and not the wait after an answer', async () => {
    const {registry, clock, around} = bench(3000)
    publishAt(registry, 'docker.io')
    registry.publish('ghcr.io/a/b', '1', OTHER)
    registry.trouble('docker.io', 'manifest', {...SERVER_ERROR, retryAfterMs: 25_000}, late(clock, 15_000))
    const acquisition = await clock.until(acquire(around, {level: 'config'}))
    expect(acquisition.resolved?.decidedBy).toBe('primary')
    expect(clock.nowMs()).toBeGreaterThan(40_000)
    const silence: Failure = {kind: 'timed-out', phase: 'connect', limit: {input: 'connect-timeout', afterMs: 5000}}
    const second = bench(3000)
    second.registry.publish('ghcr.io/a/b', '1', OTHER)
    const unconnected: Trouble = async ({ask}) => {
      await second.clock.wait(5000, ask.signal)
      throw new VerifiedImageError(silence)
    }
    publishAt(second.registry, 'docker.io')
    second.registry.trouble('docker.io', 'manifest', ...Array<Trouble>(3).fill(unconnected), late(second.clock, 60_000))
    const decided = await second.clock.until(acquire(second.around, {level: 'config'}))
    expect(decided.resolved).toMatchObject({decidedBy: 'mirror', unresolved: {kind: 'silent'}})
  })

  it('serves what a named mirror verified when the primary said nothing', async () => {
    const {registry, clock, around} = bench(3000)
    publishAt(registry, 'docker.io')
    registry.publish('ghcr.io/a/b', '1', OTHER)
    registry.trouble('docker.io', 'manifest', silent)
    const acquisition = await clock.until(acquire(around, {level: 'config'}))
    expect(acquisition.image?.digest).toBe(OTHER.manifest.digest)
    expect(acquisition.resolved).toMatchObject({
      digest: OTHER.manifest.digest,
      decidedBy: 'mirror',
      registry: 'ghcr.io'
    })
  })

  it('asks preferred mirrors when the primary does not get on with the digest', async () => {
    const {registry, clock, around} = bench(3000)
    publishAt(registry, 'docker.io', 'ghcr.io')
    registry.trouble('docker.io', 'manifest', silent)
    const done = acquire(around, {prefer: 'mirrors', level: 'config'})
    await clock.advance(2999)
    expect(registry.requests).toEqual(['docker.io manifest 1'])
    await clock.advance(1)
    expect(registry.requests).toEqual(['docker.io manifest 1', 'ghcr.io manifest 1', 'ghcr.io config'])
    expect((await clock.until(done)).image?.candidate.role).toBe('mirror')
    expect([clock.nowMs(), clock.waiting()]).toEqual([STALL_MS, 0])
  })

  it('ends all when one of two finds the image with the known digest unusable', async () => {
    const {registry, clock, around} = bench(3000)
    publishAt(registry, 'docker.io', 'b.io', 'c.io')
    registry.trouble('docker.io', 'manifest', silent)
    registry.trouble('b.io', 'config', {kind: 'unusable', detail: 'bad'})
    const image = `a/b:1@${IMAGE.manifest.digest}`
    const acquisition = await clock.until(acquire(around, {image, mirrors: ['b.io', 'c.io']}))
    expect(told(acquisition).map(story => (story as unknown[])[1])).toEqual(['aborted', 'failed', 'not-asked'])
    expect([acquisition.image, clock.waiting()]).toEqual([undefined, 0])
  })

  it.each(['unusable', 'platform-missing'] as const)(
    'gives no mirror a veto: what its own answer leads to is %s, and the next mirror is asked',
    async kind => {
      const failure: Failure =
        kind === 'unusable' ? {kind, detail: 'schema 1'} : {kind, wanted: 'linux/amd64', offered: []}
      for (const hedge of [undefined, 3000])
        for (const object of ['manifest', 'config'] as const) {
          const {registry, clock, around} = bench(hedge)
          publishAt(registry, 'c.io')
          registry.publish('b.io/a/b', '1', OTHER)
          registry.alwaysTrouble('docker.io', SERVER_ERROR)
          registry.trouble('b.io', object, failure)
          const acquisition = await clock.until(acquire(around, {mirrors: ['b.io', 'c.io'], level: 'config'}))
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

describe('cancellation', () => {
  it('calls everybody off, and leaves nothing pending', async () => {
    const {registry, clock, controller, around} = bench(3000)
    publishAt(registry, 'docker.io', 'b.io', 'c.io')
    registry.trouble('docker.io', 'layer[1]', silent)
    registry.trouble('b.io', 'manifest', silent)
    const done = acquire(around, {mirrors: ['b.io', 'c.io']})
    await clock.advance(3000)
    const before = [...registry.requests]
    expect(before.at(-1)).toBe('b.io manifest @digest')
    expect(clock.waiting()).toBeGreaterThan(0)
    controller.abort(new Error('cancelled'))
    const acquisition = await done
    expect(told(acquisition).map(story => (story as unknown[])[1])).toEqual(['aborted', 'aborted', 'not-asked'])
    expect([acquisition.image, acquisition.runError]).toEqual([undefined, undefined])
    expect(clock.waiting()).toBe(0)
    await clock.advance(60_000)
    expect(registry.requests).toEqual(before)
  })

  it('ends a wait between two tries', async () => {
    const {registry, clock, controller, around} = bench()
    registry.alwaysTrouble('docker.io', SERVER_ERROR)
    const done = acquire(around)
    await clock.advance(100)
    expect(clock.waiting()).toBe(1)
    controller.abort(new Error('cancelled'))
    const acquisition = await done
    expect(told(acquisition)).toEqual([
      ['docker.io', 'aborted', 'server-error', 'manifest'],
      ['ghcr.io', 'not-asked', undefined, undefined]
    ])
    expect([clock.waiting(), registry.requests]).toEqual([0, ['docker.io manifest 1']])
  })

  it('asks nobody when it came before', async () => {
    const {registry, clock, controller, around} = bench(3000)
    publishAt(registry, 'docker.io', 'ghcr.io')
    controller.abort(new Error('cancelled'))
    const acquisition = await clock.until(acquire(around))
    expect([acquisition.image, registry.requests, clock.waiting()]).toEqual([undefined, [], 0])
  })

  it('says that time was up where that was the reason', async () => {
    const {registry, clock, controller, around} = bench()
    publishAt(registry, 'docker.io')
    registry.trouble('docker.io', 'layer[0]', silent)
    const done = acquire(around)
    await clock.advance(600_000)
    const error = new VerifiedImageError(TIME_IS_UP)
    controller.abort(error)
    const acquisition = await done
    expect(acquisition.runError).toBe(error)
    expect(acquisition.image).toBeUndefined()
    expect(told(acquisition)).toEqual([
      ['docker.io', 'aborted', undefined, undefined],
      ['ghcr.io', 'not-asked', undefined, undefined]
    ])
  })

  it('says nothing of time for an image that was done before', async () => {
    const {registry, clock, controller, around} = bench()
    publishAt(registry, 'docker.io')
    const acquisition = await clock.until(acquire(around))
    controller.abort(new VerifiedImageError(TIME_IS_UP))
    expect(acquisition.runError).toBeUndefined()
    expect(acquisition.image?.digest).toBe(IMAGE.manifest.digest)
  })
})

describe('several images of a run', () => {
  const SIBLING = makeImage({editConfig: right => ({...right, created: '2026-01-01T00:00:00Z'})})

  it('fetch the layers that they share once', async () => {
    const {registry, clock, around} = bench()
    registry.publish('docker.io/a/b', '1', IMAGE)
    registry.publish('docker.io/c/d', '2', SIBLING)
    const both = [acquire(around, {level: 'full'}), acquire(around, {image: 'c/d:2', level: 'full'})]
    const done = await clock.until(Promise.all(both))
    expect(done.map(({image}) => image?.digest)).toEqual([IMAGE.manifest.digest, SIBLING.manifest.digest])
    expect([...registry.requests].sort()).toEqual([
      'docker.io config',
      'docker.io config',
      'docker.io layer[0]',
      'docker.io layer[1]',
      'docker.io manifest 1',
      'docker.io manifest 2'
    ])
  })

  it('fetch nothing again that an image before them had verified', async () => {
    const {registry, clock, around} = bench()
    registry.publish('docker.io/a/b', '1', IMAGE)
    registry.publish('docker.io/a/b', '2', IMAGE)
    await clock.until(acquire(around))
    await clock.until(acquire(around, {image: 'a/b:2'}))
    expect(registry.requests.slice(4)).toEqual(['docker.io manifest 2'])
  })

  it('fetch equal layers of all platforms once', async () => {
    const {registry, clock, around} = bench()
    registry.publish('docker.io/a/b', '1', makePublished())
    const {image} = await clock.until(acquire(around, {platforms: {kind: 'all'}, level: 'full'}))
    expect(image?.platforms.map(({level}) => level)).toEqual(['full', 'full'])
    expect([...registry.requests].sort()).toEqual([
      'docker.io child @digest',
      'docker.io child @digest',
      'docker.io config',
      'docker.io config',
      'docker.io layer[0]',
      'docker.io layer[1]',
      'docker.io layer[1]',
      'docker.io manifest 1'
    ])
  })

  it('both go on elsewhere when a layer that they share is corrupt', async () => {
    const {registry, clock, around} = bench()
    for (const place of ['docker.io', 'ghcr.io']) {
      registry.publish(`${place}/a/b`, '1', IMAGE)
      registry.publish(`${place}/c/d`, '2', SIBLING)
    }
    registry.trouble('docker.io', 'layer[1]', spoiled(), spoiled())
    const both = [acquire(around), acquire(around, {image: 'c/d:2'})]
    const done = await clock.until(Promise.all(both))
    expect(done.map(({image}) => image?.candidate.repository.registry)).toEqual(['ghcr.io', 'ghcr.io'])
    expect(registry.requests.filter(request => request.endsWith('layer[1]')).sort()).toEqual([
      'docker.io layer[1]',
      'docker.io layer[1]',
      'ghcr.io layer[1]'
    ])
  })

  it('keep away from a registry that throttled one of them, for as long as it asked for', async () => {
    const {registry, clock, around} = bench()
    registry.publish('docker.io/a/b', '1', IMAGE)
    registry.publish('docker.io/c/d', '2', SIBLING)
    registry.trouble('docker.io', 'manifest', {kind: 'throttled', status: 429, detail: '', retryAfterMs: 20_000})
    const first = acquire(around)
    await clock.advance(1)
    const second = acquire(around, {image: 'c/d:2'})
    await clock.advance(20_000)
    expect(registry.requests).toEqual(['docker.io manifest 1'])
    const done = await clock.until(Promise.all([first, second]))
    expect(done.map(({image}) => image?.candidate.role)).toEqual(['primary', 'primary'])
    expect(clock.nowMs()).toBe(20_250)
  })

  it('resume what broke without asking for the rest of the image again', async () => {
    const {registry, clock, around} = bench()
    publishAt(registry, 'docker.io', 'ghcr.io')
    registry.trouble('docker.io', 'layer[1]', brokenAt(4096))
    await clock.until(acquire(around))
    expect(registry.requests).toEqual([
      'docker.io manifest 1',
      'docker.io config',
      'docker.io layer[1]',
      'docker.io layer[0]',
      'docker.io layer[1]@4096'
    ])
  })
})
