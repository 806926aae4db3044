// The action's inputs, from the runner's environment to one record. Every fault in them is found before anything is done.
// The only room that knows how inputs are written; see action.yml for what they mean.

import {resolve} from 'node:path'
import {type InputFault, fail} from '../acquire/failure.ts'
import {type FallbackTag, parseFallbackTag} from '../acquire/fallback.ts'
import {LEVELS, type Level, type PlatformChoice} from '../acquire/image.ts'
import {LOCK_MODES, type LockMode} from '../acquire/locked-image.ts'
import {
  DEFAULT_MIRRORS,
  isFloating,
  type MirrorRule,
  parseMirrorRule,
  type WantedImage,
  wantImage
} from '../acquire/plan.ts'
import type {Parsed} from '../oci/parsed.ts'
import {parsePlatform, type Platform} from '../oci/platform.ts'
import {formatFamiliar, parseRegistry} from '../oci/reference.ts'

export type Inputs = {
  readonly images: readonly WantedImage[]
  readonly mirrors: readonly MirrorRule[]
  readonly prefer: 'primary' | 'mirrors'
  readonly platforms: PlatformChoice
  readonly level: Level
  /** As it is written: relative to the workspace. */
  readonly lockFile: string
  readonly lock: LockMode
  readonly fallbackTags: readonly FallbackTag[]
  readonly usesStatusPages: boolean
  readonly credentials: {readonly registry: string; readonly username: string; readonly password: string} | undefined
  readonly githubToken: string | undefined
  readonly attempts: number
  readonly backoffMs: number
  readonly backoffMaxMs: number
  readonly connectTimeoutMs: number
  readonly stallTimeoutMs: number
  /** Undefined when no registry is to get company. */
  readonly hedgeAfterMs: number | undefined
  readonly timeoutMs: number
  readonly insecureRegistries: readonly string[]
  readonly load: boolean
  /** The folder, absolute. */
  readonly layout: string | undefined
  readonly cache: boolean
}

/** The defaults of action.yml, for when no runner fills them in. */
export const DEFAULTS = {
  image: '',
  mirrors: DEFAULT_MIRRORS,
  prefer: 'primary',
  platform: '',
  verify: 'full',
  'allow-floating': 'false',
  'lock-file': 'image-lock.json',
  lock: 'enforce',
  'fallback-tags': '',
  username: '',
  password: '',
  'github-token': '',
  attempts: '4',
  backoff: '500ms',
  'backoff-max': '30s',
  'connect-timeout': '5s',
  'stall-timeout': '20s',
  'hedge-after': '3s',
  timeout: '10m',
  'insecure-registries': '',
  load: 'false',
  layout: '',
  cache: 'true',
  summary: 'true',
  'status-pages': 'true'
} as const

type InputName = keyof typeof DEFAULTS

// An empty list is a list; an empty value is none, so that `attempts: ${{ inputs.attempts }}` may be empty.
const LISTS: readonly InputName[] = ['image', 'mirrors', 'fallback-tags', 'insecure-registries']

const MAX_ATTEMPTS = 100
const MAX_DURATION_MS = 24 * 3_600_000

/**
 * Rejects with 'invalid-input' and all faults at once. `machine` is the platform for when none is named; `whyNotLayout` says why a
 * folder cannot be written to.
 */
export const readInputs = (
  environment: Readonly<Record<string, string | undefined>>,
  machine: Platform,
  whyNotLayout: WhyNotLayout
): Inputs => {
  const faults: InputFault[] = []
  const read = createReader(environment, faults)
  const images = readImages(read)
  const inputs: Inputs = {
    images,
    mirrors: readMirrors(read, images),
    prefer: read.choice('prefer', ['primary', 'mirrors']),
    platforms: readPlatforms(read, machine),
    level: read.choice('verify', LEVELS),
    lockFile: read.text('lock-file'),
    lock: read.choice('lock', LOCK_MODES),
    fallbackTags: readFallbackTags(read, images),
    usesStatusPages: read.flag('status-pages'),
    credentials: readCredentials(read, images),
    githubToken: read.text('github-token') === '' ? undefined : read.text('github-token'),
    attempts: readAttempts(read),
    backoffMs: read.duration('backoff'),
    backoffMaxMs: read.duration('backoff-max'),
    connectTimeoutMs: read.duration('connect-timeout'),
    stallTimeoutMs: read.duration('stall-timeout'),
    hedgeAfterMs: /^0(?:ms|s|m|h)?$/.test(read.text('hedge-after')) ? undefined : read.duration('hedge-after'),
    timeoutMs: read.duration('timeout'),
    insecureRegistries: read.list('insecure-registries', parseRegistry, 'registry.example.com:5000'),
    load: read.flag('load'),
    layout: readLayout(read, environment['GITHUB_WORKSPACE'], whyNotLayout),
    cache: read.flag('cache')
  }
  checkLevel(read, inputs)
  // For its faults alone: whether there is to be one is asked at the end, when the inputs may have been wrong.
  read.choice('summary', ['true', 'false'])
  if (faults.length > 0) fail({kind: 'invalid-input', faults})
  return inputs
}

/** Whether to write the job summary; also when an input is wrong, for then it has most to say. */
export const wantsSummary = (environment: Readonly<Record<string, string | undefined>>): boolean =>
  createReader(environment, []).text('summary') !== 'false'

type Reader = {
  readonly text: (name: InputName) => string
  readonly lines: (name: InputName) => readonly string[]
  readonly list: <T>(name: InputName, parse: (text: string) => Parsed<T>, example: string) => readonly T[]
  readonly choice: <T extends string>(name: InputName, allowed: readonly T[]) => T
  readonly flag: (name: InputName) => boolean
  readonly duration: (name: InputName) => number
  readonly fault: (input: InputName, written: string, rule: string, example: string) => void
}

const createReader = (environment: Readonly<Record<string, string | undefined>>, faults: InputFault[]): Reader => {
  const text = (name: InputName): string => {
    const written = environment[`INPUT_${name.toUpperCase()}`]?.trim()
    return written === undefined || (written === '' && !LISTS.includes(name)) ? DEFAULTS[name] : written
  }
  const lines = (name: InputName): readonly string[] => {
    const found = text(name)
      .split(/\r\n|\r|\n/)
      .map(line => line.trim())
    return [...new Set(found.filter(line => line !== ''))]
  }
  const fault: Reader['fault'] = (input, written, rule, example) => faults.push({input, written, rule, example})
  const choice: Reader['choice'] = (name, allowed) => {
    const written = text(name)
    const found = allowed.find(allowedText => allowedText === written)
    if (found === undefined) fault(name, written, `it is one of ${allowed.join(', ')}`, DEFAULTS[name])
    return found ?? (DEFAULTS[name] as (typeof allowed)[number])
  }
  return {
    text,
    lines,
    fault,
    choice,
    flag: name => choice<'true' | 'false'>(name, ['true', 'false']) === 'true',
    list: (name, parse, example) =>
      lines(name).flatMap(line => {
        const parsed = parse(line)
        if (!parsed.ok) fault(name, line, parsed.why, example)
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
export const parseDuration = (text: string): number | undefined => {
  const match = /^(\d{1,9}(?:\.\d{1,9})?)(ms|s|m|h)$/.exec(text)
  const ms = Math.round(Number(match?.[1]) * (UNITS_MS[match?.[2] ?? ''] ?? 0))
  return match === null || ms <= 0 || ms > MAX_DURATION_MS ? undefined : ms
}

const IMAGE_EXAMPLE = 'mlocati/php-extension-installer:2.7.35'

const readImages = (read: Reader): readonly WantedImage[] => {
  const images = read.list('image', wantImage, IMAGE_EXAMPLE)
  if (read.lines('image').length === 0) read.fault('image', '', 'it names at least one image', IMAGE_EXAMPLE)
  const mayFloat = read.flag('allow-floating')
  for (const {asked, reference} of mayFloat ? [] : images.filter(image => isFloating(image.reference))) {
    const {tag, ...untagged} = reference
    const name = formatFamiliar(untagged)
    const why = tag === undefined ? 'it has neither tag nor digest' : `the tag ${tag} is made to move`
    read.fault(
      'image',
      asked,
      `${why}, so that it pins nothing; write a version or a digest, or set allow-floating: true`,
      `${name}:1.2.3`
    )
  }
  return images
}

const readMirrors = (read: Reader, images: readonly WantedImage[]): readonly MirrorRule[] => {
  // Written or left out, the default is the same guess: a runner fills it in, so that nobody can tell.
  const isGuess = read.text('mirrors') === DEFAULT_MIRRORS
  const rules = read.list('mirrors', line => parseMirrorRule(line, isGuess), 'docker.io/mlocati=ghcr.io/mlocati')
  for (const rule of rules) {
    if (rule.prefix === undefined && !rule.keepsPath && images.length > 1) {
      read.fault(
        'mirrors',
        rule.text,
        'a target with a path and without a prefix is the repository of the only image, and there are several',
        `docker.io/library/php=${rule.target}`
      )
    }
  }
  return rules
}

const readFallbackTags = (read: Reader, images: readonly WantedImage[]): readonly FallbackTag[] => {
  const example = images.length > 1 ? 'mlocati/php-extension-installer=2.7.34' : '2.7.34'
  const lines = read.list('fallback-tags', parseFallbackTag, example)
  const refuse = (line: FallbackTag, rule: string): void => {
    read.fault('fallback-tags', line.text, rule, example)
  }
  const mayFloat = read.text('allow-floating') === 'true'
  for (const line of lines) {
    if (line.image === undefined && images.length > 1)
      refuse(line, 'it does not say for which of the images it is, and there are several')
    if (line.tag === 'latest' && !mayFloat)
      refuse(
        line,
        'the tag latest is made to move, so that it pins nothing; write a version, or set allow-floating: true'
      )
    if (images.length === 1 && images[0]?.tag === line.tag) refuse(line, 'it is the tag that is asked for')
  }
  return lines
}

const readPlatforms = (read: Reader, machine: Platform): PlatformChoice => {
  const written = read.lines('platform').flatMap(line =>
    line
      .split(',')
      .map(part => part.trim())
      .filter(part => part !== '')
  )
  if (written.length === 0) return {kind: 'machine', platform: machine}
  if (written.length === 1 && written[0] === 'all') return {kind: 'all'}
  const platforms = written.flatMap(text => {
    const platform = parsePlatform(text)
    const why = text === 'all' ? 'all stands alone' : platform.ok ? undefined : platform.why
    if (why !== undefined) read.fault('platform', text, why, 'linux/amd64, linux/arm64/v8')
    return platform.ok ? [platform.value] : []
  })
  return {kind: 'named', platforms}
}

const readCredentials = (read: Reader, images: readonly WantedImage[]): Inputs['credentials'] => {
  const username = read.text('username')
  const password = read.text('password')
  if (username === '' && password === '') return undefined
  if (username === '') read.fault('username', '', 'it is needed beside password', 'username: ${{ vars.REGISTRY_USER }}')
  if (password === '')
    read.fault('password', '', 'it is needed beside username', 'password: ${{ secrets.REGISTRY_PASSWORD }}')
  const registries = [...new Set(images.map(({reference}) => reference.registry))]
  const [registry] = registries
  if (registries.length > 1) {
    read.fault(
      'username',
      username,
      `it is for one registry, and image names ${registries.join(', ')}`,
      'docker/login-action, once for each registry'
    )
  }
  return registry === undefined ? undefined : {registry, username, password}
}

const readAttempts = (read: Reader): number => {
  const written = read.text('attempts')
  const attempts = Number(written)
  if (!/^\d{1,3}$/.test(written) || attempts < 1 || attempts > MAX_ATTEMPTS) {
    read.fault('attempts', written, `it is a whole number from 1 to ${String(MAX_ATTEMPTS)}`, DEFAULTS.attempts)
  }
  return attempts
}

type WhyNotLayout = (folder: string, workspace: string) => string | undefined

const LAYOUT_EXAMPLE = 'build/image'

const readLayout = (read: Reader, workspace: string | undefined, whyNotLayout: WhyNotLayout): string | undefined => {
  const written = read.text('layout')
  if (written === '') return undefined
  const base = resolve(workspace ?? '')
  const folder = resolve(base, written)
  // `oci-layout://folder@digest` and `oci:folder:tag` are split there.
  const why = /[@:\n]/.test(folder.replace(/^[A-Za-z]:/, ''))
    ? 'the path has no "@", no ":" and is one line, because whoever reads a layout ends its path there'
    : whyNotLayout(folder, base)
  if (why !== undefined) read.fault('layout', written, why, LAYOUT_EXAMPLE)
  return folder
}

const checkLevel = (read: Reader, {load, layout, level}: Inputs): void => {
  if ((load || layout !== undefined) && (level === 'manifest' || level === 'config'))
    read.fault('verify', level, 'load and layout hand on layers, which are verified from the level layers on', 'full')
}
