// Builds the documents of an OCI image layout of verified images (image-spec, image-layout.md), and of the archive that both image
// stores of a Docker Engine load. Pure: documents, and lists of the blobs that belong to them.

import {type Digest, digestOf} from '../oci/digest.ts'
import {type Descriptor, layerFormatOf, OCI_INDEX} from '../oci/manifest.ts'
import {omitUndefined} from '../oci/omit-undefined.ts'
import {choosePlatform, type Platform, satisfies} from '../oci/platform.ts'
import {formatReference} from '../oci/reference.ts'
import type {ImageRequest} from '../acquire/plan.ts'
import {type PlatformImage, type VerifiedImage} from '../fetch/verified-image.ts'
import {fail} from '../failure/error.ts'
import {type ImageStore} from '../store/store.ts'

export type ImageToExport = {readonly request: ImageRequest; readonly image: VerifiedImage}

export type Layout = {
  /** Contents by path. */
  readonly documents: Readonly<Record<string, Uint8Array>>
  /** Each once; blobPath returns the path. */
  readonly blobs: readonly Digest[]
  /** The digests that index.json names, in the order of the images. */
  readonly roots: readonly Digest[]
}

/** Returns the path of a blob in a layout. */
export function blobPath(digest: Digest): string {
  return `blobs/${digest.replace(':', '/')}`
}

/** Returns an image's name without its digest, which no engine takes as a name; with the digest where the image has no tag. */
export function engineReference({reference, tag}: ImageRequest): string {
  const {registry, path} = reference
  return formatReference(tag === undefined ? reference : {registry, path, tag})
}

/**
 * Builds a layout with the platforms that were verified, under the published index where all that it names is there, and under a
 * generated index otherwise: an index whose children are not all there can be read, but neither pushed nor copied as a whole.
 */
export function buildLayout(images: readonly ImageToExport[]): Layout {
  const all = images.map(({request, image}) => ({request, image, root: rootOf(image)}))
  const named = distinctNames(all)
  const tagsDiffer = new Set(named.map(({request}) => request.tag)).size === named.length
  const generated = all.flatMap(({root}) =>
    root.generatedIndex === undefined ? [] : [[blobPath(root.descriptor.digest), root.generatedIndex] as const]
  )
  return {
    documents: {
      ...Object.fromEntries(generated),
      // Two images with the same tag go by their full names.
      ...indexDocuments(
        named.map(({request, root}) => indexEntry(root, request, tagsDiffer ? request.tag : engineReference(request)))
      )
    },
    blobs: distinct(all.flatMap(({image, root}) => [...root.publishedBlobs, ...image.platforms.flatMap(blobsOf)])),
    roots: all.map(({root}) => root.descriptor.digest)
  }
}

/** A blob under its digest, or what a layer of `size` bytes decompresses to, under its diff_id. */
export type ArchiveBlob = {
  readonly path: string
  readonly digest: Digest
  readonly decompress?: {readonly compression: 'gzip' | 'zstd'; readonly size: number}
}

export type Archive = Pick<Layout, 'documents'> & {
  /** Each path once. */
  readonly blobs: readonly ArchiveBlob[]
  readonly images: readonly LoadedImage[]
}

export type LoadedImage = {
  readonly request: ImageRequest
  /** Its name in the engine. */
  readonly name: string
  /** The IDs that the engine may have for it: the digest of the config in the classic store, of the root in containerd's. */
  readonly ids: readonly Digest[]
}

/**
 * Builds the archive for `docker load`: a layout for the containerd image store, and manifest.json with the files it names for the
 * classic one. It has one platform of each image, since the classic store takes no more: the machine's, or else the first. The
 * classic store decompresses all layers and keeps nothing else of them, more slowly than this process does, so it gets them
 * decompressed. The containerd store keeps the compressed blobs.
 */
export function buildArchive(images: readonly ImageToExport[], machine: Platform, store: ImageStore): Archive {
  const all = images.map(({request, image}) => {
    const platform = platformFor(machine, request, image)
    const layers = platform.layers.map(layer => archiveLayer(layer, platform, store))
    return {request, platform, layers, root: rootInEngine(machine, image, platform)}
  })
  const named = distinctNames(all)
  const legacy = named.map(({request, platform, layers}) => ({
    Config: blobPath(platform.imageId),
    RepoTags: request.tag === undefined ? null : [engineReference(request)],
    Layers: layers.map(({path}) => path)
  }))
  const index =
    store === 'classic' ? {} : indexDocuments(named.map(({request, root}) => indexEntry(root, request, request.tag)))
  const blobs = all.flatMap(({platform, layers, root}) => {
    const manifests = store === 'classic' ? [] : [...root.publishedBlobs, platform.digest]
    return [...[...manifests, platform.imageId].map(storedBlob), ...layers]
  })
  return {
    documents: {'manifest.json': encode(legacy), ...index},
    blobs: [...new Map(blobs.map(blob => [blob.path, blob])).values()],
    images: all.map(({request, platform, root}) => ({
      request,
      name: engineReference(request),
      ids: [...new Set([platform.imageId, root.descriptor.digest])]
    }))
  }
}

function storedBlob(digest: Digest): ArchiveBlob {
  return {path: blobPath(digest), digest}
}

function archiveLayer({digest, mediaType}: Descriptor, {uncompressed}: PlatformImage, store: ImageStore): ArchiveBlob {
  const {compression} = layerFormatOf(mediaType)
  const layer = uncompressed.get(digest)
  if (store === 'containerd' || layer === undefined || compression === 'none' || compression === 'opaque')
    return storedBlob(digest)
  return {path: blobPath(layer.diffId), digest, decompress: {compression, size: layer.size}}
}

/** Returns the engine's platform of an image: the machine's, or else the first. Fails when a layer of it is unavailable. */
function platformFor(machine: Platform, {input}: ImageRequest, {platforms}: VerifiedImage): PlatformImage {
  const offered = platforms.flatMap(image => (image.platform === undefined ? [] : [{image, platform: image.platform}]))
  const chosen = choosePlatform(machine, offered)?.image ?? platforms[0]
  if (chosen === undefined) throw new TypeError('an image has a platform')
  const [missing] = chosen.unavailableLayers
  if (missing !== undefined) {
    fail({
      kind: 'docker',
      detail: `${input} cannot be loaded: registries need not hold its layer ${missing}, and none has it`
    })
  }
  return chosen
}

/** What index.json names for an image. */
type Root = {
  readonly descriptor: Descriptor
  readonly platform: Platform | undefined
  /** An index of some of the platforms, which no publisher made. */
  readonly generatedIndex: Uint8Array | undefined
  /** The published index and what it alone names, where that is stored. */
  readonly publishedBlobs: readonly Digest[]
}

function rootOf(image: VerifiedImage): Root {
  const {root, platforms, attestations} = image
  const [first] = platforms
  if (first === undefined) throw new TypeError('an image has a platform')
  if (root.document.kind === 'manifest') return platformRoot(first)
  const present = new Set([...platforms, ...attestations].map(({digest}) => digest))
  if (root.document.children.every(({digest}) => present.has(digest))) {
    const published = publishedRoot(image)
    return {...published, publishedBlobs: [...published.publishedBlobs, ...attestations.flatMap(blobsOf)]}
  }
  return platforms.length === 1 ? platformRoot(first) : generatedRoot(platforms)
}

// The containerd store accepts an index of which it has one child, as after `docker pull`, and then knows the image by the
// requested digest. It requires the machine's platform there.
function rootInEngine(machine: Platform, image: VerifiedImage, platform: PlatformImage): Root {
  const {document} = image.root
  const isChild = document.kind === 'index' && document.children.some(({digest}) => digest === platform.digest)
  const runsHere = platform.platform !== undefined && satisfies(machine, platform.platform)
  return isChild && runsHere ? publishedRoot(image) : platformRoot(platform)
}

function publishedRoot({root}: VerifiedImage): Root {
  return {
    descriptor: {mediaType: root.document.mediaType, digest: root.digest, size: root.size},
    platform: undefined,
    generatedIndex: undefined,
    publishedBlobs: [root.digest]
  }
}

function platformRoot(image: PlatformImage): Root {
  return {
    descriptor: descriptorOf(image),
    platform: image.platform,
    generatedIndex: undefined,
    publishedBlobs: []
  }
}

function generatedRoot(platforms: readonly PlatformImage[]): Root {
  const index = encode({
    schemaVersion: 2,
    mediaType: OCI_INDEX,
    manifests: platforms.map(image => ({
      ...descriptorOf(image),
      ...omitUndefined({platform: image.platform && encodePlatform(image.platform)})
    }))
  })
  return {
    descriptor: {mediaType: OCI_INDEX, digest: digestOf(index), size: index.length},
    platform: undefined,
    generatedIndex: index,
    publishedBlobs: []
  }
}

function descriptorOf({mediaType, digest, manifest}: PlatformImage): Descriptor {
  return {mediaType, digest, size: manifest.size}
}

function blobsOf({digest, imageId, layers, unavailableLayers}: PlatformImage): readonly Digest[] {
  return [digest, imageId, ...layers.map(layer => layer.digest).filter(layer => !unavailableLayers.includes(layer))]
}

function distinct(digests: readonly Digest[]): readonly Digest[] {
  return [...new Set(digests)]
}

/** Drops repetitions: a fallback may be an image that was requested too. */
function distinctNames<T extends {readonly request: ImageRequest; readonly root: Root}>(
  images: readonly T[]
): readonly T[] {
  return [
    ...new Map(
      images.map(image => [`${engineReference(image.request)} ${image.root.descriptor.digest}`, image])
    ).values()
  ]
}

function indexDocuments(manifests: readonly unknown[]): Readonly<Record<string, Uint8Array>> {
  return {
    'oci-layout': encode({imageLayoutVersion: '1.0.0'}),
    'index.json': encode({schemaVersion: 2, mediaType: OCI_INDEX, manifests})
  }
}

function indexEntry({descriptor, platform}: Root, request: ImageRequest, refName: string | undefined): unknown {
  return {
    ...descriptor,
    ...omitUndefined({platform: platform && encodePlatform(platform)}),
    annotations: omitUndefined({
      // The containerd image store names an image after this annotation; skopeo and BuildKit look for the other one.
      'io.containerd.image.name': engineReference(request),
      'org.opencontainers.image.ref.name': refName
    })
  }
}

function encodePlatform({os, architecture, variant, osVersion}: Platform): unknown {
  return omitUndefined({architecture, os, 'os.version': osVersion, variant})
}

function encode(value: unknown): Uint8Array {
  return Buffer.from(JSON.stringify(value))
}
