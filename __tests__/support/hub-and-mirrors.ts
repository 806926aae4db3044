// Docker Hub and its public mirrors under their real names on loopback, each with its own token server.
// The journal of each has all requests with their credentials.

import {mkdtemp, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import type {Fault} from './fault.ts'
import {type FaultRegistry, startFaultRegistry} from './fault-registry.ts'
import {startInternet} from './internet.ts'
import type {RepositoryContent} from './registry-content.ts'
import {type ActionRun, runAction, type RunActionOptions} from './run-action.ts'

export const LOGIN = {username: 'bob', password: 'correct-horse-battery-staple'}

export type HubWorld = {
  /** The content of each. */
  readonly hub?: readonly RepositoryContent[]
  readonly ghcr?: readonly RepositoryContent[]
  readonly gcr?: readonly RepositoryContent[]
  readonly ecr?: readonly RepositoryContent[]
  /** Faults at Docker Hub, and at ghcr.io. */
  readonly hubFaults?: readonly Fault[]
  readonly ghcrFaults?: readonly Fault[]
  /** True when Docker's config has a login for Docker Hub. */
  readonly isLoggedIn?: true
}

export type HubRun = ActionRun & {
  /** The requests to each, in order: `GET index`, `GET manifest 1.2.3`, `HEAD index`. */
  readonly asked: Readonly<Record<'hub' | 'ghcr' | 'gcr' | 'ecr', readonly string[]>>
  /** `host:port` of all other requests. */
  readonly refused: readonly string[]
  readonly servers: Readonly<Record<'hub' | 'ghcr' | 'gcr' | 'ecr', FaultRegistry>>
}

/** Starts the registries, runs the action, and closes them. */
export async function runInHubWorld(
  world: HubWorld,
  inputs: Readonly<Record<string, string>>,
  options: RunActionOptions = {}
): Promise<HubRun> {
  const hub = await startFaultRegistry({
    content: world.hub ?? [],
    faults: world.hubFaults ?? [],
    auth: {
      ...{kind: 'bearer', service: 'registry.docker.io', realmHost: 'separate'},
      ...{realm: 'https://auth.docker.io/token', credentials: [LOGIN]}
    }
  })
  const ghcr = await startFaultRegistry({
    content: world.ghcr ?? [],
    faults: world.ghcrFaults ?? [],
    auth: {kind: 'bearer', like: 'ghcr', service: 'ghcr.io', realm: 'https://ghcr.io/token'}
  })
  const gcr = await startFaultRegistry({
    content: world.gcr ?? [],
    auth: {kind: 'bearer', like: 'public', service: 'mirror.gcr.io', realm: 'https://mirror.gcr.io/v2/token'}
  })
  const ecr = await startFaultRegistry({
    content: world.ecr ?? [],
    auth: {
      ...{kind: 'bearer', like: 'public', service: 'public.ecr.aws', scope: 'aws'},
      realm: 'https://public.ecr.aws/token/'
    }
  })
  const internet = await startInternet({
    'registry-1.docker.io': hub.ports.registry,
    'auth.docker.io': hub.ports.token,
    'ghcr.io': ghcr.ports.registry,
    'mirror.gcr.io': gcr.ports.registry,
    'public.ecr.aws': ecr.ports.registry
  })
  const docker = await mkdtemp(join(tmpdir(), 'verified-image-docker-'))
  if (world.isLoggedIn === true) {
    const auth = Buffer.from(`${LOGIN.username}:${LOGIN.password}`).toString('base64')
    await writeFile(join(docker, 'config.json'), JSON.stringify({auths: {'https://index.docker.io/v1/': {auth}}}))
  }
  const servers = {hub, ghcr, gcr, ecr}
  try {
    const run = await runAction(
      {platform: 'linux/amd64', backoff: '5ms', 'status-pages': 'false', ...inputs},
      {...options, env: {...internet.environment, DOCKER_CONFIG: docker, ...options.env}}
    )
    const asked = {hub: hub.requests(), ghcr: ghcr.requests(), gcr: gcr.requests(), ecr: ecr.requests()}
    return {...run, asked, refused: internet.refused, servers}
  } finally {
    await Promise.all([hub, ghcr, gcr, ecr, internet].map(server => server.close()))
    await rm(docker, {recursive: true})
  }
}

export function messagesOf({annotations}: ActionRun): string {
  return annotations.map(({message}) => message).join('\n')
}
