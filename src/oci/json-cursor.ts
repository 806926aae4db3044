// A place in a JSON text, and the steps of RFC 8259's grammar from it. It takes what Go's and V8's parsers take, and throws a
// Refusal for the rest. Nothing here knows what a value means.

export const QUOTE = 0x22
const [BACKSLASH, MINUS, ZERO, NINE] = [0x5c, 0x2d, 0x30, 0x39]

/**
 * Engines stop at 10,000 levels (encoding/json). An honest manifest or config has fewer than ten, and each level costs stack
 * here.
 */
const MAX_DEPTH = 100

export type Cursor = {
  readonly text: string
  /** Some bytes were not UTF-8, and are U+FFFD now. */
  readonly isLossy: boolean
  /** Where the value stands that is being read: keys and places in lists. */
  readonly path: (string | number)[]
  at: number
  depth: number
}

export class Refusal extends Error {}

export const NOT_JSON = 'it is not JSON'

export function rejectJson(why: string): never {
  throw new Refusal(why)
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

/** `layers[3].digest`. Keys of a map may be any text. */
export function where({path}: Cursor): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${String(part)}]`
    if (!/^[\w.]{1,40}$/.test(part)) return `${text}[${quoteJson(part)}]`
    return text === '' ? part : `${text}.${part}`
  }, '')
}

/** Short enough for a message, and on one line. */
export function quoteJson(text: string): string {
  return JSON.stringify(text.length > 100 ? `${text.slice(0, 99)}…` : text)
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

/** The string that starts here, or an empty one where its text is not `wanted`. */
export function readString(cursor: Cursor, wanted: boolean): string {
  const {text} = cursor
  const start = cursor.at
  let hasEscapes = false
  let at = start + 1
  for (;;) {
    const code = text.charCodeAt(at)
    if (code === QUOTE) break
    // NaN, behind the end, is not less than anything.
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
  if (!wanted) return ''
  // Half a surrogate pair becomes U+FFFD, as in Go.
  return hasEscapes ? (JSON.parse(text.slice(start, cursor.at)) as string).toWellFormed() : text.slice(start + 1, at)
}

/** Whether it is written as an integer. */
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
