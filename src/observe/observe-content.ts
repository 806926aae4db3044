// Observes everything below the manifest of an image at each registry that has it: platforms, attestations, configs, and layers.
// Each distinct object is requested once from each registry.

import {VerifiedImageError} from '../failure/error.ts'
import type {Failure, ObjectName} from '../failure/failure.ts'
import type {BlobFetcher} from '../fetch/blob-fetcher.ts'
import {checkDepth, countChildren, type Walk} from '../fetch/limits.ts'
import {attestationsOf, checkConfigPlatform, chooseChildren} from '../fetch/select-platforms.ts'
import type {Level} from '../fetch/verify-level.ts'
import type {ObjectFault, ObservedObject} from '../findings/observation.ts'
import {algorithmOf, type Digest} from '../oci/digest.ts'
import {layerFormatOf} from '../oci/layer-format.ts'
import type {Descriptor, ImageIndex, ImageManifest, IndexChild} from '../oci/manifest.ts'
import {omitUndefined} from '../oci/omit-undefined.ts'
import {formatPlatform, type Platform, type PlatformChoice} from '../oci/platform.ts'
import {quoteLine} from '../oci/quote-line.ts'
import type {VerifiedConfig, VerifiedManifest} from '../verify/verified.ts'
import {checkConfigSize, checkLayerCount} from '../verify/verify-config.ts'
import {checkDiffId} from '../verify/verify-layer.ts'
import {isHeldBack, observeManifest} from './observe-manifest.ts'
import type {BlobItem, Place} from './place.ts'

export type ContentRequest = {
  readonly root: VerifiedManifest
  readonly places: readonly Place[]
  readonly platforms: PlatformChoice
  readonly level: Level
  readonly blobs: BlobFetcher
}

export type ObservedContent = {
  /** What is wrong with the image wherever it is. */
  readonly fault: ObjectFault | undefined
  /** The platforms in the index that are checked. */
  readonly platformDigests: readonly Digest[]
  /** Not all platforms were read, to save the pull limit of a registry. */
  readonly isPartial: boolean
}

/** What one manifest has below it, and how messages name it. */
type ImagePart = {
  readonly manifest: ImageManifest
  /** ` of linux/amd64`, or empty for an image without an index. */
  readonly of: string
  readonly level: Level
  readonly isAttestation: boolean
}

export async function observeContent(request: ContentRequest): Promise<ObservedContent> {
  const {root, places, platforms, level} = request
  const parts: ImagePart[] = []
  const walk: Walk & {isPartial: boolean} = {choice: platforms, level, children: 0, isPartial: false}
  const platformDigests: Digest[] = []
  let fault: ObjectFault | undefined
  try {
    await readParts(root, {of: '', level, isAttestation: false}, 0)
    await checkPlatformOf(root, request)
  } catch (error) {
    if (!(error instanceof VerifiedImageError)) throw error
    fault = faultOf(root, error.failure)
  }
  await observeBlobs(parts, request)
  return {fault, platformDigests, isPartial: walk.isPartial}

  async function readParts(
    {document}: VerifiedManifest,
    part: Omit<ImagePart, 'manifest'>,
    depth: number
  ): Promise<void> {
    if (document.kind === 'manifest') parts.push({...part, manifest: document})
    else await readIndex(document, depth + 1)
  }

  async function readIndex(index: ImageIndex, depth: number): Promise<void> {
    checkDepth(depth)
    const {children, missing} = childrenFor(index, platforms)
    fault ??= missing && faultOf(root, missing)
    if (depth === 1) platformDigests.push(...children.map(({digest}) => digest))
    const attestations = platforms.kind === 'all' ? attestationsOf(index) : []
    countChildren(walk, children.length + attestations.length)
    await Promise.all([
      ...children.map(child => readChild(child, depth)),
      ...attestations.map(child => readAttestation(child, depth))
    ])
  }

  async function readChild(child: IndexChild, depth: number): Promise<void> {
    const name = child.platform === undefined ? child.digest.slice(0, 19) : quotePlatform(child.platform)
    const manifest = await observeManifest(itemOf(child, `platform manifest ${name}`), usable(places), level)
    if (manifest !== undefined) await readParts(manifest, {of: ` of ${name}`, level, isAttestation: false}, depth)
    else if (isHeldBack(places)) walk.isPartial = true
  }

  // No engine runs them, so a HEAD is enough unless everything is to be verified.
  async function readAttestation(child: IndexChild, depth: number): Promise<void> {
    const item = itemOf(child, `attestation ${child.digest.slice(0, 19)}`)
    if (level === 'manifest') await Promise.all(usable(places).map(place => place.headManifest(item)))
    else {
      const manifest = await observeManifest(item, usable(places), level)
      const part = {of: ` of ${item.observed.name}`, level: level === 'full' ? 'layers' : level, isAttestation: true}
      if (manifest !== undefined) await readParts(manifest, part, depth)
    }
  }
}

function faultOf({digest}: VerifiedManifest, failure: Failure): ObjectFault {
  return {object: {name: 'manifest', digest, isRoot: true, isAttestation: false}, failure}
}

/** The children for the platforms that are there. One that is missing does not hide what is wrong with the others. */
function childrenFor(
  index: ImageIndex,
  choice: PlatformChoice
): {readonly children: readonly IndexChild[]; readonly missing?: Failure} {
  if (choice.kind !== 'named') return {children: chooseChildren(index, choice).map(({child}) => child)}
  const children = new Map<Digest, IndexChild>()
  let missing: Extract<Failure, {kind: 'platform-missing'}> | undefined
  for (const platform of choice.platforms)
    try {
      for (const {child} of chooseChildren(index, {kind: 'named', platforms: [platform]}))
        children.set(child.digest, child)
    } catch (error) {
      if (!(error instanceof VerifiedImageError) || error.failure.kind !== 'platform-missing') throw error
      const {wanted, offered} = error.failure
      missing = {
        kind: 'platform-missing',
        wanted: missing === undefined ? wanted : `${missing.wanted}, ${wanted}`,
        offered
      }
    }
  return omitUndefined({children: [...children.values()], missing})
}

/** Without an index, the config alone says which platform an image is for. It is read once if one was asked for by name. */
async function checkPlatformOf(
  {document}: VerifiedManifest,
  {places, platforms, blobs}: ContentRequest
): Promise<void> {
  if (document.kind !== 'manifest' || platforms.kind !== 'named') return
  const [item] = blobsOf({manifest: document, of: '', level: 'config', isAttestation: false})
  if (item === undefined) return
  checkConfigSize(document.config)
  for (const place of usable(places)) {
    const {repository} = place.candidate
    const found = await place.getBlob(item, ({retry}) =>
      blobs.fetchConfig({repository, object: 'config', descriptor: document.config, retry})
    )
    const platform = found?.config.platform
    if (platform !== undefined) checkConfigPlatform(undefined, platform, platforms)
    if (found !== undefined) return
  }
}

function usable(places: readonly Place[]): readonly Place[] {
  return places.filter(({isUsable}) => isUsable)
}

/** As messages have it. An index may give a platform a name of megabytes. */
export function quotePlatform(platform: Platform): string {
  return quoteLine(formatPlatform(platform))
}

function itemOf(child: IndexChild, name: string): {descriptor: Descriptor; observed: ObservedObject} {
  const {mediaType, digest, size, isAttestation} = child
  return {descriptor: {mediaType, digest, size}, observed: {name, digest, size, isRoot: false, isAttestation}}
}

async function observeBlobs(parts: readonly ImagePart[], {places, blobs}: ContentRequest): Promise<void> {
  const seen = new Set<Digest>()
  const heads: BlobItem[] = []
  const downloads: ImagePart[] = []
  for (const part of parts) {
    if (part.level !== 'manifest') downloads.push(part)
    for (const item of blobsOf(part)) {
      const isDownloaded =
        part.level === 'layers' || part.level === 'full' || (part.level === 'config' && item.object === 'config')
      if (isDownloaded || seen.has(item.descriptor.digest)) continue
      seen.add(item.descriptor.digest)
      heads.push(item)
    }
  }
  await Promise.all(
    usable(places).flatMap(place => [
      ...heads.map(item => place.headBlob(item)),
      ...downloads.map(part => downloadBlobs(place, part, blobs))
    ])
  )
}

/** The config and the layers that a registry must have. */
function blobsOf({manifest, of, isAttestation}: ImagePart): readonly BlobItem[] {
  const item = (object: ObjectName, name: string, descriptor: Descriptor): BlobItem => ({
    object,
    descriptor,
    observed: {name: `${name}${of}`, digest: descriptor.digest, size: descriptor.size, isRoot: false, isAttestation}
  })
  const layers = manifest.layers.map((layer, at) => item(`layer[${at}]`, `layer ${String(at + 1)}`, layer))
  return [
    item('config', 'config', manifest.config),
    ...layers.filter(({descriptor}) => layerFormatOf(descriptor.mediaType).isDistributable)
  ]
}

async function downloadBlobs(place: Place, part: ImagePart, blobs: BlobFetcher): Promise<void> {
  const {manifest, level} = part
  const {repository} = place.candidate
  const [configItem, ...layerItems] = blobsOf(part)
  if (configItem === undefined) return
  const config = place.getBlob(configItem, async ({retry}) => {
    checkConfigSize(manifest.config)
    const found = await blobs.fetchConfig({repository, object: 'config', descriptor: manifest.config, retry})
    checkLayerCount(manifest, found.config)
    return found
  })
  if (level === 'config') await config
  else
    await Promise.all([
      config,
      ...layerItems.map(item =>
        place.getBlob(item, ({retry}) =>
          downloadLayer(item, level === 'full' ? config : undefined, algorithm =>
            blobs.fetchLayer({repository, object: item.object, descriptor: item.descriptor, retry}, algorithm)
          )
        )
      )
    ])
}

async function downloadLayer(
  {object}: BlobItem,
  config: Promise<VerifiedConfig | undefined> | undefined,
  fetch: (algorithm: ReturnType<typeof algorithmOf> | undefined) => ReturnType<BlobFetcher['fetchLayer']>
): Promise<void> {
  const layer = await fetch(config === undefined ? undefined : 'sha256')
  const at = Number(/\d+/.exec(object)?.[0])
  const diffId = (await config)?.config.diffIds[at]
  if (diffId === undefined) return
  const algorithm = algorithmOf(diffId)
  checkDiffId(algorithm === 'sha256' ? layer : await fetch(algorithm), diffId, object)
}
