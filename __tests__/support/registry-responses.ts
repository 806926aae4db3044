// Correct responses to requests for manifests and blobs, as data, before any fault.
// They follow the OCI distribution specification 1.1, and the `distribution` registry where the specification leaves a choice.

import type {IncomingHttpHeaders} from 'node:http'
import type {StoredBlob} from './images.ts'

export type FakeResponse = {
  readonly status: number
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>
  /** Set for HEAD too, where it is not sent. */
  readonly body: Buffer
  /** The default is Content-Length. */
  readonly framing?: 'chunked' | 'close'
  /** Set when the body is a range of the blob. */
  readonly part?: {readonly start: number; readonly whole: Buffer}
}

export function jsonResponse(
  status: number,
  value: unknown,
  headers: Readonly<Record<string, string>> = {}
): FakeResponse {
  return {
    status,
    headers: {'content-type': 'application/json', ...headers},
    body: Buffer.from(JSON.stringify(value))
  }
}

export function errorResponse(
  status: number,
  code: string,
  message: string,
  headers: Readonly<Record<string, string>> = {}
): FakeResponse {
  return jsonResponse(status, {errors: [{code, message}]}, headers)
}

/** An error in the format of S3 and compatible storage. */
export function xmlResponse(status: number, code: string, message: string): FakeResponse {
  return {
    status,
    headers: {'content-type': 'application/xml'},
    body: Buffer.from(
      `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message></Error>`
    )
  }
}

/** 404 for a manifest whose media type Accept does not list, as `distribution` answers. */
export function manifestResponse(manifest: StoredBlob, headers: IncomingHttpHeaders): FakeResponse {
  const accepted = (headers.accept ?? '').split(',').map(type => type.split(';')[0]?.trim())
  if (!accepted.includes(manifest.mediaType)) {
    return errorResponse(404, 'MANIFEST_UNKNOWN', `${manifest.mediaType} found, but accept header does not support it`)
  }
  return {
    status: 200,
    headers: {
      'content-type': manifest.mediaType,
      'docker-content-digest': manifest.digest,
      etag: `"${manifest.digest}"`
    },
    body: manifest.bytes
  }
}

/** The CDN sends no Docker-Content-Digest. */
export function blobResponse(
  blob: StoredBlob,
  method: string,
  headers: IncomingHttpHeaders,
  origin: 'registry' | 'cdn'
): FakeResponse {
  const etag = `"${blob.digest}"`
  const common = {
    'content-type': 'application/octet-stream',
    'accept-ranges': 'bytes',
    etag,
    ...(origin === 'registry' ? {'docker-content-digest': blob.digest} : {})
  }
  const whole = blob.bytes
  const stale = headers['if-range'] !== undefined && headers['if-range'] !== etag
  const range = method === 'GET' && !stale ? parseRange(headers.range, whole.length) : undefined
  if (range === undefined) return {status: 200, headers: common, body: whole}
  if (range === 'unsatisfiable') {
    const refused = errorResponse(416, 'RANGE_INVALID', 'invalid content range')
    return {...refused, headers: {...refused.headers, 'content-range': `bytes */${String(whole.length)}`}}
  }
  const {start, end} = range
  return {
    status: 206,
    headers: {...common, 'content-range': `bytes ${String(start)}-${String(end)}/${String(whole.length)}`},
    body: whole.subarray(start, end + 1),
    part: {start, whole}
  }
}

/** RFC 9110 section 14.1.2, for one range. Several ranges and invalid ones are ignored, which the RFC allows. `end` is inclusive. */
function parseRange(
  range: string | undefined,
  size: number
): {start: number; end: number} | 'unsatisfiable' | undefined {
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(range ?? '') ?? []
  if (first === '' && last === '') return undefined
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first)
  const end = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1)
  if (first !== '' && last !== '' && Number(last) < start) return undefined
  return start >= size ? 'unsatisfiable' : {start, end}
}
