// Reads Compose files: each file once, its variables expanded, and the work for all of them bounded.
// The file system is behind a port: paths are checked by the workspace.

import {posix} from 'node:path'
import type {SourceLocation} from '../../failure/failure.ts'
import {excerpt, type ReadFile, rejectFile, type SkippedEntry} from '../language/file-entry.ts'
import {expand, type Expanded, type Lookup} from '../language/variables.ts'
import {readTrees, type Tree} from '../language/yaml-tree.ts'

export type ComposeOptions = {
  readonly text: string
  readonly file: string
  /** The variables that a file sees: those of the run, and the `.env` in its folder. */
  readonly variablesOf: (file: string) => Lookup
  readonly read: ReadFile
}

export type ComposeReader = Pick<ComposeOptions, 'variablesOf' | 'read'> & {
  /** A file that a thousand services extend is parsed once. */
  readonly trees: Map<string, readonly Tree[]>
  readonly texts: Map<string, ReturnType<ReadFile>>
  workLeft: number
}

/** A part of a file. */
export type FilePart = {readonly tree: Tree; readonly file: string}

/** A text of a file, as it was written and with its variables expanded. */
export type ComposeText = {
  readonly source: string
  readonly value: Expanded
  readonly location: SourceLocation
  readonly isBlock: boolean
}

export const COMPOSE_EXAMPLE = 'services: {web: {image: php:8.3.8-cli}}'

// In services and parts of services. Aliases let a small file stand for a large one, a thousand services can share one list, and
// files that include two others each, ten deep, are a thousand files.
const MAX_WORK = 1_000_000

export function createComposeReader({variablesOf, read}: ComposeOptions): ComposeReader {
  return {variablesOf, read, trees: new Map(), texts: new Map(), workLeft: MAX_WORK}
}

/** Rejects the file once all the work is used up. */
export function spendWork(reader: ComposeReader, parts: number, location: SourceLocation): void {
  reader.workLeft -= parts
  if (reader.workLeft < 0)
    rejectFile({
      value: location.file,
      reason: `with its aliases and includes, it has more than ${String(MAX_WORK)} services and parts of services`,
      example: COMPOSE_EXAMPLE,
      location
    })
}

export function parseComposeFile(reader: ComposeReader, file: string, text: string): readonly Tree[] {
  const trees = reader.trees.get(file) ?? readTrees(text, file)
  reader.trees.set(file, trees)
  return trees
}

/** Reads a file that another one names. `path` is relative to the folder of that file, as Compose resolves it. */
export function readNamedFile(
  reader: ComposeReader,
  path: string,
  location: SourceLocation
): {readonly type: 'file'; readonly file: string; readonly text: string} | SkippedEntry {
  const file = posix.isAbsolute(path) ? posix.normalize(path) : posix.join(posix.dirname(location.file), path)
  const text = reader.texts.get(file) ?? reader.read(file)
  reader.texts.set(file, text)
  if (typeof text === 'string') return {type: 'file', file, text}
  if (text !== undefined) return {type: 'skipped', text: excerpt(path), reason: text.blocked, location}
  return rejectFile({
    value: excerpt(path),
    reason: `file not found in the workspace: ${excerpt(file)}`,
    example: 'common.yaml',
    location
  })
}

export function expandInFile(reader: ComposeReader, file: string, text: string): Expanded {
  return expand(text, reader.variablesOf(file), {escape: undefined, describeUnset})
}

function describeUnset(name: string): string {
  return (
    `${name} is not set in \`file-variables\` or .env, and has no default. ` +
    `Add the line ${name}=VALUE to the \`file-variables\` input, or write a default: \${${name}:-8.3.8}.`
  )
}

/** The text of a part; undefined for a part that is absent or not a text. */
export function textOfPart(reader: ComposeReader, part: FilePart | undefined): ComposeText | undefined {
  if (part?.tree.kind !== 'text') return undefined
  const {file, tree} = part
  const value = expandInFile(reader, file, tree.text)
  return {source: tree.text, value, location: {file, line: tree.line}, isBlock: tree.isBlock}
}

/** The value of a text; undefined when it is absent or only the build knows it. */
export function knownValue(text: ComposeText | undefined): string | undefined {
  return text?.value.ok === true ? text.value.value : undefined
}
