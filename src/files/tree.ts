// YAML and JSON as a tree that knows its lines: aliases followed, merge keys merged, equal parts shared and never copied.
// The one room that knows the parser.

import {type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseAllDocuments, Scalar} from 'yaml'
import {excerpt, refuse} from './finding.ts'

export type Tree = {readonly line: number} & (
  | {readonly kind: 'nothing'}
  /** `isBlock`: its lines are those below the one on which it begins. */
  | {readonly kind: 'text'; readonly text: string; readonly isBlock: boolean}
  | {readonly kind: 'list'; readonly items: readonly Tree[]}
  | {readonly kind: 'map'; readonly entries: ReadonlyMap<string, Tree>}
)

type Reading = {
  readonly document: Document
  readonly lines: LineCounter
  readonly done: Map<unknown, Tree>
  readonly open: Set<unknown>
}

/** One tree for each document in the file. Refuses what is no YAML, on its line. */
export const readTrees = (text: string, file: string): readonly Tree[] => {
  const lines = new LineCounter()
  try {
    const documents = parseAllDocuments(text, {lineCounter: lines, logLevel: 'silent', uniqueKeys: true})
    if (!Array.isArray(documents)) return []
    return documents.map(document => {
      const [error] = document.errors
      if (error !== undefined) {
        const line = lines.linePos(error.pos[0]).line
        const written = excerpt(text.split('\n')[line - 1] ?? '')
        // The parser's message goes on with the line and a mark under the place.
        const rule = `it is not YAML: ${(error.message.split('\n')[0] ?? '').replace(/ at line \d+, column \d+:$/, '')}`
        refuse({written, rule, example: 'image: php:8.3.8-cli', place: {file, line}})
      }
      return readNode({document, lines, done: new Map(), open: new Set()}, document.contents)
    })
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    return refuse({
      written: excerpt(text.slice(0, 200)),
      rule: 'its lists and maps lie too deep in each other',
      example: 'image: php:8.3.8-cli',
      place: {file, line: 1}
    })
  }
}

const readNode = (reading: Reading, node: Node | null | undefined): Tree => {
  if (node === null || node === undefined) return {kind: 'nothing', line: 1}
  const known = reading.done.get(node)
  if (known !== undefined) return known
  const line = reading.lines.linePos(node.range?.[0] ?? 0).line
  // An alias within what it stands for leads nowhere.
  if (reading.open.has(node)) return {kind: 'nothing', line}
  reading.open.add(node)
  const tree = readContent(reading, node, Math.max(line, 1))
  reading.open.delete(node)
  reading.done.set(node, tree)
  return tree
}

const readContent = (reading: Reading, node: Node, line: number): Tree => {
  // Compose's way to take away what an earlier file said.
  if (node.tag === '!reset') return {kind: 'nothing', line}
  if (isAlias(node)) return readNode(reading, node.resolve(reading.document))
  if (isSeq(node)) return {kind: 'list', line, items: node.items.map(item => readNode(reading, item as Node | null))}
  if (isMap(node)) return {kind: 'map', line, entries: readEntries(reading, node.items)}
  if (!isScalar(node) || node.value === null) return {kind: 'nothing', line}
  const {value, source, type} = node
  const isBlock = type === Scalar.BLOCK_LITERAL || type === Scalar.BLOCK_FOLDED
  // A number is what was written: 1.10 is no 1.1.
  const text = typeof value === 'string' ? value : (source ?? '')
  return {kind: 'text', line, text, isBlock}
}

const readEntries = (
  reading: Reading,
  items: readonly {readonly key: unknown; readonly value: unknown}[]
): ReadonlyMap<string, Tree> => {
  const own = new Map<string, Tree>()
  const merged = new Map<string, Tree>()
  for (const {key, value} of items) {
    const name = isScalar(key) ? String(key.value) : ''
    const tree = readNode(reading, value as Node | null)
    if (name !== '<<') own.set(name, tree)
    else
      for (const source of tree.kind === 'list' ? tree.items : [tree])
        for (const [inherited, part] of source.kind === 'map' ? source.entries : [])
          if (!merged.has(inherited)) merged.set(inherited, part)
  }
  return new Map([...merged, ...own])
}

export const childOf = (tree: Tree | undefined, name: string): Tree | undefined => {
  const child = tree?.kind === 'map' ? tree.entries.get(name) : undefined
  return child?.kind === 'nothing' ? undefined : child
}

export const entriesOf = (tree: Tree | undefined): readonly (readonly [string, Tree])[] =>
  tree?.kind === 'map' ? [...tree.entries] : []

export const itemsOf = (tree: Tree | undefined): readonly Tree[] => (tree?.kind === 'list' ? tree.items : [])

/** `key: value`, or a list of `key=value`; a key alone has no value. */
export const pairsOf = (tree: Tree | undefined): readonly (readonly [key: string, value: Tree])[] => {
  if (tree?.kind !== 'list') return entriesOf(tree)
  return tree.items.flatMap((item): readonly (readonly [string, Tree])[] => {
    if (item.kind !== 'text') return []
    const equals = item.text.indexOf('=')
    if (equals < 0) return [[item.text, {kind: 'nothing', line: item.line}]]
    return [[item.text.slice(0, equals), {...item, text: item.text.slice(equals + 1)}]]
  })
}
