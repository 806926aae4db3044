// From what registries did, the cause, whose turn it is, and the evidence: case by case. The advice's words have one table.

import {describe, expect, it} from '@jest/globals'
import {diagnose, type Diagnosis} from '../../src/report/diagnose.ts'
import type {Cause} from '../../src/report/cause.ts'
import {newResult, type CandidateResult} from '../../src/acquire/candidate-result.ts'
import {type CredentialsOutcome, type Failure, type ObjectName} from '../../src/failure/failure.ts'
import {type ResolvedDigest, planCandidates, parseMirrorRule, parseImageRequest} from '../../src/acquire/plan.ts'
import type {Exchange} from '../../src/registry/registry.ts'
import type {Digest} from '../../src/oci/digest.ts'
import {describeFailure} from '../../src/failure/describe-failure.ts'
import {type Candidate, type Role} from '../../src/registry/candidate.ts'
import {type VerifiedImage} from '../../src/fetch/verified-image.ts'
import {type Acquisition} from '../../src/acquire/acquisition.ts'
import {type Attempt} from '../../src/fetch/retry.ts'

function digest(letter: string): Digest {
  return `sha256:${letter.repeat(64)}` as Digest
}
const WANTED = digest('a')
const GOT = digest('b')

function corrupt(
  got = GOT,
  more: {readonly wanted?: Digest; readonly gotBytes?: number; readonly firstBytes?: string} = {}
): Failure {
  return {
    ...{kind: 'corrupt', wanted: WANTED, got, wantedBytes: 20, gotBytes: 10, firstBytes: 'PK', ...more}
  }
}
function truncated(gotBytes: number): Failure {
  return {kind: 'truncated', gotBytes, wantedBytes: 100}
}
const SERVER_ERROR: Failure = {kind: 'server-error', status: 503, detail: ''}
const NOT_FOUND: Failure = {kind: 'not-found', status: 404, detail: ''}
const TOO_LARGE: Failure = {kind: 'too-large', limitBytes: 1, detail: 'more than that'}
const IDENTITY: Failure = {kind: 'unreachable', reason: 'tls-identity', detail: 'the certificate is for another host'}
const DNS: Failure = {kind: 'unreachable', reason: 'dns', detail: ''}
const REFUSED: Failure = {kind: 'unreachable', reason: 'refused', detail: ''}
const DISAGREES: Failure = {kind: 'digest-disagrees', wanted: WANTED, got: GOT, decidedBy: 'the lock file'}
function throttled(retryAfterMs?: number): Failure {
  return {
    ...{kind: 'throttled', status: 429, detail: ''},
    ...(retryAfterMs === undefined ? {} : {retryAfterMs})
  }
}
function denied(credentials: CredentialsOutcome, kind: 'unauthorized' | 'denied' = 'denied'): Failure {
  return {
    ...{kind, status: 403, detail: '', credentials}
  }
}

function exchange(more: Partial<Exchange> = {}): Exchange {
  return {
    ...{
      object: 'config',
      method: 'GET',
      host: 'registry-1.docker.io',
      path: '/v2/acme/app',
      elapsedMs: 1,
      requestIds: {}
    },
    ...more
  }
}

function attempt(failure: Failure | undefined, more: Partial<Attempt> = {}): Attempt {
  return {
    ...{object: 'config', number: 1, startedMs: 0, elapsedMs: 1, waitedMs: 0, bytes: 0, exchanges: []},
    outcome: failure === undefined ? 'verified' : 'failed',
    ...(failure === undefined ? {} : {failure}),
    ...more
  }
}

const CANDIDATES = ((): Acquisition['request']['candidates'] => {
  const image = parseImageRequest('acme/app:1.2.3')
  const rule = parseMirrorRule('docker.io=ghcr.io')
  if (!image.ok || !rule.ok) throw new Error('these are valid')
  return planCandidates(image.value.reference, {mirrors: [rule.value], publicMirrors: []}, 'primary')
})()

const MIRROR_CANDIDATE: Candidate = {
  role: 'mirror',
  repository: {registry: 'ghcr.io', path: 'acme/app'},
  mayResolve: false
}

/** What a registry did: the failure of each attempt. The last one is its result. */
function story(
  role: Role,
  tries: readonly (Failure | Attempt)[],
  failedObject: ObjectName = 'config'
): CandidateResult {
  const candidate = CANDIDATES.find(found => found.role === role)
  if (candidate === undefined) throw new Error('there is no such registry')
  const told = {...newResult(candidate), attempts: tries.map(one => ('outcome' in one ? one : attempt(one)))}
  const failure = told.attempts.at(-1)?.failure
  return failure === undefined ? told : {...told, outcome: 'failed', failure, failedObject}
}

/** An image from the mirror; of it only where it is from is looked at. */
const SERVED = {candidate: {role: 'mirror', repository: {registry: 'ghcr.io', path: 'acme/app'}}} as VerifiedImage

function acquisition(stories: readonly CandidateResult[], more: Partial<Acquisition> = {}): Acquisition {
  const image = parseImageRequest('acme/app:1.2.3')
  if (!image.ok) throw new Error(image.reason)
  return {
    request: {image: image.value, candidates: CANDIDATES, platforms: {kind: 'all'}, level: 'full'},
    ...{results: stories, resolved: undefined, image: undefined, runError: undefined, elapsedMs: 1, ...more}
  }
}

function diagnosisOf(stories: readonly CandidateResult[], more?: Partial<Acquisition>): Diagnosis {
  const diagnosis = diagnose(acquisition(stories, more))
  if (diagnosis === undefined) throw new Error('there is no diagnosis')
  return diagnosis
}

describe('diagnose finds the cause', () => {
  type Row = {
    readonly name: string
    readonly primary: readonly Failure[]
    readonly mirror?: readonly Failure[]
    readonly cause: Cause
  }
  const rows: readonly Row[] = [
    {name: 'wrong bytes, the same each time', primary: [corrupt(), corrupt()], cause: 'registry'},
    {name: 'wrong bytes, once', primary: [corrupt()], cause: 'registry'},
    {name: 'wrong bytes, others each time', primary: [corrupt(digest('c')), corrupt()], cause: 'transit'},
    {
      name: 'wrong bytes of two objects, which are no sign of transit',
      primary: [corrupt(digest('c'), {wanted: digest('d')}), corrupt()],
      cause: 'registry'
    },
    {name: 'the same wrong bytes from everybody', primary: [corrupt()], mirror: [corrupt()], cause: 'publisher'},
    {
      name: 'other wrong bytes from the mirror',
      primary: [corrupt()],
      mirror: [corrupt(digest('c'))],
      cause: 'registry'
    },
    {
      name: 'wrong bytes from the mirror of another object',
      primary: [corrupt()],
      mirror: [corrupt(GOT, {wanted: digest('d')})],
      cause: 'registry'
    },
    {
      name: 'nothing at all from everybody, which the publisher did not make',
      primary: [corrupt(GOT, {gotBytes: 0})],
      mirror: [corrupt(GOT, {gotBytes: 0})],
      cause: 'registry'
    },
    {name: 'another failure at the mirror', primary: [corrupt()], mirror: [NOT_FOUND], cause: 'registry'},
    {
      name: 'a web page in place of bytes',
      primary: [corrupt(GOT, {firstBytes: '<!DOCTYPE html><html>'})],
      cause: 'interception'
    },
    {
      name: 'a web page behind spaces',
      primary: [corrupt(GOT, {firstBytes: '\\x0a <html lang'})],
      cause: 'interception'
    },
    {
      name: 'a document that only speaks of HTML',
      primary: [corrupt(GOT, {firstBytes: 'the <html> element'})],
      cause: 'registry'
    },
    {name: 'too much from one', primary: [TOO_LARGE], cause: 'registry'},
    {name: 'too much from everybody', primary: [TOO_LARGE], mirror: [TOO_LARGE], cause: 'publisher'},
    {name: 'too much from one of two', primary: [TOO_LARGE], mirror: [NOT_FOUND], cause: 'registry'},
    {name: 'a web page', primary: [{kind: 'protocol', detail: '', isHtml: true}], cause: 'interception'},
    {name: 'nonsense', primary: [{kind: 'protocol', detail: '', isHtml: false}], cause: 'interception'},
    {name: 'cut once', primary: [truncated(5)], cause: 'transit'},
    {name: 'cut at the same place', primary: [truncated(5), truncated(5)], cause: 'registry'},
    {name: 'cut at other places', primary: [truncated(5), truncated(6)], cause: 'transit'},
    {
      name: 'cut at the same place after another failure',
      primary: [SERVER_ERROR, truncated(5), truncated(5)],
      cause: 'registry'
    },
    {
      name: 'the same single byte from everybody',
      primary: [corrupt(GOT, {gotBytes: 1})],
      mirror: [corrupt(GOT, {gotBytes: 1})],
      cause: 'publisher'
    },
    {name: 'unusable', primary: [{kind: 'unusable', detail: ''}], cause: 'publisher'},
    {
      name: 'no such platform',
      primary: [{kind: 'platform-missing', wanted: 'linux/s390x', offered: []}],
      cause: 'missing'
    },
    {name: 'a part that is not found while the manifest is', primary: [NOT_FOUND], cause: 'registry'},
    {name: 'throttled', primary: [throttled()], cause: 'throttling'},
    {name: 'unauthorized', primary: [denied('none', 'unauthorized')], cause: 'access'},
    {name: 'denied', primary: [denied('none')], cause: 'access'},
    {name: 'another digest', primary: [DISAGREES], cause: 'tag-moved'},
    {name: 'unreachable', primary: [IDENTITY], cause: 'outage'},
    {
      name: 'too slow',
      primary: [{kind: 'timed-out', phase: 'headers', limit: {input: 'stall-timeout', afterMs: 1}}],
      cause: 'outage'
    },
    {name: 'a server error', primary: [SERVER_ERROR], cause: 'outage'},
    {name: 'no connection to any registry', primary: [DNS], mirror: [REFUSED], cause: 'network'},
    {name: 'no connection to one registry', primary: [DNS], cause: 'outage'},
    {name: 'an answer from the other registry', primary: [DNS], mirror: [NOT_FOUND], cause: 'outage'}
  ]

  it.each(rows)('of $name', ({primary, mirror, cause}) => {
    const stories = [story('primary', primary), ...(mirror === undefined ? [] : [story('mirror', mirror)])]
    expect(diagnosisOf(stories).cause).toBe(cause)
  })

  it('in a missing image, when the manifest itself is not found', () => {
    expect(diagnosisOf([story('primary', [NOT_FOUND], 'manifest')]).cause).toBe('missing')
  })

  it('in the network when the proxy failed, whose registry was not reached', () => {
    const proxy: Failure = {kind: 'unreachable', reason: 'proxy', detail: ''}
    expect(diagnosisOf([story('primary', [proxy])])).toMatchObject({
      cause: 'network',
      advice: 'Check the proxy in the environment of this runner, and that it may connect to docker.io.'
    })
  })

  it('in the registry when it serves a right manifest under a wrong Content-Type', () => {
    const failure: Failure = {kind: 'protocol', detail: '', isHtml: false, reason: 'content-type'}
    expect(diagnosisOf([story('primary', [failure], 'manifest')]).cause).toBe('registry')
  })

  it.each([
    {reason: 'artifact', cause: 'missing', advice: /^Use the name of a container image/},
    {reason: 'old', cause: 'publisher', advice: /schema 1/},
    {reason: 'unsupported', cause: 'publisher', advice: /not supported/}
  ] as const)('in what was published, without blame, when it is $reason', ({reason, cause, advice}) => {
    const failure: Failure = {kind: 'unusable', detail: '', reason}
    const diagnosis = diagnosisOf([story('primary', [failure], 'manifest')])
    expect(diagnosis.cause).toBe(cause)
    expect(diagnosis.advice).toMatch(advice)
    expect(diagnosis.advice).not.toMatch(/contradict|report/)
  })

  it('in access, with the token server and clocks, when a registry rejects its tokens', () => {
    const failure: Failure = {
      ...{kind: 'unauthorized', status: 401, detail: '', credentials: 'none'},
      tokenServer: 'auth.docker.io'
    }
    expect(diagnosisOf([story('primary', [failure], 'manifest')]).advice).toMatch(
      /^Check the clocks of docker\.io and of its token server auth\.docker\.io/
    )
  })

  it('in access, without doubts about the repository, when its manifest was read', () => {
    const read = attempt(undefined, {object: 'manifest'})
    const denial: Failure = {kind: 'denied', status: 403, detail: '', credentials: 'none'}
    expect(diagnosisOf([story('primary', [read, denial])]).advice).toMatch(
      /^Check whether a filter, firewall, or proxy/
    )
  })

  it.each<Failure>([
    {kind: 'invalid-input', faults: []},
    {kind: 'local-io', detail: ''},
    {kind: 'docker', detail: ''},
    {kind: 'bug', detail: ''}
  ])('nowhere outside for $kind', failure => {
    expect(diagnose(acquisition([story('primary', [failure])]))).toBeUndefined()
  })

  it('in the network, though another object was cut before and then came', () => {
    const tries = [truncated(5), attempt(undefined), truncated(6)]
    expect(diagnosisOf([story('primary', tries)]).cause).toBe('transit')
  })

  it('nowhere when no registry failed', () => {
    expect(diagnose(acquisition([story('primary', []), story('mirror', [])]))).toBeUndefined()
  })

  it('in the registry that the reference names, though a mirror failed first', () => {
    expect(diagnosisOf([story('mirror', [NOT_FOUND]), story('primary', [SERVER_ERROR])])).toMatchObject({
      cause: 'outage',
      evidence: {registry: 'docker.io'}
    })
  })

  it('in the mirror that failed, when the registry that the reference names did not', () => {
    expect(diagnosisOf([story('primary', []), story('mirror', [NOT_FOUND])])).toMatchObject({
      cause: 'registry',
      evidence: {registry: 'ghcr.io'}
    })
  })
})

describe('diagnose says what was wrong, where', () => {
  it('with the object that failed', () => {
    expect(diagnosisOf([story('primary', [SERVER_ERROR], 'layer[3]')]).what).toBe(
      `docker.io: layer 4: ${describeFailure(SERVER_ERROR)}`
    )
  })

  it('without one that is not known', () => {
    const {what, evidence} = diagnosisOf([{...story('primary', []), failure: SERVER_ERROR}])
    expect(what).toBe(`docker.io: ${describeFailure(SERVER_ERROR)}`)
    expect(evidence.object).toBe('image')
  })
})

describe('diagnose, for a locked tag that has moved', () => {
  const moved = {registry: 'docker.io', digest: GOT}
  const tries = [attempt(DISAGREES, {object: 'manifest', exchanges: [exchange({status: 200})]}), attempt(undefined)]
  const noted: CandidateResult = {...story('primary', tries), outcome: 'verified'}

  it('finds it in a registry that did not fail', () => {
    expect(diagnosisOf([noted], {moved, image: SERVED})).toMatchObject({
      cause: 'tag-moved',
      what: `docker.io: ${describeFailure(DISAGREES)}`,
      evidence: {object: 'manifest', wantedDigest: WANTED, gotDigests: [GOT], status: 200}
    })
  })

  it('takes the first word on it, whatever came before', () => {
    const later: Failure = {...DISAGREES, got: digest('c')}
    const told = {
      ...story('primary', [attempt(undefined), DISAGREES, later, attempt(undefined)]),
      outcome: 'verified' as const
    }
    expect(diagnosisOf([told], {moved}).evidence.gotDigests).toEqual([GOT])
  })

  it.each([
    {name: 'the tag did not move', stories: [noted], more: {}},
    {name: 'there is no such try', stories: [story('primary', [])], more: {moved}},
    {name: 'only a mirror was asked', stories: [story('mirror', [])], more: {moved}}
  ])('finds nothing when $name', ({stories, more}) => {
    expect(diagnose(acquisition(stories, more))).toBeUndefined()
  })
})

describe('diagnose advises', () => {
  const primary = (failure: Failure, failedObject?: ObjectName): readonly CandidateResult[] => [
    story('primary', [failure], failedObject)
  ]
  const lock: ResolvedDigest = {digest: WANTED, decidedBy: 'lock', registry: 'docker.io'}
  const elsewhere = (host: string, failedObject: ObjectName = 'config'): readonly CandidateResult[] => [
    story('primary', [attempt(denied('none'), {exchanges: [exchange({host})]})], failedObject)
  ]
  const served = {image: SERVED}
  const NO_ACTION = 'No action needed for this build. '
  const PRIVATE =
    'Check the image name. If the image is private, log in with docker/login-action, or set registry, username, and password for docker.io.'
  const SET_AND_NOT_REQUESTED =
    'Check the image name. If it is right, check whether a firewall or proxy blocks docker.io, and how docker.io requests a login: it denied access without requesting the credentials that are set for it, so they were not sent.'
  const NOT_REQUESTED =
    'Check the image name. If it is right, check whether a firewall or proxy blocks docker.io: it denied access without requesting credentials, so none were sent.'
  const MIRROR = 'add a mirror that has this image to the mirrors input'
  const LOG_IN = `Log in to docker.io with docker/login-action for a higher limit, or ${MIRROR}.`
  const REPORT = 'To report it to docker.io, copy "Evidence" from the job summary.'
  const RENEW = 'Renew the credentials for docker.io, and check that they may read this repository.'
  const ON_PURPOSE = 'Check that the publisher moved the tag on purpose before you change what is pinned.'

  type Row = {
    readonly name: string
    readonly stories: readonly CandidateResult[]
    readonly more?: Partial<Acquisition>
    readonly advice: string
  }
  const rows: readonly Row[] = [
    {
      name: 'when the registry serves corrupt data and nothing serves the image',
      stories: primary(corrupt()),
      advice: `Use another version, or ${MIRROR}. ${REPORT}`
    },
    {
      name: 'when a mirror was tried as well',
      stories: [...primary(corrupt()), story('mirror', [NOT_FOUND])],
      advice: `Use another version, or add another mirror that has this image to the mirrors input. ${REPORT}`
    },
    {
      name: 'when the registry serves corrupt data and a mirror serves the image',
      stories: primary(corrupt()),
      more: served,
      advice: NO_ACTION + REPORT
    },
    {
      name: 'when only a fallback tag is available, whose registry says nothing about this one',
      stories: primary(corrupt()),
      more: {...served, fallbacks: [acquisition([], served)]},
      advice: `Use another version, or ${MIRROR}. ${REPORT}`
    },
    {
      name: 'when the network corrupts data',
      stories: primary(truncated(5)),
      more: served,
      advice: `${NO_ACTION}To prevent this: check the network between this runner and docker.io, such as a proxy or a VPN, and the storage of docker.io: either may break connections.`
    },
    {
      name: 'when a web page is returned',
      stories: primary({kind: 'protocol', detail: '', isHtml: true}),
      advice: "Check the proxy or captive portal of this runner's network, and allow it to reach docker.io."
    },
    {name: 'when throttled', stories: primary(throttled()), advice: LOG_IN},
    {
      name: 'when throttled while the digest is unknown',
      stories: [...primary(throttled()), newResult({...MIRROR_CANDIDATE, role: 'public-mirror'})],
      advice: `Log in to docker.io with docker/login-action for a higher limit, pin a digest (in the reference, or with lock: update) so that public mirrors can be used, or ${MIRROR}.`
    },
    {
      name: 'when throttled and a mirror serves the image',
      stories: primary(throttled()),
      more: served,
      advice: `${NO_ACTION}To prevent this: log in to docker.io with docker/login-action for a higher limit.`
    },
    {
      name: 'when access is denied after a challenge, without credentials',
      stories: [story('primary', [attempt(denied('none'), {exchanges: [exchange({status: 401})]})])],
      advice: PRIVATE
    },
    {name: 'when access is denied without a challenge', stories: primary(denied('none')), advice: NOT_REQUESTED},
    {
      name: 'when access is denied without a request for the credentials that are set',
      stories: primary(denied('not-requested')),
      advice: SET_AND_NOT_REQUESTED
    },
    {name: 'when credentials are rejected', stories: primary(denied('refused')), advice: RENEW},
    {
      name: 'when credentials are rejected with 401',
      stories: primary(denied('refused', 'unauthorized')),
      advice: RENEW
    },
    {
      name: 'when the registry’s own host denies access',
      stories: elsewhere('registry-1.docker.io'),
      advice: NOT_REQUESTED
    },
    {
      name: 'when the host of its content denies access',
      stories: elsewhere('cdn.example'),
      advice:
        'Check whether a proxy blocks cdn.example, to which docker.io redirects downloads. A signed URL that has expired is refused there, too.'
    },
    {
      name: 'when its token server denies access',
      stories: [
        story(
          'primary',
          [attempt(denied('none'), {exchanges: [exchange({object: 'token', host: 'auth.docker.io'})]})],
          'token'
        )
      ],
      advice: PRIVATE
    },
    {
      name: 'when the image is not found',
      stories: primary(NOT_FOUND, 'manifest'),
      advice: 'Check the image name and tag of acme/app:1.2.3, and check that the tag is still published.'
    },
    {
      name: 'when the platform is missing',
      stories: primary({kind: 'platform-missing', wanted: 'linux/s390x', offered: []}),
      advice: 'Set platform to one that the image has.'
    },
    {
      name: 'when the registry is down',
      stories: primary(SERVER_ERROR),
      advice: `Check the status page of docker.io, or ${MIRROR}.`
    },
    {
      name: 'when the registry is down and a mirror serves the image',
      stories: primary(SERVER_ERROR),
      more: served,
      advice: `${NO_ACTION}To prevent this: check the status page of docker.io.`
    },
    {
      name: 'when a mirror without a status page is down',
      stories: [story('mirror', [SERVER_ERROR]), story('primary', [])].map(result => ({
        ...result,
        candidate: {...result.candidate, repository: {registry: 'registry.example.com', path: 'acme/app'}}
      })),
      advice:
        'Check that registry.example.com is running and that this runner can reach it, or add another mirror that has this image to the mirrors input.'
    },
    {
      name: 'when its certificate is wrong',
      stories: primary(IDENTITY),
      advice: `Check whether a proxy answers for docker.io, and set NODE_EXTRA_CA_CERTS to the file of its CA if you trust it, or ${MIRROR}.`
    },
    {
      name: 'when its name is unknown',
      stories: primary({kind: 'unreachable', reason: 'dns', detail: ''}),
      advice: `Check the name of docker.io and the DNS of this runner, or ${MIRROR}.`
    },
    {
      name: 'when no registry can be reached',
      stories: [
        ...primary({kind: 'unreachable', reason: 'dns', detail: ''}),
        story('mirror', [{kind: 'unreachable', reason: 'dns', detail: ''}])
      ],
      advice: 'Check the DNS, firewall, and proxy settings of this runner.'
    },
    {
      name: 'when the image is broken as published',
      stories: primary({kind: 'unusable', detail: ''}),
      advice: 'Use another version, and report this one to its publisher.'
    },
    {name: 'when the tag has moved', stories: primary(DISAGREES), advice: ON_PURPOSE},
    {
      name: 'when a locked tag has moved',
      stories: primary(DISAGREES),
      more: {resolved: lock},
      advice: `${ON_PURPOSE} To accept the new image, run once with lock: update and review the diff.`
    }
  ]

  it('begins with a verb, or says that nothing has to be done', () => {
    for (const {advice} of rows) expect(advice).toMatch(/^(?:No action|Use|Check|Log in|Renew|Set) /)
  })

  it.each(rows)('$name', ({stories, more, advice}) => {
    expect(diagnosisOf(stories, more).advice).toBe(advice)
  })
})

describe('diagnose gives evidence', () => {
  it('of the last exchange of the try that failed', () => {
    const failing = attempt(corrupt(), {
      exchanges: [
        exchange({status: 307}),
        exchange({
          host: 'cdn.example',
          path: '/x',
          status: 200,
          requestIds: {'cf-ray': '1'},
          rateLimit: {'ratelimit-limit': '9'}
        })
      ]
    })
    const {evidence} = diagnosisOf([
      story('primary', [attempt(corrupt(digest('c')), {exchanges: [exchange()]}), failing])
    ])
    expect(evidence).toEqual({
      registry: 'docker.io',
      object: 'config',
      host: 'cdn.example',
      path: '/x',
      status: 200,
      requestIds: {'cf-ray': '1'},
      wantedDigest: WANTED,
      gotDigests: [digest('c'), GOT],
      wantedBytes: 20,
      gotBytes: 10,
      firstBytes: 'PK',
      rateLimit: {'ratelimit-limit': '9'}
    })
  })

  it('of the failed object’s last try, when no try failed in this way', () => {
    const told = story('primary', [
      attempt(SERVER_ERROR, {exchanges: [exchange({host: 'first.example'})]}),
      attempt(SERVER_ERROR, {exchanges: [exchange({host: 'second.example'})]}),
      attempt(undefined, {object: 'layer[0]', exchanges: [exchange({host: 'other.example'})]})
    ])
    expect(diagnosisOf([{...told, failure: {...SERVER_ERROR}, failedObject: 'config'}]).evidence.host).toBe(
      'second.example'
    )
  })

  it('of the last of two tries that failed in the same way', () => {
    const hosts = ['first.example', 'second.example']
    const tries = hosts.map(host => attempt(SERVER_ERROR, {exchanges: [exchange({host})]}))
    expect(diagnosisOf([story('primary', tries)]).evidence.host).toBe('second.example')
  })

  it('of the pull limit that an earlier request of the image had', () => {
    const limit = {'ratelimit-remaining': '0;w=21600', 'ratelimit-limit': '100;w=21600'}
    const exchanges = [exchange({rateLimit: limit}), exchange()]
    expect(diagnosisOf([story('primary', [attempt(throttled(), {exchanges})])]).evidence.rateLimit).toEqual(limit)
  })

  it('of no exchange, when there was none, and no more than that', () => {
    expect(diagnosisOf([story('primary', [SERVER_ERROR])]).evidence).toStrictEqual({
      registry: 'docker.io',
      object: 'config',
      requestIds: {},
      gotDigests: []
    })
  })

  it('of no status, when nobody answered', () => {
    const {evidence} = diagnosisOf([story('primary', [attempt(IDENTITY, {exchanges: [exchange()]})])])
    expect(evidence).not.toHaveProperty('status')
    expect(evidence.host).toBe('registry-1.docker.io')
  })

  it('of the bytes that came before a connection ended', () => {
    expect(diagnosisOf([story('primary', [truncated(5)])]).evidence).toMatchObject({gotBytes: 5, wantedBytes: 100})
    const {evidence} = diagnosisOf([story('primary', [{kind: 'truncated', gotBytes: 5}])])
    expect(evidence).not.toHaveProperty('wantedBytes')
    expect(evidence).not.toHaveProperty('firstBytes')
  })
})
