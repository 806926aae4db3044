// The action's inputs, from the runner's environment to one record. Every fault in them is found before anything is done.
// How they are written is inputs-written.ts's to know; see action.yml for what they mean.

import {resolve} from 'node:path'
import {type InputIssue} from '../failure/failure.ts'
import {LOCK_MODES, type LockMode} from '../pins/lock-policy.ts'
import {isFloating, type MirrorRule, parseMirrorRule, type ImageRequest, parseImageRequest} from '../acquire/plan.ts'
import {
  type FileVariable,
  type JobVariables,
  parseFileVariable,
  type Variables,
  variablesFor,
  checkFileVariable
} from '../files/file-variables.ts'
import {mergeFileImages} from '../acquire/merge-images.ts'
import {invalid, type Parsed, valid} from '../oci/parsed.ts'
import {parsePlatform, type Platform, type PlatformChoice} from '../oci/platform.ts'
import {formatFamiliar, parseRegistry} from '../oci/reference.ts'
import type {FilesFound} from '../files/find-images.ts'
import {type RegistryCredentials, readCredentials} from './credential-inputs.ts'
import {createInputReader, DEFAULTS, MAX_DURATION_MS, type InputReader, type WrittenInputs} from './input-reader.ts'
import {isLinkLocalHost} from '../http/private-address.ts'
import {VERIFY_LEVELS, type Level} from '../fetch/verify-level.ts'
import {type FallbackTag, parseFallbackTag} from '../pins/fallback-tags.ts'
import {fail} from '../failure/error.ts'

export type Inputs = {
  readonly images: readonly ImageRequest[]
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
  readonly credentials: RegistryCredentials | undefined
  readonly githubToken: string | undefined
  readonly attempts: number
  readonly backoffMs: number
  readonly backoffMaxMs: number
  readonly connectTimeoutMs: number
  readonly stallTimeoutMs: number
  /** Undefined when no registry is to get company. */
  readonly hedgeAfterMs: number | undefined
  /** Connections to one host at a time. */
  readonly concurrency: number
  readonly timeoutMs: number
  readonly insecureRegistries: readonly string[]
  /** Hosts at private addresses that may issue tokens. */
  readonly tokenHosts: readonly string[]
  readonly load: boolean
  /** The folder, absolute. */
  readonly layout: string | undefined
  readonly cache: boolean
}

const MAX_ATTEMPTS = 100

// Registries limit what one address may open; more than this has not been seen to be faster.
const MAX_CONCURRENCY = 64

/** What to look for in the workspace before the inputs are read: files are inputs too. Their faults are told by readInputs. */
export function readFilePatterns(
  written: WrittenInputs,
  job: JobVariables,
  machine: Platform
): {readonly patterns: readonly string[]; readonly platforms: PlatformChoice; readonly variables: Variables} {
  const read = createInputReader(written, [])
  return {
    patterns: read.lines('files'),
    platforms: readPlatforms(read, machine),
    variables: variablesFor(readFileVariables(read, job), job)
  }
}

/** The time limit of the whole step, before the inputs are read: reading files takes time too. readInputs refuses a wrong one. */
export function readTimeLimit(written: WrittenInputs): number {
  return createInputReader(written, []).duration('timeout') || MAX_DURATION_MS
}

export type LayoutFolder = {
  /** GITHUB_WORKSPACE. */
  readonly folder: string | undefined
  /** Why a folder cannot be written to. */
  readonly checkLayout: CheckLayout
}

/**
 * Rejects with 'invalid-input' and all faults at once. `machine` is the platform for when none is named; `files` is what the files of
 * the input `files` name.
 */
export function readInputs(
  written: WrittenInputs,
  job: JobVariables,
  machine: Platform,
  {folder, checkLayout}: LayoutFolder,
  files: FilesFound = {images: [], skipped: [], faults: []}
): Inputs {
  const faults: InputIssue[] = [...files.faults]
  const read = createInputReader(written, faults)
  const images = readImages(read, files, machine, faults)
  const inputs: Inputs = {
    images,
    mirrors: readMirrors(read, 'mirrors', images),
    publicMirrors: readMirrors(read, 'public-mirrors', images),
    prefer: read.choice('prefer', ['primary', 'mirrors']),
    platforms: readPlatforms(read, machine),
    level: read.choice('verify', VERIFY_LEVELS),
    lockFile: read.text('lock-file'),
    lock: read.choice('lock', LOCK_MODES),
    fallbackTags: readFallbackTags(read, images),
    usesStatusPages: read.flag('status-pages'),
    credentials: readCredentials(read),
    githubToken: read.text('github-token') === '' ? undefined : read.text('github-token'),
    attempts: readCount(read, 'attempts', MAX_ATTEMPTS),
    backoffMs: read.duration('backoff'),
    backoffMaxMs: read.duration('backoff-max'),
    connectTimeoutMs: read.duration('connect-timeout'),
    stallTimeoutMs: read.duration('stall-timeout'),
    hedgeAfterMs: /^0(?:ms|s|m|h)?$/.test(read.text('hedge-after')) ? undefined : read.duration('hedge-after'),
    concurrency: readCount(read, 'concurrency', MAX_CONCURRENCY),
    timeoutMs: read.duration('timeout'),
    insecureRegistries: read.list('insecure-registries', parseRegistry, 'registry.example.com:5000'),
    tokenHosts: read.list('token-hosts', parseTokenHost, 'auth.registry.example.com:5001'),
    load: read.flag('load'),
    layout: readLayout(read, folder, checkLayout),
    cache: read.flag('cache')
  }
  checkLevel(read, inputs)
  // For its faults alone: the files were read with it.
  readFileVariables(read, job)
  // For its faults alone: whether there is to be one is asked at the end, when the inputs may have been wrong.
  read.flag('summary')
  if (faults.length > 0) fail({kind: 'invalid-input', faults})
  return inputs
}

/** Whether to write the job summary; also when an input is wrong, for then it has most to say. */
export function wantsSummary(written: WrittenInputs): boolean {
  return createInputReader(written, []).flag('summary')
}

const IMAGE_EXAMPLE = 'mlocati/php-extension-installer:2.7.35'

function readImages(
  read: InputReader,
  files: FilesFound,
  machine: Platform,
  faults: InputIssue[]
): readonly ImageRequest[] {
  const asked = read.list('image', parseImageRequest, IMAGE_EXAMPLE)
  const named = mergeFileImages(asked, files.images, readPlatforms({...read, issue: () => undefined}, machine))
  faults.push(...named.faults)
  if (read.lines('image').length === 0 && files.images.length === 0 && files.faults.length === 0) faultNoImage(read)
  const mayFloat = read.flag('allow-floating')
  for (const {input: written, reference, locations} of mayFloat
    ? []
    : named.images.filter(image => isFloating(image.reference))) {
    const {tag, ...untagged} = reference
    const why = tag === undefined ? 'it has neither tag nor digest' : `the tag ${tag} is made to move`
    const rule = `${why}, so that it pins nothing; write a version or a digest, or set allow-floating: true`
    const [location] = locations ?? []
    const isAsked = asked.some(image => image.input === written)
    faults.push({
      ...{
        input: isAsked ? 'image' : 'files',
        value: written,
        reason: rule,
        example: `${formatFamiliar(untagged)}:1.2.3`
      },
      ...(isAsked || location === undefined ? {} : {location})
    })
  }
  return named.images
}

function readFileVariables(read: InputReader, job: JobVariables): readonly FileVariable[] {
  const basic = {username: read.text('username'), password: read.text('password')}
  return read.lines('file-variables').flatMap(line => {
    const variable = parseFileVariable(line)
    const why = variable.ok ? checkFileVariable(variable.value, job, basic) : variable.reason
    // The name alone: a value that must not reach a file must not reach the log either.
    const [name = ''] = line.split('=', 1)
    if (why !== undefined) read.issue('file-variables', name, why, 'PHP_VERSION=8.3.8')
    return variable.ok && why === undefined ? [variable.value] : []
  })
}

function faultNoImage(read: InputReader): void {
  const patterns = read.lines('files')
  if (patterns.length === 0) read.issue('image', '', 'it names at least one image', IMAGE_EXAMPLE)
  else
    read.issue(
      'files',
      patterns.join(', '),
      'these files name no image that can be known and is not built there, and image names none: there is nothing to verify',
      'Dockerfile, or the step left out'
    )
}

function readMirrors(
  read: InputReader,
  input: 'mirrors' | 'public-mirrors',
  images: readonly ImageRequest[]
): readonly MirrorRule[] {
  const rules = read.list(input, parseMirrorRule, 'docker.io/mlocati=ghcr.io/mlocati')
  for (const rule of rules) {
    if (rule.prefix === undefined && !rule.appendsPath && images.length > 1) {
      read.issue(
        input,
        rule.source,
        'a target with a path and without a prefix is the repository of the only image, and there are several',
        `docker.io/library/php=${rule.target}`
      )
    }
  }
  return rules
}

function readFallbackTags(read: InputReader, images: readonly ImageRequest[]): readonly FallbackTag[] {
  const example = images.length > 1 ? 'mlocati/php-extension-installer=2.7.34' : '2.7.34'
  const lines = read.list('fallback-tags', parseFallbackTag, example)
  const refuse = (line: FallbackTag, rule: string): void => {
    read.issue('fallback-tags', line.source, rule, example)
  }
  const mayFloat = read.flag('allow-floating')
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

function readPlatforms(read: InputReader, machine: Platform): PlatformChoice {
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
    const why = text === 'all' ? 'all stands alone' : platform.ok ? undefined : platform.reason
    if (why !== undefined) read.issue('platform', text, why, 'linux/amd64, linux/arm64/v8')
    return platform.ok ? [platform.value] : []
  })
  return {kind: 'named', platforms}
}

function readCount(read: InputReader, name: 'attempts' | 'concurrency', most: number): number {
  const written = read.text(name)
  const count = Number(written)
  if (!/^\d{1,3}$/.test(written) || count < 1 || count > most)
    read.issue(name, written, `it is a whole number from 1 to ${String(most)}`, DEFAULTS[name])
  return count
}

/** As a URL writes the host, so that each spelling of an address is the same one. */
function parseTokenHost(text: string): Parsed<string> {
  const host = parseRegistry(text)
  if (!host.ok || !URL.canParse(`https://${host.value}`))
    return invalid('a token host is a host name, an IP address or host:port')
  const url = new URL(`https://${host.value}`)
  if (isLinkLocalHost(url.hostname))
    return invalid(
      'it is a link-local address, where cloud machines read their own credentials: it never issues tokens'
    )
  return valid(url.host)
}

type CheckLayout = (folder: string, workspace: string) => string | undefined

const LAYOUT_EXAMPLE = 'build/image'

function readLayout(read: InputReader, workspace: string | undefined, whyNotLayout: CheckLayout): string | undefined {
  const written = read.text('layout')
  if (written === '') return undefined
  const base = resolve(workspace ?? '')
  const folder = resolve(base, written)
  // `oci-layout://folder@digest` and `oci:folder:tag` are split there.
  const why = /[@:\p{Cc}]/u.test(folder.replace(/^[A-Za-z]:/, ''))
    ? 'the path has no "@", no ":" and no control characters, because programs that read a layout end its path there'
    : whyNotLayout(folder, base)
  if (why !== undefined) read.issue('layout', written, why, LAYOUT_EXAMPLE)
  return folder
}

function checkLevel(read: InputReader, {load, layout, level}: Inputs): void {
  if ((load || layout !== undefined) && (level === 'manifest' || level === 'config'))
    read.issue('verify', level, 'load and layout hand on layers, which are verified from the level layers on', 'full')
}
