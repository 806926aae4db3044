// Reads the action's inputs into one record; see action.yml for their meaning.
// Every invalid input is found before anything else is done.

import {resolve} from 'node:path'
import type {ImageRequest, MirrorRule} from '../acquire/plan.ts'
import {type Level, VERIFY_LEVELS} from '../fetch/verify-level.ts'
import type {JobVariables} from '../files/file-variables.ts'
import type {FilesFound} from '../files/find-images.ts'
import {isLinkLocalHost} from '../http/private-address.ts'
import type {MirrorConfiguration} from '../mirror-files/imported-mirrors.ts'
import {invalid, type Parsed, valid} from '../oci/parsed.ts'
import type {Platform, PlatformChoice} from '../oci/platform.ts'
import {parseRegistry} from '../oci/reference.ts'
import type {FallbackTag} from '../pins/fallback-tags.ts'
import {LOCK_MODES, type LockMode} from '../pins/lock-policy.ts'
import {readCredentials, type RegistryCredentials} from './credential-inputs.ts'
import {readFallbackTags, readFileVariables, readImages, readMirrors, readPlatforms} from './image-inputs.ts'
import {DEFAULTS, type InputReader, MAX_DURATION_MS} from './input-reader.ts'
import {readSignatureInputs, type SignatureInputs} from './signature-inputs.ts'

export type Inputs = {
  readonly images: readonly ImageRequest[]
  readonly mirrors: readonly MirrorRule[]
  readonly publicMirrors: readonly MirrorRule[]
  readonly imported: readonly MirrorConfiguration[]
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
  /** What the files of `mirrors-from` contain. */
  readonly imported: readonly MirrorConfiguration[]
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
    imported: deps.imported,
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
    insecureRegistries: readInsecureRegistries(reader),
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

/** Which files have mirrors, and how far they are believed: read before the other inputs, like `files`. */
export function readMirrorFileInputs(reader: InputReader): {
  readonly lines: readonly string[]
  readonly isTrusted: boolean
  readonly insecureRegistries: readonly string[]
} {
  return {
    lines: reader.lines('mirrors-from'),
    isTrusted: reader.flag('trust-imported'),
    insecureRegistries: readInsecureRegistries(reader)
  }
}

function readInsecureRegistries(reader: InputReader): readonly string[] {
  return reader.list('insecure-registries', parseRegistry, 'registry.example.com:5000')
}

/** The time limit of the whole step, which starts before files are read. */
export function readTimeLimit(reader: InputReader): number {
  return reader.duration('timeout') || MAX_DURATION_MS
}

/** Whether to write the job summary; invalid inputs are reported there, too. */
export function wantsSummary(reader: InputReader): boolean {
  return reader.flag('summary')
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
