// The registry port over HTTP (OCI distribution specification 1.1, pull only): manifests and blobs, with tokens and redirects.
// A response is the registry's claim. Its bytes are passed on unverified, and credentials stay with their origin.

import {VerifiedImageError, fail} from '../failure/error.ts'
import type {Certificates} from '../http/certificates.ts'
import {createHttpClient} from '../http/http-client.ts'
import {announcedLength, type HttpLimits, type HttpResponse} from '../http/send-request.ts'
import {readLimited} from '../http/read-limited.ts'
import {ACCEPT_MANIFEST} from '../oci/manifest.ts'
import {endpointOf} from '../oci/reference.ts'
import {type Authorization, type Authorizer, createAuthorizer} from './authorizer.ts'
import type {Credentials} from '../credentials/credentials.ts'
import {exchange, type ExchangeDeps, followRedirects, type Hop} from './exchange.ts'
import {createSchemeProbe, type SchemeProbe} from './plain-http.ts'
import {refusePrivateTarget} from './redirect.ts'
import type {FetchRequest, RegistryPort, RegistryResponse} from './registry.ts'
import {
  describeErrorBody,
  failureOfStatus,
  isHtmlType,
  MAX_ERROR_BYTES,
  parseContentRange,
  quoteLine,
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
  readonly credentialsOf: (registry: string) => Promise<Credentials | undefined>
  readonly conceal: (secret: string) => void
  readonly nowMs: () => number
  readonly wallClockMs: () => number
  readonly userAgent: string
}

type ClientDeps = ExchangeDeps & {
  readonly method: 'GET' | 'HEAD'
  readonly schemes: SchemeProbe
  readonly authorizer: Authorizer
  readonly wallClockMs: () => number
}

/** `method` is HEAD where only the status matters. */
export function createRegistryClient(options: RegistryClientOptions, method: 'GET' | 'HEAD' = 'GET'): RegistryPort {
  const {userAgent, nowMs, wallClockMs} = options
  const http = createHttpClient({limits: options, ...options})
  const wire: ExchangeDeps = {http, userAgent, nowMs}
  const authorizer = createAuthorizer({
    ...options,
    sendTokenRequest: (request, fetchRequest) => sendTokenRequest(wire, options.tokenHosts, request, fetchRequest)
  })
  const schemes = createSchemeProbe(options.insecureRegistries)
  const deps: ClientDeps = {...wire, method, schemes, authorizer, wallClockMs}
  return {
    openManifest: ({reference, ...request}) =>
      openObject(deps, request, {path: `manifests/${reference}`, headers: {accept: ACCEPT_MANIFEST}, offset: 0}),
    openBlob: ({digest, offset, ...request}) =>
      openObject(deps, request, {
        path: `blobs/${digest}`,
        headers: offset === 0 ? {} : {range: `bytes=${String(offset)}-`},
        offset
      }),
    close: http.close
  }
}

/** What to request below `/v2/REPOSITORY/`. */
type ObjectRequest = {
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly offset: number
}

async function openObject(deps: ClientDeps, request: FetchRequest, object: ObjectRequest): Promise<RegistryResponse> {
  const host = endpointOf(request.repository.registry)
  const response = await deps.schemes.withTlsFallback(host, () => fetchWithAuth(deps, request, object, host))
  return contentOf(response, object.offset)
}

/** `isAuthorized`: the host that answered received the Authorization header. */
type Answer = HttpResponse & Hop & {readonly isAuthorized: boolean}

/** Request, challenge, token, request. A second challenge for the same request is a rejection. */
async function fetchWithAuth(
  deps: ClientDeps,
  request: FetchRequest,
  object: ObjectRequest,
  host: string
): Promise<Answer> {
  const {authorizer} = deps
  const url = new URL(`${deps.schemes.schemeOf(host)}://${host}/v2/${request.repository.path}/${object.path}`)
  const known = await authorizer.cachedAuthorization(request)
  const first = await sendAuthorized(deps, request, {url, headers: object.headers, authorization: known})
  if (first.status !== 401) return checkResponse(deps, first, known)
  // Credentials are for the registry. Another host that asks for some gets none, and its challenge is not answered.
  if (!first.isDirect) return rejectResponse(deps, first, 'none')
  await readLimited(first.body, MAX_ERROR_BYTES)
  const authorization = await authorizer.answerChallenge(
    {
      challenge: first.headers.get('www-authenticate') ?? '',
      rejected: known?.header,
      isPlainHttp: first.url.protocol === 'http:'
    },
    request
  )
  const second = await sendAuthorized(deps, request, {url, headers: object.headers, authorization})
  return checkResponse(deps, second, authorization)
}

type AuthorizedRequest = {
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  readonly authorization: Authorization | undefined
}

/** Follows redirects. The Authorization header goes to the registry's own origin only, and not after a detour. */
async function sendAuthorized(
  deps: ClientDeps,
  request: FetchRequest,
  {url: first, headers, authorization}: AuthorizedRequest
): Promise<Answer> {
  const response = await followRedirects(first, {
    send: ({url, isDirect}) =>
      exchange(deps, request, url, {
        method: deps.method,
        headers: isDirect && authorization !== undefined ? {...headers, authorization: authorization.header} : headers
      }),
    checkTarget: target => {
      refusePrivateTarget(target, request.repository.registry)
    }
  })
  return {...response, isAuthorized: response.isDirect && authorization !== undefined}
}

async function checkResponse(
  deps: ClientDeps,
  answer: Answer,
  authorization: Authorization | undefined
): Promise<Answer> {
  const {status, headers, body} = answer
  if (status !== 200 && status !== 206) {
    const isRejected = answer.isAuthorized && authorization?.isAnonymous === false
    return rejectResponse(deps, answer, isRejected ? 'refused' : 'none')
  }
  const encoding = headers.get('content-encoding') ?? 'identity'
  if (isHtmlType(headers)) {
    const page = describeErrorBody(await readShort(answer))
    return fail({
      kind: 'protocol',
      detail: `${page === '' ? 'an HTML page' : page} with HTTP ${String(status)} from ${answer.url.host}, not the requested content`,
      isHtml: true
    })
  }
  if (encoding !== 'identity') {
    body.discard()
    fail({
      kind: 'protocol',
      detail: `the response is encoded (Content-Encoding: ${quoteLine(encoding)}), although only identity was accepted`,
      isHtml: false
    })
  }
  return answer
}

async function rejectResponse(deps: ClientDeps, answer: Answer, credentials: 'none' | 'refused'): Promise<never> {
  return fail(failureOfStatus(await readShort(answer), {credentials, nowMs: deps.wallClockMs()}))
}

async function readShort({status, headers, body, isDirect}: Answer): Promise<ShortResponse> {
  return {
    status,
    headers,
    body: await readLimited(body, MAX_ERROR_BYTES),
    author: isDirect ? 'registry' : 'elsewhere'
  }
}

function contentOf(answer: Answer, requestedOffset: number): RegistryResponse {
  const {headers, status, body, isDirect, isPublic, url} = answer
  const length = announcedLength(headers)
  const mayBeCutShort = length === undefined && !headers.has('transfer-encoding')
  const common = {
    mediaType: headers.get('content-type')?.split(';')[0]?.trim().toLowerCase(),
    digestHeader: headers.get('docker-content-digest'),
    ...(isDirect || isPublic ? {} : {redirectedTo: url.host}),
    body
  }
  if (status !== 206) return {...common, mayBeCutShort, offset: 0, contentLength: length}
  const range = parseContentRange(headers.get('content-range') ?? '')
  if (range?.start !== requestedOffset) {
    body.discard()
    const header = headers.get('content-range')
    return fail({
      kind: 'protocol',
      detail: `bytes from ${String(requestedOffset)} on were requested, and the response has ${header === undefined ? 'no Content-Range' : `Content-Range: ${quoteLine(header)}`}`,
      isHtml: false
    })
  }
  const isWhole = range.total === range.end + 1
  return {...common, mayBeCutShort: mayBeCutShort || !isWhole, offset: range.start, contentLength: range.total}
}

/** A redirect of a token server leads on without credentials, and as a GET. */
async function sendTokenRequest(
  wire: ExchangeDeps,
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
        exchange(wire, request, url, {
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
