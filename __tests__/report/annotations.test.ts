// The one warning or error of an image, and the one error of all invalid inputs, as a reader sees them.

import {describe, expect, it} from '@jest/globals'
import {newResult, type CandidateResult} from '../../src/acquire/candidate-result.ts'
import {type Acquisition} from '../../src/acquire/acquisition.ts'
import {type ResolvedDigest, parseImageRequest, parseMirrorRule, planCandidates} from '../../src/acquire/plan.ts'
import {VerifiedImageError} from '../../src/failure/error.ts'
import {type Failure, type InputIssue} from '../../src/failure/failure.ts'
import {type PlatformImage, type VerifiedImage} from '../../src/fetch/verified-image.ts'
import {type StatusNotice} from '../../src/status-pages/status-format.ts'
import {
  errorAnnotation,
  errorAnnotations,
  inputErrorAnnotations,
  warningAnnotation
} from '../../src/report/annotations.ts'
import {buildImageReport} from '../../src/report/build-report.ts'
import type {ImageReport} from '../../src/report/report-document.ts'
import type {VerifiedManifest} from '../../src/verify/verified.ts'
import {digestBytes} from '../support/images.ts'

const DIGEST = digestBytes(Buffer.from('x'))
const NOW = digestBytes(Buffer.from('now'))
const NOT_FOUND: Failure = {kind: 'not-found', status: 404, detail: ''}
const MOVED: Failure = {kind: 'digest-disagrees', wanted: DIGEST, got: NOW, decidedBy: 'the lock file'}
const TIMEOUT: Failure = {kind: 'timed-out', phase: 'everything', limit: {input: 'timeout', afterMs: 60_000}}
const DOCKER: Failure = {kind: 'docker', detail: 'load: true needs a Docker Engine'}
const LINK = 'https://github.com/OWNER/verified-image/blob/v1/docs/troubleshooting.md'
const CHECK_NAME = 'heck the image name and tag of acme/app:1.2.3, and check that the tag is still published.'

// No test here looks at it.
const ROOT = {
  bytes: new Uint8Array(),
  document: {kind: 'index', mediaType: '', children: []}
} as unknown as VerifiedManifest

function short(digest: string): string {
  return `${digest.slice(0, 19)}…`
}

function requestOf(input: string): Acquisition['request'] {
  const image = parseImageRequest(input)
  const rule = parseMirrorRule('docker.io=ghcr.io')
  if (!image.ok || !rule.ok) throw new Error('these are valid')
  const candidates = planCandidates(image.value.reference, {mirrors: [], publicMirrors: [rule.value]}, 'primary')
  return {image: image.value, candidates, platforms: {kind: 'all'}, level: 'full'}
}

function resultOf(role: 'primary' | 'public-mirror', failure?: Failure, statusNotice?: StatusNotice): CandidateResult {
  const candidate = requestOf('acme/app:1.2.3').candidates.find(found => found.role === role)
  if (candidate === undefined) throw new Error('there is no such registry')
  return {
    ...newResult(candidate),
    outcome: failure === undefined ? 'verified' : 'failed',
    ...(failure === undefined ? {} : {failure, failedObject: 'manifest'}),
    ...(statusNotice === undefined ? {} : {statusNotice})
  }
}

function platformOf(): PlatformImage {
  return {
    ...{manifest: ROOT, digest: DIGEST, mediaType: '', imageId: DIGEST, level: 'full'},
    ...{unavailableLayers: [], warnings: [], remarks: [], layers: [], uncompressed: new Map()}
  }
}

function imageFrom(role: 'primary' | 'public-mirror'): VerifiedImage {
  const {candidate} = resultOf(role)
  return {
    ...{candidate, root: ROOT, digest: DIGEST, mediaType: '', size: 0, platforms: [platformOf()], attestations: []},
    origins: [candidate.repository.registry]
  }
}

function reportOf(
  results: readonly CandidateResult[],
  more: Partial<Acquisition> = {},
  input = 'acme/app:1.2.3'
): ImageReport {
  const resolved: ResolvedDigest = {digest: DIGEST, decidedBy: 'primary', registry: 'docker.io'}
  const acquisition: Acquisition = {
    request: requestOf(input),
    ...{results, resolved, image: undefined, runError: undefined, elapsedMs: 1500, ...more}
  }
  return buildImageReport(acquisition, 0, undefined)
}

function fallbackOf(input: string, results: readonly CandidateResult[], image?: VerifiedImage): Acquisition {
  return {
    request: requestOf(input),
    ...{results, resolved: undefined, image, runError: undefined, elapsedMs: 1}
  }
}

describe('warningAnnotation', () => {
  const failed = resultOf('primary', NOT_FOUND)
  const linesOf = (report: ImageReport): readonly [string, readonly string[]] | undefined => {
    const annotation = warningAnnotation(report)
    return annotation === undefined ? undefined : [annotation.title, annotation.message.split('\n')]
  }

  it('says what is used instead and why, then what failed, then what to do', () => {
    expect(linesOf(reportOf([failed, resultOf('public-mirror')], {image: imageFrom('public-mirror')}))).toEqual([
      'acme/app:1.2.3 was taken from ghcr.io',
      [
        'acme/app:1.2.3 was taken from ghcr.io because docker.io does not have the image (HTTP 404). Same digest; every byte verified.',
        'docker.io  not found (HTTP 404)',
        `No action needed for this build. To prevent this: c${CHECK_NAME} ${LINK}#missing`
      ]
    ])
  })

  it.each<{readonly name: string; readonly report: ImageReport}>([
    {name: 'the primary serves the image', report: reportOf([resultOf('primary')], {image: imageFrom('primary')})},
    {
      name: 'a preferred mirror serves the image',
      report: reportOf([resultOf('public-mirror')], {image: imageFrom('public-mirror')})
    },
    {
      name: 'a mirror fails and the primary serves the image',
      report: reportOf([resultOf('public-mirror', NOT_FOUND), resultOf('primary')], {image: imageFrom('primary')})
    }
  ])('is absent when $name', ({report}) => {
    expect(warningAnnotation(report)).toBeUndefined()
  })

  it('says that a mirror resolved the tag, and why the primary did not', () => {
    const resolved: ResolvedDigest = {
      ...{digest: DIGEST, decidedBy: 'mirror', registry: 'ghcr.io'},
      unresolved: {kind: 'failed', failure: NOT_FOUND}
    }
    const report = reportOf([failed, resultOf('public-mirror')], {image: imageFrom('public-mirror'), resolved})
    expect(linesOf(report)?.[1][2]).toBe(
      `docker.io does not have the tag 1.2.3 (not found (HTTP 404); its publisher may have withdrawn it), so ghcr.io, which is listed in mirrors, resolved it: 1.2.3 is ${short(DIGEST)} there. ghcr.io may be out of date or have a different image under this tag. The lock file is not changed. Write the digest into the reference to pin the image.`
    )
  })

  it('compares both images of a locked tag that has moved', () => {
    const moved = {registry: 'docker.io', digest: NOW, created: '2025-07-01T00:00:00Z'}
    const image = imageFrom('public-mirror')
    expect(linesOf(reportOf([resultOf('primary', MOVED), resultOf('public-mirror')], {image, moved}))).toEqual([
      'acme/app:1.2.3 has moved at docker.io',
      [
        'acme/app:1.2.3 points to a different image at docker.io than in the lock file. The locked image was used. docker.io no longer has the locked image. It was taken from ghcr.io. Every byte verified.',
        `locked  ${short(DIGEST)}`,
        `current ${short(NOW)}  created 2025-07-01`,
        `No action needed for this build. ${LINK}#tag-moved`
      ]
    ])
  })

  it('says which fallback tag is used, why, and what the outputs are', () => {
    const image = imageFrom('primary')
    const fallbacks = [fallbackOf('acme/app:1.2.1', [failed]), fallbackOf('acme/app:1.2.2', [], image)]
    expect(linesOf(reportOf([failed], {image, fallbacks}))).toEqual([
      'Used fallback tag acme/app:1.2.2 instead of acme/app:1.2.3',
      [
        'Used fallback tag acme/app:1.2.2 instead of acme/app:1.2.3 because docker.io does not have the image (HTTP 404). Taken from docker.io; every byte verified.',
        `The outputs are those of acme/app:1.2.2: ${short(DIGEST)}.`,
        'docker.io  not found (HTTP 404)',
        'acme/app:1.2.1: docker.io  not found (HTTP 404)',
        `C${CHECK_NAME} ${LINK}#missing`
      ]
    ])
  })
})

describe('errorAnnotation', () => {
  const linesOf = (report: ImageReport): readonly string[] => errorAnnotation(report).message.split('\n')
  const failed = resultOf('primary', NOT_FOUND)
  const skipped = {...resultOf('public-mirror'), outcome: 'not-asked' as const}

  it('says what happened, then what each registry did, then cause and fix with a link', () => {
    const report = reportOf([failed, skipped], {resolved: undefined})
    expect(errorAnnotation(report).title).toBe('Could not verify acme/app:1.2.3')
    expect(linesOf(report)).toEqual([
      'Could not verify acme/app:1.2.3: docker.io does not have the image (HTTP 404).',
      'docker.io  not found (HTTP 404)',
      'ghcr.io    skipped: the digest of the tag is unknown, and public mirrors are only queried by digest',
      'Cause: missing. docker.io does not have this container image.',
      `Fix: c${CHECK_NAME} ${LINK}#missing`
    ])
  })

  it('does not call the digest unknown when it is known', () => {
    expect(linesOf(reportOf([failed, skipped]))).toContain('ghcr.io    not queried')
  })

  it('begins with the time limit when the step ran out of time', () => {
    const report = reportOf([{...failed, outcome: 'aborted'}], {runError: new VerifiedImageError(TIMEOUT)})
    expect(linesOf(report)[0]).toBe(
      'Could not verify acme/app:1.2.3 in time: the step is limited to 1 min (input timeout).'
    )
  })

  it('begins with the Docker Engine when load needs one, and blames no registry', () => {
    const aborted: CandidateResult = {...resultOf('primary'), outcome: 'aborted'}
    expect(linesOf(reportOf([aborted], {runError: new VerifiedImageError(DOCKER)}))).toEqual([
      'Could not verify acme/app:1.2.3: load: true needs a Docker Engine.',
      'docker.io  canceled'
    ])
  })

  it('says that the job was canceled', () => {
    const aborted: CandidateResult = {...resultOf('primary'), outcome: 'aborted'}
    expect(linesOf(reportOf([aborted]))[0]).toBe('Canceled before acme/app:1.2.3 was verified.')
  })

  it('says why no fallback tag is available', () => {
    const fallbacks = [fallbackOf('acme/app:1.2.2', [failed])]
    expect(linesOf(reportOf([failed], {fallbacks})).slice(2, 4)).toEqual([
      'Fallback tag acme/app:1.2.2 is not available:',
      'docker.io  not found (HTTP 404)'
    ])
  })

  it('has the hints of status pages below the cause, each page once', () => {
    const notice = {page: 'status.example', text: 'Degraded'}
    const report = reportOf([
      resultOf('primary', NOT_FOUND, notice),
      resultOf('public-mirror', NOT_FOUND, {...notice, at: 'noon'})
    ])
    const lines = linesOf(report)
    const cause = lines.findIndex(line => line.startsWith('Cause: '))
    expect(lines.slice(cause + 1, cause + 3)).toEqual([
      'Hint: status.example says: Degraded (noon)',
      expect.stringMatching(/^Fix: /)
    ])
  })
})

describe('errorAnnotations', () => {
  const failed = resultOf('primary', NOT_FOUND)

  it('has one error for each image that no registry served', () => {
    const images = ['acme/a:1', 'acme/b:1'].map(input => reportOf([failed], {}, input))
    expect(errorAnnotations(images).map(({title}) => title)).toEqual([
      'Could not verify acme/a:1',
      'Could not verify acme/b:1'
    ])
  })

  it('has one error for all images that failed because of this machine', () => {
    const aborted: CandidateResult = {...resultOf('primary'), outcome: 'aborted'}
    const images = ['acme/a:1', 'acme/b:1'].map(input =>
      reportOf([aborted], {runError: new VerifiedImageError(DOCKER)}, input)
    )
    expect(errorAnnotations(images).map(({message}) => message.split('\n').at(-1))).toEqual([
      '2 images were not verified for this reason.'
    ])
  })

  it('has at most ten errors, as GitHub shows them, and the last one counts the rest', () => {
    const images = Array.from({length: 25}, (_, at) => reportOf([failed], {}, `acme/app-${String(at)}:1`))
    const errors = errorAnnotations(images)
    expect(errors).toHaveLength(10)
    expect(errors.at(-1)?.message).toMatch(
      /^16 more images could not be verified:\nCould not verify acme\/app-9:1\n[^]*… and 6 more$/
    )
  })

  it('is beside the first line that uses the image, and names the others', () => {
    const report: ImageReport = {
      ...reportOf([failed]),
      places: [
        {file: 'Dockerfile', line: 3},
        {file: 'compose.yaml', line: 7}
      ]
    }
    const [error] = errorAnnotations([report])
    expect(error?.location).toEqual({file: 'Dockerfile', line: 3})
    expect(error?.message).toMatch(/\nAlso used at compose\.yaml:7\.$/)
  })
})

describe('inputErrorAnnotations', () => {
  const issue = (input: string, value: string, line?: number): InputIssue => ({
    ...{input, value, reason: 'is not pinned', example: 'php:8.3'},
    ...(line === undefined ? {} : {location: {file: 'Dockerfile', line}})
  })

  it('has one error for all inputs, with a line each', () => {
    expect(
      inputErrorAnnotations({
        kind: 'invalid-input',
        faults: [issue('image', 'php'), issue('timeout', '10'), issue('image', '')]
      })
    ).toEqual([
      {
        title: '3 invalid inputs',
        message: [
          '3 invalid inputs. Nothing was downloaded.',
          'image "php": is not pinned. Example: php:8.3',
          'timeout "10": is not pinned. Example: php:8.3',
          'image: is not pinned. Example: php:8.3'
        ].join('\n')
      }
    ])
  })

  it('also has one beside each line of a file', () => {
    const [all, beside] = inputErrorAnnotations({kind: 'invalid-input', faults: [issue('files', 'php', 3)]})
    expect(all?.message).toBe(
      '1 invalid input. Nothing was downloaded.\nfiles (Dockerfile:3) "php": is not pinned. Example: php:8.3'
    )
    expect(beside?.location).toEqual({file: 'Dockerfile', line: 3})
  })

  it('has at most ten, and the last one counts the rest', () => {
    const faults = Array.from({length: 15}, (_, at) => issue('files', 'php', at + 1))
    const errors = inputErrorAnnotations({kind: 'invalid-input', faults})
    expect(errors).toHaveLength(10)
    expect(errors.at(-1)?.message).toMatch(/^And 7 more invalid lines:\nDockerfile:9\n/)
  })
})
