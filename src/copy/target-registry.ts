// One run's access to the registries that it copies to: retries, three uploads at a time for each of them, and what it learned of the
// blobs that they have. Two images of a run that share a blob send it once, and mount it for the second repository.

import {createSemaphore, type Semaphore} from '../concurrency/semaphore.ts'
import {createSingleFlight} from '../concurrency/single-flight.ts'
import {type BackoffPolicy} from '../fetch/backoff.ts'
import {type AttemptContext, type RetryContext, withRetry} from '../fetch/retry.ts'
import {createThrottle} from '../fetch/throttle.ts'
import type {ObjectName} from '../failure/failure.ts'
import type {Digest} from '../oci/digest.ts'
import type {Descriptor} from '../oci/manifest.ts'
import {endpointOf, formatRepository, type Repository} from '../oci/reference.ts'
import type {PushPort} from '../push/push-client.ts'
import type {PushRequest, UploadSession} from '../push/push-exchange.ts'
import {createUploadBody} from '../push/upload-body.ts'
import type {ReferrersList, WithoutReferrersApi} from '../registry/referrers.ts'
import {listAttached} from './list-attached.ts'
import {type ManifestAt, type ReadManifest, readManifestAt} from './read-manifest.ts'

export type BlobOutcome = 'present' | 'mounted' | 'sent'

export type UploadProgress = {readonly bytes: number; readonly bytesDone: number}

export type TargetRegistry = {
  readonly client: PushPort
  readonly attempt: <T>(
    repository: Repository,
    object: ObjectName,
    run: (request: PushRequest & AttemptContext) => Promise<T>
  ) => Promise<T>
  readonly readManifest: (at: ManifestAt) => Promise<ReadManifest | undefined>
  readonly listReferrers: (repository: Repository, digest: Digest) => Promise<ReferrersList | undefined>
  readonly hasBlob: (repository: Repository, blob: Descriptor) => Promise<boolean>
  /** Opens an upload, which the first blob then uses. Rejects where this run may not push, or there is no such repository. */
  readonly checkAccess: (repository: Repository) => Promise<void>
  /** Sends the blob of a file, or mounts it. `source` is where the image is from. */
  readonly putBlob: (upload: BlobCopy) => Promise<BlobOutcome>
  /** Adds the bytes of a copy to what will be uploaded. */
  readonly expectBytes: (bytes: number) => void
  readonly progress: () => UploadProgress
}

/** What a copy needs to write to a target, and to wait for what it shows. */
export type PushDeps = Pick<RetryContext, 'clock' | 'random' | 'backoff' | 'signal'> & {
  readonly registry: TargetRegistry
}

export type BlobCopy = {
  readonly repository: Repository
  readonly blob: Descriptor
  readonly path: string
  readonly source: Repository
}

export type TargetDeps = Pick<RetryContext, 'clock' | 'random' | 'signal' | 'record'> & {
  readonly client: PushPort
  readonly backoff: BackoffPolicy
  readonly stallTimeoutMs: number
}

/** Registries limit uploads, and more at once were not measured to be faster. */
export const UPLOADS_AT_ONCE = 3

export function createTargetRegistry(deps: TargetDeps): TargetRegistry {
  const {client, signal, stallTimeoutMs} = deps
  const retries = new Map<string, RetryContext>()
  const uploads = new Map<string, Semaphore>()
  const flights = createSingleFlight()
  const repositories = new Map<string, Repository>()
  const sessions = new Map<string, UploadSession>()
  const withoutApi: WithoutReferrersApi = new Set()
  const totals = {bytes: 0, bytesDone: 0}

  function retryFor({registry}: Repository): RetryContext {
    const host = endpointOf(registry)
    const {clock, random, backoff} = deps
    const retry = retries.get(host) ?? {
      ...deps,
      throttle: createThrottle(clock, backoff, random),
      addBytes: () => undefined
    }
    retries.set(host, retry)
    return retry
  }
  function uploadsTo({registry}: Repository): Semaphore {
    const host = endpointOf(registry)
    const semaphore = uploads.get(host) ?? createSemaphore(UPLOADS_AT_ONCE)
    uploads.set(host, semaphore)
    return semaphore
  }
  const attempt: TargetRegistry['attempt'] = (repository, object, run) =>
    withRetry(retryFor(repository), object, context => run({...context, repository}))

  function remember(repository: Repository, digest: Digest): void {
    repositories.set(`${repository.registry} ${digest}`, repository)
  }

  /** A repository of the same registry that has the blob. */
  function mountSource({repository, blob, source}: BlobCopy): Repository | undefined {
    const known = repositories.get(`${repository.registry} ${blob.digest}`)
    const from = known ?? (source.registry === repository.registry ? source : undefined)
    return from?.path === repository.path ? undefined : from
  }

  async function send(copy: BlobCopy): Promise<BlobOutcome> {
    const {repository, blob} = copy
    const release = await uploadsTo(repository).acquire(1, signal)
    let counted = 0
    function onBytes(bytes: number): void {
      counted += bytes
      totals.bytesDone += bytes
    }
    try {
      return await attempt(repository, 'blob', async request => {
        onBytes(-counted)
        const opened = await openUpload(copy, request)
        if (opened === 'mounted') return opened
        const openBody = () => {
          onBytes(-counted)
          return createUploadBody({path: copy.path, size: blob.size, stallTimeoutMs, onBytes})
        }
        await client.sendBlob({...request, session: opened, digest: blob.digest, size: blob.size, openBody})
        return 'sent'
      })
    } finally {
      onBytes(blob.size - counted)
      release()
    }
  }

  async function openUpload(copy: BlobCopy, request: PushRequest): Promise<'mounted' | UploadSession> {
    const {digest, size} = copy.blob
    const from = mountSource(copy)
    const mounted = from && (await client.mountBlob({...request, digest, from}))
    // Some registries answer that they have mounted a blob, and have not.
    const isThere = mounted === 'mounted' && (await client.hasBlob({...request, digest, size}))
    if (mounted !== undefined && (isThere || mounted !== 'mounted')) return mounted
    const name = formatRepository(copy.repository)
    const session = sessions.get(name)
    sessions.delete(name)
    return session ?? client.startUpload(request)
  }

  return {
    client,
    attempt,
    readManifest: at => readManifestAt(client.reader, at, run => attempt(at.repository, 'manifest', run)),
    listReferrers: (repository, digest) =>
      listAttached(
        {registry: client.reader, withoutApi, attempt: (object, run) => attempt(repository, object, run)},
        {repository, digest}
      ),
    hasBlob: async (repository, blob) => {
      const has = await attempt(repository, 'blob', request => client.hasBlob({...request, ...blob}))
      if (has) remember(repository, blob.digest)
      return has
    },
    checkAccess: async repository => {
      sessions.set(formatRepository(repository), await attempt(repository, 'blob', client.startUpload))
    },
    putBlob: async copy => {
      const key = `${formatRepository(copy.repository)} ${copy.blob.digest}`
      let outcome = 'present' as BlobOutcome
      await flights.run(key, signal, async () => {
        outcome = await send(copy)
      })
      // Another image sent it.
      if (outcome === 'present') totals.bytesDone += copy.blob.size
      remember(copy.repository, copy.blob.digest)
      return outcome
    },
    expectBytes: bytes => {
      totals.bytes += bytes
    },
    progress: () => ({...totals})
  }
}
