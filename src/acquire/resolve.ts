// From one registry: the digest of an image, and the manifest that has this digest.
// resolution.ts has the table of which answer counts.

import type {Digest} from '../oci/digest.ts'
import {type Failure, type FailureKind} from '../failure/failure.ts'
import {type ImageRequest, type ResolvedDigest} from './plan.ts'
import {type Resolution} from './resolution.ts'
import type {VerifiedManifest} from '../verify/verified.ts'
import {VerifiedImageError} from '../failure/error.ts'
import {fetchManifest, fetchTag, type ImageSource} from '../fetch/fetch-manifest.ts'

/** The digest to take from a registry, and what was learned about the tag there. */
export type ResolvedManifest = {
  readonly digest: Digest
  /** Its manifest, if the registry sent it in answer to the tag. */
  readonly manifest?: VerifiedManifest
  /** The digest of the tag at this registry, if it was requested. */
  readonly tagDigest?: Digest
  /** What a locked tag points to instead of the locked digest. */
  readonly moved?: VerifiedManifest
  /** Why a tag whose digest is known does not point to an image here. */
  readonly gone?: Failure
}

// The time for the tag at a mirror whose digest is known. A cache asks its upstream for the tag, and may have the digest at once.
const TAG_LIMIT_MS = 2000

// A locked tag may point to anything later, also to something that is not an image. These kinds say nothing about the locked digest.
const NOT_AN_IMAGE: readonly FailureKind[] = ['not-found', 'unusable', 'too-large']

/** Finds the digest to take from this registry: the known one, or else the one its tag points to. Rejects if the registry fails. */
export async function resolve(
  source: ImageSource,
  image: ImageRequest,
  resolution: Resolution
): Promise<ResolvedManifest> {
  const {resolved} = resolution
  if (source.candidate.role !== 'primary') {
    if (resolved !== undefined && image.tag !== undefined && resolution.isAskedByTag(source.candidate))
      return requestByTag(source, image.tag, resolved)
    return resolution.digestToRequest === undefined
      ? resolveAtMirror(source, image, resolution)
      : {digest: resolution.digestToRequest}
  }
  if (resolved === undefined) return resolveAtPrimary(source, image, resolution)
  return resolved.decidedBy === 'lock' && image.tag !== undefined
    ? resolveLocked(source, image.tag, resolved)
    : {digest: resolved.digest}
}

async function resolveAtPrimary(
  source: ImageSource,
  image: ImageRequest,
  resolution: Resolution
): Promise<ResolvedManifest> {
  const {manifest, rejected} = await fetchTag(source, tagOf(image))
  if (rejected !== undefined) throw rejected
  const {resolved} = resolution
  // The tag moved between two attempts of this request.
  if (resolved !== undefined && resolved.digest !== manifest.digest) failDigestDisagrees(resolved, manifest.digest)
  return {digest: manifest.digest, manifest}
}

async function resolveAtMirror(
  source: ImageSource,
  image: ImageRequest,
  resolution: Resolution
): Promise<ResolvedManifest> {
  const {manifest, rejected} = await fetchTag(source, tagOf(image))
  if (rejected !== undefined) throw rejected
  const {resolved} = resolution
  // Another registry may have decided while this answer was on its way.
  return resolved === undefined || resolved.digest === manifest.digest
    ? {digest: manifest.digest, manifest}
    : {digest: resolved.digest, tagDigest: manifest.digest}
}

// The answer decides nothing: bytes with another digest than the known one are dropped, and the digest is requested. Only the
// answer with that digest saves its request. Whatever fails here says nothing about the digest, so that one attempt is enough.
async function requestByTag(source: ImageSource, tag: string, known: ResolvedDigest): Promise<ResolvedManifest> {
  const {digest} = known
  const {retry} = source
  const limit = new AbortController()
  const end = (): void => {
    limit.abort(new DOMException('the time limit for the tag has passed', 'AbortError'))
  }
  const signal = AbortSignal.any([retry.signal, limit.signal])
  retry.clock.wait(TAG_LIMIT_MS, signal).then(end, () => undefined)
  const once = {...source, retry: {...retry, signal, backoff: {...retry.backoff, attempts: 1}}}
  try {
    const {manifest, rejected} = await fetchTag(once, tag, {digest, decidedBy: describeDecider(known)})
    if (manifest.digest !== digest) return {digest, tagDigest: manifest.digest}
    if (rejected === undefined) return {digest, manifest}
    return withoutTag(digest, rejected)
  } catch (error) {
    retry.signal.throwIfAborted()
    if (limit.signal.aborted) return {digest}
    if (!(error instanceof VerifiedImageError)) throw error
    return withoutTag(digest, error)
  } finally {
    end()
  }
}

function withoutTag(digest: Digest, error: VerifiedImageError): ResolvedManifest {
  // The disk of this machine is full: no other request helps.
  if (error.failure.kind === 'local-io') throw error
  return {digest, gone: error.failure}
}

// A locked tag is requested by its name. A healthy run then takes no more requests than without a lock, and a moved tag is noticed.
// The digest is only requested if the bytes are not those of the lock.
async function resolveLocked(source: ImageSource, tag: string, known: ResolvedDigest): Promise<ResolvedManifest> {
  const {digest} = known
  try {
    const {manifest, rejected} = await fetchTag(source, tag, {digest, decidedBy: describeDecider(known)})
    if (manifest.digest !== digest) return {digest, tagDigest: manifest.digest, moved: manifest}
    if (rejected !== undefined) throw rejected
    return {digest, manifest}
  } catch (error) {
    if (!(error instanceof VerifiedImageError) || !NOT_AN_IMAGE.includes(error.failure.kind)) throw error
    return {digest, gone: error.failure}
  }
}

/** Fetches the manifest that was resolved. Rejects with 'digest-disagrees' if the registry lacks it and has another one under the tag. */
export async function fetchResolved(
  source: ImageSource,
  image: ImageRequest,
  resolution: Resolution,
  {digest, tagDigest, gone}: ResolvedManifest
): Promise<VerifiedManifest> {
  try {
    return await fetchManifest(source, 'manifest', {digest})
  } catch (error) {
    if (!(error instanceof VerifiedImageError) || error.failure.kind !== 'not-found') throw error
    const {resolved} = resolution
    if (gone !== undefined || resolved?.digest !== digest) throw error
    const other = tagDigest ?? (await lookUpTag(source, image.tag))
    if (other !== undefined && other !== digest) failDigestDisagrees(resolved, other)
    throw error
  }
}

/** Asks a registry that lacks the digest what it has under the tag: one request, for an error that names both digests. */
async function lookUpTag(source: ImageSource, tag: string | undefined): Promise<Digest | undefined> {
  if (!source.candidate.mayResolve || tag === undefined) return undefined
  try {
    const {manifest, rejected} = await fetchTag(source, tag)
    return rejected === undefined ? manifest.digest : undefined
  } catch (error) {
    if (error instanceof VerifiedImageError) return undefined
    throw error
  }
}

function tagOf({tag}: ImageRequest): string {
  if (tag === undefined) throw new TypeError('an image without a digest has a tag')
  return tag
}

function describeDecider({decidedBy, registry}: ResolvedDigest): string {
  if (decidedBy === 'reference') return 'the reference'
  return decidedBy === 'lock' ? 'the lock file' : registry
}

function failDigestDisagrees(known: ResolvedDigest, got: Digest): never {
  throw new VerifiedImageError(
    {kind: 'digest-disagrees', wanted: known.digest, got, decidedBy: describeDecider(known)},
    {object: 'manifest'}
  )
}
