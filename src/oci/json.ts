// JSON from outside: decoded to `unknown`, totally, with the first rule that it breaks named by its path.
// Objects with a key twice are refused: two readers could see two different documents under one digest.

import {invalid, type Parsed, valid} from './parsed.ts'

export type JsonObject = Readonly<Record<string, unknown>>

const decoder = new TextDecoder('utf-8', {fatal: true, ignoreBOM: true})

/** Decodes UTF-8 JSON whose top is an object. */
export const decodeJsonObject = (bytes: Uint8Array): Parsed<JsonObject> => {
  let text: string
  let value: unknown
  try {
    text = decoder.decode(bytes)
    value = JSON.parse(text)
  } catch {
    return invalid('it is not JSON')
  }
  if (!isObject(value)) return invalid('it is not a JSON object')
  const twice = findDuplicateKey(text)
  return twice === undefined ? valid(value) : invalid(`it has the key ${JSON.stringify(twice)} twice in one object`)
}

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\]:,]/g

// Only for text that JSON.parse took: then a string followed by a colon is a key, and brackets match.
const findDuplicateKey = (text: string): string | undefined => {
  const open: (Set<string> | undefined)[] = []
  let last = ''
  for (const [token] of text.matchAll(TOKEN)) {
    if (token === '{') open.push(new Set())
    else if (token === '[') open.push(undefined)
    else if (token === '}' || token === ']') open.pop()
    else if (token === ':') {
      const keys = open.at(-1)
      const key = JSON.parse(last) as string
      if (keys?.has(key) === true) return key
      keys?.add(key)
    }
    last = token
  }
  return undefined
}

export const stringAt = (object: JsonObject, key: string): string | undefined => {
  const value = object[key]
  return typeof value === 'string' ? value : undefined
}
