// Types of an acquisition: the request, its dependencies, and the results of all registries.
// Acquisition is evidence: it is complete when it is returned.

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
import {type SignatureCheck} from '../signature/outcome.ts'

export type AcquireRequest = {
  readonly image: ImageRequest
  /** In the order in which they are requested. */
  readonly candidates: readonly Candidate[]
  readonly platforms: PlatformChoice
  readonly level: Level
}

export type AcquireDeps = {
  readonly registry: RegistryPort
  readonly access: AccessPort
  readonly blobs: BlobFetcher
  /** Where `load` and `layout` get the bytes from. An image may then come from several registries, and from earlier runs. */
  readonly store?: VerifiedStore | undefined
  readonly clock: Clock
  readonly random: Random
  readonly backoff: BackoffPolicy
  /** Time below 1 KiB/s after which the next registry is started in parallel. Undefined disables hedging. */
  readonly hedgeAfterMs: number | undefined
  /** Silence of the primary after which its tag is resolved without it. */
  readonly stallTimeoutMs: number
  /** Throughput and throttle of registries, by endpoint, shared by all images of the run. */
  readonly shared: Map<string, EndpointState>
  readonly log: Log
  readonly signal: AbortSignal
}

export type EndpointState = {readonly throughput: ThroughputMonitor; readonly throttle: RegistryThrottle}

/** The results of all registries, and the image if one of them served it. */
export type Acquisition = {
  readonly request: AcquireRequest
  readonly results: readonly CandidateResult[]
  readonly resolved: ResolvedDigest | undefined
  readonly image: VerifiedImage | undefined
  /** Set if the time limit of the run ended it. */
  readonly runError: VerifiedImageError | undefined
  readonly elapsedMs: number
  /** Who signed the image; absent without a rule for it. With `signatures: enforce`, `image` is absent unless it is signed. */
  readonly signature?: SignatureCheck
  /** Set if a locked tag has moved at the registry that the reference names. */
  readonly moved?: MovedTag
  /** Fallback tags that were tried, in order. If the last one has an image, `image` and `resolved` are those of the last one. */
  readonly fallbacks?: readonly Acquisition[]
  /** The digest of the requested tag, if `resolved` is that of a fallback tag. */
  readonly requestedDigest?: ResolvedDigest | undefined
}
