// One registry at work in a race: its state, the events that it reports, and the source that it fetches from.
// The source records attempts and watches speed and silence.

import {type Digest} from '../oci/digest.ts'
import {type CandidateOutcome, type CandidateResult} from './candidate-result.ts'
import {type Failure, type ObjectName} from '../failure/failure.ts'
import {type MovedTag} from './moved-tag.ts'
import {type Purpose} from './next-candidate.ts'
import {type Access, type RegistryPort} from '../registry/registry.ts'
import {type Resolution} from './resolution.ts'
import {type Silence} from './silence.ts'
import {type Candidate} from '../registry/candidate.ts'
import {type VerifiedImage} from '../fetch/verified-image.ts'
import {type VerifiedManifest} from '../verify/verified.ts'
import {type AcquireDeps, type AcquireRequest, type EndpointState} from './acquisition.ts'
import {endpointOf} from '../oci/reference.ts'
import {createThroughputMonitor} from '../fetch/throughput.ts'
import {createThrottle} from '../fetch/throttle.ts'
import {type ImageSource} from '../fetch/fetch-manifest.ts'
import {type Attempt} from '../fetch/retry.ts'

export type RaceContext = {
  readonly request: AcquireRequest
  readonly deps: AcquireDeps
  readonly resolution: Resolution
}

export type ActiveCandidate = {
  readonly candidate: Candidate
  readonly purpose: Purpose
  /** What the primary has answered for its tag in an earlier run. */
  readonly resolvedManifest: VerifiedManifest | undefined
  /** The primary as it is when this run starts, for what a public mirror may learn. */
  readonly primary: CandidateResult | undefined
  /** Attempts of all runs of this registry; each run appends its own. */
  readonly attempts: Attempt[]
  readonly cancellation: AbortController
  readonly silence: Silence
  /** The next registry no longer waits for this one. */
  isSlow: boolean
  /** Digest of the manifest that it works on; undefined until that is verified. */
  digest?: Digest
}

export type RaceEvent =
  /** The resolution may have changed: other registries may start now. */
  | {readonly type: 'answered'}
  | {readonly type: 'slow'; readonly active: ActiveCandidate}
  /** The primary was silent for one stall-timeout. */
  | {readonly type: 'silent'}
  | {readonly type: 'ended'; readonly active: ActiveCandidate; readonly result: RunResult}
  | {readonly type: 'crashed'; readonly active: ActiveCandidate; readonly bug: unknown}

/** How one run of one registry ended. */
export type RunResult = {
  /** Undefined if it only resolved the tag, or if the name of the image was withheld from it. */
  readonly outcome: CandidateOutcome | undefined
  readonly image?: VerifiedImage
  readonly failure?: Failure
  readonly failedObject?: ObjectName
  /** What the primary answered for its tag; a later run does not request it again. */
  readonly resolvedManifest?: VerifiedManifest
  readonly withheld?: Exclude<Access, 'public'>
  readonly moved?: Promise<MovedTag>
}

/** The reason of a run that is canceled: another registry was first, or another digest was decided. */
export class LostRace extends Error {}

// One connection carries the config, and these the first layers. Docker and containerd download three at a time.
const SPARE_CONNECTIONS = 3

/** Opens the registry of a run for one image. `signal` ends the run. */
export function candidateSource(
  active: ActiveCandidate,
  context: RaceContext,
  signal: AbortSignal,
  emit: (event: RaceEvent) => void
): ImageSource {
  const {blobs, clock, random, backoff, registry, store} = context.deps
  const {candidate, silence} = active
  const {level} = context.request
  const {throughput, throttle} = endpointState(candidate, context.deps)
  const record = (attempt: Attempt, againInMs: number | undefined): void => {
    recordAttempt(active, context, attempt, againInMs, emit)
  }
  const addBytes = (bytes: number): void => {
    silence.ended()
    throughput.addBytes(bytes)
  }
  const spare = level === 'layers' || level === 'full' ? SPARE_CONNECTIONS : 0
  const retry = {clock, random, backoff, signal, record, addBytes, throttle}
  return {candidate, registry: withSilence(registry, silence), blobs, retry, store, spare}
}

/** Emits `slow` once the registry delivers less than 1 KiB/s for `hedge-after`. */
export function watchThroughput(active: ActiveCandidate, {deps}: RaceContext, emit: (event: RaceEvent) => void): void {
  const {hedgeAfterMs, clock} = deps
  if (hedgeAfterMs === undefined) return
  endpointState(active.candidate, deps)
    .throughput.untilBelowMinimum(hedgeAfterMs, clock, active.cancellation.signal)
    .then(
      () => {
        emit({type: 'slow', active})
      },
      () => undefined
    )
}

/** Emits `silent` once the primary was silent for one stall-timeout while its tag is not resolved. */
export function watchSilence(active: ActiveCandidate, context: RaceContext, emit: (event: RaceEvent) => void): void {
  const {hedgeAfterMs, stallTimeoutMs} = context.deps
  const {candidate, silence, cancellation} = active
  // Without a hedge no mirror works beside the primary, and there is no answer that could count before the primary has failed.
  if (hedgeAfterMs === undefined || candidate.role !== 'primary' || context.resolution.resolved !== undefined) return
  silence.untilLasting(stallTimeoutMs, cancellation.signal).then(
    () => {
      emit({type: 'slow', active})
      emit({type: 'silent'})
    },
    () => undefined
  )
}

function recordAttempt(
  active: ActiveCandidate,
  context: RaceContext,
  attempt: Attempt,
  againInMs: number | undefined,
  emit: (event: RaceEvent) => void
): void {
  const {candidate, silence, attempts} = active
  const {log, hedgeAfterMs} = context.deps
  const {failure, tagDigest} = attempt
  if (failure?.kind !== 'timed-out') silence.ended()
  attempts.push(attempt)
  // The digest of the primary's tag counts even if its Content-Type is refused: the next registry is asked for that digest.
  if (tagDigest !== undefined && (candidate.role === 'primary' || attempt.outcome === 'verified'))
    recordAnswer(candidate, tagDigest, context, emit)
  log({type: 'attempted', candidate, attempt})
  if (attempt.outcome === 'failed') log({type: 'attempt-failed', candidate, attempt, againInMs})
  // Connection refused: it is retried, but the next registry starts now.
  if (failure?.kind === 'unreachable' && failure.reason === 'refused' && hedgeAfterMs !== undefined)
    emit({type: 'slow', active})
}

function recordAnswer(
  candidate: Candidate,
  digest: Digest,
  context: RaceContext,
  emit: (event: RaceEvent) => void
): void {
  updateResolution(context, resolution => {
    resolution.recordAnswer(candidate, digest)
  })
  emit({type: 'answered'})
  if (context.resolution.resolved !== undefined) return
  const {registry} = candidate.repository
  const {tag = ''} = context.request.image
  context.deps.log({
    type: 'note',
    text: `${registry}: ${tag} is ${digest}. This counts only if the registry that the reference names fails or is silent`
  })
}

/** Changes the resolution, and logs the digest if the change decided one. */
export function updateResolution(
  {resolution, deps, request}: RaceContext,
  change: (resolution: Resolution) => void
): void {
  const before = resolution.resolved
  change(resolution)
  const {resolved} = resolution
  if (resolved !== undefined && resolved !== before) deps.log({type: 'pinned', pin: resolved, tag: request.image.tag})
}

/** What all images of the run know of a registry. */
export function endpointState(
  {repository}: Pick<Candidate, 'repository'>,
  {shared, clock, backoff, random}: Pick<AcquireDeps, 'shared' | 'clock' | 'backoff' | 'random'>
): EndpointState {
  const endpoint = endpointOf(repository.registry)
  const found = shared.get(endpoint) ?? {
    throughput: createThroughputMonitor(),
    throttle: createThrottle(clock, backoff, random)
  }
  shared.set(endpoint, found)
  return found
}

/** The registry, with each manifest request and each status line of an answer to one noted. */
function withSilence(registry: RegistryPort, silence: Silence): RegistryPort {
  return {
    ...registry,
    openManifest: request => {
      silence.requested()
      return registry.openManifest({
        ...request,
        onExchange: exchange => {
          if (exchange.status !== undefined) silence.responded()
          request.onExchange(exchange)
        }
      })
    }
  }
}
