// Pushes to a registry (OCI distribution specification 1.1, "Pushing Blobs", "Pushing Manifests"): blobs in one request each, because
// ECR drops all chunks but the first of an upload in chunks, and ghcr.io refuses chunks over 4 MiB. Nothing here deletes anything.

import {VerifiedImageError, fail} from '../failure/error.ts'
import {readLimited} from '../http/read-limited.ts'
import type {StreamedBody} from '../http/send-request.ts'
import type {Digest} from '../oci/digest.ts'
import {endpointOf, type Repository} from '../oci/reference.ts'
import {omitUndefined} from '../oci/omit-undefined.ts'
import type {Authorization} from '../registry/authorizer.ts'
import {exchange, type Hop, type OutgoingRequest} from '../registry/exchange.ts'
import {fetchWithAuth} from '../registry/fetch-with-auth.ts'
import {isRedirect, redirectTarget, refusePrivateTarget} from '../registry/redirect.ts'
import {type AuthFlow, createRegistryPort} from '../registry/registry-client.ts'
import type {FetchRequest, ReferrersPort, RegistryPort} from '../registry/registry.ts'
import {describeErrorBody, failureOfStatus, MAX_ERROR_BYTES, type ShortResponse} from '../registry/response.ts'

/** A request for a repository with the right to push to it. */
export type PushRequest = Omit<FetchRequest, 'grant'>

/** An open upload: where its bytes go. The place may be at another host, which gets no credentials. */
export type UploadSession = Hop

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
      const answer = await send({...request, grant: {mountFrom: from}}, {method: 'POST', path, headers: EMPTY})
      if (answer.status === 201) return 'mounted'
      if (answer.status === 202) return sessionOf(answer, request)
      // Registries refuse a mount in many ways. A plain upload then shows what really is the matter.
      return answer.status < 500 && answer.status !== 429 ? undefined : failAnswer(flow, answer)
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
      if (answer.status !== 201 && answer.status !== 204) failAnswer(flow, answer)
    },
    putManifest: async ({reference, bytes, mediaType, ...request}) => {
      const path = `${request.repository.path}/manifests/${reference}`
      const headers = {'content-type': mediaType}
      const answer = await send({...request, grant: PUSH}, {method: 'PUT', path, headers, openBody: () => bytes})
      if (answer.status >= 200 && answer.status < 300)
        return {kind: 'stored', knowsSubject: answer.headers.has('oci-subject')}
      return isImmutableTag(answer) ? {kind: 'immutable', detail: describeErrorBody(answer)} : failAnswer(flow, answer)
    },
    close: flow.close
  }
}

const PUSH = {mountFrom: undefined}

// Without a body, some servers want its length all the same (RFC 9110 §8.6).
const EMPTY = {'content-length': '0'}

async function hasBlob(
  flow: AuthFlow,
  {digest, size, ...request}: PushRequest & {readonly digest: Digest; readonly size: number}
): Promise<boolean> {
  const host = endpointOf(request.repository.registry)
  const object = {path: `blobs/${digest}`, headers: {}, offset: 0, digest}
  try {
    const {headers, body} = await flow.deps.schemeProbe.withTlsFallback(host, () =>
      fetchWithAuth({...flow.deps, method: 'HEAD'}, {...request, grant: PUSH}, object)
    )
    await readLimited(body, MAX_ERROR_BYTES)
    const length = headers.get('content-length')
    return length === undefined || length === String(size)
  } catch (error) {
    const isMissing = error instanceof VerifiedImageError && error.object === undefined
    if (isMissing && error.failure.kind === 'not-found') return false
    throw error
  }
}

type Message = {
  readonly method: 'POST' | 'PUT'
  readonly headers: Readonly<Record<string, string>>
  readonly openBody?: () => Uint8Array | StreamedBody
} & ({readonly path: string} | {readonly session: UploadSession})

/** An answer that was read as a whole. */
type Answer = ShortResponse & Hop & {readonly isUserRejected: boolean}

/**
 * Sends a request, and answers the challenge if there is one. The first request to a registry is one without a body, so that no blob is
 * sent in vain. A token that expires during an upload costs the upload once more.
 */
function sendWithAuth({deps}: AuthFlow, request: FetchRequest, message: Message): Promise<Answer> {
  const host = endpointOf(request.repository.registry)
  return deps.schemeProbe.withTlsFallback(host, async () => {
    const known = await deps.authorizer.cachedAuthorization(request)
    const answer = await sendOnce({deps}, request, message, known)
    if (answer.status !== 401 || !answer.isDirect) return answer
    const authorization = await deps.authorizer.answerChallenge(
      {
        challenge: answer.headers.get('www-authenticate') ?? '',
        rejected: known?.header,
        isPlainHttp: answer.url.protocol === 'http:'
      },
      request
    )
    return sendOnce({deps}, request, message, authorization)
  })
}

const MAX_REDIRECTS = 5

/** Follows redirects that keep the method (RFC 9110 §15.4). Only the registry's own origin gets the Authorization header. */
async function sendOnce(
  {deps}: Pick<AuthFlow, 'deps'>,
  request: FetchRequest,
  message: Message,
  authorization: Authorization | undefined
): Promise<Answer> {
  let hop = 'session' in message ? message.session : {url: urlOf(deps, request, message.path), isDirect: true}
  for (let redirects = 0; ; redirects++) {
    const authorized = hop.isDirect && authorization !== undefined
    const outgoing: OutgoingRequest = {
      method: message.method,
      headers: authorized ? {...message.headers, authorization: authorization.header} : message.headers,
      ...omitUndefined({body: message.openBody?.()})
    }
    const {status, headers, body} = await exchange(deps, request, hop.url, outgoing)
    const answer: Answer = {
      ...hop,
      status,
      headers,
      body: await readLimited(body, MAX_ERROR_BYTES),
      author: hop.isDirect ? 'registry' : 'elsewhere',
      isUserRejected: authorized && authorization.grantedTo === 'user'
    }
    if (!isRedirect(status)) return answer
    if (redirects === MAX_REDIRECTS || (status !== 307 && status !== 308))
      fail({kind: 'protocol', status, detail: `a redirect (HTTP ${String(status)}) of a push`, isHtml: false})
    hop = nextHop(hop, headers.get('location'), request.repository.registry)
  }
}

function urlOf({schemeProbe}: AuthFlow['deps'], {repository}: FetchRequest, path: string): URL {
  const host = endpointOf(repository.registry)
  return new URL(`${schemeProbe.schemeOf(host)}://${host}/v2/${path}`)
}

function sessionOf(answer: Answer, {repository}: PushRequest): UploadSession {
  return nextHop(answer, answer.headers.get('location'), repository.registry)
}

/** Where a Location leads. The registry chooses it, so it must be as protected as the request, and not private where that is not. */
function nextHop({url: from, isDirect}: Hop, location: string | undefined, registry: string): Hop {
  const url = redirectTarget(from, location === undefined ? undefined : atSameScheme(from, location))
  refusePrivateTarget(url, registry)
  return {url, isDirect: isDirect && url.origin === from.origin}
}

// A registry behind a proxy that ends TLS, and that was not told so, names itself with http.
function atSameScheme(from: URL, location: string): string {
  if (!URL.canParse(location, from.href)) return location
  const to = new URL(location, from.href)
  if (from.protocol !== 'https:' || to.protocol !== 'http:' || to.hostname !== from.hostname) return location
  return `${from.origin}${to.pathname}${to.search}`
}

// The query of a session is the registry's own: signed, or an opaque state. It is kept byte for byte.
function withDigest(url: URL, digest: Digest): URL {
  return new URL(`${url.href}${url.search === '' ? '?' : '&'}digest=${encodeURIComponent(digest)}`)
}

// ECR: 400 TAG_INVALID, ImageTagAlreadyExistsException. Harbor: 412. Artifact Registry, Quay, and others: 400, 403, or 409. No code of
// the specification stands for it.
function isImmutableTag({status, ...answer}: Answer): boolean {
  if (![400, 403, 405, 409, 412].includes(status)) return false
  return /\bimmutab|already exists|cannot be overwritten|TAG_INVALID/i.test(describeErrorBody(answer))
}

function failAnswer({deps}: AuthFlow, answer: Answer): never {
  return fail(
    failureOfStatus(answer, {credentials: answer.isUserRejected ? 'refused' : 'none', nowMs: deps.wallClockMs()})
  )
}
