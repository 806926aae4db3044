// Parses an HCL file into blocks and attributes with their lines.
// Written for this action: the HCL packages on npm are megabytes of compiled Go, give no lines, are unmaintained, or have an
// incompatible license.

import {parseExpression} from './hcl-expression.ts'
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
  rejectHcl,
  IDENTIFIER
} from './hcl-source.ts'
import type {Expression} from './hcl-template.ts'

export type Body = {readonly attributes: ReadonlyMap<string, Expression>; readonly blocks: readonly Block[]}

export type Block = {
  readonly type: string
  readonly labels: readonly string[]
  readonly body: Body
  readonly line: number
}

/** Throws 'invalid-input' with the line for text that is not HCL. */
export function parseHcl(text: string, file: string): Body {
  const source = openSource(text.replace(/^\uFEFF/, ''), file, 1)
  const body = parseBody(source)
  if (source.at < source.text.length) rejectHcl(source, 'unexpected }')
  return body
}

function parseBody(source: Source): Body {
  const attributes = new Map<string, Expression>()
  const blocks: Block[] = []
  for (;;) {
    skip(source, 'many-lines')
    if (source.at >= source.text.length || source.text.charAt(source.at) === '}') return {attributes, blocks}
    const start = source.at
    const name = takeIdentifier(source)
    skip(source, 'one-line')
    if (takeText(source, '=')) {
      skip(source, 'one-line')
      if (attributes.has(name)) rejectHcl({...source, at: start}, `duplicate attribute ${name}`)
      attributes.set(name, parseExpression(source, 'one-line'))
    } else blocks.push(parseBlock(source, name, lineAt(source, start)))
    skip(source, 'one-line')
    // The closing brace of a block on one line ends an attribute too.
    if (source.text.charAt(source.at) !== '}' && takeMatch(source, LINE_END) === undefined)
      rejectHcl(source, 'a line break is missing after an attribute or block')
  }
}

function parseBlock(source: Source, type: string, line: number): Block {
  const labels: string[] = []
  while (!takeText(source, '{')) {
    const quoted = takeMatch(source, /"((?:[^"\\\n]|\\.)*)"/y)
    labels.push(quoted?.[1] ?? takeMatch(source, IDENTIFIER)?.[0] ?? rejectHcl(source, 'a block label or { is missing'))
    skip(source, 'one-line')
  }
  const body = withDepth(source, () => parseBody(source))
  expectText(source, '}')
  return {type, labels, body, line}
}
