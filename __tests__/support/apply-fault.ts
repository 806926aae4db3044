// Turns the right answer into the wrong one that a fault asks for, as far as that can be said in headers and bytes.
// What only shows on the wire (silence, early ends) is wire.ts's.

import {gzipSync} from 'node:zlib'
import type {Applied, RangeAnswer} from './fault.ts'
import {type Answer, errorAnswer} from './registry-responses.ts'

export function spoilAnswer(right: Answer, {action, ordinal}: Applied): Answer {
  switch (action.kind) {
    case 'respond':
      return {status: action.status, headers: lowerCased(action.headers ?? {}), body: Buffer.from(action.body ?? '')}
    case 'corrupt':
      return corruptAnswer(right, action.at, action.each === 'other' ? ordinal : 1)
    case 'replace':
      return {...wholeOf(right), body: action.body}
    case 'empty':
      return {...wholeOf(right), body: Buffer.alloc(0)}
    case 'append':
      return {...right, body: Buffer.concat([right.body, Buffer.alloc(action.bytes, 'x')])}
    case 'declare':
      return {...right, headers: {...right.headers, 'content-length': String(action.contentLength)}}
    case 'headers':
      return {...right, headers: without({...right.headers, ...lowerCased(action.set ?? {})}, action.drop ?? [])}
    case 'redirect':
      return {status: action.status ?? 307, headers: {location: action.to}, body: Buffer.alloc(0)}
    case 'encode':
      return {...right, headers: {...right.headers, 'content-encoding': 'gzip'}, body: gzipSync(right.body)}
    case 'unsized':
      return {...right, framing: action.framing ?? 'chunked'}
    case 'endless':
      return {...right, framing: 'chunked'}
    case 'range':
      return misrange(right, action.answer)
    default:
      return right
  }
}

function lowerCased(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
}

function without(headers: Readonly<Record<string, string>>, drop: readonly string[]): Record<string, string> {
  const dropped = new Set(drop.map(name => name.toLowerCase()))
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !dropped.has(name)))
}

/** As if no range had been asked for. */
function wholeOf(right: Answer): Answer {
  return {
    status: right.part === undefined ? right.status : 200,
    headers: without(right.headers, ['content-range']),
    body: right.part?.whole ?? right.body
  }
}

/** `at` counts from the start of the blob: a part that does not hold that byte is sent as it is. */
function corruptAnswer(right: Answer, at: number | undefined, difference: number): Answer {
  const start = right.part?.start ?? 0
  const position = at ?? Math.floor((right.part?.whole ?? right.body).length / 2)
  const body = Buffer.from(right.body)
  const byte = body[position - start]
  if (byte === undefined) return right
  // Never zero, so the byte always differs from the right one.
  body[position - start] = byte ^ (1 + ((difference - 1) % 255))
  return {...right, body}
}

function misrange(right: Answer, answer: RangeAnswer): Answer {
  const {part} = right
  if (part === undefined) return right
  const total = part.whole.length
  const ranged = (range: string, body: Buffer): Answer => ({
    ...right,
    headers: {...right.headers, 'content-range': range},
    body
  })
  const claimed = right.headers['content-range'] ?? ''
  switch (answer) {
    case 'ignore':
      return wholeOf(right)
    case 'elsewhere':
      return ranged(`bytes 0-${String(total - 1)}/${String(total)}`, part.whole)
    case 'lie':
      return ranged(claimed, part.whole.subarray(0, right.body.length))
    case 'wrong-total':
      return ranged(claimed.replace(/\/.*/, `/${String(total + 1)}`), right.body)
    case 'half': {
      const body = right.body.subarray(0, Math.ceil(right.body.length / 2))
      return ranged(`bytes ${String(part.start)}-${String(part.start + body.length - 1)}/${String(total)}`, body)
    }
    case 'unsaid':
      return {...right, headers: without(right.headers, ['content-range'])}
    case 'refuse': {
      const refused = errorAnswer(416, 'RANGE_INVALID', 'invalid content range')
      return {...refused, headers: {...refused.headers, 'content-range': `bytes */${String(total)}`}}
    }
    case 'multipart':
      return multipart(right, claimed)
  }
}

/** RFC 9110 section 14.6, with a single part. */
function multipart(right: Answer, claimed: string): Answer {
  return {
    ...right,
    headers: {...without(right.headers, ['content-range']), 'content-type': 'multipart/byteranges; boundary=PART'},
    body: Buffer.concat([
      Buffer.from(`--PART\r\nContent-Type: application/octet-stream\r\nContent-Range: ${claimed}\r\n\r\n`),
      right.body,
      Buffer.from('\r\n--PART--\r\n')
    ])
  }
}
