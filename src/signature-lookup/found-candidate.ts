// What a place returns when it is searched for signatures of a digest, and how much of it is read.
// Everyone who can push to the place decides how much there is.

import {type CandidateSignature} from '../signature/candidate-signature.ts'

export type FoundCandidate =
  | {readonly kind: 'signature'; readonly signature: CandidateSignature}
  /** It cannot be read. Others may be good. */
  | {readonly kind: 'unusable'; readonly detail: string}
  /** A signature of notation (Notary Project), which is not verified. */
  | {readonly kind: 'notation'}
  /** The place did not answer, so that it may have more. */
  | {readonly kind: 'failed'; readonly detail: string}
  /** There are more candidates than are read. */
  | {readonly kind: 'cut-short'}

/** Images of busy projects have about a dozen. */
export const MAX_CANDIDATES = 64

/** A statement about a thousand subjects has less than 1 MB. */
export const MAX_SIGNATURE_BYTES = 8 * 1024 * 1024
