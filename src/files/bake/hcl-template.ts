// HCL expressions as data, and the parser of templates: strings and heredocs with `${…}`.
// The caller passes the parser of the expressions in braces, since expressions contain templates.

import {lineAt, openSource, skip, type Source, takeMatch, takeText, rejectHcl} from './hcl-source.ts'

export type Expression = {readonly line: number} & (
  | {readonly kind: 'value'; readonly value: string | number | boolean | null}
  /** `isBlock`: a heredoc; its text begins on the next line. */
  | {readonly kind: 'template'; readonly parts: readonly Expression[]; readonly isBlock: boolean}
  | {readonly kind: 'name'; readonly name: string}
  | {readonly kind: 'member'; readonly of: Expression; readonly key: Expression}
  | {readonly kind: 'call'; readonly name: string; readonly args: readonly Expression[]; readonly isSpread: boolean}
  | {readonly kind: 'list'; readonly items: readonly Expression[]}
  | {readonly kind: 'object'; readonly entries: readonly (readonly [key: Expression, value: Expression])[]}
  | {readonly kind: 'operation'; readonly operator: string; readonly operands: readonly Expression[]}
  | ForExpression
  /** HCL that this action does not evaluate. `what` is the subject of a sentence. */
  | {readonly kind: 'unsupported'; readonly what: string}
)

export type ForExpression = {
  readonly kind: 'for'
  readonly names: readonly string[]
  readonly over: Expression
  /** Undefined in a list. */
  readonly key: Expression | undefined
  readonly value: Expression
  readonly condition: Expression | undefined
}

export type ReadExpression = (source: Source) => Expression

const ESCAPES: Readonly<Record<string, string>> = {n: '\n', r: '\r', t: '\t', '"': '"', '\\': '\\'}

/** Reads up to the closing quote, with backslash escapes, or to the end of the text when it is `bare`. */
export function readTemplate(source: Source, form: 'quoted' | 'bare', read: ReadExpression): Expression {
  const {text} = source
  const line = lineAt(source, source.at)
  const parts: Expression[] = []
  let literal = ''
  const flush = (): void => {
    if (literal !== '') parts.push({kind: 'value', value: literal, line})
    literal = ''
  }
  while (source.at < text.length) {
    const char = text.charAt(source.at)
    if (form === 'quoted' && char === '"') break
    if (form === 'quoted' && char === '\n') rejectHcl(source, 'a string is not closed on its line')
    if (takeText(source, '$${')) literal += '${'
    else if (takeText(source, '%%{')) literal += '%{'
    else if (takeText(source, '${')) {
      flush()
      parts.push(readInterpolation(source, read))
    } else if (takeText(source, '%{')) {
      flush()
      parts.push({kind: 'unsupported', what: 'A template directive', line})
    } else if (form === 'quoted' && char === '\\') literal += readEscape(source)
    else {
      literal += char
      source.at += 1
    }
  }
  flush()
  return {kind: 'template', parts, isBlock: false, line}
}

function readInterpolation(source: Source, read: ReadExpression): Expression {
  takeText(source, '~')
  skip(source, 'many-lines')
  const expression = read(source)
  skip(source, 'many-lines')
  takeText(source, '~')
  if (!takeText(source, '}')) rejectHcl(source, 'a ${ has no }')
  return expression
}

function readEscape(source: Source): string {
  const code = takeMatch(source, /\\u([0-9a-fA-F]{4})|\\U([0-9a-fA-F]{8})/y)
  if (code !== undefined) {
    const point = Number.parseInt(code[1] ?? code[2] ?? '', 16)
    return point > 0x10ffff ? rejectHcl(source, 'not a Unicode character') : String.fromCodePoint(point)
  }
  const escaped = ESCAPES[source.text.charAt(source.at + 1)]
  if (escaped === undefined) return rejectHcl(source, 'unknown escape: a backslash is written \\\\')
  source.at += 2
  return escaped
}

const HEREDOC = /<<(-?)([\p{L}_][\p{L}\p{N}_-]*)[ \t]*\r?\n/uy

/** Undefined when no heredoc begins here. Its text ends with the line break before the end marker. */
export function takeHeredoc(source: Source, read: ReadExpression): Expression | undefined {
  const line = lineAt(source, source.at)
  const [all, dash, name = ''] = takeMatch(source, HEREDOC) ?? []
  if (all === undefined) return undefined
  const rest = source.text.slice(source.at)
  const end = new RegExp(`^[ \\t]*${name}[ \\t]*\\r?$`, 'mu').exec(rest)
  if (end === null)
    return rejectHcl({...source, at: source.at - 1}, 'unterminated heredoc: no line consists of its end marker')
  const text = rest.slice(0, end.index)
  const inner = openSource(dash === '-' ? dedent(text) : text, source.file, line + 1)
  const template = readTemplate({...inner, depth: source.depth}, 'bare', read)
  // The line break after the end marker ends the attribute.
  source.at += end.index + end[0].trimEnd().length
  return template.kind === 'template' ? {...template, isBlock: true, line} : template
}

function dedent(text: string): string {
  const indents = text
    .split('\n')
    .filter(line => line.trim() !== '')
    .map(line => /^[ \t]*/.exec(line)?.[0].length ?? 0)
  const least = Math.min(...indents)
  return text
    .split('\n')
    .map(line => line.slice(Math.min(least, /^[ \t]*/.exec(line)?.[0].length ?? 0)))
    .join('\n')
}
