// Promise: with the defaults, a registry that is away for four seconds in the middle is survived, and one that takes little at a time
// serves in the end. The action runs as a process; the registry keeps the time.

import {afterEach, describe, expect, it, jest} from '@jest/globals'
import type {Action} from '../support/fault.ts'
import {type FaultRegistry, startFaultRegistry} from '../support/fault-registry.ts'
import {type Image, makeImage} from '../support/images.ts'
import {type LimitedRegistry, type Limits, startLimitedRegistry} from '../support/limited-registry.ts'
import {publish} from '../support/registry-content.ts'
import {sampleRows} from '../support/sample.ts'
import {act, NAME, type Outcome, TAG} from '../support/world.ts'

jest.setTimeout(90_000)

function imageOf(layers: number): Image {
  return makeImage({layers: Array.from({length: layers}, (_, at) => ({content: {seed: at + 1, size: 200_000}}))})
}

const open: {close: () => Promise<void>}[] = []
afterEach(async () => {
  await Promise.all(open.splice(0).map(registry => registry.close()))
})

async function limited(layers: number, limits: Limits): Promise<LimitedRegistry> {
  const registry = await startLimitedRegistry(NAME, imageOf(layers), limits)
  open.push(registry)
  return registry
}

/** With the defaults: only what has nothing to do with patience is set. */
function run({host}: {readonly host: string}, more: Readonly<Record<string, string>> = {}): Promise<Outcome> {
  return act({host}, {backoff: '', ...more}, {timeoutMs: 80_000})
}

describe('a registry that goes away in the middle of its layers', () => {
  const ABSENCES = ([1, 4] as const).flatMap(layers =>
    (['refused', 'reset', 503] as const).flatMap(how => [2000, 4000].map(forMs => ({layers, how, forMs})))
  )

  it.each(sampleRows(ABSENCES, 3))(
    'and is back after $forMs ms serves $layers layers: $how',
    async ({layers, how, forMs}) => {
      const registry = await limited(layers, {away: {layers, forMs, how}})
      expect(await run(registry)).toMatchObject({exitCode: 0, verified: 'full'})
      // What had come is not requested again. The config may be under way, too, when the connections break.
      const digests = imageOf(layers).layers.map(({digest}) => digest)
      const served = registry.requests.filter(
        ({path, isRefused}) => !isRefused && digests.some(digest => path.endsWith(digest))
      )
      expect(served).toHaveLength(2 * layers)
    }
  )

  it('is not asked by every layer all the time while it is away', async () => {
    const registry = await limited(8, {away: {layers: 8, forMs: 4000, how: 503}})
    expect(await run(registry)).toMatchObject({exitCode: 0})
    expect(registry.requests.filter(({isRefused}) => isRefused).length).toBeLessThanOrEqual(6)
  })

  it('for good is given up in the end', async () => {
    const registry = await limited(4, {away: {layers: 4, forMs: 80_000, how: 'reset'}})
    expect(await run(registry, {backoff: '20ms'})).toMatchObject({exitCode: 1})
  })
})

describe('the waits', () => {
  const BACKOFF_MS = 300
  const gapsOf = ({journal}: FaultRegistry): readonly number[] => {
    const times = journal.filter(({object}) => object === 'config').map(({atMs}) => atMs)
    return times.slice(1).map((at, before) => at - (times[before] ?? 0))
  }
  const failing = async (action: Action): Promise<FaultRegistry> => {
    const registry = await startFaultRegistry({
      content: [publish(NAME, TAG, imageOf(1))],
      faults: [{on: 'config', do: action, times: 3}]
    })
    open.push(registry)
    return registry
  }
  const respond = (status: number, headers: Readonly<Record<string, string>> = {}): Action => ({
    kind: 'respond',
    ...{status, headers, body: '{}'}
  })

  it.each<{name: string; action: Action; isConnectionLost?: true}>([
    {name: '503', action: respond(503)},
    {name: '429', action: respond(429)},
    {name: '503 with Retry-After: 0', action: respond(503, {'retry-after': '0'})},
    {name: '429 with Retry-After: 0', action: respond(429, {'retry-after': '0'})},
    {
      name: '429 with a Retry-After that is over',
      action: respond(429, {'retry-after': 'Wed, 04 Jun 2025 00:00:00 GMT'})
    },
    {name: '429 with a Retry-After that is none', action: respond(429, {'retry-after': 'soon'})},
    {name: 'a reset', action: {kind: 'reset'}, isConnectionLost: true},
    {name: 'a connection that ends', action: {kind: 'close'}, isConnectionLost: true}
  ])('have a floor, and double: $name', async ({action, isConnectionLost}) => {
    const registry = await failing(action)
    expect(await run(registry, {backoff: `${String(BACKOFF_MS)}ms`})).toMatchObject({exitCode: 0})
    expect(gapsOf(registry)).toHaveLength(3)
    // A request on a connection that the server closes before it responds is sent again at once, on a new connection.
    const gaps = gapsOf(registry).slice(isConnectionLost === true ? 1 : 0)
    // A timer of Node may be a millisecond early.
    for (const [at, gap] of gaps.entries()) expect(gap).toBeGreaterThan((BACKOFF_MS / 2) * 2 ** at - 2)
  })

  it('are no shorter than a Retry-After', async () => {
    const registry = await failing(respond(429, {'retry-after': '1'}))
    expect(await run(registry, {backoff: '10ms'})).toMatchObject({exitCode: 0})
    for (const gap of gapsOf(registry)) expect(gap).toBeGreaterThan(998)
  })
})

const REFUSALS: readonly Limits['refusal'][] = [
  {status: 503},
  {status: 429},
  {status: 429, headers: {'retry-after': '0'}},
  {status: 503, headers: {'retry-after': '1'}}
]

describe('a registry that takes one request at a time', () => {
  it.each(sampleRows(REFUSALS, 2).map(refusal => ({refusal})))('serves in the end: $refusal', async ({refusal}) => {
    const registry = await limited(8, {atOnce: 1, blobMs: 150, ...(refusal === undefined ? {} : {refusal})})
    expect(await run(registry)).toMatchObject({exitCode: 0, verified: 'full'})
    // Config and layers began together; after that, one at a time.
    expect(registry.peakAfterRefusal()).toBe(1)
    expect(registry.requests.filter(({isRefused}) => isRefused).length).toBeLessThanOrEqual(8)
  })

  it('serves several images in the end', async () => {
    const registry = await limited(6, {atOnce: 1, blobMs: 100})
    const images = [`${registry.host}/${NAME}:${TAG}`, `${registry.host}/${NAME}@${imageOf(6).manifest.digest}`]
    expect(await run(registry, {image: images.join('\n')})).toMatchObject({exitCode: 0})
  })
})

describe('a registry that takes two requests a second', () => {
  it.each(sampleRows(REFUSALS, 2).map(refusal => ({refusal})))('serves in the end: $refusal', async ({refusal}) => {
    const registry = await limited(6, {
      perSecond: {rate: 2, burst: 1},
      ...(refusal === undefined ? {} : {refusal})
    })
    expect(await run(registry)).toMatchObject({exitCode: 0, verified: 'full'})
  })
})
