// The name of an image in a configuration file: as it stands, or left out with a warning when something else fills it in.
// Nothing is evaluated here.

import {excerpt, type FileEntry} from '../language/file-entry.ts'
import type {Tree} from '../language/yaml-tree.ts'

/** What fills a name in, and how that looks. */
const PLACEHOLDERS: readonly (readonly [RegExp, string])[] = [
  [/\$\{\{/, 'It is an expression, whose value only the workflow run knows.'],
  [/\{\{|\{%|<%/, 'It is a template. Its value is known after it is rendered.'],
  [/\$/, 'It has a variable, whose value is known where the file is used.']
]

/** The entry for an image; none for an empty text and for other values. `key` is what the file calls it. */
export function namedImage(tree: Tree | undefined, file: string, key: string): readonly FileEntry[] {
  if (tree?.kind !== 'text' || tree.text.trim() === '') return []
  const location = {file, line: tree.line}
  const text = tree.text.trim()
  const placeholder = PLACEHOLDERS.find(([pattern]) => pattern.test(text))
  if (placeholder !== undefined) {
    const reason = `${placeholder[1]} List its images in the \`image\` input.`
    return [{type: 'skipped', text: excerpt(`${key}: ${text}`), reason, location}]
  }
  return [{type: 'image', text, location, platform: 'target', mayBeBuilt: true}]
}

const DOCKER = 'docker://'

/** The entry for `docker://IMAGE`; none for any other value. */
export function dockerImage(tree: Tree | undefined, file: string, key: string): readonly FileEntry[] {
  if (tree?.kind !== 'text' || !tree.text.startsWith(DOCKER)) return []
  return namedImage({...tree, text: tree.text.slice(DOCKER.length)}, file, key)
}

/** Whether a text has the marks of Helm, Go, Jinja, or ERB. */
export function isTemplate(text: string): boolean {
  return /\{\{|\{%|<%/.test(text)
}
