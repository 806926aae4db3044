// One HTTP request on behalf of a fetch, recorded as evidence, and the redirects that follow from it.
// A server that redirects chooses the target. `isDirect` tells whether it was ever another origin than the first.

import {fail} from '../failure/error.ts'
import {omitUndefined} from '../oci/omit-undefined.ts'
import type {HttpClient} from '../http/http-client.ts'
import type {HttpRequest, HttpResponse} from '../http/send-request.ts'
import {readLimited} from '../http/read-limited.ts'
import {isRedirect, redirectTarget} from './redirect.ts'
import type {Exchange, FetchRequest} from './registry.ts'
import {contentCodingsOf, MAX_ERROR_BYTES, rateLimitOf, requestIdsOf} from './response.ts'

export type ExchangeDeps = {
  readonly http: HttpClient
  readonly userAgent: string
  readonly nowMs: () => number
  /** Waits until the next request may be sent to a host. Absent where requests are not limited. */
  readonly limitRate?: RateLimit | undefined
}

/** Rejects with the signal's reason. */
export type RateLimit = (host: string, signal: AbortSignal) => Promise<void>

export type OutgoingRequest = Pick<HttpRequest, 'method' | 'headers' | 'body' | 'spare'>

/** Sends one request and records it with `onExchange`, whether or not it is answered. */
export async function exchange(
  {http, userAgent, nowMs, limitRate}: ExchangeDeps,
  {repository, object, refresh, signal, onExchange}: FetchRequest,
  url: URL,
  request: OutgoingRequest
): Promise<HttpResponse> {
  await limitRate?.(url.host, signal)
  const startedMs = nowMs()
  function record(evidence: Partial<Exchange>): void {
    onExchange({
      object,
      method: request.method,
      host: url.host,
      path: url.pathname,
      elapsedMs: nowMs() - startedMs,
      requestIds: {},
      ...evidence
    })
  }
  const freshConnection = refresh === 'connection'
  const headers = {
    'user-agent': userAgent,
    // Any other encoding lets a CDN change the bytes on their way.
    'accept-encoding': 'identity',
    // Corrupt bytes may come from a cache on the way. The retry asks for those of the origin.
    ...(freshConnection ? {'cache-control': 'no-cache'} : {}),
    ...request.headers
  }
  let proxy: string | undefined
  try {
    proxy = http.proxyVariable(url)
    const response = await http.send({
      ...request,
      url,
      headers,
      signal,
      freshConnection,
      registry: repository.registry
    })
    record(
      omitUndefined({
        status: response.status,
        requestIds: requestIdsOf(response.headers),
        rateLimit: rateLimitOf(response.headers),
        isEncoded: contentCodingsOf(response.headers).length > 0 ? (true as const) : undefined,
        // TLS proves that the host answered. In plain HTTP the proxy can answer in its place.
        proxy: url.protocol === 'http:' ? proxy : undefined
      })
    )
    return response
  } catch (error) {
    record(omitUndefined({proxy}))
    throw error
  }
}

/** `isDirect`: this URL and all that led to it have the origin of the first one. */
export type Hop = {readonly url: URL; readonly isDirect: boolean}

export type RedirectOptions = {
  readonly send: (hop: Hop) => Promise<HttpResponse>
  /** Fails for a target that must not be requested. */
  readonly checkTarget: (url: URL) => void
}

const MAX_REDIRECTS = 10

/** The first response that is not a redirect. */
export async function followRedirects(first: URL, {send, checkTarget}: RedirectOptions): Promise<HttpResponse & Hop> {
  let hop: Hop = {url: first, isDirect: true}
  for (let redirects = 0; ; redirects++) {
    const response = await send(hop)
    if (!isRedirect(response.status)) return {...response, ...hop}
    // The body is read so that its connection can be used again.
    await readLimited(response.body, MAX_ERROR_BYTES)
    if (redirects === MAX_REDIRECTS)
      fail({
        kind: 'protocol',
        detail: `more than ${String(MAX_REDIRECTS)} redirects, the last to ${hop.url.host}`,
        isHtml: false
      })
    const url = redirectTarget(hop.url, response.headers.get('location'))
    checkTarget(url)
    // A host that a redirect leads to may lead back, to a path of its own choice.
    hop = {url, isDirect: hop.isDirect && url.origin === first.origin}
  }
}
