// JSON from outside, decoded to `unknown`. An invalid document has a reason, with the path of the value that breaks the rule.
// Objects with duplicate keys are rejected: two parsers could read two different documents from the same bytes.

import {isObject, type JsonObject, readAsGo} from './go-json.ts'
import type {Parsed} from './parsed.ts'

export {isObject, type JsonObject}

/** Decodes a JSON object in UTF-8. */
export function decodeJsonObject(bytes: Uint8Array): Parsed<JsonObject> {
  return readAsGo(bytes, 'any', 'refused')
}

export function stringAt(object: JsonObject, key: string): string | undefined {
  const value = object[key]
  return typeof value === 'string' ? value : undefined
}
