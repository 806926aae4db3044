// How inputs are written: text, lists of lines, choices and durations, with action.yml's defaults for what no runner filled in.
// What they mean is inputs.ts's to know.

import type {InputIssue} from '../failure/failure.ts'
import {DEFAULT_PUBLIC_MIRRORS} from '../acquire/plan.ts'
import type {Parsed} from '../oci/parsed.ts'
/** The defaults of action.yml, for when no runner fills them in. */
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

export type InputName = keyof typeof DEFAULTS

/** Inputs that no text may show, of all actions of this repository. */
export const SECRET_INPUTS: readonly string[] = ['password', 'github-token', 'target-password']

// An empty list is a list; an empty value is none, so that `attempts: ${{ inputs.attempts }}` may be empty.
const LISTS: readonly InputName[] = [
  'image',
  'files',
  'file-variables',
  'mirrors',
  'public-mirrors',
  'fallback-tags',
  'insecure-registries',
  'token-hosts'
]

export const MAX_DURATION_MS = 24 * 3_600_000

export type InputReader = {
  readonly text: (name: InputName) => string
  readonly lines: (name: InputName) => readonly string[]
  readonly list: <T>(name: InputName, parse: (text: string) => Parsed<T>, example: string) => readonly T[]
  readonly choice: <T extends string>(name: InputName, allowed: readonly T[]) => T
  readonly flag: (name: InputName) => boolean
  readonly duration: (name: InputName) => number
  readonly issue: (input: InputName, written: string, rule: string, example: string) => void
}

// YAML's own words, as core.getBooleanInput() takes them. That function throws at the first fault, and all are reported together.
const BOOLEANS: ReadonlyMap<string, boolean> = new Map([
  ...['true', 'True', 'TRUE'].map(word => [word, true] as const),
  ...['false', 'False', 'FALSE'].map(word => [word, false] as const)
])

export function createInputReader(inputs: WrittenInputs, faults: InputIssue[]): InputReader {
  const text = (name: InputName): string => {
    const written = inputs[name]?.trim()
    return written === undefined || (written === '' && !LISTS.includes(name)) ? DEFAULTS[name] : written
  }
  const lines = (name: InputName): readonly string[] => {
    const found = text(name)
      .split(/\r\n|\r|\n/)
      .map(line => line.trim())
    return [...new Set(found.filter(line => line !== ''))]
  }
  const fault: InputReader['issue'] = (input, written, rule, example) => {
    const shown = SECRET_INPUTS.includes(input) && written !== '' ? '***' : written
    // An input that is read twice is wrong once.
    if (faults.some(known => known.input === input && known.value === shown && known.reason === rule)) return
    faults.push({input, value: shown, reason: rule, example})
  }
  const choice: InputReader['choice'] = (name, allowed) => {
    const written = text(name)
    const found = allowed.find(allowedText => allowedText === written)
    if (found === undefined) fault(name, written, `it is one of ${allowed.join(', ')}`, DEFAULTS[name])
    return found ?? (DEFAULTS[name] as (typeof allowed)[number])
  }
  return {
    text,
    lines,
    issue: fault,
    choice,
    flag: name => {
      const written = text(name)
      if (!BOOLEANS.has(written)) fault(name, written, 'it is one of true, false', DEFAULTS[name])
      return BOOLEANS.get(written) ?? DEFAULTS[name] === 'true'
    },
    list: (name, parse, example) =>
      lines(name).flatMap(line => {
        const parsed = parse(line)
        if (!parsed.ok) fault(name, line, parsed.reason, example)
        return parsed.ok ? [parsed.value] : []
      }),
    duration: name => {
      const ms = parseDuration(text(name))
      if (ms === undefined)
        fault(
          name,
          text(name),
          'a duration is a number with its unit, ms, s, m or h, more than 0 and at most 24h',
          DEFAULTS[name]
        )
      return ms ?? 0
    }
  }
}

const UNITS_MS: Readonly<Record<string, number>> = {ms: 1, s: 1000, m: 60_000, h: 3_600_000}

/** Milliseconds of `500ms`, `1.5s`, `10m`, `1h`; undefined for all else. */
export function parseDuration(text: string): number | undefined {
  const match = /^(\d{1,9}(?:\.\d{1,9})?)(ms|s|m|h)$/.exec(text)
  const ms = Math.round(Number(match?.[1]) * (UNITS_MS[match?.[2] ?? ''] ?? 0))
  return match === null || ms <= 0 || ms > MAX_DURATION_MS ? undefined : ms
}

/** Values by name. An input that is absent is not in it: core.getInput() reads one as empty, and cannot tell it from an empty list. */
export type WrittenInputs = Readonly<Partial<Record<InputName, string>>>
