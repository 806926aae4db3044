// Pushes to a registry (OCI distribution specification 1.1, "Pushing Blobs", "Pushing Manifests"): blobs in one request each, because
// ECR drops all chunks but the first of an upload in chunks, and ghcr.io refuses chunks over 4 MiB. Nothing here deletes anything.

import {VerifiedImageError, fail} from '../failure/error.ts'
import type {FailureKind} from '../failure/failure.ts'
import {readLimited} from '../http/read-limited.ts'
import type {StreamedBody} from '../http/send-request.ts'
import type {Digest} from '../oci/digest.ts'
import {endpointOf, type Repository} from '../oci/reference.ts'
import {fetchWithAuth} from '../registry/fetch-with-auth.ts'
import {type AuthFlow, createRegistryPort} from '../registry/registry-client.ts'
import type {FetchRequest, ReferrersPort, RegistryPort} from '../registry/registry.ts'
import {describeErrorBody, describeStatus} from '../registry/response.ts'
import {
  type Answer,
  failAnswer,
  isSuccess,
  type Message,
  type PushRequest,
  sendWithAuth,
  sessionOf,
  type UploadSession,
  withDigest
} from './push-exchange.ts'

export type BlobUpload = PushRequest & {
  readonly session: UploadSession
  readonly digest: Digest
  readonly size: number
  /** Opens the bytes from their start; called once for each request. */
  readonly openBody: () => StreamedBody
}

export type ManifestUpload = PushRequest & {
  /** A digest or a tag. */
  readonly reference: string
  readonly bytes: Uint8Array
  readonly mediaType: string
}

export type ManifestPut =
  /** `knowsSubject`: the registry lists the manifest as a referrer of its subject. */
  | {readonly kind: 'stored'; readonly knowsSubject: boolean}
  /** The registry keeps tags as they are, even for the same digest. */
  | {readonly kind: 'immutable'; readonly detail: string}

/** Rejects with a VerifiedImageError, or with the signal's reason. */
export type PushPort = {
  /** Reads from the target, with the same connections and credentials. */
  readonly reader: Pick<RegistryPort, 'openManifest'> & ReferrersPort
  /** Whether the repository has the blob, in its size. Asked by HEAD. */
  readonly hasBlob: (request: PushRequest & {readonly digest: Digest; readonly size: number}) => Promise<boolean>
  /** Opens an upload, which shows that this run may push here. */
  readonly startUpload: (request: PushRequest) => Promise<UploadSession>
  /** Resolves to `mounted`, to the upload that the registry opened instead, or to undefined where it refuses to mount. */
  readonly mountBlob: (
    request: PushRequest & {readonly digest: Digest; readonly from: Repository}
  ) => Promise<'mounted' | UploadSession | undefined>
  readonly sendBlob: (upload: BlobUpload) => Promise<void>
  readonly putManifest: (upload: ManifestUpload) => Promise<ManifestPut>
  readonly close: () => void
}

/** The port over HTTP. */
export function createPushClient(flow: AuthFlow): PushPort {
  const {openManifest, openReferrers} = createRegistryPort(flow)
  const send = (request: FetchRequest, message: Message): Promise<Answer> => sendWithAuth(flow, request, message)
  return {
    reader: {
      openManifest: request => openManifest({...request, grant: PUSH}),
      openReferrers: request => openReferrers({...request, grant: PUSH})
    },
    hasBlob: request => hasBlob(flow, request),
    startUpload: async request => {
      const message = {method: 'POST', path: `${request.repository.path}/blobs/uploads/`, headers: EMPTY} as const
      const answer = await send({...request, grant: PUSH}, message)
      return answer.status === 202 ? sessionOf(answer, request) : failAnswer(flow, answer)
    },
    mountBlob: async ({digest, from, ...request}) => {
      const query = `mount=${encodeURIComponent(digest)}&from=${encodeURIComponent(from.path)}`
      const path = `${request.repository.path}/blobs/uploads/?${query}`
      const message = {method: 'POST', path, headers: EMPTY} as const
      return unlessRefused(async () => {
        const answer = await send({...request, grant: {mountFrom: from}}, message)
        if (answer.status === 201) return 'mounted'
        return answer.status === 202 ? sessionOf(answer, request) : failAnswer(flow, answer)
      })
    },
    sendBlob: async ({session, digest, size, openBody, ...request}) => {
      const answer = await send(
        {...request, grant: PUSH},
        {
          method: 'PUT',
          session: {...session, url: withDigest(session.url, digest)},
          headers: {'content-type': 'application/octet-stream', 'content-length': String(size)},
          openBody
        }
      )
      if (isSuccess(answer)) return
      // The registry has forgotten the upload that it opened: it was open for too long, or another server opened it.
      if (answer.status === 404 || answer.status === 410)
        fail({kind: 'protocol', status: 404, detail: `the upload is gone: ${describeStatus(answer)}`, isHtml: false})
      failAnswer(flow, answer)
    },
    putManifest: async ({reference, bytes, mediaType, ...request}) => {
      const path = `${request.repository.path}/manifests/${reference}`
      const headers = {'content-type': mediaType}
      const answer = await send({...request, grant: PUSH}, {method: 'PUT', path, headers, openBody: () => bytes})
      if (isSuccess(answer)) return {kind: 'stored', knowsSubject: answer.headers.has('oci-subject')}
      return isImmutableTag(answer) ? {kind: 'immutable', detail: describeErrorBody(answer)} : failAnswer(flow, answer)
    },
    close: flow.close
  }
}

const PUSH = {mountFrom: undefined}

// Without a body, some servers want its length all the same (RFC 9110 §8.6).
const EMPTY = {'content-length': '0'}

type BlobQuestion = PushRequest & {readonly digest: Digest; readonly size: number}

async function hasBlob(flow: AuthFlow, question: BlobQuestion, method: 'HEAD' | 'GET' = 'HEAD'): Promise<boolean> {
  const {digest, size, ...request} = question
  const host = endpointOf(request.repository.registry)
  const object = {path: `blobs/${digest}`, headers: {}, offset: 0, digest}
  try {
    const {headers, body} = await flow.deps.schemeProbe.withTlsFallback(host, () =>
      fetchWithAuth({...flow.deps, method}, {...request, grant: PUSH}, object)
    )
    // The headers are the answer. The bytes of a GET are left unread.
    await readLimited(body, 0)
    const length = headers.get('content-length')
    return length === undefined || length === String(size)
  } catch (error) {
    const failure = error instanceof VerifiedImageError && error.object === undefined ? error.failure : undefined
    if (failure?.kind === 'not-found') return false
    // Some caches and proxies take no HEAD.
    if (failure?.kind === 'protocol' && failure.status === 405 && method === 'HEAD')
      return hasBlob(flow, question, 'GET')
    throw error
  }
}

// Registries refuse a mount in many ways, or its token. A plain upload then shows what really is the matter.
async function unlessRefused<T>(mount: () => Promise<T>): Promise<T | undefined> {
  try {
    return await mount()
  } catch (error) {
    if (error instanceof VerifiedImageError && REFUSALS.has(error.failure.kind)) return undefined
    throw error
  }
}

const REFUSALS: ReadonlySet<FailureKind> = new Set(['unauthorized', 'denied', 'not-found', 'protocol'])

// ECR: 400 TAG_INVALID, "already exists … and cannot be overwritten". Harbor: 412. Artifact Registry, Quay, and others: 400, 403, or 409.
// No code of the specification stands for it: TAG_INVALID is also a tag that the registry does not take at all.
function isImmutableTag({status, ...answer}: Answer): boolean {
  if (![400, 403, 405, 409, 412].includes(status)) return false
  return /\bimmutab|already exists|cannot be overwritten/i.test(describeErrorBody(answer))
}
