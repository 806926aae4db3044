// GitHub's REST API: one request with the job's token, and its errors and rate limits.
// The token goes to the server of the API alone, and no redirect leads it away.

import {fail} from '../failure/error.ts'
import type {Failure} from '../failure/failure.ts'
import type {HttpBody} from '../http/body.ts'
import type {HttpClient} from '../http/http-client.ts'
import {readLimited} from '../http/read-limited.ts'
import type {HttpResponse} from '../http/send-request.ts'
import {invalid, type Parsed, valid} from '../oci/parsed.ts'
import {exchange, followRedirects, type RateLimit} from '../registry/exchange.ts'
import {isLoopback} from '../registry/plain-http.ts'
import {isRedirect} from '../registry/redirect.ts'
import type {FetchRequest} from '../registry/registry.ts'
import {
  failureOfStatus,
  type Headers,
  MAX_ERROR_BYTES,
  retryAfterMsOf,
  type ShortResponse
} from '../registry/response.ts'

export type GitHubApiOptions = {
  readonly http: HttpClient
  /** As `parseApiUrl` returns it. */
  readonly url: URL
  readonly token: string | undefined
  readonly userAgent: string
  readonly nowMs: () => number
  readonly wallClockMs: () => number
  /** Waits until the next request may be sent to a host. Absent where requests are not limited. */
  readonly limitRate?: RateLimit | undefined
}

/** How one attempt is sent and recorded. */
export type GitHubAttempt = Omit<FetchRequest, 'repository'>

export type GitHubRequest = {
  readonly method: 'GET' | 'POST' | 'PATCH'
  /** Below the API's URL, with its query: `/repos/OWNER/REPO/issues?state=all`. */
  readonly path: string
  readonly body?: unknown
}

export type GitHubResponse = {
  readonly body: Uint8Array
  /** The path of the next page of a list. */
  readonly nextPath: string | undefined
}

export type GitHubApi = {
  readonly url: URL
  /** Resolves for a status 2xx. Rejects with a VerifiedImageError otherwise, or with the signal's reason. */
  readonly send: (attempt: GitHubAttempt, request: GitHubRequest) => Promise<GitHubResponse>
}

type Environment = Readonly<Record<string, string | undefined>>

const GITHUB_API = 'https://api.github.com'

/**
 * The URL of the API in GITHUB_API_URL. Where it is not set, it is the one of github.com for a job of github.com alone: another server's
 * token does not leave for there. An earlier step may have set it, so it has TLS, unless the server is on this machine: the token is not
 * sent in the clear.
 */
export function parseApiUrl({GITHUB_API_URL: text = '', GITHUB_SERVER_URL: server = ''}: Environment): Parsed<URL> {
  const isElsewhere = server !== '' && URL.parse(server)?.origin !== 'https://github.com'
  const wanted = text === '' && !isElsewhere ? GITHUB_API : text
  const url = URL.canParse(wanted) ? new URL(wanted) : undefined
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url.host))
  return url !== undefined && isSafe && url.username === '' && url.search === ''
    ? valid(url)
    : invalid("needs the address of GitHub's API in GITHUB_API_URL, with https")
}

/** A page of issues with long bodies has up to 7 MB, one of a hundred bundles 2 MB, and more for large matrices. */
const MAX_BODY_BYTES = 16 * 1024 * 1024

export function createGitHubApi(options: GitHubApiOptions): GitHubApi {
  const {url: base, token, wallClockMs} = options
  return {
    url: base,
    send: async (attempt, request) => {
      const url = new URL(base.pathname.replace(/\/$/, '') + request.path, base)
      const {status, headers, body} = await sendTo(options, attempt, url, request)
      if (status >= 200 && status < 300)
        return {body: await readWhole(body, MAX_BODY_BYTES), nextPath: nextPathOf(headers, base)}
      const error = await readLimited(body, MAX_ERROR_BYTES)
      if (isRedirect(status)) return fail({kind: 'not-found', status, detail: 'the repository has moved'})
      const credentials = token === undefined ? 'none' : 'refused'
      return fail(failureOf({status, headers, body: error, author: 'registry'}, {credentials, nowMs: wallClockMs()}))
    }
  }
}

/** A renamed repository is redirected to its number on the same server, and read there. Nothing is written twice. */
function sendTo(
  options: GitHubApiOptions,
  attempt: GitHubAttempt,
  first: URL,
  request: GitHubRequest
): Promise<HttpResponse> {
  const {token} = options
  const headers = {
    accept: 'application/vnd.github+json',
    'x-github-api-version': '2022-11-28',
    ...(token === undefined ? {} : {authorization: `Bearer ${token}`}),
    ...(request.body === undefined ? {} : {'content-type': 'application/json'})
  }
  const body = request.body === undefined ? {} : {body: JSON.stringify(request.body)}
  const from = {...attempt, repository: {registry: first.host, path: ''}}
  const send = (url: URL): Promise<HttpResponse> =>
    exchange(options, from, url, {method: request.method, headers, ...body})
  if (request.method !== 'GET') return send(first)
  return followRedirects(first, {
    send: ({url}) => send(url),
    checkTarget: target => {
      if (target.origin !== first.origin)
        fail({kind: 'not-found', status: 301, detail: `the repository has moved to ${target.host}`})
    }
  })
}

/** A body that is wanted as a whole. */
export async function readWhole(body: HttpBody, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let received = 0
  for await (const chunk of body) {
    received += chunk.length
    if (received > maxBytes)
      fail({kind: 'too-large', limitBytes: maxBytes, detail: `more than ${String(maxBytes)} bytes from GitHub`})
    // The memory of a chunk is reused once the next one is requested.
    chunks.push(Buffer.from(chunk))
  }
  return Buffer.concat(chunks)
}

// "Rate limits for the REST API": without Retry-After, a secondary limit asks for at least a minute.
const SECONDARY_WAIT_MS = 60_000

/** A 403 is a limit if its headers say so ("Exceeding the rate limit"), and a missing permission otherwise. */
function failureOf(answer: ShortResponse, context: Parameters<typeof failureOfStatus>[1]): Failure {
  const {status, headers} = answer
  const {nowMs} = context
  const failure = failureOfStatus(answer, context)
  const retryAfterMs = retryAfterMsOf(headers, nowMs)
  const isPrimary = headers.get('x-ratelimit-remaining') === '0'
  const isLimit = status === 429 || (status === 403 && (isPrimary || retryAfterMs !== undefined))
  if (failure.kind !== 'throttled' && !isLimit) return failure
  const resetMs = Number(headers.get('x-ratelimit-reset')) * 1000 - nowMs
  const waitMs = retryAfterMs ?? (isPrimary && Number.isFinite(resetMs) ? Math.max(0, resetMs) : SECONDARY_WAIT_MS)
  return {kind: 'throttled', status, detail: 'detail' in failure ? failure.detail : '', retryAfterMs: waitMs}
}

/** The next page of `Link`, if it is on the same server. */
function nextPathOf(headers: Headers, base: URL): string | undefined {
  const target = /<([^>]*)>;\s*rel="next"/.exec(headers.get('link') ?? '')?.[1]
  if (target === undefined || !URL.canParse(target, base.href)) return undefined
  const url = new URL(target, base)
  const prefix = base.pathname.replace(/\/$/, '')
  if (url.origin !== base.origin || !url.pathname.startsWith(`${prefix}/`)) return undefined
  return url.pathname.slice(prefix.length) + url.search
}
