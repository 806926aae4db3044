// From what registries did, the cause, whose turn it is, and the evidence: case by case. The advice's words have one table.

import {describe, expect, it} from '@jest/globals'
import {type Cause, diagnose, type Diagnosis} from '../../src/report/diagnose.ts'
import {newResult, type CandidateResult} from '../../src/acquire/candidate-result.ts'
import {type Failure, type ObjectName} from '../../src/failure/failure.ts'
import {type ResolvedDigest, planCandidates, parseMirrorRule, parseImageRequest} from '../../src/acquire/plan.ts'
import type {Exchange} from '../../src/registry/registry.ts'
import type {Digest} from '../../src/oci/digest.ts'
import {describeFailure} from '../../src/failure/describe-failure.ts'
import {type Role} from '../../src/registry/candidate.ts'
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
const DISAGREES: Failure = {kind: 'digest-disagrees', wanted: WANTED, got: GOT, decidedBy: 'the lock file'}
function throttled(retryAfterMs?: number): Failure {
  return {
    ...{kind: 'throttled', status: 429, detail: ''},
    ...(retryAfterMs === undefined ? {} : {retryAfterMs})
  }
}
function denied(credentials: 'none' | 'refused', kind: 'unauthorized' | 'denied' = 'denied'): Failure {
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

/** What a registry did: each try's failure; the last one ends its story. */
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
    {name: 'nonsense', primary: [{kind: 'protocol', detail: '', isHtml: false}], cause: 'outage'},
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
    {name: 'not there', primary: [NOT_FOUND], cause: 'missing'},
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
    {name: 'a server error', primary: [SERVER_ERROR], cause: 'outage'}
  ]

  it.each(rows)('of $name', ({primary, mirror, cause}) => {
    const stories = [story('primary', primary), ...(mirror === undefined ? [] : [story('mirror', mirror)])]
    expect(diagnosisOf(stories).cause).toBe(cause)
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
      cause: 'missing',
      evidence: {registry: 'ghcr.io'}
    })
  })
})

describe('diagnose says what was wrong, where', () => {
  it('with the object that failed', () => {
    expect(diagnosisOf([story('primary', [SERVER_ERROR], 'layer[3]')]).what).toBe(
      `layer[3] from docker.io: ${describeFailure(SERVER_ERROR)}`
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
      what: `manifest from docker.io: ${describeFailure(DISAGREES)}`,
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
  const limited = (rateLimit: Readonly<Record<string, string>>): readonly CandidateResult[] => [
    story('primary', [attempt(throttled(), {exchanges: [exchange({rateLimit}), exchange()]})])
  ]
  const elsewhere = (host: string, failedObject: ObjectName = 'config'): readonly CandidateResult[] => [
    story('primary', [attempt(denied('none'), {exchanges: [exchange({host})]})], failedObject)
  ]
  const served = {image: SERVED}
  const NOTHING_NEEDED = 'Nothing is needed for this build. '
  const PRIVATE =
    'The repository does not exist at docker.io, or is private: for a private one log in with docker/login-action, or set username and password.'
  const LOG_IN = 'Log in to docker.io for a higher limit, or put a pull-through cache into mirrors.'

  type Row = {
    readonly name: string
    readonly stories: readonly CandidateResult[]
    readonly more?: Partial<Acquisition>
    readonly advice: string
  }
  const rows: readonly Row[] = [
    {
      name: 'when the registry has wrong bytes and nothing serves the image',
      stories: primary(corrupt()),
      advice:
        'docker.io keeps or hands out wrong bytes. Report it to docker.io: the evidence is in the job summary and in the report file. Until it is mended, take another version, or name a registry that has this one in the input mirrors.'
    },
    {
      name: 'when the registry has wrong bytes and a mirror serves the image',
      stories: primary(corrupt()),
      more: served,
      advice: `${NOTHING_NEEDED}docker.io keeps or hands out wrong bytes; ghcr.io has the right ones. Report it to docker.io: the evidence is in the job summary and in the report file.`
    },
    {
      name: 'when only an older tag can be had, whose registry says nothing of this one',
      stories: primary(corrupt()),
      more: {...served, fallbacks: [acquisition([], served)]},
      advice:
        'docker.io keeps or hands out wrong bytes. Report it to docker.io: the evidence is in the job summary and in the report file. Until it is mended, take another version, or name a registry that has this one in the input mirrors.'
    },
    {
      name: 'when the network breaks bytes',
      stories: primary(truncated(5)),
      more: served,
      advice: `${NOTHING_NEEDED}The bytes break on their way from docker.io, each time elsewhere: look at the network between, such as a proxy, a VPN or the runner's host.`
    },
    {
      name: 'when a web page answers',
      stories: primary({kind: 'protocol', detail: '', isHtml: true}),
      advice:
        'Something between here and docker.io answers with a web page: a proxy or a captive portal. Let the runner through to it.'
    },
    {name: 'when throttled', stories: primary(throttled()), advice: LOG_IN},
    {
      name: 'when throttled for a known time',
      stories: primary(throttled(3_600_000)),
      advice: `It will answer again in 1 h 0 min. ${LOG_IN}`
    },
    {
      name: 'when throttled by a known limit',
      stories: limited({
        'ratelimit-remaining': '17;w=21600',
        'ratelimit-limit': '100;w=21600',
        'docker-ratelimit-source': '192.0.2.1'
      }),
      advice: `17 of 100 pulls are left for 192.0.2.1. ${LOG_IN}`
    },
    {
      name: 'when throttled by a limit of which little is said',
      stories: limited({'ratelimit-remaining': '7'}),
      advice: `7 pulls are left. ${LOG_IN}`
    },
    {
      name: 'when throttled by a limit that fell from try to try',
      stories: [
        story(
          'primary',
          ['2', '1'].map(left =>
            attempt(throttled(), {exchanges: [exchange({rateLimit: {'ratelimit-remaining': left}})]})
          )
        )
      ],
      advice: `1 pulls are left. ${LOG_IN}`
    },
    {
      name: 'when throttled and nothing is said of what is left',
      stories: limited({'ratelimit-limit': '100'}),
      advice: LOG_IN
    },
    {name: 'when not let in without credentials', stories: primary(denied('none')), advice: PRIVATE},
    {
      name: 'when credentials are refused',
      stories: primary(denied('refused')),
      advice:
        'docker.io refuses the credentials it was given: renew them, and look whether they may read this repository.'
    },
    {
      name: 'when credentials are refused with 401',
      stories: primary(denied('refused', 'unauthorized')),
      advice:
        'docker.io refuses the credentials it was given: renew them, and look whether they may read this repository.'
    },
    {
      name: 'when the registry’s own host does not let it in',
      stories: elsewhere('registry-1.docker.io'),
      advice: PRIVATE
    },
    {
      name: 'when the host of its content does not let it in',
      stories: elsewhere('cdn.example'),
      advice:
        'cdn.example, which docker.io sends to for its content, does not hand it out: an address that it signed may have expired, or a proxy stands between.'
    },
    {name: 'when its token server does not let it in', stories: elsewhere('auth.docker.io', 'token'), advice: PRIVATE},
    {
      name: 'when the image is not there',
      stories: primary(NOT_FOUND),
      advice: 'Look whether acme/app:1.2.3 is spelt as its publisher spells it, and still published.'
    },
    {
      name: 'when the platform is not there',
      stories: primary({kind: 'platform-missing', wanted: 'linux/s390x', offered: []}),
      advice: 'Name one of the platforms it has in the input platform.'
    },
    {
      name: 'when the registry is down',
      stories: primary(SERVER_ERROR),
      advice:
        'docker.io is down or cannot be reached from here; look at its status page. Name a registry that has this image in the input mirrors.'
    },
    {
      name: 'when the registry is down and a mirror serves the image',
      stories: primary(SERVER_ERROR),
      more: served,
      advice: `${NOTHING_NEEDED}docker.io is down or cannot be reached from here; look at its status page.`
    },
    {
      name: 'when its certificate is wrong',
      stories: primary(IDENTITY),
      advice:
        'Nobody can tell who answers for docker.io: look whether a proxy stands between, and whether this machine has its CA.'
    },
    {
      name: 'when it is refused, which is no matter of certificates',
      stories: primary({kind: 'unreachable', reason: 'refused', detail: ''}),
      more: served,
      advice: `${NOTHING_NEEDED}docker.io is down or cannot be reached from here; look at its status page.`
    },
    {
      name: 'when the image contradicts itself',
      stories: primary({kind: 'unusable', detail: ''}),
      advice:
        'The published image contradicts itself, wherever it is served from: tell its publisher, and use another version.'
    },
    {
      name: 'when the tag means another image',
      stories: primary(DISAGREES),
      advice:
        'The tag means another image there. Find out whether its publisher moved it before you change what is pinned.'
    },
    {
      name: 'when a locked tag means another image',
      stories: primary(DISAGREES),
      more: {resolved: lock},
      advice:
        'The tag means another image there. Find out whether its publisher moved it before you change what is pinned. When it is meant, lock: update takes the new one.'
    }
  ]

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
