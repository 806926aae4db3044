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

/** The strings of an object in a document, as annotations are: values of other types are left out. */
export function stringsAt(object: JsonObject, key: string): Readonly<Record<string, string>> {
  const value = object[key]
  return Object.fromEntries(
    Object.entries(isObject(value) ? value : {}).filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string'
    )
  )
}
