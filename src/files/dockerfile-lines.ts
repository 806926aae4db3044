// A Dockerfile as instructions: lines joined, comments and heredocs taken out, flags apart, as BuildKit's own parser does it.
// Knows the shape of an instruction and not what any of them means.

import type {Place} from '../acquire/failure.ts'
import {refuse} from './finding.ts'

export type Instruction = {
  /** In capitals. */
  readonly keyword: string
  /** `--name=value` before the arguments, without quotes, each on the line where it stands. */
  readonly flags: readonly {readonly name: string; readonly value: string; readonly line: number}[]
  /** What follows the flags, as it was written. */
  readonly rest: string
  readonly line: number
}

export type Lines = {
  readonly escape: '\\' | '`'
  /** The image of the `syntax` directive. */
  readonly syntax: {readonly image: string; readonly line: number} | undefined
  readonly instructions: readonly Instruction[]
}

/** `place` is the first line of the text. Refuses a directive that contradicts itself and a heredoc without end. */
export const readLines = (text: string, place: Place): Lines => {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/)
  const {escape, syntax} = readDirectives(lines, place)
  const continues = escape === '\\' ? /(?:^|[^\\])\\[ \t]*$/ : /(?:^|[^`])`[ \t]*$/
  const instructions: Instruction[] = []
  let at = 0
  while (at < lines.length) {
    const first = (lines[at] ?? '').trimStart()
    if (first === '' || first.startsWith('#')) {
      at += 1
      continue
    }
    const joined = joinLines(lines, at, continues)
    instructions.push(...parseInstruction(joined.parts, escape, place.line))
    at = skipHeredocs(lines, joined, escape, place)
  }
  return {escape, syntax, instructions}
}

type Part = {readonly text: string; readonly line: number}
type Joined = {readonly parts: readonly Part[]; readonly end: number; readonly start: number}

// Comments and empty lines within an instruction do not end it.
const joinLines = (lines: readonly string[], start: number, continues: RegExp): Joined => {
  const parts: Part[] = []
  for (let at = start; at < lines.length; at += 1) {
    const line = at === start ? (lines[at] ?? '').trimStart() : (lines[at] ?? '')
    if (at > start && /^\s*(?:#|$)/.test(line)) continue
    const isContinued = continues.test(line)
    parts.push({text: isContinued ? line.replace(/.[ \t]*$/, '') : line, line: at})
    if (!isContinued) return {parts, start, end: at + 1}
  }
  return {parts, start, end: lines.length}
}

const DIRECTIVE = /^(?:#|\/\/)\s*([A-Za-z][A-Za-z0-9]*)\s*=\s*(.+?)\s*$/

// Directives stand at the top, and the first line that is none ends them. Another comment sign, or JSON, is for frontends that
// read other files than Dockerfiles; BuildKit finds their image there (frontend/dockerfile/parser/directives.go).
const readDirectives = (lines: readonly string[], place: Place): Pick<Lines, 'escape' | 'syntax'> => {
  const top = lines[0]?.startsWith('#!') === true ? 1 : 0
  for (const sign of ['#', '//']) {
    const found = new Map<string, {readonly value: string; readonly line: number}>()
    for (let at = top; at < lines.length; at += 1) {
      const line = lines[at] ?? ''
      const match = line.startsWith(sign) ? DIRECTIVE.exec(line) : null
      const name = match?.[1]?.toLowerCase() ?? ''
      if (!['syntax', 'escape', 'check'].includes(name)) break
      if (found.has(name)) return refuseDirective(line, `there is one ${name} directive at most`, place, at)
      found.set(name, {value: match?.[2] ?? '', line: place.line + at})
    }
    const escape = found.get('escape')
    if (escape !== undefined && escape.value !== '\\' && escape.value !== '`')
      return refuseDirective(escape.value, 'the escape directive is \\ or `', place, escape.line - place.line)
    const syntax = found.get('syntax')
    if (found.size > 0)
      return {
        escape: escape?.value === '`' ? '`' : '\\',
        syntax: syntax && {image: syntax.value.split(' ')[0] ?? '', line: syntax.line}
      }
  }
  return {escape: '\\', syntax: syntaxInJson(lines.join('\n'), place)}
}

const syntaxInJson = (text: string, {line}: Place): Lines['syntax'] => {
  if (!text.trimStart().startsWith('{')) return undefined
  try {
    const json = JSON.parse(text) as unknown
    const image = typeof json === 'object' && json !== null && 'syntax' in json ? json.syntax : undefined
    return typeof image === 'string' ? {image, line} : undefined
  } catch {
    // It is no JSON, so that it has no directive of this form.
    return undefined
  }
}

const refuseDirective = (written: string, rule: string, {file, line}: Place, at: number): never =>
  refuse({
    written: written.slice(0, 100),
    rule,
    example: '# syntax=docker/dockerfile:1',
    place: {file, line: line + at}
  })

// The keyword ends at the first space; flags follow it, and the first word that is none ends them.
const parseInstruction = (parts: readonly Part[], escape: string, firstLine: number): readonly Instruction[] => {
  const text = parts.map(part => part.text).join('')
  const keyword = /^\S+/.exec(text)?.[0] ?? ''
  if (keyword === '') return []
  const lineAt = (offset: number): number => {
    let begins = 0
    for (const part of parts) {
      if (offset < begins + part.text.length) return firstLine + part.line
      begins += part.text.length
    }
    return firstLine + (parts.at(-1)?.line ?? 0)
  }
  const flags: Instruction['flags'][number][] = []
  let at = keyword.length
  for (;;) {
    at += /^\s*/.exec(text.slice(at))?.[0].length ?? 0
    if (!text.startsWith('--', at)) break
    const word = wordAt(text, at, escape)
    if (word.text === '--') break
    const equals = word.text.indexOf('=')
    flags.push({
      name: word.text.slice(2, equals < 0 ? undefined : equals).toLowerCase(),
      value: equals < 0 ? '' : word.text.slice(equals + 1),
      line: lineAt(at)
    })
    at = word.end
  }
  return [{keyword: keyword.toUpperCase(), flags, rest: text.slice(at).trim(), line: lineAt(0)}]
}

/** The instruction in an ONBUILD, all of it on the line of that. */
export const parseTrigger = ({rest, line}: Instruction, escape: string): readonly Instruction[] =>
  parseInstruction([{text: rest, line: 0}], escape, line)

type Word = {
  /** Without quotes and escapes. */
  readonly text: string
  readonly raw: string
  readonly end: number
}

const wordAt = (text: string, start: number, escape: string): Word => {
  let word = ''
  let quote = ''
  let at = start
  for (; at < text.length; at += 1) {
    const char = text.charAt(at)
    if (quote === '' && /\s/.test(char)) break
    if (char === escape && quote !== "'" && at + 1 < text.length) {
      at += 1
      word += text.charAt(at)
    } else if (char === quote) quote = ''
    else if (quote === '' && (char === '"' || char === "'")) quote = char
    else word += char
  }
  return {text: word, raw: text.slice(start, at), end: at}
}

/** Words between spaces, where quotes hold a word together; raw, as they were written. */
export const splitWords = (text: string, escape: string): readonly string[] => {
  const words: string[] = []
  let at = 0
  while (at < text.length) {
    if (/\s/.test(text.charAt(at))) at += 1
    else {
      const word = wordAt(text, at, escape)
      words.push(word.raw)
      at = word.end
    }
  }
  return words
}

const HEREDOC = /^(?:ONBUILD\s+)?(?:ADD|COPY|RUN)\s/i

// The lines behind an instruction that are its heredocs, up to and with the word that ends each.
const skipHeredocs = (lines: readonly string[], {parts, start, end}: Joined, escape: string, place: Place): number => {
  const text = parts.map(part => part.text).join('')
  if (!HEREDOC.test(text) || !text.includes('<<')) return end
  let at = end
  for (const word of splitWords(text, escape)) {
    const match = /^\d*<<(-?)([^<]+)$/.exec(word)
    if (match === null) continue
    const name = wordAt(match[2] ?? '', 0, escape).text
    const isEnd = (line: string): boolean => (match[1] === '-' ? line.replace(/^\t+/, '') : line) === name
    let found = at
    while (found < lines.length && !isEnd(lines[found] ?? '')) found += 1
    if (found === lines.length)
      return refuse({
        written: word,
        rule: `a heredoc ends with a line that is ${name}, and there is none`,
        example: name,
        place: {file: place.file, line: place.line + start}
      })
    at = found + 1
  }
  return at
}
