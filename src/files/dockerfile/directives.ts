// The parser directives of a Dockerfile: the escape character, and the frontend that reads the file.
// BuildKit looks for them in two ways (frontend/dockerfile/parser, parser.go and directives.go).

import type {SourceLocation} from '../../failure/failure.ts'
import {rejectFile} from '../language/file-entry.ts'
import {trimEnd, trimStart} from '../language/go-text.ts'

export type SyntaxDirective = {readonly image: string; readonly line: number}

export type Directives = {
  readonly escape: '\\' | '`'
  readonly syntax: SyntaxDirective | undefined
}

/** `lines` have no line ends. Throws 'invalid-input' for a duplicate directive and for an invalid escape character. */
export function readDirectives(lines: readonly string[], location: SourceLocation): Directives {
  return {escape: readEscape(lines, location), syntax: readSyntax(lines, location.line)}
}

// The parser accepts spaces before a directive, and stops at the first line that is not a directive.
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
        reason: `duplicate ${found.name} directive`,
        example: '# syntax=docker/dockerfile:1',
        location
      })
    seen.add(found.name)
    if (found.name !== 'escape') continue
    if (found.value !== '\\' && found.value !== '`')
      return rejectFile({
        value: 'escape',
        reason: 'the escape character must be \\ or `',
        example: '# escape=`',
        location
      })
    escape = found.value
  }
  return escape
}

// The frontend may read another language than Dockerfiles. So BuildKit skips a first line that begins with #!, and looks in comments
// that begin with // and in JSON too.
function readSyntax(lines: readonly string[], first: number): SyntaxDirective | undefined {
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

function syntaxInJson(text: string, line: number): SyntaxDirective | undefined {
  if (!text.trimStart().startsWith('{')) return undefined
  try {
    const json = JSON.parse(text) as unknown
    const image = typeof json === 'object' && json !== null && 'syntax' in json ? json.syntax : undefined
    return typeof image === 'string' ? {image, line} : undefined
  } catch {
    // Text that is not JSON has no directive of this form.
    return undefined
  }
}
