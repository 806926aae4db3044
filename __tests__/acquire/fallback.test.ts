// When an older tag may stand in, failure by failure, and which one.

import {describe, expect, it} from '@jest/globals'
import {newResult} from '../../src/acquire/candidate-result.ts'
import type {Failure, FailureKind, ObjectName} from '../../src/failure/failure.ts'
import {acquireWithFallback, fallbackUsed} from '../../src/acquire/fallback.ts'
import {buildImageReport} from '../../src/report/build-report.ts'
import {planCandidates, type ImageRequest, type LockedDigest, parseImageRequest} from '../../src/acquire/plan.ts'
import type {Attempt} from '../../src/fetch/retry.ts'
import type {Digest} from '../../src/oci/digest.ts'
import type {VerifiedManifest} from '../../src/verify/verified.ts'
import {type VerifiedImage} from '../../src/fetch/verified-image.ts'
import {type FallbackTag, fallbacksFor, parseFallbackTag, unusedFallbackTags} from '../../src/pins/fallback-tags.ts'
import {type AcquireRequest, type Acquisition} from '../../src/acquire/acquisition.ts'

// Of what no test here looks at.
const MANIFEST = {
  bytes: new Uint8Array(),
  document: {kind: 'index', mediaType: '', children: []}
} as unknown as VerifiedManifest

const DIGEST = `sha256:${'a'.repeat(64)}` as Digest
const OTHER = `sha256:${'b'.repeat(64)}` as Digest

function wanted(asked: string): ImageRequest {
  const image = parseImageRequest(asked)
  if (!image.ok) throw new Error(image.reason)
  return image.value
}
function tags(...lines: readonly string[]): readonly FallbackTag[] {
  return lines.map(line => {
    const tag = parseFallbackTag(line)
    if (!tag.ok) throw new Error(tag.reason)
    return tag.value
  })
}
function names(image: string, ...lines: readonly string[]): readonly string[] {
  return fallbacksFor(wanted(image), tags(...lines)).map(({input}) => input)
}

describe('parseFallbackTag', () => {
  it.each(['', 'a b', '-x', '=1', 'php=', `php@${DIGEST}=1`, 'PHP=1', `php=${'x'.repeat(129)}`])('refuses %j', text => {
    expect(parseFallbackTag(text).ok).toBe(false)
  })

  it.each([
    {text: 'a=b=1', why: '"a=b" is not an image reference'},
    {text: 'php=', why: 'the tag is missing'},
    {text: '', why: 'the tag is missing'},
    {text: '-x', why: 'a tag has'}
  ])('says why not %j', ({text, why}) => {
    expect(parseFallbackTag(text)).toEqual({ok: false, reason: expect.stringContaining(why)})
  })
})

describe('fallbacksFor', () => {
  it.each([
    {image: 'php:8.3.8', lines: ['8.3.7', '8.3.6'], found: ['php:8.3.7', 'php:8.3.6']},
    {image: 'php:8.3.8', lines: ['docker.io/library/php=8.3.7', 'redis=7'], found: ['php:8.3.7']},
    {image: 'php:8.3.8', lines: ['php:8.3.8=8.3.7', 'php:8.2.1=8.2.0'], found: ['php:8.3.7']},
    {image: 'ghcr.io/a/b:2', lines: ['ghcr.io/a/b=1', 'a/b=0'], found: ['ghcr.io/a/b:1']},
    {image: 'php:8.3.8', lines: ['8.3.8', '8.3.7'], found: ['php:8.3.7']},
    {image: `php:8.3.8@${DIGEST}`, lines: ['8.3.7'], found: []}
  ])('of $image with $lines are $found', ({image, lines, found}) => {
    expect(names(image, ...lines)).toEqual(found)
  })

  it('are useless for no image at all, and for one that is pinned by its digest', () => {
    expect(
      unusedFallbackTags([wanted('php:8'), wanted(`redis:7@${DIGEST}`)], tags('php=7', 'redis=6', 'alpine=3')).map(
        ({source}) => source
      )
    ).toEqual(['redis=6', 'alpine=3'])
  })
})

const FAILURES: Readonly<Record<FailureKind, readonly [Failure, mayFallBack: boolean]>> = {
  unreachable: [{kind: 'unreachable', reason: 'dns', detail: ''}, true],
  'timed-out': [{kind: 'timed-out', phase: 'headers', limit: {input: 'stall-timeout', afterMs: 1}}, true],
  throttled: [{kind: 'throttled', status: 429, detail: ''}, true],
  'server-error': [{kind: 'server-error', status: 500, detail: ''}, true],
  unauthorized: [{kind: 'unauthorized', status: 401, detail: '', credentials: 'none'}, true],
  denied: [{kind: 'denied', status: 403, detail: '', credentials: 'none'}, true],
  'not-found': [{kind: 'not-found', status: 404, detail: ''}, true],
  protocol: [{kind: 'protocol', detail: '', isHtml: true}, true],
  truncated: [{kind: 'truncated', gotBytes: 1}, true],
  corrupt: [{kind: 'corrupt', wanted: DIGEST, got: OTHER, gotBytes: 1, firstBytes: ''}, true],
  'too-large': [{kind: 'too-large', limitBytes: 1, detail: ''}, true],
  unusable: [{kind: 'unusable', detail: ''}, true],
  'platform-missing': [{kind: 'platform-missing', wanted: 'linux/s390x', offered: []}, true],
  'digest-disagrees': [{kind: 'digest-disagrees', wanted: DIGEST, got: OTHER, decidedBy: 'the lock file'}, false],
  'invalid-input': [{kind: 'invalid-input', faults: []}, false],
  signature: [{kind: 'signature', problem: 'unsigned', detail: '', advice: ''}, false],
  'local-io': [{kind: 'local-io', detail: ''}, false],
  docker: [{kind: 'docker', detail: ''}, false],
  bug: [{kind: 'bug', detail: ''}, false]
}

function attempt(object: ObjectName, failure?: Failure): Attempt {
  const outcome = failure === undefined ? ('verified' as const) : ('failed' as const)
  const times = {startedMs: 0, elapsedMs: 1, waitedMs: 0}
  return {object, number: 1, ...times, bytes: 1, outcome, exchanges: [], ...(failure === undefined ? {} : {failure})}
}

function requestOf(image: ImageRequest): AcquireRequest {
  const candidates = planCandidates(image.reference, {mirrors: [], publicMirrors: []}, 'primary')
  return {image, candidates, platforms: {kind: 'all'}, level: 'full'}
}

function acquisition(image: ImageRequest, failure: Failure | undefined, more: Partial<Acquisition> = {}): Acquisition {
  const candidates = planCandidates(image.reference, {mirrors: [], publicMirrors: []}, 'primary')
  const stories = candidates.map(candidate => ({
    ...newResult(candidate),
    ...(failure === undefined ? {} : {failure, outcome: 'failed' as const})
  }))
  const [candidate] = candidates
  const verified =
    failure === undefined && candidate !== undefined
      ? ({
          ...{candidate, digest: OTHER, mediaType: '', size: 0, platforms: []},
          ...{root: MANIFEST, origins: [candidate.repository.registry], attestations: []}
        } satisfies VerifiedImage)
      : undefined
  return {
    request: {image, candidates, platforms: {kind: 'all'}, level: 'full'},
    ...{results: stories, runError: undefined, image: verified, elapsedMs: 0},
    resolved: {digest: verified === undefined ? DIGEST : OTHER, decidedBy: 'primary', registry: 'docker.io'},
    ...more
  }
}

async function run(
  outcomes: readonly (Failure | undefined)[],
  options: {readonly more?: Partial<Acquisition>; readonly signal?: AbortSignal} = {}
): Promise<{readonly asked: readonly string[]; readonly result: Acquisition}> {
  const image = wanted('php:8.3.8')
  const left = [...outcomes]
  const asked: string[] = []
  const result = await acquireWithFallback(
    [image, ...fallbacksFor(image, tags('8.3.7', '8.3.6'))].map(requestOf),
    options.signal ?? new AbortController().signal,
    ({image: requested}) => {
      asked.push(requested.tag ?? '')
      return Promise.resolve(acquisition(requested, left.shift(), asked.length === 1 ? options.more : {}))
    }
  )
  return {asked, result}
}

describe('acquireOrFallBack', () => {
  it.each(Object.entries(FAILURES))('after %s', async (_kind, [failure, mayFallBack]) => {
    const {asked, result} = await run([failure, undefined])
    expect(asked).toEqual(mayFallBack ? ['8.3.8', '8.3.7'] : ['8.3.8'])
    expect(result.image?.digest).toBe(mayFallBack ? OTHER : undefined)
    expect(result.resolved?.digest).toBe(mayFallBack ? OTHER : DIGEST)
    expect(result.request.image.tag).toBe('8.3.8')
    expect(fallbackUsed(result)?.request.image.tag).toBe(mayFallBack ? '8.3.7' : undefined)
  })

  it.each([
    {name: 'nobody knew its digest', pin: undefined},
    {name: 'its digest was known', pin: {digest: DIGEST, decidedBy: 'primary', registry: 'docker.io'} as const}
  ])('says why a mirror was not queried for the newer tag: $name', async ({pin}) => {
    const [missing] = FAILURES['not-found']
    const [candidate] = planCandidates(wanted('php:8.3.8').reference, {mirrors: [], publicMirrors: []}, 'primary')
    if (candidate === undefined) throw new Error('there is a primary')
    const mirror = {...candidate, repository: {registry: 'ghcr.io', path: 'acme/php'}, mayResolve: false}
    const stories = [{...newResult(candidate), failure: missing, outcome: 'failed' as const}, newResult(mirror)]
    const {asked, result} = await run([missing, undefined], {more: {results: stories, resolved: pin}})
    expect(asked).toEqual(['8.3.8', '8.3.7'])
    const did = buildImageReport(result, 0, undefined).registries.at(-1)?.did
    expect(did).toBe(
      pin === undefined
        ? 'skipped: the digest of the tag is unknown, and public mirrors are only queried by digest'
        : 'not queried'
    )
  })

  const [unusable] = FAILURES.unusable
  const [tooLarge] = FAILURES['too-large']
  const [down] = FAILURES['server-error']
  const locked = {digest: DIGEST, mayBeUpdated: false}
  it.each<{
    readonly name: string
    readonly locked?: LockedDigest
    readonly primary: readonly Attempt[]
    readonly mirror?: readonly Attempt[]
    readonly asked: number
  }>([
    {
      name: 'not when a locked tag points to an artifact now',
      ...{locked, primary: [attempt('manifest', unusable), attempt('manifest', down)], asked: 1}
    },
    {
      name: 'not when a locked tag points to a manifest over the limit now',
      ...{
        locked,
        primary: [attempt('token'), attempt('manifest', tooLarge)],
        mirror: [attempt('manifest', down)],
        asked: 1
      }
    },
    {
      name: 'when a tag without a lock points to an artifact',
      ...{primary: [attempt('manifest', unusable)], asked: 2}
    },
    {
      name: 'when only a mirror has an artifact under a locked tag',
      ...{locked, primary: [attempt('manifest', down)], mirror: [attempt('manifest', unusable)], asked: 2}
    },
    {
      name: 'when the config of a locked image is unusable',
      ...{locked, primary: [attempt('manifest'), attempt('config', unusable)], asked: 2}
    },
    {
      name: 'when the registry of a locked image is down',
      ...{locked, primary: [attempt('manifest'), attempt('manifest', down)], asked: 2}
    }
  ])('are used $name', async ({locked: lock, primary, mirror = [], asked: count}) => {
    const image = {...wanted('php:8.3.8'), ...(lock === undefined ? {} : {locked: lock})}
    const [candidate] = planCandidates(image.reference, {mirrors: [], publicMirrors: []}, 'primary')
    if (candidate === undefined) throw new Error('there is a primary')
    const results = [
      {...newResult(candidate), failure: down, outcome: 'failed' as const, attempts: primary},
      {...newResult({...candidate, role: 'mirror' as const}), attempts: mirror}
    ]
    const more = {request: requestOf(image), results}
    expect((await run([down, undefined], {more})).asked).toHaveLength(count)
  })

  it('tries them in order, until one can be had or all are lost', async () => {
    const [missing] = FAILURES['not-found']
    expect((await run([missing, missing, undefined])).asked).toEqual(['8.3.8', '8.3.7', '8.3.6'])
    const {asked, result} = await run([missing, missing, missing])
    expect(asked).toEqual(['8.3.8', '8.3.7', '8.3.6'])
    expect(result).toMatchObject({image: undefined, fallbacks: [{image: undefined}, {image: undefined}]})
    expect(fallbackUsed(result)).toBeUndefined()
  })

  it('ends where the digest of an older tag is disputed', async () => {
    const {asked, result} = await run([FAILURES.corrupt[0], FAILURES['digest-disagrees'][0], undefined])
    expect(asked).toEqual(['8.3.8', '8.3.7'])
    expect(result.image).toBeUndefined()
  })

  it('asks for nothing else when it was served, when the tag moved, or when the run is over', async () => {
    expect((await run([undefined])).result).not.toHaveProperty('fallbacks')
    const moved = {moved: {registry: 'docker.io', digest: OTHER}}
    expect((await run([FAILURES['not-found'][0], undefined], {more: moved})).asked).toEqual(['8.3.8'])
    expect((await run([FAILURES['not-found'][0], undefined], {signal: AbortSignal.abort()})).asked).toEqual(['8.3.8'])
  })

  it('asks for nothing else when one registry disputed the digest, though another only failed', async () => {
    const [candidate] = planCandidates(wanted('php:8.3.8').reference, {mirrors: [], publicMirrors: []}, 'primary')
    if (candidate === undefined) throw new Error('there is a primary')
    const stories = (['not-found', 'digest-disagrees'] as const).map(kind => ({
      ...newResult(candidate),
      failure: FAILURES[kind][0],
      outcome: 'failed' as const
    }))
    expect((await run([FAILURES['not-found'][0], undefined], {more: {results: stories}})).asked).toEqual(['8.3.8'])
  })

  it('keeps what was tried in order, the time of all, and what was known of the tag that was asked for', async () => {
    const [missing] = FAILURES['not-found']
    const {result} = await run([missing, missing, undefined], {more: {elapsedMs: 5}})
    expect(result.fallbacks?.map(({request: {image}}) => image.tag)).toEqual(['8.3.7', '8.3.6'])
    expect(fallbackUsed(result)?.request.image.tag).toBe('8.3.6')
    expect([result.elapsedMs, result.requestedDigest?.digest, result.resolved?.digest]).toEqual([5, DIGEST, OTHER])
  })

  it('keeps the digest of the tag that was asked for when nothing can be had', async () => {
    const [missing] = FAILURES['not-found']
    const {result} = await run([missing, missing, missing])
    expect(result).not.toHaveProperty('requestedDigest')
    expect(result.resolved?.digest).toBe(DIGEST)
  })
})
