// The correct registry: what it answers to a request for a manifest or blob, as data, before any fault.
// Follows the OCI distribution specification 1.1, and distribution's habits where that is silent.

import type {IncomingHttpHeaders} from 'node:http'
import type {StoredBlob} from './images.ts'

export type Answer = {
  readonly status: number
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>
  /** Also for HEAD, where it is not sent. */
  readonly body: Buffer
  /** Content-Length unless told. */
  readonly framing?: 'chunked' | 'close'
  /** Set when the body is a part. */
  readonly part?: {readonly start: number; readonly whole: Buffer}
}

export function jsonAnswer(status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): Answer {
  return {
    status,
    headers: {'content-type': 'application/json', ...headers},
    body: Buffer.from(JSON.stringify(value))
  }
}

export function errorAnswer(
  status: number,
  code: string,
  message: string,
  headers: Readonly<Record<string, string>> = {}
): Answer {
  return jsonAnswer(status, {errors: [{code, message}]}, headers)
}

/** As S3 and its kin refuse. */
export function xmlAnswer(status: number, code: string, message: string): Answer {
  return {
    status,
    headers: {'content-type': 'application/xml'},
    body: Buffer.from(
      `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message></Error>`
    )
  }
}

/** A manifest of a type that was not asked for by name does not exist, as distribution has it. */
export function answerManifest(manifest: StoredBlob, headers: IncomingHttpHeaders): Answer {
  const accepted = (headers.accept ?? '').split(',').map(type => type.split(';')[0]?.trim())
  if (!accepted.includes(manifest.mediaType)) {
    return errorAnswer(404, 'MANIFEST_UNKNOWN', `${manifest.mediaType} found, but accept header does not support it`)
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

/** A CDN knows no Docker-Content-Digest. */
export function answerBlob(
  blob: StoredBlob,
  method: string,
  headers: IncomingHttpHeaders,
  origin: 'registry' | 'cdn'
): Answer {
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
    const refused = errorAnswer(416, 'RANGE_INVALID', 'invalid content range')
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

/** RFC 9110 section 14.1.2, one range; several, or nonsense, are ignored, as a server may. `end` is the last byte. */
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
