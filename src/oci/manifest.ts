// Manifests, indexes and configs of the OCI image specification 1.1 and of Docker's schema 2, decoded from bytes, totally.
// What is decoded here is well formed; whether it is what was asked for is acquire/verify.ts's question.

import {type Digest, parseDigest} from './digest.ts'
import {decodeJsonObject, isObject, type JsonObject, stringAt} from './json.ts'
import {invalid, type Parsed, valid} from './parsed.ts'
import {normalizePlatform, type Platform} from './platform.ts'

export type Descriptor = {
  readonly mediaType: string
  readonly digest: Digest
  /** Bytes; a safe non-negative integer. */
  readonly size: number
}

export type ImageManifest = {
  readonly kind: 'manifest'
  readonly mediaType: string
  readonly config: Descriptor
  readonly layers: readonly Descriptor[]
}

export type IndexChild = Descriptor & {readonly platform?: Platform; readonly isAttestation: boolean}

export type ImageIndex = {readonly kind: 'index'; readonly mediaType: string; readonly children: readonly IndexChild[]}

export type ImageConfig = {
  /** Absent when the config names none, as images made from scratch may. */
  readonly platform?: Platform
  readonly diffIds: readonly Digest[]
  /** The publisher's word, in RFC 3339; absent where it is none. */
  readonly created?: string
  /** The label `org.opencontainers.image.version`: what a publisher calls what is in it. */
  readonly version?: string
}

const INDEX_TYPES = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json'
]
const MANIFEST_TYPES = [
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json'
]
const CONFIG_TYPES = ['application/vnd.oci.image.config.v1+json', 'application/vnd.docker.container.image.v1+json']

/** What to ask for: each type by name, since distribution answers 404 to a type it was not offered. */
export const ACCEPT_MANIFEST = [...INDEX_TYPES, ...MANIFEST_TYPES].join(', ')

export const isIndexType = (mediaType: string): boolean => INDEX_TYPES.includes(mediaType)
export const isManifestType = (mediaType: string): boolean => MANIFEST_TYPES.includes(mediaType)

/**
 * Decodes a manifest or index. `announced` is the type that its descriptor or the response names; it only serves where the
 * document itself names none. A document that could be read as either is refused (CVE-2021-41190).
 */
export const decodeManifest = (
  bytes: Uint8Array,
  announced: string | undefined
): Parsed<ImageManifest | ImageIndex> => {
  const json = decodeJsonObject(bytes)
  if (!json.ok) return json
  const document = json.value
  if (document['schemaVersion'] === 1 || 'fsLayers' in document) {
    return invalid('it has the withdrawn schema 1, which Docker no longer pulls; its publisher has to push it again')
  }
  if (document['schemaVersion'] !== 2) return invalid(`its schemaVersion is ${show(document['schemaVersion'])}, not 2`)
  const named = document['mediaType']
  if (named !== undefined && typeof named !== 'string') return invalid('its mediaType is not a string')
  const known = announced !== undefined && (isIndexType(announced) || isManifestType(announced)) ? announced : undefined
  const mediaType = named ?? known ?? ('manifests' in document ? INDEX_TYPES[0] : MANIFEST_TYPES[0]) ?? ''
  const contradiction = contradictionIn(document, mediaType)
  if (contradiction !== undefined) return invalid(contradiction)
  return isIndexType(mediaType) ? decodeIndex(document, mediaType) : decodeImageManifest(document, mediaType)
}

const contradictionIn = (document: JsonObject, mediaType: string): string | undefined => {
  const index = isIndexType(mediaType)
  if (!index && !isManifestType(mediaType)) return `its media type ${show(mediaType)} is not one of an image`
  if (index && ('config' in document || 'layers' in document)) return 'it is an index that also has a config or layers'
  if (!index && 'manifests' in document) return 'it is a manifest that also has manifests'
  return undefined
}

const decodeImageManifest = (document: JsonObject, mediaType: string): Parsed<ImageManifest> => {
  const config = decodeDescriptor(document['config'], 'config')
  if (!config.ok) return config
  if (!CONFIG_TYPES.includes(config.value.mediaType)) {
    return invalid(
      `its config has the media type ${show(config.value.mediaType)}: it is an artifact, not a container image`
    )
  }
  const layers = decodeList(document['layers'], 'layers', decodeDescriptor)
  if (!layers.ok) return layers
  return valid({kind: 'manifest', mediaType, config: config.value, layers: layers.value})
}

const decodeIndex = (document: JsonObject, mediaType: string): Parsed<ImageIndex> => {
  const children = decodeList(document['manifests'], 'manifests', decodeChild)
  return children.ok ? valid({kind: 'index', mediaType, children: children.value}) : children
}

const decodeList = <T>(
  value: unknown,
  path: string,
  decode: (item: unknown, path: string) => Parsed<T>
): Parsed<readonly T[]> => {
  if (!Array.isArray(value)) return invalid(`${path} is ${show(value)}, not a list`)
  const items: T[] = []
  for (const [at, item] of value.entries()) {
    const decoded = decode(item, `${path}[${String(at)}]`)
    if (!decoded.ok) return decoded
    items.push(decoded.value)
  }
  return valid(items)
}

const decodeDescriptor = (value: unknown, path: string): Parsed<Descriptor> => {
  if (!isObject(value)) return invalid(`${path} is ${show(value)}, not a descriptor`)
  const {mediaType, digest, size} = value
  if (typeof mediaType !== 'string' || mediaType === '')
    return invalid(`${path}.mediaType is ${show(mediaType)}, not a media type`)
  if (typeof digest !== 'string') return invalid(`${path}.digest is ${show(digest)}, not a digest`)
  const parsed = parseDigest(digest)
  if (!parsed.ok) return invalid(`${path}.digest is ${show(digest)}: ${parsed.why}`)
  if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0) {
    return invalid(`${path}.size is ${show(size)}, not a number of bytes`)
  }
  return valid({mediaType, digest: parsed.value, size})
}

const decodeChild = (value: unknown, path: string): Parsed<IndexChild> => {
  const descriptor = decodeDescriptor(value, path)
  if (!descriptor.ok) return descriptor
  if (!isObject(value)) return invalid(`${path} is not a descriptor`)
  const platform = isObject(value['platform']) ? decodePlatform(value['platform']) : undefined
  const annotations = isObject(value['annotations']) ? value['annotations'] : {}
  // BuildKit keeps provenance and SBOMs as children of an index. They run nowhere (BuildKit attestation-storage.md).
  const isAttestation = 'vnd.docker.reference.type' in annotations || platform?.os === 'unknown'
  return valid({...descriptor.value, isAttestation, ...(platform === undefined ? {} : {platform})})
}

const decodePlatform = (value: JsonObject): Platform | undefined => {
  const os = stringAt(value, 'os')
  const architecture = stringAt(value, 'architecture')
  if (os === undefined || os === '' || architecture === undefined || architecture === '') return undefined
  const variant = stringAt(value, 'variant')
  const osVersion = stringAt(value, 'os.version')
  return normalizePlatform({
    os,
    architecture,
    ...(variant === undefined ? {} : {variant}),
    ...(osVersion === undefined ? {} : {osVersion})
  })
}

const RFC_3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:\d{2})$/
const VERSION = /^[\w.+~-]{1,64}$/

/** Decodes an image's config: its platform, the digests of its uncompressed layers, and what it says of itself. */
export const decodeConfig = (bytes: Uint8Array): Parsed<ImageConfig> => {
  const json = decodeJsonObject(bytes)
  if (!json.ok) return json
  const rootfs = json.value['rootfs']
  if (!isObject(rootfs)) return invalid(`rootfs is ${show(rootfs)}, not an object`)
  const diffIds = decodeList(rootfs['diff_ids'], 'rootfs.diff_ids', decodeDiffId)
  if (!diffIds.ok) return diffIds
  const platform = decodePlatform(json.value)
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

const decodeDiffId = (value: unknown, path: string): Parsed<Digest> => {
  if (typeof value !== 'string') return invalid(`${path} is ${show(value)}, not a digest`)
  const digest = parseDigest(value)
  return digest.ok ? digest : invalid(`${path} is ${show(value)}: ${digest.why}`)
}

export type LayerFormat = {
  /** How to get at the uncompressed bytes; `opaque` where that cannot be done: encrypted, or of a type unknown here. */
  readonly compression: 'gzip' | 'zstd' | 'none' | 'opaque'
  /** False for layers that may be had from elsewhere only, so that a registry need not hold them. */
  readonly isDistributable: boolean
}

const LAYER =
  /^application\/vnd\.(?:oci\.image\.layer\.(?:nondistributable\.)?v1|docker\.image\.rootfs\.(?:foreign\.)?diff)\.tar(?:[.+](gzip|zstd))?$/

export const layerFormatOf = (mediaType: string): LayerFormat => {
  const match = LAYER.exec(mediaType)
  const isDistributable = !/\.(?:nondistributable|foreign)\./.test(mediaType)
  if (match === null) return {compression: 'opaque', isDistributable}
  const compression = match[1]
  return {compression: compression === 'gzip' || compression === 'zstd' ? compression : 'none', isDistributable}
}

// What was written, short enough for a message. Lists and objects may be nested too deep for JSON.stringify.
const show = (value: unknown): string => {
  if (value === undefined) return 'missing'
  if (Array.isArray(value)) return 'a list'
  if (isObject(value)) return 'an object'
  const text = JSON.stringify(value)
  return text.length > 100 ? `${text.slice(0, 99)}…` : text
}
