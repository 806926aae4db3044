// Credentials for a registry as a user of Docker has them: the action's inputs, `docker login`, credential helpers, the job's token.
// They are read when a registry asks for them. Nothing here sends anything.

import {getFromHelper} from './docker-credential.ts'
import {type Credentials, encodeBasic} from './credentials.ts'
import {findEntry, helperFor, parseDockerConfig, readDockerConfig} from './docker-config.ts'

export type CredentialSources = {
  /** From the inputs, for one registry. */
  readonly fromInputs: {readonly registry: string; readonly username: string; readonly password: string} | undefined
  /** The job's token, for ghcr.io only. */
  readonly githubToken: string | undefined
  /** Of this process: DOCKER_CONFIG and DOCKER_AUTH_CONFIG. */
  readonly environment: Readonly<Record<string, string | undefined>>
  /** The environment of credential helpers. */
  readonly programEnvironment: Readonly<Record<string, string>>
  readonly home: string
  readonly conceal: (secret: string) => void
  readonly warn: (text: string) => void
  /** Ends a running helper. */
  readonly signal: AbortSignal
}

/** Returns a lookup of the credentials for a registry. Each registry is looked up once. */
export function createCredentials(sources: CredentialSources): (registry: string) => Promise<Credentials | undefined> {
  const known = new Map<string, Promise<Credentials | undefined>>()
  return registry => {
    const credentials = known.get(registry) ?? findMaskedCredentials(sources, registry)
    known.set(registry, credentials)
    return credentials
  }
}

async function findMaskedCredentials(sources: CredentialSources, registry: string): Promise<Credentials | undefined> {
  const credentials = await findCredentials(sources, registry)
  if (credentials?.kind === 'identity-token') sources.conceal(credentials.token)
  if (credentials?.kind === 'password') {
    sources.conceal(credentials.password)
    sources.conceal(encodeBasic(credentials))
  }
  return credentials
}

async function findCredentials(sources: CredentialSources, registry: string): Promise<Credentials | undefined> {
  const {fromInputs, githubToken} = sources
  if (fromInputs?.registry === registry) {
    const {username, password} = fromInputs
    return {kind: 'password', username, password, isJobToken: false}
  }
  const stored = await findStored(sources, registry)
  if (stored !== undefined || registry !== 'ghcr.io' || githubToken === undefined) return stored
  // ghcr.io reads the token from the password and accepts any username.
  return {kind: 'password', username: 'x-access-token', password: githubToken, isJobToken: true}
}

/** In Docker's order: DOCKER_AUTH_CONFIG, then of config.json the helper of this registry, the helper of all, the file itself. */
async function findStored(sources: CredentialSources, registry: string): Promise<Credentials | undefined> {
  const fromEnvironment = sources.environment['DOCKER_AUTH_CONFIG'] ?? ''
  if (fromEnvironment !== '') {
    const config = parseDockerConfig('DOCKER_AUTH_CONFIG', Buffer.from(fromEnvironment), sources.warn)
    const found = findEntry(config, registry)
    if (found !== undefined) return found
  }
  const config = readDockerConfig(sources)
  const helper = helperFor(config, registry)
  const helped = helper === undefined ? undefined : await getFromHelper(helper, registry, sources)
  return helped ?? findEntry(config, registry)
}
