// Runs that people will see, each as a whole: Docker Hub and ghcr.io under their true names on loopback, the action as a process.
// What becomes of them (report, summary, log) is looked at by the tests of each.

import type {Fault} from './fault.ts'
import {ociError, tooManyRequests} from './fault.ts'
import {startFaultRegistry} from './fault-registry.ts'
import {makeImage, makePublished} from './images.ts'
import {startInternet} from './internet.ts'
import {publish, type RepositoryContent} from './registry-content.ts'
import {type ActionRun, runAction, type RunActionOptions} from './run-action.ts'

export const REPOSITORY = 'mlocati/php-extension-installer'
export const ASKED = `${REPOSITORY}:2.7.35`
export const CDN = 'production.cloudflare.docker.com'

export type World = {
  readonly hub?: readonly Fault[]
  readonly ghcr?: readonly Fault[]
  /** What both registries have, unless `atGhcr` says otherwise. */
  readonly content?: readonly RepositoryContent[]
  readonly atGhcr?: readonly RepositoryContent[]
}

/** Runs the action in such a world, and takes the world down again. */
export const runIn = async (
  {
    hub: hubFaults = [],
    ghcr: ghcrFaults = [],
    content = [publish(REPOSITORY, '2.7.35', makePublished())],
    atGhcr
  }: World,
  inputs: Readonly<Record<string, string>> = {},
  options: RunActionOptions = {}
): Promise<ActionRun> => {
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
  const internet = await startInternet({
    'registry-1.docker.io': hub.ports.registry,
    'auth.docker.io': hub.ports.token,
    [CDN]: hub.ports.cdn,
    'ghcr.io': ghcr.ports.registry
  })
  try {
    return await runAction(
      {image: ASKED, platform: 'linux/amd64', backoff: '10ms', ...inputs},
      {...options, env: {...internet.environment, ...options.env}}
    )
  } finally {
    await Promise.all([hub.close(), ghcr.close(), internet.close()])
  }
}

const CORRUPT_CONFIG: Fault = {on: 'config', server: 'cdn', times: 'always', do: {kind: 'corrupt', at: 0}}

/** What a hostile registry, or whoever wrote a workflow from outside, would like to see in a page of ours. */
export const HOSTILE = [
  '<script>document.title="hacked"</script>',
  '<img src=x onerror=alert(1)>',
  '![pixel](https://evil.example/pixel.png)',
  '[click](javascript:alert(1))',
  'https://evil.example/',
  'www.evil.example',
  'mail@evil.example',
  '@octocat',
  '</details></td></table>',
  '`code` ``` ~~~',
  '\\| a | b |',
  '# heading',
  '::error::fake',
  '\u001b[2J\u202e'
].join(' ')

const sixty = Array.from({length: 60}, (_, at) => `acme/service-${String(at + 1)}`)
const sixtyImages = sixty.map((name, seed) =>
  publish(name, '1.4.2', makeImage({layers: [{content: {seed, size: 3000 + seed * 500}}]}))
)
const lost = [sixty[6] ?? '', sixty[22] ?? '', sixty[40] ?? '']

/** By name: what a summary must be right for. */
export const SCENES: Readonly<Record<string, () => Promise<ActionRun>>> = {
  healthy: () => runIn({}),
  incident: () => runIn({hub: [CORRUPT_CONFIG]}),
  lost: () => runIn({hub: [CORRUPT_CONFIG], ghcr: [{on: 'manifest', times: 'always', do: tooManyRequests('3600')}]}),
  sixty: () =>
    runIn(
      {
        content: sixtyImages,
        atGhcr: sixtyImages.filter(({repository}) => !lost.includes(repository)),
        hub: [...lost, sixty[9] ?? ''].map(repository => ({...CORRUPT_CONFIG, repository}))
      },
      {image: sixty.map(name => `${name}:1.4.2`).join('\n')}
    ),
  hostile: () =>
    runIn({
      hub: [{on: 'manifest', times: 'always', do: ociError(404, HOSTILE, HOSTILE, {'cf-ray': '`</code><b>bold</b>'})}],
      ghcr: [{on: 'manifest', times: 'always', do: ociError(403, 'DENIED', HOSTILE)}]
    }),
  'bad-input': () => runIn({}, {image: `${HOSTILE}\nphp:latest`, timeout: '`soon` | <b>'})
}
