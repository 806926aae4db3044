// One request of a push: its login, its redirects, and what its answer says.
// The registry chooses where an upload goes. Only its own origin gets the Authorization header.

import {fail} from '../failure/error.ts'
import {readLimited} from '../http/read-limited.ts'
import type {StreamedBody} from '../http/send-request.ts'
import type {Digest} from '../oci/digest.ts'
import {omitUndefined} from '../oci/omit-undefined.ts'
import {endpointOf} from '../oci/reference.ts'
import type {Authorization} from '../registry/authorizer.ts'
import {exchange, type Hop, type OutgoingRequest} from '../registry/exchange.ts'
import {isRedirect, redirectTarget, refusePrivateTarget} from '../registry/redirect.ts'
import type {AuthFlow} from '../registry/registry-client.ts'
import type {FetchRequest} from '../registry/registry.ts'
import {failureOfStatus, isHtml, MAX_ERROR_BYTES, type ShortResponse} from '../registry/response.ts'

/** A request for a repository with the right to push to it. */
export type PushRequest = Omit<FetchRequest, 'grant'>

/** An open upload: where its bytes go. The place may be at another host, which gets no credentials. */
export type UploadSession = Hop

export type Message = {
  readonly method: 'POST' | 'PUT'
  readonly headers: Readonly<Record<string, string>>
  readonly openBody?: () => Uint8Array | StreamedBody
} & ({readonly path: string} | {readonly session: UploadSession})

/** An answer that was read as a whole. */
export type Answer = ShortResponse & Hop & {readonly isUserRejected: boolean}

/**
 * Sends a request, and answers the challenge if there is one. The first request to a registry is one without a body, so that no blob is
 * sent in vain. A token that expires during an upload costs the upload once more.
 */
export function sendWithAuth({deps}: AuthFlow, request: FetchRequest, message: Message): Promise<Answer> {
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

export function sessionOf(answer: Answer, {repository}: PushRequest): UploadSession {
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
export function withDigest(url: URL, digest: Digest): URL {
  return new URL(`${url.href}${url.search === '' ? '?' : '&'}digest=${encodeURIComponent(digest)}`)
}

// Registries differ in the code, and what was stored is read back. The page of a captive portal comes with 200 as well.
export function isSuccess({status, headers, body}: Answer): boolean {
  return status >= 200 && status < 300 && !isHtml(headers, body)
}

export function failAnswer({deps}: AuthFlow, answer: Answer): never {
  return fail(
    failureOfStatus(answer, {credentials: answer.isUserRejected ? 'refused' : 'none', nowMs: deps.wallClockMs()})
  )
}
