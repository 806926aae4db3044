// Images for tests, with the same digests each time: a Docker Engine can pull, load, and build from them.
// `edit…`, blobOf, and jsonBlob make images that contradict themselves. Digests are computed here, and not with the code under test.

import {createHash} from 'node:crypto'
import {gzipSync, zstdCompressSync} from 'node:zlib'
import type {Digest, DigestAlgorithm} from '../../src/oci/digest.ts'
import {seededBytes, tarOf} from './tar.ts'

export type StoredBlob = {
  readonly mediaType: string
  readonly digest: Digest
  readonly size: number
  readonly bytes: Buffer
}

export type MediaTypes = 'oci' | 'docker'
export type Compression = 'gzip' | 'zstd' | 'none'

/** Raw bytes, or a tar archive: of one file with `size` seeded bytes, or of the given files. */
export type LayerContent =
  | Buffer
  | {readonly seed: number; readonly size: number}
  | {readonly files: Readonly<Record<string, string | Uint8Array>>}

export type LayerSpec = {
  readonly content: LayerContent
  /** The default is gzip. */
  readonly compression?: Compression
  /** Overrides the media type of the compression. */
  readonly mediaType?: string
}

export type Layer = StoredBlob & {readonly diffId: Digest; readonly uncompressed: Buffer}

export type DescriptorDocument = {
  mediaType: string
  digest: string
  size: number
  platform?: Record<string, string>
  annotations?: Record<string, string>
  urls?: string[]
}
export type ManifestDocument = {
  schemaVersion: number
  mediaType: string
  config: DescriptorDocument
  layers: DescriptorDocument[]
}
export type IndexDocument = {schemaVersion: number; mediaType: string; manifests: DescriptorDocument[]}
export type ConfigDocument = {
  architecture: string
  os: string
  variant?: string
  created: string
  config: Record<string, unknown>
  rootfs: {type: string; diff_ids: string[]}
  history: Record<string, unknown>[]
}

export type Image = {
  readonly manifest: StoredBlob
  readonly config: StoredBlob
  readonly layers: readonly Layer[]
  readonly platform: string
}

export type Index = {
  readonly index: StoredBlob
  readonly children: readonly Image[]
  readonly attestations: readonly Image[]
}

export type ImageSpec = {
  /** The default is linux/amd64. */
  readonly platform?: string
  readonly layers?: readonly LayerSpec[]
  /** The default is oci. */
  readonly mediaTypes?: MediaTypes
  /** Of the manifest, config, layers, and diff_ids. The default is sha256. */
  readonly algorithm?: DigestAlgorithm
  /** Returns the value to store instead of the correct document. */
  readonly editConfig?: (right: ConfigDocument) => unknown
  readonly editManifest?: (right: ManifestDocument) => unknown
}

export type IndexSpec = {
  readonly children: readonly Image[]
  /** Adds an attestation manifest for each child, as BuildKit does. */
  readonly attestations?: boolean
  readonly mediaTypes?: MediaTypes
  readonly algorithm?: DigestAlgorithm
  readonly editIndex?: (right: IndexDocument) => unknown
}

const CREATED = '2025-06-04T00:00:00Z'

const TYPES = {
  oci: {
    index: 'application/vnd.oci.image.index.v1+json',
    manifest: 'application/vnd.oci.image.manifest.v1+json',
    config: 'application/vnd.oci.image.config.v1+json',
    gzip: 'application/vnd.oci.image.layer.v1.tar+gzip',
    zstd: 'application/vnd.oci.image.layer.v1.tar+zstd',
    none: 'application/vnd.oci.image.layer.v1.tar'
  },
  docker: {
    index: 'application/vnd.docker.distribution.manifest.list.v2+json',
    manifest: 'application/vnd.docker.distribution.manifest.v2+json',
    config: 'application/vnd.docker.container.image.v1+json',
    gzip: 'application/vnd.docker.image.rootfs.diff.tar.gzip',
    zstd: 'application/vnd.docker.image.rootfs.diff.tar.zstd',
    none: 'application/vnd.docker.image.rootfs.diff.tar'
  }
} as const

/** The media types that makeImage and makeIndex use. */
export function mediaTypesOf(kind: MediaTypes): (typeof TYPES)[MediaTypes] {
  return TYPES[kind]
}

export function digestBytes(bytes: Uint8Array, algorithm: DigestAlgorithm = 'sha256'): Digest {
  return `${algorithm}:${createHash(algorithm).update(bytes).digest('hex')}` as Digest
}

export function blobOf(mediaType: string, bytes: Uint8Array, algorithm: DigestAlgorithm = 'sha256'): StoredBlob {
  return {
    mediaType,
    digest: digestBytes(bytes, algorithm),
    size: bytes.length,
    bytes: Buffer.from(bytes)
  }
}

export function jsonBlob(mediaType: string, value: unknown, algorithm: DigestAlgorithm = 'sha256'): StoredBlob {
  return blobOf(mediaType, Buffer.from(JSON.stringify(value)), algorithm)
}

export function descriptorOf({mediaType, digest, size}: StoredBlob): DescriptorDocument {
  return {mediaType, digest, size}
}

export function makeLayer(
  {content, compression = 'gzip', mediaType}: LayerSpec,
  mediaTypes: MediaTypes = 'oci',
  algorithm: DigestAlgorithm = 'sha256'
): Layer {
  const uncompressed = uncompressedOf(content)
  const blob = blobOf(mediaType ?? TYPES[mediaTypes][compression], compress(uncompressed, compression), algorithm)
  return {...blob, diffId: digestBytes(uncompressed, algorithm), uncompressed}
}

function uncompressedOf(content: LayerContent): Buffer {
  if (Buffer.isBuffer(content)) return content
  if ('files' in content) return tarOf(content.files)
  return tarOf({[`seed-${String(content.seed)}`]: seededBytes(content.seed, content.size)})
}

function compress(bytes: Buffer, compression: Compression): Buffer {
  if (compression === 'none') return bytes
  return compression === 'gzip' ? gzipSync(bytes) : zstdCompressSync(bytes)
}

const DEFAULT_LAYERS: readonly LayerSpec[] = [
  {content: {files: {'etc/hello': 'hello, world\n'}}},
  {content: {seed: 1, size: 20_000}}
]

export function makeImage(spec: ImageSpec = {}): Image {
  const {platform = 'linux/amd64', layers = DEFAULT_LAYERS, mediaTypes = 'oci', algorithm = 'sha256'} = spec
  const types = TYPES[mediaTypes]
  const made = layers.map(layer => makeLayer(layer, mediaTypes, algorithm))
  const configDocument = configOf(platform, made)
  const config = jsonBlob(types.config, spec.editConfig?.(configDocument) ?? configDocument, algorithm)
  const manifestDocument: ManifestDocument = {
    schemaVersion: 2,
    mediaType: types.manifest,
    config: descriptorOf(config),
    layers: made.map(descriptorOf)
  }
  const manifest = jsonBlob(types.manifest, spec.editManifest?.(manifestDocument) ?? manifestDocument, algorithm)
  return {manifest, config, layers: made, platform}
}

function platformOf(platform: string): {os: string; architecture: string; variant?: string} {
  const [os = 'linux', architecture = 'amd64', variant] = platform.split('/')
  return {architecture, os, ...(variant === undefined ? {} : {variant})}
}

function configOf(platform: string, layers: readonly Layer[]): ConfigDocument {
  return {
    ...platformOf(platform),
    created: CREATED,
    config: {Env: ['PATH=/usr/local/bin:/usr/bin:/bin'], Cmd: ['/etc/hello'], WorkingDir: '/'},
    rootfs: {type: 'layers', diff_ids: layers.map(({diffId}) => diffId)},
    history: layers.map((_layer, at) => ({created: CREATED, created_by: `layer ${String(at)}`}))
  }
}

export function makeIndex(spec: IndexSpec): Index {
  const {children, mediaTypes = 'oci', algorithm = 'sha256'} = spec
  const attestations = spec.attestations === true ? children.map(child => attestationOf(child, algorithm)) : []
  const document: IndexDocument = {
    schemaVersion: 2,
    mediaType: TYPES[mediaTypes].index,
    manifests: [
      ...children.map(({manifest, platform}) => ({...descriptorOf(manifest), platform: platformOf(platform)})),
      ...attestations.map(({manifest}, at) => ({
        ...descriptorOf(manifest),
        annotations: {
          'vnd.docker.reference.digest': children[at]?.manifest.digest ?? '',
          'vnd.docker.reference.type': 'attestation-manifest'
        },
        platform: platformOf('unknown/unknown')
      }))
    ]
  }
  const index = jsonBlob(document.mediaType, spec.editIndex?.(document) ?? document, algorithm)
  return {index, children, attestations}
}

function attestationOf(child: Image, algorithm: DigestAlgorithm): Image {
  const statement = {_type: 'https://in-toto.io/Statement/v0.1', subject: [{name: '_', digest: child.manifest.digest}]}
  return makeImage({
    platform: 'unknown/unknown',
    algorithm,
    layers: [
      {content: Buffer.from(JSON.stringify(statement)), compression: 'none', mediaType: 'application/vnd.in-toto+json'}
    ]
  })
}

export type PublishedSpec = Omit<ImageSpec, 'platform'> & {
  readonly platforms?: readonly string[]
  /** Another seed gives other layers, and so another image. */
  readonly seed?: number
}

/** A typical published image: linux/amd64 and linux/arm64 with attestations. Both share the first layer. */
export function makePublished(spec: PublishedSpec = {}): Index {
  const {platforms = ['linux/amd64', 'linux/arm64'], seed = 1, ...rest} = spec
  const children = platforms.map((platform, at) =>
    makeImage({
      layers: [
        {content: {files: {'etc/hello': `hello from ${String(seed)}\n`}}},
        {content: {seed: seed * 100 + at, size: 20_000}}
      ],
      ...rest,
      platform
    })
  )
  return makeIndex({
    children,
    attestations: true,
    ...(rest.mediaTypes === undefined ? {} : {mediaTypes: rest.mediaTypes}),
    ...(rest.algorithm === undefined ? {} : {algorithm: rest.algorithm})
  })
}

export function isIndex(what: Image | Index): what is Index {
  return 'index' in what
}

/** The root first, then children, then attestations. */
export function manifestsOf(what: Image | Index): StoredBlob[] {
  return isIndex(what)
    ? [what.index, ...[...what.children, ...what.attestations].map(({manifest}) => manifest)]
    : [what.manifest]
}

/** Configs and layers, each once. */
export function blobsOf(what: Image | Index): StoredBlob[] {
  const images = isIndex(what) ? [...what.children, ...what.attestations] : [what]
  const blobs = images.flatMap(({config, layers}) => [config, ...layers])
  return [...new Map(blobs.map(blob => [blob.digest, blob])).values()]
}
