// Variables in text: `$X`, `${X}`, `${X:-else}`, `${X:+then}` and their kin, as BuildKit's Dockerfiles and as Compose expand them.
// A variable without a value makes the text unknown, and is named, unless the text says what stands in for it.

export type Expanded = {readonly ok: true; readonly value: string} | {readonly ok: false; readonly why: string}

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

const unknown = (why: string): Expanded => ({ok: false, why})
const known = (value: string): Expanded => ({ok: true, value})

export const expand = (text: string, lookup: Lookup, dialect: Dialect): Expanded => {
  const cursor: Cursor = {at: 0, text, dialect, lookup, depth: 0}
  return readUntil(cursor, '')
}

// Reads on until the character `end`, which is consumed, or to the end of the text when `end` is empty.
const readUntil = (cursor: Cursor, end: string): Expanded => {
  const {text, dialect} = cursor
  const parts: Expanded[] = []
  let literal = ''
  let quote = ''
  const flush = (): void => {
    parts.push(known(literal))
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
      literal += quote === '' || ['"', '$', char].includes(next) ? next : char + next
      cursor.at += 2
    } else if (dialect.escape !== undefined && (char === quote || (quote === '' && (char === '"' || char === "'")))) {
      quote = quote === '' ? char : ''
      cursor.at += 1
    } else {
      literal += char
      cursor.at += 1
    }
  }
  if (end !== '') return unknown(`"${text}" has a \${ without its }`)
  if (quote !== '') return unknown(`"${text}" has a quote without its end`)
  flush()
  return joined(parts)
}

const joined = (parts: readonly Expanded[]): Expanded =>
  parts.find(part => !part.ok) ?? known(parts.map(part => (part.ok ? part.value : '')).join(''))

const NAME = /[A-Za-z_][A-Za-z0-9_]*|[0-9]+/y

const nameAt = (text: string, at: number): string => {
  NAME.lastIndex = at
  return NAME.exec(text)?.[0] ?? ''
}

// The cursor is at a dollar sign.
const readDollar = (cursor: Cursor): Expanded => {
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
    return unknown(`"${text}" has a \${ without a name`)
  }
  if (text.charAt(cursor.at) === '}') {
    cursor.at += 1
    return valueOf(cursor, name)
  }
  return readOperation(cursor, name)
}

const valueOf = ({lookup, dialect}: Cursor, name: string): Expanded => {
  const value = lookup(name)
  if (typeof value === 'string') return known(value)
  return unknown(value?.unknown ?? dialect.describeUnset(name))
}

const OPERATION = /:?[-+?]|##?|%%?|\/\/?/y

// `${NAME` was read; an operator, its word and the brace follow.
const readOperation = (cursor: Cursor, name: string): Expanded => {
  const {text, lookup} = cursor
  OPERATION.lastIndex = cursor.at
  const operator = OPERATION.exec(text)?.[0] ?? ''
  cursor.at += operator.length
  cursor.depth += 1
  if (operator === '' || cursor.depth > MAX_DEPTH) {
    cursor.at = text.length
    return unknown(`"${text}" has a \${${name} that cannot be read`)
  }
  const pattern = operator.startsWith('/') ? readUntil(cursor, '/') : known('')
  const word = readUntil(cursor, '}')
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
const trimmed = (value: Expanded, operator: string, pattern: Expanded, word: Expanded): Expanded => {
  if (!value.ok) return value
  if (!pattern.ok) return pattern
  if (!word.ok) return word
  if (operator.startsWith('/')) {
    const found = patternOf(pattern.value, '.*', operator === '//' ? 'g' : '', ['', ''])
    return known(value.value.replace(found, () => word.value))
  }
  const star = operator.length === 2 ? '.*' : '.*?'
  if (operator.startsWith('#')) return known(value.value.replace(patternOf(word.value, star, '', ['^', '']), ''))
  // The shortest match at the end is the one that begins last, and the longest the one that begins first.
  const end = patternOf(word.value, '.*', '', ['^', '$'])
  const cuts = Array.from({length: value.value.length + 1}, (_, at) => at).filter(at => end.test(value.value.slice(at)))
  const cut = operator === '%' ? cuts.at(-1) : cuts[0]
  return known(cut === undefined ? value.value : value.value.slice(0, cut))
}

const patternOf = (text: string, star: string, flags: string, [before, after]: readonly [string, string]): RegExp =>
  new RegExp(
    before +
      text
        .replace(/[\\^$.+()|[\]{}]/g, '\\$&')
        .replaceAll('*', star)
        .replaceAll('?', '.') +
      after,
    flags
  )
