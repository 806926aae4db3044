// The action's inputs, from the runner's environment to one record. Every fault in them is found before anything is done.
// How they are written is inputs-written.ts's to know; see action.yml for what they mean.

import {resolve} from 'node:path'
import {type InputFault, fail} from '../acquire/failure.ts'
import {type FallbackTag, parseFallbackTag} from '../acquire/fallback.ts'
import {LEVELS, type Level, type PlatformChoice} from '../acquire/image.ts'
import {LOCK_MODES, type LockMode} from '../acquire/locked-image.ts'
import {isFloating, type MirrorRule, parseMirrorRule, type WantedImage, wantImage} from '../acquire/plan.ts'
import {wantFromFiles} from '../files/wanted.ts'
import {parsePlatform, type Platform} from '../oci/platform.ts'
import {formatFamiliar, parseRegistry} from '../oci/reference.ts'
import type {FilesFound} from './files.ts'
import {createReader, DEFAULTS, type Reader} from './inputs-written.ts'

export type Inputs = {
  readonly images: readonly WantedImage[]
  readonly mirrors: readonly MirrorRule[]
  readonly publicMirrors: readonly MirrorRule[]
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

const MAX_ATTEMPTS = 100

/** What to look for in the workspace before the inputs are read: files are inputs too. Their faults are told by readInputs. */
export const readFilePatterns = (
  environment: Readonly<Record<string, string | undefined>>,
  machine: Platform
): {readonly patterns: readonly string[]; readonly platforms: PlatformChoice} => {
  const read = createReader(environment, [])
  return {patterns: read.lines('files'), platforms: readPlatforms(read, machine)}
}

/**
 * Rejects with 'invalid-input' and all faults at once. `machine` is the platform for when none is named; `whyNotLayout` says why a
 * folder cannot be written to; `files` is what the files of the input `files` name.
 */
export const readInputs = (
  environment: Readonly<Record<string, string | undefined>>,
  machine: Platform,
  whyNotLayout: WhyNotLayout,
  files: FilesFound = {images: [], gaps: [], faults: []}
): Inputs => {
  const faults: InputFault[] = [...files.faults]
  const read = createReader(environment, faults)
  const images = readImages(read, files, machine, faults)
  const inputs: Inputs = {
    images,
    mirrors: readMirrors(read, 'mirrors', images),
    publicMirrors: readMirrors(read, 'public-mirrors', images),
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
  (environment['GITHUB_STEP_SUMMARY'] ?? '') !== '' && createReader(environment, []).text('summary') !== 'false'

const IMAGE_EXAMPLE = 'mlocati/php-extension-installer:2.7.35'

const readImages = (
  read: Reader,
  files: FilesFound,
  machine: Platform,
  faults: InputFault[]
): readonly WantedImage[] => {
  const asked = read.list('image', wantImage, IMAGE_EXAMPLE)
  const named = wantFromFiles(asked, files.images, readPlatforms({...read, fault: () => undefined}, machine))
  faults.push(...named.faults)
  if (read.lines('image').length === 0 && files.images.length === 0 && files.faults.length === 0) faultNoImage(read)
  const mayFloat = read.flag('allow-floating')
  for (const {asked: written, reference, places} of mayFloat
    ? []
    : named.images.filter(image => isFloating(image.reference))) {
    const {tag, ...untagged} = reference
    const why = tag === undefined ? 'it has neither tag nor digest' : `the tag ${tag} is made to move`
    const rule = `${why}, so that it pins nothing; write a version or a digest, or set allow-floating: true`
    const [place] = places ?? []
    const isAsked = asked.some(image => image.asked === written)
    faults.push({
      ...{input: isAsked ? 'image' : 'files', written, rule, example: `${formatFamiliar(untagged)}:1.2.3`},
      ...(isAsked || place === undefined ? {} : {place})
    })
  }
  return named.images
}

const faultNoImage = (read: Reader): void => {
  const patterns = read.lines('files')
  if (patterns.length === 0) read.fault('image', '', 'it names at least one image', IMAGE_EXAMPLE)
  else
    read.fault(
      'files',
      patterns.join(', '),
      'these files name no image that can be known and is not built there, and image names none: there is nothing to verify',
      'Dockerfile, or the step left out'
    )
}

const readMirrors = (
  read: Reader,
  input: 'mirrors' | 'public-mirrors',
  images: readonly WantedImage[]
): readonly MirrorRule[] => {
  const rules = read.list(input, parseMirrorRule, 'docker.io/mlocati=ghcr.io/mlocati')
  for (const rule of rules) {
    if (rule.prefix === undefined && !rule.keepsPath && images.length > 1) {
      read.fault(
        input,
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
      `it is for one registry, and the images are at ${registries.join(', ')}`,
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
