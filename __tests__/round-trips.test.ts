// What a healthy image costs on a line: its requests, and how many of them wait for one another.

import {afterAll, describe, expect, it} from '@jest/globals'
import {type FaultRegistry, type FaultRegistryOptions, startFaultRegistry} from './support/fault-registry.ts'
import {makeImage, makeIndex} from './support/images.ts'
import {type Line, startLine} from './support/line.ts'
import {publish} from './support/registry-content.ts'
import {runAction} from './support/run-action.ts'

// Long enough that the time of a busy machine does not count as a round trip.
const ROUND_TRIP_MS = 400
const IMAGE = makeIndex({children: [makeImage({layers: [{content: {seed: 1, size: 20_000}}]})]})

const endings: (() => Promise<unknown>)[] = []
afterAll(async () => {
  await Promise.all(endings.map(end => end()))
})

type Seen = {readonly registry: FaultRegistry; readonly line: Line; readonly exitCode: number | null}

async function see(options: FaultRegistryOptions): Promise<Seen> {
  const line = await startLine(() => registry.host, {roundTripMs: ROUND_TRIP_MS, bytesPerSecond: 20e6})
  const registry = await startFaultRegistry({content: [publish('acme/app', '1', IMAGE)], ...options})
  endings.push(async () => {
    await line.close()
    await registry.close()
  })
  const {exitCode} = await runAction({
    image: `${line.host}/acme/app:1`,
    ...{platform: 'linux/amd64', 'public-mirrors': ''}
  })
  return {registry, line, exitCode}
}

/** The round trips from the first request until the last one arrives at the server. */
function tripsOf({journal}: FaultRegistry): number {
  const times = journal.map(({atMs}) => atMs)
  return (Math.max(...times) - Math.min(...times)) / ROUND_TRIP_MS
}

describe('a healthy image on a line', () => {
  it('takes the index, the manifest, and then the config and the layer at the same time', async () => {
    const {registry, line, exitCode} = await see({})
    expect(exitCode).toBe(0)
    expect(registry.journal.map(({object}) => object).toSorted()).toEqual(['child', 'config', 'index', 'layer[0]'])
    // Index, manifest, config and layer. The connection of the layer was opened while the manifest was on its way.
    expect(tripsOf(registry)).toBeGreaterThan(1.9)
    expect(tripsOf(registry)).toBeLessThan(2.9)
    expect(line.connections()).toBe(2)
  })

  it('takes a challenge and a token more with a login, and each of them once', async () => {
    const auth = {kind: 'bearer', realmHost: 'same'} as const
    const {registry, exitCode} = await see({auth})
    expect(exitCode).toBe(0)
    expect(registry.journal.map(({object}) => object).toSorted()).toEqual([
      ...['child', 'config', 'index', 'index', 'layer[0]', 'token']
    ])
  })
})
