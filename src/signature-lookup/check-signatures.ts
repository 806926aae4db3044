// Looks for the signature of one image, and judges what it finds, until one candidate satisfies a rule.
// The index is asked first, because most publishers sign it. If it lacks a signature, each platform needs one of its own.

import type {Digest} from '../oci/digest.ts'
import {formatRepository} from '../oci/reference.ts'
import {VerifiedImageError} from '../failure/error.ts'
import {describeFailure} from '../failure/describe-failure.ts'
import {judge, type Requirement} from '../signature/judge.ts'
import {
  type JudgedCandidate,
  problemOf,
  type SearchedPlace,
  type SignatureCheck,
  type Verdict
} from '../signature/outcome.ts'
import {type FoundCandidate} from './found-candidate.ts'
import {findAtGithub, type GithubPlace} from './github-signatures.ts'
import {fetchSubject, findInRegistry, type RegistryPlace} from './registry-signatures.ts'

/** Where to look, in order. `matters`: if it does not answer, the signature may be there, and the image counts as unreachable. */
export type SignaturePlace =
  | {readonly kind: 'registry'; readonly place: RegistryPlace; readonly matters: boolean}
  | {readonly kind: 'github'; readonly place: GithubPlace}

export type SearchRequest = {
  readonly places: readonly SignaturePlace[]
  readonly requirement: Requirement
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
  for (const place of request.places) {
    const {judged, searched} = await searchPlace(place, subject, request)
    candidates.push(...judged)
    places.push(searched)
    const signed = judged.find(({verdict}) => verdict.outcome === 'signed')
    if (signed !== undefined) return {subject, candidates, places, signed}
  }
  return {subject, candidates, places, signed: undefined}
}

async function searchPlace(
  place: SignaturePlace,
  subject: Digest,
  request: SearchRequest
): Promise<{readonly judged: readonly JudgedCandidate[]; readonly searched: SearchedPlace}> {
  const name = nameOf(place)
  const judged: JudgedCandidate[] = []
  let searched: SearchedPlace = {place: name, subject, outcome: 'searched'}
  for await (const found of candidatesAt(place, subject)) {
    if (found.kind === 'failed') {
      const matters = place.kind === 'github' || place.matters
      searched = {...searched, outcome: matters ? 'failed' : 'skipped', detail: found.detail}
    } else if (found.kind === 'cut-short') {
      searched = {...searched, detail: 'it has more signatures than are read'}
    } else {
      const verdict = await verdictOn(found, subject, request)
      judged.push({place: name, subject, verdict})
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
  subject: Digest,
  {requirement, origin}: SearchRequest
): Promise<Verdict> {
  if (found.kind === 'unusable') return {outcome: 'signature-unusable', detail: found.detail}
  if (found.kind === 'notation')
    return {outcome: 'notation', detail: 'it is signed with notation (Notary Project), which is not verified'}
  try {
    return await judge(found.signature, {digest: subject, manifest: () => fetchSubject(origin, subject)}, requirement)
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
