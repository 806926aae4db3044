// Credentials as a user of Docker has them: the action's inputs, what `docker login` left behind, helpers, the job's token.
// Read only when a registry asks for them. Each answer is for one registry; nothing here sends anything.

import {join} from 'node:path'
import {isObject, type JsonObject, mapOf, readAsGo, structOf} from '../oci/go-json.ts'
import {stringAt} from '../oci/json.ts'
import {DOCKER_HUB} from '../oci/reference.ts'
import {type ProgramEnd, runProgram} from '../process/run-program.ts'
import type {Credentials} from './authorizer.ts'
import {isErrno} from '../filesystem/errno.ts'
import {readRegularFileSync} from '../filesystem/regular-file.ts'
import {formatBytes, formatDuration} from '../failure/format.ts'

export type CredentialSources = {
  /** From the inputs, for one registry. */
  readonly fromInputs: {readonly registry: string; readonly username: string; readonly password: string} | undefined
  /** The job's token, for ghcr.io only. */
  readonly githubToken: string | undefined
  /** Of this process: DOCKER_CONFIG and DOCKER_AUTH_CONFIG. */
  readonly environment: Readonly<Record<string, string | undefined>>
  /** What a credential helper gets. */
  readonly programEnvironment: Readonly<Record<string, string>>
  readonly home: string
  readonly conceal: (secret: string) => void
  readonly warn: (text: string) => void
  /** Ends a helper that is at work. */
  readonly signal: AbortSignal
}

const HELPER_TIMEOUT_MS = 10_000

/** Docker Hub's key in a Docker config is neither its name nor its endpoint. */
const DOCKER_HUB_KEY = 'https://index.docker.io/v1/'

// Docker's ConfigFile and AuthConfig, and what a helper prints, as far as they are read here.
const AUTH = structOf({username: 'string', password: 'string', auth: 'string', identitytoken: 'string'})
const CONFIG_FILE = structOf({auths: mapOf(AUTH), credsStore: 'string', credHelpers: mapOf('string')})
const HELPER_ANSWER = structOf({Username: 'string', Secret: 'string'})

export function createCredentials(sources: CredentialSources): (registry: string) => Promise<Credentials | undefined> {
  const known = new Map<string, Promise<Credentials | undefined>>()
  return registry => {
    const credentials = known.get(registry) ?? findCredentials(sources, registry)
    known.set(registry, credentials)
    return credentials
  }
}

async function findCredentials(sources: CredentialSources, registry: string): Promise<Credentials | undefined> {
  const {fromInputs, githubToken} = sources
  if (fromInputs?.registry === registry) return concealed(sources, password(fromInputs.username, fromInputs.password))
  const stored = await storedCredentials(sources, registry)
  if (stored !== undefined) return concealed(sources, stored)
  if (registry !== 'ghcr.io' || githubToken === undefined) return undefined
  // ghcr.io reads the token from the password and takes any username.
  return concealed(sources, {...password('x-access-token', githubToken), isOptional: true})
}

function password(username: string, secret: string): Extract<Credentials, {kind: 'password'}> {
  return {
    kind: 'password',
    username,
    password: secret,
    isOptional: false
  }
}

function concealed(sources: CredentialSources, credentials: Credentials): Credentials {
  if (credentials.kind === 'identity-token') {
    sources.conceal(credentials.token)
  } else {
    sources.conceal(credentials.password)
    sources.conceal(Buffer.from(`${credentials.username}:${credentials.password}`).toString('base64'))
  }
  return credentials
}

/** In Docker's order: DOCKER_AUTH_CONFIG, then of config.json the helper of this registry, the helper of all, the file itself. */
async function storedCredentials(sources: CredentialSources, registry: string): Promise<Credentials | undefined> {
  const fromEnvironment = sources.environment['DOCKER_AUTH_CONFIG']
  if (fromEnvironment !== undefined && fromEnvironment !== '') {
    const found = authIn(decodeConfigFile(sources, 'DOCKER_AUTH_CONFIG', Buffer.from(fromEnvironment)), registry)
    if (found !== undefined) return found
  }
  const config = readDockerConfig(sources)
  const helpers = config['credHelpers']
  const ofRegistry = isObject(helpers) ? entryFor(helpers, registry) : undefined
  const helper = (typeof ofRegistry === 'string' ? ofRegistry : stringAt(config, 'credsStore')) ?? ''
  const helped = helper === '' ? undefined : await askHelper(sources, helper, registry)
  return helped ?? authIn(config, registry)
}

// Larger than any; one that is a device has no end.
const MAX_CONFIG_BYTES = 4 * 1024 * 1024

function readDockerConfig(sources: CredentialSources): JsonObject {
  const folder = sources.environment['DOCKER_CONFIG'] ?? ''
  const path = join(folder === '' ? join(sources.home, '.docker') : folder, 'config.json')
  try {
    return decodeConfigFile(sources, path, readRegularFileSync(path, {maxBytes: MAX_CONFIG_BYTES, links: 'follow'}))
  } catch (error) {
    if (!isErrno(error, 'ENOENT'))
      sources.warn(`${path} cannot be read, so that its credentials are not used (${String(error)})`)
    return {}
  }
}

function decodeConfigFile(sources: CredentialSources, name: string, bytes: Uint8Array): JsonObject {
  const json = readAsGo(bytes, CONFIG_FILE, 'as-go')
  if (!json.ok) sources.warn(`${name} is not used for credentials: ${json.reason}`)
  return json.ok ? json.value : {}
}

function authIn(config: JsonObject, registry: string): Credentials | undefined {
  const auths = config['auths']
  const entry = isObject(auths) ? entryFor(auths, registry) : undefined
  if (!isObject(entry)) return undefined
  const identityToken = stringAt(entry, 'identitytoken') ?? ''
  if (identityToken !== '') return {kind: 'identity-token', token: identityToken}
  const decoded = Buffer.from(stringAt(entry, 'auth') ?? '', 'base64').toString('utf8')
  const colon = decoded.indexOf(':')
  const username = colon > 0 ? decoded.slice(0, colon) : (stringAt(entry, 'username') ?? '')
  const secret = colon > 0 ? decoded.slice(colon + 1).replace(/\0+$/, '') : (stringAt(entry, 'password') ?? '')
  return username === '' || secret === '' ? undefined : password(username, secret)
}

/** Keys were written by many programs: with a scheme, with a path, under one of Docker Hub's names. */
function entryFor(entries: JsonObject, registry: string): unknown {
  const exact = registry === DOCKER_HUB ? DOCKER_HUB_KEY : registry
  if (exact in entries) return entries[exact]
  const hosts = registry === DOCKER_HUB ? [DOCKER_HUB, 'index.docker.io', 'registry-1.docker.io'] : [registry]
  const key = Object.keys(entries).find(name => hosts.includes(hostOfKey(name)))
  return key === undefined ? undefined : entries[key]
}

function hostOfKey(key: string): string {
  return key
    .replace(/^https?:\/\//, '')
    .replace(/\/.*$/, '')
    .toLowerCase()
}

async function askHelper(
  sources: CredentialSources,
  helper: string,
  registry: string
): Promise<Credentials | undefined> {
  const program = `docker-credential-${helper}`
  if (!/^[A-Za-z0-9._-]+$/.test(helper)) {
    sources.warn(`the Docker config names a credential helper ${JSON.stringify(helper)}, which is not used`)
    return undefined
  }
  const server = registry === DOCKER_HUB ? DOCKER_HUB_KEY : registry
  const answer = answerOf(await runHelper(program, server, sources))
  if (typeof answer === 'string') {
    sources.warn(
      `${program} gave no credentials for ${registry}: ${answer}. What it says is not shown, since it may hold a secret; to see it, run: echo ${server} | ${program} get`
    )
    return undefined
  }
  const username = stringAt(answer, 'Username') ?? ''
  const secret = stringAt(answer, 'Secret') ?? ''
  if (secret === '') return undefined
  return username === '<token>' ? {kind: 'identity-token', token: secret} : password(username, secret)
}

// An answer is a line; Docker's own client bounds it nowhere.
const MAX_ANSWER = 64 * 1024

function runHelper(
  program: string,
  server: string,
  {programEnvironment, signal}: CredentialSources
): Promise<ProgramEnd> {
  return runProgram(program, ['get'], {
    ...{
      environment: programEnvironment,
      signal,
      deadlineMs: HELPER_TIMEOUT_MS,
      maxCharacters: MAX_ANSWER,
      input: server
    }
  })
}

/** The helper's answer, or why there is none, in words that quote nothing of what it said. */
function answerOf(end: ProgramEnd): JsonObject | string {
  if (end.kind === 'missing') return 'there is no such program on the PATH'
  if (end.kind === 'not-started') return 'it cannot be started'
  if (end.kind === 'late') return `it did not answer within ${formatDuration(HELPER_TIMEOUT_MS)}`
  const {code, killedBy, stdout, isCut} = end
  // A helper that has nothing says so and fails: Docker goes on without a word, too.
  if (code !== 0 && /credentials not found/i.test(stdout)) return {}
  if (code === null) return `it was ended by ${killedBy ?? 'a signal'}`
  if (code !== 0) return `it ended with exit code ${String(code)}`
  if (isCut) return `its answer is longer than ${formatBytes(MAX_ANSWER)}`
  const json = readAsGo(Buffer.from(stdout), HELPER_ANSWER, 'as-go')
  return json.ok ? json.value : 'its answer is not a JSON object'
}
