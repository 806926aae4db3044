// Reads the action's inputs into one record; see action.yml for their meaning.
// Every invalid input is found before anything else is done.

import {resolve} from 'node:path'
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
import {omitUndefined} from '../oci/omit-undefined.ts'
import {invalid, type Parsed, valid} from '../oci/parsed.ts'
import {parsePlatform, type Platform, type PlatformChoice} from '../oci/platform.ts'
import {formatFamiliar, parseRegistry} from '../oci/reference.ts'
import type {FilesFound} from '../files/find-images.ts'
import {type RegistryCredentials, readCredentials} from './credential-inputs.ts'
import {DEFAULTS, MAX_DURATION_MS, type InputReader} from './input-reader.ts'
import {readSignatureInputs, type SignatureInputs} from './signature-inputs.ts'
import {isLinkLocalHost} from '../http/private-address.ts'
import {VERIFY_LEVELS, type Level} from '../fetch/verify-level.ts'
import {type FallbackTag, parseFallbackTag} from '../pins/fallback-tags.ts'

export type Inputs = {
  readonly images: readonly ImageRequest[]
  readonly mirrors: readonly MirrorRule[]
  readonly publicMirrors: readonly MirrorRule[]
  readonly prefer: 'primary' | 'mirrors'
  readonly platforms: PlatformChoice
  readonly level: Level
  /** Relative to the workspace. */
  readonly lockFile: string
  readonly lock: LockMode
  readonly fallbackTags: readonly FallbackTag[]
  readonly signatures: SignatureInputs
  readonly usesStatusPages: boolean
  readonly credentials: RegistryCredentials | undefined
  readonly githubToken: string | undefined
  readonly attempts: number
  readonly backoffMs: number
  readonly backoffMaxMs: number
  readonly connectTimeoutMs: number
  readonly stallTimeoutMs: number
  /** Undefined disables hedged requests. */
  readonly hedgeAfterMs: number | undefined
  /** Connections per registry. */
  readonly concurrency: number
  readonly timeoutMs: number
  readonly insecureRegistries: readonly string[]
  /** Hosts at private addresses that may issue tokens. */
  readonly tokenHosts: readonly string[]
  readonly load: boolean
  /** Absolute path of the directory. */
  readonly layout: string | undefined
  readonly cache: boolean
}

const MAX_ATTEMPTS = 100

// Registries limit connections per address, and more than this was not measured to be faster.
const MAX_CONCURRENCY = 64

export type InputDeps = {
  readonly job: JobVariables
  /** The platform if none is set. */
  readonly hostPlatform: Platform
  /** GITHUB_WORKSPACE. */
  readonly workspace: string | undefined
  /** Says why a directory cannot be written to. */
  readonly checkLayout: (folder: string, workspace: string) => string | undefined
}

/** Reads the inputs; `files` is what the files of the input `files` contain. Invalid inputs are in `reader.issues()`. */
export function readInputs(
  reader: InputReader,
  deps: InputDeps,
  files: FilesFound = {images: [], skipped: [], faults: []}
): Inputs {
  for (const issue of files.faults) reader.reject(issue)
  const {job, hostPlatform} = deps
  const images = readImages(reader, files, hostPlatform)
  const inputs: Inputs = {
    images,
    mirrors: readMirrors(reader, 'mirrors', images),
    publicMirrors: readMirrors(reader, 'public-mirrors', images),
    prefer: reader.choice('prefer', ['primary', 'mirrors']),
    platforms: readPlatforms(reader, hostPlatform),
    level: reader.choice('verify', VERIFY_LEVELS),
    lockFile: reader.text('lock-file'),
    lock: reader.choice('lock', LOCK_MODES),
    fallbackTags: readFallbackTags(reader, images),
    signatures: readSignatureInputs(reader, deps.workspace),
    usesStatusPages: reader.flag('status-pages'),
    credentials: readCredentials(reader),
    githubToken: reader.text('github-token') === '' ? undefined : reader.text('github-token'),
    attempts: readCount(reader, 'attempts', MAX_ATTEMPTS),
    backoffMs: reader.duration('backoff'),
    backoffMaxMs: reader.duration('backoff-max'),
    connectTimeoutMs: reader.duration('connect-timeout'),
    stallTimeoutMs: reader.duration('stall-timeout'),
    hedgeAfterMs: /^0(?:ms|s|m|h)?$/.test(reader.text('hedge-after')) ? undefined : reader.duration('hedge-after'),
    concurrency: readCount(reader, 'concurrency', MAX_CONCURRENCY),
    timeoutMs: reader.duration('timeout'),
    insecureRegistries: reader.list('insecure-registries', parseRegistry, 'registry.example.com:5000'),
    tokenHosts: reader.list('token-hosts', parseTokenHost, 'auth.registry.example.com:5001'),
    load: reader.flag('load'),
    layout: readLayout(reader, deps),
    cache: reader.flag('cache')
  }
  checkLevel(reader, inputs)
  // Read for their issues alone: files are already read, and the summary is written at the end.
  readFileVariables(reader, job)
  reader.flag('summary')
  return inputs
}

/** What to search the workspace for, before the other inputs are read: images in files are inputs, too. */
export function readFilePatterns(
  reader: InputReader,
  job: JobVariables,
  hostPlatform: Platform
): {readonly patterns: readonly string[]; readonly platforms: PlatformChoice; readonly variables: Variables} {
  return {
    patterns: reader.lines('files'),
    platforms: readPlatforms(reader, hostPlatform),
    variables: variablesFor(readFileVariables(reader, job), job)
  }
}

/** The time limit of the whole step, which starts before files are read. */
export function readTimeLimit(reader: InputReader): number {
  return reader.duration('timeout') || MAX_DURATION_MS
}

/** Whether to write the job summary; invalid inputs are reported there, too. */
export function wantsSummary(reader: InputReader): boolean {
  return reader.flag('summary')
}

const IMAGE_EXAMPLE = 'mlocati/php-extension-installer:2.7.35'

function readImages(reader: InputReader, files: FilesFound, hostPlatform: Platform): readonly ImageRequest[] {
  const requested = reader.list('image', parseImageRequest, IMAGE_EXAMPLE)
  const merged = mergeFileImages(requested, files.images, readPlatforms(reader, hostPlatform))
  for (const issue of [...merged.faults]) reader.reject(issue)
  if (reader.lines('image').length === 0 && files.images.length === 0 && files.faults.length === 0)
    rejectNoImage(reader)
  if (!reader.flag('allow-floating'))
    for (const image of merged.images.filter(({reference}) => isFloating(reference)))
      rejectFloating(
        reader,
        image,
        requested.some(({input}) => input === image.input)
      )
  return merged.images
}

function rejectFloating(reader: InputReader, image: ImageRequest, isInput: boolean): void {
  const {input, reference, locations} = image
  const {registry, path} = reference
  reader.reject(
    omitUndefined({
      input: isInput ? 'image' : 'files',
      value: input,
      reason: 'is not pinned: add a version or a digest, or set allow-floating: true',
      example: `${formatFamiliar({registry, path})}:1.2.3`,
      location: isInput ? undefined : locations?.[0]
    })
  )
}

function readFileVariables(reader: InputReader, job: JobVariables): readonly FileVariable[] {
  const basic = {username: reader.text('username'), password: reader.text('password')}
  return reader.lines('file-variables').flatMap(line => {
    const variable = parseFileVariable(line)
    const reason = variable.ok ? checkFileVariable(variable.value, job, basic) : variable.reason
    // The name alone: a value that must not reach a file must not reach the log either.
    const [value = ''] = line.split('=', 1)
    if (reason !== undefined) reader.reject({input: 'file-variables', value, reason, example: 'PHP_VERSION=8.3.8'})
    return variable.ok && reason === undefined ? [variable.value] : []
  })
}

function rejectNoImage(reader: InputReader): void {
  const patterns = reader.lines('files')
  reader.reject(
    patterns.length === 0
      ? {input: 'image', value: '', reason: 'is required: set image or files', example: IMAGE_EXAMPLE}
      : {
          input: 'files',
          value: patterns.join(', '),
          reason: 'has no image to verify: the files name none that is known and not built there, and image is empty',
          example: 'Dockerfile'
        }
  )
}

function readMirrors(
  reader: InputReader,
  input: 'mirrors' | 'public-mirrors',
  images: readonly ImageRequest[]
): readonly MirrorRule[] {
  const rules = reader.list(input, parseMirrorRule, 'docker.io/mlocati=ghcr.io/mlocati')
  for (const rule of rules) {
    if (rule.prefix === undefined && !rule.appendsPath && images.length > 1)
      reader.reject({
        input,
        value: rule.source,
        reason: 'needs a prefix: a target with a path is one repository, and there are several images',
        example: `docker.io/library/php=${rule.target}`
      })
  }
  return rules
}

function readFallbackTags(reader: InputReader, images: readonly ImageRequest[]): readonly FallbackTag[] {
  const example = images.length > 1 ? 'mlocati/php-extension-installer=2.7.34' : '2.7.34'
  const lines = reader.list('fallback-tags', parseFallbackTag, example)
  const mayFloat = reader.flag('allow-floating')
  for (const line of lines) {
    const reject = (reason: string): void => {
      reader.reject({input: 'fallback-tags', value: line.source, reason, example})
    }
    if (line.image === undefined && images.length > 1) reject('needs an image (IMAGE=TAG): there are several images')
    if (line.tag === 'latest' && !mayFloat) reject('is not pinned: use a version, or set allow-floating: true')
    if (images.length === 1 && images[0]?.tag === line.tag) reject('is the requested tag')
  }
  return lines
}

function readPlatforms(reader: InputReader, hostPlatform: Platform): PlatformChoice {
  const values = reader.lines('platform').flatMap(line =>
    line
      .split(',')
      .map(part => part.trim())
      .filter(part => part !== '')
  )
  if (values.length === 0) return {kind: 'machine', platform: hostPlatform}
  if (values.length === 1 && values[0] === 'all') return {kind: 'all'}
  const platforms = values.flatMap(value => {
    const platform = parsePlatform(value)
    const reason =
      value === 'all' ? 'cannot be combined with other platforms' : platform.ok ? undefined : platform.reason
    if (reason !== undefined) reader.reject({input: 'platform', value, reason, example: 'linux/amd64, linux/arm64/v8'})
    return platform.ok ? [platform.value] : []
  })
  return {kind: 'named', platforms}
}

function readCount(reader: InputReader, input: 'attempts' | 'concurrency', most: number): number {
  const value = reader.text(input)
  const count = Number(value)
  if (!/^\d{1,3}$/.test(value) || count < 1 || count > most)
    reader.reject({
      input,
      value,
      reason: `must be a whole number from 1 to ${String(most)}`,
      example: DEFAULTS[input]
    })
  return count
}

/** The host as a URL has it, so that each spelling of an address is equal. */
function parseTokenHost(text: string): Parsed<string> {
  const host = parseRegistry(text)
  if (!host.ok || !URL.canParse(`https://${host.value}`))
    return invalid('must be a host name, an IP address, or host:port')
  const url = new URL(`https://${host.value}`)
  if (isLinkLocalHost(url.hostname))
    return invalid('is a link-local address, where cloud machines read their own credentials: it never issues tokens')
  return valid(url.host)
}

const LAYOUT_EXAMPLE = 'build/image'

function readLayout(reader: InputReader, {workspace, checkLayout}: InputDeps): string | undefined {
  const value = reader.text('layout')
  if (value === '') return undefined
  const base = resolve(workspace ?? '')
  const folder = resolve(base, value)
  // Programs split `oci-layout://folder@digest` and `oci:folder:tag` there.
  const reason = /[@:\p{Cc}]/u.test(folder.replace(/^[A-Za-z]:/, ''))
    ? 'must not contain "@", ":", or control characters, because programs that read a layout end its path there'
    : checkLayout(folder, base)
  if (reason !== undefined) reader.reject({input: 'layout', value, reason, example: LAYOUT_EXAMPLE})
  return folder
}

function checkLevel(reader: InputReader, {load, layout, level}: Inputs): void {
  if ((load || layout !== undefined) && (level === 'manifest' || level === 'config'))
    reader.reject({
      input: 'verify',
      value: level,
      reason: 'must be layers or full with load or layout, which export layers',
      example: 'full'
    })
}
