// YAML and JSON as a tree that knows its lines: aliases followed, merge keys merged, equal parts shared and never copied.
// The one room that knows the parser.

import {isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseAllDocuments, Scalar} from 'yaml'
import {rejectFile} from './file-entry.ts'

export type Tree = {readonly line: number} & (
  | {readonly kind: 'nothing'}
  /** `isBlock`: its lines are those below the one on which it begins. */
  | {readonly kind: 'text'; readonly text: string; readonly isBlock: boolean}
  | {readonly kind: 'list'; readonly items: readonly Tree[]}
  | {readonly kind: 'map'; readonly entries: ReadonlyMap<string, Tree>}
)

type Reading = {
  readonly file: string
  readonly lines: LineCounter
  /** The nodes so far by their anchors; of two, the last. */
  readonly anchors: Map<string, Node>
  readonly done: Map<unknown, Tree>
  readonly open: Set<unknown>
  /** Entries that merge keys may still bring in. */
  merges: number
}

const EXAMPLE = 'image: php:8.3.8-cli'

// Each `<<` copies what it merges: three thousand in a row, each with the one before, would make millions.
const MAX_MERGED = 100_000

// The parser makes an error with a stack for each tag that it does not know.
const MAX_TAGS = 10_000

/** One tree for each document in the file. Refuses what is no YAML, on its line. */
export function readTrees(text: string, file: string): readonly Tree[] {
  const lines = new LineCounter()
  if ((text.match(/(?:^|[\s,[{])!/g)?.length ?? 0) > MAX_TAGS)
    refuseYaml(file, 1, `it has more than ${String(MAX_TAGS)} tags`)
  try {
    // The parser compares each key with all to find one that is there twice, which readEntries does in one step, and it prints the
    // line of each error, though one line may have a hundred thousand.
    const documents = parseAllDocuments(text, {
      lineCounter: lines,
      logLevel: 'silent',
      prettyErrors: false,
      uniqueKeys: false
    })
    if (!Array.isArray(documents)) return []
    return documents.map(document => {
      const [error] = document.errors
      if (error !== undefined)
        refuseYaml(
          file,
          lines.linePos(error.pos[0]).line,
          RULES[error.code] ?? error.code.toLowerCase().replaceAll('_', ' ')
        )
      const reading = {file, lines, anchors: new Map(), done: new Map(), open: new Set(), merges: MAX_MERGED}
      return readNode(reading, document.contents)
    })
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    return rejectFile({
      value: file,
      reason: 'its lists and maps lie too deep in each other',
      example: EXAMPLE,
      location: {file, line: 1}
    })
  }
}

// The parser's own messages quote the file, which may be one that only this action can read.
const RULES: Readonly<Record<string, string>> = {
  TAB_AS_INDENT: 'a tab indents no line',
  DUPLICATE_KEY: 'a key is there twice',
  MISSING_CHAR: 'a character is missing, such as a closing quote or bracket, or a colon',
  BAD_INDENT: 'a line is indented too far or not far enough'
}

function refuseYaml(file: string, line: number, rule: string): never {
  rejectFile({
    value: file,
    reason: `it is not YAML: ${rule}`,
    example: EXAMPLE,
    location: {file, line: Math.max(line, 1)}
  })
}

function readNode(reading: Reading, node: Node | null | undefined): Tree {
  if (node === null || node === undefined) return {kind: 'nothing', line: 1}
  const known = reading.done.get(node)
  if (known !== undefined) return known
  const line = reading.lines.linePos(node.range?.[0] ?? 0).line
  // An alias within what it means leads nowhere.
  if (reading.open.has(node)) return {kind: 'nothing', line}
  reading.open.add(node)
  if (!isAlias(node) && node.anchor !== undefined) reading.anchors.set(node.anchor, node)
  const tree = readContent(reading, node, Math.max(line, 1))
  reading.open.delete(node)
  reading.done.set(node, tree)
  return tree
}

function readContent(reading: Reading, node: Node, line: number): Tree {
  // Compose's way to take away what an earlier file said.
  if (node.tag === '!reset') return {kind: 'nothing', line}
  // Nodes are read in the order of the file, and what an alias means stands before it: the parser's own way to find it goes through
  // the whole document for each.
  if (isAlias(node)) return readNode(reading, reading.anchors.get(node.source))
  if (isSeq(node)) return {kind: 'list', line, items: node.items.map(item => readNode(reading, item as Node | null))}
  if (isMap(node)) return {kind: 'map', line, entries: readEntries(reading, node.items)}
  if (!isScalar(node) || node.value === null) return {kind: 'nothing', line}
  const {value, source, type} = node
  const isBlock = type === Scalar.BLOCK_LITERAL || type === Scalar.BLOCK_FOLDED
  // A number is what was written: 1.10 is no 1.1.
  const text = typeof value === 'string' ? value : (source ?? '')
  return {kind: 'text', line, text, isBlock}
}

function readEntries(
  reading: Reading,
  items: readonly {readonly key: unknown; readonly value: unknown}[]
): ReadonlyMap<string, Tree> {
  const own = new Map<string, Tree>()
  const merged = new Map<string, Tree>()
  for (const {key, value} of items) {
    const name = isScalar(key) ? String(key.value) : ''
    const lineOfKey = (): number => (isScalar(key) ? reading.lines.linePos(key.range?.[0] ?? 0).line : 1)
    if (isScalar(key) && key.anchor !== undefined) reading.anchors.set(key.anchor, key)
    const tree = readNode(reading, value as Node | null)
    if (name !== '<<') {
      if (isScalar(key) && own.has(name)) refuseYaml(reading.file, lineOfKey(), 'a key is there twice')
      own.set(name, tree)
      continue
    }
    for (const source of tree.kind === 'list' ? tree.items : [tree])
      for (const [inherited, part] of source.kind === 'map' ? source.entries : []) {
        reading.merges -= 1
        if (reading.merges < 0)
          refuseYaml(reading.file, lineOfKey(), `merge keys bring in more than ${String(MAX_MERGED)} entries`)
        if (!merged.has(inherited)) merged.set(inherited, part)
      }
  }
  return new Map([...merged, ...own])
}

export function childOf(tree: Tree | undefined, name: string): Tree | undefined {
  const child = tree?.kind === 'map' ? tree.entries.get(name) : undefined
  return child?.kind === 'nothing' ? undefined : child
}

export function entriesOf(tree: Tree | undefined): readonly (readonly [string, Tree])[] {
  return tree?.kind === 'map' ? [...tree.entries] : []
}

export function itemsOf(tree: Tree | undefined): readonly Tree[] {
  return tree?.kind === 'list' ? tree.items : []
}

/** `key: value`, or a list of `key=value`; a key alone has no value. */
export function pairsOf(tree: Tree | undefined): readonly (readonly [key: string, value: Tree])[] {
  if (tree?.kind !== 'list') return entriesOf(tree)
  return tree.items.flatMap((item): readonly (readonly [string, Tree])[] => {
    if (item.kind !== 'text') return []
    const equals = item.text.indexOf('=')
    if (equals < 0) return [[item.text, {kind: 'nothing', line: item.line}]]
    return [[item.text.slice(0, equals), {...item, text: item.text.slice(equals + 1)}]]
  })
}
