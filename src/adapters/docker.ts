// The local Docker Engine, by its command line: that follows contexts, DOCKER_HOST over ssh and TLS, and credentials as users set
// them up, which a client of the API would have to do again. Nothing here knows what an image is.

import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {createReadStream} from 'node:fs'
import {stat} from 'node:fs/promises'
import {pipeline} from 'node:stream/promises'
import type {Pack} from 'tar-stream'
import {fail, VerifiedImageError} from '../acquire/failure.ts'
import {describeErrno, isErrno} from './local-io.ts'

/** A file of the archive: bytes, or where they lie. */
export type ArchiveFile = {readonly path: string; readonly content: Uint8Array | string}

export type DockerEngine = {
  /** Rejects with a failure of kind `docker` when there is no engine. */
  readonly reach: () => Promise<void>
  /** Loads an archive, and is done when the engine has said so. */
  readonly load: (files: readonly ArchiveFile[]) => Promise<void>
  /** What the engine calls the image that it has under a name; undefined when it has none. */
  readonly idOf: (name: string) => Promise<string | undefined>
}

export type DockerEngineOptions = {
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly signal: AbortSignal
}

/** False when nobody takes more. */
type Write = (bytes: Uint8Array) => Promise<boolean>

type Ran = {readonly code: number | null; readonly stdout: string; readonly stderr: string}

// What a program says is kept up to here.
const MAX_SAID = 4000

export const createDockerEngine = ({environment, signal}: DockerEngineOptions): DockerEngine => {
  const run = async (args: readonly string[], feed?: (write: Write) => Promise<void>): Promise<Ran> => {
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
      await feed?.(async bytes => {
        if (child.stdin.writable && !child.stdin.write(bytes))
          await Promise.race([once(child.stdin, 'drain').catch(() => undefined), gone])
        return child.stdin.writable
      })
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
      throw error instanceof VerifiedImageError
        ? error
        : new VerifiedImageError(
            {kind: 'docker', detail: `docker ${args[0] ?? ''}: ${describeErrno(error)}`},
            {cause: error}
          )
    }
  }

  return {
    reach: async () => {
      const {code, stderr} = await run(['version', '--format', '{{.Server.Version}}'])
      if (code !== 0)
        fail({kind: 'docker', detail: `load: true needs a Docker Engine, and none answers: ${lastLine(stderr)}`})
    },
    load: async files => {
      const {pack} = await import('tar-stream')
      const {code, stderr} = await run(['load', '--quiet'], write => writeArchive(pack(), files, write))
      if (code !== 0) fail({kind: 'docker', detail: `the Docker Engine did not take the image: ${lastLine(stderr)}`})
    },
    idOf: async name => {
      const {code, stdout, stderr} = await run(['image', 'inspect', '--format', '{{.Id}}', name])
      if (code === 0) return stdout.trim()
      if (/no such image/i.test(stderr)) return undefined
      return fail({kind: 'docker', detail: `the Docker Engine does not say what ${name} is: ${lastLine(stderr)}`})
    }
  }
}

const writeArchive = async (archive: Pack, files: readonly ArchiveFile[], write: Write): Promise<void> => {
  const filled = fill(archive, files)
  // What fails there ends the archive too, and is thrown below.
  filled.catch(() => undefined)
  for await (const bytes of archive as AsyncIterable<Uint8Array>) if (!(await write(bytes))) return
  await filled
}

const READ_BYTES = 1024 * 1024

const fill = async (archive: Pack, files: readonly ArchiveFile[]): Promise<void> => {
  try {
    for (const {path, content} of files) {
      if (typeof content !== 'string') {
        archive.entry({name: path}, Buffer.from(content))
        continue
      }
      const {size} = await stat(content)
      await pipeline(createReadStream(content, {highWaterMark: READ_BYTES}), archive.entry({name: path, size}))
    }
    archive.finalize()
  } catch (error) {
    archive.destroy(error instanceof Error ? error : new Error(String(error)))
    throw error
  }
}

/** What a program says last is why it failed; what it says is not ours, and one line is enough. */
const lastLine = (text: string): string =>
  text
    .trim()
    .split('\n')
    .findLast(line => line.trim() !== '')
    ?.trim() ?? 'it says nothing'
