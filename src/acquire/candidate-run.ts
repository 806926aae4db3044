// One registry at work on one image: what it is asked, what it answered, and why it was left when another was first.
// Knows one registry; which one is asked when is race.ts's decision.

import type {Digest} from '../oci/digest.ts'
import {endpointOf} from '../oci/reference.ts'
import type {CandidateResult} from './candidate-result.ts'
import {accessOf} from './disclosure.ts'
import {type Failure, type ObjectName} from '../failure/failure.ts'
import {fetchImage, type ImageSource} from '../fetch/fetch-image.ts'
import {createThroughputMonitor} from '../fetch/throughput.ts'
import {createThrottle} from '../fetch/throttle.ts'
import type {RegistryPort} from '../registry/registry.ts'
import type {Resolver} from './resolve.ts'
import {createSilence, type Silence} from './silence.ts'
import {type Attempt} from '../fetch/attempt.ts'
import {type VerifiedImage} from '../fetch/verified-image.ts'
import {VerifiedImageError} from '../failure/error.ts'
import {type EndpointState, type AcquireDeps, type AcquireRequest} from './acquisition.ts'

/** `resolution`: the primary is only asked what its tag is. */
export type Purpose = 'image' | 'resolution'

export type CandidateRun = {
  readonly story: CandidateResult
  readonly purpose: Purpose
  readonly leave: AbortController
  readonly silence: Silence
  /** It is slow, and the next registry does not wait for it any longer. */
  isSlow: boolean
  /** Of the manifest that it works on; undefined until that is there. */
  digest?: Digest
}

export type Tools = {
  readonly wanted: AcquireRequest
  readonly around: AcquireDeps
  readonly stories: readonly CandidateResult[]
  readonly resolver: Resolver
}

/** Why a run is ended from outside: another registry was first, or what it works on is not what was decided. */
export class Outrun extends Error {}

export function createRun(story: CandidateResult, purpose: Purpose, {clock}: AcquireDeps): CandidateRun {
  return {story, purpose, leave: new AbortController(), silence: createSilence(clock), isSlow: false}
}

/** Resolves to the image, or to nothing when the story tells why not. Rejects for a bug. `slow` is called when it gets slow. */
export async function runCandidate(
  run: CandidateRun,
  tools: Tools,
  slow: () => void
): Promise<VerifiedImage | undefined> {
  const {wanted, around, resolver} = tools
  const {story, leave} = run
  const signal = AbortSignal.any([around.signal, leave.signal])
  const source = sourceOf(run, around, signal, slow)
  try {
    if (story.candidate.role === 'public-mirror' && (await isWithheld(story, tools, signal))) return undefined
    around.log({type: 'asking', candidate: story.candidate})
    const manifest = await resolver.manifestFrom(source)
    if (run.purpose === 'resolution') return undefined
    run.digest = manifest.digest
    const image = await fetchImage(source, manifest, wanted.platforms, wanted.level)
    story.outcome = 'verified'
    return image
  } catch (error) {
    story.outcome = signal.aborted ? 'aborted' : 'failed'
    if (signal.aborted) {
      blame(story, failureOfOutrun(run, tools))
      return undefined
    }
    if (!(error instanceof VerifiedImageError)) throw error
    blame(story, error.failure, error.object)
    around.log({type: 'candidate-failed', story})
    return undefined
  } finally {
    leave.abort(new Outrun())
  }
}

async function isWithheld(
  story: CandidateResult,
  {around, stories, resolver, wanted}: Tools,
  signal: AbortSignal
): Promise<boolean> {
  const primary = stories.find(({candidate}) => candidate.role === 'primary')
  if (primary === undefined) return false
  const reference = resolver.pin()?.digest ?? wanted.image.tag ?? ''
  const access = await accessOf({port: around.access, primary, reference, signal})
  if (access === 'public') return false
  story.withheld = access
  const {registry} = story.candidate.repository
  const why = access === 'private' ? 'the image is not public' : 'it is not known whether the image is public'
  around.log({type: 'note', text: `Not asking ${registry}: ${why}, and a public mirror does not learn private names`})
  return true
}

function blame(story: CandidateResult, failure: Failure | undefined, object?: ObjectName): void {
  if (failure === undefined) return
  const failedObject = object ?? story.attempts.findLast(attempt => attempt.failure === failure)?.object
  story.failure = failure
  if (failedObject !== undefined) story.failedObject = failedObject
}

/** Why a registry that was left was behind: it was silent, or its last failure, or it was slow. */
function failureOfOutrun({story, isSlow, digest}: CandidateRun, {around, resolver}: Tools): Failure | undefined {
  const pin = resolver.pin()
  if (story.candidate.role === 'primary' && pin?.unresolved?.kind === 'silent')
    return {kind: 'timed-out', phase: 'headers', limit: {input: 'stall-timeout', afterMs: pin.unresolved.forMs}}
  // What it works on was not decided on: that is no fault of its pace.
  if (digest !== undefined && digest !== pin?.digest) return undefined
  const last = story.attempts.findLast(({failure}) => failure !== undefined)?.failure
  if (last !== undefined || !isSlow || around.hedgeAfterMs === undefined) return last
  return {kind: 'timed-out', phase: 'pace', limit: {input: 'hedge-after', afterMs: around.hedgeAfterMs}}
}

/** Calls `slow` once the registry delivers less than 1 KiB/s for `hedge-after`. */
export function watchPace({story, leave}: CandidateRun, around: AcquireDeps, slow: () => void): void {
  const {hedgeAfterMs, clock} = around
  if (hedgeAfterMs === undefined) return
  sharedBy(story, around)
    .throughput.untilBelowMinimum(hedgeAfterMs, clock, leave.signal)
    .then(slow, () => undefined)
}

function sharedBy({candidate}: CandidateResult, {shared, clock, backoff}: AcquireDeps): EndpointState {
  const endpoint = endpointOf(candidate.repository.registry)
  const found = shared.get(endpoint) ?? {
    throughput: createThroughputMonitor(),
    throttle: createThrottle(clock, backoff)
  }
  shared.set(endpoint, found)
  return found
}

function sourceOf(run: CandidateRun, around: AcquireDeps, signal: AbortSignal, slow: () => void): ImageSource {
  const {blobs, clock, random, backoff, log, hedgeAfterMs, store} = around
  const {story, silence} = run
  const {candidate} = story
  const {throughput, throttle} = sharedBy(story, around)
  const record = (attempt: Attempt, againInMs: number | undefined): void => {
    const {failure} = attempt
    if (failure?.kind !== 'timed-out' || attempt.bytes > 0) silence.broken()
    story.attempts.push(attempt)
    log({type: 'attempted', candidate, attempt})
    if (attempt.outcome === 'failed') log({type: 'attempt-failed', candidate, attempt, againInMs})
    // Nothing listens there. It is asked again all the same, but there is nothing to wait for before asking the next one.
    if (failure?.kind === 'unreachable' && failure.reason === 'refused' && hedgeAfterMs !== undefined) slow()
  }
  const addBytes = (bytes: number): void => {
    silence.broken()
    throughput.addBytes(bytes)
  }
  const retry = {clock, random, backoff, signal, record, addBytes, throttle}
  return {candidate, registry: listened(around.registry, silence), blobs, retry, store}
}

/** The registry, with each manifest request and each answer to one noted. */
function listened(registry: RegistryPort, silence: Silence): RegistryPort {
  return {
    ...registry,
    openManifest: ask => {
      silence.asked()
      return registry.openManifest({
        ...ask,
        onExchange: exchange => {
          if (exchange.status !== undefined) silence.answered()
          ask.onExchange(exchange)
        }
      })
    }
  }
}
