// What a registry's answer says beside its bytes: statuses, error bodies, Retry-After, Content-Range, request ids, limits.
// Pure. Whatever is quoted from outside is cut short and made printable first.

import type {Failure} from '../failure/failure.ts'
import {decodeJsonObject, isObject, stringAt} from '../oci/json.ts'

type Headers = ReadonlyMap<string, string>

/** Enough for any error a registry explains itself with; the other clients read 64 KiB too. */
export const MAX_ERROR_BYTES = 64 * 1024

const MAX_QUOTED = 200

/**
 * Who wrote an answer. `elsewhere` is a host that a redirect led to. It may be a service that only this runner can reach, so that
 * nothing of its answer is shown to the public. The same holds for a token server, which a registry names, unless it answers in the
 * form that registries have for errors.
 */
export type Author = 'registry' | 'token-server' | 'elsewhere'

export type ErrorAnswer = {
  readonly status: number
  readonly headers: Headers
  readonly body: Uint8Array
  readonly author: Author
}

/** An answer that is not what was asked for, as a Failure. `nowMs` is wall-clock time, for a Retry-After that is a date. */
export function failureOfStatus(answer: ErrorAnswer, credentials: 'none' | 'refused', nowMs: number): Failure {
  const {status, headers, body} = answer
  const detail = describeErrorBody(answer)
  const retryAfterMs = retryAfterMsOf(headers, nowMs)
  const patience = retryAfterMs === undefined ? {} : {retryAfterMs}
  // Docker Hub and others say so in the body of other statuses too.
  if (status === 429 || /\bTOOMANYREQUESTS\b/i.test(describeErrorBody({...answer, author: 'registry'})))
    return {kind: 'throttled', status, detail, ...patience}
  if (status === 401) return {kind: 'unauthorized', status, detail, credentials}
  if (status === 403) return {kind: 'denied', status, detail, credentials}
  if (status === 404 || status === 410) return {kind: 'not-found', status, detail}
  if (status === 408 || status >= 500) return {kind: 'server-error', status, detail, ...patience}
  return {
    kind: 'protocol',
    status,
    detail: `status ${String(status)}${detail === '' ? '' : `: ${detail}`}`,
    isHtml: isHtml(headers, body)
  }
}

/**
 * What the body of an error says, in one short line: the first OCI error, Docker's `message`, an HTML page's title, or its start.
 * The only place where an error body is cut.
 */
export function describeErrorBody({headers, body, author}: Omit<ErrorAnswer, 'status'>): string {
  if (body.length === 0) return ''
  const text = Buffer.from(body).toString('utf8')
  if (author === 'elsewhere') return STORAGE_ERROR.exec(text)?.[1] ?? ''
  if (isHtml(headers, body)) {
    const title = author === 'registry' ? (/<title[^>]*>([^<]*)/i.exec(text)?.[1]?.trim() ?? '') : ''
    return title === '' ? 'an HTML page' : `an HTML page ("${quoteLine(title)}")`
  }
  const json = decodeJsonObject(body)
  if (!json.ok) return author === 'registry' ? quoteLine(text) : ''
  const errors: unknown = json.value['errors']
  const first: unknown = Array.isArray(errors) ? errors[0] : undefined
  const source = isObject(first) ? first : json.value
  const parts = ['code', 'message', 'details'].map(key => stringAt(source, key) ?? '')
  return quoteLine(parts.filter(part => part !== '').join(': '))
}

// The errors by which S3, R2, Google and Azure say why they do not hand out what a signed URL names. Words of a closed list give
// nothing away of what else might have answered.
const STORAGE_ERROR =
  /<Code>(AccessDenied|AuthenticationFailed|BlobNotFound|ExpiredToken|InternalError|InvalidAccessKeyId|NoSuchBucket|NoSuchKey|RequestTimeTooSkewed|ServerBusy|ServiceUnavailable|SignatureDoesNotMatch|SlowDown)<\/Code>/

/** A web page, by what it says it is or how it begins. */
export function isHtml(headers: Headers, body: Uint8Array): boolean {
  return (
    /^text\/html\b/i.test(headers.get('content-type') ?? '') ||
    /^\s*<(?:!doctype html|html)/i.test(Buffer.from(body.subarray(0, 100)).toString('latin1'))
  )
}

// One line, no control characters (a log command of the runner must not come from outside), and not long.
export function quoteLine(text: string): string {
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  const line = text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ').trim()
  return line.length > MAX_QUOTED ? `${line.slice(0, MAX_QUOTED - 1)}…` : line
}

// Thirty years: more says no more, and all of it can be counted.
const MAX_RETRY_AFTER_S = 999_999_999

/** Retry-After in milliseconds from now (RFC 9110 §10.2.3: seconds, or a date); undefined when it is absent or cannot be read. */
export function retryAfterMsOf(headers: Headers, nowMs: number): number | undefined {
  const text = headers.get('retry-after')?.trim()
  if (text === undefined) return undefined
  if (/^\d+$/.test(text)) return Math.min(Number(text), MAX_RETRY_AFTER_S) * 1000
  // Date.parse takes much that is no HTTP date; all of those start with the name of a day.
  const date = /^[A-Z][a-z]{2,8},? /.test(text) ? Date.parse(text) : Number.NaN
  return Number.isNaN(date) ? undefined : Math.max(0, date - nowMs)
}

/** Content-Range of a 206: `bytes start-end/total`. The total may be unknown. */
export function parseContentRange(
  text: string
): {readonly start: number; readonly end: number; readonly total: number | undefined} | undefined {
  const match = /^bytes (\d{1,15})-(\d{1,15})\/(\d{1,15}|\*)$/.exec(text.trim())
  if (match === null) return undefined
  const start = Number(match[1])
  const end = Number(match[2])
  const total = match[3] === '*' ? undefined : Number(match[3])
  return end < start || (total !== undefined && end >= total) ? undefined : {start, end, total}
}

// By these the people who run a registry or its CDN find a request in their logs.
const REQUEST_IDS = [
  'cf-ray',
  'x-amz-request-id',
  'x-amz-id-2',
  'x-amz-cf-id',
  'x-amzn-requestid',
  'x-github-request-id',
  'x-ms-request-id',
  'x-ms-correlation-request-id',
  'x-msedge-ref',
  'x-guploader-uploadid',
  'x-artifactory-id',
  'x-artifactory-node-id',
  'x-request-id',
  'x-cache',
  'via',
  'date'
]

export function requestIdsOf(headers: Headers): Readonly<Record<string, string>> {
  return pick(headers, REQUEST_IDS)
}

/** What Docker Hub tells of its pull limit. */
export function rateLimitOf(headers: Headers): Readonly<Record<string, string>> | undefined {
  const limits = pick(headers, ['ratelimit-limit', 'ratelimit-remaining', 'docker-ratelimit-source'])
  return Object.keys(limits).length === 0 ? undefined : limits
}

function pick(headers: Headers, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    names.flatMap(name => (headers.has(name) ? [[name, quoteLine(headers.get(name) ?? '')]] : []))
  )
}
