// What a reader can do about a cause. Advice begins with a verb.
// If the build continues, nothing has to be done, and the advice says how to prevent it next time.

import {endpointOf} from '../oci/reference.ts'
import {type Acquisition} from '../acquire/acquisition.ts'
import type {CandidateResult} from '../acquire/candidate-result.ts'
import {type Failure} from '../failure/failure.ts'
import type {Cause} from './cause.ts'

const TROUBLESHOOTING = 'https://github.com/OWNER/verified-image/blob/v1/docs/troubleshooting.md'
const SIGNATURES = 'https://github.com/OWNER/verified-image/blob/v1/docs/signatures.md'

export type Problem = {
  readonly cause: Cause
  readonly result: CandidateResult
  readonly failure: Failure
  readonly acquisition: Acquisition
  /** The host that answered last, after redirects. */
  readonly host: string | undefined
}

export function adviceFor(problem: Problem): string {
  const advice = adviceOnCause(problem)
  const proxy = proxyOf(problem.result)
  return proxy === undefined || /\bproxy\b/i.test(advice)
    ? advice
    : `${advice} Check the proxy in ${proxy} too: the requests go through it.`
}

function adviceOnCause(problem: Problem): string {
  const {cause, result, acquisition} = problem
  const {registry} = result.candidate.repository
  if (acquisition.image === undefined) return fixFor(problem)
  if (cause === 'registry')
    return `No action needed for this build. To report it to ${registry}, copy "Evidence" from the job summary.`
  if (cause === 'tag-moved')
    return `No action needed for this build.${acquisition.resolved?.decidedBy === 'lock' ? ` To accept the new image, ${UPDATE}.` : ''}`
  return `No action needed for this build. To prevent this: ${lowerFirst(preventionFor(problem))}`
}

const UPDATE = 'run once with lock: update and review the diff'

// A mirror was used: adding one is not advice any more.
function preventionFor(problem: Problem): string {
  const {registry} = problem.result.candidate.repository
  if (problem.cause === 'throttling') return `${login(registry)}.`
  return problem.cause === 'outage' ? `${checkRegistry(problem)}.` : fixFor(problem)
}

function fixFor(problem: Problem): string {
  const {cause, result, failure, acquisition} = problem
  const {registry} = result.candidate.repository
  switch (cause) {
    case 'registry':
      return `Use another version, or ${addMirror(acquisition)}. To report it to ${registry}, copy "Evidence" from the job summary.`
    case 'publisher':
      return fixForPublisher(failure)
    case 'transit':
      return failure.kind === 'truncated'
        ? `Check the network between this runner and ${registry}, such as a proxy or a VPN, and the storage of ${registry}: either may break connections.`
        : `Check the network between this runner and ${registry}, such as a proxy, a VPN, or the runner's host.`
    case 'interception':
      return `Check the proxy or captive portal of this runner's network, and allow it to reach ${registry}.`
    case 'throttling':
      return `${login(registry)}${pinDigest(acquisition)}, or ${addMirror(acquisition)}.`
    case 'access':
      return fixForAccess(problem)
    case 'missing':
      if (failure.kind === 'unusable') return fixForPublisher(failure)
      return failure.kind === 'platform-missing'
        ? 'Set platform to one that the image has.'
        : `Check the image name and tag of ${acquisition.request.image.input}, and check that the tag is still published.`
    case 'outage':
      // The mirrors are behind the same proxy.
      if (failedAtProxy(problem)) return `${checkRegistry(problem)}.`
      return `${checkRegistry(problem)}${pinDigest(acquisition)}, or ${addMirror(acquisition)}.`
    case 'network':
      if (failedAtProxy(problem)) return `${checkRegistry(problem)}.`
      return `Check the DNS, firewall, and proxy settings of this runner.`
    case 'tag-moved':
      return `Check that the publisher moved the tag on purpose before you change what is pinned.${acquisition.resolved?.decidedBy === 'lock' ? ` To accept the new image, ${UPDATE}.` : ''}`
  }
}

function fixForPublisher(failure: Failure): string {
  const reason = failure.kind === 'unusable' ? failure.reason : undefined
  switch (reason) {
    case 'artifact':
      return 'Use the name of a container image: this is an artifact of another kind.'
    case 'old':
    case 'old-response':
      return 'Use another version: this one has the old manifest format schema 1, and its publisher has to push it again.'
    case 'unsupported':
      return 'Use another version: this one has a format or a size that is not supported.'
    case undefined:
      return 'Use another version, and report this one to its publisher.'
  }
}

function login(registry: string): string {
  return `Log in to ${registry} with docker/login-action for a higher limit`
}

/** The first mirror, or one more where one was tried. */
function addMirror({results}: Acquisition): string {
  const isTried = results.some(({candidate, outcome}) => candidate.role !== 'primary' && outcome !== 'not-asked')
  return `add ${isTried ? 'another mirror' : 'a mirror'} that has this image to the mirrors input`
}

// Public mirrors were skipped if the digest is unknown, because they are only queried by digest.
function pinDigest({resolved, results}: Acquisition): string {
  const isSkipped = results.some(
    ({candidate, outcome}) => candidate.role === 'public-mirror' && outcome === 'not-asked'
  )
  return resolved === undefined && isSkipped
    ? ', pin a digest (in the reference, or with lock: update) so that public mirrors can be used'
    : ''
}

// Registries that have a public status page. Other hosts belong to someone who knows them.
const PUBLIC = /^(?:docker\.io|ghcr\.io|quay\.io|(?:.+\.)?gcr\.io|.+\.pkg\.dev|public\.ecr\.aws|mcr\.microsoft\.com)$/

/** The variable of the proxy that failed, or that may be the author of the last response. */
function proxyOf({attempts}: CandidateResult): string | undefined {
  return attempts.at(-1)?.exchanges.at(-1)?.proxy
}

// The proxy failed, or the connection through it did. A certificate from an unknown CA has advice of its own.
function failedAtProxy({result, failure}: Pick<Problem, 'result' | 'failure'>): boolean {
  return (
    failure.kind === 'unreachable' &&
    (failure.reason === 'proxy' || (failure.reason !== 'tls-identity' && proxyOf(result) !== undefined))
  )
}

function checkRegistry({result, failure}: Problem): string {
  const {registry} = result.candidate.repository
  const reason = failure.kind === 'unreachable' ? failure.reason : undefined
  if (reason === 'tls-identity')
    return `Check whether a proxy answers for ${registry}, and set NODE_EXTRA_CA_CERTS to the file of its CA if you trust it`
  if (failedAtProxy({result, failure}))
    return `Check the proxy in ${proxyOf(result) ?? 'the environment of this runner'}, and that it may connect to ${registry}`
  if (reason === 'dns') return `Check the name of ${registry} and the DNS of this runner`
  return PUBLIC.test(registry)
    ? `Check the status page of ${registry}`
    : `Check that ${registry} is running and that this runner can reach it`
}

function fixForAccess({result, failure, host = ''}: Problem): string {
  const {registry} = result.candidate.repository
  if ((failure.kind === 'unauthorized' || failure.kind === 'denied') && failure.tokenServer !== undefined)
    return `Check the clocks of ${registry} and of its token server ${failure.tokenServer}, and that they share a signing key: the registry rejects the tokens that the token server issues.`
  // Credentials are not sent to another host, and would not help there.
  if (result.failedObject !== 'token' && host !== '' && host !== endpointOf(registry))
    return `Check whether a proxy blocks ${host}, to which ${registry} redirects downloads. A signed URL that has expired is refused there, too.`
  if (failure.kind !== 'unauthorized' && failure.kind !== 'denied') return ''
  if (failure.credentials === 'refused')
    return `Renew the credentials for ${registry}, and check that they may read this repository.`
  if (wasManifestRead(result))
    return `Check whether a filter, firewall, or proxy blocks this download from ${registry}: the manifest of the same image was served.`
  const check = 'Check the image name.'
  if (failure.credentials === 'not-requested')
    return `${check} If it is right, check whether a firewall or proxy blocks ${registry}, and how ${registry} requests a login: it denied access without requesting the credentials that are set for it, so they were not sent.`
  if (failure.kind === 'denied' && !wasChallenged(result))
    return `${check} If it is right, check whether a firewall or proxy blocks ${registry}: it denied access without requesting credentials, so none were sent.`
  return `${check} If the image is private, log in with docker/login-action, or set registry, username, and password for ${registry}.`
}

function wasManifestRead({attempts}: CandidateResult): boolean {
  return attempts.some(({object, outcome}) => object === 'manifest' && outcome === 'verified')
}

/** Whether the registry requested credentials: HTTP 401, or a token server. */
function wasChallenged({attempts}: CandidateResult): boolean {
  return attempts.some(({exchanges}) => exchanges.some(({object, status}) => object === 'token' || status === 401))
}

/** A link to the section of docs/troubleshooting.md about a cause. Absolute, since messages are read far from this repository. */
export function linkToCause(cause: Cause): string {
  return `${TROUBLESHOOTING}#${cause}`
}

/** A link to the section of docs/signatures.md about a problem. */
export function linkToSignatures(problem: string): string {
  return `${SIGNATURES}#${problem}`
}

function lowerFirst(sentence: string): string {
  return sentence.slice(0, 1).toLowerCase() + sentence.slice(1)
}
