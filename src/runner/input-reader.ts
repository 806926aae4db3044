// Reads inputs as text, lists of lines, choices, flags, and durations, with action.yml's defaults for inputs that are absent.
// Collects every invalid input, so that all of them are reported together.

import type {InputIssue} from '../failure/failure.ts'
import {DEFAULT_PUBLIC_MIRRORS} from '../acquire/plan.ts'
import {DEFAULT_FAIL_ON} from '../findings/finding.ts'
import type {Parsed} from '../oci/parsed.ts'

/** The defaults of action.yml, for a process without a runner. */
export const DEFAULTS = {
  image: '',
  files: '',
  'file-variables': '',
  mirrors: '',
  'public-mirrors': DEFAULT_PUBLIC_MIRRORS.join('\n'),
  prefer: 'primary',
  platform: '',
  verify: 'full',
  'allow-floating': 'false',
  'signed-by': '',
  signatures: 'enforce',
  'trusted-root': '',
  'lock-file': 'image-lock.json',
  lock: 'enforce',
  'fallback-tags': '',
  registry: '',
  username: '',
  password: '',
  'github-token': '',
  attempts: '4',
  backoff: '500ms',
  'backoff-max': '30s',
  'connect-timeout': '5s',
  'stall-timeout': '20s',
  'hedge-after': '3s',
  concurrency: '8',
  timeout: '10m',
  'insecure-registries': '',
  'token-hosts': '',
  load: 'false',
  layout: '',
  cache: 'true',
  summary: 'true',
  'status-pages': 'true'
} as const

/** The defaults of inputs that only the other actions of this repository have. */
export const OTHER_DEFAULTS = {
  to: '',
  attachments: 'true',
  'target-username': '',
  'target-password': '',
  'dry-run': 'false',
  'fail-on': DEFAULT_FAIL_ON.join('\n'),
  issue: 'false',
  sarif: ''
} as const

export type InputName = keyof typeof DEFAULTS | keyof typeof OTHER_DEFAULTS

/** The inputs of one action: those of its action.yml, in that order, with their defaults. */
export type ActionInputs = {
  readonly defaults: Readonly<Partial<Record<InputName, string>>>
  /** Values of inputs that shared code reads and that this action does not have. */
  readonly fixed: Readonly<Partial<Record<InputName, string>>>
}

/** The inputs of the action in the root of this repository. */
export const MAIN_INPUTS: ActionInputs = {defaults: DEFAULTS, fixed: {}}

/** Inputs whose values are never shown, of all actions of this repository. */
export const SECRET_INPUTS: readonly string[] = ['password', 'github-token', 'target-password']

/** Values by name. An absent input is not in it: core.getInput() returns '' for it, as for an empty list. */
export type WrittenInputs = Readonly<Partial<Record<InputName, string>>>

// An empty list is an empty list. An empty value means the default, so that `attempts: ${{ inputs.attempts }}` may be empty.
const LISTS: readonly InputName[] = [
  'to',
  'fail-on',
  'image',
  'files',
  'file-variables',
  'mirrors',
  'public-mirrors',
  'signed-by',
  'fallback-tags',
  'insecure-registries',
  'token-hosts'
]

export const MAX_DURATION_MS = 24 * 3_600_000

/** Reads each input as often as needed, and records each issue once. */
export type InputReader = {
  readonly text: (name: InputName) => string
  readonly lines: (name: InputName) => readonly string[]
  readonly list: <T>(name: InputName, parse: (text: string) => Parsed<T>, example: string) => readonly T[]
  readonly choice: <T extends string>(name: InputName, allowed: readonly T[]) => T
  readonly flag: (name: InputName) => boolean
  readonly duration: (name: InputName) => number
  readonly reject: (issue: InputIssue) => void
  /** What is invalid so far, in the order of action.yml. */
  readonly issues: () => readonly InputIssue[]
}

// The words of YAML, as core.getBooleanInput() accepts them. That function throws at the first invalid input.
const BOOLEANS: ReadonlyMap<string, boolean> = new Map([
  ...['true', 'True', 'TRUE'].map(word => [word, true] as const),
  ...['false', 'False', 'FALSE'].map(word => [word, false] as const)
])

export function createInputReader(inputs: WrittenInputs, {defaults, fixed}: ActionInputs = MAIN_INPUTS): InputReader {
  const issues: InputIssue[] = []
  const names: readonly string[] = Object.keys(defaults)
  const defaultOf = (name: InputName): string => defaults[name] ?? {...DEFAULTS, ...OTHER_DEFAULTS}[name]
  const text = (name: InputName): string => {
    const value = (fixed[name] ?? inputs[name])?.trim()
    return value === undefined || (value === '' && !LISTS.includes(name)) ? defaultOf(name) : value
  }
  const reject = (issue: InputIssue): void => {
    const value = SECRET_INPUTS.includes(issue.input) && issue.value !== '' ? '***' : issue.value
    const isKnown = issues.some(
      known => known.input === issue.input && known.value === value && known.reason === issue.reason
    )
    if (!isKnown) issues.push({...issue, value})
  }
  const lines = (name: InputName): readonly string[] => {
    const all = text(name)
      .split(/\r\n|\r|\n/)
      .map(line => line.trim())
    return [...new Set(all.filter(line => line !== ''))]
  }
  return {
    text,
    lines,
    reject,
    issues: () => issues.toSorted((a, b) => names.indexOf(a.input) - names.indexOf(b.input)),
    choice: (name, allowed) => {
      const value = text(name)
      const choice = allowed.find(allowedText => allowedText === value)
      if (choice === undefined)
        reject({input: name, value, reason: `must be one of ${allowed.join(', ')}`, example: defaultOf(name)})
      return choice ?? (defaultOf(name) as (typeof allowed)[number])
    },
    flag: name => {
      const value = text(name)
      if (!BOOLEANS.has(value)) reject({input: name, value, reason: 'must be true or false', example: defaultOf(name)})
      return BOOLEANS.get(value) ?? defaultOf(name) === 'true'
    },
    list: (name, parse, example) =>
      lines(name).flatMap(line => {
        const parsed = parse(line)
        if (!parsed.ok) reject({input: name, value: line, reason: parsed.reason, example})
        return parsed.ok ? [parsed.value] : []
      }),
    duration: name => {
      const value = text(name)
      const ms = parseDuration(value)
      if (ms === undefined)
        reject({input: name, value, reason: describeInvalidDuration(value), example: defaultOf(name)})
      return ms ?? 0
    }
  }
}

const UNITS_MS: Readonly<Record<string, number>> = {ms: 1, s: 1000, m: 60_000, h: 3_600_000}

/** Milliseconds of `500ms`, `1.5s`, `10m`, `1h`; undefined for anything else. */
export function parseDuration(text: string): number | undefined {
  const match = /^(\d{1,9}(?:\.\d{1,9})?)(ms|s|m|h)$/.exec(text)
  const ms = Math.round(Number(match?.[1]) * (UNITS_MS[match?.[2] ?? ''] ?? 0))
  return match === null || ms <= 0 || ms > MAX_DURATION_MS ? undefined : ms
}

function describeInvalidDuration(text: string): string {
  return /^\d+(?:\.\d+)?$/.test(text)
    ? 'needs a unit: ms, s, m, or h'
    : 'must be a number with a unit (ms, s, m, or h), more than 0 and at most 24h'
}
