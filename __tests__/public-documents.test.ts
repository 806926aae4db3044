// The report, the lock file, and the outputs are read by other programs. Each is built with all fields set, and compared with a recorded
// document, so that a renamed or new internal field never changes a public one by accident.

import {readFileSync} from 'node:fs'
import {describe, expect, it} from '@jest/globals'
import type {CandidateResult} from '../src/acquire/candidate-result.ts'
import {type Failure} from '../src/failure/failure.ts'
import {decodeLock, renderLock, type LockedImage} from '../src/pins/lock.ts'
import type {ImageRequest} from '../src/acquire/plan.ts'
import {buildImageReport} from '../src/report/build-report.ts'
import type {Report} from '../src/report/report-document.ts'
import {reportFailure, reportInputFault, reportLockChange} from '../src/report/report-fields.ts'
import type {VerifiedManifest} from '../src/verify/verified.ts'
import {outputsOf} from '../src/runner/outputs.ts'
import type {Digest} from '../src/oci/digest.ts'
import {type Candidate} from '../src/registry/candidate.ts'
import {type PlatformImage, type VerifiedImage} from '../src/fetch/verified-image.ts'
import {VerifiedImageError} from '../src/failure/error.ts'
import {type Acquisition} from '../src/acquire/acquisition.ts'
import {type Attempt} from '../src/fetch/retry.ts'
import {type SignatureCheck} from '../src/signature/outcome.ts'

function digest(digit: string): Digest {
  return `sha256:${digit.repeat(64)}` as Digest
}

const FAILURES: readonly Failure[] = [
  {kind: 'unreachable', reason: 'dns', detail: 'no address'},
  {kind: 'timed-out', phase: 'headers', limit: {input: 'stall-timeout', afterMs: 20_000}},
  {kind: 'throttled', status: 429, detail: 'slow down', retryAfterMs: 1000},
  {kind: 'server-error', status: 500, detail: 'broken', retryAfterMs: 1000},
  {kind: 'not-found', status: 404, detail: 'unknown'},
  {kind: 'unauthorized', status: 401, detail: 'who', credentials: 'none'},
  {kind: 'denied', status: 403, detail: 'no', credentials: 'refused'},
  {kind: 'protocol', detail: 'a web page', isHtml: true, status: 200},
  {kind: 'truncated', gotBytes: 1, wantedBytes: 2},
  {
    kind: 'corrupt',
    wanted: digest('1'),
    got: digest('2'),
    wantedBytes: 2,
    gotBytes: 1,
    firstBytes: '{}'
  },
  {kind: 'too-large', limitBytes: 4, detail: 'more than 4 B'},
  {kind: 'unusable', detail: 'no layers'},
  {kind: 'platform-missing', wanted: 'linux/s390x', offered: ['linux/amd64']},
  {kind: 'digest-disagrees', wanted: digest('1'), got: digest('2'), decidedBy: 'docker.io'},
  {
    kind: 'invalid-input',
    faults: [{input: 'image', value: 'A', reason: 'lowercase', example: 'a:1', location: {file: 'Dockerfile', line: 3}}]
  },
  {kind: 'signature', problem: 'unsigned', detail: 'no signature', advice: 'Check the rule.'},
  {kind: 'local-io', detail: 'disk full'},
  {kind: 'docker', detail: 'no engine'},
  {kind: 'bug', detail: 'stack'}
]

const attempt: Attempt = {
  object: 'manifest',
  number: 2,
  startedMs: 150,
  elapsedMs: 40,
  waitedMs: 30,
  bytes: 20,
  outcome: 'failed',
  failure: {kind: 'throttled', status: 429, detail: 'slow down', retryAfterMs: 1000},
  failedObject: 'token',
  exchanges: [
    {
      object: 'token',
      method: 'GET',
      host: 'auth.example.com',
      path: '/token',
      status: 429,
      elapsedMs: 10,
      count: 3,
      requestIds: {'x-request-id': 'abc'},
      rateLimit: {'ratelimit-remaining': '0;w=21600'}
    }
  ],
  parts: {count: 29, connections: 7, bytes: 120, stragglers: 1, resumed: 2, ended: 'HTTP 416'},
  differs: {start: 40, end: 80, host: 'cdn.example.com', requestIds: {'x-request-id': 'def'}}
}

const primary: Candidate = {
  role: 'primary',
  repository: {registry: 'docker.io', path: 'library/app'},
  mayResolve: true
}

const mirror: Candidate = {
  role: 'public-mirror',
  repository: {registry: 'ghcr.io', path: 'library/app'},
  mayResolve: false
}

const failed: CandidateResult = {
  candidate: primary,
  attempts: [attempt],
  outcome: 'failed',
  failure: attempt.failure ?? {kind: 'bug', detail: ''},
  failedObject: 'token',
  statusNotice: {page: 'status.example.com', text: 'Degraded', at: '2025-06-04T12:00:00Z'}
}

const platform: PlatformImage = {
  manifest: {} as VerifiedManifest,
  platform: {os: 'linux', architecture: 'arm', variant: 'v7'},
  digest: digest('3'),
  mediaType: 'application/vnd.oci.image.manifest.v1+json',
  imageId: digest('4'),
  layers: [{mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip', digest: digest('5'), size: 120}],
  uncompressed: new Map(),
  unavailableLayers: [],
  created: '2025-06-01T00:00:00Z',
  version: '1.0',
  level: 'full',
  warnings: ['a note'],
  remarks: []
}

const image: VerifiedImage = {
  candidate: mirror,
  root: {} as VerifiedManifest,
  origins: ['ghcr.io', 'cache'],
  digest: digest('1'),
  mediaType: 'application/vnd.oci.image.index.v1+json',
  size: 500,
  platforms: [platform],
  attestations: []
}

const asked: ImageRequest = {
  input: 'app:2',
  reference: {registry: 'docker.io', path: 'library/app', tag: '2'},
  tag: '2',
  locked: {digest: digest('1'), mayBeUpdated: false},
  locations: [{file: 'Dockerfile', line: 1}],
  contexts: ['base'],
  shadowsStage: false
}

const signature: SignatureCheck = {
  outcome: 'signed',
  rules: ['docker.io/acme=github:acme/images'],
  signers: [
    {
      kind: 'github',
      identity: 'https://github.com/acme/images/.github/workflows/release.yml@refs/tags/v2',
      issuer: 'https://token.actions.githubusercontent.com',
      repository: 'acme/images',
      ref: 'refs/tags/v2',
      commit: 'abc',
      workflow: 'https://github.com/acme/images/.github/workflows/release.yml@refs/tags/v2',
      runUrl: 'https://github.com/acme/images/actions/runs/1',
      key: 'a.pub',
      keyDigest: digest('7'),
      signedAt: '2025-06-01T00:00:00.000Z',
      logIndex: '1',
      place: 'ghcr.io/acme/app',
      subject: digest('1')
    }
  ],
  candidates: [
    {
      place: 'docker.io/acme/app',
      subject: digest('1'),
      verdict: {outcome: 'signed-by-another', detail: 'github:other/one', signer: {kind: 'key'}}
    }
  ],
  places: [
    {
      place: 'docker.io/acme/app',
      kind: 'registry',
      subject: digest('1'),
      outcome: 'skipped',
      detail: 'access denied',
      failure: 'denied'
    }
  ]
}

const acquisition: Acquisition = {
  request: {image: asked, candidates: [primary, mirror], platforms: {kind: 'all'}, level: 'full'},
  results: [failed, {candidate: mirror, attempts: [], outcome: 'verified'}],
  resolved: {digest: digest('1'), decidedBy: 'lock', registry: 'docker.io'},
  image,
  runError: undefined,
  elapsedMs: 900,
  signature,
  moved: {registry: 'docker.io', digest: digest('6'), created: '2025-07-01T00:00:00Z'}
}

const lost: Acquisition = {
  ...acquisition,
  results: [failed],
  image: undefined,
  runError: new VerifiedImageError(FAILURES[1] ?? {kind: 'bug', detail: ''})
}

const fallback: Acquisition = {...acquisition, fallbacks: [lost]}

const report: Report = {
  schemaVersion: 1,
  action: {name: 'verified-image', version: '1.0.0'},
  startedAt: '2025-06-04T12:00:00.000Z',
  elapsedMs: 1000,
  outcome: 'failed',
  images: [buildImageReport(fallback, 100, undefined), buildImageReport({...lost, fallbacks: []}, 100, undefined)],
  inputFaults: [],
  warnings: ['a warning'],
  layout: '/work/images',
  advice: ['Commit a lock file'],
  lock: {
    file: 'image-lock.json',
    mode: 'update',
    changes: [
      reportLockChange({name: 'docker.io/library/app:2', change: 'changed', from: digest('6'), to: digest('1')})
    ]
  },
  failure: reportFailure({kind: 'docker', detail: 'no engine'})
}

function stable(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`
}

describe('the report', () => {
  it('has exactly the fields of the recorded document', () => {
    const withoutWords = JSON.parse(
      JSON.stringify(report, (key, value: unknown) =>
        ['message', 'did', 'what', 'advice', 'warning'].includes(key) && typeof value === 'string' ? 'words' : value
      )
    ) as unknown
    expect(stable(withoutWords)).toBe(readFileSync('__tests__/documents/report.json', 'utf8'))
  })

  it('has exactly the recorded fields for each kind of failure', () => {
    const failures = FAILURES.map(failure => ({...reportFailure(failure), message: 'words'}))
    expect(stable(failures)).toBe(readFileSync('__tests__/documents/failures.json', 'utf8'))
  })

  it('takes nothing over that an internal record has beside its fields', () => {
    const extra = {secret: 'must not appear'}
    const failures = FAILURES.map(failure => reportFailure({...failure, ...extra}))
    const attempts: CandidateResult = {...failed, attempts: [{...attempt, ...extra}], ...extra}
    const images = buildImageReport({...acquisition, results: [attempts], ...extra}, 0, undefined)
    const faults = reportInputFault({input: 'a', value: 'b', reason: 'c', example: 'd', ...extra})
    expect(JSON.stringify([failures, images, faults])).not.toContain('must not appear')
  })
})

describe('the lock file', () => {
  it('has exactly the recorded fields', () => {
    const locked: LockedImage = {
      digest: digest('1'),
      mediaType: 'application/vnd.oci.image.index.v1+json',
      size: 500,
      signer: 'github:acme/images',
      platforms: new Map([['linux/arm/v7', {digest: digest('3'), imageId: digest('4')}]])
    }
    const text = renderLock({schema: undefined, images: new Map([['docker.io/library/app:2', locked]])}, '')
    expect(text).toBe(readFileSync('__tests__/documents/image-lock.json', 'utf8'))
    expect(decodeLock(text)).toEqual({
      lock: {schema: undefined, images: new Map([['docker.io/library/app:2', locked]])}
    })
  })
})

describe('the outputs', () => {
  it('have exactly the recorded names and values', () => {
    const verified = {...report, outcome: 'verified' as const, images: report.images.slice(0, 1)}
    expect(stable(outputsOf(verified))).toBe(readFileSync('__tests__/documents/outputs.json', 'utf8'))
  })
})
