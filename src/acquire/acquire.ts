// One image, from its registry or a mirror: what is known before, the race of the registries, and what came of it.
// Which digest counts is resolve.ts's, which registry is asked when is race.ts's, what a failure asks for failure.ts's.

import type {BackoffPolicy} from '../fetch/backoff.ts'
import type {BlobFetcher} from '../fetch/blob-fetcher.ts'
import {type Log, newResult, type CandidateResult} from './candidate-result.ts'
import {describeFailure, VerifiedImageError} from '../failure/failure.ts'
import type {Level, PlatformChoice, VerifiedImage} from '../fetch/fetch-image.ts'
import type {VerifiedStore} from '../fetch/verified-store.ts'
import {inspectMovedTag, type MovedTag} from './moved-tag.ts'
import type {ThroughputMonitor} from '../fetch/throughput.ts'
import type {RegistryThrottle} from '../fetch/throttle.ts'
import type {Candidate, ResolvedDigest, ImageRequest} from './plan.ts'
import type {AccessPort, Clock, Random, RegistryPort} from '../registry/registry.ts'
import {createRace} from './race.ts'
import {loadFromCache} from './cached-image.ts'
import {createResolver, type Resolver} from './resolve.ts'

export type AcquireRequest = {
  readonly image: ImageRequest
  /** In the order to be asked. */
  readonly candidates: readonly Candidate[]
  readonly platforms: PlatformChoice
  readonly level: Level
}

export type AcquireDeps = {
  readonly registry: RegistryPort
  readonly access: AccessPort
  readonly blobs: BlobFetcher
  /** Where load or layout want the bytes: an image may then come from several registries, and from earlier runs. */
  readonly store?: VerifiedStore
  readonly clock: Clock
  readonly random: Random
  readonly backoff: BackoffPolicy
  /** How long a registry may be slow before the next one begins beside it; undefined: no registry works beside another. */
  readonly hedgeAfterMs: number | undefined
  /** How long the primary has to be silent until its tag may be resolved without it. */
  readonly stallTimeoutMs: number
  /** What all images of the run know of a registry, by endpoint. */
  readonly shared: Map<string, EndpointState>
  readonly log: Log
  readonly signal: AbortSignal
}

export type EndpointState = {readonly throughput: ThroughputMonitor; readonly throttle: RegistryThrottle}

/** Every registry's story, and the image when one of them served it. */
export type Acquisition = {
  readonly request: AcquireRequest
  readonly results: readonly CandidateResult[]
  readonly resolved: ResolvedDigest | undefined
  readonly image: VerifiedImage | undefined
  /** Set when time was up for the whole run. */
  readonly runError: VerifiedImageError | undefined
  readonly elapsedMs: number
  /** Set when a locked tag has moved at the registry that the reference names. */
  readonly moved?: MovedTag
  /** The older tags that were tried in its place, in order. When the last one has an image, it is this one's too. */
  readonly fallbacks?: readonly Acquisition[]
  /** What was known of the tag that was asked for; set when another has an image, whose `pin` this one then has. */
  readonly requestedDigest?: ResolvedDigest | undefined
}

/** Never rejects for a registry's failure; what is no VerifiedImageError is a bug and passes through. */
export const acquireImage = async (wanted: AcquireRequest, around: AcquireDeps): Promise<Acquisition> => {
  const startedMs = around.clock.nowMs()
  const stories = wanted.candidates.map(newResult)
  const {tag} = wanted.image
  const note = (text: string): void => {
    around.log({type: 'note', text})
  }
  let moved: Promise<MovedTag> | undefined
  const resolver = createResolver(wanted.image, wanted.candidates, {
    onDecision: pin => {
      around.log({type: 'pinned', pin, tag})
      race.resolved()
    },
    onAnswer: (candidate, digest) => {
      const {registry} = candidate.repository
      const story = stories.find(found => found.candidate === candidate)
      if (story !== undefined) story.answered = digest
      if (resolver.pin() === undefined)
        note(
          `${registry} answers that ${tag ?? ''} is ${digest}; that only counts if the registry itself fails or stays silent`
        )
    },
    onMoved: (source, manifest) => {
      const {registry} = source.candidate.repository
      note(`${registry} says that ${tag ?? ''} is ${manifest.digest} now; asking for the digest in the lock file`)
      moved = inspectMovedTag(source, manifest, wanted.platforms, around)
      // Told where it is awaited, below.
      moved.catch(() => undefined)
    },
    onGone: ({repository: {registry}}, failure) => {
      note(
        `${registry}: the tag ${tag ?? ''} is no image any more (${describeFailure(failure)}); asking for the digest in the lock file`
      )
    }
  })
  const race = createRace({wanted, around, stories, resolver})
  const known = resolver.pin()
  if (known?.decidedBy === 'lock') around.log({type: 'pinned', pin: known, tag})
  const image = (await loadCached(wanted, around, resolver)) ?? (await race.run())
  const {reason} = around.signal as {reason: unknown}
  const ended = image === undefined && reason instanceof VerifiedImageError ? reason : undefined
  const seen = await moved
  const elapsedMs = around.clock.nowMs() - startedMs
  return {
    request: wanted,
    results: stories,
    resolved: resolver.pin(),
    image,
    runError: ended,
    elapsedMs,
    ...(seen === undefined ? {} : {moved: seen})
  }
}

const loadCached = async (
  wanted: AcquireRequest,
  around: AcquireDeps,
  resolver: Resolver
): Promise<VerifiedImage | undefined> => {
  const {store} = around
  const [candidate] = wanted.candidates
  const pin = resolver.pin()
  if (store === undefined || candidate === undefined || pin === undefined) return undefined
  const image = await loadFromCache(pin, {...wanted, ...around, candidate, store})
  if (image !== undefined) around.log({type: 'note', text: 'All of it is in the cache: no registry is asked'})
  return image
}
