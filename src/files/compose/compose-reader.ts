// Reads Compose files: each file once, its variables expanded, and the work for all of them bounded.
// The file system is behind a port: paths are checked by the workspace.

import {posix} from 'node:path'
import type {SourceLocation} from '../../failure/failure.ts'
import type {Platform} from '../../oci/platform.ts'
import {excerpt, type ReadFile, rejectFile, type SkippedEntry} from '../language/file-entry.ts'
import {expand, type Expanded, type Lookup} from '../language/variables.ts'
import {readTrees, type Tree} from '../language/yaml-tree.ts'

export type ComposeSource = {readonly file: string; readonly text: string}

export type ComposeOptions = {
  /** Files that Compose merges, in its order. The folder of the first one is that of the project. */
  readonly sources: readonly ComposeSource[]
  /** The variables of the run. */
  readonly lookup: Lookup
  /** The variables of environment files. Those of `outer` override them. */
  readonly readVariables: (envFiles: readonly string[], outer: Lookup) => Lookup
  readonly read: ReadFile
  readonly hostPlatform: Platform
  /** True when the platforms of the files apply: the `platform` input is absent. */
  readonly usesOwnPlatforms: boolean
}

/** A project: its files, and what they are read with. A file that another project includes is a project of its own. */
export type ComposeReader = Pick<ComposeOptions, 'readVariables' | 'read' | 'hostPlatform' | 'usesOwnPlatforms'> & {
  readonly lookup: Lookup
  /** Relative paths in the files of the project start here. */
  readonly folder: string
  readonly files: ReadonlySet<string>
  /** A file that a thousand services extend is parsed once. */
  readonly trees: Map<string, readonly Tree[]>
  readonly texts: Map<string, ReturnType<ReadFile>>
  readonly work: {left: number}
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

export function createComposeReader({sources, lookup, ...options}: ComposeOptions): ComposeReader {
  const folder = posix.dirname(sources[0]?.file ?? '')
  return {
    ...options,
    folder,
    files: new Set(sources.map(({file}) => file)),
    lookup: options.readVariables([posix.join(folder, '.env')], lookup),
    trees: new Map(),
    texts: new Map(),
    work: {left: MAX_WORK}
  }
}

/** Rejects the file once all the work is used up. */
export function spendWork({work}: ComposeReader, parts: number, location: SourceLocation): void {
  work.left -= parts
  if (work.left < 0)
    rejectFile({
      value: location.file,
      reason: `with its aliases and includes, it has more than ${String(MAX_WORK)} services and parts of services`,
      example: COMPOSE_EXAMPLE,
      location
    })
}

/** One tree for each document of the file. Compose merges them, as if they were files. */
export function parseComposeFile(reader: ComposeReader, {file, text}: ComposeSource): readonly Tree[] {
  const trees = reader.trees.get(file) ?? readTrees(text, file)
  reader.trees.set(file, trees)
  return trees
}

/** The folder that relative paths of a file start from. */
export function folderOf({files, folder}: ComposeReader, file: string): string {
  return files.has(file) ? folder : posix.dirname(file)
}

/** Reads a file that another one names. `path` is relative to `folder`. */
export function readNamedFile(
  reader: ComposeReader,
  {path, folder, location}: {readonly path: string; readonly folder: string; readonly location: SourceLocation}
): ({readonly type: 'file'} & ComposeSource) | SkippedEntry {
  const file = posix.isAbsolute(path) ? posix.normalize(path) : posix.join(folder, path)
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

export function expandText({lookup}: ComposeReader, text: string): Expanded {
  return expand(text, lookup, {escape: undefined, describeUnset})
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
  return {
    source: tree.text,
    value: expandText(reader, tree.text),
    location: {file, line: tree.line},
    isBlock: tree.isBlock
  }
}

/** The value of a text; undefined when it is absent or only the build knows it. */
export function knownValue(text: ComposeText | undefined): string | undefined {
  return text?.value.ok === true ? text.value.value : undefined
}
