// Registries over HTTP (OCI distribution specification 1.1, pull only): manifests and blobs, tokens, redirects by hand.
// Every answer is a claim: statuses become Failures here, bytes are passed on unverified, and credentials stay with their origin.
import type {FetchRequest, RegistryResponse, Exchange, RegistryPort} from './registry.ts'
import {ACCEPT_MANIFEST} from '../oci/manifest.ts'
import {endpointOf} from '../oci/reference.ts'
import type {HttpBody} from '../http/body.ts'
import {isRedirect, redirectTarget, refusePrivateTarget} from './redirect.ts'
import {createSchemeProbe, type SchemeProbe} from './plain-http.ts'
import {
  type Authorization,
  type Authorizer,
  createAuthorizer,
  type Credentials,
  type TokenResponse,
  whyNotTokenHost
} from './authorizer.ts'
import {
  type Author,
  describeErrorBody,
  failureOfStatus,
  isHtml,
  MAX_ERROR_BYTES,
  parseContentRange,
  quoteLine,
  requestIdsOf,
  rateLimitOf,
  retryAfterMsOf
} from './response.ts'
import {
  announcedLength,
  createHttpClient,
  type HttpClient,
  type HttpLimits,
  type HttpRequest,
  type HttpResponse
} from '../http/http-client.ts'
import {fail, VerifiedImageError} from '../failure/error.ts'

export type RegistryClientOptions = HttpLimits & {
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Hosts, with port where they have one, that may be spoken to in plain HTTP. Loopback always may. */
  readonly insecureRegistries: readonly string[]
  /** Hosts at private addresses that may issue tokens. */
  readonly tokenHosts: readonly string[]
  readonly credentialsOf: (registry: string) => Promise<Credentials | undefined>
  readonly conceal: (secret: string) => void
  readonly nowMs: () => number
  readonly wallClockMs: () => number
  readonly userAgent: string
  /** HEAD where only the answer's status matters; GET unless told. */
  readonly method?: 'HEAD'
}

const MAX_REDIRECTS = 10

export function createRegistryClient(options: RegistryClientOptions): RegistryPort {
  const http = createHttpClient(options, options.environment)
  const outside: ClientDeps = {options, http, schemes: createSchemeProbe(options.insecureRegistries)}
  const authorizer = createAuthorizer({
    credentialsOf: options.credentialsOf,
    conceal: options.conceal,
    nowMs: options.nowMs,
    tokenHosts: options.tokenHosts,
    askTokenServer: (request, ask) => askTokenServer(outside, request, ask)
  })
  const get = (ask: FetchRequest, path: string, headers: Readonly<Record<string, string>>): Promise<Answer> =>
    getFromRegistry(outside, authorizer, ask, path, headers)
  return {
    openManifest: async ({reference, ...ask}) =>
      contentOf(await get(ask, `manifests/${reference}`, {accept: ACCEPT_MANIFEST}), 0),
    openBlob: async ({digest, offset, ...ask}) =>
      contentOf(await get(ask, `blobs/${digest}`, offset === 0 ? {} : {range: `bytes=${String(offset)}-`}), offset),
    close: http.close
  }
}

type ClientDeps = {
  readonly options: RegistryClientOptions
  readonly http: HttpClient
  readonly schemes: SchemeProbe
}

/**
 * `isAuthorized`: the host that answered in the end was told who asks. `isOwn`: the registry's own origin answered, and no
 * redirect led to another one in between, which might have chosen the path.
 */
type Answer = HttpResponse & {readonly url: URL; readonly isAuthorized: boolean; readonly isOwn: boolean}

async function getFromRegistry(
  outside: ClientDeps,
  authorizer: Authorizer,
  ask: FetchRequest,
  path: string,
  headers: Readonly<Record<string, string>>
): Promise<Answer> {
  const host = endpointOf(ask.repository.registry)
  return outside.schemes.withTlsFallback(host, () =>
    fetchWithAuth(outside, authorizer, ask, host, `/v2/${ask.repository.path}/${path}`, headers)
  )
}

/** Request, challenge, token, request. A second challenge for the same request is a refusal. */
async function fetchWithAuth(
  outside: ClientDeps,
  authorizer: Authorizer,
  ask: FetchRequest,
  host: string,
  path: string,
  headers: Readonly<Record<string, string>>
): Promise<Answer> {
  const {registry} = ask.repository
  const known = await authorizer.cachedAuthorization(registry, ask)
  const first = await followRedirects(outside, ask, host, path, headers, known)
  if (first.status !== 401) return checkResponse(outside, first, known)
  // Credentials are for the registry. Another host that wants some gets none, and neither does its challenge.
  if (!first.isOwn) return refuse(outside, first, 'none')
  await readLimited(first.body)
  const authorization = await authorizer.answerChallenge(
    registry,
    first.headers.get('www-authenticate') ?? '',
    known?.header,
    first.url.protocol === 'http:',
    ask
  )
  const second = await followRedirects(outside, ask, host, path, headers, authorization)
  return checkResponse(outside, second, authorization)
}

async function checkResponse(
  outside: ClientDeps,
  answer: Answer,
  authorization: Authorization | undefined
): Promise<Answer> {
  const {status, headers, body} = answer
  if (status !== 200 && status !== 206) {
    const isRefused = answer.isAuthorized && authorization?.isAnonymous === false
    return refuse(outside, answer, isRefused ? 'refused' : 'none')
  }
  const type = headers.get('content-type') ?? ''
  const encoding = headers.get('content-encoding') ?? 'identity'
  if (/^text\/html\b/i.test(type)) {
    const says = describeErrorBody({headers, body: await readLimited(body), author: authorOf(answer)})
    return fail({
      kind: 'protocol',
      detail: `${says === '' ? 'an HTML page' : says} with status ${String(status)} from ${answer.url.host}, not what was asked for`,
      isHtml: true
    })
  }
  if (encoding !== 'identity') {
    body.discard()
    fail({
      kind: 'protocol',
      detail: `the answer is encoded (Content-Encoding: ${quoteLine(encoding)}) though that was ruled out`,
      isHtml: false
    })
  }
  return answer
}

async function refuse(outside: ClientDeps, answer: Answer, credentials: 'none' | 'refused'): Promise<never> {
  const {status, headers} = answer
  const error = {status, headers, body: await readLimited(answer.body), author: authorOf(answer)}
  return fail(failureOfStatus(error, credentials, outside.options.wallClockMs()))
}

function authorOf({isOwn}: Answer): Author {
  return isOwn ? 'registry' : 'elsewhere'
}

function contentOf({headers, status, body, isOwn, isPublic, url}: Answer, wantedOffset: number): RegistryResponse {
  const length = announcedLength(headers)
  const common = {
    mediaType: headers.get('content-type')?.split(';')[0]?.trim().toLowerCase(),
    digestHeader: headers.get('docker-content-digest'),
    mayBeCutShort: length === undefined && !headers.has('transfer-encoding'),
    ...(isOwn || isPublic ? {} : {redirectedTo: url.host}),
    body
  }
  if (status !== 206) return {...common, offset: 0, contentLength: length}
  const range = parseContentRange(headers.get('content-range') ?? '')
  if (range?.start !== wantedOffset) {
    body.discard()
    return fail({
      kind: 'protocol',
      detail: `it was asked for the bytes from ${String(wantedOffset)} on and answered ${quoteLine(headers.get('content-range') ?? 'without Content-Range')}`,
      isHtml: false
    })
  }
  const isWhole = range.total === range.end + 1
  return {
    ...common,
    mayBeCutShort: common.mayBeCutShort || !isWhole,
    offset: range.start,
    contentLength: range.total
  }
}

/** Sends a GET and follows redirects. Authorization goes to the registry's own origin only, and not after a detour. */
async function followRedirects(
  outside: ClientDeps,
  ask: FetchRequest,
  host: string,
  path: string,
  headers: Readonly<Record<string, string>>,
  authorization: Authorization | undefined
): Promise<Answer> {
  let url = new URL(`${outside.schemes.schemeOf(host)}://${host}${path}`)
  const {origin} = url
  let isOwn = true
  for (let hops = 0; ; hops++) {
    // A host that the redirect led to may lead back, to a path of its own choosing.
    isOwn &&= url.origin === origin
    const isAuthorized = isOwn && authorization !== undefined
    const credentials: Record<string, string> = isAuthorized ? {authorization: authorization.header} : {}
    const method = outside.options.method ?? 'GET'
    const answer = await exchange(outside, ask, {method, url, headers: {...headers, ...credentials}})
    if (!isRedirect(answer.status)) return {...answer, url, isAuthorized, isOwn}
    await readLimited(answer.body)
    if (hops === MAX_REDIRECTS)
      fail({
        kind: 'protocol',
        detail: `more than ${String(MAX_REDIRECTS)} redirects, the last to ${url.host}`,
        isHtml: false
      })
    url = redirectTarget(url, answer.headers.get('location'))
    refusePrivateTarget(url, ask.repository.registry)
  }
}

/** One request, with its line in the evidence. */
async function exchange(
  outside: ClientDeps,
  ask: FetchRequest,
  request: Pick<HttpRequest, 'method' | 'url' | 'headers'> & {readonly body?: string}
): Promise<HttpResponse> {
  const {options, http} = outside
  const startedMs = options.nowMs()
  const note = (evidence: Partial<Exchange>): void => {
    const {method, url} = request
    ask.onExchange({
      object: ask.object,
      method,
      host: url.host,
      path: url.pathname,
      elapsedMs: options.nowMs() - startedMs,
      requestIds: {},
      ...evidence
    })
  }
  const isFresh = ask.refresh === 'connection'
  const headers = {
    'user-agent': options.userAgent,
    // Anything else would let a CDN change the bytes on their way.
    'accept-encoding': 'identity',
    // Wrong bytes may lie in a cache on the way: the second try is to come from where they are kept.
    ...(isFresh ? {'cache-control': 'no-cache'} : {}),
    ...request.headers
  }
  try {
    const response = await http.send({...request, headers, signal: ask.signal, freshConnection: isFresh})
    const rateLimit = rateLimitOf(response.headers)
    note({
      status: response.status,
      requestIds: requestIdsOf(response.headers),
      ...(rateLimit === undefined ? {} : {rateLimit})
    })
    return response
  } catch (error) {
    note({})
    throw error
  }
}

async function askTokenServer(
  outside: ClientDeps,
  request: {readonly url: URL; readonly headers: Record<string, string>; readonly form?: string},
  ask: FetchRequest
): Promise<TokenResponse> {
  let {url} = request
  let isOrigin = true
  try {
    for (let hops = 0; ; hops++) {
      isOrigin &&= url.origin === request.url.origin
      const response = await exchange(outside, ask, {
        ...(request.form === undefined || !isOrigin ? {method: 'GET'} : {method: 'POST', body: request.form}),
        url,
        headers: isOrigin ? request.headers : {}
      })
      const {status, headers} = response
      const body = await readLimited(response.body)
      if (!isRedirect(status)) {
        const retryAfterMs = retryAfterMsOf(headers, outside.options.wallClockMs())
        return {
          status,
          body,
          detail: describeErrorBody({headers, body, author: isOrigin ? 'token-server' : 'elsewhere'}),
          isHtml: isHtml(headers, body),
          ...(retryAfterMs === undefined ? {} : {retryAfterMs})
        }
      }
      if (hops === MAX_REDIRECTS)
        fail({
          kind: 'protocol',
          detail: `more than ${String(MAX_REDIRECTS)} redirects of the token server`,
          isHtml: false
        })
      url = redirectTarget(url, headers.get('location'))
      const why = whyNotTokenHost(url, ask.repository.registry, outside.options.tokenHosts)
      if (why !== undefined)
        fail({kind: 'protocol', detail: `the token server redirects to ${url.host}: ${why}`, isHtml: false})
    }
  } catch (error) {
    if (error instanceof VerifiedImageError)
      throw new VerifiedImageError(error.failure, {cause: error, object: 'token'})
    throw error
  }
}

/** A body that is only read to say what went wrong, or for its connection's sake: no more than MAX_ERROR_BYTES of it. */
async function readLimited(body: HttpBody): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let received = 0
  try {
    for await (const chunk of body) {
      chunks.push(Buffer.from(chunk))
      received += chunk.length
      if (received > MAX_ERROR_BYTES) break
    }
  } catch (error) {
    // What was said until it broke is what can be told.
    if (!(error instanceof VerifiedImageError) || error.failure.kind === 'timed-out') throw error
  }
  return Buffer.concat(chunks).subarray(0, MAX_ERROR_BYTES)
}
