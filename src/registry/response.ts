// What a response says beside its bytes: status, error body, Retry-After, Content-Range, request ids, rate limits.
// Pure. Text from outside becomes one short printable line before it is quoted.

import type {CredentialsOutcome, Failure} from '../failure/failure.ts'
import {decodeJsonObject, isObject, stringAt} from '../oci/json.ts'
import {omitUndefined} from '../oci/omit-undefined.ts'
import {quoteLine} from '../oci/quote-line.ts'
import type {ContentCoding} from '../http/decode.ts'

export type Headers = ReadonlyMap<string, string>

/** Error bodies and token responses are read up to this length, as containerd and go-containerregistry do. */
export const MAX_ERROR_BYTES = 64 * 1024

/**
 * The server that wrote a response. `elsewhere` is a host that a redirect leads to. It may be a service that only this runner can
 * reach, so nothing of its response is shown. The same holds for a token server, whose address the registry chooses, unless it
 * answers in the form that registries have for errors.
 */
export type Author = 'registry' | 'token-server' | 'elsewhere'

/** A response that was read as a whole, up to MAX_ERROR_BYTES. */
export type ShortResponse = {
  readonly status: number
  readonly headers: Headers
  readonly body: Uint8Array
  readonly author: Author
}

type FailureContext = {
  readonly credentials: CredentialsOutcome
  /** Wall-clock time, for a Retry-After that is a date. */
  readonly nowMs: number
}

/** The failure that a status other than success stands for. */
export function failureOfStatus(response: ShortResponse, {credentials, nowMs}: FailureContext): Failure {
  const {status, headers, body} = response
  const detail = describeErrorBody(response)
  const retryable = omitUndefined({status, detail, retryAfterMs: retryAfterMsOf(headers, nowMs)})
  // Docker Hub and others send TOOMANYREQUESTS in the body of other statuses too.
  // GitHub's secondary limit comes as 403.
  const said = describeErrorBody({...response, author: 'registry'})
  if (status === 429 || /\bTOOMANYREQUESTS\b/i.test(said) || (status === 403 && /secondary rate limit/i.test(said)))
    return {kind: 'throttled', ...retryable}
  if (status === 401) return {kind: 'unauthorized', status, detail, credentials}
  if (status === 403) return {kind: 'denied', status, detail, credentials}
  if (status === 404 || status === 410) return {kind: 'not-found', status, detail}
  if (status === 408 || status >= 500) return {kind: 'server-error', ...retryable}
  return {kind: 'protocol', status, detail: describeStatus(response), isHtml: isHtml(headers, body)}
}

/** `HTTP 418: a teapot`. */
export function describeStatus(response: ShortResponse): string {
  const detail = describeErrorBody(response)
  return `HTTP ${String(response.status)}${detail === '' ? '' : `: ${detail}`}`
}

/**
 * The message of an error body, in one short line: the first OCI error, Docker's `message`, the title of an HTML page, or the start
 * of the text.
 */
export function describeErrorBody({headers, body, author}: Omit<ShortResponse, 'status'>): string {
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

// Error codes of S3, R2, Google Cloud Storage and Azure for a signed URL that they refuse. Words of a closed list reveal nothing
// about any other service that may have answered.
const STORAGE_ERROR =
  /<Code>(AccessDenied|AuthenticationFailed|BlobNotFound|ExpiredToken|InternalError|InvalidAccessKeyId|NoSuchBucket|NoSuchKey|RequestTimeTooSkewed|ServerBusy|ServiceUnavailable|SignatureDoesNotMatch|SlowDown)<\/Code>/

/** Whether a response is an HTML page, by its Content-Type or its first bytes. */
export function isHtml(headers: Headers, body: Uint8Array): boolean {
  return isHtmlType(headers) || isHtmlStart(body)
}

export function isHtmlType(headers: Headers): boolean {
  return /^text\/html\b/i.test(headers.get('content-type') ?? '')
}

export function isHtmlStart(body: Uint8Array): boolean {
  return /^\s*<(?:!doctype html|html)/i.test(Buffer.from(body.subarray(0, 100)).toString('latin1'))
}

// About thirty years: a limit that keeps sums of delays finite.
const MAX_RETRY_AFTER_S = 999_999_999

/** Retry-After in milliseconds from now (RFC 9110 §10.2.3: seconds, or a date). Undefined when it is absent or unreadable. */
export function retryAfterMsOf(headers: Headers, nowMs: number): number | undefined {
  const text = headers.get('retry-after')?.trim()
  if (text === undefined) return undefined
  if (/^\d+$/.test(text)) return Math.min(Number(text), MAX_RETRY_AFTER_S) * 1000
  // Date.parse accepts much that is not an HTTP date. All HTTP dates start with the name of a day.
  const date = /^[A-Z][a-z]{2,8},? /.test(text) ? Date.parse(text) : Number.NaN
  return Number.isNaN(date) ? undefined : Math.max(0, date - nowMs)
}

export type ContentRange = {readonly start: number; readonly end: number; readonly total: number | undefined}

/** Content-Range of a 206: `bytes start-end/total` (RFC 9110 §14.4; the unit is case-insensitive, §14.1). The total may be unknown. */
export function parseContentRange(text: string): ContentRange | undefined {
  const match = /^bytes (\d{1,15})-(\d{1,15})\/(\d{1,15}|\*)$/i.exec(text.trim())
  if (match === null) return undefined
  const start = Number(match[1])
  const end = Number(match[2])
  const total = match[3] === '*' ? undefined : Number(match[3])
  return end < start || (total !== undefined && end >= total) ? undefined : {start, end, total}
}

/**
 * The codings in Content-Encoding that change the bytes. Registries and proxies also send words that do not: an empty list, identity
 * in any case, S3's aws-chunked, and names of charsets.
 */
export function contentCodingsOf(headers: Headers): readonly ContentCoding[] {
  return (headers.get('content-encoding') ?? '')
    .split(',')
    .flatMap(name => CODINGS.get(name.trim().toLowerCase()) ?? [])
}

const CODINGS: ReadonlyMap<string, ContentCoding> = new Map([
  ['gzip', 'gzip'],
  ['x-gzip', 'gzip'],
  ['deflate', 'deflate'],
  ['br', 'br'],
  ['zstd', 'zstd']
])

// Headers by which a registry or its CDN finds a request in its logs.
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
  'via'
]

export function requestIdsOf(headers: Headers): Readonly<Record<string, string>> {
  return pick(headers, REQUEST_IDS)
}

/** Docker Hub's headers about its pull limit; undefined when there are none. */
export function rateLimitOf(headers: Headers): Readonly<Record<string, string>> | undefined {
  const limits = pick(headers, ['ratelimit-limit', 'ratelimit-remaining', 'docker-ratelimit-source'])
  return Object.keys(limits).length === 0 ? undefined : limits
}

function pick(headers: Headers, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    names.flatMap(name => (headers.has(name) ? [[name, quoteLine(headers.get(name) ?? '')]] : []))
  )
}
