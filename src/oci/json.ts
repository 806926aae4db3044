// JSON from outside: decoded to `unknown`, totally, with the first rule that it breaks named by its path.
// Objects with a key twice are refused: two readers could see two different documents under one digest.

import {isObject, type JsonObject, readAsGo} from './go-json.ts'
import type {Parsed} from './parsed.ts'

export {isObject, type JsonObject}

/** Decodes UTF-8 JSON whose top is an object. */
export function decodeJsonObject(bytes: Uint8Array): Parsed<JsonObject> {
  return readAsGo(bytes, 'any', 'refused')
}

export function stringAt(object: JsonObject, key: string): string | undefined {
  const value = object[key]
  return typeof value === 'string' ? value : undefined
}
