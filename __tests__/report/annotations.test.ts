// The one warning or error of an image: what it says of a registry is what happened there.

import {describe, expect, it} from '@jest/globals'
import {
  renderDiagnosis,
  renderMirrorWarning,
  renderUnavailable,
  renderVerified,
  acquisitionSentence
} from '../../src/report/annotations.ts'
import {diagnose} from '../../src/report/diagnose.ts'
import {newResult, type CandidateResult} from '../../src/acquire/candidate-result.ts'
import {type Failure} from '../../src/failure/failure.ts'
import {type ResolvedDigest, parseMirrorRule, planCandidates, parseImageRequest} from '../../src/acquire/plan.ts'
import type {VerifiedManifest} from '../../src/verify/verified.ts'
import {digestBytes} from '../support/images.ts'
import {type PlatformImage, type VerifiedImage} from '../../src/fetch/verified-image.ts'
import {VerifiedImageError} from '../../src/failure/error.ts'
import {type StatusNotice} from '../../src/registry/status-format.ts'
import {type Acquisition} from '../../src/acquire/acquisition.ts'

function lost(pin: ResolvedDigest | undefined): Acquisition {
  const image = parseImageRequest('acme/app:1.2.3')
  const rule = parseMirrorRule('docker.io=ghcr.io')
  if (!image.ok || !rule.ok) throw new Error('these are valid')
  const candidates = planCandidates(image.value.reference, {mirrors: [], publicMirrors: [rule.value]}, 'primary')
  const [primary, publicMirror] = candidates.map(newResult)
  if (primary === undefined || publicMirror === undefined) throw new Error('there are two')
  Object.assign(primary, {outcome: 'failed', failure: {kind: 'unusable', detail: 'it has no layers'}})
  return {
    request: {image: image.value, candidates, platforms: {kind: 'all'}, level: 'full'},
    ...{results: [primary, publicMirror], resolved: pin, image: undefined, runError: undefined, elapsedMs: 1}
  }
}

describe('renderLost', () => {
  const unresolved = 'the digest of the tag is unknown'

  it('says that a public mirror was not asked, as there was no digest to ask for', () => {
    expect(renderUnavailable(lost(undefined)).message).toContain(unresolved)
  })

  it('does not say so when the digest was known, and the image was broken as it was published', () => {
    const pin = {digest: digestBytes(Buffer.from('x')), decidedBy: 'primary', registry: 'docker.io'} as const
    const {message} = renderUnavailable(lost(pin))
    expect(message).not.toContain(unresolved)
    expect(message).toContain('ghcr.io/acme/app: not asked')
  })
})

const DIGEST = digestBytes(Buffer.from('x'))
const NOW = digestBytes(Buffer.from('now'))
const NOT_FOUND: Failure = {kind: 'not-found', status: 404, detail: ''}
const MOVED: Failure = {kind: 'digest-disagrees', wanted: DIGEST, got: NOW, decidedBy: 'the lock file'}
const TIME_IS_UP: Failure = {kind: 'timed-out', phase: 'everything', limit: {input: 'timeout', afterMs: 60_000}}
const ADVICE = 'Look whether acme/app:1.2.3 is spelt as its publisher spells it, and still published.'
// Of what no test here looks at.
const TOP = {
  bytes: new Uint8Array(),
  document: {kind: 'index', mediaType: '', children: []}
} as unknown as VerifiedManifest

const candidates = lost(undefined).request.candidates

function storyOf(role: 'primary' | 'public-mirror', failure?: Failure, statusWord?: StatusNotice): CandidateResult {
  const candidate = candidates.find(found => found.role === role)
  if (candidate === undefined) throw new Error('there is no such registry')
  return {
    ...newResult(candidate),
    outcome: failure === undefined ? 'verified' : 'failed',
    ...(failure === undefined ? {} : {failure, failedObject: 'manifest'}),
    ...(statusWord === undefined ? {} : {statusNotice: statusWord})
  }
}

function platformOf(layers: number, architecture?: string): PlatformImage {
  return {
    ...{
      manifest: TOP,
      digest: DIGEST,
      mediaType: '',
      imageId: DIGEST,
      level: 'full',
      unavailableLayers: [],
      warnings: []
    },
    layers: Array.from({length: layers}, () => ({mediaType: '', digest: DIGEST, size: 1000})),
    uncompressed: new Map(),
    ...(architecture === undefined ? {} : {platform: {os: 'linux', architecture}})
  }
}

function imageFrom(
  role: 'primary' | 'public-mirror',
  platforms: readonly PlatformImage[] = [platformOf(1, 'amd64')]
): VerifiedImage {
  const {candidate} = storyOf(role)
  return {
    ...{candidate, root: TOP, digest: DIGEST, mediaType: '', size: 0, platforms, attestations: []},
    origins: [candidate.repository.registry]
  }
}

function acquired(
  image: VerifiedImage | undefined,
  stories: readonly CandidateResult[],
  more: Partial<Acquisition> = {}
): Acquisition {
  return {
    ...lost({digest: DIGEST, decidedBy: 'primary', registry: 'docker.io'}),
    ...{image, results: stories, elapsedMs: 1500, ...more}
  }
}

function fallbackOf(asked: string, stories: readonly CandidateResult[], image?: VerifiedImage): Acquisition {
  const wanted = parseImageRequest(asked)
  if (!wanted.ok) throw new Error(wanted.reason)
  const all = acquired(image, stories)
  return {...all, request: {...all.request, image: wanted.value}}
}

describe('renderVerified', () => {
  const line = (image: VerifiedImage, more?: Partial<Acquisition>, exported?: 'not-exported'): string =>
    renderVerified(acquired(image, [storyOf('primary')], more), image, exported)

  it('says what is used, how deeply it was verified, and how much it was', () => {
    expect(line(imageFrom('primary'))).toBe(
      `acme/app:1.2.3 -> docker.io/acme/app@${DIGEST} (verified: full; linux/amd64; 1 layer, 1 kB; 1.5 s)`
    )
  })

  it('counts the layers of all platforms', () => {
    const image = imageFrom('primary', [platformOf(2, 'amd64'), platformOf(1, 'arm64')])
    expect(line(image)).toContain('linux/amd64, linux/arm64; 3 layers, 3 kB;')
    expect(line(imageFrom('primary', [platformOf(0)]))).toContain('no platform; 0 layers, 0 B;')
  })

  it('names the digest and who served it, where there is no reference', () => {
    expect(line({...imageFrom('primary'), origins: ['docker.io', 'cache']}, {}, 'not-exported')).toContain(
      ` -> ${DIGEST} from docker.io, cache (`
    )
  })

  it('says which older tag stands in', () => {
    const image = imageFrom('primary')
    expect(line(image, {fallbacks: [fallbackOf('acme/app:1.2.2', [], image)]})).toMatch(
      /^acme\/app:1\.2\.3, for which acme\/app:1\.2\.2 stands in, -> /
    )
  })
})

describe('renderFailover', () => {
  const failed = storyOf('primary', NOT_FOUND)
  const told = (acquisition: Acquisition, image: VerifiedImage): readonly [string, readonly string[]] | undefined => {
    const said = renderMirrorWarning(acquisition, image)
    return said === undefined ? undefined : [said.title, said.message.split('\n')]
  }

  it('says why a mirror is used', () => {
    const image = imageFrom('public-mirror')
    const acquisition = acquired(image, [failed, storyOf('public-mirror')])
    expect(told(acquisition, image)).toEqual([
      'acme/app:1.2.3 comes from ghcr.io',
      [
        acquisitionSentence(acquisition),
        `Cause: missing. Nothing is needed for this build. ${ADVICE}`,
        'manifest from docker.io: not there (status 404)'
      ]
    ])
  })

  it('says nothing of the registry that was named, nor of a mirror that was preferred', () => {
    const [own, preferred] = [imageFrom('primary'), imageFrom('public-mirror')]
    expect(told(acquired(own, [storyOf('primary')]), own)).toBeUndefined()
    expect(told(acquired(preferred, [storyOf('public-mirror')]), preferred)).toBeUndefined()
  })

  it('says nothing of a mirror that failed when the registry that was named serves the image', () => {
    const image = imageFrom('primary')
    expect(told(acquired(image, [storyOf('public-mirror', NOT_FOUND), storyOf('primary')]), image)).toBeUndefined()
  })

  it('says that a mirror decided what the tag is', () => {
    const image = imageFrom('public-mirror')
    const pin: ResolvedDigest = {digest: DIGEST, decidedBy: 'mirror', registry: 'ghcr.io'}
    expect(told(acquired(image, [failed, storyOf('public-mirror')], {resolved: pin}), image)?.[1].at(-1)).toContain(
      `ghcr.io, which is listed in mirrors, resolved it: 1.2.3 is ${DIGEST} there.`
    )
  })

  it('says why a mirror is used though nobody had decided what the tag is', () => {
    const image = imageFrom('public-mirror')
    expect(told(acquired(image, [failed, storyOf('public-mirror')], {resolved: undefined}), image)?.[0]).toBe(
      'acme/app:1.2.3 comes from ghcr.io'
    )
  })

  it('says that a locked tag has moved, once', () => {
    const image = imageFrom('public-mirror')
    const moved = {registry: 'docker.io', digest: NOW}
    const acquisition = acquired(image, [storyOf('primary', MOVED), storyOf('public-mirror')], {moved})
    expect(told(acquisition, image)).toEqual([
      'acme/app:1.2.3 is another image at docker.io now',
      [
        acquisitionSentence(acquisition),
        `Cause: tag-moved. ${diagnose(acquisition)?.advice ?? ''}`,
        `docker.io: the tag 1.2.3 is ${NOW} now; the lock file says ${DIGEST}, which is no longer there.`
      ]
    ])
  })

  it('says so of a tag that moved where the locked image still is', () => {
    const image = imageFrom('primary')
    const moved = {registry: 'docker.io', digest: NOW}
    expect(told(acquired(image, [storyOf('primary')], {moved}), image)?.[1].at(-1)).toBe(
      `docker.io: the tag 1.2.3 is ${NOW} now; the lock file says ${DIGEST}.`
    )
  })
})

describe('renderLost, line by line', () => {
  const linesOf = (acquisition: Acquisition): readonly string[] => renderUnavailable(acquisition).message.split('\n')
  const failed = storyOf('primary', NOT_FOUND)
  const left: CandidateResult = {...storyOf('public-mirror'), outcome: 'aborted'}

  it('says what happened first, then the cause, then what each registry did', () => {
    const acquisition = acquired(undefined, [failed])
    expect(renderUnavailable(acquisition).title).toBe('No verified acme/app:1.2.3')
    expect(linesOf(acquisition)).toEqual([
      acquisitionSentence(acquisition),
      `Cause: missing. ${ADVICE}`,
      'manifest from docker.io: not there (status 404)'
    ])
  })

  it('does not say that no registry could serve it while one had not ended', () => {
    const acquisition = acquired(undefined, [failed, left])
    expect(linesOf(acquisition)[0]).toMatch(/^Cause: /)
  })

  it('says that time was up, after what had happened until then', () => {
    const acquisition = acquired(undefined, [failed, left], {runError: new VerifiedImageError(TIME_IS_UP)})
    expect(linesOf(acquisition)[0]).toBe(acquisitionSentence(acquisition))
    expect(linesOf(acquisition).at(-1)).toBe('The step ended: time was up after 1 min 0 s (input timeout).')
  })

  it('says nothing at first where no registry is the cause', () => {
    expect(linesOf(acquired(undefined, [left], {runError: new VerifiedImageError(TIME_IS_UP)}))).toHaveLength(2)
  })

  it('says of a tag that moved what it is now, and of nothing twice', () => {
    const moved = {registry: 'docker.io', digest: NOW}
    expect(linesOf(acquired(undefined, [storyOf('primary', MOVED)], {moved})).slice(2)).toEqual([
      `docker.io: the tag 1.2.3 is ${NOW} now; the lock file says ${DIGEST}, which is no longer there.`
    ])
  })

  it('says of each older tag why it cannot stand in', () => {
    const fallbacks = [fallbackOf('acme/app:1.2.2', [failed])]
    expect(linesOf(acquired(undefined, [failed], {fallbacks})).slice(3)).toEqual([
      'Nor can acme/app:1.2.2 stand in:',
      'manifest from docker.io: not there (status 404)'
    ])
  })
})

describe('renderCause', () => {
  const word = {page: 'status.example', text: 'Degraded'}

  it('has nothing to say where nothing failed', () => {
    expect(renderDiagnosis(acquired(imageFrom('primary'), [storyOf('primary')]))).toEqual([])
  })

  it('says what status pages say, each once, and when that was so', () => {
    const stories = [storyOf('primary', NOT_FOUND, word), storyOf('public-mirror', NOT_FOUND, {...word, at: 'noon'})]
    expect(renderDiagnosis(acquired(undefined, stories)).slice(1)).toEqual([
      'Hint: status.example says: Degraded (noon)'
    ])
    expect(renderDiagnosis(acquired(undefined, stories.slice(0, 1))).slice(1)).toEqual([
      'Hint: status.example says: Degraded'
    ])
  })
})
