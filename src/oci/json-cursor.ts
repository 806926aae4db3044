// A position in a JSON text, and the steps of RFC 8259's grammar from it. It accepts what Go's and V8's parsers accept, and throws a
// JsonError for the rest.

import {truncate} from './truncate.ts'

export const QUOTE = 0x22
const [BACKSLASH, MINUS, ZERO, NINE] = [0x5c, 0x2d, 0x30, 0x39]

/** Go's encoding/json stops at 10,000 levels. Each level takes stack here, and a real manifest or config has fewer than ten. */
const MAX_DEPTH = 100

export type Cursor = {
  readonly text: string
  /** Some bytes were not UTF-8 and were replaced with U+FFFD. */
  readonly isLossy: boolean
  /** Keys and list positions that lead to the current value. */
  readonly path: (string | number)[]
  at: number
  depth: number
}

/** The text is invalid. The message is a reason for `invalid`. */
export class JsonError extends Error {}

export const NOT_JSON = 'it is not JSON'

export function rejectJson(reason: string): never {
  throw new JsonError(reason)
}

export function openCursor(bytes: Uint8Array): Cursor {
  const start = {path: [], at: 0, depth: 0}
  try {
    return {...start, text: new TextDecoder('utf-8', {fatal: true, ignoreBOM: true}).decode(bytes), isLossy: false}
  } catch {
    return {...start, text: new TextDecoder('utf-8', {ignoreBOM: true}).decode(bytes), isLossy: true}
  }
}

export function nested<T>(cursor: Cursor, read: () => T): T {
  cursor.depth++
  if (cursor.depth > MAX_DEPTH) rejectJson(`it is nested more than ${String(MAX_DEPTH)} levels deep`)
  const value = read()
  cursor.depth--
  return value
}

/** The path of the current value: `layers[3].digest`. */
export function formatPath({path}: Cursor): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${String(part)}]`
    if (!/^[\w.]{1,40}$/.test(part)) return `${text}[${quoteJson(part)}]`
    return text === '' ? part : `${text}.${part}`
  }, '')
}

/** Quotes a text from outside: on one line, at most 100 characters. */
export function quoteJson(text: string): string {
  return JSON.stringify(truncate(text, 100))
}

export function forEachItem(cursor: Cursor, end: ']' | '}', read: (at: number) => void): void {
  cursor.at++
  skipSpace(cursor)
  if (cursor.text[cursor.at] === end) {
    cursor.at++
    return
  }
  for (let at = 0; ; at++) {
    skipSpace(cursor)
    read(at)
    skipSpace(cursor)
    if (cursor.text[cursor.at] === end) break
    expectPunctuation(cursor, ',')
  }
  cursor.at++
}

export function expectPunctuation(cursor: Cursor, expected: ',' | ':'): void {
  if (cursor.text[cursor.at] !== expected) rejectJson(NOT_JSON)
  cursor.at++
}

export function skipSpace(cursor: Cursor): void {
  const {text} = cursor
  for (;;) {
    const code = text.charCodeAt(cursor.at)
    if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return
    cursor.at++
  }
}

const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9A-Fa-f]{4})/y

/** Reads the string that starts here. With `use: 'skip'` it is only checked, and the result is empty. */
export function readString(cursor: Cursor, use: 'keep' | 'skip'): string {
  const {text} = cursor
  const start = cursor.at
  let hasEscapes = false
  let at = start + 1
  for (;;) {
    const code = text.charCodeAt(at)
    if (code === QUOTE) break
    // charCodeAt is NaN past the end, which is not >= 0x20.
    if (!(code >= 0x20)) rejectJson(NOT_JSON)
    if (code === BACKSLASH) {
      hasEscapes = true
      ESCAPE.lastIndex = at
      if (!ESCAPE.test(text)) rejectJson(NOT_JSON)
      at = ESCAPE.lastIndex
    } else {
      at++
    }
  }
  cursor.at = at + 1
  if (use === 'skip') return ''
  // Like Go, replaces half of a surrogate pair with U+FFFD.
  return hasEscapes ? (JSON.parse(text.slice(start, cursor.at)) as string).toWellFormed() : text.slice(start + 1, at)
}

/** Skips the number that starts here. Returns whether it is written as an integer. */
export function skipNumber(cursor: Cursor): boolean {
  const {text} = cursor
  if (text.charCodeAt(cursor.at) === MINUS) cursor.at++
  if (text.charCodeAt(cursor.at) === ZERO) cursor.at++
  else skipDigits(cursor)
  const end = cursor.at
  if (text[cursor.at] === '.') {
    cursor.at++
    skipDigits(cursor)
  }
  if (text[cursor.at] === 'e' || text[cursor.at] === 'E') {
    cursor.at++
    if (text[cursor.at] === '+' || text[cursor.at] === '-') cursor.at++
    skipDigits(cursor)
  }
  return cursor.at === end
}

function skipDigits(cursor: Cursor): void {
  const start = cursor.at
  for (;;) {
    const code = cursor.text.charCodeAt(cursor.at)
    if (!(code >= ZERO && code <= NINE)) break
    cursor.at++
  }
  if (cursor.at === start) rejectJson(NOT_JSON)
}
