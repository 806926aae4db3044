// The local Docker Engine, by its command line, which follows contexts, DOCKER_HOST over ssh and TLS, and credentials as users set
// them up. An archive goes straight to the engine's socket where it has one.

import type {Writable} from 'node:stream'
import {type ProgramEnd, runProgram} from '../process/run-program.ts'
import {omitUndefined} from '../oci/omit-undefined.ts'
import {type ArchiveFile, writeArchive} from './docker-archive.ts'
import {loadOverSocket} from './docker-socket.ts'
import {describeErrno} from '../filesystem/errno.ts'
import {fail, VerifiedImageError} from '../failure/error.ts'
import {type ImageStore} from './store.ts'

export type DockerEngine = {
  /** Resolves to where the engine keeps its images. Rejects with a failure of kind `docker` when there is no engine. */
  readonly detectImageStore: () => Promise<ImageStore>
  /** Loads an archive; resolves when the engine has confirmed it. */
  readonly load: (files: readonly ArchiveFile[]) => Promise<void>
  /** Resolves to the engine's ID of the image with this name; undefined when it has none. */
  readonly imageId: (name: string) => Promise<string | undefined>
}

export type DockerEngineOptions = {
  /** The environment of the program. */
  readonly environment: Readonly<Record<string, string>>
  readonly signal: AbortSignal
}

type ProcessResult = Extract<ProgramEnd, {kind: 'exited'}>

const MAX_OUTPUT = 4000

export function createDockerEngine({environment, signal}: DockerEngineOptions): DockerEngine {
  async function detectImageStore(): Promise<ImageStore> {
    const {code, stdout, stderr} = await runDocker(['info', '--format', '{{.ServerVersion}} {{json .DriverStatus}}'])
    const [version = '', status = ''] = stdout.split(/ (.*)/)
    // Without an engine, `docker info` still describes the client, and may exit with 0.
    if (code !== 0 || version.trim() === '') {
      if (await isPodman()) return 'classic'
      fail({
        kind: 'docker',
        detail: `\`load: true\` needs a Docker Engine, and none can be reached: ${lastLine(stderr)}`
      })
    }
    return status.includes('io.containerd.snapshotter') ? 'containerd' : 'classic'
  }

  // podman-docker installs podman under the name docker. Its info has fields of its own, and none of Docker's. It loads the archive for
  // the classic store, and keeps the config's digest as the ID.
  async function isPodman(): Promise<boolean> {
    const {code, stdout} = await runDocker(['info', '--format', '{{.Host.Arch}}'])
    return code === 0 && stdout.trim() !== ''
  }

  async function load(files: readonly ArchiveFile[]): Promise<void> {
    const socket = await socketPath()
    const error =
      socket === undefined
        ? await loadWithCli(files)
        : await loadOverSocket(socket, files, signal).catch((failure: unknown) => throwDockerFailure(failure, 'load'))
    if (error !== undefined) fail({kind: 'docker', detail: `the Docker Engine rejected the image: ${error}`})
  }

  /** Resolves to the socket of the context or of DOCKER_HOST; undefined where it is not a Unix socket. */
  async function socketPath(): Promise<string | undefined> {
    const {code, stdout} = await runDocker(['context', 'inspect', '--format', '{{.Endpoints.docker.Host}}'])
    return code === 0 ? /^unix:\/\/(\/.+)$/.exec(stdout.trim())?.[1] : undefined
  }

  async function loadWithCli(files: readonly ArchiveFile[]): Promise<string | undefined> {
    const {code, stderr} = await runDocker(['load', '--quiet'], to => writeArchive(files, to))
    return code === 0 ? undefined : lastLine(stderr)
  }

  async function imageId(name: string): Promise<string | undefined> {
    const {code, stdout, stderr} = await runDocker(['image', 'inspect', '--format', '{{.Id}}', name])
    // podman prints the ID without its algorithm.
    if (code === 0) return stdout.trim().replace(/^(?=[0-9a-f]{64}$)/, 'sha256:')
    if (/no such image|image not known/i.test(stderr)) return undefined
    return fail({kind: 'docker', detail: `docker image inspect ${name} failed: ${lastLine(stderr)}`})
  }

  async function runDocker(args: readonly string[], input?: (to: Writable) => Promise<void>): Promise<ProcessResult> {
    const command = args[0] ?? ''
    try {
      const limits = {environment, signal, maxCharacters: MAX_OUTPUT}
      const end = await runProgram('docker', args, {...limits, ...omitUndefined({input})})
      if (end.kind === 'exited') return end
      const detail =
        end.kind === 'missing'
          ? '`load: true` needs the program docker and a Docker Engine; docker is not on the PATH of this machine'
          : `docker ${command} cannot be started`
      return fail({kind: 'docker', detail})
    } catch (error) {
      return throwDockerFailure(error, command)
    }
  }

  function throwDockerFailure(error: unknown, command: string): never {
    signal.throwIfAborted()
    if (error instanceof VerifiedImageError) throw error
    throw new VerifiedImageError({kind: 'docker', detail: `docker ${command}: ${describeErrno(error)}`}, {cause: error})
  }

  return {detectImageStore, load, imageId}
}

/** Returns the last line of a program's output, where it says why it failed. */
function lastLine(output: string): string {
  const line = output.split('\n').findLast(text => text.trim() !== '')
  return line?.trim() ?? 'it printed nothing'
}
