// The manifest of a signature: an artifact with a Sigstore bundle, or cosign's older one with a layer for each signature.
// Everyone who can push to the repository writes it.

import {type Digest, parseDigest} from '../oci/digest.ts'
import {readAsGo} from '../oci/go-json.ts'
import {isObject, type JsonObject, stringAt, stringsAt} from '../oci/json.ts'
import {MANIFEST_STRUCT} from '../oci/manifest.ts'
import type {Repository} from '../oci/reference.ts'
import {countBytes} from '../fetch/blob-fetcher.ts'
import {type RetryContext, withRetry} from '../fetch/retry.ts'
import type {ReferrersPort, RegistryPort} from '../registry/registry.ts'
import {type CandidateSignature} from '../signature/candidate-signature.ts'
import {IN_TOTO} from '../signature/statement.ts'
import {checkDigest, readDocument} from '../verify/check-bytes.ts'
import {MAX_MANIFEST_BYTES} from '../verify/verify-manifest.ts'
import {failedPlace, type FoundCandidate, MAX_SIGNATURE_BYTES, type ReadBudget} from './found-candidate.ts'

export type RegistryPlace = {
  readonly repository: Repository
  readonly registry: RegistryPort & ReferrersPort
  readonly retry: RetryContext
}

/** How the media types of all versions of a bundle begin. */
export const BUNDLE_TYPE = 'application/vnd.dev.sigstore.bundle'
export const NOTATION_TYPE = 'application/vnd.cncf.notary.signature'
const SIMPLE_SIGNING = 'application/vnd.dev.cosign.simplesigning.v1+json'

/** A statement as an artifact of its own. Its manifest may have signatures: this is how Docker Hardened Images are signed. */
export type AttestationArtifact = {
  readonly kind: 'attestation'
  readonly digest: Digest
  readonly manifest: Uint8Array
  readonly readStatement: () => Promise<{readonly bytes: Uint8Array} | Exclude<FoundCandidate, {kind: 'signature'}>>
}

/**
 * Yields the candidates in a manifest, whose bytes may be known already. The budget has the manifest itself as one candidate. Rejects
 * with the signal's reason.
 */
export async function* readSignatureManifest(
  place: RegistryPlace,
  {digest, bytes}: {readonly digest: Digest; readonly bytes: Uint8Array | undefined},
  budget: ReadBudget
): AsyncGenerator<FoundCandidate | AttestationArtifact> {
  const manifest = bytes === undefined ? await fetched(place, () => fetchManifestByDigest(place, digest)) : {bytes}
  if ('kind' in manifest) {
    yield manifest
    return
  }
  budget.count(manifest.bytes.length)
  const decoded = readAsGo(manifest.bytes, MANIFEST_STRUCT, 'refused')
  if (!decoded.ok) {
    yield {kind: 'unusable', detail: `the manifest of the signature is not valid: ${decoded.reason}`}
    return
  }
  const type = artifactTypeOf(decoded.value)
  if (type === NOTATION_TYPE) {
    yield {kind: 'notation'}
    return
  }
  const [statement] = layersOf(decoded.value, ({mediaType}) => mediaType === IN_TOTO)
  if (type === IN_TOTO && statement !== undefined)
    yield {kind: 'attestation', digest, manifest: manifest.bytes, readStatement: () => readLayer(place, statement)}
  const isBundle = ({mediaType}: Layer): boolean => mediaType.startsWith(BUNDLE_TYPE) || type.startsWith(BUNDLE_TYPE)
  const signatures = layersOf(decoded.value, layer => isBundle(layer) || layer.mediaType === SIMPLE_SIGNING)
  for (const [at, layer] of signatures.entries()) {
    if (at > 0 && !budget.take()) {
      yield {kind: 'cut-short'}
      return
    }
    const found = await readSignature(place, layer, isBundle(layer))
    if (found.kind === 'signature') budget.count(layer.size)
    yield found
  }
}

function artifactTypeOf(manifest: JsonObject): string {
  const config = isObject(manifest['config']) ? stringAt(manifest['config'], 'mediaType') : undefined
  return stringAt(manifest, 'artifactType') ?? config ?? ''
}

/** The bytes of a manifest with this digest. Rejects with a VerifiedImageError. */
export function fetchManifestByDigest(
  {repository, registry, retry}: RegistryPlace,
  digest: Digest
): Promise<Uint8Array> {
  return withRetry(retry, 'signature', async attempt => {
    const response = await registry.openManifest({...attempt, repository, reference: digest})
    const bytes = await readDocument(countBytes(response, attempt), undefined, MAX_MANIFEST_BYTES)
    checkDigest(bytes, digest, undefined, response)
    return bytes
  })
}

type Layer = {
  readonly mediaType: string
  readonly digest: string
  readonly size: number
  readonly annotations: Readonly<Record<string, string>>
}

function layersOf({layers}: JsonObject, isWanted: (layer: Layer) => boolean): readonly Layer[] {
  const all = (Array.isArray(layers) ? layers : []).filter(isObject).map(layer => ({
    mediaType: stringAt(layer, 'mediaType') ?? '',
    digest: stringAt(layer, 'digest') ?? '',
    size: typeof layer['size'] === 'number' ? layer['size'] : -1,
    annotations: stringsAt(layer, 'annotations')
  }))
  return all.filter(isWanted)
}

async function readSignature(place: RegistryPlace, layer: Layer, isBundle: boolean): Promise<FoundCandidate> {
  const read = await readLayer(place, layer)
  if ('kind' in read) return read
  const signature: CandidateSignature = isBundle
    ? {kind: 'bundle', json: read.bytes}
    : {kind: 'cosign', payload: read.bytes, annotations: layer.annotations}
  return {kind: 'signature', signature}
}

async function readLayer(
  place: RegistryPlace,
  {digest: text, size}: Layer
): Promise<{readonly bytes: Uint8Array} | Exclude<FoundCandidate, {kind: 'signature'}>> {
  const digest = parseDigest(text)
  if (!digest.ok || size < 0)
    return {kind: 'unusable', detail: 'the manifest of the signature has a layer without a digest or a size'}
  if (size > MAX_SIGNATURE_BYTES)
    return {
      kind: 'unusable',
      detail: `the signature has ${String(size)} bytes, more than ${String(MAX_SIGNATURE_BYTES)}`
    }
  return fetched(place, () => fetchBlob(place, digest.value, size))
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
    const failed = failedPlace(error, retry.signal)
    const isOfObject = ['not-found', 'corrupt', 'too-large', 'unusable'].includes(failed.failure)
    return isOfObject ? {kind: 'unusable', detail: failed.detail} : failed
  }
}
