// Variables in text: `$X`, `${X}`, `${X:-else}`, `${X:+then}` and their kin, as BuildKit's Dockerfiles and as Compose expand them.
// A variable without a value makes the text unknown, and is named, unless the text has a default for it.

import {excerpt} from './file-entry.ts'
import {replacePattern, trimPrefix, trimSuffix} from './shell-pattern.ts'

export type Expanded = {readonly ok: true; readonly value: string} | {readonly ok: false; readonly reason: string}

/** The value of a variable; undefined when it has none; an object when it has one that nobody knows. */
export type Lookup = (name: string) => string | undefined | {readonly unknown: string}

export type Dialect = {
  /** Escapes a character of a Dockerfile; in Compose `$$` is a dollar sign, and quotes mean nothing. */
  readonly escape: string | undefined
  /** What to say of a variable without a value. */
  readonly describeUnset: (name: string) => string
}

type Cursor = {at: number; readonly text: string; readonly dialect: Dialect; readonly lookup: Lookup; depth: number}

const MAX_DEPTH = 50

// Thirty variables, each twice the one before, would be a text of a gigabyte. No name of an image or file comes near this.
const MAX_LENGTH = 64 * 1024

const TOO_LONG = `its variables make it longer than ${String(MAX_LENGTH / 1024)} KiB`

function unknown(why: string): Expanded {
  return {ok: false, reason: why}
}
function known(value: string): Expanded {
  return {ok: true, value}
}

export function expand(text: string, lookup: Lookup, dialect: Dialect): Expanded {
  const cursor: Cursor = {at: 0, text, dialect, lookup, depth: 0}
  return readUntil(cursor, '')
}

// Reads on until the character `end`, which is consumed, or to the end of the text when `end` is empty. In a pattern a backslash
// keeps its meaning for the pattern.
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
      // Within double quotes only these can be escaped; elsewhere any character.
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
  if (end !== '') return unknown(`"${excerpt(text)}" has a \${ without its }`)
  if (quote !== '') return unknown(`"${excerpt(text)}" has a quote without its end`)
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

// The cursor is at a dollar sign.
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
    return unknown(`"${excerpt(text)}" has a \${ without a name`)
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

// `${NAME` was read; an operator, its word and the brace follow.
function readOperation(cursor: Cursor, name: string): Expanded {
  const {text, lookup} = cursor
  OPERATION.lastIndex = cursor.at
  const operator = OPERATION.exec(text)?.[0] ?? ''
  cursor.at += operator.length
  cursor.depth += 1
  if (operator === '' || cursor.depth > MAX_DEPTH) {
    cursor.at = text.length
    return unknown(`"${excerpt(text)}" has a \${${excerpt(name)} that cannot be read`)
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

// `#` and `%` take a pattern off the beginning or the end, doubled as much of it as they can; `/` replaces one, `//` all.
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
  if (result === undefined) return unknown('its pattern and its value are too long to be matched here')
  return result.length > MAX_LENGTH ? unknown(TOO_LONG) : known(result)
}
