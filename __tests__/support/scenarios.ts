// Complete runs of the action as a process, with Docker Hub and ghcr.io under their real names on loopback.
// The tests of the report, the summary, and the log examine their results.

import {once} from 'node:events'
import {mkdtemp, rm, writeFile} from 'node:fs/promises'
import {createServer} from 'node:http'
import type {AddressInfo} from 'node:net'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import type {Fault} from './fault.ts'
import {ociError, tooManyRequests} from './fault.ts'
import {startFaultRegistry} from './fault-registry.ts'
import {HOSTILE} from './hostile-text.ts'
import {type Index, makeImage, makePublished} from './images.ts'
import {startInternet} from './internet.ts'
import {publish, type RepositoryContent} from './registry-content.ts'
import {type ActionRun, runAction, type RunActionOptions} from './run-action.ts'

export const REPOSITORY = 'mlocati/php-extension-installer'
export const IMAGE_NAME = `${REPOSITORY}:2.7.35`
export const CDN = 'production.cloudflare.docker.com'

export type Scenario = {
  readonly hub?: readonly Fault[]
  readonly ghcr?: readonly Fault[]
  /** The content of both registries, unless `atGhcr` is set. */
  readonly content?: readonly RepositoryContent[]
  readonly atGhcr?: readonly RepositoryContent[]
  /** The JSON of Docker's status page. Without it, the page is unreachable. */
  readonly statusPage?: unknown
  /** The lock file in the workspace. */
  readonly lock?: {readonly file: string; readonly images: Readonly<Record<string, unknown>>}
}

const ONE_PUBLIC_MIRROR = {'public-mirrors': 'docker.io=ghcr.io'}

type Ending = () => Promise<unknown>

async function startStatusPage(says: unknown): Promise<{readonly port: number; readonly close: Ending}> {
  const server = createServer((_request, response) => {
    response.writeHead(200, {'content-type': 'application/json'}).end(JSON.stringify(says))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    }
  }
}

async function makeWorkspace(lock: Scenario['lock']): Promise<{readonly cwd?: string; readonly close: Ending}> {
  if (lock === undefined) return {close: () => Promise.resolve()}
  const cwd = await mkdtemp(join(tmpdir(), 'verified-image-scene-'))
  await writeFile(join(cwd, lock.file), JSON.stringify({version: 1, images: lock.images}))
  return {cwd, close: () => rm(cwd, {recursive: true, force: true})}
}

/** Starts the registries, runs the action, and closes them. */
export async function runScenario(
  {
    hub: hubFaults = [],
    ghcr: ghcrFaults = [],
    content = [publish(REPOSITORY, '2.7.35', makePublished())],
    atGhcr,
    statusPage,
    lock
  }: Scenario,
  inputs: Readonly<Record<string, string>> = {},
  options: RunActionOptions = {}
): Promise<ActionRun> {
  const hub = await startFaultRegistry({
    content,
    faults: hubFaults,
    auth: {kind: 'bearer', service: 'registry.docker.io', realmHost: 'separate', realm: 'https://auth.docker.io/token'},
    blobs: 'redirect',
    cdnOrigin: `https://${CDN}`
  })
  const ghcr = await startFaultRegistry({
    content: atGhcr ?? content,
    faults: ghcrFaults,
    auth: {kind: 'bearer', like: 'ghcr', service: 'ghcr.io', realm: 'https://ghcr.io/token'}
  })
  const page = statusPage === undefined ? undefined : await startStatusPage(statusPage)
  const {cwd, close: leaveWorkspace} = await makeWorkspace(lock)
  const internet = await startInternet({
    ...(page === undefined ? {} : {'www.dockerstatus.com': page.port}),
    'registry-1.docker.io': hub.ports.registry,
    'auth.docker.io': hub.ports.token,
    [CDN]: hub.ports.cdn,
    'ghcr.io': ghcr.ports.registry
  })
  try {
    return await runAction(
      {image: IMAGE_NAME, platform: 'linux/amd64', backoff: '10ms', ...ONE_PUBLIC_MIRROR, ...inputs},
      {...(cwd === undefined ? {} : {cwd}), ...options, env: {...internet.environment, ...options.env}}
    )
  } finally {
    await Promise.all([hub.close(), ghcr.close(), internet.close(), page?.close(), leaveWorkspace()])
  }
}

/** The entry of an image in a lock file, for linux/amd64. */
function lockedAs({index, children}: Index): unknown {
  return {
    digest: index.digest,
    mediaType: index.mediaType,
    size: index.size,
    platforms: {
      'linux/amd64': {digest: children[0]?.manifest.digest, imageId: children[0]?.config.digest}
    }
  }
}

/** The content with a corrupt config of the first platform. */
function withCorruptConfig(content: RepositoryContent, {children}: Index): RepositoryContent {
  return {
    ...content,
    blobs: content.blobs.map(blob =>
      blob.digest === children[0]?.config.digest ? {...blob, bytes: Buffer.alloc(blob.size, '?')} : blob
    )
  }
}

const CORRUPT_CONFIG: Fault = {on: 'config', server: 'cdn', times: 'always', do: {kind: 'corrupt', at: 0}}

const sixty = Array.from({length: 60}, (_, at) => `acme/service-${String(at + 1)}`)
const sixtyImages = sixty.map((name, seed) =>
  publish(name, '1.4.2', makeImage({layers: [{content: {seed, size: 3000 + seed * 500}}]}))
)
const missing = [sixty[6] ?? '', sixty[22] ?? '', sixty[40] ?? '']

const LOCKED = makePublished({seed: 3})
const MOVED = makePublished({seed: 4, editConfig: config => ({...config, created: '2026-01-02T03:04:05Z'})})
const BROKEN = makePublished({seed: 5})
const OLDER = makePublished({seed: 6})
const LOCK = {file: 'image-lock.json', images: {[`docker.io/${IMAGE_NAME}`]: lockedAs(LOCKED)}}

/** The older tag is healthy at both registries. The newer one has a corrupt config. */
function withFallback(status: string, at: string): Scenario {
  return {
    content: [withCorruptConfig(publish('acme/app', '1.2.3', BROKEN), BROKEN), publish('acme/app', '1.2.2', OLDER)],
    statusPage: {
      result: {
        status_overall: {status, updated: at},
        status: [{name: 'Docker Hub Registry', status, status_code: 500, updated: at}],
        incidents: []
      }
    }
  }
}

/** By name. */
export const SCENARIOS: Readonly<Record<string, () => Promise<ActionRun>>> = {
  healthy: () => runScenario({}),
  incident: () => runScenario({hub: [CORRUPT_CONFIG]}),
  lost: () =>
    runScenario({hub: [CORRUPT_CONFIG], ghcr: [{on: 'manifest', times: 'always', do: tooManyRequests('3600')}]}),
  sixty: () =>
    runScenario(
      {
        content: sixtyImages,
        atGhcr: sixtyImages.filter(({repository}) => !missing.includes(repository)),
        hub: [...missing, sixty[9] ?? ''].map(repository => ({...CORRUPT_CONFIG, repository}))
      },
      {image: sixty.map(name => `${name}:1.4.2`).join('\n')}
    ),
  hostile: () =>
    runScenario({
      hub: [{on: 'manifest', times: 'always', do: ociError(404, HOSTILE, HOSTILE, {'cf-ray': '`</code><b>bold</b>'})}],
      ghcr: [{on: 'manifest', times: 'always', do: ociError(403, 'DENIED', HOSTILE)}]
    }),
  'bad-input': () => runScenario({}, {image: `${HOSTILE}\nphp:latest`, timeout: '`soon` | <b>'}),
  moved: () =>
    runScenario({content: [publish(REPOSITORY, [], LOCKED), publish(REPOSITORY, '2.7.35', MOVED)], lock: LOCK}),
  'moved and gone': () =>
    runScenario({
      content: [publish(REPOSITORY, '2.7.35', MOVED)],
      atGhcr: [publish(REPOSITORY, [], LOCKED)],
      lock: LOCK
    }),
  'stand-in': () =>
    runScenario(withFallback('Service Disruption', '2025-06-04T14:09:00.000Z'), {
      image: 'acme/app:1.2.3',
      'fallback-tags': '1.2.1\n1.2.2'
    }),
  pins: () => {
    const scenario = withFallback(HOSTILE.replaceAll('<', '&lt;'), HOSTILE)
    const file = 'lock | <b>x<b> `a` ![b](c) @octocat.json'
    return runScenario(
      {
        ...scenario,
        content: [...(scenario.content ?? []), publish(REPOSITORY, '2.7.35', MOVED)],
        lock: {...LOCK, file}
      },
      {
        image: `${IMAGE_NAME}\nacme/app:1.2.3`,
        'fallback-tags': 'acme/app=1.2.2',
        lock: 'update',
        'lock-file': file
      }
    )
  }
}
