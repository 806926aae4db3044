// The action as a process with a large layer on a line: it comes in parts, whatever happens to a part, and no part is requested where
// one connection is as good. What the registry does wrong costs one request, or the time of a part.

import {afterAll, beforeAll, describe, expect, it} from '@jest/globals'
import {type Action, type Fault, ociError, tooManyRequests} from './support/fault.ts'
import {type FaultRegistry, type FaultRegistryOptions, startFaultRegistry} from './support/fault-registry.ts'
import {type Image, makeImage} from './support/images.ts'
import {type LineOptions, startLine} from './support/line.ts'
import {publish} from './support/registry-content.ts'
import {type ActionRun, runAction} from './support/run-action.ts'

const MIB = 1024 * 1024
const LINE: LineOptions = {roundTripMs: 20, bytesPerSecond: 20e6}

type Attempt = {
  readonly object: string
  readonly outcome: string
  readonly failure?: {readonly kind: string}
  readonly parts?: {
    readonly count: number
    readonly connections: number
    readonly stragglers: number
    readonly resumed: number
    readonly ended?: string
  }
  readonly differs?: {readonly start: number; readonly end: number; readonly host: string; readonly requestIds: object}
  readonly exchanges: readonly {readonly status?: number; readonly count?: number}[]
}
type Report = {readonly images: readonly [{readonly registries: readonly [{readonly attempts: readonly Attempt[]}]}]}

let large: Image
let several: Image

beforeAll(() => {
  large = makeImage({layers: [{content: {seed: 1, size: 48 * MIB}, compression: 'none'}]})
  several = makeImage({
    layers: [2, 3, 4].map(seed => ({content: {seed, size: 20 * MIB}, compression: 'none' as const}))
  })
})

const endings: (() => Promise<unknown>)[] = []
afterAll(async () => {
  await Promise.all(endings.map(end => end()))
})

type Seen = {
  readonly run: ActionRun
  readonly registry: FaultRegistry
  /** Of the layers. */
  readonly attempts: readonly Attempt[]
  /** The ranges that were requested of layers, in order. */
  readonly ranges: readonly string[]
  readonly mostConnections: number
}

type Situation = FaultRegistryOptions & {
  readonly image?: Image
  readonly inputs?: Readonly<Record<string, string>>
  /** Undefined for loopback alone. */
  readonly line?: LineOptions | undefined
}

/** Runs the action. The line is in front of the registry, or of the CDN that it redirects to. */
async function see({image = large, inputs = {}, line = LINE, ...options}: Situation): Promise<Seen> {
  const isRedirecting = options.blobs === 'redirect'
  const wire = await startLine(() => (isRedirecting ? `127.0.0.1:${String(registry.ports.cdn)}` : registry.host), line)
  const registry = await startFaultRegistry({
    content: [publish('acme/app', '1', image)],
    ...(isRedirecting ? {cdnOrigin: `http://${wire.host}`} : {}),
    ...options
  })
  const end = async (): Promise<void> => {
    await wire.close()
    await registry.close()
  }
  endings.push(end)
  const host = isRedirecting ? registry.host : wire.host
  const run = await runAction({
    image: `${host}/acme/app:1`,
    ...{platform: 'linux/amd64', 'public-mirrors': '', backoff: '5ms', 'hedge-after': '0', 'stall-timeout': '5s'},
    ...inputs
  })
  const [{registries}] = (run.report as Report).images
  const layers = registry.journal.filter(({object, server}) => object.startsWith('layer') && server !== 'cdn')
  const attempts = registries[0].attempts.filter(({object}) => object.startsWith('layer'))
  return {
    run,
    registry,
    attempts,
    ranges: layers.map(({headers}) => headers.range ?? 'all'),
    mostConnections: wire.mostConnections()
  }
}

function onLayer(action: Action, after: number, times: Fault['times'] = 1): Fault {
  return {on: 'layer[0]', do: action, after, times}
}

function bytesOf(range: string): number {
  const [, start = '', end = ''] = /^bytes=(\d+)-(\d+)$/.exec(range) ?? []
  return Number(end) - Number(start) + 1
}

describe('a large layer on a line', () => {
  it('comes in parts over the connections of the registry, each byte once', async () => {
    const {run, registry, attempts, ranges, mostConnections} = await see({})
    expect(run.exitCode).toBe(0)
    registry.assertQuiet()
    expect(attempts).toHaveLength(1)
    expect(ranges[0]).toBe('all')
    expect(ranges.slice(1).every(range => bytesOf(range) <= 4 * MIB)).toBe(true)
    const [{parts, exchanges} = {parts: undefined, exchanges: []}] = attempts
    expect(parts).toMatchObject({count: ranges.length - 1, stragglers: 0, resumed: 0})
    expect(parts?.connections).toBeGreaterThan(2)
    expect(mostConnections).toBeLessThanOrEqual(8)
    // All requests of parts are one entry.
    expect(exchanges.map(({status, count}) => [status, count])).toEqual([
      [200, undefined],
      [206, ranges.length - 1]
    ])
  })

  it('requests each part at the registry, so that no signed URL is used twice', async () => {
    const {run, registry, attempts, ranges} = await see({blobs: 'redirect', signedUrlUses: 1})
    expect(run.exitCode).toBe(0)
    registry.assertQuiet()
    expect(registry.requests('cdn')).toHaveLength(ranges.length + 1)
    expect(attempts[0]?.parts?.count).toBeGreaterThan(2)
  })

  it('stays within the connections of the input', async () => {
    const {run, attempts, mostConnections} = await see({inputs: {concurrency: '3'}})
    expect(run.exitCode).toBe(0)
    expect(attempts[0]?.parts?.connections).toBeLessThanOrEqual(3)
    expect(mostConnections).toBeLessThanOrEqual(3)
  })

  it.each([
    {why: 'there is one connection', situation: {inputs: {concurrency: '1'}}},
    {
      why: 'the server does not accept ranges',
      situation: {faults: [onLayer({kind: 'headers', drop: ['accept-ranges']}, 0)]}
    },
    {
      why: 'the server does not announce the length',
      situation: {faults: [onLayer({kind: 'unsized', framing: 'chunked'} as const, 0)]}
    }
  ])('comes as one response when $why', async ({situation}) => {
    const {run, ranges} = await see(situation)
    expect(run.exitCode).toBe(0)
    expect(ranges).toEqual(['all'])
  })

  it('of less than 32 MiB comes as one response each', async () => {
    const {run, ranges} = await see({image: several})
    expect(run.exitCode).toBe(0)
    expect(ranges).toEqual(['all', 'all', 'all'])
  })
})

describe('a registry that does not serve a part', () => {
  const wrong: readonly Action[] = [
    {kind: 'range', answer: 'ignore'},
    {kind: 'range', answer: 'refuse'},
    {kind: 'range', answer: 'elsewhere'},
    {kind: 'range', answer: 'half'},
    {kind: 'range', answer: 'unsaid'},
    {kind: 'range', answer: 'wrong-total'},
    {kind: 'range', answer: 'multipart'},
    ociError(400, 'UNSUPPORTED'),
    ociError(403, 'DENIED'),
    ociError(404, 'BLOB_UNKNOWN'),
    ociError(503, 'UNAVAILABLE'),
    tooManyRequests('3600')
  ]
  it.each(wrong)('is asked once: %j', async action => {
    const {run, registry, attempts, ranges} = await see({
      // A fault of ranges counts requests with a range, any other one all requests.
      faults: [onLayer(action, action.kind === 'range' ? 0 : 1, 'always')]
    })
    expect(run.exitCode).toBe(0)
    registry.assertQuiet()
    expect(ranges).toHaveLength(2)
    expect(attempts).toMatchObject([{outcome: 'verified', parts: {count: 0, ended: expect.any(String) as unknown}}])
  })

  it.each<{readonly action: Action; readonly requests: 'a whole' | 'the rest'}>([
    {action: {kind: 'range', answer: 'ignore'}, requests: 'the rest'},
    {action: {kind: 'range', answer: 'refuse'}, requests: 'a whole'},
    {action: {kind: 'range', answer: 'elsewhere'}, requests: 'a whole'},
    {action: {kind: 'range', answer: 'half'}, requests: 'a whole'},
    {action: {kind: 'range', answer: 'unsaid'}, requests: 'a whole'},
    {action: {kind: 'range', answer: 'wrong-total'}, requests: 'the rest'},
    {action: {kind: 'range', answer: 'multipart'}, requests: 'a whole'},
    {action: ociError(400, 'UNSUPPORTED'), requests: 'a whole'},
    {action: ociError(401, 'UNAUTHORIZED'), requests: 'a whole'},
    {action: ociError(403, 'DENIED'), requests: 'a whole'},
    {action: ociError(404, 'BLOB_UNKNOWN'), requests: 'a whole'},
    {action: ociError(500, 'UNKNOWN'), requests: 'a whole'},
    {action: {kind: 'truncate', afterBytes: MIB}, requests: 'a whole'},
    {action: {kind: 'reset', afterBytes: MIB}, requests: 'a whole'},
    {action: {kind: 'reset'}, requests: 'a whole'}
  ])('after it has served some is asked for $requests within the same attempt: $action', async ({action, requests}) => {
    const {run, registry, attempts, ranges} = await see({
      // Not even one attempt more is needed.
      inputs: {attempts: '1'},
      faults: [{...onLayer(action, 3, 'always'), ranged: true}]
    })
    expect(run.exitCode).toBe(0)
    registry.assertQuiet()
    expect(ranges.at(-1)).toMatch(requests === 'a whole' ? /^all$/ : /^bytes=\d+-$/)
    expect(ranges.filter(range => range === 'all').length).toBe(requests === 'a whole' ? 2 : 1)
    expect(attempts).toMatchObject([{outcome: 'verified', parts: {ended: expect.any(String) as unknown}}])
  })

  it.each([
    {action: ociError(503, 'UNAVAILABLE'), kind: 'server-error'},
    {action: tooManyRequests(), kind: 'throttled'}
  ])('and says $kind is asked for the rest after a wait', async ({action, kind}) => {
    const {run, registry, attempts, ranges} = await see({faults: [onLayer(action, 4)]})
    expect(run.exitCode).toBe(0)
    registry.assertQuiet()
    expect(ranges.at(-1)).toMatch(/^bytes=\d+-$/)
    expect(attempts).toMatchObject([{outcome: 'failed', failure: {kind}}, {outcome: 'verified'}])
  })
})

describe('a part', () => {
  it.each<{readonly name: string; readonly action: Action; readonly field: 'stragglers' | 'resumed'}>([
    {name: 'stalls', action: {kind: 'stall', afterBytes: MIB}, field: 'stragglers'},
    {name: 'is not answered', action: {kind: 'hang'}, field: 'stragglers'},
    {name: 'trickles', action: {kind: 'trickle', bytesPerSecond: 50_000}, field: 'stragglers'},
    {name: 'is cut', action: {kind: 'truncate', afterBytes: MIB}, field: 'resumed'},
    {name: 'is reset', action: {kind: 'reset', afterBytes: MIB}, field: 'resumed'}
  ])('that $name is continued on another connection', async ({action, field}) => {
    const {run, registry, attempts} = await see({faults: [onLayer(action, 3)]})
    expect(run.exitCode).toBe(0)
    registry.assertQuiet()
    expect(attempts).toHaveLength(1)
    expect(attempts[0]?.parts?.[field]).toBeGreaterThanOrEqual(1)
  })

  it('with other bytes than its range is named, with its host and request, once the layer came right', async () => {
    const {run, registry, attempts, ranges} = await see({
      headers: {'x-request-id': 'r-4f'},
      faults: [onLayer({kind: 'range', answer: 'lie'}, 4)]
    })
    expect(run.exitCode).toBe(0)
    registry.assertQuiet()
    const lie = registry.journal.find(({fault}) => fault === 'range')
    expect(attempts).toMatchObject([{failure: {kind: 'corrupt'}}, {outcome: 'verified'}])
    const {differs} = attempts[1] ?? {}
    expect(`bytes=${String(differs?.start)}-${String((differs?.end ?? 0) - 1)}`).toBe(lie?.headers.range)
    expect(differs).toMatchObject({host: expect.any(String) as unknown, requestIds: {'x-request-id': 'r-4f'}})
    expect(ranges.at(-1)).toBe('all')
    expect(run.log.join('\n')).toContain('were changed on their way the first time (x-request-id: r-4f)')
  })

  it('that is always wrong does not hide that the layer is right as a whole', async () => {
    const {run, ranges} = await see({faults: [onLayer({kind: 'range', answer: 'lie'}, 1, 'always')]})
    expect(run.exitCode).toBe(0)
    expect(ranges.filter(range => range === 'all')).toHaveLength(2)
  })
})
