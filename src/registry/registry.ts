// The only interfaces between deciding and touching: what acquire/ needs of the outside, and what comes back as evidence.
// Implemented in adapters/ for the real world and in memory by the tests.

import type {Digest} from '../oci/digest.ts'
import type {Repository} from '../oci/reference.ts'
import type {ObjectName} from '../failure/failure.ts'

/** One HTTP request and who answered it: evidence. Hosts and paths only; a query may hold a secret. */
export type Exchange = {
  readonly object: ObjectName
  readonly method: string
  readonly host: string
  readonly path: string
  /** Absent when nobody answered. */
  readonly status?: number
  readonly elapsedMs: number
  /** Headers by which the answering side finds the request in its own logs. */
  readonly requestIds: Readonly<Record<string, string>>
  /** What Docker Hub says is left of its pull limit, and for whom. */
  readonly rateLimit?: Readonly<Record<string, string>>
}

export type FetchRequest = {
  readonly repository: Repository
  readonly object: ObjectName
  /** What must not be reused from an earlier try. */
  readonly refresh: 'token' | 'connection' | undefined
  readonly signal: AbortSignal
  readonly onExchange: (exchange: Exchange) => void
}

/** An answer that was opened, not yet read and not verified: everything in it is the registry's claim. */
export type RegistryResponse = {
  readonly mediaType: string | undefined
  /** `Docker-Content-Digest`. */
  readonly digestHeader: string | undefined
  /** Bytes of the whole object, as announced. */
  readonly contentLength: number | undefined
  /**
   * The body may end before the object does without a sign of it: nothing but the end of the connection says where it ends, or
   * it is a part that was cut shorter than what was asked for.
   */
  readonly mayBeCutShort: boolean
  /**
   * Host that a redirect led to, where it is not known to have a public address. It may be a service that only this machine
   * reaches: its bytes are not quoted.
   */
  readonly redirectedTo?: string
  /** Where in the object the body starts: what was asked for, or 0 when the registry ignored it. */
  readonly offset: number
  /**
   * Rejects with a VerifiedImageError; to be read to its end or left with `return()`. A chunk is lent until the next is asked for:
   * who keeps it copies it.
   */
  readonly body: AsyncIterable<Uint8Array>
}

export type RegistryPort = {
  /** Opens a manifest by tag or digest. */
  readonly openManifest: (ask: FetchRequest & {readonly reference: string}) => Promise<RegistryResponse>
  /** Opens a blob from `offset` bytes on. */
  readonly openBlob: (
    ask: FetchRequest & {readonly digest: Digest; readonly offset: number}
  ) => Promise<RegistryResponse>
  readonly close: () => void
}

/** Who can read a repository: anyone, only who has credentials, or it could not be found out. */
export type Access = 'public' | 'private' | 'unknown'

export type AccessPort = {
  /**
   * Whether a manifest can be read without credentials. `public` without a request where there are no credentials for the
   * registry: this job then reads there what anyone can read. Never rejects but with the signal's reason.
   */
  readonly anonymousAccess: (
    ask: Pick<FetchRequest, 'repository' | 'signal'> & {readonly reference: string}
  ) => Promise<Access>
}

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

export type Clock = {
  /** Milliseconds on a clock that never goes back. */
  readonly nowMs: () => number
  /** Rejects with the signal's reason when that comes first. */
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>
}

/** In [0, 1). */
export type Random = () => number
