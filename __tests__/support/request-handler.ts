// Finds the correct response to each request at the registry, its token server, and its CDN.
// Marks the requests that a correct client would not send in this test.

import type {RequestFacts} from './fault.ts'
import type {StoredBlob} from './images.ts'
import type {JournalEntry} from './journal.ts'
import {
  type FakeResponse,
  blobResponse,
  manifestResponse,
  errorResponse,
  jsonResponse,
  xmlResponse
} from './registry-responses.ts'
import {CDN_SIGNATURE, type Route} from './registry-routes.ts'
import type {FakeTokenServer} from './fake-token-server.ts'

export type RequestHandlerOptions = {
  /** How often a signed URL works before it answers 403, like an expired one. Unlimited by default. */
  readonly signedUrlUses?: number
  /** Headers of every response of the registry: ratelimit-…, cf-ray, x-github-request-id. */
  readonly headers?: Readonly<Record<string, string>>
  readonly cdnHeaders?: Readonly<Record<string, string>>
  /** Repositories and references (`name:tag`, `name@digest`) that a test expects to be missing. */
  readonly absent?: readonly string[]
  /** What is missing is no surprise: a push asks for it before. */
  readonly expectsMissing?: boolean
}

export type Found = {readonly correct: FakeResponse; readonly stage: RequestFacts['stage']}

export type RequestHandler = (entry: JournalEntry, route: Route) => Found

type RequestHandlerDeps = {
  readonly options: RequestHandlerOptions
  readonly tokens: FakeTokenServer
  /** Undefined when the registry serves its blobs itself. */
  readonly cdnOrigin: () => string | undefined
}

function served(correct: FakeResponse): Found {
  return {correct, stage: 'serving'}
}

export function createRequestHandler({options, tokens, cdnOrigin}: RequestHandlerDeps): RequestHandler {
  const absent = new Set(options.absent ?? [])
  const miss: Miss = (entry, answer) => {
    const {repository = '', reference = ''} = entry
    const names = [repository, `${repository}:${reference}`, `${repository}@${reference}`]
    entry.expected = options.expectsMissing === true || names.some(name => absent.has(name))
    return answer
  }
  const cdn = createCdn(options.signedUrlUses ?? Number.POSITIVE_INFINITY, miss)
  const registry: RequestHandler = (entry, route) => {
    const repository = 'repository' in route ? route.repository : undefined
    const refusal = route.object === 'unknown' ? undefined : tokens.refuse(entry.headers, repository)
    if (refusal !== undefined) return {correct: refusal, stage: 'challenge'}
    if (route.object === 'ping') return served(jsonResponse(200, {}))
    if (!('stored' in route)) return served(miss(entry, errorResponse(404, 'NOT_FOUND', 'not found')))
    const {stored, kind} = route
    if (stored === undefined) return served(miss(entry, unknownResponse(kind)))
    if (kind === 'manifests') return served(manifestResponse(stored, entry.headers))
    const origin = cdnOrigin()
    if (origin !== undefined) return {correct: cdn.redirect(origin, entry.path), stage: 'redirecting'}
    return served(blobResponse(stored, entry.method, entry.headers, 'registry'))
  }
  return (entry, route) => {
    if (route.object === 'loop') return served(loopFrom(entry.path))
    if (route.object === 'token') return served(tokens.answerToken(entry))
    if (entry.server === 'cdn') {
      return served(withHeaders(cdn.answer(entry, 'stored' in route ? route.stored : undefined), options.cdnHeaders))
    }
    const {correct, stage} = registry(entry, route)
    return {
      correct: withHeaders(correct, {'docker-distribution-api-version': 'registry/2.0', ...options.headers}),
      stage
    }
  }
}

type Miss = (entry: JournalEntry, answer: FakeResponse) => FakeResponse

function withHeaders(answer: FakeResponse, headers: Readonly<Record<string, string>> | undefined): FakeResponse {
  return {
    ...answer,
    headers: {...answer.headers, ...headers}
  }
}

function unknownResponse(kind: 'manifests' | 'blobs'): FakeResponse {
  return kind === 'blobs'
    ? errorResponse(404, 'BLOB_UNKNOWN', 'blob unknown to registry')
    : errorResponse(404, 'MANIFEST_UNKNOWN', 'manifest unknown')
}

type Cdn = {
  readonly redirect: (origin: string, path: string) => FakeResponse
  readonly answer: (entry: JournalEntry, stored: StoredBlob | undefined) => FakeResponse
}

/** Each redirect has its own signed URL. Like S3, the CDN refuses a request with both Authorization and a signature. */
function createCdn(usesOfOne: number, miss: Miss): Cdn {
  const uses = new Map<string, number>()
  let signed = 0
  return {
    redirect: (origin, path) => {
      signed += 1
      const query = `X-Signature=${CDN_SIGNATURE}&X-Serial=${String(signed)}`
      return {status: 307, headers: {location: `${origin}${path}?${query}`}, body: Buffer.alloc(0)}
    },
    answer: (entry, stored) => {
      const refuse = (status: number, code: string, why: string): FakeResponse =>
        miss(entry, xmlResponse(status, code, why))
      const {headers, query, method} = entry
      if (headers.authorization !== undefined) return refuse(400, 'InvalidArgument', 'Only one auth mechanism allowed')
      if (query.get('X-Signature') !== CDN_SIGNATURE) return refuse(403, 'SignatureDoesNotMatch', 'no signature')
      const serial = query.get('X-Serial') ?? ''
      const used = (uses.get(serial) ?? 0) + 1
      uses.set(serial, used)
      if (used > usesOfOne) return refuse(403, 'AccessDenied', 'Request has expired')
      if (stored === undefined) return refuse(404, 'NoSuchKey', 'The specified key does not exist.')
      return blobResponse(stored, method, headers, 'cdn')
    }
  }
}

/** Two paths that redirect to each other. */
export function loopFrom(path: string): FakeResponse {
  return {
    status: 307,
    headers: {location: path.endsWith('/a') ? '/loop/b' : '/loop/a'},
    body: Buffer.alloc(0)
  }
}
