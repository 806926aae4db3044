// Verified bytes that outlive their connection, where load or layout want them: of an earlier run, of this one, of any registry.
// What comes out of the store is verified like what comes from a registry; what fails is thrown away, and fetched again.

import {algorithmOf, type Digest, type DigestAlgorithm} from '../oci/digest.ts'
import {type Descriptor, layerFormatOf} from '../oci/manifest.ts'
import {type FailureKind} from '../failure/failure.ts'
import {type RegistryResponse} from '../registry/registry.ts'
import type {Semaphore} from '../concurrency/semaphore.ts'
import {
  createLayerVerifier,
  type VerifiedConfig,
  type VerifiedLayer,
  type VerifiedManifest,
  verifyConfig,
  verifyManifest,
  type WithBytes
} from '../verify/verify.ts'
import {type BlobWriter, type BlobStorePort, CACHE, type StoredBlob} from '../store/store.ts'
import {VerifiedImageError} from '../failure/error.ts'

type Watch = {
  readonly signal: AbortSignal
  readonly addBytes: (bytes: number) => void
  /** Memory for zstd windows; unlimited unless told. */
  readonly windows?: Semaphore
}

/** A manifest that is pinned by its digest has no descriptor. */
type Wanted = Pick<Descriptor, 'digest'> & Partial<Descriptor>

/** What is recalled is undefined when it is not there, or was not what its digest says. */
export type VerifiedStore = {
  readonly getManifest: (wanted: Wanted) => Promise<WithBytes<VerifiedManifest> | undefined>
  readonly putManifest: (manifest: WithBytes<VerifiedManifest>, registry: string) => Promise<void>
  readonly getConfig: (wanted: Descriptor) => Promise<WithBytes<VerifiedConfig> | undefined>
  readonly putConfig: (config: WithBytes<VerifiedConfig>, registry: string) => Promise<void>
  readonly getLayer: (
    wanted: Descriptor,
    diffIdAlgorithm: DigestAlgorithm | undefined,
    watch: Watch
  ) => Promise<VerifiedLayer | undefined>
  readonly openWriter: (digest: Digest) => Promise<BlobWriter>
  readonly putLayer: (wanted: Descriptor, layer: VerifiedLayer, sink: BlobWriter, registry: string) => Promise<void>
  /** Undefined for what was neither kept nor recalled in this run. */
  readonly originOf: (digest: Digest) => string | undefined
  /** How many objects were kept or recalled so far. */
  readonly size: () => number
}

// Only these say that the bytes are not those of the digest. Right bytes that do not fit one image may fit another.
const WRONG_BYTES: readonly FailureKind[] = ['corrupt', 'too-large', 'truncated']

export function createVerifiedStore(store: BlobStorePort): VerifiedStore {
  const origins = new Map<Digest, string>()
  const layers = new Map<string, VerifiedLayer>()
  const recalling = new Map<Digest, Promise<unknown>>()

  // One at a time: a reader that finds wrong bytes must not remove the right ones that another one has fetched since.
  const recall = <T>(wanted: Wanted, verify: (kept: StoredBlob) => Promise<T>): Promise<T | undefined> => {
    const before = recalling.get(wanted.digest) ?? Promise.resolve()
    const recalled = before.then(() => recallNow(wanted, verify))
    recalling.set(
      wanted.digest,
      recalled.catch(() => undefined)
    )
    return recalled
  }

  const recallNow = async <T>(
    {digest, size}: Wanted,
    verify: (kept: StoredBlob) => Promise<T>
  ): Promise<T | undefined> => {
    const kept = await store.open(digest, size)
    if (kept === undefined) return undefined
    let value: T
    try {
      value = await verify(kept)
    } catch (error) {
      if (!(error instanceof VerifiedImageError) || error.failure.kind === 'local-io') throw error
      if (WRONG_BYTES.includes(error.failure.kind)) await kept.reject()
      return undefined
    }
    await kept.accept()
    if (!origins.has(digest)) origins.set(digest, CACHE)
    return value
  }

  const keep = async (digest: Digest, bytes: Uint8Array, registry: string): Promise<void> => {
    const sink = await store.create(digest)
    try {
      await sink.write(bytes)
      await sink.commit()
    } finally {
      await sink.discard()
    }
    origins.set(digest, registry)
  }

  return {
    getManifest: wanted => recall(wanted, kept => verifyManifest(contentOf(kept), wanted)),
    putManifest: ({digest, bytes}, registry) => keep(digest, bytes, registry),
    getConfig: wanted => recall(wanted, kept => verifyConfig(contentOf(kept), wanted)),
    putConfig: ({digest, bytes}, registry) => keep(digest, bytes, registry),
    getLayer: async (wanted, algorithm, watch) => {
      const before = layers.get(readingOf(wanted))
      if (before !== undefined && isDeepEnough(before, wanted, algorithm)) return before
      const layer = await recall(wanted, kept => verifyStored(kept, wanted, algorithm, watch))
      if (layer !== undefined) layers.set(readingOf(wanted), layer)
      return layer
    },
    openWriter: store.create,
    putLayer: async (wanted, layer, sink, registry) => {
      await sink.commit()
      layers.set(readingOf(wanted), layer)
      origins.set(layer.digest, registry)
    },
    originOf: digest => origins.get(digest),
    size: () => origins.size
  }
}

// What a blob inflates to depends on the media type that a manifest gives it: what one image found does not hold for another that
// reads the same bytes otherwise.
function readingOf({digest, size, mediaType}: Descriptor): string {
  return [digest, size, mediaType].join(' ')
}

function isDeepEnough(
  {uncompressed}: VerifiedLayer,
  {mediaType}: Descriptor,
  algorithm: DigestAlgorithm | undefined
): boolean {
  return (
    algorithm === undefined ||
    layerFormatOf(mediaType).compression === 'opaque' ||
    (uncompressed !== undefined && algorithmOf(uncompressed.diffId) === algorithm)
  )
}

// Inflated again each time that a run reads it first. A note of what it inflates to would be as good as the folder that it lies
// in, where other jobs write too.
async function verifyStored(
  {body}: StoredBlob,
  wanted: Descriptor,
  algorithm: DigestAlgorithm | undefined,
  {signal, addBytes, windows}: Watch
): Promise<VerifiedLayer> {
  const {compression} = layerFormatOf(wanted.mediaType)
  const verifier = createLayerVerifier(wanted, compression, algorithm, windows && {windows, signal})
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

function contentOf({body}: StoredBlob): RegistryResponse {
  return {
    mediaType: undefined,
    digestHeader: undefined,
    contentLength: undefined,
    mayBeCutShort: false,
    offset: 0,
    body
  }
}
