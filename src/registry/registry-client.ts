// The registry port over HTTP (OCI distribution specification 1.1, pull only): manifests, blobs, and referrers.
// A response is the registry's claim. Its bytes are passed on unverified, and credentials stay with their origin.

import {quoteLine} from '../oci/quote-line.ts'
import {createSingleFlight} from '../concurrency/single-flight.ts'
import type {FindCredentials} from '../credentials/find-credentials.ts'
import {fail, VerifiedImageError} from '../failure/error.ts'
import {derivedBody} from '../http/body.ts'
import type {Certificates} from '../http/certificates.ts'
import {createHttpClient} from '../http/http-client.ts'
import {readLimited} from '../http/read-limited.ts'
import {announcedLength, type HttpLimits} from '../http/send-request.ts'
import {type Digest, parseDigest} from '../oci/digest.ts'
import {ACCEPT_MANIFEST, OCI_INDEX} from '../oci/manifest.ts'
import {endpointOf} from '../oci/reference.ts'
import {createAuthorizer} from './authorizer.ts'
import {decodeContent, rejectPage} from './content-decoding.ts'
import {exchange, type ExchangeDeps, followRedirects, type RateLimit} from './exchange.ts'
import {type AuthFlowDeps, type AuthorizedResponse, fetchWithAuth, type ObjectRequest} from './fetch-with-auth.ts'
import {createSchemeProbe} from './plain-http.ts'
import {nextPageOf, referrersPath} from './referrers-page.ts'
import type {FetchRequest, ReferrersPort, RegistryPort, RegistryResponse} from './registry.ts'
import {
  contentCodingsOf,
  describeErrorBody,
  isHtmlType,
  MAX_ERROR_BYTES,
  parseContentRange,
  type ShortResponse
} from './response.ts'
import {checkTokenHost, type HttpTokenRequest} from './token-request.ts'

export type RegistryClientOptions = HttpLimits & {
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly certificates?: Certificates
  /** Hosts, with a port where they have one, that may be contacted over plain HTTP. Loopback always may. */
  readonly insecureRegistries: readonly string[]
  /** Hosts at private addresses that may issue tokens. */
  readonly tokenHosts: readonly string[]
  readonly credentialsOf: FindCredentials
  readonly setSecret: (secret: string) => void
  readonly nowMs: () => number
  readonly wallClockMs: () => number
  readonly userAgent: string
  readonly limitRate?: RateLimit | undefined
}

/** What a client of registries consists of, without the method of its requests. */
export type AuthFlow = {readonly deps: Omit<AuthFlowDeps, 'method'>; readonly close: () => void}

/** Opens connections with the credentials of the options. The caller closes them. */
export function openAuthFlow(options: RegistryClientOptions): AuthFlow {
  const {userAgent, nowMs, wallClockMs, tokenHosts, limitRate} = options
  const http = createHttpClient({limits: options, ...options})
  const exchangeDeps: ExchangeDeps = {http, userAgent, nowMs, limitRate}
  const authorizer = createAuthorizer({
    ...options,
    sendTokenRequest: (request, fetchRequest) => sendTokenRequest(exchangeDeps, tokenHosts, request, fetchRequest)
  })
  const schemeProbe = createSchemeProbe(options.insecureRegistries)
  return {
    deps: {...exchangeDeps, schemeProbe, authorizer, wallClockMs, pings: createSingleFlight()},
    close: http.close
  }
}

/** `method` is HEAD where only the status matters. */
export function createRegistryClient(
  options: RegistryClientOptions,
  method: 'GET' | 'HEAD' = 'GET'
): RegistryPort & ReferrersPort {
  return createRegistryPort(openAuthFlow(options), method)
}

/** The client with these connections and credentials, which may have other users. */
export function createRegistryPort(flow: AuthFlow, method: 'GET' | 'HEAD' = 'GET'): RegistryPort & ReferrersPort {
  const deps: AuthFlowDeps = {...flow.deps, method}
  function send(request: FetchRequest, object: ObjectRequest): Promise<AuthorizedResponse> {
    const host = endpointOf(request.repository.registry)
    return deps.schemeProbe.withTlsFallback(host, () => fetchWithAuth(deps, request, object))
  }
  async function open(request: FetchRequest, object: ObjectRequest): Promise<RegistryResponse> {
    return contentOf(await send(request, object), object, request)
  }
  return {
    openManifest: ({reference, ...request}) =>
      open(request, {
        path: `manifests/${reference}`,
        headers: {accept: ACCEPT_MANIFEST},
        offset: 0,
        digest: digestIn(reference)
      }),
    openBlob: ({digest, offset, ...request}) =>
      open(request, {
        path: `blobs/${digest}`,
        headers: offset === 0 ? {} : {range: `bytes=${String(offset)}-`},
        offset,
        digest
      }),
    openBlobRange: ({digest, range, size, ...request}) =>
      open(request, {
        path: `blobs/${digest}`,
        headers: {range: `bytes=${String(range.start)}-${String(range.end - 1)}`},
        offset: range.start,
        part: {range, size},
        digest
      }),
    openReferrers: async ({digest, artifactType, page, ...request}) => {
      const path = referrersPath({digest, artifactType, page})
      const object = {path, headers: {accept: OCI_INDEX}, offset: 0, digest: undefined}
      const answer = await send(request, object)
      return {...contentOf(answer, object, request), nextPage: nextPageOf(answer, digest)}
    },
    close: flow.close
  }
}

/** A reference of a manifest is a digest, or a tag. */
function digestIn(reference: string): Digest | undefined {
  const digest = parseDigest(reference)
  return digest.ok ? digest.value : undefined
}

function contentOf(
  answer: AuthorizedResponse,
  {offset, part, digest}: ObjectRequest,
  request: FetchRequest
): RegistryResponse {
  if (part !== undefined) checkPart(answer, part)
  const {headers, status, body, isDirect, isPublic, url} = answer
  const common = {
    mediaType: headers.get('content-type')?.split(';')[0]?.trim().toLowerCase(),
    digestHeader: headers.get('docker-content-digest'),
    mayBeCutShort: announcedLength(headers) === undefined && !headers.has('transfer-encoding'),
    acceptsRanges: status === 206 || /\bbytes\b/i.test(headers.get('accept-ranges') ?? ''),
    ...(isDirect || isPublic ? {} : {redirectedTo: url.host})
  }
  if (status === 206) return {...common, ...partOf(answer, offset), body}
  const codings = contentCodingsOf(headers)
  if (codings.length === 0) {
    const content = isHtmlType(headers) ? derivedBody(body, rejectPage(body, {digest, describe: pageIn(answer)})) : body
    return {...common, offset: 0, contentLength: announcedLength(headers), body: content}
  }
  // Content-Length is that of the encoded bytes. An earlier attempt that got wrong bytes asks for a fresh connection.
  const isRetry = request.refresh === 'connection'
  return {...common, offset: 0, contentLength: undefined, body: decodeContent(body, {codings, digest, isRetry})}
}

function pageIn({headers, status, isDirect, url}: AuthorizedResponse): (page: Uint8Array) => string {
  const author = isDirect ? 'registry' : 'elsewhere'
  return body => {
    const page = describeErrorBody({headers, body, author})
    return `${page === '' ? 'an HTML page' : page} with HTTP ${String(status)} from ${url.host}, not the requested content`
  }
}

/**
 * Fails unless the response is the requested part and nothing else. Parts are joined, so that a range that is a byte off would make
 * the whole layer wrong, and only its digest would show it.
 */
function checkPart(
  {status, headers, body}: AuthorizedResponse,
  {range, size}: NonNullable<ObjectRequest['part']>
): void {
  const header = headers.get('content-range')
  const got = parseContentRange(header ?? '')
  const isExact = got?.start === range.start && got.end === range.end - 1 && (got.total ?? size) === size
  if (status === 206 && isExact && contentCodingsOf(headers).length === 0) return
  body.discard()
  const wanted = `bytes ${String(range.start)}-${String(range.end - 1)}/${String(size)} were requested`
  const answered =
    status === 206
      ? `the response has ${header === undefined ? 'no Content-Range' : `Content-Range: ${quoteLine(header)}`}`
      : `the response is HTTP ${String(status)} with the whole object`
  fail({kind: 'protocol', detail: `${wanted}, and ${answered}`, isHtml: false})
}

/**
 * The range of a 206. Its codings are ignored: it continues the bytes of an earlier response, and a verifier that then finds a wrong
 * digest starts again from 0.
 */
function partOf(
  {headers, body}: AuthorizedResponse,
  requestedOffset: number
): Pick<RegistryResponse, 'offset' | 'contentLength'> & Partial<Pick<RegistryResponse, 'mayBeCutShort'>> {
  const header = headers.get('content-range')
  const range = parseContentRange(header ?? '')
  if (range?.start !== requestedOffset) {
    body.discard()
    return fail({
      kind: 'protocol',
      detail: `bytes from ${String(requestedOffset)} on were requested, and the response has ${header === undefined ? 'no Content-Range' : `Content-Range: ${quoteLine(header)}`}`,
      isHtml: false
    })
  }
  const isWhole = range.total === range.end + 1
  return {offset: range.start, contentLength: range.total, ...(isWhole ? {} : {mayBeCutShort: true})}
}

/** A redirect of a token server leads on without credentials, and as a GET. */
async function sendTokenRequest(
  exchangeDeps: ExchangeDeps,
  tokenHosts: readonly string[],
  {url: first, headers, form}: HttpTokenRequest,
  request: FetchRequest
): Promise<ShortResponse> {
  try {
    const {
      status,
      headers: answered,
      body,
      isDirect
    } = await followRedirects(first, {
      send: ({url, isDirect: isOrigin}) =>
        exchange(exchangeDeps, request, url, {
          ...(form === undefined || !isOrigin ? {method: 'GET'} : {method: 'POST', body: form}),
          headers: isOrigin ? headers : {}
        }),
      checkTarget: target => {
        const reason = checkTokenHost(target, request.repository.registry, tokenHosts)
        if (reason !== undefined)
          fail({kind: 'protocol', detail: `the token server redirects to ${target.host}: ${reason}`, isHtml: false})
      }
    })
    const author = isDirect ? 'token-server' : 'elsewhere'
    return {status, headers: answered, body: await readLimited(body, MAX_ERROR_BYTES), author}
  } catch (error) {
    if (error instanceof VerifiedImageError)
      throw new VerifiedImageError(error.failure, {cause: error, object: 'token'})
    throw error
  }
}
