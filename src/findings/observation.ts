// What an audit saw: one image at each registry that may serve it. The walk of the room audit/ fills it in.
// An observation concludes nothing; judge-image.ts makes findings of it.

import type {ImageRequest} from '../acquire/plan.ts'
import type {Failure} from '../failure/failure.ts'
import type {Level} from '../fetch/verify-level.ts'
import type {Digest} from '../oci/digest.ts'
import type {Candidate} from '../registry/candidate.ts'
import type {Exchange} from '../registry/registry.ts'
import type {SignatureObservation} from './signature-port.ts'

/** What a registry has under the tag. A `digest` that differs from the expected one was computed from bytes. */
export type TagObservation =
  | {readonly kind: 'digest'; readonly digest: Digest}
  | {readonly kind: 'gone'}
  | {readonly kind: 'failed'; readonly failure: Failure}
  /** The reference has no tag, or the registry must not resolve it. */
  | {readonly kind: 'not-requested'}

/** An object of an image, as a message names it: `manifest`, `platform manifest linux/arm64`, `layer 2 of linux/amd64`. */
export type ObservedObject = {
  readonly name: string
  readonly digest: Digest
  /** Bytes, where a descriptor says them. */
  readonly size?: number
  /** The manifest or index that the reference names. */
  readonly isRoot: boolean
  /** A provenance or SBOM, which no engine runs. */
  readonly isAttestation: boolean
}

/** An object that is missing, wrong, or that the registry did not answer for. */
export type ObjectFault = {
  readonly object: ObservedObject
  readonly failure: Failure
  /** The last request for it. */
  readonly exchange?: Exchange
}

/** What one registry has of one image. */
export type PlaceObservation = {
  readonly candidate: Candidate
  /** Why the name of the image was not disclosed to it. */
  readonly withheld?: 'private' | 'unknown'
  readonly tag: TagObservation
  /** Whether it has the manifest with the expected digest. */
  readonly root: 'present' | 'absent' | 'failed' | 'not-requested'
  readonly faults: readonly ObjectFault[]
  /** Objects that were found right. */
  readonly objects: number
}

/** The digest that an image must have, and what decided it: see "Trust" in the README. `last-run` is the tracking issue. */
export type ExpectedImage = {
  readonly digest: Digest
  readonly decidedBy: 'reference' | 'lock' | 'primary' | 'mirror' | 'last-run'
}

export type ImageObservation = {
  readonly image: ImageRequest
  /** Undefined when no registry resolved the tag. */
  readonly expected?: ExpectedImage
  /** Platforms of the expected image, as far as its index was read. */
  readonly platforms: readonly string[]
  /** The digests of the platforms that are checked; empty without an index. */
  readonly platformDigests?: readonly Digest[]
  /** Platforms of the image that the tag names now, where it has moved. */
  readonly platformsNow?: readonly string[]
  /** What a registry has, whichever it is: an image that contradicts itself, or lacks a platform. */
  readonly fault?: ObjectFault
  /** In the order of the plan: the registry of the reference, then mirrors. */
  readonly places: readonly PlaceObservation[]
  /** The depth to which each place was checked. */
  readonly level: Level
  /** Parts that were not checked, because the pull limit of a registry was low. */
  readonly isPartial: boolean
  readonly signatures?: SignatureObservation
}

/** Whether a registry gave any answer about the image. An observation without one says nothing. */
export function wasAnswered({places}: ImageObservation): boolean {
  return places.some(
    ({tag, root}) => tag.kind === 'digest' || tag.kind === 'gone' || root === 'present' || root === 'absent'
  )
}
