// Requests for the headers of an object alone, by HEAD where a registry takes it, and what the answers say.
// A refusal of HEAD says nothing of the object, and neither does a cache that has not pulled it yet: both are confirmed by GET.

import {VerifiedImageError} from '../failure/error.ts'
import type {ObjectName} from '../failure/failure.ts'
import type {ImageSource} from '../fetch/fetch-manifest.ts'
import {withRetry} from '../fetch/retry.ts'
import {isIndexType, isManifestType} from '../oci/manifest.ts'
import {omitUndefined} from '../oci/omit-undefined.ts'
import type {RegistryPort, RegistryResponse} from '../registry/registry.ts'
import {isPullableType} from '../verify/verify-manifest.ts'
import type {VerifiedManifest} from '../verify/verified.ts'

type Open = (request: Omit<Parameters<RegistryPort['openManifest']>[0], 'reference'>) => Promise<RegistryResponse>

/** Opens an object by HEAD, or by GET, and drops the body of the response. Rejects with a VerifiedImageError, or the signal's reason. */
export async function requestHeaders(
  {candidate: {repository}, blobs, retry}: ImageSource,
  {object, method}: {readonly object: ObjectName; readonly method: 'HEAD' | 'GET'},
  open: Open
): Promise<RegistryResponse> {
  const {requests} = blobs.capacityOf(repository)
  const release = await requests.acquire(1, retry.signal)
  try {
    return await withRetry(retry, object, async attempt => {
      const headOnly = omitUndefined({method: method === 'HEAD' ? method : undefined})
      const response = await open({...attempt, repository, ...headOnly})
      attempt.count(0)
      await response.body[Symbol.asyncIterator]().return?.()
      return response
    })
  } finally {
    release()
  }
}

/** Whether the response to a HEAD fits what is known of a manifest: its length in bytes, and a type that engines take. */
export function fitsManifest(
  {contentLength, mediaType}: RegistryResponse,
  {size, known}: {readonly size: number | undefined; readonly known: VerifiedManifest | undefined}
): boolean {
  if (contentLength !== undefined && size !== undefined && contentLength !== size) return false
  if (known !== undefined) return isPullableType(mediaType, known)
  return mediaType !== undefined && (isManifestType(mediaType) || isIndexType(mediaType))
}

/** HTTP 405 and 501, and what a storage answers to a signed URL that is for GET. */
export function isRefusalOfHead(error: unknown): boolean {
  if (!(error instanceof VerifiedImageError)) return false
  const {kind} = error.failure
  return kind === 'protocol' || kind === 'denied' || kind === 'unauthorized'
}

/** A cache may know by HEAD only what was pulled through it before. */
export function isNotFound(error: unknown): boolean {
  return error instanceof VerifiedImageError && error.failure.kind === 'not-found'
}
