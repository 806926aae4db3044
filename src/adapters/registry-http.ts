// Registries over HTTP (OCI distribution specification 1.1, pull only): manifests and blobs, tokens, redirects by hand.
// Every answer is a claim: statuses become Failures here, bytes are passed on unverified, and credentials stay with their origin.

import {fail, VerifiedImageError} from '../acquire/failure.ts'
import type {Ask, Content, Exchange, RegistryPort} from '../acquire/ports.ts'
import {ACCEPT_MANIFEST} from '../oci/manifest.ts'
import {endpointOf} from '../oci/reference.ts'
import type {WireBody} from './registry-body.ts'
import {createSchemes, type Schemes} from './registry-scheme.ts'
import {
  type Authorization,
  type Authorizer,
  createAuthorizer,
  type Credentials,
  type TokenAnswer
} from './registry-auth.ts'
import {
  describeErrorBody,
  failureOfStatus,
  isHtml,
  MAX_ERROR_BYTES,
  parseContentRange,
  requestIdsOf,
  rateLimitOf,
  retryAfterMsOf
} from './registry-answer.ts'
import {
  announcedLength,
  createWire,
  type Wire,
  type WireLimits,
  type WireRequest,
  type WireResponse
} from './registry-wire.ts'

export type RegistryHttpOptions = WireLimits & {
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Hosts, with port where they have one, that may be spoken to in plain HTTP. Loopback always may. */
  readonly insecureRegistries: readonly string[]
  readonly credentialsOf: (registry: string) => Promise<Credentials | undefined>
  readonly conceal: (secret: string) => void
  readonly nowMs: () => number
  readonly wallClockMs: () => number
  readonly userAgent: string
  /** HEAD where only the answer's status matters; GET unless told. */
  readonly method?: 'HEAD'
}

const MAX_REDIRECTS = 10

export const createRegistryHttp = (options: RegistryHttpOptions): RegistryPort => {
  const wire = createWire(options, options.environment)
  const outside: Outside = {options, wire, schemes: createSchemes(options.insecureRegistries)}
  const authorizer = createAuthorizer({
    credentialsOf: options.credentialsOf,
    conceal: options.conceal,
    nowMs: options.nowMs,
    askTokenServer: (request, ask) => askTokenServer(outside, request, ask)
  })
  const get = (ask: Ask, path: string, headers: Readonly<Record<string, string>>): Promise<Answer> =>
    getFromRegistry(outside, authorizer, ask, path, headers)
  return {
    openManifest: async ({reference, ...ask}) =>
      contentOf(await get(ask, `manifests/${reference}`, {accept: ACCEPT_MANIFEST}), 0),
    openBlob: async ({digest, offset, ...ask}) =>
      contentOf(await get(ask, `blobs/${digest}`, offset === 0 ? {} : {range: `bytes=${String(offset)}-`}), offset),
    close: wire.close
  }
}

type Outside = {
  readonly options: RegistryHttpOptions
  readonly wire: Wire
  readonly schemes: Schemes
}

/** `isAuthorized`: whoever answered in the end was told who asks. */
type Answer = WireResponse & {readonly url: URL; readonly isAuthorized: boolean}

const getFromRegistry = async (
  outside: Outside,
  authorizer: Authorizer,
  ask: Ask,
  path: string,
  headers: Readonly<Record<string, string>>
): Promise<Answer> => {
  const host = endpointOf(ask.repository.registry)
  return outside.schemes.findOut(host, () =>
    dance(outside, authorizer, ask, host, `/v2/${ask.repository.path}/${path}`, headers)
  )
}

/** Request, challenge, token, request. A second challenge for the same request is a refusal. */
const dance = async (
  outside: Outside,
  authorizer: Authorizer,
  ask: Ask,
  host: string,
  path: string,
  headers: Readonly<Record<string, string>>
): Promise<Answer> => {
  const {registry} = ask.repository
  const known = await authorizer.known(registry, ask)
  const first = await followRedirects(outside, ask, host, path, headers, known)
  if (first.status !== 401) return accept(outside, first, known)
  const body = await readShort(first.body)
  // As a URL writes it: without the port that its scheme has anyway, and in lower case.
  if (first.url.host !== new URL(`${first.url.protocol}//${host}`).host)
    return fail(failureOfStatus(first.status, first.headers, body, 'none', outside.options.wallClockMs()))
  const authorization = await authorizer.answer(
    registry,
    first.headers.get('www-authenticate') ?? '',
    known?.header,
    first.url.protocol === 'http:',
    ask
  )
  const second = await followRedirects(outside, ask, host, path, headers, authorization)
  return accept(outside, second, authorization)
}

const accept = async (outside: Outside, answer: Answer, authorization: Authorization | undefined): Promise<Answer> => {
  const {status, headers, body} = answer
  if (status === 200 || status === 206) {
    const type = headers.get('content-type') ?? ''
    const encoding = headers.get('content-encoding') ?? 'identity'
    if (/^text\/html\b/i.test(type)) {
      return fail({
        kind: 'protocol',
        detail: `${describeErrorBody(headers, await readShort(body))} with status ${String(status)} from ${answer.url.host}, not what was asked for`,
        isHtml: true
      })
    }
    if (encoding !== 'identity') {
      body.discard()
      fail({
        kind: 'protocol',
        detail: `the answer is encoded (Content-Encoding: ${encoding}) though that was ruled out`,
        isHtml: false
      })
    }
    return answer
  }
  const isRefused = answer.isAuthorized && authorization?.isAnonymous === false
  return fail(
    failureOfStatus(
      status,
      headers,
      await readShort(body),
      isRefused ? 'refused' : 'none',
      outside.options.wallClockMs()
    )
  )
}

const contentOf = ({headers, status, body}: Answer, wantedOffset: number): Content => {
  const length = announcedLength(headers)
  const common = {
    mediaType: headers.get('content-type')?.split(';')[0]?.trim().toLowerCase(),
    announcedDigest: headers.get('docker-content-digest'),
    endsWithConnection: length === undefined && !headers.has('transfer-encoding'),
    body
  }
  if (status !== 206) return {...common, offset: 0, announcedBytes: length}
  const range = parseContentRange(headers.get('content-range') ?? '')
  if (range?.start !== wantedOffset) {
    body.discard()
    return fail({
      kind: 'protocol',
      detail: `it was asked for the bytes from ${String(wantedOffset)} on and answered ${headers.get('content-range') ?? 'without Content-Range'}`,
      isHtml: false
    })
  }
  const isWhole = range.total === range.end + 1
  return {
    ...common,
    endsWithConnection: common.endsWithConnection || !isWhole,
    offset: range.start,
    announcedBytes: range.total
  }
}

/** Sends a GET and follows redirects. Authorization goes to the registry's own origin only. */
const followRedirects = async (
  outside: Outside,
  ask: Ask,
  host: string,
  path: string,
  headers: Readonly<Record<string, string>>,
  authorization: Authorization | undefined
): Promise<Answer> => {
  let url = new URL(`${outside.schemes.of(host)}://${host}${path}`)
  const origin = url.origin
  for (let hops = 0; ; hops++) {
    const isAuthorized = url.origin === origin && authorization !== undefined
    const credentials: Record<string, string> = isAuthorized ? {authorization: authorization.header} : {}
    const answer = await exchange(outside, ask, {
      method: outside.options.method ?? 'GET',
      url,
      headers: {...headers, ...credentials}
    })
    if (!isRedirect(answer.status)) return {...answer, url, isAuthorized}
    await readShort(answer.body)
    if (hops === MAX_REDIRECTS)
      fail({
        kind: 'protocol',
        detail: `more than ${String(MAX_REDIRECTS)} redirects, the last to ${url.host}`,
        isHtml: false
      })
    url = redirectTarget(url, answer.headers.get('location'))
  }
}

const isRedirect = (status: number): boolean => [301, 302, 303, 307, 308].includes(status)

const redirectTarget = (from: URL, location: string | undefined): URL => {
  if (location === undefined || !URL.canParse(location, from.href))
    return fail({kind: 'protocol', detail: 'a redirect that leads nowhere', isHtml: false})
  const to = new URL(location, from.href)
  if (from.protocol === 'https:' && to.protocol !== 'https:')
    fail({kind: 'protocol', detail: `a redirect from https to ${to.protocol}//${to.host}`, isHtml: false})
  if (to.protocol !== 'https:' && to.protocol !== 'http:')
    fail({kind: 'protocol', detail: `a redirect to ${to.protocol}`, isHtml: false})
  if (to.username !== '' || to.password !== '')
    fail({kind: 'protocol', detail: `a redirect with a user in it, to ${to.host}`, isHtml: false})
  return to
}

/** One request on the wire, told of in the evidence. */
const exchange = async (
  outside: Outside,
  ask: Ask,
  request: Pick<WireRequest, 'method' | 'url' | 'headers'> & {readonly body?: string}
): Promise<WireResponse> => {
  const {options, wire} = outside
  const startedMs = options.nowMs()
  const note = (evidence: Partial<Exchange>): void => {
    const {method, url} = request
    ask.trace({
      object: ask.object,
      method,
      host: url.host,
      path: url.pathname,
      elapsedMs: options.nowMs() - startedMs,
      requestIds: {},
      ...evidence
    })
  }
  const isFresh = ask.renew === 'connection'
  const headers = {
    'user-agent': options.userAgent,
    // Anything else would let a CDN change the bytes on their way.
    'accept-encoding': 'identity',
    // Wrong bytes may lie in a cache on the way: the second try is to come from where they are kept.
    ...(isFresh ? {'cache-control': 'no-cache'} : {}),
    ...request.headers
  }
  try {
    const response = await wire.send({...request, headers, signal: ask.signal, freshConnection: isFresh})
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

const askTokenServer = async (
  outside: Outside,
  request: {readonly url: URL; readonly headers: Record<string, string>; readonly form?: string},
  ask: Ask
): Promise<TokenAnswer> => {
  let {url} = request
  try {
    for (let hops = 0; ; hops++) {
      const isOrigin = url.origin === request.url.origin
      const response = await exchange(outside, ask, {
        ...(request.form === undefined || !isOrigin ? {method: 'GET'} : {method: 'POST', body: request.form}),
        url,
        headers: isOrigin ? request.headers : {}
      })
      const {status, headers} = response
      const body = await readShort(response.body)
      if (!isRedirect(status)) {
        const retryAfterMs = retryAfterMsOf(headers, outside.options.wallClockMs())
        return {
          status,
          body,
          detail: describeErrorBody(headers, body),
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
    }
  } catch (error) {
    if (error instanceof VerifiedImageError)
      throw new VerifiedImageError(error.failure, {cause: error, object: 'token'})
    throw error
  }
}

/** A body that is only read to say what went wrong, or for its connection's sake: no more than MAX_ERROR_BYTES of it. */
const readShort = async (body: WireBody): Promise<Uint8Array> => {
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
