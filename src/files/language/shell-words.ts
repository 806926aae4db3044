// The words of a shell line, as BuildKit's lexer splits them where it looks for heredocs (frontend/dockerfile/shell/lex.go): no
// variable has a value there, so that each stays as it is written.
// A heredoc that only one of the two sees turns its lines into instructions, or instructions into its lines.

import {isSpace} from './go-text.ts'

/** `raw` keeps quotes and backslashes. Undefined for a line that the lexer refuses. */
export function shellWords(text: string, form: 'raw' | 'plain'): readonly string[] | undefined {
  const lexer: Lexer = {text, at: 0, isRaw: form === 'raw', keepsEscapes: form === 'raw', buffer: '', depth: 0}
  try {
    return readUntil(lexer, '', lexer.keepsEscapes).words
  } catch (error) {
    if (error instanceof Refused) return undefined
    throw error
  }
}

class Refused extends Error {}

type Lexer = {
  readonly text: string
  readonly isRaw: boolean
  at: number
  keepsEscapes: boolean
  /** The word so far. One for all depths, as in BuildKit: a `${X:-…}` loses what stands before it in its word. */
  buffer: string
  depth: number
}

type Words = {readonly result: string; readonly words: readonly string[]}

// Far more than anybody writes, and far less than the stack holds.
const MAX_DEPTH = 200

function peek(lexer: Lexer): string {
  return lexer.text.charAt(lexer.at)
}

function next(lexer: Lexer): string {
  const character = peek(lexer)
  lexer.at += 1
  return character
}

/** Reads on until the character `stop`, or to the end when it is empty. */
function readUntil(lexer: Lexer, stop: string, keepsEscapes: boolean): Words {
  const words: string[] = []
  let result = ''
  let isInWord = false
  let isEnded = stop === ''
  const add = (text: string): void => {
    lexer.buffer += text
    result += text
    isInWord = true
  }
  const addSplit = (text: string): void => {
    for (const character of text)
      if (!isSpace(character)) {
        lexer.buffer += character
        isInWord = true
      } else if (isInWord && lexer.buffer !== '') {
        words.push(lexer.buffer)
        lexer.buffer = ''
        isInWord = false
      }
    result += text
  }
  const outer = lexer.keepsEscapes
  lexer.keepsEscapes = keepsEscapes
  lexer.buffer = ''
  lexer.depth += 1
  if (lexer.depth > MAX_DEPTH) throw new Refused()
  while (lexer.at < lexer.text.length) {
    const character = peek(lexer)
    if (character === stop) {
      lexer.at += 1
      isEnded = true
      break
    }
    if (character === '$') addSplit(readDollar(lexer))
    else if (character === '<') add(readAngle(lexer))
    else if (character === "'") add(readSingleQuoted(lexer))
    else if (character === '"') add(readDoubleQuoted(lexer))
    else if (next(lexer) !== '\\') addSplit(character)
    else {
      if (lexer.keepsEscapes) add(character)
      if (lexer.at < lexer.text.length) add(next(lexer))
    }
  }
  if (!isEnded) throw new Refused()
  if (lexer.buffer !== '') words.push(lexer.buffer)
  lexer.buffer = ''
  lexer.depth -= 1
  lexer.keepsEscapes = outer
  return {result, words}
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
  if (end < 0) throw new Refused()
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
  throw new Refused()
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
  if (['', '{', '}', ':'].includes(peek(lexer))) throw new Refused()
  const name = readName(lexer)
  let operator = next(lexer)
  if (operator === '}') return `\${${name}}`
  if (operator === '/') {
    if (peek(lexer) === '/') lexer.at += 1
    const pattern = readUntil(lexer, '/', true).result
    return `\${${name}/${pattern}/${readUntil(lexer, '}', true).result}}`
  }
  const isColon = operator === ':'
  if (isColon) operator = next(lexer)
  const isPattern = operator === '#' || operator === '%'
  if (!(isPattern ? !isColon : ['+', '-', '?'].includes(operator))) throw new Refused()
  const word = readUntil(lexer, '}', isPattern).result
  return `\${${name}${isColon ? ':' : ''}${operator}${word}}`
}
