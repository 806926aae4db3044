// Scans HCL for its blocks, attributes, and object entries, with their lines. Values are not read: Bake itself evaluates the file
// (bake-program.ts), and its output has no lines.
// One pass, for text that may be hostile. Text that is not HCL has a poor outline, which Bake then refuses.

/** An attribute of a block, or an entry of an object. */
export type OutlineAttribute = {
  readonly name: string
  readonly line: number
  /** The value as written. */
  readonly source: string
  /** The entries of an object; empty for other values. */
  readonly entries: readonly OutlineAttribute[]
}

export type OutlineBlock = {
  readonly type: string
  readonly name: string
  readonly line: number
  readonly attributes: readonly OutlineAttribute[]
  /** The block as written. */
  readonly source: string
}

export type Outline = {readonly blocks: readonly OutlineBlock[]; readonly attributes: readonly OutlineAttribute[]}

type Cursor = {readonly text: string; at: number; line: number}

export function outlineHcl(text: string): Outline {
  const cursor: Cursor = {text, at: 0, line: 1}
  const blocks: OutlineBlock[] = []
  const attributes: OutlineAttribute[] = []
  while (cursor.at < text.length) {
    const found = readItem(cursor, 'top')
    if (found === undefined) advance(cursor)
    else if ('type' in found) blocks.push(found)
    else attributes.push(found)
  }
  return {blocks, attributes}
}

/** Whether items may be blocks, and whether values may be objects with entries of interest. */
type Level = 'top' | 'block' | 'object'

const WORD = /[A-Za-z_][A-Za-z0-9_-]*/y

function readItem(cursor: Cursor, level: Level): OutlineAttribute | OutlineBlock | undefined {
  skipBlank(cursor)
  const {line, at: start} = cursor
  const name = readName(cursor)
  if (name === undefined) return undefined
  skipSpaces(cursor)
  const {text} = cursor
  if (/[=:]/.test(text.charAt(cursor.at)) && text.charAt(cursor.at + 1) !== '=') {
    cursor.at += 1
    return readAttribute(cursor, name, line, level)
  }
  if (level !== 'top') return undefined
  const label = readName(cursor) ?? ''
  skipSpaces(cursor)
  if (text.charAt(cursor.at) !== '{') return undefined
  cursor.at += 1
  const attributes = readBody(cursor, 'block')
  return {type: name, name: label, line, attributes, source: text.slice(start, cursor.at)}
}

function readAttribute(cursor: Cursor, name: string, line: number, level: Level): OutlineAttribute {
  const {text} = cursor
  skipSpaces(cursor)
  const start = cursor.at
  let entries: readonly OutlineAttribute[] = []
  if (level !== 'object' && text.charAt(start) === '{') {
    cursor.at += 1
    entries = readBody(cursor, 'object')
  }
  // The rest of the value, such as `… : {}` after a condition.
  skipValue(cursor)
  return {name, line, source: text.slice(start, cursor.at), entries}
}

/** Reads the items up to the closing brace, and consumes it. */
function readBody(cursor: Cursor, level: Level): readonly OutlineAttribute[] {
  const attributes: OutlineAttribute[] = []
  for (;;) {
    skipBlank(cursor)
    if (cursor.at >= cursor.text.length) return attributes
    if (cursor.text.charAt(cursor.at) === '}') {
      cursor.at += 1
      return attributes
    }
    const found = readItem(cursor, level)
    if (found === undefined) advance(cursor)
    else if (!('type' in found)) attributes.push(found)
  }
}

/** A word, a quoted text as written, or a key in parentheses. */
function readName(cursor: Cursor): string | undefined {
  const {text, at} = cursor
  WORD.lastIndex = at
  const word = WORD.exec(text)?.[0]
  if (word !== undefined) {
    cursor.at += word.length
    return word
  }
  if (text.charAt(at) !== '"') return undefined
  skipQuoted(cursor)
  return text.slice(at + 1, cursor.at - 1)
}

function skipSpaces(cursor: Cursor): void {
  while (cursor.text.charAt(cursor.at) === ' ' || cursor.text.charAt(cursor.at) === '\t') cursor.at += 1
}

/** Skips spaces, line ends, commas, and comments. */
function skipBlank(cursor: Cursor): void {
  while (cursor.at < cursor.text.length) {
    const start = cursor.at
    if (/[\s,]/.test(cursor.text.charAt(cursor.at))) advance(cursor)
    else skipComment(cursor)
    if (cursor.at === start) return
  }
}

/** Skips one character, text in quotes, or a heredoc. */
function advance(cursor: Cursor): void {
  const {text, at} = cursor
  if (text.charAt(at) === '"') skipQuoted(cursor)
  else if (text.startsWith('<<', at)) skipHeredoc(cursor)
  else moveTo(cursor, at + 1)
}

function moveTo(cursor: Cursor, end: number): void {
  for (; cursor.at < end; cursor.at += 1) if (cursor.text.charAt(cursor.at) === '\n') cursor.line += 1
}

function skipComment(cursor: Cursor): void {
  const {text, at} = cursor
  const isLine = text.charAt(at) === '#' || text.startsWith('//', at)
  if (!isLine && !text.startsWith('/*', at)) return
  const end = text.indexOf(isLine ? '\n' : '*/', at)
  moveTo(cursor, end < 0 ? text.length : isLine ? end : end + 2)
}

/** Skips to the end of a value: a line end, a comma, or a closing bracket that the value did not open. */
function skipValue(cursor: Cursor): void {
  const {text} = cursor
  let depth = 0
  while (cursor.at < text.length) {
    const character = text.charAt(cursor.at)
    if (depth === 0 && (/[\n,}]/.test(character) || character === '')) return
    const start = cursor.at
    skipComment(cursor)
    if (cursor.at > start) continue
    if (/[([{]/.test(character)) depth += 1
    if (/[)\]}]/.test(character)) depth = Math.max(0, depth - 1)
    advance(cursor)
  }
}

/** Skips a text in quotes, with its templates, which may have quotes and braces of their own. */
function skipQuoted(cursor: Cursor): void {
  const {text} = cursor
  const open: ('quote' | 'brace')[] = ['quote']
  let at = cursor.at + 1
  while (at < text.length && open.length > 0) {
    const character = text.charAt(at)
    const isQuote = open.at(-1) === 'quote'
    if (isQuote && character === '\n') break
    if (isQuote && character === '\\') at += 2
    else if (isQuote && /^(?:\$\$|%%)\{/.test(text.slice(at, at + 3))) at += 3
    else if (isQuote && /^[$%]\{/.test(text.slice(at, at + 2))) {
      open.push('brace')
      at += 2
    } else {
      if (isQuote ? character === '"' : character === '}') open.pop()
      else if (character === '"') open.push('quote')
      else if (!isQuote && character === '{') open.push('brace')
      at += 1
    }
  }
  moveTo(cursor, at)
}

const HEREDOC = /<<-?([A-Za-z_][A-Za-z0-9_-]*)\r?\n/y

function skipHeredoc(cursor: Cursor): void {
  const {text, at} = cursor
  HEREDOC.lastIndex = at
  const match = HEREDOC.exec(text)
  if (match === null) {
    moveTo(cursor, at + 2)
    return
  }
  let end = at + match[0].length
  while (end < text.length) {
    const next = text.indexOf('\n', end)
    const lineEnd = next < 0 ? text.length : next
    const isLast = text.slice(end, lineEnd).trim() === match[1]
    // The line end after the last word ends the attribute, too.
    end = isLast ? lineEnd : lineEnd + 1
    if (isLast) break
  }
  moveTo(cursor, Math.min(end, text.length))
}
