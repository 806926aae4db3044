// Signatures that lie in a registry beside an image: referrers, the referrers tag, and the `.sig` tag of cosign before version 3.
// All three are read until one signature satisfies. A tool that stops at the first kind misses signatures of the others.

import {type Digest, digestOf, parseDigest} from '../oci/digest.ts'
import {isObject, type JsonObject, listOf, mapOf, readAsGo, structOf} from '../oci/go-json.ts'
import {stringAt} from '../oci/json.ts'
import {OCI_MANIFEST} from '../oci/manifest.ts'
import type {Repository} from '../oci/reference.ts'
import {describeFailure} from '../failure/describe-failure.ts'
import {VerifiedImageError} from '../failure/error.ts'
import {countBytes} from '../fetch/blob-fetcher.ts'
import {type RetryContext, withRetry} from '../fetch/retry.ts'
import {
  hasReferrersApi,
  listFromApi,
  listFromTag,
  type Referrer,
  type ReferrersDeps,
  type ReferrersList,
  referrersTag
} from '../registry/referrers.ts'
import type {ReferrersPort, RegistryPort} from '../registry/registry.ts'
import {type CandidateSignature} from '../signature/candidate-signature.ts'
import {quoteLine} from '../oci/quote-line.ts'
import {checkDigest, readDocument} from '../verify/check-bytes.ts'
import {MAX_MANIFEST_BYTES} from '../verify/verify-manifest.ts'
import {type FoundCandidate, MAX_CANDIDATES, MAX_SIGNATURE_BYTES} from './found-candidate.ts'

export type RegistryPlace = {
  readonly repository: Repository
  readonly registry: RegistryPort & ReferrersPort
  readonly retry: RetryContext
}

/**
 * Yields the candidates for a digest, newest first in each list. A list that cannot be read is a `failed` one, and the others are still
 * read. Rejects with the signal's reason.
 */
export async function* findInRegistry(place: RegistryPlace, digest: Digest): AsyncGenerator<FoundCandidate> {
  const seen = new Set<Digest>()
  for (const list of listsOf(place, digest)) {
    const listed = await settled(place, list)
    if ('kind' in listed) {
      yield listed
      continue
    }
    const unread = listed.referrers.filter(referrer => mayBeSignature(referrer) && !seen.has(referrer.digest))
    // The limit is for each list, so that a list full of others does not hide another list.
    for (const referrer of unread.toSorted(newestFirst).slice(0, MAX_CANDIDATES)) {
      seen.add(referrer.digest)
      yield* readReferrer(place, referrer)
    }
    if (unread.length > MAX_CANDIDATES) yield {kind: 'cut-short'}
  }
}

type ListOrigin = () => Promise<readonly Referrer[]>

/** The lists in the order in which they are requested. Where there is no API, a request for it may be answered by another host. */
function listsOf(place: RegistryPlace, digest: Digest): readonly ListOrigin[] {
  const {repository, registry, retry} = place
  const deps: ReferrersDeps = {registry, attempt: (object, run) => withRetry(retry, object, run)}
  const request = {repository, digest, limit: MAX_CANDIDATES * 4}
  const referrersOf = (list: ReferrersList | undefined): readonly Referrer[] => list?.referrers ?? []
  const api: ListOrigin = async () => referrersOf(await listFromApi(deps, request))
  const tag: ListOrigin = async () => referrersOf(await listFromTag(deps, request))
  const signatureTag: ListOrigin = () => listSignatureTag(place, digest)
  if (hasReferrersApi(repository)) return [api, tag, signatureTag]
  return [tag, signatureTag, api]
}

async function settled(
  place: RegistryPlace,
  list: ListOrigin
): Promise<{readonly referrers: readonly Referrer[]} | Extract<FoundCandidate, {kind: 'failed'}>> {
  try {
    return {referrers: await list()}
  } catch (error) {
    place.retry.signal.throwIfAborted()
    if (!(error instanceof VerifiedImageError)) throw error
    return {kind: 'failed', detail: quoteLine(describeFailure(error.failure))}
  }
}

const BUNDLE = 'application/vnd.dev.sigstore.bundle'
const SIMPLE_SIGNING = 'application/vnd.dev.cosign.simplesigning.v1+json'
const NOTATION = 'application/vnd.cncf.notary.signature'

// The type in a list is a hint: go-containerregistry wrote that of the empty config there, and then signatures were not found.
function mayBeSignature({artifactType}: Referrer): boolean {
  return (
    artifactType === undefined ||
    artifactType.startsWith(BUNDLE) ||
    artifactType === NOTATION ||
    /^application\/vnd\.(?:oci\.empty\.v1|oci\.image\.config\.v1|dev\.cosign\.artifact\.sig\.v1)\+json$/.test(
      artifactType
    )
  )
}

const CREATED = 'org.opencontainers.image.created'

function newestFirst(a: Referrer, b: Referrer): number {
  const [left = '', right = ''] = [a, b].map(({annotations}) => annotations[CREATED])
  return left < right ? 1 : left > right ? -1 : 0
}

/** cosign before version 3: a manifest under this tag, with a layer for each signature. */
async function listSignatureTag(
  {repository, registry, retry}: RegistryPlace,
  digest: Digest
): Promise<readonly Referrer[]> {
  const reference = `${referrersTag(digest)}.sig`
  try {
    const bytes = await withRetry(retry, 'signature', async attempt =>
      readDocument(
        countBytes(await registry.openManifest({...attempt, repository, reference}), attempt),
        undefined,
        MAX_MANIFEST_BYTES
      )
    )
    return [{mediaType: OCI_MANIFEST, digest: digestOf(bytes), size: bytes.length, annotations: {}}]
  } catch (error) {
    if (error instanceof VerifiedImageError && error.failure.kind === 'not-found') return []
    throw error
  }
}

const DESCRIPTOR = structOf({
  mediaType: 'string',
  digest: 'string',
  size: 'integer',
  annotations: mapOf('string'),
  artifactType: 'string'
})
const MANIFEST = structOf({
  schemaVersion: 'integer',
  mediaType: 'string',
  artifactType: 'string',
  config: DESCRIPTOR,
  layers: listOf(DESCRIPTOR)
})

async function* readReferrer(place: RegistryPlace, referrer: Referrer): AsyncGenerator<FoundCandidate> {
  const manifest = await fetched(place, () => fetchManifestOf(place, referrer.digest))
  if ('kind' in manifest) {
    yield manifest
    return
  }
  const decoded = readAsGo(manifest.bytes, MANIFEST, 'refused')
  if (!decoded.ok) {
    yield {kind: 'unusable', detail: `the manifest of the signature is not valid: ${decoded.reason}`}
    return
  }
  const type = artifactTypeOf(decoded.value)
  if (type === NOTATION) {
    yield {kind: 'notation'}
    return
  }
  const layers = Array.isArray(decoded.value['layers']) ? decoded.value['layers'].filter(isObject) : []
  for (const layer of layers.slice(0, MAX_CANDIDATES)) {
    const mediaType = stringAt(layer, 'mediaType') ?? ''
    const isBundle = mediaType.startsWith(BUNDLE) || type.startsWith(BUNDLE)
    if (isBundle || mediaType === SIMPLE_SIGNING) yield await readLayer(place, layer, isBundle)
  }
  if (layers.length > MAX_CANDIDATES) yield {kind: 'cut-short'}
}

function artifactTypeOf(manifest: JsonObject): string {
  const config = isObject(manifest['config']) ? stringAt(manifest['config'], 'mediaType') : undefined
  return stringAt(manifest, 'artifactType') ?? config ?? ''
}

function fetchManifestOf({repository, registry, retry}: RegistryPlace, digest: Digest): Promise<Uint8Array> {
  return withRetry(retry, 'signature', async attempt => {
    const response = await registry.openManifest({...attempt, repository, reference: digest})
    const bytes = await readDocument(countBytes(response, attempt), undefined, MAX_MANIFEST_BYTES)
    checkDigest(bytes, digest, undefined, response)
    return bytes
  })
}

async function readLayer(place: RegistryPlace, layer: JsonObject, isBundle: boolean): Promise<FoundCandidate> {
  const digest = parseDigest(stringAt(layer, 'digest') ?? '')
  const {size} = layer
  if (!digest.ok || typeof size !== 'number' || size < 0)
    return {kind: 'unusable', detail: 'the manifest of the signature has a layer without a digest or a size'}
  if (size > MAX_SIGNATURE_BYTES)
    return {
      kind: 'unusable',
      detail: `the signature has ${String(size)} bytes, more than ${String(MAX_SIGNATURE_BYTES)}`
    }
  const blob = await fetched(place, () => fetchBlob(place, digest.value, size))
  if ('kind' in blob) return blob
  const annotations = isObject(layer['annotations']) ? (layer['annotations'] as Readonly<Record<string, string>>) : {}
  const signature: CandidateSignature = isBundle
    ? {kind: 'bundle', json: blob.bytes}
    : {kind: 'cosign', payload: blob.bytes, annotations}
  return {kind: 'signature', signature}
}

function fetchBlob({repository, registry, retry}: RegistryPlace, digest: Digest, size: number): Promise<Uint8Array> {
  return withRetry(retry, 'signature', async attempt => {
    const response = await registry.openBlob({...attempt, repository, digest, offset: 0})
    const bytes = await readDocument(countBytes(response, attempt), size, size)
    checkDigest(bytes, digest, size, response)
    return bytes
  })
}

/** The bytes, or why there are none. What a registry lacks or corrupts is one bad candidate; other failures are the registry's. */
async function fetched(
  {retry}: RegistryPlace,
  fetchBytes: () => Promise<Uint8Array>
): Promise<{readonly bytes: Uint8Array} | Exclude<FoundCandidate, {kind: 'signature'}>> {
  try {
    return {bytes: await fetchBytes()}
  } catch (error) {
    retry.signal.throwIfAborted()
    if (!(error instanceof VerifiedImageError)) throw error
    const {failure} = error
    const isOfObject = ['not-found', 'corrupt', 'too-large', 'unusable'].includes(failure.kind)
    return {kind: isOfObject ? 'unusable' : 'failed', detail: quoteLine(describeFailure(failure))}
  }
}

/** Fetches the manifest of the image again, for a signature of its bytes. */
export function fetchSubject(place: RegistryPlace, digest: Digest): Promise<Uint8Array> {
  return fetchManifestOf(place, digest)
}
