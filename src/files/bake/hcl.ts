// An HCL file as blocks and attributes with their lines. Written by hand: the packages that parse HCL for Node are Go compiled to
// megabytes, give no lines and are not kept up, or are under a licence that does not go with this one.

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
  unexpected,
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

/** Refuses what is no HCL, on its line. */
export function parseHcl(text: string, file: string): Body {
  const source = openSource(text.replace(/^\uFEFF/, ''), file, 1)
  const body = parseBody(source)
  if (source.at < source.text.length) unexpected(source)
  return body
}

function parseBody(source: Source): Body {
  const attributes = new Map<string, Expression>()
  const blocks: Block[] = []
  for (;;) {
    skip(source, true)
    if (source.at >= source.text.length || source.text.charAt(source.at) === '}') return {attributes, blocks}
    const start = source.at
    const name = takeIdentifier(source)
    skip(source, false)
    if (takeText(source, '=')) {
      skip(source, false)
      if (attributes.has(name)) unexpected({...source, at: start}, `${name} is there twice`)
      attributes.set(name, parseExpression(source, false))
    } else blocks.push(parseBlock(source, name, lineAt(source, start)))
    skip(source, false)
    // In a block on one line the brace ends what another line would end.
    if (source.text.charAt(source.at) !== '}' && takeMatch(source, LINE_END) === undefined) unexpected(source)
  }
}

function parseBlock(source: Source, type: string, line: number): Block {
  const labels: string[] = []
  while (!takeText(source, '{')) {
    const quoted = takeMatch(source, /"((?:[^"\\\n]|\\.)*)"/y)
    labels.push(quoted?.[1] ?? takeMatch(source, IDENTIFIER)?.[0] ?? unexpected(source))
    skip(source, false)
  }
  const body = withDepth(source, () => parseBody(source))
  expectText(source, '}')
  return {type, labels, body, line}
}
