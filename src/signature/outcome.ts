// The outcome of looking for a signature: the six words for an image that lacks the required one, and what each candidate came to.
// Pure. One bad candidate never hides a good one; of several bad ones, the one that says most decides the word.

import type {SignatureProblem} from '../failure/failure.ts'
import type {Digest} from '../oci/digest.ts'
import {type FoundSigner} from './signer.ts'

/** `not-counted`: an attestation of a type that does not count as a signature. `notation`: recognized, and not verified. */
export type Verdict =
  | {readonly outcome: 'signed'; readonly signer: FoundSigner; readonly rule: string}
  | {readonly outcome: 'signed-by-another'; readonly signer: FoundSigner; readonly detail: string}
  | {readonly outcome: 'root-stale'; readonly detail: string; readonly organization?: string}
  | {
      readonly outcome: 'signature-broken' | 'signature-unusable' | 'not-counted' | 'notation'
      readonly detail: string
    }

/** A candidate, where it was found, and what it came to. */
export type JudgedCandidate = {
  /** A repository, or the host of GitHub's API. */
  readonly place: string
  /** The manifest or index that it was attached to. */
  readonly subject: Digest
  readonly verdict: Verdict
}

/** Where signatures were looked for. `failed` only where the answer of this place matters. */
export type SearchedPlace = {
  readonly place: string
  readonly subject: Digest
  readonly outcome: 'searched' | 'failed' | 'skipped'
  /** What failed there. */
  readonly detail?: string
}

export type SignatureCheck = {
  readonly outcome: 'signed' | SignatureProblem
  /** The rules, as the input has them. */
  readonly rules: readonly string[]
  /** One for the index, or one for each platform. */
  readonly signers: readonly (FoundSigner & {readonly place: string; readonly subject: Digest})[]
  readonly candidates: readonly JudgedCandidate[]
  readonly places: readonly SearchedPlace[]
}

const ORDER = ['signed-by-another', 'root-stale', 'signature-broken', 'signature-unusable'] as const

/** The word for an image of which no candidate satisfies a rule. */
export function problemOf(candidates: readonly JudgedCandidate[], places: readonly SearchedPlace[]): SignatureProblem {
  // The right signature may be at the place that did not answer.
  if (places.some(({outcome}) => outcome === 'failed')) return 'signature-unreachable'
  return ORDER.find(word => candidates.some(({verdict}) => verdict.outcome === word)) ?? 'unsigned'
}
