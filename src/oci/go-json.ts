// JSON as Go's encoding/json decodes it into a struct, because every container engine is written in Go.
// A document with a digest is rejected where Go and JSON.parse read it differently. Other documents are read as Go reads them.

// Go and JSON.parse differ in three points. A publisher could use each to show two images under one digest:
//   1. Go matches keys with field names in any case, with Unicode's simple folding: `Layers`, and `layerſ` with U+017F.
//   2. Of two such keys Go uses the later one, and merges an object into the one of the earlier key.
//   3. Go reads null as an absent key, and replaces bytes that are not UTF-8 with U+FFFD.

import {
  type Cursor,
  forEachItem,
  nested,
  NOT_JSON,
  openCursor,
  QUOTE,
  quoteJson,
  readString,
  JsonError,
  rejectJson,
  skipNumber,
  skipSpace,
  expectPunctuation,
  formatPath
} from './json-cursor.ts'
import {invalid, type Parsed, valid} from './parsed.ts'
import {truncate} from './truncate.ts'

export type JsonObject = Readonly<Record<string, unknown>>

/** The Go type to decode into. A value without a known shape is checked for its syntax and dropped. */
export type Shape =
  | 'any'
  | 'string'
  | 'integer'
  | {readonly kind: 'list'; readonly of: Shape}
  | {readonly kind: 'map'; readonly of: Shape}
  | Struct

export type Struct = {
  readonly kind: 'struct'
  readonly fields: ReadonlyMap<string, Shape>
  /** Field names by their folded form. */
  readonly folded: ReadonlyMap<string, string>
  readonly ambiguity: Ambiguity | undefined
}

/** The treatment of duplicate keys, of keys in another case, and of values of another type. */
export type Ambiguity = 'refused' | 'as-go'

/**
 * Reads a JSON object of a known shape. Keys outside the shape are dropped. `refused` is for documents with a digest: an ambiguous one
 * is invalid. `as-go` is for responses and files: the last key counts, in any case; a value of another type counts as absent; and
 * text after the object is ignored, as by Go's json.Decoder.
 */
export function readAsGo(bytes: Uint8Array, shape: Struct | 'any', ambiguity: Ambiguity): Parsed<JsonObject> {
  const cursor = openCursor(bytes)
  try {
    skipSpace(cursor)
    if (ambiguity === 'as-go' && cursor.text[cursor.at] !== '{') return invalid('it is not a JSON object')
    const value = readValue(cursor, {shape, ambiguity, before: undefined})
    skipSpace(cursor)
    if (ambiguity === 'refused' && cursor.at < cursor.text.length) rejectJson(NOT_JSON)
    return isObject(value) ? valid(value) : invalid('it is not a JSON object')
  } catch (error) {
    if (error instanceof JsonError) return invalid(error.message)
    throw error
  }
}

export function structOf(fields: Readonly<Record<string, Shape>>, ambiguity?: Ambiguity): Struct {
  const names = Object.keys(fields)
  return {
    kind: 'struct',
    fields: new Map(Object.entries(fields)),
    folded: new Map(names.map(name => [fold(name), name])),
    ambiguity
  }
}

export function listOf(of: Shape): Shape {
  return {kind: 'list', of}
}

export function mapOf(of: Shape): Shape {
  return {kind: 'map', of}
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

// Unicode's CaseFolding.txt folds two non-ASCII letters to an ASCII one: long s and the Kelvin sign.
function fold(name: string): string {
  return name
    .replaceAll('\u017f', 's')
    .replaceAll('\u212a', 'k')
    .replace(/[A-Z]+/g, letters => letters.toLowerCase())
}

type Target = {
  readonly shape: Shape | undefined
  readonly ambiguity: Ambiguity
  /** The value of an earlier key of the same name, which Go decodes into. */
  readonly before: unknown
}

function readValue(cursor: Cursor, target: Target): unknown {
  const start = cursor.at
  const first = cursor.text[start]
  switch (first) {
    case '{':
      return nested(cursor, () => readObject(cursor, targetFor(cursor, target, 'an object')))
    case '[':
      return nested(cursor, () => readList(cursor, targetFor(cursor, target, 'a list')))
    case '"': {
      const text = readString(cursor, target.shape === undefined ? 'skip' : 'keep')
      return readScalar(cursor, target, {type: 'string', value: text})
    }
    case 't':
    case 'f':
    case 'n': {
      const word = first === 't' ? 'true' : first === 'f' ? 'false' : 'null'
      if (!cursor.text.startsWith(word, start)) rejectJson(NOT_JSON)
      cursor.at += word.length
      return word === 'null' ? null : readScalar(cursor, target, {type: 'boolean', value: word === 'true'})
    }
    default: {
      const isInteger = skipNumber(cursor)
      if (target.shape === undefined) return undefined
      const text = cursor.text.slice(start, cursor.at)
      // Go accepts no fraction and no exponent in an integer, not even 1.0 or 1e3. Adding 0 turns -0 into 0.
      return readScalar(cursor, target, {type: isInteger ? 'integer' : 'number', value: Number(text) + 0, text})
    }
  }
}

/** `text` is what a message quotes; the JSON of `value` without one. */
type Scalar = {readonly type: string; readonly value: unknown; readonly text?: string}

/** The value, if it has the type of the shape. */
function readScalar(cursor: Cursor, {shape, ambiguity}: Target, {type, value, text}: Scalar): unknown {
  if (shape === undefined) return undefined
  if (shape !== 'any' && shape !== type) {
    if (ambiguity === 'refused') rejectType(cursor, shape, text ?? JSON.stringify(value))
    return undefined
  }
  if (cursor.isLossy && ambiguity === 'refused' && typeof value === 'string' && value.includes('\ufffd'))
    rejectJson(cursor.path.length === 0 || shape === 'any' ? NOT_JSON : `${formatPath(cursor)} is not UTF-8`)
  return value
}

/** The target for an object or list, or one that drops it when the shape is another one. */
function targetFor(cursor: Cursor, target: Target, found: 'an object' | 'a list'): Target {
  const {shape, ambiguity} = target
  if (shape === undefined || shape === 'any') return target
  const isFitting = typeof shape === 'object' && (found === 'a list' ? shape.kind === 'list' : shape.kind !== 'list')
  if (isFitting) return target
  if (ambiguity === 'refused') rejectType(cursor, shape, found)
  return {...target, shape: undefined}
}

const NAMES = {
  any: 'a value',
  string: 'a string',
  integer: 'an integer',
  list: 'a list',
  map: 'an object',
  struct: 'an object'
}

function rejectType(cursor: Cursor, shape: Shape, found: string): never {
  const expected = NAMES[typeof shape === 'string' ? shape : shape.kind]
  const shown = truncate(found, 100)
  return rejectJson(
    cursor.path.length === 0 ? 'it is not a JSON object' : `${formatPath(cursor)} is ${shown}, not ${expected}`
  )
}

// A descriptor has more than 70 bytes, and so has a diff_id with its quotes and comma, so no real list within 4 MiB has more entries.
// A list of a million empty objects would take 90 MB.
const MAX_ITEMS = 60_000

function readList(cursor: Cursor, {shape, ambiguity}: Target): unknown {
  const of = typeof shape === 'object' && shape.kind === 'list' ? shape.of : shape
  const items: unknown[] = []
  forEachItem(cursor, ']', at => {
    if (of !== undefined && at >= MAX_ITEMS)
      rejectJson(`${formatPath(cursor)} has more than ${String(MAX_ITEMS)} entries`)
    cursor.path.push(at)
    const item = readValue(cursor, {shape: of, ambiguity, before: undefined})
    // Go's zero value, so that the other entries keep their positions.
    if (of !== undefined) items.push(item ?? null)
    cursor.path.pop()
  })
  return shape === undefined ? undefined : items
}

function readObject(cursor: Cursor, target: Target): unknown {
  const {shape, before} = target
  const struct = typeof shape === 'object' && shape.kind === 'struct' ? shape : undefined
  // A map has no prototype, so that no key of a document is an inherited one. A struct has fixed keys: with a prototype it takes a
  // tenth of the memory, and a manifest of 4 MB may contain a million structs.
  const empty = struct === undefined ? (Object.create(null) as Record<string, unknown>) : {}
  const found = isObject(before) ? (before as Record<string, unknown>) : empty
  const of = typeof shape === 'object' && shape.kind === 'map' ? shape.of : shape
  const ambiguity = struct?.ambiguity ?? target.ambiguity
  forEachItem(cursor, '}', () => {
    if (cursor.text.charCodeAt(cursor.at) !== QUOTE) rejectJson(NOT_JSON)
    const key = readString(cursor, shape === undefined ? 'skip' : 'keep')
    skipSpace(cursor)
    expectPunctuation(cursor, ':')
    skipSpace(cursor)
    const name = struct === undefined ? key : nameOfField(cursor, struct, key, ambiguity)
    const inner = name === undefined || struct === undefined ? of : struct.fields.get(name)
    if (shape === 'any') rejectKey(cursor, found, key, ambiguity)
    if (struct !== undefined && name !== undefined) rejectKey(cursor, found, name, ambiguity)
    cursor.path.push(key)
    const isMerged = struct !== undefined && name !== undefined
    const value = readValue(cursor, {
      shape: struct !== undefined && name === undefined ? undefined : inner,
      ambiguity,
      before: isMerged ? found[name] : undefined
    })
    cursor.path.pop()
    if (shape !== undefined && name !== undefined)
      put(found, name, value, {inner, ambiguity, isField: struct !== undefined})
  })
  return shape === undefined ? undefined : found
}

/** The field that Go decodes the key into; undefined when there is none. */
function nameOfField(cursor: Cursor, struct: Struct, key: string, ambiguity: Ambiguity): string | undefined {
  if (struct.fields.has(key)) return key
  const name = struct.folded.get(fold(key))
  if (name !== undefined && ambiguity === 'refused')
    rejectJson(
      `${inside(cursor)} has the key ${quoteJson(key)}, which Go reads as ${quoteJson(name)} and others do not`
    )
  return name
}

function rejectKey(cursor: Cursor, found: JsonObject, key: string, ambiguity: Ambiguity): void {
  if (ambiguity !== 'refused') return
  if (Object.hasOwn(found, key))
    rejectJson(
      `it has the key ${quoteJson(key)} twice in one object${cursor.path.length === 0 ? '' : `, ${formatPath(cursor)}`}`
    )
  if (cursor.isLossy && key.includes('\ufffd')) rejectJson(NOT_JSON)
}

function inside(cursor: Cursor): string {
  return cursor.path.length === 0 ? 'it' : formatPath(cursor)
}

function put(
  found: Record<string, unknown>,
  name: string,
  value: unknown,
  {
    inner,
    ambiguity,
    isField
  }: {readonly inner: Shape | undefined; readonly ambiguity: Ambiguity; readonly isField: boolean}
): void {
  if (value === undefined) return
  if (value !== null || ambiguity === 'refused' || inner === 'any') {
    found[name] = value
    return
  }
  // null resets a map, a list, and an entry of a map. It leaves a string, a number and a struct unchanged.
  const isStruct = typeof inner === 'object' && inner.kind === 'struct'
  // eslint-disable-next-line @typescript-eslint/no-dynamic-delete -- the object of a map has no prototype
  if (!isField || !(inner === 'string' || inner === 'integer' || isStruct)) delete found[name]
}
