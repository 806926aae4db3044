// Parses HCL expressions: the whole grammar of https://github.com/hashicorp/hcl/blob/main/hclsyntax/spec.md. Splats, grouping `for`
// expressions, and template directives become 'unsupported', which evaluates to an unknown value.

import {
  withDepth,
  expectText,
  lineAt,
  LINE_END,
  openSource,
  skip,
  type Source,
  takeMatch,
  takeIdentifier,
  takeText,
  type HclLines,
  rejectHcl
} from './hcl-source.ts'
import {type Expression, readTemplate, takeHeredoc} from './hcl-template.ts'

/** Parses a string of a JSON file that may contain `${…}`. */
export function parseTemplate(text: string, file: string, line: number): Expression {
  return readTemplate(openSource(text, file, line), 'bare', readInBraces)
}

function readInBraces(source: Source): Expression {
  return parseExpression(source, 'many-lines')
}

// By precedence, from low to high.
const OPERATORS: readonly (readonly string[])[] = [
  ['||'],
  ['&&'],
  ['==', '!='],
  ['>=', '<=', '>', '<'],
  ['+', '-'],
  ['*', '/', '%']
]

/** Within brackets, an expression may span several lines. */
export function parseExpression(source: Source, lines: HclLines): Expression {
  return withDepth(source, () => {
    const condition = parseOperation(source, 0, lines)
    skip(source, lines)
    if (!takeText(source, '?')) return condition
    skip(source, lines)
    const then = parseExpression(source, lines)
    skip(source, lines)
    expectText(source, ':')
    skip(source, lines)
    const otherwise = parseExpression(source, lines)
    return {kind: 'operation', operator: '?', operands: [condition, then, otherwise], line: condition.line}
  })
}

function parseOperation(source: Source, level: number, lines: HclLines): Expression {
  const operators = OPERATORS[level]
  if (operators === undefined) return parseUnary(source, lines)
  let left = parseOperation(source, level + 1, lines)
  for (;;) {
    skip(source, lines)
    const operator = operators.find(text => source.text.startsWith(text, source.at))
    if (operator === undefined) return left
    source.at += operator.length
    skip(source, lines)
    left = {kind: 'operation', operator, operands: [left, parseOperation(source, level + 1, lines)], line: left.line}
  }
}

function parseUnary(source: Source, lines: HclLines): Expression {
  const line = lineAt(source, source.at)
  const operator = ['!', '-'].find(sign => takeText(source, sign))
  if (operator === undefined) return parseMembers(source, parseTerm(source))
  skip(source, lines)
  return {kind: 'operation', operator, operands: [withDepth(source, () => parseUnary(source, lines))], line}
}

function parseMembers(source: Source, term: Expression): Expression {
  let of = term
  for (;;) {
    const {line} = of
    if (/^(?:\.\*|\[\*\])/.test(source.text.slice(source.at, source.at + 3))) {
      takeMatch(source, /(?:\.\*|\[\*\])(?:\.[\p{L}\p{N}_-]+|\[\d+\])*/uy)
      return {kind: 'unsupported', what: 'A splat expression', line}
    }
    if (source.text.charAt(source.at) === '.' && source.text.charAt(source.at + 1) !== '.') {
      source.at += 1
      const key = takeMatch(source, /\d+/y)?.[0] ?? takeIdentifier(source)
      of = {kind: 'member', of, key: {kind: 'value', value: key, line}, line}
    } else if (takeText(source, '[')) {
      skip(source, 'many-lines')
      const key = parseExpression(source, 'many-lines')
      skip(source, 'many-lines')
      expectText(source, ']')
      of = {kind: 'member', of, key, line}
    } else return of
  }
}

function parseTerm(source: Source): Expression {
  const line = lineAt(source, source.at)
  const number = takeMatch(source, /\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y)
  if (number !== undefined) return {kind: 'value', value: Number(number[0]), line}
  if (takeText(source, '"')) {
    const template = readTemplate(source, 'quoted', readInBraces)
    expectText(source, '"')
    return template
  }
  const heredoc = takeHeredoc(source, readInBraces)
  if (heredoc !== undefined) return heredoc
  if (takeText(source, '(')) {
    skip(source, 'many-lines')
    const inner = parseExpression(source, 'many-lines')
    skip(source, 'many-lines')
    expectText(source, ')')
    return inner
  }
  if (takeText(source, '[')) return parseList(source, line)
  if (takeText(source, '{')) return parseObject(source, line)
  const name = takeIdentifier(source)
  if (source.text.startsWith('::', source.at)) return rejectHcl(source, 'namespaced functions are not supported')
  if (takeText(source, '(')) return parseCall(source, name, line)
  const literals = new Map<string, boolean | null>([
    ['true', true],
    ['false', false],
    ['null', null]
  ])
  const literal = literals.get(name)
  return literal === undefined ? {kind: 'name', name, line} : {kind: 'value', value: literal, line}
}

/** Reads items up to the bracket. Commas separate them, and in objects line breaks do too; a trailing comma is allowed. */
function readItems<T>(source: Source, end: string, read: () => T): readonly T[] {
  const items: T[] = []
  for (;;) {
    skip(source, 'many-lines')
    if (takeText(source, end)) return items
    items.push(read())
    skip(source, 'one-line')
    const broke = end === '}' && takeMatch(source, LINE_END) !== undefined
    skip(source, 'many-lines')
    if (!takeText(source, ',') && !broke) {
      expectText(source, end)
      return items
    }
  }
}

function parseCall(source: Source, name: string, line: number): Expression {
  let isSpread = false
  const args = readItems(source, ')', () => {
    const arg = parseExpression(source, 'many-lines')
    skip(source, 'many-lines')
    isSpread = takeText(source, '...') || isSpread
    return arg
  })
  return {kind: 'call', name, args, isSpread, line}
}

const FOR = /for(?=\s)/y

function parseList(source: Source, line: number): Expression {
  skip(source, 'many-lines')
  if (takeMatch(source, FOR) !== undefined) return parseFor(source, ']', line)
  return {kind: 'list', items: readItems(source, ']', () => parseExpression(source, 'many-lines')), line}
}

function parseObject(source: Source, line: number): Expression {
  skip(source, 'many-lines')
  if (takeMatch(source, FOR) !== undefined) return parseFor(source, '}', line)
  const entries = readItems(source, '}', (): readonly [Expression, Expression] => {
    const key = parseExpression(source, 'one-line')
    skip(source, 'one-line')
    if (!takeText(source, '=')) expectText(source, ':')
    skip(source, 'many-lines')
    // A bare word is a key, and not a variable. A variable needs parentheses.
    const named: Expression = key.kind === 'name' ? {kind: 'value', value: key.name, line: key.line} : key
    return [named, parseExpression(source, 'one-line')]
  })
  return {kind: 'object', entries, line}
}

function parseFor(source: Source, end: string, line: number): Expression {
  const names = [parseName(source)]
  if (takeText(source, ',')) names.push(parseName(source))
  skip(source, 'many-lines')
  expectText(source, 'in')
  skip(source, 'many-lines')
  const over = parseExpression(source, 'many-lines')
  skip(source, 'many-lines')
  expectText(source, ':')
  skip(source, 'many-lines')
  const first = parseExpression(source, 'many-lines')
  skip(source, 'many-lines')
  const isObject = takeText(source, '=>')
  skip(source, 'many-lines')
  const value = isObject ? parseExpression(source, 'many-lines') : first
  skip(source, 'many-lines')
  const isGrouped = takeText(source, '...')
  skip(source, 'many-lines')
  const condition = parseCondition(source)
  expectText(source, end)
  if (isGrouped) return {kind: 'unsupported', what: 'A grouping "for" expression', line}
  return {
    kind: 'for',
    names,
    over,
    value,
    line,
    key: isObject ? first : undefined,
    condition
  }
}

function parseName(source: Source): string {
  skip(source, 'many-lines')
  const name = takeIdentifier(source)
  skip(source, 'many-lines')
  return name
}

function parseCondition(source: Source): Expression | undefined {
  if (takeMatch(source, /if(?=\s)/y) === undefined) return undefined
  skip(source, 'many-lines')
  const condition = parseExpression(source, 'many-lines')
  skip(source, 'many-lines')
  return condition
}
