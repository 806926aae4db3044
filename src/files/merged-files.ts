// Files that Bake and Compose merge by themselves.
// Without `--file`, both read all files of certain names in a folder. Compose reads those of COMPOSE_FILE instead, if it is set.

import {posix} from 'node:path'
import type {ReadVariables} from './compose-variables.ts'
import type {Lookup} from './language/variables.ts'
import type {MatchedFile} from './match-files.ts'
import type {Workspace} from './workspace.ts'

/** Names in the order in which the files are merged. Of the names in one row, the first that exists is read. */
type Merge = readonly (readonly string[])[]

// buildx bake/bake.go, defaultFilenames.
const BAKE: Merge = [
  ['docker-bake.json'],
  ['docker-bake.hcl'],
  ['docker-bake.override.json'],
  ['docker-bake.override.hcl']
]

// compose-go cli/options.go, DefaultFileNames and DefaultOverrideFileNames.
const COMPOSE: Merge = [
  ['compose.yaml', 'compose.yml', 'docker-compose.yml', 'docker-compose.yaml'],
  ['compose.override.yml', 'compose.override.yaml', 'docker-compose.override.yml', 'docker-compose.override.yaml']
]

export type MergeDeps = {
  readonly workspace: Workspace
  readonly lookup: Lookup
  readonly readVariables: ReadVariables
}

export type MergedFile = {readonly file: string; readonly text: string}

/** The Compose files that Bake merges with this one: none for a file that needs `--file`, and no overrides. */
export function composeFilesBeside({workspace}: MergeDeps, file: string): readonly MergedFile[] {
  if (!BAKE.some(names => names.includes(posix.basename(file)))) return []
  return (COMPOSE[0] ?? []).flatMap(name => {
    const path = posix.join(posix.dirname(file), name)
    const text = workspace.read(path)
    return typeof text === 'string' ? [{file: path, text}] : []
  })
}

/** The files that are merged with this one, itself included. */
export function mergedFiles(deps: MergeDeps, file: string, text: string): readonly MergedFile[] {
  const readText = (path: string): readonly MergedFile[] => {
    const other = path === file ? text : deps.workspace.read(path)
    return typeof other === 'string' ? [{file: path, text: other}] : []
  }
  const found = (mergeOf(deps, file) ?? []).flatMap(paths =>
    // The file itself is read, even when one of another name has precedence.
    (paths.includes(file) ? [file] : paths).flatMap(readText).slice(0, 1)
  )
  return found.length === 0 ? [{file, text}] : found
}

/**
 * Without files that are merged into another one of the list, and with the first file of a merge in place of an override alone. A file
 * is explicit when the path of any of those that it is merged with is written out.
 */
export function withoutMerged(files: readonly MatchedFile[], deps: MergeDeps): readonly MatchedFile[] {
  const bases = new Map<string, MatchedFile>()
  for (const {file, isExplicit} of files) {
    const base = baseOf(deps, file)
    bases.set(base, {file: base, isExplicit: isExplicit || bases.get(base)?.isExplicit === true})
  }
  return [...bases.values()]
}

/** The first file of a merge. */
function baseOf(deps: MergeDeps, file: string): string {
  for (const paths of mergeOf(deps, file) ?? []) {
    if (paths.includes(file)) return file
    const found = paths.find(path => deps.workspace.find(path).kind === 'file')
    if (found !== undefined) return found
  }
  return file
}

/** The paths to merge, in rows like the names; undefined for a file that is read alone. */
function mergeOf(deps: MergeDeps, file: string): Merge | undefined {
  const folder = posix.dirname(file)
  const named = /\.ya?ml$/.test(file) ? filesOfSetting(deps, folder) : []
  if (named.includes(file)) return named.map(path => [path])
  const merge = [BAKE, COMPOSE].find(rows => rows.some(names => names.includes(posix.basename(file))))
  return merge?.map(names => names.map(name => posix.join(folder, name)))
}

// https://docs.docker.com/compose/how-tos/environment-variables/envvars/#compose_file
/** The paths in COMPOSE_FILE, as Compose finds them when it runs in the folder. */
function filesOfSetting({lookup, readVariables}: MergeDeps, folder: string): readonly string[] {
  const variables = readVariables([posix.join(folder, '.env')], lookup)
  const [paths, separator] = [variables('COMPOSE_FILE'), variables('COMPOSE_PATH_SEPARATOR')]
  if (typeof paths !== 'string') return []
  return paths
    .split(typeof separator === 'string' && separator !== '' ? separator : ':')
    .map(path => posix.join(folder, path))
}
