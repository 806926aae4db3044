// The Docker Engines for tests: the one of the environment, and a second one at SECOND_DOCKER_HOST if that is set.
// The engine itself reports its image store. The same tests run with both stores.

import {execFile, execFileSync} from 'node:child_process'
import {promisify} from 'node:util'

export type Engine = {
  readonly store: 'classic' | 'containerd'
  /** The environment in which `docker` and the action find the engine. */
  readonly env: Readonly<Record<string, string>>
  /** Runs `docker`, and returns its trimmed output. Rejects when it fails. */
  readonly docker: (...args: readonly string[]) => Promise<string>
}

const NAMES = ['PATH', 'DOCKER_HOST', 'DOCKER_CONFIG', 'DOCKER_CONTEXT'] as const

function environment(): Record<string, string> {
  return Object.fromEntries(NAMES.flatMap(name => (process.env[name] === undefined ? [] : [[name, process.env[name]]])))
}

function engineAt(env: Readonly<Record<string, string>>): Engine | undefined {
  try {
    const args = ['info', '--format', '{{.ServerVersion}} {{json .DriverStatus}}']
    const said = execFileSync('docker', args, {env, encoding: 'utf8', stdio: 'pipe', timeout: 10_000})
    return {
      store: said.includes('io.containerd.snapshotter') ? 'containerd' : 'classic',
      env,
      docker: async (...more) => {
        const {stdout} = await promisify(execFile)('docker', more, {env, timeout: 60_000})
        return stdout.trim()
      }
    }
  } catch {
    return undefined
  }
}

/** Empty without an engine; describeWith then skips or fails the tests. */
export function findEngines(): readonly Engine[] {
  const second = process.env['SECOND_DOCKER_HOST'] ?? ''
  return [environment(), ...(second === '' ? [] : [{...environment(), DOCKER_HOST: second}])].flatMap(
    env => engineAt(env) ?? []
  )
}
