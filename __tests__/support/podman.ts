// podman under the name of docker, as the package podman-docker installs it, with a storage of its own.

import {execFile, spawn} from 'node:child_process'
import {once} from 'node:events'
import {existsSync} from 'node:fs'
import {chmod, mkdtemp, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {delimiter, join} from 'node:path'
import {setTimeout} from 'node:timers/promises'
import {promisify} from 'node:util'

/** An engine's API on a socket, with podman behind it; what comes back ends it. */
export async function startPodmanService(): Promise<{readonly socket: string; readonly close: () => Promise<void>}> {
  const folder = await mkdtemp(join(tmpdir(), 'verified-image-podman-'))
  const socket = join(folder, 'podman.sock')
  const storage = ['--root', join(folder, 'root'), '--runroot', join(folder, 'run'), '--storage-driver', 'vfs']
  const child = spawn('podman', [...storage, 'system', 'service', '--time', '60', `unix://${socket}`], {
    stdio: 'ignore'
  })
  const gone = once(child, 'close')
  for (let tries = 0; tries < 500 && !existsSync(socket); tries++) await setTimeout(20)
  return {
    socket,
    close: async () => {
      child.kill('SIGKILL')
      await gone
      await rm(folder, {recursive: true, force: true})
    }
  }
}

export type Podman = {
  readonly env: Readonly<Record<string, string>>
  readonly podman: (...args: readonly string[]) => Promise<string>
  readonly close: () => Promise<void>
}

/** `isNoisy`: it says on every call that it is no Docker, as podman-docker does until it is told not to. */
export async function startPodman(isNoisy: boolean): Promise<Podman> {
  const folder = await mkdtemp(join(tmpdir(), 'verified-image-podman-'))
  const storage = ['--root', join(folder, 'root'), '--runroot', join(folder, 'run'), '--storage-driver', 'vfs']
  const noise = 'echo "Emulate Docker CLI using podman. Create /etc/containers/nodocker to quiet msg." >&2\n'
  const script = `#!/bin/sh\n${isNoisy ? noise : ''}exec podman ${storage.join(' ')} "$@"\n`
  await writeFile(join(folder, 'docker'), script)
  await chmod(join(folder, 'docker'), 0o755)
  const podman = async (...args: readonly string[]): Promise<string> => {
    const {stdout} = await promisify(execFile)('podman', [...storage, ...args], {timeout: 60_000})
    return stdout.trim()
  }
  return {
    env: {PATH: `${folder}${delimiter}${process.env['PATH'] ?? ''}`},
    podman,
    close: async () => {
      await podman('rmi', '--all', '--force').catch(() => '')
      await rm(folder, {recursive: true, force: true})
    }
  }
}
