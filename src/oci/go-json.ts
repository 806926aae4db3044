// JSON as Go's encoding/json decodes it into a struct, since every engine that runs an image is written in Go.
// Documents with a digest are refused where the two readings differ; answers without one are read as Go reads them.

// Three habits of Go are not JSON.parse's, and a publisher could use each to show two images under one digest:
//   1. a key equals a field's name in any case, with Unicode's simple folding: `Layers`, and `layerſ` with U+017F;
//   2. of two such keys the later one counts, and objects are merged into what the earlier one left;
//   3. null is the same as a key that is absent, and bytes that are not UTF-8 become U+FFFD.

import {
  type Cursor,
  forEachItem,
  nested,
  NOT_JSON,
  openCursor,
  QUOTE,
  quoteJson,
  readString,
  Refusal,
  rejectJson,
  skipNumber,
  skipSpace,
  expectPunctuation,
  where
} from './json-cursor.ts'
import {invalid, type Parsed, valid} from './parsed.ts'

export type JsonObject = Readonly<Record<string, unknown>>

/** What Go decodes into. Where no shape is known, a value is checked for its syntax and dropped. */
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
  /** The names of the fields by their folded form. */
  readonly folded: ReadonlyMap<string, string>
  readonly ambiguity: Ambiguity | undefined
}

/** What becomes of a key that is there twice or in another case, and of a value of another type. */
export type Ambiguity = 'refused' | 'as-go'

/**
 * Reads a JSON object of a known shape; keys that the shape lacks are left out. `refused` is for documents that a digest
 * names: one that others may read otherwise is not read. `as-go` is for answers and files: the last key counts, in any case,
 * a value of another type counts as absent, and what follows the object is left alone, as Go's json.Decoder leaves it.
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
    if (error instanceof Refusal) return invalid(error.message)
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

// Two letters outside of ASCII have an ASCII letter in their fold set (Unicode's CaseFolding.txt): long s and the Kelvin sign.
function fold(name: string): string {
  return name
    .replaceAll('\u017f', 's')
    .replaceAll('\u212a', 'k')
    .replace(/[A-Z]+/g, letters => letters.toLowerCase())
}

type Target = {
  readonly shape: Shape | undefined
  readonly ambiguity: Ambiguity
  /** What an earlier key of the same name left, which Go decodes into. */
  readonly before: unknown
}

function readValue(cursor: Cursor, target: Target): unknown {
  const start = cursor.at
  const first = cursor.text[start]
  switch (first) {
    case '{':
      return nested(cursor, () => readObject(cursor, expecting(cursor, target, 'an object')))
    case '[':
      return nested(cursor, () => readList(cursor, expecting(cursor, target, 'a list')))
    case '"': {
      const text = readString(cursor, target.shape !== undefined)
      return kept(cursor, target, 'string', text)
    }
    case 't':
    case 'f':
    case 'n': {
      const word = first === 't' ? 'true' : first === 'f' ? 'false' : 'null'
      if (!cursor.text.startsWith(word, start)) rejectJson(NOT_JSON)
      cursor.at += word.length
      return word === 'null' ? null : kept(cursor, target, 'boolean', word === 'true')
    }
    default: {
      const isInteger = skipNumber(cursor)
      if (target.shape === undefined) return undefined
      const written = cursor.text.slice(start, cursor.at)
      // Go takes no fraction and no exponent for an integer, even where nothing is behind them: 1.0, 1e3.
      return kept(cursor, target, isInteger ? 'integer' : 'number', Number(written) + 0, written)
    }
  }
}

/** A scalar, when it is of the type that the shape wants. */
function kept(cursor: Cursor, {shape, ambiguity}: Target, type: string, value: unknown, written?: string): unknown {
  if (shape === undefined) return undefined
  if (shape !== 'any' && shape !== type) {
    if (ambiguity === 'refused') refuseType(cursor, shape, written ?? JSON.stringify(value))
    return undefined
  }
  if (cursor.isLossy && ambiguity === 'refused' && typeof value === 'string' && value.includes('\ufffd'))
    rejectJson(cursor.path.length === 0 || shape === 'any' ? NOT_JSON : `${where(cursor)} is not UTF-8`)
  return value
}

/** The target of what is inside, or one that drops it when the shape wants something else. */
function expecting(cursor: Cursor, target: Target, found: 'an object' | 'a list'): Target {
  const {shape, ambiguity} = target
  if (shape === undefined || shape === 'any') return target
  const isFitting = typeof shape === 'object' && (found === 'a list' ? shape.kind === 'list' : shape.kind !== 'list')
  if (isFitting) return target
  if (ambiguity === 'refused') refuseType(cursor, shape, found)
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

function refuseType(cursor: Cursor, shape: Shape, found: string): never {
  const wanted = NAMES[typeof shape === 'string' ? shape : shape.kind]
  const shown = found.length > 100 ? `${found.slice(0, 99)}…` : found
  return rejectJson(
    cursor.path.length === 0 ? 'it is not a JSON object' : `${where(cursor)} is ${shown}, not ${wanted}`
  )
}

// A descriptor has more than 80 bytes, and so has a diff_id with its quotes and comma: within 4 MiB no honest list has so many. A
// million empty objects in a list would take 90 MB.
const MAX_ITEMS = 60_000

function readList(cursor: Cursor, {shape, ambiguity}: Target): unknown {
  const of = typeof shape === 'object' && shape.kind === 'list' ? shape.of : shape
  const items: unknown[] = []
  forEachItem(cursor, ']', at => {
    if (of !== undefined && at >= MAX_ITEMS) rejectJson(`${where(cursor)} has more than ${String(MAX_ITEMS)} entries`)
    cursor.path.push(at)
    const item = readValue(cursor, {shape: of, ambiguity, before: undefined})
    // Go's zero value, so that the places of the others stay.
    if (of !== undefined) items.push(item ?? null)
    cursor.path.pop()
  })
  return shape === undefined ? undefined : items
}

function readObject(cursor: Cursor, target: Target): unknown {
  const {shape, before} = target
  const struct = typeof shape === 'object' && shape.kind === 'struct' ? shape : undefined
  // A map has no prototype, so that no key of a document is one that all objects have. The names of a struct are ours; an object
  // with a prototype takes a tenth of the memory, and a manifest of 4 MB may hold a million of them.
  const empty = struct === undefined ? (Object.create(null) as Record<string, unknown>) : {}
  const found = isObject(before) ? (before as Record<string, unknown>) : empty
  const of = typeof shape === 'object' && shape.kind === 'map' ? shape.of : shape
  const ambiguity = struct?.ambiguity ?? target.ambiguity
  forEachItem(cursor, '}', () => {
    if (cursor.text.charCodeAt(cursor.at) !== QUOTE) rejectJson(NOT_JSON)
    const key = readString(cursor, shape !== undefined)
    skipSpace(cursor)
    expectPunctuation(cursor, ':')
    skipSpace(cursor)
    const name = struct === undefined ? key : nameOfField(cursor, struct, key, ambiguity)
    const inner = name === undefined || struct === undefined ? of : struct.fields.get(name)
    if (shape === 'any') refuseKey(cursor, found, key, ambiguity)
    if (struct !== undefined && name !== undefined) refuseKey(cursor, found, name, ambiguity)
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

/** The field that Go decodes the key into; undefined where there is none. */
function nameOfField(cursor: Cursor, struct: Struct, key: string, ambiguity: Ambiguity): string | undefined {
  if (struct.fields.has(key)) return key
  const name = struct.folded.get(fold(key))
  if (name !== undefined && ambiguity === 'refused')
    rejectJson(
      `${inside(cursor)} has the key ${quoteJson(key)}, which Go reads as ${quoteJson(name)} and others do not`
    )
  return name
}

function refuseKey(cursor: Cursor, found: JsonObject, key: string, ambiguity: Ambiguity): void {
  if (ambiguity !== 'refused') return
  if (Object.hasOwn(found, key))
    rejectJson(
      `it has the key ${quoteJson(key)} twice in one object${cursor.path.length === 0 ? '' : `, ${where(cursor)}`}`
    )
  if (cursor.isLossy && key.includes('\ufffd')) rejectJson(NOT_JSON)
}

function inside(cursor: Cursor): string {
  return cursor.path.length === 0 ? 'it' : where(cursor)
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
  // A null empties a map, a list and an entry of a map, and leaves a field with text, a number or a struct as it is.
  const isStruct = typeof inner === 'object' && inner.kind === 'struct'
  // eslint-disable-next-line @typescript-eslint/no-dynamic-delete -- a name of a map is an own key, or none
  if (!isField || !(inner === 'string' || inner === 'integer' || isStruct)) delete found[name]
}
