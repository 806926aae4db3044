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
