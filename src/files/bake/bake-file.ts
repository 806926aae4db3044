// Reads a Bake file, HCL or JSON, into its targets, variables, and functions.
// https://docs.docker.com/build/bake/reference/

import {rejectFile} from '../language/file-entry.ts'
import {childOf, entriesOf, readTrees, type Tree} from '../language/yaml-tree.ts'
import {parseTemplate} from './hcl-expression.ts'
import type {Expression} from './hcl-template.ts'
import {type Body, parseHcl} from './hcl.ts'

export type Attributes = ReadonlyMap<string, Expression>

export type BakeFile = {
  readonly targets: readonly BakeTarget[]
  /** Their defaults. A variable without a default has 'no-default'. */
  readonly variables: ReadonlyMap<string, Expression | 'no-default'>
  readonly functions: ReadonlyMap<string, BakeFunction>
}

export type BakeTarget = {readonly name: string; readonly line: number; readonly attributes: Attributes}

export type BakeFunction = {
  readonly params: readonly string[]
  /** The parameter that takes the rest of the arguments. */
  readonly variadic: string | undefined
  readonly result: Expression
}

/** Throws 'invalid-input' for a file without targets and variables. */
export function readBakeFile(text: string, file: string): BakeFile {
  const found = /^\s*\{/.test(text) ? readJson(text, file) : readHcl(parseHcl(text, file))
  if (found.targets.length === 0 && found.variables.size === 0)
    rejectFile({
      value: file,
      reason: 'not a Bake file: it has no targets',
      example: BAKE_EXAMPLE,
      location: {file, line: 1}
    })
  return found
}

export const BAKE_EXAMPLE = 'target "app" { dockerfile = "Dockerfile" }'

export function isBakeTree(trees: readonly Tree[]): boolean {
  return trees.some(tree => ['target', 'group', 'variable'].some(name => childOf(tree, name)?.kind === 'map'))
}

function readHcl({attributes, blocks}: Body): BakeFile {
  const variables = ofType(blocks, 'variable').map(
    ({labels: [name = ''], body}) => [name, body.attributes.get('default') ?? 'no-default'] as const
  )
  return {
    // An attribute outside the blocks is a variable too.
    variables: new Map<string, Expression | 'no-default'>([...attributes, ...variables]),
    functions: new Map(
      ofType(blocks, 'function').map(({labels: [name = ''], body}) => [name, functionOf(body.attributes)])
    ),
    targets: ofType(blocks, 'target').map(({labels: [name = ''], body, line}) => ({
      name,
      line,
      attributes: body.attributes
    }))
  }
}

function ofType(blocks: Body['blocks'], type: string): Body['blocks'] {
  return blocks.filter(block => block.type === type)
}

function readJson(text: string, file: string): BakeFile {
  const [tree] = readTrees(text, file)
  const attributesOf = (part: Tree): Attributes =>
    new Map(entriesOf(part).map(([name, child]) => [name, expressionOf(child, file)]))
  return {
    variables: new Map(
      entriesOf(childOf(tree, 'variable')).map(([name, part]) => [
        name,
        attributesOf(part).get('default') ?? 'no-default'
      ])
    ),
    functions: new Map(
      entriesOf(childOf(tree, 'function')).map(([name, part]) => [name, functionOf(attributesOf(part))])
    ),
    targets: entriesOf(childOf(tree, 'target')).map(([name, part]) => ({
      name,
      line: part.line,
      attributes: attributesOf(part)
    }))
  }
}

function functionOf(attributes: Attributes): BakeFunction {
  return {
    params: namesIn(attributes.get('params')),
    variadic: namesIn(attributes.get('variadic_params'))[0],
    result: attributes.get('result') ?? {kind: 'value', value: null, line: 1}
  }
}

/** Parameters are bare words in HCL and strings in JSON. */
function namesIn(expression: Expression | undefined): readonly string[] {
  if (expression === undefined) return []
  return (expression.kind === 'list' ? expression.items : [expression]).flatMap(item => {
    if (item.kind === 'name') return [item.name]
    const [part] = item.kind === 'template' ? item.parts : []
    return part?.kind === 'value' ? [String(part.value)] : []
  })
}

function expressionOf(tree: Tree, file: string): Expression {
  const {line} = tree
  switch (tree.kind) {
    case 'text':
      return parseTemplate(tree.text, file, line)
    case 'list':
      return {kind: 'list', line, items: tree.items.map(item => expressionOf(item, file))}
    case 'nothing':
      return {kind: 'value', line, value: null}
    case 'map': {
      const entries = [...tree.entries].map(
        ([key, child]) => [parseTemplate(key, file, line), expressionOf(child, file)] as const
      )
      return {kind: 'object', line, entries}
    }
  }
}
