// The action as a process, with registries on loopback that behave like Docker Hub and ghcr.io, under their real names.

import {afterEach, describe, expect, it} from '@jest/globals'
import type {Fault} from './support/fault.ts'
import {type FaultRegistry, startFaultRegistry} from './support/fault-registry.ts'
import {makePublished} from './support/images.ts'
import {type Internet, startInternet} from './support/internet.ts'
import {publish} from './support/registry-content.ts'
import {runAction} from './support/run-action.ts'

const REPOSITORY = 'mlocati/php-extension-installer'
const ASKED = `${REPOSITORY}:2.7.35`
const CDN = 'production.cloudflare.docker.com'
const PUBLISHED = makePublished()

type World = {readonly hub: FaultRegistry; readonly ghcr: FaultRegistry; readonly internet: Internet}
let world: World | undefined

async function startWorld(faults: readonly Fault[]): Promise<World> {
  const content = [publish(REPOSITORY, '2.7.35', PUBLISHED)]
  const hub = await startFaultRegistry({
    content,
    faults,
    auth: {kind: 'bearer', service: 'registry.docker.io', realmHost: 'separate', realm: 'https://auth.docker.io/token'},
    blobs: 'redirect',
    cdnOrigin: `https://${CDN}`
  })
  const ghcr = await startFaultRegistry({
    content,
    auth: {kind: 'bearer', like: 'ghcr', service: 'ghcr.io', realm: 'https://ghcr.io/token'}
  })
  const internet = await startInternet({
    'registry-1.docker.io': hub.ports.registry,
    'auth.docker.io': hub.ports.token,
    [CDN]: hub.ports.cdn,
    'ghcr.io': ghcr.ports.registry
  })
  world = {hub, ghcr, internet}
  return world
}

afterEach(async () => {
  await Promise.all([world?.hub.close(), world?.ghcr.close(), world?.internet.close()])
})

function run({internet}: World): ReturnType<typeof runAction> {
  return runAction({image: ASKED, platform: 'linux/amd64', backoff: '10ms'}, {env: {...internet.environment}})
}

describe('the action with Docker Hub and ghcr.io under their real names', () => {
  it('sends a healthy primary the fewest requests, and no credentials to its CDN', async () => {
    const {hub, ghcr, internet} = await startWorld([])
    const {outputs, annotations, exitCode} = await run({hub, ghcr, internet})
    expect({exitCode, annotations}).toEqual({exitCode: 0, annotations: []})
    expect(outputs).toMatchObject({
      reference: `docker.io/${REPOSITORY}@${PUBLISHED.index.digest}`,
      'build-contexts': `${ASKED}=docker-image://docker.io/${REPOSITORY}@${PUBLISHED.index.digest}`,
      verified: 'full'
    })
    const blobs = ['GET config', 'GET layer[0]', 'GET layer[1]']
    expect(hub.requests().toSorted()).toEqual(
      [
        'GET manifest 2.7.35',
        'GET token',
        'GET manifest 2.7.35',
        'GET child',
        ...blobs,
        ...blobs.map(blob => `${blob} at cdn`)
      ].toSorted()
    )
    expect(ghcr.requests()).toEqual([])
    expect(hub.journal.filter(({server, headers}) => server === 'cdn' && headers.authorization !== undefined)).toEqual(
      []
    )
    expect(internet.refused).toEqual([])
    hub.assertQuiet()
  })

  it('uses ghcr.io by digest when the config at Docker Hub is corrupt, and shows no secret', async () => {
    const {hub, ghcr, internet} = await startWorld([{on: 'redirect', times: 'always', do: {kind: 'corrupt', at: 0}}])
    const {outputs, stdout, report} = await run({hub, ghcr, internet})
    expect(outputs).toMatchObject({
      reference: `ghcr.io/${REPOSITORY}@${PUBLISHED.index.digest}`,
      source: 'mirror',
      registry: 'ghcr.io'
    })
    expect(ghcr.journal.filter(({reference}) => reference === '2.7.35')).toEqual([])
    const shown = stdout.replace(/^::add-mask::.*$/gm, '') + JSON.stringify(report)
    for (const secret of [...hub.secrets(), ...ghcr.secrets()]) expect(shown).not.toContain(secret)
    ghcr.assertQuiet()
  })
})

describe('the action when the connection of a layer ends early', () => {
  it('resumes the layer with a range request to the same registry', async () => {
    const {hub, ghcr, internet} = await startWorld([{on: 'layer[1]', do: {kind: 'truncate', afterBytes: 5000}}])
    const {outputs, report} = await run({hub, ghcr, internet})
    expect(outputs).toMatchObject({registry: 'docker.io', verified: 'full'})
    const ranges = hub.journal
      .filter(({server, object}) => server === 'cdn' && object === 'layer[1]')
      .map(({headers}) => headers.range)
    expect(ranges).toEqual([undefined, 'bytes=5000-'])
    expect(JSON.stringify(report)).toContain('"kind":"truncated","gotBytes":5000')
    hub.assertQuiet()
  })
})
