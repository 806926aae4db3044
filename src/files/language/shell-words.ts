// Splits a shell line into words as BuildKit does when it looks for heredocs (frontend/dockerfile/shell/lex.go). Variables have no
// values there and stay as written.
// A heredoc that only BuildKit sees, or only this lexer, would turn its lines into instructions or instructions into its lines.

import {isSpace} from './go-text.ts'

/** `raw` keeps quotes and backslashes. Undefined for a line that BuildKit refuses. */
export function shellWords(text: string, form: 'raw' | 'plain'): readonly string[] | undefined {
  const lexer: Lexer = {text, at: 0, isRaw: form === 'raw', keepsEscapes: form === 'raw', buffer: '', depth: 0}
  try {
    return readUntil(lexer, '', form === 'raw' ? 'keep' : 'drop').words
  } catch (error) {
    if (error instanceof RefusedByLexer) return undefined
    throw error
  }
}

class RefusedByLexer extends Error {}

type Lexer = {
  readonly text: string
  readonly isRaw: boolean
  at: number
  keepsEscapes: boolean
  /** The word so far. As in BuildKit, all depths share it: `${X:-…}` drops the text before it in its word. */
  buffer: string
  depth: number
}

/** What has been read up to a stop character: the text, and its words, without the one that is in the buffer. */
type Words = {result: string; readonly words: string[]; isInWord: boolean}

// Far more than a real file has, and far less than the stack can hold.
const MAX_DEPTH = 200

function peek(lexer: Lexer): string {
  return lexer.text.charAt(lexer.at)
}

function next(lexer: Lexer): string {
  const character = peek(lexer)
  lexer.at += 1
  return character
}

/** Reads up to the character `stop`, or to the end of the text when `stop` is empty. */
function readUntil(lexer: Lexer, stop: string, escapes: 'keep' | 'drop'): Words {
  const words: Words = {result: '', words: [], isInWord: false}
  const outer = lexer.keepsEscapes
  lexer.keepsEscapes = escapes === 'keep'
  lexer.buffer = ''
  lexer.depth += 1
  if (lexer.depth > MAX_DEPTH) throw new RefusedByLexer()
  while (lexer.at < lexer.text.length && peek(lexer) !== stop) readCharacter(lexer, words)
  if (stop !== '' && next(lexer) !== stop) throw new RefusedByLexer()
  if (lexer.buffer !== '') words.words.push(lexer.buffer)
  lexer.buffer = ''
  lexer.depth -= 1
  lexer.keepsEscapes = outer
  return words
}

function readCharacter(lexer: Lexer, words: Words): void {
  const character = peek(lexer)
  if (character === '$') addSplit(lexer, words, readDollar(lexer))
  else if (character === '<') addUnsplit(lexer, words, readAngle(lexer))
  else if (character === "'") addUnsplit(lexer, words, readSingleQuoted(lexer))
  else if (character === '"') addUnsplit(lexer, words, readDoubleQuoted(lexer))
  else if (next(lexer) !== '\\') addSplit(lexer, words, character)
  else {
    if (lexer.keepsEscapes) addUnsplit(lexer, words, character)
    if (lexer.at < lexer.text.length) addUnsplit(lexer, words, next(lexer))
  }
}

/** Adds text whose spaces do not end a word. */
function addUnsplit(lexer: Lexer, words: Words, text: string): void {
  lexer.buffer += text
  words.result += text
  words.isInWord = true
}

function addSplit(lexer: Lexer, words: Words, text: string): void {
  for (const character of text)
    if (!isSpace(character)) {
      lexer.buffer += character
      words.isInWord = true
    } else if (words.isInWord && lexer.buffer !== '') {
      words.words.push(lexer.buffer)
      lexer.buffer = ''
      words.isInWord = false
    }
  words.result += text
}

function readAngle(lexer: Lexer): string {
  lexer.at += 1
  if (peek(lexer) !== '<') return '<'
  lexer.at += 1
  const start = lexer.at
  while (['\t', '\r', ' '].includes(peek(lexer))) lexer.at += 1
  return `<<${lexer.text.slice(start, lexer.at)}`
}

function readSingleQuoted(lexer: Lexer): string {
  const end = lexer.text.indexOf("'", lexer.at + 1)
  if (end < 0) throw new RefusedByLexer()
  const inner = lexer.text.slice(lexer.at + 1, end)
  lexer.at = end + 1
  return lexer.isRaw ? `'${inner}'` : inner
}

function readDoubleQuoted(lexer: Lexer): string {
  const quote = lexer.isRaw ? '"' : ''
  let inner = ''
  lexer.at += 1
  while (lexer.at < lexer.text.length) {
    const character = peek(lexer)
    if (character === '$') {
      inner += readDollar(lexer)
      continue
    }
    lexer.at += 1
    if (character === '"') return quote + inner + quote
    if (character !== '\\') inner += character
    else if (['"', '$', '\\'].includes(peek(lexer)) && lexer.at < lexer.text.length)
      inner += (lexer.keepsEscapes ? character : '') + next(lexer)
    else if (lexer.at < lexer.text.length) inner += character
  }
  throw new RefusedByLexer()
}

const SPECIAL = /[@*#?\-$!0]|\p{Nd}+|[\p{L}_][\p{L}\p{Nd}_]*/uy

function readName(lexer: Lexer): string {
  SPECIAL.lastIndex = lexer.at
  const name = SPECIAL.exec(lexer.text)?.[0] ?? ''
  lexer.at += name.length
  return name
}

function readDollar(lexer: Lexer): string {
  lexer.at += 1
  if (peek(lexer) !== '{') return `$${readName(lexer)}`
  lexer.at += 1
  if (['', '{', '}', ':'].includes(peek(lexer))) throw new RefusedByLexer()
  const name = readName(lexer)
  let operator = next(lexer)
  if (operator === '}') return `\${${name}}`
  if (operator === '/') {
    if (peek(lexer) === '/') lexer.at += 1
    const pattern = readUntil(lexer, '/', 'keep').result
    return `\${${name}/${pattern}/${readUntil(lexer, '}', 'keep').result}}`
  }
  const isColon = operator === ':'
  if (isColon) operator = next(lexer)
  const isPattern = operator === '#' || operator === '%'
  if (!(isPattern ? !isColon : ['+', '-', '?'].includes(operator))) throw new RefusedByLexer()
  const word = readUntil(lexer, '}', isPattern ? 'keep' : 'drop').result
  return `\${${name}${isColon ? ':' : ''}${operator}${word}}`
}
