// Manifests and indexes of the OCI image specification 1.1 and of Docker's schema 2, decoded from bytes.
// A decoded document has the shape of its type. The verify/ room checks that it is the requested one.

import {BUILDKIT_CACHE, describeArtifact, DRAFT_ARTIFACT} from './artifact.ts'
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

type ChildPlatform = {
  /** Normalized. */
  readonly platform?: Platform
  /** As in the index, for programs that compare it without normalization. */
  readonly writtenPlatform?: Platform
  /** The platform has no values. Some programs read that as no platform, others do not. */
  readonly hasEmptyPlatform: boolean
}

export type IndexChild = ChildPlatform &
  Descriptor & {
    readonly kind: 'child'
    /** A provenance or SBOM of BuildKit, which no engine runs. */
    readonly isAttestation: boolean
  }

/** A child whose descriptor cannot be followed. It only matters when it is the one that is chosen. */
export type BrokenChild = ChildPlatform & {
  readonly kind: 'broken'
  /** Empty where it is absent. */
  readonly mediaType: string
  /** Its only flaw is an absent mediaType. Docker Engine reads the type from the content, so it may run this child. */
  readonly isUntyped: boolean
  /** Completes "it is not usable: …". */
  readonly reason: string
}

export type ImageIndex = Typed & {
  readonly kind: 'index'
  /** In the order of the index. */
  readonly entries: readonly (IndexChild | BrokenChild)[]
}

/** Returns the children of an index that can be followed. */
export function childrenOf({entries}: ImageIndex): readonly IndexChild[] {
  return entries.filter(entry => entry.kind === 'child')
}

/** A decoded document, or why there is none: it is not an image, it is of schema 1, or it contradicts itself. */
export type DecodedManifest =
  | {readonly ok: true; readonly value: ImageManifest | ImageIndex}
  | {readonly ok: false; readonly reason: string; readonly flaw?: 'artifact' | 'old'}

export const OCI_INDEX = 'application/vnd.oci.image.index.v1+json'
export const OCI_MANIFEST = 'application/vnd.oci.image.manifest.v1+json'
const INDEX_TYPES = [OCI_INDEX, 'application/vnd.docker.distribution.manifest.list.v2+json']
const MANIFEST_TYPES = [OCI_MANIFEST, 'application/vnd.docker.distribution.manifest.v2+json']
const CONFIG_TYPES = ['application/vnd.oci.image.config.v1+json', 'application/vnd.docker.container.image.v1+json']
// What old registries and old builders wrote for the config of a schema 2 manifest, the empty string for none. The list is
// moby's (distribution/registry.go, defaultImageTypes).
const OLD_CONFIG_TYPES = ['application/octet-stream', 'application/json', 'text/html', '']

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
export const PLATFORM_FIELDS = {
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
  platform: structOf({...PLATFORM_FIELDS, features: listOf('string')}),
  artifactType: 'string'
})

/** What Go reads of a manifest, an index, or the manifest of an artifact. */
export const MANIFEST_STRUCT = structOf({
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

/**
 * Decodes a manifest or index. `described` is the type of its descriptor in an index, which counts if the document itself has no
 * mediaType. The Content-Type of a response never counts, because no digest covers it. A document that could be read as both is
 * rejected (CVE-2021-41190).
 */
export function decodeManifest(bytes: Uint8Array, described: string | undefined): DecodedManifest {
  const json = readAsGo(bytes, MANIFEST_STRUCT, 'refused')
  if (!json.ok) return json
  const document = json.value
  if (isSchema1(document)) return SCHEMA_1
  if (document['mediaType'] === DRAFT_ARTIFACT) return artifact(document)
  if (document['schemaVersion'] !== 2)
    return invalid(`its schemaVersion is ${showJson(document['schemaVersion'])}, not 2`)
  const named = stringAt(document, 'mediaType') ?? ''
  const known = described !== undefined && (isIndexType(described) || isManifestType(described)) ? described : undefined
  const mediaType = (named === '' ? undefined : named) ?? known ?? ('manifests' in document ? OCI_INDEX : OCI_MANIFEST)
  const contradiction = contradictionIn(document, mediaType)
  if (contradiction !== undefined) return invalid(contradiction)
  const typed = {mediaType, namesItsType: named !== ''}
  return isIndexType(mediaType) ? decodeIndex(document, typed) : decodeImageManifest(document, typed)
}

const SCHEMA_1: DecodedManifest = {
  ok: false,
  reason: 'it is a manifest of the withdrawn schema 1, which Docker no longer pulls',
  flaw: 'old'
}

/** Whether a manifest is of schema 1: registries sign it anew for each response, so that its bytes never have its digest. */
export function isSchema1(document: JsonObject): boolean {
  return document['schemaVersion'] === 1 || 'fsLayers' in document
}

function artifact(document: JsonObject): DecodedManifest {
  const [firstLayer] = Array.isArray(document['layers']) ? (document['layers'] as readonly unknown[]) : []
  const types = {
    artifactType: stringAt(document, 'artifactType'),
    config: typeOf(document['config']),
    firstLayer: typeOf(firstLayer)
  }
  return {ok: false, reason: describeArtifact(types), flaw: 'artifact'}
}

function typeOf(descriptor: unknown): string | undefined {
  return isObject(descriptor) ? stringAt(descriptor, 'mediaType') : undefined
}

function contradictionIn(document: JsonObject, mediaType: string): string | undefined {
  const index = isIndexType(mediaType)
  if (!index && !isManifestType(mediaType)) return `its media type ${showJson(mediaType)} is not one of an image`
  if (index && ('config' in document || 'layers' in document)) return 'it is an index that also has a config or layers'
  if (!index && 'manifests' in document) return 'it is a manifest that also has manifests'
  return undefined
}

function decodeImageManifest(document: JsonObject, typed: Typed): DecodedManifest {
  const config = decodeConfigDescriptor(document['config'], typed)
  if (!config.ok) return config
  const isOldType = typed.mediaType !== OCI_MANIFEST && OLD_CONFIG_TYPES.includes(config.value.mediaType)
  if (!CONFIG_TYPES.includes(config.value.mediaType) && !isOldType) return artifact(document)
  const layers = decodeList(document['layers'], 'layers', decodeDescriptor)
  if (!layers.ok) return layers
  return valid({kind: 'manifest', ...typed, config: config.value, layers: layers.value})
}

function decodeConfigDescriptor(config: unknown, {mediaType}: Typed): Parsed<Descriptor> {
  const isUntyped = isObject(config) && (stringAt(config, 'mediaType') ?? '') === ''
  if (mediaType === OCI_MANIFEST || !isUntyped) return decodeDescriptor(config, 'config')
  const typed = decodeDescriptor({...config, mediaType: 'none'}, 'config')
  return typed.ok ? valid({...typed.value, mediaType: ''}) : typed
}

function decodeIndex(document: JsonObject, typed: Typed): DecodedManifest {
  const written = Array.isArray(document['manifests']) ? (document['manifests'] as readonly unknown[]) : []
  if (written.some(child => typeOf(child) === BUILDKIT_CACHE))
    return {
      ok: false,
      reason: describeArtifact({artifactType: BUILDKIT_CACHE, config: undefined, firstLayer: undefined}),
      flaw: 'artifact'
    }
  const children = written.map((child, at) => decodeChild(child, `manifests[${String(at)}]`))
  const isAttestation = attestationsAmong(children.filter(child => child.kind === 'child'))
  return {
    ok: true,
    value: {
      kind: 'index',
      ...typed,
      entries: children.map(child => {
        if (child.kind === 'broken') return child
        const {annotations, ...entry} = child
        return {...entry, isAttestation: isAttestation({annotations, ...entry})}
      })
    }
  }
}

// Go reads null and an absent list as an empty list.
export function decodeList<T>(
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

export function decodeDescriptor(value: unknown, path: string): Parsed<Descriptor> {
  if (!isObject(value)) return invalid(`${path} is ${showJson(value)}, not a descriptor`)
  const {mediaType, digest, size} = value
  if (typeof mediaType !== 'string' || mediaType === '')
    return invalid(`${path}.mediaType is ${showJson(mediaType)}, not a media type`)
  if (typeof digest !== 'string') return invalid(`${path}.digest is ${showJson(digest)}, not a digest`)
  const parsed = parseDigest(digest)
  if (!parsed.ok) return invalid(`${path}.digest is ${showJson(digest)}: ${parsed.reason}`)
  if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0) {
    return invalid(`${path}.size is ${showJson(size)}, not a number of bytes`)
  }
  return valid({mediaType, digest: parsed.value, size})
}

type DecodedChild = Omit<IndexChild, 'isAttestation'> & {readonly annotations: JsonObject}

function decodeChild(value: unknown, path: string): DecodedChild | BrokenChild {
  const object = isObject(value) ? value : {}
  const raw = isObject(object['platform']) ? object['platform'] : undefined
  const written = raw && decodePlatform(raw)
  const platform: ChildPlatform = {
    hasEmptyPlatform: raw !== undefined && Object.values(raw).every(part => part === null || part === ''),
    ...omitUndefined({platform: written && normalizePlatform(written), writtenPlatform: written})
  }
  const descriptor = decodeDescriptor(value, path)
  if (!descriptor.ok) {
    const mediaType = typeOf(object) ?? ''
    const isUntyped = mediaType === '' && decodeDescriptor({...object, mediaType: 'none'}, path).ok
    return {kind: 'broken', mediaType, isUntyped, reason: descriptor.reason, ...platform}
  }
  const annotations = isObject(object['annotations']) ? object['annotations'] : {}
  return {kind: 'child', ...descriptor.value, annotations, ...platform}
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

export function decodePlatform(value: JsonObject): Platform {
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

// A value for a message. Lists and objects may be nested too deep for JSON.stringify.
export function showJson(value: unknown): string {
  if (value === undefined) return 'missing'
  if (Array.isArray(value)) return 'a list'
  if (isObject(value)) return 'an object'
  return truncate(JSON.stringify(value), 100)
}
