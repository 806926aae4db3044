// Attestations that GitHub keeps for a repository, as candidates for a digest.
// Most images that are built there have no signature in the registry unless the workflow pushes it.

import {describeFailure} from '../failure/describe-failure.ts'
import {VerifiedImageError} from '../failure/error.ts'
import {type RetryContext, withRetry} from '../fetch/retry.ts'
import type {Attestation, AttestationsPort} from '../github/attestations.ts'
import type {Digest} from '../oci/digest.ts'
import {quoteLine} from '../oci/quote-line.ts'
import {decompressSnappy} from '../signature/snappy.ts'
import {type FoundCandidate, MAX_SIGNATURE_BYTES} from './found-candidate.ts'

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
    yield {kind: 'failed', detail: listed.detail}
    return
  }
  for (const attestation of listed.value) yield await readAttestation(place, attestation)
}

async function readAttestation(place: GithubPlace, attestation: Attestation): Promise<FoundCandidate> {
  if (attestation.kind === 'bundle') return {kind: 'signature', signature: {kind: 'bundle', json: attestation.json}}
  const {attestations, retry} = place
  const block = await settled(retry, () =>
    withRetry(retry, 'signature', attempt => attestations.fetchBundle({...attempt, url: attestation.url}))
  )
  if ('kind' in block) return block
  const json = decompressSnappy(block.value, MAX_SIGNATURE_BYTES)
  return json.ok
    ? {kind: 'signature', signature: {kind: 'bundle', json: json.value}}
    : {kind: 'unusable', detail: `the bundle at ${attestation.url.host} is not valid: ${json.reason}`}
}

type Settled<T> = {readonly value: T} | {readonly kind: 'failed' | 'unusable'; readonly detail: string}

async function settled<T>(retry: RetryContext, run: () => Promise<T>): Promise<Settled<T>> {
  try {
    return {value: await run()}
  } catch (error) {
    retry.signal.throwIfAborted()
    if (!(error instanceof VerifiedImageError)) throw error
    const {failure} = error
    const isOfObject = failure.kind === 'not-found' || failure.kind === 'too-large'
    return {kind: isOfObject ? 'unusable' : 'failed', detail: quoteLine(describeFailure(failure))}
  }
}
