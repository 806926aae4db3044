// Reads TOML 1.0 into values with lines.
// The parser gives a syntax tree: other TOML libraries lose the line of a value, and a warning names one.

import {type AST, getStaticTOMLValue, parseTOML} from 'toml-eslint-parser'
import {type Located, type LocatedTable, MirrorFileError} from './located-value.ts'

/** Throws MirrorFileError for text that is not TOML. */
export function parseToml(text: string): LocatedTable {
  const root: OpenTable = {kind: 'table', line: 1, entries: new Map()}
  for (const node of parse(text).body[0].body) {
    if (node.type === 'TOMLKeyValue') addEntry(root, node)
    else {
      const table = openTable(root, node.resolvedKey, node.loc.start.line)
      for (const entry of node.body) addEntry(table, entry)
    }
  }
  return root
}

type OpenTable = {readonly kind: 'table'; readonly line: number; readonly entries: Map<string, OpenValue>}
type OpenList = {readonly kind: 'list'; readonly line: number; readonly items: OpenValue[]}
type OpenValue = OpenTable | OpenList | Exclude<Located, {readonly kind: 'table' | 'list'}>

function parse(text: string): AST.TOMLProgram {
  try {
    return parseTOML(text, {tomlVersion: '1.0'})
  } catch (error) {
    // A RangeError is a file that nests values until the stack is full.
    const line =
      typeof error === 'object' && error !== null && 'lineNumber' in error ? Number(error.lineNumber) : undefined
    throw new MirrorFileError(`it is not valid TOML: ${error instanceof Error ? error.message : String(error)}`, line)
  }
}

/** The table at a path, which is made where it is missing. A number is the place in a list of tables. */
function openTable(root: OpenTable, path: readonly (string | number)[], line: number): OpenTable {
  let current: OpenValue = root
  for (const [at, step] of path.entries()) {
    const made: OpenValue =
      typeof path[at + 1] === 'number' ? {kind: 'list', line, items: []} : {kind: 'table', line, entries: new Map()}
    if (typeof step === 'number' && current.kind === 'list') current = itemOf(current, step, made)
    else if (typeof step === 'string' && current.kind === 'table') current = childOf(current, step, made)
    else return rejectPath(line)
  }
  return current.kind === 'table' ? current : rejectPath(line)
}

function itemOf({items}: OpenList, at: number, made: OpenValue): OpenValue {
  return (items[at] ??= made)
}

function childOf({entries}: OpenTable, name: string, made: OpenValue): OpenValue {
  const child = entries.get(name) ?? made
  entries.set(name, child)
  return child
}

function addEntry(table: OpenTable, {key, value}: AST.TOMLKeyValue): void {
  const names = getStaticTOMLValue(key)
  const {line} = key.loc.start
  openTable(table, names.slice(0, -1), line).entries.set(names.at(-1) ?? '', valueOf(value))
}

function valueOf(node: AST.TOMLContentNode): OpenValue {
  const {line} = node.loc.start
  switch (node.type) {
    case 'TOMLArray':
      return {kind: 'list', line, items: node.elements.map(valueOf)}
    case 'TOMLInlineTable': {
      const table: OpenTable = {kind: 'table', line, entries: new Map()}
      for (const entry of node.body) addEntry(table, entry)
      return table
    }
    case 'TOMLValue':
      if (node.kind === 'string') return {kind: 'text', line, text: node.value}
      return node.kind === 'boolean' ? {kind: 'flag', line, flag: node.value} : {kind: 'other', line}
  }
}

function rejectPath(line: number): never {
  throw new MirrorFileError('it is not valid TOML: a key is both a value and a table', line)
}
