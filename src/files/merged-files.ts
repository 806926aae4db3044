// Files that Bake and Compose merge by themselves.
// Without `--file`, both read all files of certain names in a folder.

import {posix} from 'node:path'
import type {ReadFile} from './language/file-entry.ts'
import type {MatchedFile} from './match-files.ts'
import type {Workspace} from './workspace.ts'

/** Names in the order in which the files are merged. Of the names in one row, the first that exists is read. */
type Merge = readonly (readonly string[])[]

const MERGES: readonly Merge[] = [
  // buildx bake/bake.go, defaultFilenames.
  [['docker-bake.json'], ['docker-bake.hcl'], ['docker-bake.override.json'], ['docker-bake.override.hcl']],
  // compose-go cli/options.go, DefaultFileNames and DefaultOverrideFileNames.
  [
    ['compose.yaml', 'compose.yml', 'docker-compose.yml', 'docker-compose.yaml'],
    ['compose.override.yml', 'compose.override.yaml', 'docker-compose.override.yml', 'docker-compose.override.yaml']
  ]
]

/** The files that are merged with this one, itself included. */
export function mergedFiles(read: ReadFile, file: string, text: string): readonly {file: string; text: string}[] {
  const merge = mergeOf(file)
  if (merge === undefined) return [{file, text}]
  const found = merge.flatMap(names => {
    const files = names.map(name => posix.join(posix.dirname(file), name))
    // The file itself is read, even when one of another name has precedence.
    const chosen = files.includes(file) ? [file] : files
    return chosen
      .flatMap(path => {
        const other = path === file ? text : read(path)
        return typeof other === 'string' ? [{file: path, text: other}] : []
      })
      .slice(0, 1)
  })
  return found.length === 0 ? [{file, text}] : found
}

/**
 * Without files that are merged into another one of the list, and with the first file of a merge in place of an override alone. A file
 * is explicit when the path of any of those that it is merged with is written out.
 */
export function withoutMerged(files: readonly MatchedFile[], workspace: Workspace): readonly MatchedFile[] {
  const bases = new Map<string, MatchedFile>()
  for (const {file, isExplicit} of files) {
    const base = baseOf(file, workspace)
    bases.set(base, {file: base, isExplicit: isExplicit || bases.get(base)?.isExplicit === true})
  }
  return [...bases.values()]
}

/** The first file of a merge. */
function baseOf(file: string, workspace: Workspace): string {
  const merge = mergeOf(file)
  const [first, ...others] = merge ?? []
  if (first === undefined || first.includes(posix.basename(file))) return file
  const row = [first, ...others].findIndex(names => names.includes(posix.basename(file)))
  for (const names of [first, ...others].slice(0, row))
    for (const name of names) {
      const path = posix.join(posix.dirname(file), name)
      if (workspace.find(path).kind === 'file') return path
    }
  return file
}

function mergeOf(file: string): Merge | undefined {
  return MERGES.find(merge => merge.some(names => names.includes(posix.basename(file))))
}
