// The Bake files that belong together. Without `--file`, Bake merges those with these names in its folder, in this order
// (buildx bake/bake.go, defaultFilenames).

import {posix} from 'node:path'
import type {BakeSource} from './bake/outline.ts'
import type {ReadFile} from './language/file-entry.ts'
import type {MatchedFile} from './match-files.ts'

const DEFAULT_NAMES = [
  'docker-bake.json',
  'docker-bake.hcl',
  'docker-bake.override.json',
  'docker-bake.override.hcl'
] as const

/** The files that Bake merges with this one, itself included. */
export function bakeSources(read: ReadFile, file: string, text: string): readonly BakeSource[] {
  if (!isDefault(file)) return [{file, text}]
  return DEFAULT_NAMES.map(name => posix.join(posix.dirname(file), name)).flatMap(path => {
    const other = path === file ? text : read(path)
    return typeof other === 'string' ? [{file: path, text: other}] : []
  })
}

/** Without files that another one of the list is merged with. A file whose path is written out makes that one explicit. */
export function withoutOverrides(files: readonly MatchedFile[]): readonly MatchedFile[] {
  const folders = new Map<string, MatchedFile>()
  for (const file of files) {
    if (!isDefault(file.file)) continue
    const first = folders.get(posix.dirname(file.file))
    folders.set(posix.dirname(file.file), {
      file: first?.file ?? file.file,
      isExplicit: file.isExplicit || first?.isExplicit === true
    })
  }
  return files.flatMap(file => {
    if (!isDefault(file.file)) return [file]
    const merged = folders.get(posix.dirname(file.file))
    return merged?.file === file.file ? [merged] : []
  })
}

function isDefault(file: string): boolean {
  return (DEFAULT_NAMES as readonly string[]).includes(posix.basename(file))
}
