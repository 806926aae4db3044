// What a place returns when it is searched for signatures of a digest, and how much of it is read.
// Everyone who can push to the place decides how much there is.

import {describeFailure} from '../failure/describe-failure.ts'
import {VerifiedImageError} from '../failure/error.ts'
import type {FailureKind} from '../failure/failure.ts'
import {quoteLine} from '../oci/quote-line.ts'
import {type CandidateSignature} from '../signature/candidate-signature.ts'

export type FoundCandidate =
  | {readonly kind: 'signature'; readonly signature: CandidateSignature}
  /** It cannot be read. Others may be good. */
  | {readonly kind: 'unusable'; readonly detail: string}
  /** A signature of notation (Notary Project), which is not verified. */
  | {readonly kind: 'notation'}
  /** The place did not answer, so that it may have more. The kind is undefined for what another host keeps for it. */
  | {readonly kind: 'failed'; readonly failure: FailureKind | undefined; readonly detail: string}
  /** There are more candidates than are read. */
  | {readonly kind: 'cut-short'}

export type FailedPlace = Extract<FoundCandidate, {kind: 'failed'}> & {readonly failure: FailureKind}

/** A request for signatures that failed. Rethrows the end of the run, and errors that do not come from the place. */
export function failedPlace(error: unknown, signal: AbortSignal): FailedPlace {
  signal.throwIfAborted()
  if (!(error instanceof VerifiedImageError)) throw error
  return {kind: 'failed', failure: error.failure.kind, detail: quoteLine(describeFailure(error.failure))}
}

/** Images of busy projects have about a dozen. */
export const MAX_CANDIDATES = 64

/** A statement about a thousand subjects has less than 1 MB. */
export const MAX_SIGNATURE_BYTES = 8 * 1024 * 1024

/** 64 signatures of a megabyte. Those of an image have some 20 kB each. */
const MAX_LIST_BYTES = 64 * 1024 * 1024

/** What may still be read of one list of signatures. */
export class ReadBudget {
  #candidates = MAX_CANDIDATES
  #bytes = MAX_LIST_BYTES

  /** Takes one candidate. False if no more may be read. */
  take(): boolean {
    if (this.#candidates === 0 || this.#bytes <= 0) return false
    this.#candidates--
    return true
  }

  count(bytes: number): void {
    this.#bytes -= bytes
  }
}
