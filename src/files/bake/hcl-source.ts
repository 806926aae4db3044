// The text of an HCL file, with a place in it: what every part of the parser reads from and complains with.
// Knows spaces, comments and lines; nothing of blocks and expressions.

import {rejectFile} from '../language/file-entry.ts'

export type Source = {
  readonly text: string
  readonly file: string
  readonly firstLine: number
  /** Where lines end. */
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

/** Refuses the line on which the source is, without a word of it: an .hcl file may be another program's, with a token in it. */
export function unexpected(source: Source, rule = 'it is not HCL'): never {
  const {at, file} = source
  const location = {file, line: lineAt(source, at)}
  return rejectFile({value: file, reason: rule, example: 'target "app" { dockerfile = "Dockerfile" }', location})
}

const SPACE = /(?:[ \t\r]|\/\*[\s\S]*?\*\/)*/y
const SPACE_AND_LINES = /(?:\s|#.*|\/\/.*|\/\*[\s\S]*?\*\/)*/y
export const LINE_END = /(?:#.*|\/\/.*)?(?:\r?\n|$)/y
export const IDENTIFIER = /[\p{L}_][\p{L}\p{N}_-]*/uy

/** What the pattern, a sticky one, finds here, and goes behind it. */
export function takeMatch(source: Source, pattern: RegExp): RegExpExecArray | undefined {
  pattern.lastIndex = source.at
  const match = pattern.exec(source.text) ?? undefined
  if (match !== undefined) source.at += match[0].length
  return match
}

export function takeText(source: Source, text: string): boolean {
  const isThere = source.text.startsWith(text, source.at)
  if (isThere) source.at += text.length
  return isThere
}

export function expectText(source: Source, text: string): void {
  if (!takeText(source, text)) unexpected(source, `it is not HCL: a ${text} is missing`)
}

export function takeIdentifier(source: Source): string {
  return takeMatch(source, IDENTIFIER)?.[0] ?? unexpected(source)
}

/** Spaces and comments; within brackets line breaks too. */
export function skip(source: Source, mayBreak: boolean): void {
  takeMatch(source, mayBreak ? SPACE_AND_LINES : SPACE)
}

// More than anybody writes, and far less than the stack holds.
const MAX_DEPTH = 100

export function withDepth<T>(source: Source, read: () => T): T {
  source.depth += 1
  if (source.depth > MAX_DEPTH) unexpected(source, 'its parts lie too deep in each other')
  const result = read()
  source.depth -= 1
  return result
}
