// The text of an HCL file with a position in it: matching, spaces, comments, lines, and errors for all parts of the parser.
// A position is an index into the text; lines are counted from the first line of the source.

import {rejectFile} from '../language/file-entry.ts'

export type Source = {
  readonly text: string
  readonly file: string
  readonly firstLine: number
  /** Positions of the line breaks. */
  readonly breaks: readonly number[]
  at: number
  depth: number
}

export function openSource(text: string, file: string, firstLine: number): Source {
  return {
    text,
    file,
    firstLine,
    breaks: [...text.matchAll(/\n/g)].map(({index}) => index),
    at: 0,
    depth: 0
  }
}

export function lineAt({breaks, firstLine}: Source, at: number): number {
  let [low, high] = [0, breaks.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((breaks[middle] ?? 0) < at) low = middle + 1
    else high = middle
  }
  return firstLine + low
}

/** Throws 'invalid-input' for the current line. The line is not quoted: an .hcl file of another program may hold a token. */
export function rejectHcl(source: Source, reason: string): never {
  const {at, file} = source
  const location = {file, line: lineAt(source, at)}
  return rejectFile({
    value: file,
    reason: `not valid HCL: ${reason}`,
    example: 'target "app" { dockerfile = "Dockerfile" }',
    location
  })
}

const SPACE = /(?:[ \t\r]|\/\*[\s\S]*?\*\/)*/y
const SPACE_AND_LINES = /(?:\s|#.*|\/\/.*|\/\*[\s\S]*?\*\/)*/y
export const LINE_END = /(?:#.*|\/\/.*)?(?:\r?\n|$)/y
export const IDENTIFIER = /[\p{L}_][\p{L}\p{N}_-]*/uy

/** Matches a sticky pattern at the position, and moves behind the match. */
export function takeMatch(source: Source, pattern: RegExp): RegExpExecArray | undefined {
  pattern.lastIndex = source.at
  const match = pattern.exec(source.text) ?? undefined
  if (match !== undefined) source.at += match[0].length
  return match
}

/** Returns true and moves behind the text when it is next. */
export function takeText(source: Source, text: string): boolean {
  const isThere = source.text.startsWith(text, source.at)
  if (isThere) source.at += text.length
  return isThere
}

export function expectText(source: Source, text: string): void {
  if (!takeText(source, text)) rejectHcl(source, `${text} is missing`)
}

export function takeIdentifier(source: Source): string {
  return takeMatch(source, IDENTIFIER)?.[0] ?? rejectHcl(source, 'a name is missing')
}

export type HclLines = 'one-line' | 'many-lines'

/** Skips spaces and comments; with 'many-lines', as within brackets, line breaks too. */
export function skip(source: Source, lines: HclLines): void {
  takeMatch(source, lines === 'many-lines' ? SPACE_AND_LINES : SPACE)
}

// Far more than a real file has, and far less than the stack can hold.
const MAX_DEPTH = 100

/** Calls `read` one level deeper. Throws 'invalid-input' when the file is nested too deep. */
export function withDepth<T>(source: Source, read: () => T): T {
  source.depth += 1
  if (source.depth > MAX_DEPTH) rejectHcl(source, `nested more than ${String(MAX_DEPTH)} levels deep`)
  const result = read()
  source.depth -= 1
  return result
}
