// Verified bytes that outlive their connection, where load or layout want them: of an earlier run, of this one, of any registry.
// What comes out of the store is verified like what comes from a registry; what fails is thrown away, and fetched again.

import {algorithmOf, type Digest, type DigestAlgorithm} from '../oci/digest.ts'
import {type Descriptor, layerFormatOf} from '../oci/manifest.ts'
import {VerifiedImageError} from './failure.ts'
import {type BlobSink, type BlobStorePort, CACHE, type Content, type KeptBlob, type Uncompressed} from './ports.ts'
import type {Semaphore} from './semaphore.ts'
import {
  createLayerVerifier,
  rememberUncompressed,
  type VerifiedConfig,
  type VerifiedLayer,
  type VerifiedManifest,
  verifyConfig,
  verifyManifest,
  type WithBytes
} from './verify.ts'

type Watch = {
  readonly signal: AbortSignal
  readonly arrived: (bytes: number) => void
  /** Memory for zstd windows; unlimited unless told. */
  readonly windows?: Semaphore
}

/** What is recalled is undefined when it is not there, or was not what its digest says. */
export type Keeper = {
  readonly recallManifest: (
    wanted: Pick<Descriptor, 'digest'> & Partial<Descriptor>
  ) => Promise<WithBytes<VerifiedManifest> | undefined>
  readonly keepManifest: (manifest: WithBytes<VerifiedManifest>, registry: string) => Promise<void>
  readonly recallConfig: (wanted: Descriptor) => Promise<WithBytes<VerifiedConfig> | undefined>
  readonly keepConfig: (config: WithBytes<VerifiedConfig>, registry: string) => Promise<void>
  readonly recallLayer: (
    wanted: Descriptor,
    diffIdAlgorithm: DigestAlgorithm | undefined,
    watch: Watch
  ) => Promise<VerifiedLayer | undefined>
  readonly openSink: (digest: Digest) => Promise<BlobSink>
  readonly keepLayer: (layer: VerifiedLayer, sink: BlobSink, registry: string) => Promise<void>
  /** Undefined for what was neither kept nor recalled in this run. */
  readonly originOf: (digest: Digest) => string | undefined
  /** How many objects were kept or recalled so far. */
  readonly count: () => number
}

export const createKeeper = (store: BlobStorePort): Keeper => {
  const origins = new Map<Digest, string>()
  const layers = new Map<string, VerifiedLayer>()
  const recalling = new Map<Digest, Promise<unknown>>()

  // One at a time: who finds that a blob is wrong must not throw away the right one that another has fetched since.
  const recall = <T>(
    digest: Digest,
    verify: (kept: KeptBlob) => Promise<T>,
    uncompressedOf: (value: T) => Uncompressed | undefined
  ): Promise<T | undefined> => {
    const before = recalling.get(digest) ?? Promise.resolve()
    const recalled = before.then(() => recallNow(digest, verify, uncompressedOf))
    recalling.set(
      digest,
      recalled.catch(() => undefined)
    )
    return recalled
  }

  const recallNow = async <T>(
    digest: Digest,
    verify: (kept: KeptBlob) => Promise<T>,
    uncompressedOf: (value: T) => Uncompressed | undefined
  ): Promise<T | undefined> => {
    const kept = await store.open(digest)
    if (kept === undefined) return undefined
    let value: T
    try {
      value = await verify(kept)
    } catch (error) {
      if (!(error instanceof VerifiedImageError) || error.failure.kind === 'local-io') throw error
      await store.forget(digest)
      return undefined
    }
    await store.confirm(digest, uncompressedOf(value))
    if (!origins.has(digest)) origins.set(digest, CACHE)
    return value
  }

  const keep = async (digest: Digest, bytes: Uint8Array, registry: string): Promise<void> => {
    const sink = await store.create(digest)
    try {
      await sink.write(bytes)
      await sink.commit(undefined)
    } finally {
      await sink.discard()
    }
    origins.set(digest, registry)
  }

  return {
    recallManifest: wanted =>
      recall(
        wanted.digest,
        kept => verifyManifest(contentOf(kept), wanted),
        () => undefined
      ),
    keepManifest: ({digest, bytes}, registry) => keep(digest, bytes, registry),
    recallConfig: wanted =>
      recall(
        wanted.digest,
        kept => verifyConfig(contentOf(kept), wanted),
        () => undefined
      ),
    keepConfig: ({digest, bytes}, registry) => keep(digest, bytes, registry),
    recallLayer: async (wanted, algorithm, watch) => {
      const before = layers.get(wanted.digest)
      if (before?.size === wanted.size && isDeepEnough(before, wanted, algorithm)) return before
      const layer = await recall(
        wanted.digest,
        kept => verifyKept(kept, wanted, algorithm, watch),
        ({uncompressed}) => uncompressed
      )
      if (layer !== undefined) layers.set(wanted.digest, layer)
      return layer
    },
    openSink: store.create,
    keepLayer: async (layer, sink, registry) => {
      await sink.commit(layer.uncompressed)
      layers.set(layer.digest, layer)
      origins.set(layer.digest, registry)
    },
    originOf: digest => origins.get(digest),
    count: () => origins.size
  }
}

const isDeepEnough = (
  {uncompressed}: VerifiedLayer,
  {mediaType}: Descriptor,
  algorithm: DigestAlgorithm | undefined
): boolean =>
  algorithm === undefined ||
  layerFormatOf(mediaType).compression === 'opaque' ||
  (uncompressed !== undefined && algorithmOf(uncompressed.diffId) === algorithm)

// The same compressed bytes always inflate to the same: once their digest is verified, what they were found to inflate to
// need not be found out again. That is what makes a hit as fast as the disk.
const verifyKept = async (
  {body, uncompressed}: KeptBlob,
  wanted: Descriptor,
  algorithm: DigestAlgorithm | undefined,
  {signal, arrived, windows}: Watch
): Promise<VerifiedLayer> => {
  const known = uncompressed !== undefined && algorithm === algorithmOf(uncompressed.diffId) ? uncompressed : undefined
  const {compression} = layerFormatOf(wanted.mediaType)
  const verifier = createLayerVerifier(
    wanted,
    compression,
    known === undefined ? algorithm : undefined,
    windows && {windows, signal}
  )
  try {
    for await (const chunk of body) {
      signal.throwIfAborted()
      arrived(chunk.length)
      await verifier.write(chunk)
    }
    const layer = await verifier.finish()
    return known === undefined ? layer : rememberUncompressed(layer, known)
  } finally {
    verifier.discard()
  }
}

const contentOf = ({body}: KeptBlob): Content => ({
  mediaType: undefined,
  announcedDigest: undefined,
  announcedBytes: undefined,
  endsWithConnection: false,
  offset: 0,
  body
})
