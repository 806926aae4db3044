// Looks for the signature of one image, and judges what it finds, until one candidate satisfies a rule.
// The index is asked first, because most publishers sign it. If it lacks a signature, each platform needs one of its own.

import type {Digest} from '../oci/digest.ts'
import {omitUndefined} from '../oci/omit-undefined.ts'
import {formatRepository} from '../oci/reference.ts'
import {VerifiedImageError} from '../failure/error.ts'
import {describeFailure} from '../failure/describe-failure.ts'
import type {CandidateSignature} from '../signature/candidate-signature.ts'
import type {Subject} from '../signature/judge.ts'
import {
  type JudgedCandidate,
  problemOf,
  type SearchedPlace,
  type SignatureCheck,
  type Verdict
} from '../signature/outcome.ts'
import {type FoundCandidate, MAX_CANDIDATES} from './found-candidate.ts'
import {findAtGithub, type GithubPlace} from './github-signatures.ts'
import {findInRegistry} from './registry-signatures.ts'
import {fetchManifestByDigest, type RegistryPlace} from './signature-manifest.ts'

/** Where to look, in order. `matters`: if it does not answer, the signature may be there, and the image counts as unreachable. */
export type SignaturePlace =
  | {readonly kind: 'registry'; readonly place: RegistryPlace; readonly matters: boolean}
  | {readonly kind: 'github'; readonly place: GithubPlace}

export type SearchRequest = {
  readonly places: readonly SignaturePlace[]
  /** Whether a candidate satisfies a rule of the image. */
  readonly judge: (candidate: CandidateSignature, subject: Subject) => Promise<Verdict>
  /** A registry that has the manifest. */
  readonly origin: RegistryPlace
}

/** What was found for one digest. */
export type SearchResult = {
  readonly subject: Digest
  readonly candidates: readonly JudgedCandidate[]
  readonly places: readonly SearchedPlace[]
  readonly signed: JudgedCandidate | undefined
}

/** Searches all places for a signature of one digest. Rejects with the signal's reason. */
export async function searchSignature(subject: Digest, request: SearchRequest): Promise<SearchResult> {
  const candidates: JudgedCandidate[] = []
  const places: SearchedPlace[] = []
  const target: Subject = {digest: subject, manifest: once(() => fetchManifestByDigest(request.origin, subject))}
  for (const place of request.places) {
    const {judged, searched} = await searchPlace(place, target, request)
    candidates.push(...judged)
    places.push(searched)
    const signed = judged.find(({verdict}) => verdict.outcome === 'signed')
    if (signed !== undefined) return {subject, candidates, places, signed}
  }
  return {subject, candidates, places, signed: undefined}
}

/** Many candidates may be signatures of the manifest's bytes, and each request for a manifest counts as a pull. */
function once<T>(run: () => Promise<T>): () => Promise<T> {
  let result: Promise<T> | undefined
  return () => (result ??= run())
}

async function searchPlace(
  place: SignaturePlace,
  subject: Subject,
  request: SearchRequest
): Promise<{readonly judged: readonly JudgedCandidate[]; readonly searched: SearchedPlace}> {
  const name = nameOf(place)
  const judged: JudgedCandidate[] = []
  let searched: SearchedPlace = {place: name, kind: place.kind, subject: subject.digest, outcome: 'searched'}
  for await (const found of candidatesAt(place, subject.digest)) {
    if (found.kind === 'failed') {
      const matters = place.kind === 'github' || place.matters
      const {failure, detail} = found
      searched = {...searched, outcome: matters ? 'failed' : 'skipped', detail, ...omitUndefined({failure})}
    } else if (found.kind === 'cut-short') {
      searched = {...searched, detail: `it has more signatures than are read (${String(MAX_CANDIDATES)})`}
    } else {
      const verdict = await verdictOn(found, subject, request)
      judged.push({place: name, subject: subject.digest, verdict})
      if (verdict.outcome === 'signed') break
    }
  }
  return {judged, searched}
}

function candidatesAt(place: SignaturePlace, subject: Digest): AsyncGenerator<FoundCandidate> {
  return place.kind === 'registry' ? findInRegistry(place.place, subject) : findAtGithub(place.place, subject)
}

function nameOf(place: SignaturePlace): string {
  return place.kind === 'registry' ? formatRepository(place.place.repository) : place.place.attestations.host
}

async function verdictOn(
  found: Exclude<FoundCandidate, {kind: 'failed' | 'cut-short'}>,
  subject: Subject,
  {judge, origin}: SearchRequest
): Promise<Verdict> {
  if (found.kind === 'unusable') return {outcome: 'signature-unusable', detail: found.detail}
  if (found.kind === 'notation')
    return {outcome: 'notation', detail: 'it is signed with notation (Notary Project), which is not verified'}
  try {
    return await judge(found.signature, subject)
  } catch (error) {
    origin.retry.signal.throwIfAborted()
    if (!(error instanceof VerifiedImageError)) throw error
    return {
      outcome: 'signature-unusable',
      detail: `the signed manifest could not be read again: ${describeFailure(error.failure)}`
    }
  }
}

/**
 * The result for an image: its index or only manifest is signed, or else all of its platforms are. `search` looks for the signature of
 * one of these platforms.
 */
export async function concludeCheck(
  root: SearchResult,
  platforms: readonly Digest[],
  {rules, search}: {readonly rules: readonly string[]; readonly search: (digest: Digest) => Promise<SearchResult>}
): Promise<SignatureCheck> {
  const results = [root]
  for (const platform of root.signed === undefined ? platforms : []) {
    const result = await search(platform)
    results.push(result)
    // One platform without a signature decides it.
    if (result.signed === undefined) break
  }
  const candidates = results.flatMap(result => result.candidates)
  const places = results.flatMap(result => result.places)
  const ofPlatforms = results.slice(1)
  const isSigned =
    root.signed !== undefined ||
    (ofPlatforms.length === platforms.length &&
      ofPlatforms.length > 0 &&
      ofPlatforms.every(({signed}) => signed !== undefined))
  const signers = isSigned ? results.flatMap(({signed}) => signed ?? []) : []
  return {
    outcome: isSigned ? 'signed' : problemOf(candidates, places),
    rules,
    signers: signers.flatMap(({verdict, place, subject}) =>
      verdict.outcome === 'signed' ? [{...verdict.signer, place, subject}] : []
    ),
    candidates,
    places
  }
}
