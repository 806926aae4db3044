// One image from one registry: manifest, the children of the wanted platforms, configs and layers, all verified.
// Everything comes from this one registry, so that its reference works without any other; but with a store, what was verified
// before is not asked for again, and what this registry has is fetched though something else is missing there.

import {algorithmOf, type Digest} from '../oci/digest.ts'
import {type Descriptor, type ImageIndex, type ImageManifest, layerFormatOf} from '../oci/manifest.ts'
import type {Platform, PlatformChoice} from '../oci/platform.ts'
import {type RetryContext, withRetry} from './retry.ts'
import {attestationsOf, checkConfigPlatform, chooseChildren} from './select-platforms.ts'
import {type BlobFetcher, type BlobRequest, countBytes} from './blob-fetcher.ts'
import {withDocument} from './capacity.ts'
import {type ObjectName} from '../failure/failure.ts'
import {few} from '../failure/shorten-list.ts'
import {checkDepth, countChildren, type Walk} from './child-limits.ts'
import type {VerifiedStore} from './verified-store.ts'
import type {RegistryPort} from '../registry/registry.ts'
import {runGroup} from './task-group.ts'
import {
  dropBytes,
  MAX_CONFIG_BYTES,
  requireContentType,
  MAX_MANIFEST_BYTES,
  type VerifiedConfig,
  verifyDiffId,
  verifyLayerCount,
  type VerifiedLayer,
  type VerifiedManifest,
  verifyManifest
} from '../verify/verify.ts'
import {type Candidate} from '../registry/candidate.ts'
import {type Level, lowestLevel, layerLevel} from './verify-level.ts'
import {type PlatformImage, type VerifiedImage} from './verified-image.ts'
import {fail, VerifiedImageError} from '../failure/error.ts'

export type ImageSource = {
  readonly candidate: Candidate
  readonly registry: RegistryPort
  readonly blobs: BlobFetcher
  readonly retry: RetryContext
  /** Keeps what is verified; undefined where nobody wants the bytes. */
  readonly store: VerifiedStore | undefined
}

/** What a registry has under a tag. */
export type TagAnswer = {
  readonly manifest: VerifiedManifest
  /** Why the answer does not serve the request: another digest than the expected one, or a Content-Type that engines refuse. */
  readonly rejected?: VerifiedImageError
}

/** The digest that a tag had when it was locked. */
export type ExpectedDigest = {readonly digest: Digest; readonly decidedBy: string}

// What a manifest counts whose size no descriptor says. It may have four times as much, but ten times less is usual, and as many
// as there are connections should be asked for at a time.
const USUAL_TOP_BYTES = MAX_MANIFEST_BYTES / 4

/** Fetches and verifies a manifest by its digest. */
export function fetchManifest(
  source: ImageSource,
  object: 'manifest' | 'child',
  wanted: Pick<Descriptor, 'digest'> & Partial<Descriptor>
): Promise<VerifiedManifest> {
  const {repository} = source.candidate
  const {blobs, store, retry, registry} = source
  return withDocument(blobs.capacityOf(repository), wanted.size ?? USUAL_TOP_BYTES, retry.signal, async () => {
    let manifest = await store?.getManifest(wanted)
    if (manifest === undefined) {
      manifest = await withRetry(retry, object, async attempt => {
        const content = await registry.openManifest({...attempt, repository, reference: wanted.digest})
        const answer = await verifyManifest(countBytes(content, attempt), wanted)
        // With a store it is the bytes that are wanted, and no engine asks this registry for them.
        if (store === undefined) requireContentType(content, answer)
        return answer
      })
      await store?.putManifest(manifest, repository.registry)
    }
    return {...dropBytes(manifest), document: blobs.budget.hold(manifest.digest, manifest.document)}
  })
}

/**
 * Fetches what a tag points to. The digest is computed from the bytes, and each attempt that got so far is recorded with it.
 * Rejects with a VerifiedImageError if no manifest came.
 */
export function fetchTag(source: ImageSource, tag: string, expected?: ExpectedDigest): Promise<TagAnswer> {
  const {repository} = source.candidate
  const {blobs, store, retry, registry} = source
  let last: VerifiedManifest | undefined
  let tagDigest: Digest | undefined
  const recording: RetryContext = {
    ...retry,
    record: (attempt, againInMs) => {
      retry.record(tagDigest === undefined ? attempt : {...attempt, tagDigest}, againInMs)
      tagDigest = undefined
    }
  }
  return withDocument(blobs.capacityOf(repository), USUAL_TOP_BYTES, retry.signal, async () => {
    try {
      const manifest = await withRetry(recording, 'manifest', async attempt => {
        const content = await registry.openManifest({...attempt, repository, reference: tag})
        const answer = await verifyManifest(countBytes(content, attempt), undefined, expected?.digest)
        tagDigest = answer.digest
        last = answer
        if (expected !== undefined && answer.digest !== expected.digest)
          fail(
            {
              kind: 'digest-disagrees',
              wanted: expected.digest,
              got: answer.digest,
              decidedBy: expected.decidedBy
            },
            {object: 'manifest'}
          )
        if (store === undefined) requireContentType(content, answer)
        return answer
      })
      await store?.putManifest(manifest, repository.registry)
      return {manifest: {...dropBytes(manifest), document: blobs.budget.hold(manifest.digest, manifest.document)}}
    } catch (error) {
      if (last === undefined || !(error instanceof VerifiedImageError)) throw error
      return {manifest: last, rejected: error}
    }
  })
}

/** Everything below a verified manifest, to the level that was asked for. */
export async function fetchImage(
  source: ImageSource,
  top: VerifiedManifest,
  choice: PlatformChoice,
  level: Level
): Promise<VerifiedImage> {
  const platforms =
    top.document.kind === 'index'
      ? await fetchChildren(source, top.document, {choice, level, children: 0}, 1)
      : [await fetchPlatformImage(source, {manifest: top}, choice, level)]
  const attestations =
    top.document.kind === 'index' && choice.kind === 'all' ? await fetchAttestations(source, top.document) : []
  return {
    candidate: source.candidate,
    root: top,
    attestations,
    origins: originsOf(source, top, [...platforms, ...attestations]),
    digest: top.digest,
    mediaType: top.document.mediaType,
    size: top.size,
    platforms
  }
}

// They run nowhere, and are kept only so that an index that is kept whole has all that it names. One that cannot be had is left out.
async function fetchAttestations(source: ImageSource, index: ImageIndex): Promise<readonly PlatformImage[]> {
  if (source.store === undefined) return []
  const children = attestationsOf(index)
  countChildren({children: 0}, children.length)
  const found = await runGroup(
    source,
    children.map(child => async (from): Promise<readonly PlatformImage[]> => {
      try {
        const manifest = await fetchManifest(from, 'child', child)
        if (manifest.document.kind === 'index') return []
        return [await fetchPlatformImage(from, {manifest}, {kind: 'all'}, 'layers')]
      } catch (error) {
        if (!(error instanceof VerifiedImageError) || error.failure.kind === 'local-io') throw error
        return []
      }
    }),
    CHILDREN_AT_ONCE
  )
  return found.flat()
}

function originsOf(
  {candidate, store}: ImageSource,
  top: VerifiedManifest,
  platforms: readonly PlatformImage[]
): readonly string[] {
  if (store === undefined) return [candidate.repository.registry]
  const digests = platforms.flatMap(({digest, imageId, layers}) => [
    digest,
    imageId,
    ...layers.map(layer => layer.digest)
  ])
  return [...new Set([top.digest, ...digests].flatMap(digest => store.originOf(digest) ?? []))]
}

type Child = {readonly manifest: VerifiedManifest; readonly platform?: Platform}

// Twice as many as connections by default, so that these are kept busy while configs are decoded.
const CHILDREN_AT_ONCE = 16

// Child by child to the last layer: where one cannot be had here, the others still can.
async function fetchChildren(
  source: ImageSource,
  index: ImageIndex,
  walk: Walk,
  depth: number
): Promise<readonly PlatformImage[]> {
  checkDepth(depth)
  const {choice, level} = walk
  const children = chooseChildren(index, choice)
  countChildren(walk, children.length)
  const found = await runGroup(
    source,
    children.map(child => async (from): Promise<readonly PlatformImage[]> => {
      const manifest = await fetchManifest(from, 'child', child)
      if (manifest.document.kind === 'index') return fetchChildren(from, manifest.document, walk, depth + 1)
      const platform = child.platform === undefined ? {} : {platform: child.platform}
      return [await fetchPlatformImage(from, {manifest, ...platform}, choice, level)]
    }),
    CHILDREN_AT_ONCE
  )
  return found.flat()
}

async function fetchPlatformImage(
  source: ImageSource,
  child: Child,
  choice: PlatformChoice,
  level: Level
): Promise<PlatformImage> {
  const {document, digest} = child.manifest
  if (document.kind === 'index') throw new TypeError('an index is no platform image')
  const notes: string[] = []
  const [config, layers] = level === 'manifest' ? [undefined, []] : await fetchBlobs(source, document, level)
  const platform = child.platform ?? config?.config.platform
  if (config?.config.platform !== undefined) checkConfigPlatform(child.platform, config.config.platform, choice, notes)
  const reached = layers.map((layer, at) => layerLevel(document.layers[at], layer, at, level, notes))
  return {
    manifest: child.manifest,
    digest,
    mediaType: document.mediaType,
    imageId: document.config.digest,
    layers: document.layers,
    uncompressed: new Map(
      layers.flatMap(layer => (layer?.uncompressed === undefined ? [] : [[layer.digest, layer.uncompressed]]))
    ),
    unavailableLayers: document.layers.flatMap((layer, at) => (layers[at] === undefined ? [layer.digest] : [])),
    level: lowestLevel([level, ...reached]),
    warnings: few(notes),
    ...(platform === undefined ? {} : {platform}),
    ...(config?.config.created === undefined ? {} : {created: config.config.created}),
    ...(config?.config.version === undefined ? {} : {version: config.config.version})
  }
}

async function fetchBlobs(
  source: ImageSource,
  manifest: ImageManifest,
  level: Level
): Promise<[VerifiedConfig, readonly (VerifiedLayer | undefined)[]]> {
  if (manifest.config.size > MAX_CONFIG_BYTES) {
    fail(
      {
        kind: 'unusable',
        detail: `the manifest says its config has ${String(manifest.config.size)} bytes, at most ${String(MAX_CONFIG_BYTES)} are taken`
      },
      {object: 'config'}
    )
  }
  let config: Promise<VerifiedConfig> | undefined
  const configOf = (from: ImageSource): Promise<VerifiedConfig> => {
    config ??= source.blobs.fetchConfig(requestFor(from, 'config', manifest.config)).then(fetched => {
      verifyLayerCount(manifest, fetched.config)
      return fetched
    })
    return config
  }
  const wantsLayers = level === 'layers' || level === 'full'
  // The largest first: what takes longest must not start last.
  const order = [...manifest.layers.keys()].sort(
    (a, b) => (manifest.layers[b]?.size ?? 0) - (manifest.layers[a]?.size ?? 0)
  )
  const layers: (VerifiedLayer | undefined)[] = []
  await runGroup<ImageSource, unknown>(source, [
    configOf,
    ...(wantsLayers ? order : []).map(at => async (from: ImageSource) => {
      layers[at] = await fetchLayer(from, manifest.layers[at], at, level === 'full' ? () => configOf(from) : undefined)
    })
  ])
  return [await configOf(source), layers]
}

function requestFor({candidate, retry}: ImageSource, object: ObjectName, descriptor: Descriptor): BlobRequest {
  return {
    repository: candidate.repository,
    object,
    descriptor,
    retry
  }
}

function layerName(at: number): ObjectName {
  return `layer[${at}]`
}

/** Undefined for a layer that registries need not hold, and this one does not. */
async function fetchLayer(
  source: ImageSource,
  descriptor: Descriptor | undefined,
  at: number,
  config: (() => Promise<VerifiedConfig>) | undefined
): Promise<VerifiedLayer | undefined> {
  if (descriptor === undefined) return undefined
  const object: ObjectName = layerName(at)
  const request = requestFor(source, object, descriptor)
  try {
    const layer = await source.blobs.fetchLayer(request, config === undefined ? undefined : 'sha256')
    const diffId = (await config?.())?.config.diffIds[at]
    if (diffId === undefined) return layer
    // Nobody has been seen to use another algorithm here, so it is not waited for; if somebody does, the layer is read again.
    const algorithm = algorithmOf(diffId)
    const checked = algorithm === 'sha256' ? layer : await source.blobs.fetchLayer(request, algorithm)
    verifyDiffId(checked, diffId, object)
    return checked
  } catch (error) {
    const isMissing = error instanceof VerifiedImageError && error.failure.kind === 'not-found'
    if (isMissing && !layerFormatOf(descriptor.mediaType).isDistributable) return undefined
    throw error
  }
}
