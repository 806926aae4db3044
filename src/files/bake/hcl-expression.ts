// HCL's expressions, from text to data (hashicorp/hcl hclsyntax/spec.md): the whole grammar, though splats, grouping and template
// directives are kept as what nobody here evaluates.

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
  unexpected
} from './hcl-source.ts'
import {type Expression, readTemplate, takeHeredoc} from './hcl-template.ts'

/** A string with `${…}` in it, as a JSON file has it; it stands on one line. */
export function parseTemplate(text: string, file: string, line: number): Expression {
  return readTemplate(openSource(text, file, line), 'bare', readInBraces)
}

function readInBraces(source: Source): Expression {
  return parseExpression(source, true)
}

// The loosest first.
const OPERATORS: readonly (readonly string[])[] = [
  ['||'],
  ['&&'],
  ['==', '!='],
  ['>=', '<=', '>', '<'],
  ['+', '-'],
  ['*', '/', '%']
]

/** Within brackets an expression may go over several lines. */
export function parseExpression(source: Source, mayBreak: boolean): Expression {
  return withDepth(source, () => {
    const condition = parseOperation(source, 0, mayBreak)
    skip(source, mayBreak)
    if (!takeText(source, '?')) return condition
    skip(source, mayBreak)
    const then = parseExpression(source, mayBreak)
    skip(source, mayBreak)
    expectText(source, ':')
    skip(source, mayBreak)
    const otherwise = parseExpression(source, mayBreak)
    return {kind: 'operation', operator: '?', operands: [condition, then, otherwise], line: condition.line}
  })
}

function parseOperation(source: Source, level: number, mayBreak: boolean): Expression {
  const operators = OPERATORS[level]
  if (operators === undefined) return parseUnary(source, mayBreak)
  let left = parseOperation(source, level + 1, mayBreak)
  for (;;) {
    skip(source, mayBreak)
    const operator = operators.find(text => source.text.startsWith(text, source.at))
    if (operator === undefined) return left
    source.at += operator.length
    skip(source, mayBreak)
    left = {kind: 'operation', operator, operands: [left, parseOperation(source, level + 1, mayBreak)], line: left.line}
  }
}

function parseUnary(source: Source, mayBreak: boolean): Expression {
  const line = lineAt(source, source.at)
  const operator = ['!', '-'].find(sign => takeText(source, sign))
  if (operator === undefined) return parseMembers(source, parseTerm(source))
  skip(source, mayBreak)
  return {kind: 'operation', operator, operands: [withDepth(source, () => parseUnary(source, mayBreak))], line}
}

function parseMembers(source: Source, term: Expression): Expression {
  let of = term
  for (;;) {
    const {line} = of
    if (/^(?:\.\*|\[\*\])/.test(source.text.slice(source.at, source.at + 3))) {
      takeMatch(source, /(?:\.\*|\[\*\])(?:\.[\p{L}\p{N}_-]+|\[\d+\])*/uy)
      return {kind: 'unsupported', what: 'a splat', line}
    }
    if (source.text.charAt(source.at) === '.' && source.text.charAt(source.at + 1) !== '.') {
      source.at += 1
      const key = takeMatch(source, /\d+/y)?.[0] ?? takeIdentifier(source)
      of = {kind: 'member', of, key: {kind: 'value', value: key, line}, line}
    } else if (takeText(source, '[')) {
      skip(source, true)
      const key = parseExpression(source, true)
      skip(source, true)
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
    skip(source, true)
    const inner = parseExpression(source, true)
    skip(source, true)
    expectText(source, ')')
    return inner
  }
  if (takeText(source, '[')) return parseList(source, line)
  if (takeText(source, '{')) return parseObject(source, line)
  const name = takeIdentifier(source)
  if (source.text.startsWith('::', source.at)) return unexpected(source)
  if (takeText(source, '(')) return parseCall(source, name, line)
  const literals = new Map<string, boolean | null>([
    ['true', true],
    ['false', false],
    ['null', null]
  ])
  const literal = literals.get(name)
  return literal === undefined ? {kind: 'name', name, line} : {kind: 'value', value: literal, line}
}

// Items up to the bracket, with commas between them, one after the last, and, in objects, line breaks instead.
function readItems<T>(source: Source, end: string, read: () => T): readonly T[] {
  const items: T[] = []
  for (;;) {
    skip(source, true)
    if (takeText(source, end)) return items
    items.push(read())
    skip(source, false)
    const broke = end === '}' && takeMatch(source, LINE_END) !== undefined
    skip(source, true)
    if (!takeText(source, ',') && !broke) {
      expectText(source, end)
      return items
    }
  }
}

function parseCall(source: Source, name: string, line: number): Expression {
  let isSpread = false
  const args = readItems(source, ')', () => {
    const arg = parseExpression(source, true)
    skip(source, true)
    isSpread = takeText(source, '...') || isSpread
    return arg
  })
  return {kind: 'call', name, args, isSpread, line}
}

const FOR = /for(?=\s)/y

function parseList(source: Source, line: number): Expression {
  skip(source, true)
  if (takeMatch(source, FOR) !== undefined) return parseFor(source, ']', line)
  return {kind: 'list', items: readItems(source, ']', () => parseExpression(source, true)), line}
}

function parseObject(source: Source, line: number): Expression {
  skip(source, true)
  if (takeMatch(source, FOR) !== undefined) return parseFor(source, '}', line)
  const entries = readItems(source, '}', (): readonly [Expression, Expression] => {
    const key = parseExpression(source, false)
    skip(source, false)
    if (!takeText(source, '=')) expectText(source, ':')
    skip(source, true)
    // A bare word is its own name; a variable stands in parentheses.
    const named: Expression = key.kind === 'name' ? {kind: 'value', value: key.name, line: key.line} : key
    return [named, parseExpression(source, false)]
  })
  return {kind: 'object', entries, line}
}

function parseFor(source: Source, end: string, line: number): Expression {
  const names = [parseName(source)]
  if (takeText(source, ',')) names.push(parseName(source))
  skip(source, true)
  expectText(source, 'in')
  skip(source, true)
  const over = parseExpression(source, true)
  skip(source, true)
  expectText(source, ':')
  skip(source, true)
  const first = parseExpression(source, true)
  skip(source, true)
  const isObject = takeText(source, '=>')
  skip(source, true)
  const value = isObject ? parseExpression(source, true) : first
  skip(source, true)
  const isGrouped = takeText(source, '...')
  skip(source, true)
  const condition = parseCondition(source)
  expectText(source, end)
  if (isGrouped) return {kind: 'unsupported', what: 'a for that groups', line}
  return {
    kind: 'for',
    names,
    over,
    value,
    line,
    ...(isObject ? {key: first} : {}),
    ...(condition === undefined ? {} : {condition})
  }
}

function parseName(source: Source): string {
  skip(source, true)
  const name = takeIdentifier(source)
  skip(source, true)
  return name
}

function parseCondition(source: Source): Expression | undefined {
  if (takeMatch(source, /if(?=\s)/y) === undefined) return undefined
  skip(source, true)
  const condition = parseExpression(source, true)
  skip(source, true)
  return condition
}
