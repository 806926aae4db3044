// The kind of a file: by its name when the name follows a convention, otherwise by its text.
// Compose and Bake files may be YAML or JSON of any name.

import {isBakeText, isBakeTree} from './bake/outline.ts'
import {isCompose} from './compose/compose.ts'
import {readTrees} from './language/yaml-tree.ts'

export type FileKind =
  'dockerfile' | 'compose' | 'bake' | 'workflow' | 'action' | 'devcontainer' | 'gitlab' | 'kubernetes'

const NAMES: readonly (readonly [RegExp, FileKind | 'none'])[] = [
  // Lists files that a build ignores.
  [/\.dockerignore$/i, 'none'],
  [/(?:^|\/)\.(?:github|gitea|forgejo)\/workflows\/[^/]+\.ya?ml$/, 'workflow'],
  [/(?:^|\/)action\.ya?ml$/, 'action'],
  [/(?:^|\/)\.?devcontainer\.json$/, 'devcontainer'],
  [/\.gitlab-ci\.ya?ml$/, 'gitlab'],
  [/(?:^|\/)(?:docker-)?compose[^/]*\.ya?ml$/i, 'compose'],
  [/\.hcl$/i, 'bake'],
  [/(?:^|\/)docker-bake[^/]*\.json$/i, 'bake'],
  [/(?:^|\/)(?:Dockerfile|Containerfile)(?:\.[^/]+)?$|\.(?:Dockerfile|Containerfile)$/i, 'dockerfile']
]

/** `file` is a path with slashes. Undefined when neither the name nor the text decides. */
export function fileKindOf(file: string, text: string): FileKind | undefined {
  const known = fileKindOfName(file)
  return known === 'none' ? undefined : (known ?? kindOfText(file, text))
}

export function fileKindOfName(file: string): FileKind | 'none' | undefined {
  return NAMES.find(([pattern]) => pattern.test(file))?.[1]
}

function kindOfText(file: string, text: string): FileKind | undefined {
  if (isBakeText(text)) return 'bake'
  if (/^\s*\{/.test(text)) {
    const trees = treesIn(file, text)
    return isBakeTree(trees) ? 'bake' : isCompose(trees) ? 'compose' : undefined
  }
  if (mayBeYaml(file)) {
    if (/^apiVersion[ \t]*:/m.test(text) && /^kind[ \t]*:/m.test(text)) return 'kubernetes'
    if (/^jobs[ \t]*:/m.test(text) && /^(?:on|"on"|'on')[ \t]*:/m.test(text)) return 'workflow'
    if (/^services[ \t]*:[ \t\r]*(?:#.*|\{.*)?$/m.test(text) || isIncludeOnly(text)) return 'compose'
  }
  return /^\s*(?:FROM|ARG)\s/i.test(firstLine(text)) ? 'dockerfile' : undefined
}

// Source code and documents quote YAML.
function mayBeYaml(file: string): boolean {
  return /\.ya?ml$|(?:^|\/)[^./]+$/i.test(file)
}

// GitLab CI and other tools have `include` too, beside keys of their own.
/** Whether every key at the top is one of Compose, and one of them is `include`. */
function isIncludeOnly(text: string): boolean {
  const keys: readonly string[] = text.match(/^[A-Za-z_][\w.-]*(?=[ \t]*:)/gm) ?? []
  return keys.includes('include') && keys.every(key => COMPOSE_KEYS.has(key) || key.startsWith('x-'))
}

const COMPOSE_KEYS: ReadonlySet<string> = new Set([
  'name',
  'version',
  'include',
  'networks',
  'volumes',
  'configs',
  'secrets',
  'models'
])

// Line by line: a regular expression takes quadratic time for many empty lines.
/** The first line that is neither empty nor a comment. */
function firstLine(text: string): string {
  for (let at = 0; at < text.length;) {
    const end = text.indexOf('\n', at)
    const line = text.slice(at, end < 0 ? undefined : end).trimStart()
    if (line !== '' && !line.startsWith('#')) return line
    at = end < 0 ? text.length : end + 1
  }
  return ''
}

function treesIn(file: string, text: string): ReturnType<typeof readTrees> {
  try {
    return readTrees(text, file)
  } catch {
    // Text that is not JSON has no kind.
    return []
  }
}
