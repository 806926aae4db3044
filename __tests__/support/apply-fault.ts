// Changes the status, headers, and body of a correct response as a fault says.
// send-response.ts does the faults of the connection, such as silence and early ends.

import {gzipSync} from 'node:zlib'
import type {Applied, RangeAnswer} from './fault.ts'
import {type FakeResponse, errorResponse} from './registry-responses.ts'

export function applyFault(correct: FakeResponse, {action, ordinal}: Applied): FakeResponse {
  switch (action.kind) {
    case 'respond':
      return {status: action.status, headers: lowerCased(action.headers ?? {}), body: Buffer.from(action.body ?? '')}
    case 'corrupt':
      return corruptResponse(correct, action.at, action.each === 'other' ? ordinal : 1)
    case 'replace':
      return {...wholeOf(correct), body: action.body}
    case 'empty':
      return {...wholeOf(correct), body: Buffer.alloc(0)}
    case 'append':
      return {...correct, body: Buffer.concat([correct.body, Buffer.alloc(action.bytes, 'x')])}
    case 'declare':
      return {...correct, headers: {...correct.headers, 'content-length': String(action.contentLength)}}
    case 'headers':
      return {...correct, headers: without({...correct.headers, ...lowerCased(action.set ?? {})}, action.drop ?? [])}
    case 'redirect':
      return {status: action.status ?? 307, headers: {location: action.to}, body: Buffer.alloc(0)}
    case 'encode':
      return {...correct, headers: {...correct.headers, 'content-encoding': 'gzip'}, body: gzipSync(correct.body)}
    case 'unsized':
      return {...correct, framing: action.framing ?? 'chunked'}
    case 'endless':
      return {...correct, framing: 'chunked'}
    case 'range':
      return misrange(correct, action.answer)
    default:
      return correct
  }
}

function lowerCased(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
}

function without(headers: Readonly<Record<string, string>>, drop: readonly string[]): Record<string, string> {
  const dropped = new Set(drop.map(name => name.toLowerCase()))
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !dropped.has(name)))
}

/** The response to the request without its Range. */
function wholeOf(correct: FakeResponse): FakeResponse {
  return {
    status: correct.part === undefined ? correct.status : 200,
    headers: without(correct.headers, ['content-range']),
    body: correct.part?.whole ?? correct.body
  }
}

/** `at` counts from the start of the blob. A range without that byte stays correct. */
function corruptResponse(correct: FakeResponse, at: number | undefined, difference: number): FakeResponse {
  const start = correct.part?.start ?? 0
  const position = at ?? Math.floor((correct.part?.whole ?? correct.body).length / 2)
  const body = Buffer.from(correct.body)
  const byte = body[position - start]
  if (byte === undefined) return correct
  // The XOR mask is never zero, so that the byte always changes.
  body[position - start] = byte ^ (1 + ((difference - 1) % 255))
  return {...correct, body}
}

function misrange(correct: FakeResponse, answer: RangeAnswer): FakeResponse {
  const {part} = correct
  if (part === undefined) return correct
  const total = part.whole.length
  const ranged = (range: string, body: Buffer): FakeResponse => ({
    ...correct,
    headers: {...correct.headers, 'content-range': range},
    body
  })
  const claimed = correct.headers['content-range'] ?? ''
  switch (answer) {
    case 'ignore':
      return wholeOf(correct)
    case 'elsewhere':
      return ranged(`bytes 0-${String(total - 1)}/${String(total)}`, part.whole)
    case 'lie':
      return ranged(claimed, part.whole.subarray(0, correct.body.length))
    case 'wrong-total':
      return ranged(claimed.replace(/\/.*/, `/${String(total + 1)}`), correct.body)
    case 'half': {
      const body = correct.body.subarray(0, Math.ceil(correct.body.length / 2))
      return ranged(`bytes ${String(part.start)}-${String(part.start + body.length - 1)}/${String(total)}`, body)
    }
    case 'unsaid':
      return {...correct, headers: without(correct.headers, ['content-range'])}
    case 'refuse': {
      const refused = errorResponse(416, 'RANGE_INVALID', 'invalid content range')
      return {...refused, headers: {...refused.headers, 'content-range': `bytes */${String(total)}`}}
    }
    case 'multipart':
      return multipart(correct, claimed)
  }
}

/** RFC 9110 section 14.6, with a single part. */
function multipart(correct: FakeResponse, claimed: string): FakeResponse {
  return {
    ...correct,
    headers: {...without(correct.headers, ['content-range']), 'content-type': 'multipart/byteranges; boundary=PART'},
    body: Buffer.concat([
      Buffer.from(`--PART\r\nContent-Type: application/octet-stream\r\nContent-Range: ${claimed}\r\n\r\n`),
      correct.body,
      Buffer.from('\r\n--PART--\r\n')
    ])
  }
}
