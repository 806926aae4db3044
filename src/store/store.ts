// The port of the store: blobs by digest, on disk or in memory. Implemented by blob-store.ts, and in memory by the tests.
// A store keeps bytes and no verdicts: a reader verifies what it gets.

import {type Digest} from '../oci/digest.ts'

/** What a layer inflates to: the digest that a config calls its diff_id, and how many bytes. */
export type UncompressedLayer = {readonly diffId: Digest; readonly size: number}

/** Where bytes came from: a registry as a reference names it, or this. */
export const CACHE = 'cache'

/** A blob of an earlier run, or of another image of this one. Its bytes are not verified: the reader verifies them. */
export type StoredBlob = {
  /** Each chunk is lent until the next is asked for, as in Content. */
  readonly body: AsyncIterable<Uint8Array>
  /** All bytes were read, and have the digest: they stay for this run, and count as used. */
  readonly accept: () => Promise<void>
  /** They do not have the digest: they are removed. */
  readonly reject: () => Promise<void>
}

/** A blob on its way in. Nobody sees it before `commit`. */
export type BlobWriter = {
  /** Resolves when more may come; the chunk may change after that. */
  readonly write: (chunk: Uint8Array) => Promise<void> | void
  /** What came so far was wrong: the next bytes are the first. */
  readonly reset: () => void
  /** All bytes were written and are verified: keeps them under their digest. */
  readonly commit: () => Promise<void>
  /** Gives up; does nothing after `commit`. */
  readonly discard: () => Promise<void>
}

/**
 * Blobs and manifests by digest, and nothing but their bytes: no verdict of an earlier run is kept. Rejects with a
 * VerifiedImageError of kind `local-io`.
 */
export type BlobStorePort = {
  /** Undefined when nothing is kept under the digest, or something of another size than the one given. */
  readonly open: (digest: Digest, size: number | undefined) => Promise<StoredBlob | undefined>
  readonly create: (digest: Digest) => Promise<BlobWriter>
}

/** Where an engine keeps its images: in a store of its own, or in containerd's. */
export type ImageStore = 'classic' | 'containerd'
