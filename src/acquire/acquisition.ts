// What an acquisition takes and returns: the request, what it needs from outside, and the results of all registries.
// Types only.

import {type ImageRequest, type ResolvedDigest} from './plan.ts'
import {type Candidate} from '../registry/candidate.ts'
import {type PlatformChoice} from '../oci/platform.ts'
import {type Level} from '../fetch/verify-level.ts'
import {type RegistryPort, type AccessPort} from '../registry/registry.ts'
import {type BlobFetcher} from '../fetch/blob-fetcher.ts'
import {type VerifiedStore} from '../fetch/verified-store.ts'
import {type Clock, type Random} from '../concurrency/clock.ts'
import {type BackoffPolicy} from '../fetch/backoff.ts'
import {type Log, type CandidateResult} from './candidate-result.ts'
import {type ThroughputMonitor} from '../fetch/throughput.ts'
import {type RegistryThrottle} from '../fetch/throttle.ts'
import {type VerifiedImage} from '../fetch/verified-image.ts'
import {VerifiedImageError} from '../failure/error.ts'
import {type MovedTag} from './moved-tag.ts'

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
  readonly store?: VerifiedStore | undefined
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
