// The local Docker Engine, by its command line: that follows contexts, DOCKER_HOST over ssh and TLS, and credentials as users set
// them up, which a client of the API would have to do again. What is large goes straight to the engine's socket where it has one.
// Nothing here knows what an image is.

import type {Writable} from 'node:stream'
import {type ProgramEnd, runProgram} from '../process/run-program.ts'
import {type ArchiveFile, writeArchive} from './docker-archive.ts'
import {loadOverSocket} from './docker-socket.ts'
import {describeErrno} from '../filesystem/errno.ts'
import {fail, VerifiedImageError} from '../failure/error.ts'
import {type ImageStore} from './store.ts'

export type DockerEngine = {
  /** Where it keeps its images. Rejects with a failure of kind `docker` when there is no engine. */
  readonly detectImageStore: () => Promise<ImageStore>
  /** Loads an archive, and is done when the engine has said so. */
  readonly load: (files: readonly ArchiveFile[]) => Promise<void>
  /** What the engine calls the image that it has under a name; undefined when it has none. */
  readonly imageId: (name: string) => Promise<string | undefined>
}

export type DockerEngineOptions = {
  /** What the program gets. */
  readonly environment: Readonly<Record<string, string>>
  readonly signal: AbortSignal
}

type ProcessResult = Extract<ProgramEnd, {kind: 'exited'}>

// What a program says is kept up to here.
const MAX_SAID = 4000

export function createDockerEngine({environment, signal}: DockerEngineOptions): DockerEngine {
  const run = async (args: readonly string[], feed?: (to: Writable) => Promise<void>): Promise<ProcessResult> => {
    try {
      const end = await runProgram('docker', args, {
        ...{environment, signal, maxCharacters: MAX_SAID},
        ...(feed === undefined ? {} : {input: feed})
      })
      if (end.kind === 'exited') return end
      return fail({
        kind: 'docker',
        detail:
          end.kind === 'missing'
            ? 'the program docker is not on this machine’s PATH, and load: true needs it and a Docker Engine'
            : `docker ${args[0] ?? ''} cannot be started`
      })
    } catch (error) {
      signal.throwIfAborted()
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
    detectImageStore: async () => {
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
    imageId: async name => {
      const {code, stdout, stderr} = await run(['image', 'inspect', '--format', '{{.Id}}', name])
      if (code === 0) return stdout.trim()
      if (/no such image/i.test(stderr)) return undefined
      return fail({kind: 'docker', detail: `the Docker Engine does not say what ${name} is: ${lastLine(stderr)}`})
    }
  }
}

function failureOf(error: unknown, command: string): VerifiedImageError {
  return error instanceof VerifiedImageError
    ? error
    : new VerifiedImageError({kind: 'docker', detail: `docker ${command}: ${describeErrno(error)}`}, {cause: error})
}

/** What a program says last is why it failed; what it says is not ours, and one line is enough. */
function lastLine(text: string): string {
  return (
    text
      .trim()
      .split('\n')
      .findLast(line => line.trim() !== '')
      ?.trim() ?? 'it says nothing'
  )
}
