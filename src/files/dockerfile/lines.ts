// Parses a Dockerfile into instructions as BuildKit does (frontend/dockerfile/parser): joins lines, drops comments and heredocs, and
// separates flags.

import type {SourceLocation} from '../../failure/failure.ts'
import {type Directives, readDirectives} from './directives.ts'
import {rejectFile} from '../language/file-entry.ts'
import {fromBytes, isSpace, toBytes, trim, trimEnd, trimStart} from '../language/go-text.ts'
import {shellWords} from '../language/shell-words.ts'

export type Instruction = {
  /** In upper case. */
  readonly keyword: string
  /** `--name=value` before the arguments, unquoted, each with its own line. */
  readonly flags: readonly {readonly name: string; readonly value: string; readonly line: number}[]
  /** The text after the flags, as written. */
  readonly rest: string
  readonly line: number
}

export type ParsedDockerfile = Directives & {readonly instructions: readonly Instruction[]}

/** `location` is the first line of the text. Throws 'invalid-input' for an invalid directive, a long line, and a heredoc without end. */
export function readLines(text: string, location: SourceLocation): ParsedDockerfile {
  const lines = text
    .replace(/^\uFEFF/, '')
    .split('\n')
    .map(line => trimEnd(line, character => character === '\r'))
  checkLengths(lines, location)
  const directives = readDirectives(lines, location)
  const {escape} = directives
  const instructions: Instruction[] = []
  let at = 0
  while (at < lines.length) {
    const first = trimStart(lines[at] ?? '')
    if (first === '' || first.startsWith('#')) {
      at += 1
      continue
    }
    const joined = joinLines(lines, at, escape)
    const instruction = parseInstruction(joined.parts, escape, location.line)
    if (instruction !== undefined) instructions.push(instruction)
    at = instruction === undefined ? joined.end : skipHeredocs(lines, joined, {instruction, escape, location})
  }
  return {...directives, instructions}
}

// bufio.MaxScanTokenSize of Go's bufio.Scanner, which counts the line end.
const MAX_LINE_BYTES = 64 * 1024 - 1

function checkLengths(lines: readonly string[], {file, line}: SourceLocation): void {
  const at = lines.findIndex(text => text.length * 3 > MAX_LINE_BYTES && toBytes(text).length > MAX_LINE_BYTES)
  if (at >= 0)
    rejectFile({
      value: file,
      reason: 'a line has more than 65535 bytes, the limit of BuildKit',
      example: 'FROM php:8.3.8-cli',
      location: {file, line: line + at}
    })
}

type Part = {readonly text: string; readonly line: number}
type Joined = {readonly parts: readonly Part[]; readonly end: number; readonly start: number}

/** Joins the lines of an instruction. Comments and empty lines within it do not end it. */
function joinLines(lines: readonly string[], start: number, escape: string): Joined {
  const parts: Part[] = []
  for (let at = start; at < lines.length; at += 1) {
    const line = lines[at] ?? ''
    const trimmed = trimStart(line)
    if (at > start && (trimmed === '' || trimmed.startsWith('#'))) continue
    const text = at === start ? trimmed : line
    const continued = continuedLine(text, escape)
    parts.push({text: continued ?? text, line: at})
    if (continued === undefined) return {parts, start, end: at + 1}
  }
  return {parts, start, end: lines.length}
}

/** The line without the escape character at its end; undefined when it does not end with exactly one. */
function continuedLine(line: string, escape: string): string | undefined {
  const text = trimEnd(line, character => character === ' ' || character === '\t')
  return text.endsWith(escape) && !text.endsWith(escape + escape) ? text.slice(0, -1) : undefined
}

const KEYWORD_END = /[\t\v\f\r ]+/g

// BuildKit reads keyword and flags byte by byte (parser/split_command.go). The bytes A0 and 85 within a letter are spaces to it, so that
// this function works on bytes too.
function parseInstruction(parts: readonly Part[], escape: string, firstLine: number): Instruction | undefined {
  const whole = parts.map(part => part.text).join('')
  const bytes = toBytes(trimEnd(whole, isSpace))
  const start = toBytes(whole.slice(0, whole.length - trimStart(whole).length)).length
  if (start >= bytes.length) return undefined
  const lineAt = createLineAt(parts, firstLine)
  const line = lineAt(0)
  KEYWORD_END.lastIndex = start
  const end = KEYWORD_END.exec(bytes)
  const keyword = bytes.slice(start, end?.index)
  const {flags, at} = readFlags(bytes, end === null ? bytes.length : KEYWORD_END.lastIndex, escape)
  return {
    // toUpperCase() would turn some letters beyond ASCII into ASCII letters, which BuildKit does not.
    keyword: /^[a-z]+$/i.test(keyword) ? keyword.toUpperCase() : keyword,
    flags: flags.map(({text, at}) => {
      const equals = text.indexOf('=')
      return {
        name: text.slice(2, equals < 0 ? undefined : equals).toLowerCase(),
        value: equals < 0 ? '' : text.slice(equals + 1),
        line: lineAt(at)
      }
    }),
    rest: trim(fromBytes(bytes.slice(at))),
    line
  }
}

/** Returns the line of a byte. Calls must come in ascending order: each part is measured once. */
function createLineAt(parts: readonly Part[], firstLine: number): (at: number) => number {
  let [part, end] = [0, toBytes(parts[0]?.text ?? '').length]
  return at => {
    while (at >= end && part + 1 < parts.length) {
      part += 1
      end += toBytes(parts[part]?.text ?? '').length
    }
    return firstLine + (parts[part]?.line ?? 0)
  }
}

type Flag = {readonly text: string; readonly at: number}

// extractBuilderFlags of parser/split_command.go: the flags end at `--` and at the first word that is not a flag.
function readFlags(
  bytes: string,
  from: number,
  escape: string
): {readonly flags: readonly Flag[]; readonly at: number} {
  const flags: Flag[] = []
  let at = from
  for (;;) {
    while (at < bytes.length && isSpace(bytes.charAt(at))) at += 1
    if (!bytes.startsWith('--', at)) return {flags, at}
    const start = at
    let [text, quote] = ['', '']
    for (; at < bytes.length && (quote !== '' || !isSpace(bytes.charAt(at))); at += 1) {
      const character = bytes.charAt(at)
      if (character === quote) quote = ''
      else if (quote === '' && (character === '"' || character === "'")) quote = character
      else if (character !== escape) text += character
      else if (at + 1 < bytes.length) {
        at += 1
        text += bytes.charAt(at)
      }
    }
    if (text === '--') return {flags, at}
    flags.push({text, at: start})
  }
}

/** The instruction of an ONBUILD. It has the line of the ONBUILD. */
export function parseTrigger({rest, line}: Instruction, escape: string): Instruction | undefined {
  return parseInstruction([{text: rest, line: 0}], escape, line)
}

/** Splits at spaces outside quotes. The words keep their quotes and escape characters. */
export function splitWords(text: string, escape: string): readonly string[] {
  const words: string[] = []
  let at = 0
  while (at < text.length) {
    if (isSpace(text.charAt(at))) {
      at += 1
      continue
    }
    const start = at
    let quote = ''
    for (; at < text.length && (quote !== '' || !isSpace(text.charAt(at))); at += 1) {
      const character = text.charAt(at)
      if (character === quote) quote = ''
      else if (quote === '' && (character === '"' || character === "'")) quote = character
      else if (character === escape && quote !== "'") at += 1
    }
    words.push(text.slice(start, at))
  }
  return words
}

type HeredocContext = {readonly instruction: Instruction; readonly escape: string; readonly location: SourceLocation}

/** Returns the line after the heredocs of an instruction. */
function skipHeredocs(
  lines: readonly string[],
  {parts, start, end}: Joined,
  {instruction, escape, location}: HeredocContext
): number {
  const text = parts.map(part => part.text).join('')
  if (!text.includes('<<') || !mayHaveHeredocs(instruction, escape)) return end
  let at = end
  for (const word of shellWords(text, 'raw') ?? []) {
    const heredoc = heredocIn(word)
    if (heredoc === undefined) continue
    const {name, isChomped} = heredoc
    while (at < lines.length && (isChomped ? (lines[at] ?? '').replace(/^\t+/, '') : lines[at]) !== name) at += 1
    if (at >= lines.length)
      return rejectFile({
        value: '<<',
        reason: 'unterminated heredoc: no line consists of its end word',
        example: 'RUN <<EOF',
        location: {file: location.file, line: location.line + start}
      })
    at += 1
  }
  return at
}

function mayHaveHeredocs(instruction: Instruction, escape: string): boolean {
  const {keyword, rest} =
    (instruction.keyword === 'ONBUILD' ? parseTrigger(instruction, escape) : undefined) ?? instruction
  return ['ADD', 'COPY', 'RUN'].includes(keyword) && !isJsonList(rest)
}

function isJsonList(text: string): boolean {
  if (!text.startsWith('[')) return false
  try {
    return Array.isArray(JSON.parse(text))
  } catch {
    // Not JSON: the shell form of the instruction.
    return false
  }
}

function heredocIn(word: string): {readonly name: string; readonly isChomped: boolean} | undefined {
  const match = /^\d*<<(-?)[\t\n\f\r ]*([^<]*)$/.exec(word)
  const words = shellWords(match?.[2] ?? '', 'plain') ?? []
  return words.length === 1 && words[0] !== undefined ? {name: words[0], isChomped: match?.[1] === '-'} : undefined
}
