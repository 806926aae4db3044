// Fetches a manifest from one registry, by digest or by tag, and verifies it.
// What a tag points to is computed from the bytes, never taken from a header.

import {type Candidate} from '../registry/candidate.ts'
import {type RegistryPort} from '../registry/registry.ts'
import {type BlobFetcher, countBytes} from './blob-fetcher.ts'
import {type RetryContext, withRetry} from './retry.ts'
import {type VerifiedStore} from './verified-store.ts'
import {type VerifiedManifest, type WithBytes, dropBytes} from '../verify/verified.ts'
import {VerifiedImageError, fail} from '../failure/error.ts'
import {type Digest} from '../oci/digest.ts'
import {
  MAX_MANIFEST_BYTES,
  type ManifestDescriptor,
  verifyManifest,
  requireContentType,
  verifyTaggedManifest
} from '../verify/verify-manifest.ts'
import {withDocument} from './capacity.ts'

export type ImageSource = {
  readonly candidate: Candidate
  readonly registry: RegistryPort
  readonly blobs: BlobFetcher
  readonly retry: RetryContext
  /** Keeps what is verified; undefined where no output needs the bytes. */
  readonly store: VerifiedStore | undefined
  /**
   * How many connections to have ready when a manifest comes: its config and layers are requested at once, and its own connection carries
   * only one of them. None unless given.
   */
  readonly spare?: number
}

/** What a registry has under a tag. */
export type TagAnswer = {
  readonly manifest: VerifiedManifest
  /** Why the answer does not serve the request: another digest than the expected one, or a Content-Type that engines reject. */
  readonly rejected?: VerifiedImageError
}

/** The digest that a tag had when it was locked. */
export type ExpectedDigest = {readonly digest: Digest; readonly decidedBy: string}

// What a manifest counts against the memory limit when no descriptor gives its size. It may be four times larger, but most are
// ten times smaller, and as many as there are connections should be fetched at a time.
const ASSUMED_MANIFEST_BYTES = MAX_MANIFEST_BYTES / 4

/** Fetches and verifies a manifest by its digest. */
export function fetchManifest(
  source: ImageSource,
  object: 'manifest' | 'child',
  descriptor: ManifestDescriptor
): Promise<VerifiedManifest> {
  const {repository} = source.candidate
  const {blobs, store, retry, registry, spare = 0} = source
  const bytes = descriptor.size ?? ASSUMED_MANIFEST_BYTES
  return withDocument(blobs.capacityOf(repository), bytes, retry.signal, async () => {
    let manifest = await store?.getManifest(descriptor)
    if (manifest === undefined) {
      manifest = await withRetry(retry, object, async attempt => {
        const response = await registry.openManifest({...attempt, repository, reference: descriptor.digest, spare})
        const answer = await verifyManifest(countBytes(response, attempt), descriptor)
        // With a store, an output uses the bytes, and no engine pulls from this registry.
        if (store === undefined) requireContentType(response, answer)
        return answer
      })
      await store?.putManifest(manifest, repository.registry)
    }
    return heldIn(blobs, manifest)
  })
}

/**
 * Fetches what a tag points to. The digest is computed from the bytes, and each attempt that got so far is recorded with it.
 * Rejects with a VerifiedImageError if no manifest came.
 */
export function fetchTag(source: ImageSource, tag: string, expected?: ExpectedDigest): Promise<TagAnswer> {
  const {repository} = source.candidate
  const {blobs, store, retry, registry, spare = 0} = source
  let last: VerifiedManifest | undefined
  let tagDigest: Digest | undefined
  const recording: RetryContext = {
    ...retry,
    record: (attempt, retryDelayMs) => {
      retry.record(tagDigest === undefined ? attempt : {...attempt, tagDigest}, retryDelayMs)
      tagDigest = undefined
    }
  }
  return withDocument(blobs.capacityOf(repository), ASSUMED_MANIFEST_BYTES, retry.signal, async () => {
    try {
      const manifest = await withRetry(recording, 'manifest', async attempt => {
        const response = await registry.openManifest({...attempt, repository, reference: tag, spare})
        const answer = await verifyTaggedManifest(countBytes(response, attempt), expected?.digest)
        tagDigest = answer.digest
        last = answer
        if (expected !== undefined && answer.digest !== expected.digest)
          fail(
            {
              kind: 'digest-disagrees',
              wanted: expected.digest,
              got: answer.digest,
              decidedBy: expected.decidedBy
            },
            {object: 'manifest'}
          )
        if (store === undefined) requireContentType(response, answer)
        return answer
      })
      await store?.putManifest(manifest, repository.registry)
      return {manifest: heldIn(blobs, manifest)}
    } catch (error) {
      if (last === undefined || !(error instanceof VerifiedImageError)) throw error
      return {manifest: last, rejected: error}
    }
  })
}

/** The manifest without its bytes. Its document counts against the memory limit of the run. */
function heldIn({budget}: BlobFetcher, manifest: WithBytes<VerifiedManifest>): VerifiedManifest {
  return {...dropBytes(manifest), document: budget.hold(manifest.digest, manifest.document)}
}
