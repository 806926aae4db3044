// From what every registry did to one cause, a sentence of advice, and what a report to the registry needs.
// Compares attempts and registries; asks nobody, and guesses nothing that the evidence does not say.

import {endpointOf} from '../oci/reference.ts'
import type {CandidateResult} from '../acquire/candidate-result.ts'
import {type Failure} from '../failure/failure.ts'
import type {Exchange} from '../registry/registry.ts'
import {quotesHtml} from '../verify/first-bytes.ts'
import {formatDuration} from '../failure/format.ts'
import {describeFailure} from '../failure/describe-failure.ts'
import {type Attempt} from '../fetch/attempt.ts'
import {type Acquisition} from '../acquire/acquisition.ts'

export type Cause =
  | 'publisher'
  | 'registry'
  | 'transit'
  | 'interception'
  | 'throttling'
  | 'access'
  | 'missing'
  | 'outage'
  | 'network'
  | 'tag-moved'

/** What the people who run a registry ask for first. */
export type Evidence = {
  readonly registry: string
  readonly object: string
  /** Who answered in the end, after redirects. */
  readonly host?: string
  readonly path?: string
  readonly status?: number
  readonly requestIds: Readonly<Record<string, string>>
  readonly wantedDigest?: string
  readonly gotDigests: readonly string[]
  readonly wantedBytes?: number
  readonly gotBytes?: number
  readonly firstBytes?: string
  /** What the registry says is left of its limit, and for whom. */
  readonly rateLimit?: Readonly<Record<string, string>>
}

export type Diagnosis = {
  readonly cause: Cause
  /** What was wrong, where. */
  readonly what: string
  readonly advice: string
  readonly evidence: Evidence
}

/** Whether the primary served the image and did not fail: what mirrors did beside it then, in vain, is no news. */
export function isOfPrimary({results, image}: Acquisition): boolean {
  return (
    image?.candidate.role === 'primary' &&
    results.every(({candidate, failure}) => candidate.role !== 'primary' || failure === undefined)
  )
}

/** Undefined when no registry failed that mattered, or when what failed was here. */
export function diagnose(all: Acquisition): Diagnosis | undefined {
  // What an older tag has to say is no word on the one that was asked for.
  const acquisition = all.fallbacks === undefined ? all : {...all, image: undefined}
  if (isOfPrimary(acquisition)) return diagnoseMoved(acquisition)
  const failed = acquisition.results.filter(story => story.failure !== undefined)
  const story = failed.find(({candidate}) => candidate.role === 'primary') ?? failed[0]
  if (story?.failure === undefined) return diagnoseMoved(acquisition)
  const cause =
    acquisition.image === undefined && isBehindBrokenProxy(failed) ? 'network' : causeOf(story, story.failure, failed)
  if (cause === undefined) return undefined
  return {
    cause,
    what: describeFailedCandidate(story, story.failure),
    advice: adviceFor(cause, story, story.failure, acquisition),
    evidence: evidenceOf(story, story.failure)
  }
}

/** A tag that moved is worth a diagnosis though the registry still has what is locked. */
function diagnoseMoved(acquisition: Acquisition): Diagnosis | undefined {
  const primary = acquisition.results.find(({candidate}) => candidate.role === 'primary')
  const failure = primary?.attempts.find(attempt => attempt.failure?.kind === 'digest-disagrees')?.failure
  if (acquisition.moved === undefined || primary === undefined || failure === undefined) return undefined
  const story: CandidateResult = {...primary, failedObject: 'manifest'}
  return {
    cause: 'tag-moved',
    what: describeFailedCandidate(story, failure),
    advice: adviceFor('tag-moved', story, failure, acquisition),
    evidence: evidenceOf(story, failure)
  }
}

function causeOf(story: CandidateResult, failure: Failure, failed: readonly CandidateResult[]): Cause | undefined {
  switch (failure.kind) {
    case 'corrupt':
      return causeOfCorrupt(story, failure, failed)
    case 'too-large':
      return isEverywhere(failed, ({kind}) => kind === 'too-large') ? 'publisher' : 'registry'
    case 'protocol':
      return failure.isHtml ? 'interception' : 'outage'
    case 'truncated':
      return isCutAtTheSamePlace(story) ? 'registry' : 'transit'
    case 'unusable':
      return 'publisher'
    case 'platform-missing':
    case 'not-found':
      return 'missing'
    case 'throttled':
      return 'throttling'
    case 'unauthorized':
    case 'denied':
      return 'access'
    case 'digest-disagrees':
      return 'tag-moved'
    case 'unreachable':
    case 'timed-out':
    case 'server-error':
      return 'outage'
    case 'invalid-input':
    case 'local-io':
    case 'docker':
    case 'bug':
      return undefined
  }
}

// The proxy failed for all of them: nothing is known of the registries.
function isBehindBrokenProxy(failed: readonly CandidateResult[]): boolean {
  return failed.every(({failure}) => failure?.kind === 'unreachable' && failure.reason === 'proxy')
}

function corruptions(story: CandidateResult): readonly Extract<Failure, {kind: 'corrupt'}>[] {
  return story.attempts.flatMap(({failure}) => (failure?.kind === 'corrupt' ? [failure] : []))
}

// A registry that lacks the image, or does not answer, has said nothing of its bytes. Public mirrors lack most images.
const SAYS_NOTHING: readonly Failure['kind'][] = [
  'unreachable',
  'timed-out',
  'throttled',
  'server-error',
  'unauthorized',
  'denied',
  'not-found'
]

function isEverywhere(failed: readonly CandidateResult[], isSame: (failure: Failure) => boolean): boolean {
  const served = failed.flatMap(({failure}) =>
    failure === undefined || SAYS_NOTHING.includes(failure.kind) ? [] : [failure]
  )
  return served.length > 1 && served.every(isSame)
}

function isCutAtTheSamePlace(story: CandidateResult): boolean {
  const cuts = story.attempts.flatMap(({failure}) => (failure?.kind === 'truncated' ? [failure.gotBytes] : []))
  return cuts.length > 1 && new Set(cuts).size === 1
}

function causeOfCorrupt(
  story: CandidateResult,
  failure: Extract<Failure, {kind: 'corrupt'}>,
  failed: readonly CandidateResult[]
): Cause {
  const isSame = (other: Failure): boolean =>
    other.kind === 'corrupt' && other.wanted === failure.wanted && other.got === failure.got && other.gotBytes > 0

  if (quotesHtml(failure.firstBytes)) return 'interception'
  if (isEverywhere(failed, isSame)) return 'publisher'
  const sameObject = corruptions(story).filter(({wanted}) => wanted === failure.wanted)
  return new Set(sameObject.map(({got}) => got)).size > 1 ? 'transit' : 'registry'
}

/** One sentence: object, registry, what was wrong. */
export function describeFailedCandidate(story: CandidateResult, failure: Failure): string {
  return `${story.failedObject === undefined ? '' : `${story.failedObject} from `}${story.candidate.repository.registry}: ${describeFailure(failure)}`
}

function adviceFor(cause: Cause, story: CandidateResult, failure: Failure, acquisition: Acquisition): string {
  const advice = adviceOnCause(cause, story, failure, acquisition)
  const proxy = proxyOf(story)
  return proxy === undefined || /\bproxy\b/.test(advice)
    ? advice
    : `${advice} Check the proxy in ${proxy} too: the requests go through it.`
}

/** The variable of the proxy that failed, or that may be the author of what failed. */
function proxyOf(story: CandidateResult): string | undefined {
  return lastExchange(story.attempts.at(-1))?.proxy
}

function checkProxy(story: CandidateResult): string {
  const {registry} = story.candidate.repository
  return `Check the proxy in ${proxyOf(story) ?? 'the environment of this runner'}, and that it may connect to ${registry}.`
}

function adviceOnCause(cause: Cause, story: CandidateResult, failure: Failure, acquisition: Acquisition): string {
  const {image, request, resolved} = acquisition
  const {registry} = story.candidate.repository
  const goesOn = image === undefined ? '' : 'Nothing is needed for this build. '
  switch (cause) {
    case 'registry':
      return `${goesOn}${registry} keeps or hands out wrong bytes${image === undefined ? '' : `; ${image.candidate.repository.registry} has the right ones`}. Report it to ${registry}: the evidence is in the job summary and in the report file.${image === undefined ? ' Until it is mended, take another version, or name a registry that has this one in the input mirrors.' : ''}`
    case 'transit':
      return `${goesOn}The bytes break on their way from ${registry}, each time elsewhere: look at the network between, such as a proxy, a VPN or the runner's host.`
    case 'interception':
      return `${goesOn}Something between here and ${registry} answers with a web page: a proxy or a captive portal. Let the runner through to it.`
    case 'throttling':
      return `${goesOn}${describeThrottle(failure)}${describeLimit(story)}Log in to ${registry} for a higher limit, or put a pull-through cache into mirrors.`
    case 'access':
      return `${goesOn}${describeAccess(failure, story)}`
    case 'missing':
      return failure.kind === 'platform-missing'
        ? 'Name one of the platforms it has in the input platform.'
        : `${goesOn}Look whether ${request.image.input} is spelt as its publisher spells it, and still published.`
    case 'outage':
      if (failure.kind === 'unreachable' && failure.reason === 'tls-identity')
        return `${goesOn}Nobody can tell who answers for ${registry}: look whether a proxy stands between, and whether this machine has its CA.`
      // A connection through a proxy that failed on the way; answers are the registry's own.
      if (failure.kind === 'unreachable' && (failure.reason === 'proxy' || proxyOf(story) !== undefined))
        return `${goesOn}${checkProxy(story)}`
      return `${goesOn}${registry} is down or cannot be reached from here; look at its status page.${image === undefined ? ` ${adviseOnMirrors(acquisition)}` : ''}`
    case 'network':
      return `${goesOn}${checkProxy(story)}`
    case 'publisher':
      return 'The published image contradicts itself, wherever it is served from: tell its publisher, and use another version.'
    case 'tag-moved':
      return `${goesOn}The tag means another image there. Find out whether its publisher moved it before you change what is pinned.${resolved?.decidedBy === 'lock' ? ' When it is meant, lock: update takes the new one.' : ''}`
  }
}

// Public mirrors had nothing to be asked for: that is what the reader can change.
function adviseOnMirrors({resolved, results}: Acquisition): string {
  const unasked = results.filter(
    ({candidate, outcome}) => candidate.role === 'public-mirror' && outcome === 'not-asked'
  )
  const names = unasked.map(({candidate}) => candidate.repository.registry)
  return resolved === undefined && names.length > 0
    ? `Write a digest into the reference, or keep a lock file (lock: update makes it): then ${names.join(', ')} can serve the image while its registry is down. A mirror that is listed in mirrors may also resolve the tag.`
    : 'Name a registry that has this image in the input mirrors.'
}

function describeThrottle(failure: Failure): string {
  return failure.kind === 'throttled' && failure.retryAfterMs !== undefined
    ? `It will answer again in ${formatDuration(failure.retryAfterMs)}. `
    : ''
}

function describeLimit(story: CandidateResult): string {
  const limit = story.attempts
    .flatMap(({exchanges}) => exchanges)
    .findLast(({rateLimit}) => rateLimit !== undefined)?.rateLimit
  const remaining = limit?.['ratelimit-remaining']
  if (remaining === undefined) return ''
  const [left] = remaining.split(';')
  const [most] = (limit?.['ratelimit-limit'] ?? '').split(';')
  const whom = limit?.['docker-ratelimit-source']
  return `${left ?? ''}${most === '' ? '' : ` of ${most ?? ''}`} pulls are left${whom === undefined ? '' : ` for ${whom}`}. `
}

function describeAccess(failure: Failure, story: CandidateResult): string {
  const {registry} = story.candidate.repository
  const {host = ''} = evidenceOf(story, failure)
  // Nobody's credentials are sent there, and nobody's would help.
  if (story.failedObject !== 'token' && host !== '' && host !== endpointOf(registry))
    return `${host}, which ${registry} sends to for its content, does not hand it out: an address that it signed may have expired, or a proxy stands between.`
  const refused = (failure.kind === 'unauthorized' || failure.kind === 'denied') && failure.credentials === 'refused'
  return refused
    ? `${registry} refuses the credentials it was given: renew them, and look whether they may read this repository.`
    : `The repository does not exist at ${registry}, or is private: for a private one log in with docker/login-action, or set username and password.`
}

function evidenceOf(story: CandidateResult, failure: Failure): Evidence {
  const attempt =
    story.attempts.findLast(candidate => candidate.failure === failure) ??
    story.attempts.findLast(candidate => candidate.object === story.failedObject)
  const exchange = lastExchange(attempt)
  const bytes = failure.kind === 'corrupt' || failure.kind === 'truncated' ? failure : undefined
  return {
    registry: story.candidate.repository.registry,
    object: story.failedObject ?? 'image',
    requestIds: exchange?.requestIds ?? {},
    gotDigests:
      failure.kind === 'digest-disagrees' ? [failure.got] : [...new Set(corruptions(story).map(({got}) => got))],
    ...(exchange === undefined ? {} : {host: exchange.host, path: exchange.path}),
    ...(exchange?.status === undefined ? {} : {status: exchange.status}),
    ...(failure.kind === 'corrupt' || failure.kind === 'digest-disagrees' ? {wantedDigest: failure.wanted} : {}),
    ...(bytes?.wantedBytes === undefined ? {} : {wantedBytes: bytes.wantedBytes}),
    ...(bytes === undefined ? {} : {gotBytes: bytes.gotBytes}),
    ...(exchange?.rateLimit === undefined ? {} : {rateLimit: exchange.rateLimit}),
    ...(failure.kind === 'corrupt' ? {firstBytes: failure.firstBytes} : {})
  }
}

function lastExchange(attempt: Attempt | undefined): Exchange | undefined {
  return attempt?.exchanges.at(-1)
}
