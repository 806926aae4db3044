// The local Docker Engine, by its command line: that follows contexts, DOCKER_HOST over ssh and TLS, and credentials as users set
// them up, which a client of the API would have to do again. What is large goes straight to the engine's socket where it has one.
// Nothing here knows what an image is.

import {spawn} from 'node:child_process'
import {once} from 'node:events'
import type {Writable} from 'node:stream'
import {fail, VerifiedImageError} from '../acquire/failure.ts'
import type {ImageStore} from '../acquire/layout.ts'
import {type ArchiveFile, writeArchive} from './docker-archive.ts'
import {loadOverSocket} from './docker-socket.ts'
import {describeErrno, isErrno} from './local-io.ts'

export type DockerEngine = {
  /** Where it keeps its images. Rejects with a failure of kind `docker` when there is no engine. */
  readonly reach: () => Promise<ImageStore>
  /** Loads an archive, and is done when the engine has said so. */
  readonly load: (files: readonly ArchiveFile[]) => Promise<void>
  /** What the engine calls the image that it has under a name; undefined when it has none. */
  readonly idOf: (name: string) => Promise<string | undefined>
}

export type DockerEngineOptions = {
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly signal: AbortSignal
}

type Ran = {readonly code: number | null; readonly stdout: string; readonly stderr: string}

// What a program says is kept up to here.
const MAX_SAID = 4000

export const createDockerEngine = ({environment, signal}: DockerEngineOptions): DockerEngine => {
  const run = async (args: readonly string[], feed?: (to: Writable) => Promise<void>): Promise<Ran> => {
    signal.throwIfAborted()
    const child = spawn('docker', args, {env: {...environment}, stdio: 'pipe', signal, killSignal: 'SIGTERM'})
    const said = {stdout: '', stderr: ''}
    for (const stream of ['stdout', 'stderr'] as const)
      child[stream].setEncoding('utf8').on('data', (text: string) => {
        said[stream] = (said[stream] + text).slice(-MAX_SAID)
      })
    const ended = once(child, 'close') as Promise<[number | null]>
    // When it ends early, its exit says why: that nobody takes the rest is no news.
    child.stdin.on('error', () => undefined)
    const gone = ended.then(
      () => undefined,
      () => undefined
    )
    try {
      await feed?.(child.stdin)
      child.stdin.end()
      const [code] = await ended
      return {code, ...said}
    } catch (error) {
      child.kill()
      await gone
      signal.throwIfAborted()
      if (isErrno(error, 'ENOENT'))
        return fail({
          kind: 'docker',
          detail: 'the program docker is not on this machine’s PATH, and load: true needs it and a Docker Engine'
        })
      throw failureOf(error, args[0] ?? '')
    }
  }

  // Of a context or DOCKER_HOST; a path on Unix alone.
  const socketOf = async (): Promise<string | undefined> => {
    const {code, stdout} = await run(['context', 'inspect', '--format', '{{.Endpoints.docker.Host}}'])
    return code === 0 ? /^unix:\/\/(\/.+)$/.exec(stdout.trim())?.[1] : undefined
  }
  const loadByProgram = async (files: readonly ArchiveFile[]): Promise<string | undefined> => {
    const {code, stderr} = await run(['load', '--quiet'], to => writeArchive(files, to))
    return code === 0 ? undefined : lastLine(stderr)
  }
  const lost = (error: unknown): never => {
    signal.throwIfAborted()
    throw failureOf(error, 'load')
  }

  return {
    reach: async () => {
      const {code, stdout, stderr} = await run(['info', '--format', '{{.ServerVersion}} {{json .DriverStatus}}'])
      const [version = '', status = ''] = stdout.split(/ (.*)/)
      // Without an engine it still tells of itself, and may call that a success.
      if (code !== 0 || version.trim() === '')
        fail({kind: 'docker', detail: `load: true needs a Docker Engine, and none answers: ${lastLine(stderr)}`})
      return status.includes('io.containerd.snapshotter') ? 'containerd' : 'classic'
    },
    load: async files => {
      const socket = await socketOf()
      const fault =
        socket === undefined ? await loadByProgram(files) : await loadOverSocket(socket, files, signal).catch(lost)
      if (fault !== undefined) fail({kind: 'docker', detail: `the Docker Engine did not take the image: ${fault}`})
    },
    idOf: async name => {
      const {code, stdout, stderr} = await run(['image', 'inspect', '--format', '{{.Id}}', name])
      if (code === 0) return stdout.trim()
      if (/no such image/i.test(stderr)) return undefined
      return fail({kind: 'docker', detail: `the Docker Engine does not say what ${name} is: ${lastLine(stderr)}`})
    }
  }
}

const failureOf = (error: unknown, command: string): VerifiedImageError =>
  error instanceof VerifiedImageError
    ? error
    : new VerifiedImageError({kind: 'docker', detail: `docker ${command}: ${describeErrno(error)}`}, {cause: error})

/** What a program says last is why it failed; what it says is not ours, and one line is enough. */
const lastLine = (text: string): string =>
  text
    .trim()
    .split('\n')
    .findLast(line => line.trim() !== '')
    ?.trim() ?? 'it says nothing'
