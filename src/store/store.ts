// The port of the store: blobs by digest, on disk or in memory. Implemented by blob-store.ts, and in memory by the tests.
// A store keeps bytes and no verification results: a reader verifies what it gets.

import {type Digest} from '../oci/digest.ts'

/** What a layer decompresses to: the digest that a config calls its diff_id, and the number of bytes. */
export type UncompressedLayer = {readonly diffId: Digest; readonly size: number}

/** The origin of bytes that no registry of this run served. */
export const CACHE = 'cache'

/** A blob of an earlier run, or of another image of this one. Its bytes are not verified: the reader verifies them. */
export type StoredBlob = {
  /** Each chunk is valid until the next one is requested, as in RegistryResponse. */
  readonly body: AsyncIterable<Uint8Array>
  /** All bytes were read and have the digest: keeps them for this run, and counts them as used. */
  readonly accept: () => Promise<void>
  /** The bytes do not have the digest: deletes them. */
  readonly reject: () => Promise<void>
}

/** A blob that is being written. No reader sees it before `commit`. */
export type BlobWriter = {
  /** Resolves when more may come; the chunk may change after that. */
  readonly write: (chunk: Uint8Array) => Promise<void> | void
  /** Drops what was written: the next bytes are the first. */
  readonly reset: () => void
  /** All bytes were written and verified: keeps them under their digest. */
  readonly commit: () => Promise<void>
  /** Drops the blob; does nothing after `commit`. */
  readonly discard: () => Promise<void>
}

/** Blobs and manifests by digest. Rejects with a VerifiedImageError of kind `local-io`. */
export type BlobStorePort = {
  /** Resolves to undefined when the store has nothing under the digest, or something of another size than the given one. */
  readonly open: (digest: Digest, size: number | undefined) => Promise<StoredBlob | undefined>
  readonly create: (digest: Digest) => Promise<BlobWriter>
}

/** Where a Docker Engine keeps its images: in its own store, or in containerd's. */
export type ImageStore = 'classic' | 'containerd'
