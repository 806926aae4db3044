// Fetches one image from one registry: the manifest, the manifests of the chosen platforms, their configs and layers, all verified.
// Everything comes from this registry, so that its reference works without any other. With a store, verified content of other
// registries is not fetched again, and a missing blob does not keep the other blobs from being fetched.

import {algorithmOf, type DigestAlgorithm} from '../oci/digest.ts'
import {layerFormatOf} from '../oci/layer-format.ts'
import {type Descriptor, type ImageIndex, type ImageManifest} from '../oci/manifest.ts'
import type {Platform, PlatformChoice} from '../oci/platform.ts'
import {omitUndefined} from '../oci/omit-undefined.ts'
import {createTaskGroup, type TaskGroup} from '../concurrency/task-group.ts'
import {type ObjectName} from '../failure/failure.ts'
import {fail, VerifiedImageError} from '../failure/error.ts'
import {few} from '../failure/shorten-list.ts'
import {type VerifiedConfig, type VerifiedLayer, type VerifiedManifest} from '../verify/verified.ts'
import {checkConfigSize, checkLayerCount} from '../verify/verify-config.ts'
import {checkDiffId} from '../verify/verify-layer.ts'
import {type BlobRequest} from './blob-fetcher.ts'
import {checkDepth, countChildren, type Walk} from './limits.ts'
import {affectsOneObject} from './retry-policy.ts'
import {attestationsOf, checkConfigPlatform, chooseChildren, type ChosenChild} from './select-platforms.ts'
import {type PlatformImage, type VerifiedImage} from './verified-image.ts'
import {describeLayers, type Level, lowestLevel, reachedLevel} from './verify-level.ts'
import {type ImageSource, fetchManifest} from './fetch-manifest.ts'

/** Fetches everything below a verified manifest, to the requested level. */
export async function fetchImage(
  source: ImageSource,
  root: VerifiedManifest,
  choice: PlatformChoice,
  level: Level
): Promise<VerifiedImage> {
  const {document} = root
  const walk = {choice, level, children: 0}
  const platforms =
    document.kind === 'index'
      ? await fetchChildren(source, document, walk, 1)
      : [await fetchPlatformImage(source, {manifest: root}, walk)]
  if (platforms.length === 0) fail({kind: 'platform-missing', wanted: 'platform', offered: []}, {object: 'manifest'})
  const attestations =
    document.kind === 'index' && choice.kind === 'all' ? await fetchAttestations(source, document) : []
  return {
    candidate: source.candidate,
    root,
    attestations,
    origins: originsOf(source, root, [...platforms, ...attestations]),
    digest: root.digest,
    mediaType: document.mediaType,
    size: root.size,
    platforms
  }
}

// Twice the default number of connections, so that these stay busy while configs are decoded.
const CHILDREN_AT_ONCE = 16

/** Fetches each chosen child with its layers before the next: where one is missing here, the others are complete. */
async function fetchChildren(
  source: ImageSource,
  index: ImageIndex,
  walk: Walk,
  depth: number
): Promise<readonly PlatformImage[]> {
  checkDepth(depth)
  const children = chooseChildren(index, walk.choice)
  countChildren(walk, children.length)
  const {group, groupSource} = startGroup(source, CHILDREN_AT_ONCE)
  const found = children.map(child => group.run(() => fetchChild(groupSource, child, walk, depth)))
  await group.wait()
  return (await Promise.all(found)).flat()
}

async function fetchChild(
  source: ImageSource,
  {child, warning}: ChosenChild,
  walk: Walk,
  depth: number
): Promise<readonly PlatformImage[]> {
  const manifest = await fetchManifest(source, 'child', child).catch((error: unknown) => {
    // With all platforms, a child that turns out not to be an image stays as it was published.
    if (walk.choice.kind === 'all' && isArtifact(error)) return undefined
    throw error
  })
  if (manifest === undefined) return []
  if (manifest.document.kind === 'index') return fetchChildren(source, manifest.document, walk, depth + 1)
  const image = await fetchPlatformImage(source, {manifest, platform: child.platform}, walk)
  return [warning === undefined ? image : {...image, warnings: [warning, ...image.warnings]}]
}

function isArtifact(error: unknown): boolean {
  return error instanceof VerifiedImageError && error.failure.kind === 'unusable' && error.failure.reason === 'artifact'
}

/** Fetches attestations, which run nowhere, so that a stored index is complete. One that cannot be fetched is left out. */
async function fetchAttestations(source: ImageSource, index: ImageIndex): Promise<readonly PlatformImage[]> {
  if (source.store === undefined) return []
  const children = attestationsOf(index)
  countChildren({children: 0}, children.length)
  const {group, groupSource} = startGroup(source, CHILDREN_AT_ONCE)
  const found = children.map(child => group.run(() => fetchAttestation(groupSource, child)))
  await group.wait()
  return (await Promise.all(found)).flat()
}

async function fetchAttestation(source: ImageSource, child: Descriptor): Promise<readonly PlatformImage[]> {
  try {
    const manifest = await fetchManifest(source, 'child', child)
    if (manifest.document.kind === 'index') return []
    return [await fetchPlatformImage(source, {manifest}, {choice: {kind: 'all'}, level: 'layers'})]
  } catch (error) {
    if (!(error instanceof VerifiedImageError) || error.failure.kind === 'local-io') throw error
    return []
  }
}

/** `platform` is what the index says. */
type Child = {readonly manifest: VerifiedManifest; readonly platform?: Platform | undefined}

async function fetchPlatformImage(
  source: ImageSource,
  {manifest, platform: described}: Child,
  {choice, level}: Pick<Walk, 'choice' | 'level'>
): Promise<PlatformImage> {
  const {document, digest} = manifest
  if (document.kind === 'index') throw new TypeError('an index is not the image of a platform')
  const {config, layers} = level === 'manifest' ? NO_BLOBS : await fetchBlobs(source, document, level)
  const configured = config?.config.platform
  const fetched = level === 'layers' || level === 'full' ? document.layers.map((_, at) => layers[at]) : []
  const platformWarning = configured && checkConfigPlatform(described, configured, choice)
  const notes = fetched.length === 0 ? undefined : describeLayers(document.layers, layers, level)
  const warnings = [platformWarning, ...(notes?.warnings ?? [])]
  return {
    manifest,
    digest,
    mediaType: document.mediaType,
    imageId: document.config.digest,
    layers: document.layers,
    uncompressed: new Map(
      layers.flatMap(layer => (layer?.uncompressed === undefined ? [] : [[layer.digest, layer.uncompressed]]))
    ),
    unavailableLayers: document.layers.flatMap((layer, at) => (layers[at] === undefined ? [layer.digest] : [])),
    level: lowestLevel([level, ...fetched.map(layer => reachedLevel(layer, level))]),
    warnings: few(warnings.filter(warning => warning !== undefined)),
    remarks: few(notes?.remarks ?? []),
    ...omitUndefined({
      platform: described ?? configured,
      created: config?.config.created,
      version: config?.config.version
    })
  }
}

type FetchedBlobs = {
  readonly config: VerifiedConfig | undefined
  /** In the order of the manifest; undefined for a layer that registries need not hold, and this one does not. */
  readonly layers: readonly (VerifiedLayer | undefined)[]
}

const NO_BLOBS: FetchedBlobs = {config: undefined, layers: []}

async function fetchBlobs(source: ImageSource, manifest: ImageManifest, level: Level): Promise<FetchedBlobs> {
  checkConfigSize(manifest.config)
  const {group, groupSource} = startGroup(source, Infinity)
  const config = group.run(() => fetchConfig(groupSource, manifest))
  const fetchesLayers = level === 'layers' || level === 'full'
  const requests = fetchesLayers ? manifest.layers.map((descriptor, at) => ({descriptor, at})) : []
  // The largest first: the layer that takes longest must not start last.
  const layers = requests
    .toSorted((a, b) => b.descriptor.size - a.descriptor.size)
    .map(request => ({
      at: request.at,
      layer: group.run(() => fetchLayer(groupSource, request, level === 'full' ? config : undefined))
    }))
  await group.wait()
  return {
    config: await config,
    layers: await Promise.all(layers.toSorted((a, b) => a.at - b.at).map(({layer}) => layer))
  }
}

async function fetchConfig(source: ImageSource, manifest: ImageManifest): Promise<VerifiedConfig> {
  const config = await source.blobs.fetchConfig(blobRequest(source, 'config', manifest.config))
  checkLayerCount(manifest, config.config)
  return config
}

type LayerRequest = {readonly descriptor: Descriptor; readonly at: number}

/** Fetches a layer, and compares what it decompresses to with the config where that is given. */
async function fetchLayer(
  source: ImageSource,
  {descriptor, at}: LayerRequest,
  config: Promise<VerifiedConfig> | undefined
): Promise<VerifiedLayer | undefined> {
  const object: ObjectName = `layer[${at}]`
  const request = blobRequest(source, object, descriptor)
  try {
    const expected = config === undefined ? undefined : await expectedAlgorithm(descriptor, at, config)
    const layer = await source.blobs.fetchLayer(request, expected)
    const diffId = (await config)?.config.diffIds[at]
    if (diffId === undefined) return layer
    const algorithm = algorithmOf(diffId)
    const checked = algorithm === expected ? layer : await source.blobs.fetchLayer(request, algorithm)
    checkDiffId(checked, diffId, object)
    return checked
  } catch (error) {
    const isMissing = error instanceof VerifiedImageError && error.failure.kind === 'not-found'
    if (isMissing && !layerFormatOf(descriptor.mediaType).isDistributable) return undefined
    throw error
  }
}

/**
 * The algorithm of a layer's diff_id. No published layer with a sha256 digest has another diff_id than a sha256 one, so its download
 * does not wait for the config, and is repeated where that is wrong. Next to a sha512 digest either is usual: the config says.
 */
async function expectedAlgorithm(
  {digest}: Descriptor,
  at: number,
  config: Promise<VerifiedConfig>
): Promise<DigestAlgorithm> {
  const algorithm = algorithmOf(digest)
  if (algorithm === 'sha256') return algorithm
  // Without its config, an image still puts its layers into the store: another registry may have the config.
  const diffId = await config.then(
    ({config: {diffIds}}) => diffIds[at],
    () => undefined
  )
  return diffId === undefined ? algorithm : algorithmOf(diffId)
}

function blobRequest({candidate, retry}: ImageSource, object: ObjectName, descriptor: Descriptor): BlobRequest {
  return {repository: candidate.repository, object, descriptor, retry}
}

/** With a store, the other parts go on after a failure of one object: another registry may have it. */
function startGroup(
  source: ImageSource,
  limit: number
): {readonly group: TaskGroup; readonly groupSource: ImageSource} {
  const group = createTaskGroup({
    signal: source.retry.signal,
    limit,
    continuesAfter: error =>
      source.store !== undefined && error instanceof VerifiedImageError && affectsOneObject(error.failure)
  })
  return {group, groupSource: {...source, retry: {...source.retry, signal: group.signal}}}
}

function originsOf(
  {candidate, store}: ImageSource,
  root: VerifiedManifest,
  platforms: readonly PlatformImage[]
): readonly string[] {
  if (store === undefined) return [candidate.repository.registry]
  const digests = platforms.flatMap(({digest, imageId, layers}) => [
    digest,
    imageId,
    ...layers.map(layer => layer.digest)
  ])
  return [...new Set([root.digest, ...digests].flatMap(digest => store.originOf(digest) ?? []))]
}
