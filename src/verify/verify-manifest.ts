// Verifies manifests and indexes, which a registry, a proxy, or a cache may have changed in any way.
// The digest decides: of headers, only Docker-Content-Digest is read, and only where no digest is known.

import {algorithmOf, type Digest, digestOf, parseDigest} from '../oci/digest.ts'
import {readAsGo, structOf} from '../oci/go-json.ts'
import {
  decodeManifest,
  type Descriptor,
  type ImageIndex,
  type ImageManifest,
  isIndexType,
  isManifestType,
  isSchema1,
  OCI_INDEX,
  OCI_MANIFEST
} from '../oci/manifest.ts'
import type {RegistryResponse} from '../registry/registry.ts'
import {omitUndefined} from '../oci/omit-undefined.ts'
import {fail} from '../failure/error.ts'
import {checkDigest, checkSize, readDocument} from './check-bytes.ts'
import {escapeBytes, quoteFirstBytes, quotesHtml} from './first-bytes.ts'
import {type VerifiedManifest, type WithBytes} from './verified.ts'

/** A digest, with the rest of its descriptor where an index names the manifest. */
export type ManifestDescriptor = Pick<Descriptor, 'digest'> & Partial<Descriptor>

/** 4 MiB: the size that the distribution specification asks registries to accept ("Pushing Manifests"), and other clients' limit. */
export const MAX_MANIFEST_BYTES = 4 * 1024 * 1024

// Linux stacks at most 500 layers (OVL_MAX_STACK in fs/overlayfs), and Docker's classic image store takes 125.
const MAX_LAYERS = 1000

/** Reads a manifest whose digest is known and verifies it. The headers of the response are ignored. */
export async function verifyManifest(
  response: RegistryResponse,
  expected: ManifestDescriptor
): Promise<WithBytes<VerifiedManifest>> {
  const {digest, size, mediaType} = expected
  const bytes = await readDocument(response, size, Math.min(size ?? MAX_MANIFEST_BYTES, MAX_MANIFEST_BYTES))
  if (digestOf(bytes, algorithmOf(digest)) !== digest && isOld(bytes, response)) failOld('old-response', digest)
  checkDigest(bytes, digest, size, response)
  if (size !== undefined) checkSize(bytes.length, {digest, size})
  const document = decodeDocument(bytes, digest, mediaType)
  checkDescribedType(document, expected)
  return brand(bytes, digest, document)
}

/**
 * Reads the manifest that a registry has for a tag. The registry decides what the tag is, so the digest is computed from the
 * bytes, and a Docker-Content-Digest header that names another one means that they were changed on their way.
 *
 * `locked` is the digest that the tag had before. A manifest with another digest is a moved tag, whatever the header says: a header
 * that could make it `corrupt` would let a registry choose an older fallback tag. The header then only counts where the bytes are
 * not a manifest.
 */
export async function verifyTaggedManifest(
  response: RegistryResponse,
  locked: Digest | undefined
): Promise<WithBytes<VerifiedManifest>> {
  const bytes = await readDocument(response, undefined, MAX_MANIFEST_BYTES)
  if (locked !== undefined && digestOf(bytes, algorithmOf(locked)) === locked)
    return brand(bytes, locked, decodeDocument(bytes, locked, undefined))
  // Before the header: it names the digest of what is signed, and the bytes have another one each time.
  if (isOld(bytes, response)) failOld('old', locked)
  const header = parseDigest(response.digestHeader ?? '')
  if (locked === undefined && header.ok) {
    checkDigest(bytes, header.value, undefined, response)
    return brand(bytes, header.value, decodeDocument(bytes, header.value, undefined))
  }
  if (!decodeManifest(bytes, undefined).ok) {
    if (header.ok && algorithmOf(header.value) === 'sha256') checkDigest(bytes, header.value, undefined, response)
    checkIsManifest(bytes, response)
  }
  const digest = digestOf(bytes, 'sha256')
  return brand(bytes, digest, decodeDocument(bytes, digest, undefined))
}

const SCHEMA_1_TYPES = /^application\/vnd\.docker\.distribution\.manifest\.v1\+(?:json|prettyjws)\b/
const SCHEMA_1 = structOf({schemaVersion: 'integer', fsLayers: 'any', layers: 'any'})

/** Whether a response is a manifest of schema 1, by its Content-Type or by its body. */
function isOld(bytes: Uint8Array, {mediaType = ''}: RegistryResponse): boolean {
  const json = readAsGo(bytes, SCHEMA_1, 'as-go')
  return json.ok && (isSchema1(json.value) || (SCHEMA_1_TYPES.test(mediaType) && !('layers' in json.value)))
}

function failOld(reason: 'old' | 'old-response', digest: Digest | undefined): never {
  const instead = digest === undefined ? '' : ` in response to ${digest}`
  fail({
    kind: 'unusable',
    reason,
    detail: `it is a manifest of the withdrawn schema 1${instead}, which Docker no longer pulls; ask its publisher to push it again`
  })
}

function brand(bytes: Uint8Array, digest: Digest, document: ImageManifest | ImageIndex): WithBytes<VerifiedManifest> {
  return {digest, size: bytes.length, bytes, document} as WithBytes<VerifiedManifest>
}

/** Decodes bytes whose digest is right. Fails with `unusable`: the publisher made them so. */
function decodeDocument(
  bytes: Uint8Array,
  digest: Digest,
  describedType: string | undefined
): ImageManifest | ImageIndex {
  const document = decodeManifest(bytes, describedType)
  if (!document.ok) {
    const detail = `${document.reason} (${digest})`
    return fail({kind: 'unusable', detail, ...omitUndefined({reason: document.flaw})})
  }
  if (document.value.kind === 'manifest') checkLayerLimit(document.value)
  return document.value
}

function checkLayerLimit({layers}: ImageManifest): void {
  if (layers.length <= MAX_LAYERS) return
  fail({
    kind: 'unusable',
    reason: 'unsupported',
    detail: `it has ${String(layers.length)} layers, and the limit is ${String(MAX_LAYERS)}; no engine runs an image with more than 500`
  })
}

/** A manifest may be of the other family (OCI, Docker) than the index says. Engines refuse an index in place of a manifest. */
function checkDescribedType({kind, mediaType}: ImageManifest | ImageIndex, expected: ManifestDescriptor): void {
  if (expected.mediaType === undefined) return
  const fits = kind === 'index' ? isIndexType(expected.mediaType) : isManifestType(expected.mediaType)
  if (fits) return
  fail({
    kind: 'unusable',
    detail: `its media type is ${mediaType}, but the index says ${expected.mediaType} (${expected.digest})`
  })
}

const VERSIONED = structOf({schemaVersion: 'any'}, 'as-go')

/** Fails when bytes that no digest confirms are not a manifest: the server that answered made them, not the publisher. */
function checkIsManifest(bytes: Uint8Array, response: RegistryResponse): void {
  const json = readAsGo(bytes, VERSIONED, 'refused')
  const start = quoteFirstBytes(bytes, response)
  if (!json.ok) return fail({kind: 'protocol', detail: `the response is not JSON: ${start}`, isHtml: quotesHtml(start)})
  if (escapeBytes(bytes).includes('TOOMANYREQUESTS')) fail({kind: 'throttled', status: 200, detail: start})
  if (!('schemaVersion' in json.value))
    fail({kind: 'protocol', detail: `the response is not a manifest: ${start}`, isHtml: false})
}

/**
 * Fails with `protocol` when engines refuse a right manifest for its Content-Type: `docker pull` from there does not work.
 * Docker's classic image store requires the document's own type, and the OCI type for a document without one. Containerd's store
 * takes the OCI and the Docker type of the same kind, and skopeo something in between. All of them refuse every other type, and
 * a response without one.
 */
export function requireContentType({mediaType}: RegistryResponse, manifest: VerifiedManifest): void {
  if (isPullableType(mediaType, manifest)) return
  const {document, digest} = manifest
  const actual = mediaType === undefined ? 'none' : JSON.stringify(mediaType.slice(0, 100))
  fail({
    kind: 'protocol',
    detail: `the right manifest (${digest}) with the wrong Content-Type: expected ${document.mediaType}, got ${actual}; Docker does not pull it`,
    isHtml: false,
    reason: 'content-type'
  })
}

/** Whether engines take a manifest under this Content-Type. */
export function isPullableType(mediaType: string | undefined, {document}: VerifiedManifest): boolean {
  const plain = document.kind === 'index' ? OCI_INDEX : OCI_MANIFEST
  return mediaType === document.mediaType || (mediaType === plain && !document.namesItsType)
}
