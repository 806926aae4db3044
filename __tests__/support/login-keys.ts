// Runs the action and other clients against a registry that records credentials, with a Docker config or an auth.json of the test.

import {execFile} from 'node:child_process'
import {chmod, mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {delimiter, dirname, join} from 'node:path'
import {promisify} from 'node:util'
import {makeImage} from './images.ts'
import {startInternet} from './internet.ts'
import {type LoginRegistry, startLoginRegistry} from './login-registry.ts'
import {type ActionRun, runAction} from './run-action.ts'

export const REPOSITORY = 'acme/tools/app'
const IMAGE = makeImage({layers: [{content: {files: {'etc/who': 'somebody\n'}}}]})

/** The `auth` value of a login, as `docker login` writes it. */
export function authOf(login: string): {readonly auth: string} {
  return {auth: Buffer.from(login).toString('base64')}
}

export type Files = Readonly<Record<string, string>>

export type KeysWorld = {
  /** Files by path below HOME. `HOST` in a text is the registry. */
  readonly files: Files
  /** `HOME` in a value is the home folder, and `HOST` the registry. */
  readonly env?: Readonly<Record<string, string>>
  /** The name of the registry. The default is its loopback address. */
  readonly name?: string
  /** The default is `NAME/acme/tools/app:1`. */
  readonly image?: string
  readonly inputs?: Readonly<Record<string, string>>
  /** Executables in HOME/bin, by name. */
  readonly programs?: Files
  /** Uses Basic authentication instead of tokens. */
  readonly challenge?: 'basic'
}

export type KeysRun = {
  readonly run: ActionRun
  /** The logins: `user:password`, `refresh TOKEN`, `Bearer TOKEN`. Empty without credentials. */
  readonly logins: readonly string[]
  readonly registry: LoginRegistry
}

/** The login that each client sends: `user:password`, `refresh TOKEN`, `Bearer TOKEN`, or `nobody`. */
export type Judged = {
  readonly name: string
  readonly world: KeysWorld
  /** The action. */
  readonly right: string
  /** The docker CLI with Docker Engine 26 and its classic store. */
  readonly docker: string
  readonly skopeo: string
}

/** A Docker config at its default path. A text is written unchanged. */
export function dockerConfig(config: unknown): KeysWorld {
  return {files: {'.docker/config.json': typeof config === 'string' ? config : JSON.stringify(config)}}
}

/** A credential helper `x` with credentials for this server only. */
export function helperFor(server: string, username: string, secret: string): Files {
  const answer = JSON.stringify({ServerURL: server, Username: username, Secret: secret})
  const notFound = "echo 'credentials not found in native keychain'; exit 1"
  return {
    'docker-credential-x': `#!/bin/sh\nread -r server\nif [ "$1 $server" = "get ${server}" ]; then echo '${answer}'; else ${notFound}; fi\n`
  }
}

/** Returns the login of each client. The registry accepts all credentials, so that the action must get the image. */
export async function judge(world: KeysWorld): Promise<Omit<Judged, 'name' | 'world'>> {
  const named = (logins: readonly string[]): string => (logins.length === 0 ? 'anyone' : logins.join(', '))
  const {logins} = await runWithKeys(world)
  return {right: named(logins), docker: named(await dockerLogins(world)), skopeo: named(await skopeoLogins(world))}
}

type Place = {readonly home: string; readonly host: string; readonly env: Readonly<Record<string, string>>}

export async function runWithKeys(world: KeysWorld): Promise<KeysRun> {
  return within(world, async ({home, host, env}, registry) => {
    const run = await runAction(
      {
        image: world.image ?? `${host}/${REPOSITORY}:1`,
        ...{mirrors: '', 'public-mirrors': '', platform: 'linux/amd64', attempts: '1', ...world.inputs}
      },
      {env: {HOME: home, PATH: pathOf(home), ...env}}
    )
    return {run, logins: registry.logins(), registry}
  })
}

/** The login that skopeo sends. */
export async function skopeoLogins(world: KeysWorld): Promise<readonly string[]> {
  return within(world, async ({home, host, env}, registry) => {
    const args = ['inspect', '--raw', '--tls-verify=false', `docker://${host}/${REPOSITORY}:1`]
    await ignoreFailure('skopeo', args, {PATH: pathOf(home), HOME: home, ...env})
    return registry.logins()
  })
}

/** The login that the Docker Engine sends. The tag does not exist, so that the engine stores nothing. */
export async function dockerLogins(world: KeysWorld): Promise<readonly string[]> {
  return within(world, async ({home, host, env}, registry) => {
    const docker = {DOCKER_HOST: process.env['DOCKER_HOST'] ?? '', DOCKER_CONFIG: join(home, '.docker')}
    const args = ['pull', '--quiet', `${host}/${REPOSITORY}:absent`]
    await ignoreFailure('docker', args, {PATH: pathOf(home), HOME: home, ...docker, ...env})
    return registry.logins()
  })
}

async function within<T>(world: KeysWorld, use: (place: Place, registry: LoginRegistry) => Promise<T>): Promise<T> {
  const home = await mkdtemp(join(tmpdir(), 'verified-image-home-'))
  const registry = await startLoginRegistry({
    ...{repository: REPOSITORY, tag: '1', image: IMAGE},
    challenge: host =>
      world.challenge === 'basic'
        ? 'Basic realm="registry"'
        : `Bearer realm="${world.name === undefined ? `http://${host}` : `https://${world.name}`}/token",service="registry"`,
    isAllowed: login => login !== undefined,
    answerToken: () => ({status: 200, body: '{"token":"issued-Token-0123456789"}'})
  })
  const internet = world.name === undefined ? undefined : await startInternet({[world.name]: registry.port})
  try {
    const host = world.name ?? registry.host
    for (const [path, text] of Object.entries(world.files)) await write(join(home, path), text.replaceAll('HOST', host))
    for (const [name, text] of Object.entries(world.programs ?? {})) {
      await write(join(home, 'bin', name), text.replaceAll('HOST', host))
      await chmod(join(home, 'bin', name), 0o755)
    }
    const env = Object.fromEntries(
      Object.entries(world.env ?? {}).map(([name, value]) => [
        name,
        value.replaceAll('HOME', home).replaceAll('HOST', host)
      ])
    )
    return await use({home, host, env: {...internet?.environment, ...env}}, registry)
  } finally {
    await Promise.all([registry.close(), internet?.close(), rm(home, {recursive: true, force: true})])
  }
}

function pathOf(home: string): string {
  return `${join(home, 'bin')}${delimiter}${process.env['PATH'] ?? ''}`
}

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), {recursive: true})
  await writeFile(path, text)
}

// Failures are ignored: only the credentials that the program sent matter.
async function ignoreFailure(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>
): Promise<void> {
  await promisify(execFile)(program, [...args], {env, timeout: 30_000}).catch(() => undefined)
}
