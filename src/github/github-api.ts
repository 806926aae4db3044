// GitHub's REST API: one request with the job's token, its rate limits, and its errors.
// The token goes to the host of the API alone, and no redirect leads it away.

import {type Clock} from '../concurrency/clock.ts'
import {fail, VerifiedImageError} from '../failure/error.ts'
import type {Failure} from '../failure/failure.ts'
import type {HttpClient} from '../http/http-client.ts'
import {isLoopbackHost} from '../http/private-address.ts'
import {readLimited} from '../http/read-limited.ts'
import type {HttpRequest} from '../http/send-request.ts'
import {isRedirect} from '../registry/redirect.ts'
import {failureOfStatus, type Headers, retryAfterMsOf, type ShortResponse} from '../registry/response.ts'

export type GitHubApiOptions = {
  readonly http: HttpClient
  /** GITHUB_API_URL of the runner. */
  readonly apiUrl: string
  readonly token: string
  readonly userAgent: string
  readonly clock: Clock
  readonly wallClockMs: () => number
  readonly signal: AbortSignal
}

export type GitHubRequest = {
  readonly method: 'GET' | 'POST' | 'PATCH'
  /** Below the API's URL, with its query: `/repos/OWNER/REPO/issues?state=all`. */
  readonly path: string
  readonly body?: unknown
}

export type GitHubResponse = {
  readonly json: unknown
  /** The path of the next page of a list. */
  readonly nextPath: string | undefined
}

export type GitHubApi = {
  /** Resolves for a status 2xx. Rejects with a VerifiedImageError otherwise. */
  readonly send: (request: GitHubRequest) => Promise<GitHubResponse>
}

/** One page of issues with long bodies has up to 7 MB. */
const MAX_BODY_BYTES = 16 * 1024 * 1024

const ATTEMPTS = 4
const FIRST_WAIT_MS = 1000

// "Rate limits for the REST API": without Retry-After, a secondary limit asks for at least a minute.
const SECONDARY_WAIT_MS = 60_000

/** A longer wait is not worth a runner. */
const LONGEST_WAIT_MS = 120_000

/** Fails with `invalid-input` for an address that the token must not be sent to. */
export function createGitHubApi(options: GitHubApiOptions): GitHubApi {
  const base = apiBase(options.apiUrl)
  return {
    send: async request => {
      for (let attempt = 1; ; attempt++) {
        const result = await sendOnce(options, base, request)
        if (result.ok) return result.response
        const waitMs = waitAfter(result, attempt)
        if (waitMs === undefined) return fail(result.failure)
        await options.clock.wait(waitMs, options.signal)
      }
    }
  }
}

/** The URL of the API, without a slash at its end: https, unless the server is on this machine. */
function apiBase(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const isAllowed =
    url !== undefined &&
    (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopbackHost(url.hostname))) &&
    url.username === '' &&
    url.search === ''
  if (!isAllowed)
    return fail({
      kind: 'invalid-input',
      faults: [
        {
          input: 'issue',
          value: text.slice(0, 200),
          reason: "needs the address of GitHub's API in GITHUB_API_URL, with https",
          example: 'https://api.github.com'
        }
      ]
    })
  return url
}

type Result =
  | {readonly ok: true; readonly response: GitHubResponse}
  | {readonly ok: false; readonly failure: Failure; readonly waitMs?: number; readonly isTransient: boolean}

async function sendOnce(options: GitHubApiOptions, base: URL, request: GitHubRequest): Promise<Result> {
  const {http, token, userAgent, signal, wallClockMs} = options
  const url = new URL(base.pathname.replace(/\/$/, '') + request.path, base)
  const message: HttpRequest = {
    method: request.method,
    url,
    headers: {
      accept: 'application/vnd.github+json',
      'accept-encoding': 'identity',
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      'user-agent': userAgent,
      'x-github-api-version': '2022-11-28'
    },
    ...(request.body === undefined ? {} : {body: JSON.stringify(request.body)}),
    signal,
    freshConnection: false
  }
  try {
    const {status, headers, body} = await http.send(message)
    const bytes = await readLimited(body, MAX_BODY_BYTES)
    if (status >= 200 && status < 300)
      return {ok: true, response: {json: jsonOf(bytes), nextPath: nextPathOf(headers, base)}}
    if (isRedirect(status))
      return {ok: false, isTransient: false, failure: {kind: 'not-found', status, detail: 'the repository has moved'}}
    const result = failureOfAnswer({status, headers, body: bytes, author: 'registry'}, wallClockMs())
    // A POST may have been carried out nevertheless. A second one would make a second issue.
    const isRefused = result.ok || result.failure.kind === 'throttled' || request.method !== 'POST'
    return isRefused ? result : {...result, isTransient: false}
  } catch (error) {
    signal.throwIfAborted()
    if (!(error instanceof VerifiedImageError)) throw error
    return {ok: false, failure: error.failure, isTransient: request.method !== 'POST'}
  }
}

/** A 403 is a limit if its headers say so ("Exceeding the rate limit"), and a missing permission otherwise. */
function failureOfAnswer(answer: ShortResponse, nowMs: number): Result {
  const {status, headers} = answer
  const failure = failureOfStatus(answer, {credentials: 'none', nowMs})
  const retryAfterMs = retryAfterMsOf(headers, nowMs)
  const text = Buffer.from(answer.body.subarray(0, 2000)).toString('utf8')
  const isPrimary = headers.get('x-ratelimit-remaining') === '0'
  const isSecondary = retryAfterMs !== undefined || /secondary rate limit|abuse detection/i.test(text)
  if (status === 429 || (status === 403 && (isPrimary || isSecondary))) {
    const resetMs = Number(headers.get('x-ratelimit-reset')) * 1000 - nowMs
    const waitMs = retryAfterMs ?? (isPrimary && Number.isFinite(resetMs) ? Math.max(0, resetMs) : SECONDARY_WAIT_MS)
    const detail = 'detail' in failure ? failure.detail : ''
    return {ok: false, failure: {kind: 'throttled', status, detail, retryAfterMs: waitMs}, waitMs, isTransient: true}
  }
  return {ok: false, failure, isTransient: failure.kind === 'server-error'}
}

function waitAfter({isTransient, waitMs}: Extract<Result, {ok: false}>, attempt: number): number | undefined {
  if (!isTransient || attempt >= ATTEMPTS) return undefined
  const ms = waitMs ?? FIRST_WAIT_MS * 2 ** (attempt - 1)
  return ms > LONGEST_WAIT_MS ? undefined : ms
}

function jsonOf(bytes: Uint8Array): unknown {
  if (bytes.length === 0) return undefined
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8')) as unknown
  } catch {
    return fail({kind: 'protocol', detail: "GitHub's API answered with something that is not JSON", isHtml: false})
  }
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
