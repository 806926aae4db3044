// Manifests, indexes and configs of the OCI image specification 1.1 and of Docker's schema 2, decoded from bytes.
// A decoded document is well formed. verify/verify.ts checks that it is the requested one.

import {type Digest, parseDigest} from './digest.ts'
import {isObject, type JsonObject, listOf, mapOf, readAsGo, structOf} from './go-json.ts'
import {stringAt} from './json.ts'
import {omitUndefined} from './omit-undefined.ts'
import {invalid, type Parsed, valid} from './parsed.ts'
import {normalizePlatform, type Platform} from './platform.ts'
import {truncate} from './truncate.ts'

export type Descriptor = {
  readonly mediaType: string
  readonly digest: Digest
  /** Bytes: a safe non-negative integer. */
  readonly size: number
}

type Typed = {
  readonly mediaType: string
  /** Whether the document itself has a mediaType. */
  readonly namesItsType: boolean
}

export type ImageManifest = Typed & {
  readonly kind: 'manifest'
  readonly config: Descriptor
  readonly layers: readonly Descriptor[]
}

export type IndexChild = Descriptor & {
  /** Normalized. */
  readonly platform?: Platform
  /** As in the index, for programs that compare it without normalization. */
  readonly writtenPlatform?: Platform
  /** The platform has no values. Some programs read that as no platform, others do not. */
  readonly hasEmptyPlatform: boolean
  /** A provenance or SBOM of BuildKit, which no engine runs. */
  readonly isAttestation: boolean
}

export type ImageIndex = Typed & {readonly kind: 'index'; readonly children: readonly IndexChild[]}

export type ImageConfig = {
  /** Absent when the config names none, as those of images from scratch may. */
  readonly platform?: Platform
  readonly diffIds: readonly Digest[]
  /** In RFC 3339, as the publisher claims; absent in any other form. */
  readonly created?: string
  /** The label `org.opencontainers.image.version`. */
  readonly version?: string
}

export const OCI_INDEX = 'application/vnd.oci.image.index.v1+json'
export const OCI_MANIFEST = 'application/vnd.oci.image.manifest.v1+json'
const INDEX_TYPES = [OCI_INDEX, 'application/vnd.docker.distribution.manifest.list.v2+json']
const MANIFEST_TYPES = [OCI_MANIFEST, 'application/vnd.docker.distribution.manifest.v2+json']
const CONFIG_TYPES = ['application/vnd.oci.image.config.v1+json', 'application/vnd.docker.container.image.v1+json']

/** The Accept header for manifests. Each type is listed, because distribution answers 404 for a type that is not. */
export const ACCEPT_MANIFEST = [...INDEX_TYPES, ...MANIFEST_TYPES].join(', ')

export function isIndexType(mediaType: string): boolean {
  return INDEX_TYPES.includes(mediaType)
}
export function isManifestType(mediaType: string): boolean {
  return MANIFEST_TYPES.includes(mediaType)
}

// The structs that engines decode into: specs-go/v1 of the image specification, with the fields of Docker's schema 2 and of
// containers/image. Engines ignore other keys, so those may be anything. So may `data`, which engines only use if it has the
// descriptor's digest.
const PLATFORM = {
  architecture: 'string',
  os: 'string',
  variant: 'string',
  'os.version': 'string',
  'os.features': listOf('string')
} as const
const DESCRIPTOR = structOf({
  mediaType: 'string',
  digest: 'string',
  size: 'integer',
  urls: listOf('string'),
  annotations: mapOf('string'),
  platform: structOf({...PLATFORM, features: listOf('string')}),
  artifactType: 'string'
})
const MANIFEST = structOf({
  schemaVersion: 'integer',
  mediaType: 'string',
  artifactType: 'string',
  config: DESCRIPTOR,
  layers: listOf(DESCRIPTOR),
  manifests: listOf(DESCRIPTOR),
  subject: DESCRIPTOR,
  annotations: mapOf('string'),
  fsLayers: 'any'
})
const CONFIG = structOf({
  ...PLATFORM,
  created: 'string',
  rootfs: structOf({type: 'string', diff_ids: listOf('string')}),
  // Read for a label that is shown. Nothing depends on it.
  config: structOf({Labels: mapOf('string')}, 'as-go')
})

/**
 * Decodes a manifest or index. `described` is the type of its descriptor in an index, which counts if the document itself has no
 * mediaType. The Content-Type of a response never counts, because no digest covers it. A document that could be read as both is
 * rejected (CVE-2021-41190).
 */
export function decodeManifest(bytes: Uint8Array, described: string | undefined): Parsed<ImageManifest | ImageIndex> {
  const json = readAsGo(bytes, MANIFEST, 'refused')
  if (!json.ok) return json
  const document = json.value
  if (document['schemaVersion'] === 1 || 'fsLayers' in document) {
    return invalid('it has the withdrawn schema 1, which Docker no longer pulls; its publisher has to push it again')
  }
  if (document['schemaVersion'] !== 2) return invalid(`its schemaVersion is ${show(document['schemaVersion'])}, not 2`)
  const named = stringAt(document, 'mediaType') ?? ''
  const known = described !== undefined && (isIndexType(described) || isManifestType(described)) ? described : undefined
  const mediaType = (named === '' ? undefined : named) ?? known ?? ('manifests' in document ? OCI_INDEX : OCI_MANIFEST)
  const contradiction = contradictionIn(document, mediaType)
  if (contradiction !== undefined) return invalid(contradiction)
  const typed = {mediaType, namesItsType: named !== ''}
  return isIndexType(mediaType) ? decodeIndex(document, typed) : decodeImageManifest(document, typed)
}

function contradictionIn(document: JsonObject, mediaType: string): string | undefined {
  const index = isIndexType(mediaType)
  if (!index && !isManifestType(mediaType)) return `its media type ${show(mediaType)} is not one of an image`
  if (index && ('config' in document || 'layers' in document)) return 'it is an index that also has a config or layers'
  if (!index && 'manifests' in document) return 'it is a manifest that also has manifests'
  return undefined
}

function decodeImageManifest(document: JsonObject, typed: Typed): Parsed<ImageManifest> {
  const config = decodeDescriptor(document['config'], 'config')
  if (!config.ok) return config
  if (!CONFIG_TYPES.includes(config.value.mediaType)) {
    return invalid(
      `its config has the media type ${show(config.value.mediaType)}: it is an artifact, not a container image`
    )
  }
  const layers = decodeList(document['layers'], 'layers', decodeDescriptor)
  if (!layers.ok) return layers
  return valid({kind: 'manifest', ...typed, config: config.value, layers: layers.value})
}

function decodeIndex(document: JsonObject, typed: Typed): Parsed<ImageIndex> {
  const children = decodeList(document['manifests'], 'manifests', decodeChild)
  if (!children.ok) return children
  const isAttestation = attestationsAmong(children.value)
  return valid({
    kind: 'index',
    ...typed,
    children: children.value.map(({annotations, ...child}) => ({
      ...child,
      isAttestation: isAttestation({annotations, ...child})
    }))
  })
}

// Go reads null and an absent list as an empty list.
function decodeList<T>(
  value: unknown,
  path: string,
  decode: (item: unknown, path: string) => Parsed<T>
): Parsed<readonly T[]> {
  const items: T[] = []
  for (const [at, item] of (Array.isArray(value) ? value : []).entries()) {
    const decoded = decode(item, `${path}[${String(at)}]`)
    if (!decoded.ok) return decoded
    items.push(decoded.value)
  }
  return valid(items)
}

function decodeDescriptor(value: unknown, path: string): Parsed<Descriptor> {
  if (!isObject(value)) return invalid(`${path} is ${show(value)}, not a descriptor`)
  const {mediaType, digest, size} = value
  if (typeof mediaType !== 'string' || mediaType === '')
    return invalid(`${path}.mediaType is ${show(mediaType)}, not a media type`)
  if (typeof digest !== 'string') return invalid(`${path}.digest is ${show(digest)}, not a digest`)
  const parsed = parseDigest(digest)
  if (!parsed.ok) return invalid(`${path}.digest is ${show(digest)}: ${parsed.reason}`)
  if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0) {
    return invalid(`${path}.size is ${show(size)}, not a number of bytes`)
  }
  return valid({mediaType, digest: parsed.value, size})
}

type DecodedChild = Omit<IndexChild, 'isAttestation'> & {readonly annotations: JsonObject}

function decodeChild(value: unknown, path: string): Parsed<DecodedChild> {
  const descriptor = decodeDescriptor(value, path)
  if (!descriptor.ok) return descriptor
  if (!isObject(value)) return invalid(`${path} is not a descriptor`)
  const raw = isObject(value['platform']) ? value['platform'] : undefined
  const platform = raw === undefined ? undefined : decodePlatform(raw)
  const annotations = isObject(value['annotations']) ? value['annotations'] : {}
  return valid({
    ...descriptor.value,
    annotations,
    hasEmptyPlatform: raw !== undefined && Object.values(raw).every(part => part === null || part === ''),
    ...(platform === undefined ? {} : {platform: normalizePlatform(platform), writtenPlatform: platform})
  })
}

// Exactly what BuildKit writes (docs/attestations/attestation-storage.md). Any other child is an ordinary one, as it is for the
// engines, which ignore the annotation and only compare the platform.
function attestationsAmong(children: readonly DecodedChild[]): (child: DecodedChild) => boolean {
  const isMarked = ({annotations, platform}: DecodedChild): boolean =>
    annotations['vnd.docker.reference.type'] === 'attestation-manifest' &&
    platform?.os === 'unknown' &&
    platform.architecture === 'unknown'
  const others = new Set<unknown>(children.filter(child => !isMarked(child)).map(({digest}) => digest))
  return child => isMarked(child) && others.has(child.annotations['vnd.docker.reference.digest'])
}

function decodePlatform(value: JsonObject): Platform {
  const features = value['os.features']
  const osFeatures = Array.isArray(features) ? features.filter(feature => typeof feature === 'string') : []
  return omitUndefined({
    os: stringAt(value, 'os') ?? '',
    architecture: stringAt(value, 'architecture') ?? '',
    variant: stringAt(value, 'variant'),
    osVersion: stringAt(value, 'os.version'),
    osFeatures: osFeatures.length === 0 ? undefined : osFeatures
  })
}

const RFC_3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:\d{2})$/
const VERSION = /^[\w.+~-]{1,64}$/

/** Decodes an image's config: its platform, the digests of its uncompressed layers, and its labels. */
export function decodeConfig(bytes: Uint8Array): Parsed<ImageConfig> {
  const json = readAsGo(bytes, CONFIG, 'refused')
  if (!json.ok) return json
  const rootfs = json.value['rootfs']
  if (!isObject(rootfs)) return invalid(`rootfs is ${show(rootfs)}, not an object`)
  const diffIds = decodeList(rootfs['diff_ids'], 'rootfs.diff_ids', decodeDiffId)
  if (!diffIds.ok) return diffIds
  const isNamed = [json.value['os'], json.value['architecture']].every(name => typeof name === 'string' && name !== '')
  const created = stringAt(json.value, 'created') ?? ''
  const run = json.value['config']
  const labels = isObject(run) ? run['Labels'] : undefined
  const version = isObject(labels) ? (stringAt(labels, 'org.opencontainers.image.version') ?? '') : ''
  return valid(
    omitUndefined({
      diffIds: diffIds.value,
      platform: isNamed ? normalizePlatform(decodePlatform(json.value)) : undefined,
      created: RFC_3339.test(created) ? created : undefined,
      version: VERSION.test(version) ? version : undefined
    })
  )
}

function decodeDiffId(value: unknown, path: string): Parsed<Digest> {
  if (typeof value !== 'string') return invalid(`${path} is ${show(value)}, not a digest`)
  const digest = parseDigest(value)
  return digest.ok ? digest : invalid(`${path} is ${show(value)}: ${digest.reason}`)
}

export type LayerFormat = {
  /** `opaque` for a layer that cannot be decompressed: it is encrypted, or its type is unknown. */
  readonly compression: 'gzip' | 'zstd' | 'none' | 'opaque'
  /** False for layers that registries need not have (foreign, nondistributable). */
  readonly isDistributable: boolean
}

const LAYER =
  /^application\/vnd\.(?:oci\.image\.layer\.(?:nondistributable\.)?v1|docker\.image\.rootfs\.(?:foreign\.)?diff)\.tar(?:[.+](gzip|zstd))?$/

export function layerFormatOf(mediaType: string): LayerFormat {
  const match = LAYER.exec(mediaType)
  const isDistributable = !/\.(?:nondistributable|foreign)\./.test(mediaType)
  if (match === null) return {compression: 'opaque', isDistributable}
  const compression = match[1]
  return {compression: compression === 'gzip' || compression === 'zstd' ? compression : 'none', isDistributable}
}

// A value for a message. Lists and objects may be nested too deep for JSON.stringify.
function show(value: unknown): string {
  if (value === undefined) return 'missing'
  if (Array.isArray(value)) return 'a list'
  if (isObject(value)) return 'an object'
  return truncate(JSON.stringify(value), 100)
}
