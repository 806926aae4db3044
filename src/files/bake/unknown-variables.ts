// What a variable decides that the build sees and files do not: the arguments, contexts, and attributes that mention it, directly or
// through other variables, functions, and targets that they inherit from.
// Bake cannot be asked. It would have to see the variable, and the author of the file could then turn it into the name of an image.

import type {Lookup} from '../language/variables.ts'
import type {BakeOutline} from './outline.ts'

/** The reasons why words of the file have no known value, by the word. */
export type UnknownWords = ReadonlyMap<string, string>

/** A mention in a comment or a string counts, too: more may be unknown than has to be, and never less. */
export function unknownWords({variables, withoutDefault, definitions}: BakeOutline, lookup: Lookup): UnknownWords {
  const reasons = new Map<string, string>()
  const pending: string[] = []
  const mark = (word: string, reason: string): void => {
    if (reasons.has(word) || typeof lookup(word) === 'string') return
    reasons.set(word, reason)
    pending.push(word)
  }
  for (const name of variables) {
    const value = lookup(name)
    if (typeof value === 'object') mark(name, value.unknown)
    // Bake takes an empty text. Without a default, the variable is meant to be set, and an image without its tag is another image.
    else if (value === undefined && withoutDefault.has(name)) mark(name, describeNoDefault(name))
  }
  if (pending.length === 0) return reasons
  const mentions = mentionsOf(definitions)
  for (let word = pending.pop(); word !== undefined; word = pending.pop())
    for (const name of mentions.get(word) ?? []) mark(name, reasons.get(word) ?? '')
  return reasons
}

function describeNoDefault(name: string): string {
  return (
    `The variable ${name} has no default, and is not set in \`file-variables\`. ` +
    `Add the line ${name}=VALUE to the \`file-variables\` input, or write a default.`
  )
}

function mentionsOf(definitions: BakeOutline['definitions']): ReadonlyMap<string, readonly string[]> {
  const mentions = new Map<string, string[]>()
  for (const {name, source} of definitions)
    for (const word of wordsIn(source)) {
      const names = mentions.get(word) ?? []
      names.push(name)
      mentions.set(word, names)
    }
  return mentions
}

function wordsIn(source: string): ReadonlySet<string> {
  return new Set(source.match(/[A-Za-z_][A-Za-z0-9_-]*/g))
}

/** The reason why a part of the file has no known value; undefined when it has one. */
export function unknownReason({source}: {readonly source: string}, words: UnknownWords): string | undefined {
  if (words.size === 0) return undefined
  for (const word of wordsIn(source)) if (words.has(word)) return words.get(word)
  return undefined
}
