// The outline of the Bake files that belong together: names of targets and variables, lines, and what mentions a variable.
// https://docs.docker.com/build/bake/reference/

import {entriesOf, readTrees, type Tree} from '../language/yaml-tree.ts'
import {type Outline, type OutlineAttribute, type OutlineBlock, outlineHcl} from './hcl-outline.ts'

export type BakeSource = {readonly file: string; readonly text: string}

export type PlacedBlock = OutlineBlock & {readonly file: string}
export type PlacedAttribute = OutlineAttribute & {readonly file: string}

export type BakeOutline = {
  /** Blocks of targets by name. One target may have several blocks, of which later ones override earlier ones. */
  readonly targets: ReadonlyMap<string, readonly PlacedBlock[]>
  /** Names that the environment of Bake sets: variables, and attributes outside the blocks. */
  readonly variables: ReadonlySet<string>
  /** Variables of which no block has a default. */
  readonly withoutDefault: ReadonlySet<string>
  /** Variables, functions, and attributes outside the blocks, each as written. */
  readonly definitions: readonly {readonly name: string; readonly source: string}[]
}

/** Throws 'invalid-input' for JSON that cannot be parsed. */
export function outlineBake(sources: readonly BakeSource[]): BakeOutline {
  const outlines = sources.map(({file, text}) => ({file, ...outlineOf(text, file)}))
  const blocks = outlines.flatMap(({file, blocks: found}) => found.map(block => ({...block, file})))
  const ofType = (...types: readonly string[]): readonly PlacedBlock[] =>
    blocks.filter(({type}) => types.includes(type))
  const attributes = outlines.flatMap(outline => outline.attributes)
  const targets = new Map<string, PlacedBlock[]>()
  for (const block of ofType('target')) targets.set(block.name, [...(targets.get(block.name) ?? []), block])
  const hasDefault = new Set(
    ofType('variable').flatMap(block => (block.attributes.some(({name}) => name === 'default') ? [block.name] : []))
  )
  return {
    targets,
    withoutDefault: new Set(ofType('variable').flatMap(({name}) => (hasDefault.has(name) ? [] : [name]))),
    variables: new Set([...ofType('variable'), ...attributes].map(({name}) => name)),
    definitions: [...ofType('variable', 'function'), ...attributes]
  }
}

/** Whether it has what only a Bake file has. */
export function isBakeText(text: string): boolean {
  return /^(?:target|group|variable|function)[ \t]+"[^"\n]*"[ \t]*\{/m.test(text)
}

export function isBakeTree(trees: readonly Tree[]): boolean {
  return trees.some(tree => entriesOf(tree).some(([name, {kind}]) => TYPES.has(name) && kind === 'map'))
}

const TYPES: ReadonlySet<string> = new Set(['target', 'group', 'variable', 'function'])

function outlineOf(text: string, file: string): Outline {
  return /^\s*\{/.test(text) ? outlineJson(text, file) : outlineHcl(text)
}

// HCL in JSON: a block is an object by its type, then by its name. Each may be a list of such objects.
function outlineJson(text: string, file: string): Outline {
  const [tree] = readTrees(text, file)
  const items = each(tree)
    .flatMap(entriesOf)
    .map(([type, value]) => ({type, value}))
  return {
    blocks: items
      .filter(({type}) => TYPES.has(type))
      .flatMap(({type, value}) =>
        each(value)
          .flatMap(entriesOf)
          .flatMap(([name, bodies]) => each(bodies).map(body => ({type, name, ...bodyOf(body)})))
      ),
    attributes: items.filter(({type}) => !TYPES.has(type)).map(({type, value}) => attributeOf(type, value))
  }
}

function each(tree: Tree | undefined): readonly Tree[] {
  if (tree === undefined) return []
  return tree.kind === 'list' ? tree.items : [tree]
}

function bodyOf(body: Tree): Pick<OutlineBlock, 'line' | 'attributes' | 'source'> {
  const attributes = entriesOf(body).map(([name, value]) => attributeOf(name, value))
  return {line: body.line, attributes, source: attributes.map(({name, source}) => `${name} ${source}`).join('\n')}
}

function attributeOf(name: string, value: Tree): OutlineAttribute {
  const entries = entriesOf(value).map(([key, child]) => attributeOf(key, child))
  return {name, line: value.line, source: sourceOf(value), entries}
}

/** Every text of the value, for a search of words. */
function sourceOf(value: Tree): string {
  const parts: string[] = []
  const pending = [value]
  for (let tree = pending.pop(); tree !== undefined; tree = pending.pop()) {
    if (tree.kind === 'text') parts.push(tree.text)
    if (tree.kind === 'list') pending.push(...tree.items)
    for (const [key, child] of entriesOf(tree)) {
      parts.push(key)
      pending.push(child)
    }
  }
  return parts.join('\n')
}
