// Credentials for a repository as a user of Docker or podman has them: the action's inputs, config files, credential helpers, and the
// job's token. They are read when a registry asks for them. Nothing here sends anything.

import {join} from 'node:path'
import type {JsonObject} from '../oci/go-json.ts'
import {DOCKER_HUB, formatRepository, type Repository} from '../oci/reference.ts'
import {DOCKER_HUB_KEY} from './config-key.ts'
import {type Credentials, loginCredentials, secretsOf} from './credentials.ts'
import {type ConfigFile, findEntry, helperFor, parseDockerConfig, readDockerConfig} from './docker-config.ts'
import {getFromHelper} from './docker-credential.ts'

export type CredentialSources = {
  /** From the inputs, for one registry. */
  readonly fromInputs: {readonly registry: string; readonly username: string; readonly password: string} | undefined
  /** The job's token, for ghcr.io only, and only if github.com issued it. */
  readonly githubToken: string | undefined
  /** Of this process: the variables of Docker and podman that name a config, and the runner's that names its server. */
  readonly environment: Readonly<Record<string, string | undefined>>
  /** The environment of credential helpers. */
  readonly programEnvironment: Readonly<Record<string, string>>
  readonly home: string
  readonly setSecret: (secret: string) => void
  readonly warn: (text: string) => void
  /** Prints a line of the log. */
  readonly note: (text: string) => void
  /** Ends a running helper. */
  readonly signal: AbortSignal
}

export type FindCredentials = (repository: Repository) => Promise<Credentials | undefined>

/** Returns a lookup of the credentials for a repository. Each config, helper and repository is read once. */
export function createCredentials(sources: CredentialSources): FindCredentials {
  const finder = new CredentialFinder(sources)
  const known = new Map<string, Promise<Credentials | undefined>>()
  return repository => {
    const name = formatRepository(repository)
    const credentials = known.get(name) ?? finder.find(repository)
    known.set(name, credentials)
    return credentials
  }
}

class CredentialFinder {
  readonly #sources: CredentialSources
  readonly #configs = new Map<string, JsonObject>()
  readonly #helpers = new Map<string, Promise<Credentials | undefined>>()
  #hasNotedToken = false

  constructor(sources: CredentialSources) {
    this.#sources = sources
  }

  async find(repository: Repository): Promise<Credentials | undefined> {
    const {fromInputs, setSecret} = this.#sources
    const credentials =
      fromInputs?.registry === repository.registry
        ? loginCredentials(fromInputs)
        : ((await this.#findStored(repository)) ?? this.#jobToken(repository.registry))
    for (const secret of credentials === undefined ? [] : secretsOf(credentials)) setSecret(secret)
    return credentials
  }

  #jobToken(registry: string): Credentials | undefined {
    const {githubToken, environment, note} = this.#sources
    if (registry !== 'ghcr.io' || githubToken === undefined) return undefined
    const server = environment['GITHUB_SERVER_URL'] ?? ''
    // Every runner sets the variable, and no step can change it. Without it, there is no other server. The token of another server opens nothing at ghcr.io, and would show a secret of that server to github.com. A default and a token
    // that the workflow sets look the same here, so neither is sent.
    if (server !== '' && !isGitHubDotCom(server)) {
      if (!this.#hasNotedToken) note(describeUnsentToken(server))
      this.#hasNotedToken = true
      return undefined
    }
    // ghcr.io reads the token from the password and accepts any username.
    return {...loginCredentials({username: 'x-access-token', password: githubToken}), isJobToken: true}
  }

  /** The first config that has credentials: Docker's variable, Docker's file, then podman's files. */
  async #findStored(repository: Repository): Promise<Credentials | undefined> {
    const fromEnvironment = this.#sources.environment['DOCKER_AUTH_CONFIG'] ?? ''
    if (fromEnvironment !== '') {
      const found = findEntry(this.#parse('DOCKER_AUTH_CONFIG', fromEnvironment), repository)
      if (found !== undefined) return found
    }
    for (const file of configFiles(this.#sources)) {
      const config = this.#read(file)
      const found = (await this.#fromHelper(config, repository.registry)) ?? findEntry(config, repository)
      if (found !== undefined) return found
    }
    return undefined
  }

  async #fromHelper(config: JsonObject, registry: string): Promise<Credentials | undefined> {
    const helper = helperFor(config, registry)
    if (helper === undefined) return undefined
    // Docker's clients store Docker Hub's credentials under the first name, podman's under the second.
    const servers = registry === DOCKER_HUB ? [DOCKER_HUB_KEY, DOCKER_HUB] : [registry]
    const key = `${helper} ${registry}`
    const answer = this.#helpers.get(key) ?? getFromHelper(helper, servers, this.#sources)
    this.#helpers.set(key, answer)
    return answer
  }

  #read(file: ConfigFile): JsonObject {
    const config = this.#configs.get(file.path) ?? readDockerConfig(file, this.#sources.warn)
    this.#configs.set(file.path, config)
    return config
  }

  #parse(name: string, text: string): JsonObject {
    const config = this.#configs.get(name) ?? parseDockerConfig(name, Buffer.from(text), this.#sources.warn)
    this.#configs.set(name, config)
    return config
  }
}

/** Whether the runner's server is github.com. Exact: a name, a user, or a port in the URL must not look like it. */
function isGitHubDotCom(server: string): boolean {
  return URL.parse(server)?.origin === 'https://github.com'
}

function describeUnsentToken(server: string): string {
  return `github-token is not sent to ghcr.io: GITHUB_SERVER_URL is ${server}, not https://github.com. For a private image there, log in with docker/login-action, or set registry, username, and password.`
}

/** Docker's config.json, then podman's auth.json in the order of containers-auth.json(5). */
function configFiles({environment, home}: CredentialSources): readonly ConfigFile[] {
  const folder = environment['DOCKER_CONFIG'] ?? ''
  const named = environment['REGISTRY_AUTH_FILE'] ?? ''
  const runtime = environment['XDG_RUNTIME_DIR'] ?? ''
  const config = environment['XDG_CONFIG_HOME'] ?? ''
  const usual = [
    ...(runtime === '' ? [] : [join(runtime, 'containers', 'auth.json')]),
    join(config === '' ? join(home, '.config') : config, 'containers', 'auth.json')
  ]
  return [
    {path: join(folder === '' ? join(home, '.docker') : folder, 'config.json'), isRequired: false},
    ...(named === '' ? [] : [{path: named, isRequired: true}]),
    ...usual.map(path => ({path, isRequired: false}))
  ]
}
