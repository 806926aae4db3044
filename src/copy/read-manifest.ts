// Reads a manifest of any kind into memory, by digest or by tag.
// Its digest is computed from its bytes.

import {VerifiedImageError} from '../failure/error.ts'
import type {AttemptContext} from '../fetch/retry.ts'
import {countBytes} from '../fetch/blob-fetcher.ts'
import {type Digest, digestOf, parseDigest} from '../oci/digest.ts'
import type {Repository} from '../oci/reference.ts'
import type {RegistryPort} from '../registry/registry.ts'
import {checkDigest, readDocument} from '../verify/check-bytes.ts'
import {MAX_MANIFEST_BYTES} from '../verify/verify-manifest.ts'

export type ReadManifest = {
  readonly digest: Digest
  readonly bytes: Uint8Array
  /** Of the response. */
  readonly mediaType: string | undefined
}

type ManifestReader = Pick<RegistryPort, 'openManifest'>

/** Runs requests for one object of a repository, and repeats them as the retry policy says. */
export type Attempting = <T>(run: (attempt: AttemptContext) => Promise<T>) => Promise<T>

/** The manifest; undefined where the repository has none under this reference. Under a digest, its bytes have that digest. */
export async function readManifestAt(
  reader: ManifestReader,
  repository: Repository,
  reference: string,
  attempting: Attempting
): Promise<ReadManifest | undefined> {
  const expected = parseDigest(reference)
  try {
    return await attempting(async attempt => {
      const response = await reader.openManifest({...attempt, repository, reference})
      const bytes = await readDocument(countBytes(response, attempt), undefined, MAX_MANIFEST_BYTES)
      if (expected.ok) checkDigest(bytes, expected.value, undefined, response)
      return {digest: expected.ok ? expected.value : digestOf(bytes), bytes, mediaType: response.mediaType}
    })
  } catch (error) {
    const isMissing = error instanceof VerifiedImageError && error.object === undefined
    if (isMissing && error.failure.kind === 'not-found') return undefined
    throw error
  }
}
