// Reads YAML and JSON into a tree with lines. Aliases are followed, merge keys are merged, and an anchor's tree is shared by its aliases.
// All other files know the tree, and not the parser.

import {isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseAllDocuments, Scalar} from 'yaml'
import {rejectFile} from './file-entry.ts'

export type Tree = {
  readonly line: number
  /** Compose: `reset` removes the value of an earlier file, and `override` replaces it, instead of merging both. */
  readonly tag?: 'reset' | 'override'
} & (
  | {readonly kind: 'nothing'}
  /** `isBlock`: a block scalar, whose text begins on the next line. `isPlain`: without quotes, so that it may be a number. */
  | {readonly kind: 'text'; readonly text: string; readonly isBlock: boolean; readonly isPlain: boolean}
  | {readonly kind: 'list'; readonly items: readonly Tree[]}
  | {readonly kind: 'map'; readonly entries: ReadonlyMap<string, Tree>}
)

type YamlReader = {
  readonly file: string
  readonly lines: LineCounter
  /** The nodes so far, by anchor. A later anchor of the same name replaces an earlier one. */
  readonly anchors: Map<string, Node>
  readonly done: Map<unknown, Tree>
  readonly open: Set<unknown>
  /** How many entries merge keys may still add. */
  mergesLeft: number
}

const EXAMPLE = 'image: php:8.3.8-cli'

// Each `<<` copies the entries it merges. A chain of 3000 maps, each merging the one before, would copy millions.
const MAX_MERGED = 100_000

// The parser creates an error for each unknown tag.
const MAX_TAGS = 10_000

/** One tree per document. Throws 'invalid-input' with the line for text that is not YAML. */
export function readTrees(text: string, file: string): readonly Tree[] {
  const lines = new LineCounter()
  if ((text.match(/(?:^|[\s,[{])!/g)?.length ?? 0) > MAX_TAGS) rejectYaml(file, 1, `more than ${String(MAX_TAGS)} tags`)
  try {
    // uniqueKeys compares each key with all others; readEntries needs one step. prettyErrors copies the line for each error, and one
    // line can have 100,000 errors.
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
        rejectYaml(
          file,
          lines.linePos(error.pos[0]).line,
          PARSER_ERRORS[error.code] ?? error.code.toLowerCase().replaceAll('_', ' ')
        )
      const reader = {file, lines, anchors: new Map(), done: new Map(), open: new Set(), mergesLeft: MAX_MERGED}
      return readNode(reader, document.contents)
    })
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    return rejectFile({
      value: file,
      reason: 'its lists and maps are nested too deep',
      example: EXAMPLE,
      location: {file, line: 1}
    })
  }
}

// The parser's own messages quote the file. The author of a Compose file can name any file, and must not see its text in a log.
const PARSER_ERRORS: Readonly<Record<string, string>> = {
  TAB_AS_INDENT: 'a line is indented with a tab',
  DUPLICATE_KEY: 'duplicate key',
  MISSING_CHAR: 'a colon, a quote, or a bracket is missing',
  BAD_INDENT: 'wrong indentation'
}

function rejectYaml(file: string, line: number, reason: string): never {
  rejectFile({
    value: file,
    reason: `not valid YAML: ${reason}`,
    example: EXAMPLE,
    location: {file, line: Math.max(line, 1)}
  })
}

function readNode(reader: YamlReader, node: Node | null | undefined): Tree {
  if (node === null || node === undefined) return {kind: 'nothing', line: 1}
  const known = reader.done.get(node)
  if (known !== undefined) return known
  const line = reader.lines.linePos(node.range?.[0] ?? 0).line
  // An alias inside its own anchor would make a circle.
  if (reader.open.has(node)) return {kind: 'nothing', line}
  reader.open.add(node)
  if (!isAlias(node) && node.anchor !== undefined) reader.anchors.set(node.anchor, node)
  const tree = readContent(reader, node, Math.max(line, 1))
  reader.open.delete(node)
  reader.done.set(node, tree)
  return tree
}

function readContent(reader: YamlReader, node: Node, line: number): Tree {
  if (node.tag === '!reset') return {kind: 'nothing', line, tag: 'reset'}
  const tree = readValue(reader, node, line)
  return node.tag === '!override' ? {...tree, tag: 'override'} : tree
}

function readValue(reader: YamlReader, node: Node, line: number): Tree {
  // An anchor comes before its aliases, and nodes are read in the order of the file. The parser's own Alias.resolve() walks the whole
  // document for each alias.
  if (isAlias(node)) return readNode(reader, reader.anchors.get(node.source))
  if (isSeq(node)) return {kind: 'list', line, items: node.items.map(item => readNode(reader, item as Node | null))}
  if (isMap(node)) return {kind: 'map', line, entries: readEntries(reader, node.items)}
  if (!isScalar(node) || node.value === null) return {kind: 'nothing', line}
  const {value, source, type} = node
  const isBlock = type === Scalar.BLOCK_LITERAL || type === Scalar.BLOCK_FOLDED
  // A number keeps its text: 1.10 is not 1.1.
  const text = typeof value === 'string' ? value : (source ?? '')
  return {kind: 'text', line, text, isBlock, isPlain: type === Scalar.PLAIN}
}

function readEntries(
  reader: YamlReader,
  items: readonly {readonly key: unknown; readonly value: unknown}[]
): ReadonlyMap<string, Tree> {
  const own = new Map<string, Tree>()
  const merged = new Map<string, Tree>()
  for (const {key, value} of items) {
    const name = isScalar(key) ? String(key.value) : ''
    const lineOfKey = (): number => (isScalar(key) ? reader.lines.linePos(key.range?.[0] ?? 0).line : 1)
    if (isScalar(key) && key.anchor !== undefined) reader.anchors.set(key.anchor, key)
    const tree = readNode(reader, value as Node | null)
    if (name !== '<<') {
      if (isScalar(key) && own.has(name)) rejectYaml(reader.file, lineOfKey(), 'duplicate key')
      own.set(name, tree)
      continue
    }
    for (const source of tree.kind === 'list' ? tree.items : [tree])
      for (const [inherited, part] of source.kind === 'map' ? source.entries : []) {
        reader.mergesLeft -= 1
        if (reader.mergesLeft < 0)
          rejectYaml(reader.file, lineOfKey(), `merge keys add more than ${String(MAX_MERGED)} entries`)
        if (!merged.has(inherited)) merged.set(inherited, part)
      }
  }
  return new Map([...merged, ...own])
}

/** The value of a key. Undefined when the key is absent or its value is empty. */
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

/** Reads `key: value` entries, or a list of `key=value`. The value of a key alone has kind 'nothing'. */
export function pairsOf(tree: Tree | undefined): readonly (readonly [key: string, value: Tree])[] {
  if (tree?.kind !== 'list') return entriesOf(tree)
  return tree.items.flatMap((item): readonly (readonly [string, Tree])[] => {
    if (item.kind !== 'text') return []
    const equals = item.text.indexOf('=')
    if (equals < 0) return [[item.text, {kind: 'nothing', line: item.line}]]
    return [[item.text.slice(0, equals), {...item, text: item.text.slice(equals + 1), isPlain: false}]]
  })
}
