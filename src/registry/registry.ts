// The port of registries: what the rooms above ask of a registry, and the evidence that comes back.
// registry-client.ts implements it over HTTP, the tests in memory.

import type {Digest} from '../oci/digest.ts'
import type {Repository} from '../oci/reference.ts'
import type {ObjectName} from '../failure/failure.ts'

/** One HTTP request and its response, as evidence. Hosts and paths only: a query may contain a secret. */
export type Exchange = {
  readonly object: ObjectName
  readonly method: string
  readonly host: string
  readonly path: string
  /** Absent when no response came. */
  readonly status?: number
  readonly elapsedMs: number
  /** How many requests for parts of the object got this answer; `elapsedMs` is then that of the slowest. */
  readonly count?: number
  /** Headers by which the server finds the request in its own logs. */
  readonly requestIds: Readonly<Record<string, string>>
  /** Docker Hub's headers about its pull limit. */
  readonly rateLimit?: Readonly<Record<string, string>>
  /** The variable of the proxy that may be the author: a request in plain HTTP went through it, or no response came. */
  readonly proxy?: string
  /** The response says that its bytes are encoded (Content-Encoding), though identity was requested. */
  readonly isEncoded?: true
}

/** The right to push to the repository, and to read blobs of another one of the same registry that are mounted from there. */
export type PushGrant = {readonly mountFrom: Repository | undefined}

export type FetchRequest = {
  readonly repository: Repository
  readonly object: ObjectName
  /** What must not be reused from an earlier attempt. */
  readonly refresh: 'token' | 'connection' | undefined
  /** What the credentials are used for besides reading the repository. */
  readonly grant?: PushGrant
  readonly signal: AbortSignal
  readonly onExchange: (exchange: Exchange) => void
  /** The registry asks for a login, and how is known now: other requests need not be challenged. */
  readonly onChallenge?: () => void
  /** For the status and the headers alone: Docker Hub does not count it as a pull. */
  readonly method?: 'HEAD'
  /** How many connections to have ready when the response comes, for the requests that follow from it. */
  readonly spare?: number
}

/** A response whose body is neither read nor verified: everything in it is the registry's claim. */
export type RegistryResponse = {
  readonly mediaType: string | undefined
  /** `Docker-Content-Digest`. */
  readonly digestHeader: string | undefined
  /** Bytes of the whole object, as announced. */
  readonly contentLength: number | undefined
  /**
   * The body may end before the object does, and nothing shows it: only the end of the connection ends the body, or a partial
   * response is shorter than the requested range.
   */
  readonly mayBeCutShort: boolean
  /**
   * The host of a redirect, unless it is known to have a public address. It may be a service that only this machine can reach, so
   * its bytes are not quoted.
   */
  readonly redirectedTo?: string
  /** The server says that it answers requests for ranges of this object. */
  readonly acceptsRanges: boolean
  /** Where in the object the body starts: at the requested offset, or at 0 when the registry ignored it. */
  readonly offset: number
  /**
   * Rejects with a VerifiedImageError. The reader reads it to its end or calls `return()`. A chunk is valid until the next one is
   * requested; a reader that keeps it copies it.
   */
  readonly body: AsyncIterable<Uint8Array>
}

export type RegistryPort = {
  /** Opens a manifest by tag or digest. */
  readonly openManifest: (request: FetchRequest & {readonly reference: string}) => Promise<RegistryResponse>
  /** Opens a blob from `offset` bytes on. */
  readonly openBlob: (
    request: FetchRequest & {readonly digest: Digest; readonly offset: number}
  ) => Promise<RegistryResponse>
  /** Opens exactly this range of a blob of `size` bytes. Fails with `protocol` for any other response than that range. */
  readonly openBlobRange: (
    request: FetchRequest & {readonly digest: Digest; readonly range: ByteRange; readonly size: number}
  ) => Promise<RegistryResponse>
  readonly close: () => void
}

/** The bytes from `start` up to `end`, which is not among them. */
export type ByteRange = {readonly start: number; readonly end: number}

export type ReferrersQuery = FetchRequest & {
  readonly digest: Digest
  /** Asks for this type alone. The registry may ignore it. */
  readonly artifactType: string | undefined
  /** `nextPage` of the page before; undefined for the first one. */
  readonly page: string | undefined
}

export type ReferrersPort = {
  /** Opens one page of the referrers API: an index of the manifests whose subject has this digest. */
  readonly openReferrers: (
    request: ReferrersQuery
  ) => Promise<RegistryResponse & {readonly nextPage: string | undefined}>
}

/** Who can read a repository: anyone, or only an account with access. `unknown`: the registry's answer does not tell. */
export type Access = 'public' | 'private' | 'unknown'

export type AccessRequest = Pick<FetchRequest, 'repository' | 'signal'> & {readonly reference: string}

export type AccessPort = {
  /**
   * Whether a manifest can be read without credentials. `public`, without a request, where there are no credentials for the
   * registry: this job then reads there what anyone can read. Rejects only with the signal's reason.
   */
  readonly anonymousAccess: (request: AccessRequest) => Promise<Access>
}
