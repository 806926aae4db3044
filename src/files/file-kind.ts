// The kind of a file: by its name when the name follows a convention, otherwise by its text.
// Compose and Bake files may be YAML or JSON of any name.

import {BAKE_BLOCKS, isBakeText} from './bake/outline.ts'

export type FileKind =
  'dockerfile' | 'compose' | 'bake' | 'workflow' | 'action' | 'devcontainer' | 'gitlab' | 'kubernetes'

const NAMES: readonly (readonly [RegExp, FileKind | 'none'])[] = [
  // Lists files that a build ignores.
  [/\.dockerignore$/i, 'none'],
  // HCL of Terraform, Terragrunt, TFLint, Packer, and Nomad.
  [/(?:^|\/)(?:\.terraform\.lock|terragrunt|\.tflint)\.hcl$|\.(?:tftest|pkr|nomad)\.hcl$/, 'none'],
  [/(?:^|\/)\.(?:github|gitea|forgejo)\/workflows\/[^/]+\.ya?ml$/, 'workflow'],
  [/(?:^|\/)action\.ya?ml$/, 'action'],
  [/(?:^|\/)\.?devcontainer\.json$/, 'devcontainer'],
  [/\.gitlab-ci[^/]*\.ya?ml$|(?:^|\/)\.gitlab\/ci\/.+\.ya?ml$/, 'gitlab'],
  [/(?:^|\/)kustomization\.ya?ml$/, 'kubernetes'],
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
  if (isObject(text)) return kindOfJson(text)
  if (mayBeYaml(file)) {
    if (/^apiVersion[ \t]*:/m.test(text) && /^kind[ \t]*:/m.test(text)) return 'kubernetes'
    if (/^jobs[ \t]*:/m.test(text) && /^(?:on|"on"|'on')[ \t]*:/m.test(text)) return 'workflow'
    if (/^services[ \t]*:[ \t\r]*(?:#.*|\{.*)?$/m.test(text) || isIncludeOnly(text)) return 'compose'
  }
  return FIRST_INSTRUCTION.test(firstLine(text)) ? 'dockerfile' : undefined
}

// Python has `from x import y`.
const FIRST_INSTRUCTION =
  /^FROM(?:[ \t]+--\S+)*[ \t]+\S+(?:[ \t]+AS[ \t]+\S+)?\s*$|^FROM\b.*[\\`]\s*$|^ARG[ \t]+\w[^;]*$/i

/** Whether it begins like a JSON object, and not like a template with `{{` or `{%`. */
function isObject(text: string): boolean {
  return /^\s*\{(?![{%])/.test(text)
}

function kindOfJson(text: string): FileKind | undefined {
  const keys = keysAtTop(text)
  if (BAKE_BLOCKS.some(key => keys.get(key) === 'map')) return 'bake'
  if (keys.has('apiVersion') && keys.has('kind')) return 'kubernetes'
  return keys.get('services') === 'map' ? 'compose' : undefined
}

// Not the parser of YAML, which takes twenty times as long. A workspace may have thousands of JSON files.
/** The keys at the top. */
function keysAtTop(text: string): ReadonlyMap<string, 'map' | 'other'> {
  try {
    const entries = Object.entries(JSON.parse(text) as Readonly<Record<string, unknown>>)
    return new Map(entries.map(([key, value]) => [key, isMap(value) ? 'map' : 'other']))
  } catch {
    // Text that is not JSON has no kind.
    return new Map()
  }
}

function isMap(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

// Source code and documents quote YAML.
function mayBeYaml(file: string): boolean {
  return /\.ya?ml$|(?:^|\/)[^./]+$/i.test(file)
}

// GitLab CI and other tools have `include` too: beside keys of their own, with maps of other keys, or with globs.
/** Whether every key at the top is one of Compose, and one of them is `include`. */
function isIncludeOnly(text: string): boolean {
  const keys: readonly string[] = text.match(/^[A-Za-z_][\w.-]*(?=[ \t]*:)/gm) ?? []
  if (!keys.includes('include') || !keys.every(key => COMPOSE_KEYS.has(key) || key.startsWith('x-'))) return false
  return !/^[ \t]*(?:-[ \t]*)?(?:local|project|remote|template|component)[ \t]*:|^[ \t]*(?:-|include[ \t]*:)[^#\n]*\*/m.test(
    text
  )
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
