// The directives at the top of a Dockerfile: the escape character, and the frontend that reads the file.
// BuildKit looks for the two in different ways (frontend/dockerfile/parser, parser.go and directives.go).

import type {SourceLocation} from '../../failure/failure.ts'
import {rejectFile} from '../language/file-entry.ts'
import {trimEnd, trimStart} from '../language/go-text.ts'

export type Syntax = {readonly image: string; readonly line: number}

export type Directives = {
  readonly escape: '\\' | '`'
  /** The image of the `syntax` directive. */
  readonly syntax: Syntax | undefined
}

/** `lines` are without their ends. Refuses a directive that is there twice, and an escape character that is none. */
export function readDirectives(lines: readonly string[], location: SourceLocation): Directives {
  return {escape: readEscape(lines, location), syntax: readSyntax(lines, location.line)}
}

// The parser takes a directive behind spaces too, and ends at the first line that is none.
function readEscape(lines: readonly string[], {file, line: first}: SourceLocation): Directives['escape'] {
  const seen = new Set<string>()
  let escape: Directives['escape'] = '\\'
  for (const [at, text] of lines.entries()) {
    const found = directiveIn(trimStart(text), '#')
    if (found === undefined) break
    const location = {file, line: first + at}
    if (seen.has(found.name))
      rejectFile({
        value: found.name,
        reason: `there is one ${found.name} directive at most`,
        example: '# syntax=docker/dockerfile:1',
        location
      })
    seen.add(found.name)
    if (found.name !== 'escape') continue
    if (found.value !== '\\' && found.value !== '`')
      return rejectFile({
        value: 'escape',
        reason: 'the escape directive is \\ or `',
        example: '# escape=`',
        location
      })
    escape = found.value
  }
  return escape
}

// What chooses the frontend passes over a first line with #!, and looks for other comment signs and for JSON too: a frontend may
// read another language.
function readSyntax(lines: readonly string[], first: number): Syntax | undefined {
  const top = lines[0]?.startsWith('#!') === true ? 1 : 0
  for (const sign of ['#', '//'])
    for (let at = top; at < lines.length; at += 1) {
      const found = directiveIn(lines[at] ?? '', sign)
      if (found === undefined) break
      if (found.name === 'syntax') return {image: found.value.split(' ', 1)[0] ?? '', line: first + at}
    }
  return syntaxInJson(lines.slice(top).join('\n'), first + top)
}

const DIRECTIVE = /^([A-Za-z][A-Za-z0-9]*)[\t\n\f\r ]*=[\t\n\f\r ]*/

function directiveIn(line: string, sign: string): {readonly name: string; readonly value: string} | undefined {
  if (!line.startsWith(sign)) return undefined
  const text = trimStart(line.slice(sign.length))
  const match = DIRECTIVE.exec(text)
  const name = match?.[1]?.toLowerCase() ?? ''
  const value = trimEnd(text.slice(match?.[0].length), character => '\t\n\f\r '.includes(character))
  return ['syntax', 'escape', 'check'].includes(name) && value !== '' ? {name, value} : undefined
}

function syntaxInJson(text: string, line: number): Syntax | undefined {
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
