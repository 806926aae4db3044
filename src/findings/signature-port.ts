// The port of signatures: who signed an image, and whether a rule is satisfied.
// The audit passes on what it learns, and judges nothing about certificates itself.

import type {ImageRequest} from '../acquire/plan.ts'
import type {Digest} from '../oci/digest.ts'
import type {Repository} from '../oci/reference.ts'
import type {Candidate} from '../registry/candidate.ts'

export type ObservedSigner = {
  readonly kind: string
  readonly identity?: string
  readonly issuer?: string
  readonly repository?: string
  readonly key?: string
  /** The registry, or the API, that has the signature. */
  readonly foundAt?: string
}

/** `reported`: no rule asks for a signature. The other words are those of a rule that is not satisfied, and `signed`. */
export type SignatureVerdict =
  | 'reported'
  | 'signed'
  | 'unsigned'
  | 'signed-by-another'
  | 'signature-broken'
  | 'signature-unreachable'
  | 'signature-unusable'
  | 'root-stale'

export type SignatureObservation = {
  readonly verdict: SignatureVerdict
  /** The rule as it is written, if one is for this image. */
  readonly rule?: string
  /** What was found, and why it does not satisfy the rule. */
  readonly detail: string
  /** What to do about it. */
  readonly advice?: string
  readonly signers: readonly ObservedSigner[]
}

export type UnansweredPlace = {readonly repository: Repository; readonly detail: string}

export type SignatureRequest = {
  readonly image: ImageRequest
  readonly digest: Digest
  /** Its platforms, which may be signed where the index is not. Empty for an image without an index. */
  readonly platforms: readonly Digest[]
  /** The registries that have the image, in the order of the plan. */
  readonly candidates: readonly Candidate[]
  /** Those that may have it, and did not answer. */
  readonly unanswered: readonly UnansweredPlace[]
  readonly signal: AbortSignal
}

export type SignaturePort = {
  /** Rejects only for a bug, or with the signal's reason. */
  readonly inspect: (request: SignatureRequest) => Promise<SignatureObservation>
}
