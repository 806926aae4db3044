// Manifests, indexes and configs of the OCI image specification 1.1 and of Docker's schema 2, decoded from bytes, totally.
// What is decoded here is well formed; whether it is what was asked for is acquire/verify.ts's question.

import {type Digest, parseDigest} from './digest.ts'
import {isObject, type JsonObject, listOf, mapOf, readAsGo, structOf} from './go-json.ts'
import {stringAt} from './json.ts'
import {invalid, type Parsed, valid} from './parsed.ts'
import {normalizePlatform, type Platform} from './platform.ts'

export type Descriptor = {
  readonly mediaType: string
  readonly digest: Digest
  /** Bytes; a safe non-negative integer. */
  readonly size: number
}

type Typed = {
  readonly mediaType: string
  /** Whether the document itself says so. */
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
  /** As it is written in the index, for programs that compare it letter by letter. */
  readonly writtenPlatform?: Platform
  /** There is one with nothing in it, which is as good as none to some programs, and not to others. */
  readonly hasEmptyPlatform: boolean
  /** What BuildKit keeps beside an image: provenance and SBOMs. They run nowhere. */
  readonly isAttestation: boolean
}

export type ImageIndex = Typed & {readonly kind: 'index'; readonly children: readonly IndexChild[]}

export type ImageConfig = {
  /** Absent when the config names none, as images made from scratch may. */
  readonly platform?: Platform
  readonly diffIds: readonly Digest[]
  /** The publisher's word, in RFC 3339; absent where it is none. */
  readonly created?: string
  /** The label `org.opencontainers.image.version`: what a publisher calls what is in it. */
  readonly version?: string
}

export const OCI_INDEX = 'application/vnd.oci.image.index.v1+json'
export const OCI_MANIFEST = 'application/vnd.oci.image.manifest.v1+json'
const INDEX_TYPES = [OCI_INDEX, 'application/vnd.docker.distribution.manifest.list.v2+json']
const MANIFEST_TYPES = [OCI_MANIFEST, 'application/vnd.docker.distribution.manifest.v2+json']
const CONFIG_TYPES = ['application/vnd.oci.image.config.v1+json', 'application/vnd.docker.container.image.v1+json']

/** What to ask for: each type by name, since distribution answers 404 to a type it was not offered. */
export const ACCEPT_MANIFEST = [...INDEX_TYPES, ...MANIFEST_TYPES].join(', ')

export function isIndexType(mediaType: string): boolean {
  return INDEX_TYPES.includes(mediaType)
}
export function isManifestType(mediaType: string): boolean {
  return MANIFEST_TYPES.includes(mediaType)
}

// The structs that engines decode into: specs-go/v1 of the image specification, with what Docker's schema 2 and containers/image
// have beside it. Keys that are in none of them are read by no engine, and may be anything; `data` too, since engines take it only
// where it has the descriptor's digest.
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
  // Read for a label that is shown and decides nothing.
  config: structOf({Labels: mapOf('string')}, 'as-go')
})

/**
 * Decodes a manifest or index. `described` is the type that its descriptor in an index names; it only serves where the
 * document itself names none. No header of a response does, since no digest covers it. A document that could be read as either
 * is refused (CVE-2021-41190).
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

// A list that is null or absent is an empty one to Go.
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
  const written = isObject(value['platform']) ? value['platform'] : undefined
  const platform = written === undefined ? undefined : decodePlatform(written)
  const annotations = isObject(value['annotations']) ? value['annotations'] : {}
  return valid({
    ...descriptor.value,
    annotations,
    hasEmptyPlatform: written !== undefined && Object.values(written).every(part => part === null || part === ''),
    ...(platform === undefined ? {} : {platform: normalizePlatform(platform), writtenPlatform: platform})
  })
}

// What BuildKit writes (its docs/attestations/attestation-storage.md), to the letter. A child that only resembles it is a
// child like any other, as it is for the engines: they know nothing of the annotation, and look at the platform alone.
function attestationsAmong(children: readonly DecodedChild[]): (child: DecodedChild) => boolean {
  const isMarked = ({annotations, platform}: DecodedChild): boolean =>
    annotations['vnd.docker.reference.type'] === 'attestation-manifest' &&
    platform?.os === 'unknown' &&
    platform.architecture === 'unknown'
  const others = new Set<unknown>(children.filter(child => !isMarked(child)).map(({digest}) => digest))
  return child => isMarked(child) && others.has(child.annotations['vnd.docker.reference.digest'])
}

function decodePlatform(value: JsonObject): Platform {
  const variant = stringAt(value, 'variant')
  const osVersion = stringAt(value, 'os.version')
  const features = value['os.features']
  const osFeatures = Array.isArray(features) ? features.filter(feature => typeof feature === 'string') : []
  return {
    os: stringAt(value, 'os') ?? '',
    architecture: stringAt(value, 'architecture') ?? '',
    ...(variant === undefined ? {} : {variant}),
    ...(osVersion === undefined ? {} : {osVersion}),
    ...(osFeatures.length === 0 ? {} : {osFeatures})
  }
}

const RFC_3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:\d{2})$/
const VERSION = /^[\w.+~-]{1,64}$/

/** Decodes an image's config: its platform, the digests of its uncompressed layers, and what it says of itself. */
export function decodeConfig(bytes: Uint8Array): Parsed<ImageConfig> {
  const json = readAsGo(bytes, CONFIG, 'refused')
  if (!json.ok) return json
  const rootfs = json.value['rootfs']
  if (!isObject(rootfs)) return invalid(`rootfs is ${show(rootfs)}, not an object`)
  const diffIds = decodeList(rootfs['diff_ids'], 'rootfs.diff_ids', decodeDiffId)
  if (!diffIds.ok) return diffIds
  const isNamed = [json.value['os'], json.value['architecture']].every(name => typeof name === 'string' && name !== '')
  const platform = isNamed ? normalizePlatform(decodePlatform(json.value)) : undefined
  const created = stringAt(json.value, 'created') ?? ''
  const run = json.value['config']
  const labels = isObject(run) ? run['Labels'] : undefined
  const version = isObject(labels) ? (stringAt(labels, 'org.opencontainers.image.version') ?? '') : ''
  return valid({
    diffIds: diffIds.value,
    ...(platform === undefined ? {} : {platform}),
    ...(RFC_3339.test(created) ? {created} : {}),
    ...(VERSION.test(version) ? {version} : {})
  })
}

function decodeDiffId(value: unknown, path: string): Parsed<Digest> {
  if (typeof value !== 'string') return invalid(`${path} is ${show(value)}, not a digest`)
  const digest = parseDigest(value)
  return digest.ok ? digest : invalid(`${path} is ${show(value)}: ${digest.reason}`)
}

export type LayerFormat = {
  /** How to get at the uncompressed bytes; `opaque` where that cannot be done: encrypted, or of a type unknown here. */
  readonly compression: 'gzip' | 'zstd' | 'none' | 'opaque'
  /** False for layers that may be had from elsewhere only, so that a registry need not hold them. */
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

// What was written, short enough for a message. Lists and objects may be nested too deep for JSON.stringify.
function show(value: unknown): string {
  if (value === undefined) return 'missing'
  if (Array.isArray(value)) return 'a list'
  if (isObject(value)) return 'an object'
  const text = JSON.stringify(value)
  return text.length > 100 ? `${text.slice(0, 99)}…` : text
}
