// Expands variables in a text: `$X`, `${X}`, `${X:-default}`, `${X:+word}`, and the other forms of BuildKit and Compose.
// https://docs.docker.com/reference/dockerfile/#environment-replacement, https://github.com/compose-spec/compose-spec/blob/main/12-interpolation.md

import {excerpt} from './file-entry.ts'
import {replacePattern, trimPrefix, trimSuffix} from './shell-pattern.ts'

/** A text with its variables expanded, or the reason why only the build knows it, in whole sentences. */
export type Expanded = {readonly ok: true; readonly value: string} | {readonly ok: false; readonly reason: string}

/** The value of a variable; undefined when it is not set; an object with the reason when only the build knows the value. */
export type Lookup = (name: string) => string | undefined | {readonly unknown: string}

export type Dialect = {
  /** The escape character of a Dockerfile. Undefined for Compose: `$$` is a dollar sign there, and quotes have no meaning. */
  readonly escape: string | undefined
  /** The reason for a variable that is not set and has no default. */
  readonly describeUnset: (name: string) => string
}

type Cursor = {at: number; readonly text: string; readonly dialect: Dialect; readonly lookup: Lookup; depth: number}

const MAX_DEPTH = 50

// A chain of 30 variables, each twice as long as the one before, makes a gigabyte. Names of images and files are far shorter.
const MAX_LENGTH = 64 * 1024

const TOO_LONG = `With its variables expanded, it is longer than ${String(MAX_LENGTH / 1024)} KiB.`

function unknown(reason: string): Expanded {
  return {ok: false, reason}
}
function known(value: string): Expanded {
  return {ok: true, value}
}

export function expand(text: string, lookup: Lookup, dialect: Dialect): Expanded {
  const cursor: Cursor = {at: 0, text, dialect, lookup, depth: 0}
  return readUntil(cursor, '')
}

/**
 * Reads up to the character `end` and consumes it, or to the end of the text when `end` is empty. In a pattern, a backslash stays and
 * escapes for the pattern.
 */
function readUntil(cursor: Cursor, end: string, form: 'text' | 'pattern' = 'text'): Expanded {
  const {text, dialect} = cursor
  const parts: Expanded[] = []
  let literal = ''
  let quote = ''
  const flush = (): void => {
    if (literal !== '') parts.push(known(literal))
    literal = ''
  }
  while (cursor.at < text.length) {
    const char = text.charAt(cursor.at)
    if (char === end && quote === '') {
      cursor.at += 1
      flush()
      return joined(parts)
    }
    if (char === '$' && quote !== "'") {
      flush()
      parts.push(readDollar(cursor))
    } else if (char === dialect.escape && quote !== "'" && cursor.at + 1 < text.length) {
      // Double quotes allow escapes of these characters only.
      const next = text.charAt(cursor.at + 1)
      literal += form === 'text' && (quote === '' || ['"', '$', char].includes(next)) ? next : char + next
      cursor.at += 2
    } else if (dialect.escape !== undefined && (char === quote || (quote === '' && (char === '"' || char === "'")))) {
      quote = quote === '' ? char : ''
      cursor.at += 1
    } else {
      literal += form === 'pattern' && char === dialect.escape ? char + char : char
      cursor.at += 1
    }
  }
  if (end !== '') return unknown(`"${excerpt(text)}" has \${ without a closing }.`)
  if (quote !== '') return unknown(`"${excerpt(text)}" has a quote that is not closed.`)
  flush()
  return joined(parts)
}

function joined(parts: readonly Expanded[]): Expanded {
  let [value, length] = ['', 0]
  for (const part of parts) {
    if (!part.ok) return part
    length += part.value.length
    if (length > MAX_LENGTH) return unknown(TOO_LONG)
    value += part.value
  }
  return known(value)
}

const NAME = /[A-Za-z_][A-Za-z0-9_]*|[0-9]+/y

function nameAt(text: string, at: number): string {
  NAME.lastIndex = at
  return NAME.exec(text)?.[0] ?? ''
}

/** Reads from a dollar sign. */
function readDollar(cursor: Cursor): Expanded {
  const {text, dialect} = cursor
  cursor.at += 1
  if (dialect.escape === undefined && text.charAt(cursor.at) === '$') {
    cursor.at += 1
    return known('$')
  }
  const isBraced = text.charAt(cursor.at) === '{'
  if (isBraced) cursor.at += 1
  const name = nameAt(text, cursor.at)
  cursor.at += name.length
  if (!isBraced) return name === '' ? known('$') : valueOf(cursor, name)
  if (name === '') {
    cursor.at = text.length
    return unknown(`"${excerpt(text)}" has \${ without a variable name.`)
  }
  if (text.charAt(cursor.at) === '}') {
    cursor.at += 1
    return valueOf(cursor, name)
  }
  return readOperation(cursor, name)
}

function valueOf({lookup, dialect}: Cursor, name: string): Expanded {
  const value = lookup(name)
  if (typeof value === 'string') return known(value)
  return unknown(value?.unknown ?? dialect.describeUnset(name))
}

const OPERATION = /:?[-+?]|##?|%%?|\/\/?/y

/** Reads from the operator after `${NAME`, up to the closing brace. */
function readOperation(cursor: Cursor, name: string): Expanded {
  const {text, lookup} = cursor
  OPERATION.lastIndex = cursor.at
  const operator = OPERATION.exec(text)?.[0] ?? ''
  cursor.at += operator.length
  cursor.depth += 1
  if (operator === '' || cursor.depth > MAX_DEPTH) {
    cursor.at = text.length
    return unknown(`"${excerpt(text)}" has an invalid expansion of ${excerpt(name)}.`)
  }
  const pattern = operator.startsWith('/') ? readUntil(cursor, '/', 'pattern') : known('')
  const word = readUntil(cursor, '}', /^[#%]/.test(operator) ? 'pattern' : 'text')
  cursor.depth -= 1
  const value = lookup(name)
  if (typeof value === 'object') return unknown(value.unknown)
  const isSet = value !== undefined && !(operator.startsWith(':') && value === '')
  switch (operator.replace(':', '')) {
    case '-':
      return isSet ? known(value) : word
    case '+':
      return isSet ? word : known('')
    case '?':
      return isSet ? known(value) : valueOf({...cursor, lookup: () => undefined}, name)
    default:
      return trimmed(valueOf(cursor, name), operator, pattern, word)
  }
}

/** `#` and `%` remove the shortest match at the start or end, `##` and `%%` the longest. `/` replaces the first match, `//` all. */
function trimmed(value: Expanded, operator: string, pattern: Expanded, word: Expanded): Expanded {
  if (!value.ok) return value
  if (!pattern.ok) return pattern
  if (!word.ok) return word
  const [one, extent] = [operator.charAt(0), operator.length === 2 ? 'longest' : 'shortest'] as const
  const result =
    one === '/'
      ? replacePattern(value.value, pattern.value, word.value, operator.length === 2 ? 'all' : 'first')
      : one === '#'
        ? trimPrefix(value.value, word.value, extent)
        : trimSuffix(value.value, word.value, extent)
  if (result === undefined) return unknown('The pattern and the value are too long to be matched by this action.')
  return result.length > MAX_LENGTH ? unknown(TOO_LONG) : known(result)
}
