// Attestations that GitHub keeps for a repository, as candidates for a digest.
// Most images that are built there have no signature in the registry unless the workflow pushes it.

import type {FailureKind} from '../failure/failure.ts'
import {type RetryContext, withRetry} from '../fetch/retry.ts'
import type {Attestation, AttestationsPort} from '../github/attestations.ts'
import type {Digest} from '../oci/digest.ts'
import {decompressSnappy} from '../signature/snappy.ts'
import {type FailedPlace, failedPlace, type FoundCandidate, MAX_SIGNATURE_BYTES, ReadBudget} from './found-candidate.ts'

export type GithubPlace = {
  readonly owner: string
  readonly repository: string | undefined
  readonly attestations: AttestationsPort
  readonly retry: RetryContext
}

/** Yields the attestations of a repository, or of an owner, for a digest. Rejects with the signal's reason. */
export async function* findAtGithub(place: GithubPlace, digest: Digest): AsyncGenerator<FoundCandidate> {
  const {owner, repository, attestations, retry} = place
  const listed = await settled(retry, () =>
    withRetry(retry, 'referrers', attempt => attestations.list({...attempt, owner, repository, digest}))
  )
  if ('kind' in listed) {
    yield listed
    return
  }
  const budget = new ReadBudget()
  for (const attestation of listed.value.attestations) {
    if (!budget.take()) {
      yield {kind: 'cut-short'}
      return
    }
    const found = await readAttestation(place, attestation)
    if (found.kind === 'signature' && found.signature.kind === 'bundle') budget.count(found.signature.json.length)
    yield found
  }
  if (listed.value.isCutShort) yield {kind: 'cut-short'}
}

async function readAttestation(place: GithubPlace, attestation: Attestation): Promise<FoundCandidate> {
  if (attestation.kind === 'bundle') return {kind: 'signature', signature: {kind: 'bundle', json: attestation.json}}
  const {attestations, retry} = place
  const block = await settled(retry, () =>
    withRetry(retry, 'signature', attempt => attestations.fetchBundle({...attempt, url: attestation.url}))
  )
  if ('kind' in block) {
    const detail = `the bundle at ${attestation.url.host}: ${block.detail}`
    return isMissing(block.failure) ? {kind: 'unusable', detail} : {kind: 'failed', failure: undefined, detail}
  }
  const json = decompressSnappy(block.value, MAX_SIGNATURE_BYTES)
  return json.ok
    ? {kind: 'signature', signature: {kind: 'bundle', json: json.value}}
    : {kind: 'unusable', detail: `the bundle at ${attestation.url.host} is not valid: ${json.reason}`}
}

function isMissing(failure: FailureKind | undefined): boolean {
  return failure === 'not-found' || failure === 'too-large'
}

async function settled<T>(retry: RetryContext, run: () => Promise<T>): Promise<{readonly value: T} | FailedPlace> {
  try {
    return {value: await run()}
  } catch (error) {
    return failedPlace(error, retry.signal)
  }
}
