// Verified content that outlives its connection, for `load` and `layout`: of an earlier run, of this one, of any registry.
// Content from the store is verified like content from a registry. What fails is deleted and fetched again.

import {algorithmOf, type Digest, type DigestAlgorithm} from '../oci/digest.ts'
import {layerFormatOf} from '../oci/layer-format.ts'
import {type Descriptor} from '../oci/manifest.ts'
import {type FailureKind} from '../failure/failure.ts'
import {VerifiedImageError} from '../failure/error.ts'
import {type RegistryResponse} from '../registry/registry.ts'
import type {Semaphore} from '../concurrency/semaphore.ts'
import {type BlobWriter, type BlobStorePort, CACHE, type StoredBlob} from '../store/store.ts'
import {writeBlob} from '../store/write-blob.ts'
import {type VerifiedConfig, type VerifiedLayer, type VerifiedManifest, type WithBytes} from '../verify/verified.ts'
import {verifyConfig} from '../verify/verify-config.ts'
import {createLayerVerifier} from '../verify/verify-layer.ts'
import {type ManifestDescriptor, verifyManifest} from '../verify/verify-manifest.ts'

/** What a read of a layer reports, and what it may use. */
type LayerRead = {
  readonly signal: AbortSignal
  readonly addBytes: (bytes: number) => void
  /** Memory for zstd windows; unlimited where it is absent. */
  readonly windows?: Semaphore
}

/** `get` resolves to undefined when the content is absent, or did not have its digest. */
export type VerifiedStore = {
  readonly getManifest: (expected: ManifestDescriptor) => Promise<WithBytes<VerifiedManifest> | undefined>
  readonly putManifest: (manifest: WithBytes<VerifiedManifest>, registry: string) => Promise<void>
  readonly getConfig: (expected: Descriptor) => Promise<WithBytes<VerifiedConfig> | undefined>
  readonly putConfig: (config: WithBytes<VerifiedConfig>, registry: string) => Promise<void>
  readonly getLayer: (
    expected: Descriptor,
    diffIdAlgorithm: DigestAlgorithm | undefined,
    read: LayerRead
  ) => Promise<VerifiedLayer | undefined>
  readonly openWriter: (digest: Digest) => Promise<BlobWriter>
  readonly putLayer: (
    descriptor: Descriptor,
    layer: VerifiedLayer,
    writer: BlobWriter,
    registry: string
  ) => Promise<void>
  /** Returns where content came from; undefined for content that this run neither put nor got. */
  readonly originOf: (digest: Digest) => string | undefined
  /** Returns how many objects this run put or got. */
  readonly size: () => number
}

// Only these kinds say that the bytes do not have the digest. Right bytes that do not fit one image may fit another.
const WRONG_BYTES: readonly FailureKind[] = ['corrupt', 'too-large', 'truncated']

export function createVerifiedStore(store: BlobStorePort): VerifiedStore {
  const origins = new Map<Digest, string>()
  const layers = new Map<string, VerifiedLayer>()
  const reads = new Map<Digest, Promise<unknown>>()

  // Reads of one digest run one after the other. A reader that finds a corrupt blob could otherwise delete the good copy that was
  // stored meanwhile.
  function get<T>(expected: ManifestDescriptor, verify: (blob: StoredBlob) => Promise<T>): Promise<T | undefined> {
    const before = reads.get(expected.digest) ?? Promise.resolve()
    const read = before.then(() => getNow(expected, verify))
    reads.set(
      expected.digest,
      read.catch(() => undefined)
    )
    return read
  }

  async function getNow<T>(
    {digest, size}: ManifestDescriptor,
    verify: (blob: StoredBlob) => Promise<T>
  ): Promise<T | undefined> {
    const blob = await store.open(digest, size)
    if (blob === undefined) return undefined
    let value: T
    try {
      value = await verify(blob)
    } catch (error) {
      if (!(error instanceof VerifiedImageError) || error.failure.kind === 'local-io') throw error
      if (WRONG_BYTES.includes(error.failure.kind)) await blob.reject()
      return undefined
    }
    await blob.accept()
    if (!origins.has(digest)) origins.set(digest, CACHE)
    return value
  }

  async function put(digest: Digest, bytes: Uint8Array, registry: string): Promise<void> {
    await writeBlob(store, digest, bytes)
    origins.set(digest, registry)
  }

  return {
    getManifest: expected => get(expected, blob => verifyManifest(responseOf(blob), expected)),
    putManifest: ({digest, bytes}, registry) => put(digest, bytes, registry),
    getConfig: expected => get(expected, blob => verifyConfig(responseOf(blob), expected)),
    putConfig: ({digest, bytes}, registry) => put(digest, bytes, registry),
    getLayer: async (expected, algorithm, read) => {
      const before = layers.get(layerKey(expected))
      if (before !== undefined && wasDecompressed(before, expected, algorithm)) return before
      const layer = await get(expected, blob => verifyStoredLayer(blob, expected, algorithm, read))
      if (layer !== undefined) layers.set(layerKey(expected), layer)
      return layer
    },
    openWriter: store.create,
    putLayer: async (descriptor, layer, writer, registry) => {
      await writer.commit()
      layers.set(layerKey(descriptor), layer)
      origins.set(layer.digest, registry)
    },
    originOf: digest => origins.get(digest),
    size: () => origins.size
  }
}

// With the media type: what a blob decompresses to depends on the type that a manifest gives it.
function layerKey({digest, size, mediaType}: Descriptor): string {
  return [digest, size, mediaType].join(' ')
}

function wasDecompressed(
  {uncompressed, windowBytes}: VerifiedLayer,
  {mediaType}: Descriptor,
  algorithm: DigestAlgorithm | undefined
): boolean {
  return (
    algorithm === undefined ||
    windowBytes !== undefined ||
    layerFormatOf(mediaType).compression === 'opaque' ||
    (uncompressed !== undefined && algorithmOf(uncompressed.diffId) === algorithm)
  )
}

// A stored layer is decompressed again at the first read of each run: a stored diff_id would be only as trustworthy as its folder,
// which other jobs can write to.
async function verifyStoredLayer(
  {body}: StoredBlob,
  expected: Descriptor,
  algorithm: DigestAlgorithm | undefined,
  {signal, addBytes, windows}: LayerRead
): Promise<VerifiedLayer> {
  const format = layerFormatOf(expected.mediaType)
  const verifier = createLayerVerifier(expected, format, algorithm, windows && {windows, signal})
  try {
    for await (const chunk of body) {
      signal.throwIfAborted()
      addBytes(chunk.length)
      await verifier.write(chunk)
    }
    return await verifier.finish()
  } finally {
    verifier.discard()
  }
}

function responseOf({body}: StoredBlob): RegistryResponse {
  return {
    mediaType: undefined,
    digestHeader: undefined,
    contentLength: undefined,
    mayBeCutShort: false,
    acceptsRanges: false,
    offset: 0,
    body
  }
}
