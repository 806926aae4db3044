// What an OCI image layout of verified images holds (image-layout.md), and the archive that both of the engine's image stores load.
// Pure: documents and lists of blobs. Who writes them, and where, is not known here.

import {type Digest, digestOf} from '../oci/digest.ts'
import {type Descriptor, layerFormatOf} from '../oci/manifest.ts'
import {choosePlatform, type Platform, satisfies} from '../oci/platform.ts'
import {formatReference} from '../oci/reference.ts'
import type {ImageRequest} from '../acquire/plan.ts'
import {type PlatformImage, type VerifiedImage} from '../fetch/verified-image.ts'
import {fail} from '../failure/error.ts'
import {type ImageStore} from '../store/store.ts'

export type ImageToExport = {readonly wanted: ImageRequest; readonly image: VerifiedImage}

export type Layout = {
  /** To be written as they are, by their paths. */
  readonly documents: Readonly<Record<string, Uint8Array>>
  /** Each once; blobPath says where. */
  readonly blobs: readonly Digest[]
  /** What index.json names, in the order of the images. */
  readonly roots: readonly Digest[]
}

const OCI_INDEX = 'application/vnd.oci.image.index.v1+json'

export function blobPath(digest: Digest): string {
  return `blobs/${digest.replace(':', '/')}`
}

/** The name without its digest, which no engine takes as a name; of an image that has no tag, the name with it. */
export function engineReference({reference, tag}: ImageRequest): string {
  const {registry, path} = reference
  return formatReference(tag === undefined ? reference : {registry, path, tag})
}

type Root = {
  readonly descriptor: Descriptor
  readonly platform?: Platform
  /** An index that nobody published: of some of the platforms. */
  readonly generated?: Uint8Array
  /** The published index, where it is kept. */
  readonly stored: readonly Digest[]
}

/** Of each image the platforms that were verified; under the index that was published where all that it names is there. */
export function buildLayout(images: readonly ImageToExport[]): Layout {
  const all = images.map(({wanted, image}) => ({wanted, image, root: rootOf(image)}))
  const named = distinctNames(all)
  const isClear = new Set(named.map(({wanted}) => wanted.tag)).size === named.length
  const made = all.flatMap(({root}) =>
    root.generated === undefined ? [] : [[blobPath(root.descriptor.digest), root.generated]]
  )
  return {
    documents: {
      ...(Object.fromEntries(made) as Record<string, Uint8Array>),
      // Two images may have the same tag: each then goes by its whole name.
      ...buildIndex(
        named.map(({wanted, root}) => indexEntry(root, wanted, isClear ? wanted.tag : engineReference(wanted)))
      )
    },
    blobs: distinct(all.flatMap(({image, root}) => [...root.stored, ...image.platforms.flatMap(blobsOf)])),
    roots: all.map(({root}) => root.descriptor.digest)
  }
}
/** A blob under its digest, or what a layer inflates to, of so many bytes, under its diff_id. */
export type ArchiveBlob = {
  readonly path: string
  readonly digest: Digest
  readonly inflate?: {readonly compression: 'gzip' | 'zstd'; readonly size: number}
}

export type Archive = Pick<Layout, 'documents'> & {
  /** Each path once. */
  readonly blobs: readonly ArchiveBlob[]
  /** Each image's name in the engine, and what the engine may call it then: the classic store by its config, the other by its root. */
  readonly images: readonly {readonly wanted: ImageRequest; readonly name: string; readonly ids: readonly Digest[]}[]
}

/**
 * For `docker load`: a layout for the containerd image store, the manifest.json with what it names for the classic one. Of each
 * image one platform, since the classic store takes no more: the machine's, else the first. The classic store inflates all layers
 * and keeps nothing else of them, slower than it is done here, so that it gets them as they will be; containerd's keeps the blobs.
 */
export function buildArchive(images: readonly ImageToExport[], machine: Platform, store: ImageStore): Archive {
  const all = images.map(({wanted, image}) => {
    const platform = platformFor(machine, wanted, image)
    const layers = platform.layers.map(layer => archiveLayer(layer, platform, store))
    return {wanted, platform, layers, root: rootInEngine(machine, image, platform)}
  })
  const named = distinctNames(all)
  const legacy = named.map(({wanted, platform, layers}) => ({
    Config: blobPath(platform.imageId),
    RepoTags: wanted.tag === undefined ? null : [engineReference(wanted)],
    Layers: layers.map(({path}) => path)
  }))
  const index =
    store === 'classic' ? {} : buildIndex(named.map(({wanted, root}) => indexEntry(root, wanted, wanted.tag)))
  const blobs = all.flatMap(({platform, layers, root}) => {
    const manifests = store === 'classic' ? [] : [...root.stored, platform.digest]
    return [...[...manifests, platform.imageId].map(storedBlob), ...layers]
  })
  return {
    documents: {'manifest.json': encode(legacy), ...index},
    blobs: [...new Map(blobs.map(blob => [blob.path, blob])).values()],
    images: all.map(({wanted, platform, root}) => ({
      wanted,
      name: engineReference(wanted),
      ids: [...new Set([platform.imageId, root.descriptor.digest])]
    }))
  }
}

function storedBlob(digest: Digest): ArchiveBlob {
  return {path: blobPath(digest), digest}
}

function archiveLayer({digest, mediaType}: Descriptor, {uncompressed}: PlatformImage, store: ImageStore): ArchiveBlob {
  const {compression} = layerFormatOf(mediaType)
  const inflated = uncompressed.get(digest)
  if (store === 'containerd' || inflated === undefined || compression === 'none' || compression === 'opaque')
    return storedBlob(digest)
  return {path: blobPath(inflated.diffId), digest, inflate: {compression, size: inflated.size}}
}

// The containerd store is content with an index of which it has one child, as after `docker pull`, and then knows the image by the
// digest that was asked for. It wants the machine's platform there.
function rootInEngine(machine: Platform, image: VerifiedImage, platform: PlatformImage): Root {
  const {document} = image.root
  const isChild = document.kind === 'index' && document.children.some(({digest}) => digest === platform.digest)
  const runsHere = platform.platform !== undefined && satisfies(machine, platform.platform)
  return isChild && runsHere ? publishedRoot(image) : rootOfPlatform(platform)
}

function buildIndex(manifests: readonly unknown[]): Readonly<Record<string, Uint8Array>> {
  return {
    'oci-layout': encode({imageLayoutVersion: '1.0.0'}),
    'index.json': encode({schemaVersion: 2, mediaType: OCI_INDEX, manifests})
  }
}

// A fallback may be an image that was asked for beside it.
function distinctNames<T extends {readonly wanted: ImageRequest; readonly root: Root}>(
  images: readonly T[]
): readonly T[] {
  return [
    ...new Map(
      images.map(image => [`${engineReference(image.wanted)} ${image.root.descriptor.digest}`, image])
    ).values()
  ]
}

function encode(value: unknown): Uint8Array {
  return Buffer.from(JSON.stringify(value))
}

function indexEntry({descriptor, platform}: Root, wanted: ImageRequest, refName: string | undefined): unknown {
  return {
    ...descriptor,
    ...(platform === undefined ? {} : {platform: encodePlatform(platform)}),
    annotations: {
      // The containerd image store names an image after this one, skopeo and BuildKit look for the other.
      'io.containerd.image.name': engineReference(wanted),
      ...(refName === undefined ? {} : {'org.opencontainers.image.ref.name': refName})
    }
  }
}

function encodePlatform({os, architecture, variant, osVersion}: Platform): unknown {
  return {
    architecture,
    os,
    ...(osVersion === undefined ? {} : {'os.version': osVersion}),
    ...(variant === undefined ? {} : {variant})
  }
}

function rootOf(image: VerifiedImage): Root {
  const {root: top, platforms} = image
  const [first] = platforms
  if (first === undefined) throw new TypeError('an image has a platform')
  if (top.document.kind === 'manifest') return rootOfPlatform(first)
  const had = new Set([...platforms, ...image.attestations].map(({digest}) => digest))
  // An index whose children are not all there can be read, but neither pushed nor copied whole.
  if (top.document.children.every(({digest}) => had.has(digest))) {
    const root = publishedRoot(image)
    return {...root, stored: [...root.stored, ...image.attestations.flatMap(blobsOf)]}
  }
  if (platforms.length === 1) return rootOfPlatform(first)
  const made = encode({
    schemaVersion: 2,
    mediaType: OCI_INDEX,
    manifests: platforms.map(platform => ({
      ...descriptorOf(platform),
      ...(platform.platform === undefined ? {} : {platform: encodePlatform(platform.platform)})
    }))
  })
  return {descriptor: {mediaType: OCI_INDEX, digest: digestOf(made), size: made.length}, generated: made, stored: []}
}

function publishedRoot({root}: VerifiedImage): Root {
  return {
    descriptor: {mediaType: root.document.mediaType, digest: root.digest, size: root.size},
    stored: [root.digest]
  }
}

function rootOfPlatform(image: PlatformImage): Root {
  return {
    descriptor: descriptorOf(image),
    stored: [],
    ...(image.platform === undefined ? {} : {platform: image.platform})
  }
}

function descriptorOf({mediaType, digest, manifest}: PlatformImage): Descriptor {
  return {
    mediaType,
    digest,
    size: manifest.size
  }
}

function blobsOf({digest, imageId, layers, unavailableLayers}: PlatformImage): readonly Digest[] {
  return [digest, imageId, ...layers.map(layer => layer.digest).filter(layer => !unavailableLayers.includes(layer))]
}

function distinct(digests: readonly Digest[]): readonly Digest[] {
  return [...new Set(digests)]
}

function platformFor(machine: Platform, {input}: ImageRequest, {platforms}: VerifiedImage): PlatformImage {
  const offered = platforms.flatMap(image => (image.platform === undefined ? [] : [{image, platform: image.platform}]))
  const chosen = choosePlatform(machine, offered)?.image ?? platforms[0]
  if (chosen === undefined) throw new TypeError('an image has a platform')
  const [missing] = chosen.unavailableLayers
  if (missing !== undefined) {
    fail({
      kind: 'docker',
      detail: `${input} cannot be loaded: its layer ${missing} is one that registries need not hold, and none has it`
    })
  }
  return chosen
}
