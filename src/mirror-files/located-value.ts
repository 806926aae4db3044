// The values of a configuration file with their lines, and access to them by name and type.
// The programs that own these files refuse one with a value of a wrong type, and so does this.

export type Located =
  | LocatedTable
  | {readonly kind: 'list'; readonly line: number; readonly items: readonly Located[]}
  | {readonly kind: 'text'; readonly line: number; readonly text: string}
  | {readonly kind: 'flag'; readonly line: number; readonly flag: boolean}
  | {readonly kind: 'other'; readonly line: number}

export type LocatedTable = {
  readonly kind: 'table'
  readonly line: number
  /** In the order of the file. */
  readonly entries: ReadonlyMap<string, Located>
}

/** A file that its own program would refuse, or that is not read here. The message says why, without the path. */
export class MirrorFileError extends Error {
  readonly line: number | undefined

  constructor(reason: string, line?: number) {
    super(reason)
    this.line = line
  }
}

/** The entry of this name. Go's decoders take a name in other letters too, if there is no exact one. */
export function entryOf({entries}: LocatedTable, name: string): Located | undefined {
  return entries.get(name) ?? [...entries].find(([key]) => key.toLowerCase() === name)?.[1]
}

export function textOf(table: LocatedTable, name: string): string | undefined {
  const entry = entryOf(table, name)
  if (entry === undefined) return undefined
  return entry.kind === 'text' ? entry.text : rejectType(name, 'a string', entry)
}

/** False if there is none. */
export function flagOf(table: LocatedTable, name: string): boolean {
  const entry = entryOf(table, name)
  if (entry === undefined) return false
  return entry.kind === 'flag' ? entry.flag : rejectType(name, 'true or false', entry)
}

export function tableOf(table: LocatedTable, name: string): LocatedTable | undefined {
  const entry = entryOf(table, name)
  if (entry === undefined) return undefined
  return entry.kind === 'table' ? entry : rejectType(name, 'a table', entry)
}

export function tablesOf(table: LocatedTable, name: string): readonly LocatedTable[] {
  return itemsOf(table, name).map(item => (item.kind === 'table' ? item : rejectType(name, 'a list of tables', item)))
}

export type LocatedText = {readonly text: string; readonly line: number}

export function textsOf(table: LocatedTable, name: string): readonly LocatedText[] {
  return itemsOf(table, name).map(item => (item.kind === 'text' ? item : rejectType(name, 'a list of strings', item)))
}

/** The line of an entry, or of the table without it. */
export function lineOfEntry(table: LocatedTable, name: string): number {
  return entryOf(table, name)?.line ?? table.line
}

function itemsOf(table: LocatedTable, name: string): readonly Located[] {
  const entry = entryOf(table, name)
  if (entry === undefined) return []
  return entry.kind === 'list' ? entry.items : rejectType(name, 'a list', entry)
}

function rejectType(name: string, type: string, {line}: Located): never {
  throw new MirrorFileError(`${name} must be ${type}`, line)
}
