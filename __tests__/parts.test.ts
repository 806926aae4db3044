// The action as a process with a large layer on a line: it comes in parts, and no part is requested where one connection is as good.

import {describe, expect, it} from '@jest/globals'
import {makeImage} from './support/images.ts'
import {onLayer, runWithLine} from './support/large-layer.ts'

const MIB = 1024 * 1024

function bytesOf(range: string): number {
  const [, start = '', end = ''] = /^bytes=(\d+)-(\d+)$/.exec(range) ?? []
  return Number(end) - Number(start) + 1
}

describe('a large layer on a line', () => {
  it('comes in parts over the connections of the registry', async () => {
    const {run, registry, attempts, ranges, mostConnections} = await runWithLine({})
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
    const {run, registry, attempts, ranges} = await runWithLine({blobs: 'redirect', signedUrlUses: 1})
    expect(run.exitCode).toBe(0)
    registry.assertQuiet()
    expect(registry.requests('cdn')).toHaveLength(ranges.length + 1)
    expect(attempts[0]?.parts?.count).toBeGreaterThan(1)
  })

  it('stays within the connections of the input', async () => {
    const {run, attempts, mostConnections} = await runWithLine({inputs: {concurrency: '3'}})
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
    const {run, ranges} = await runWithLine(situation)
    expect(run.exitCode).toBe(0)
    expect(ranges).toEqual(['all'])
  })

  it('of less than 32 MiB comes as one response each', async () => {
    const {run, ranges} = await runWithLine({
      image: makeImage({layers: [2, 3, 4].map(seed => ({content: {seed, size: 20 * MIB}, compression: 'none'}))})
    })
    expect(run.exitCode).toBe(0)
    expect(ranges).toEqual(['all', 'all', 'all'])
  })
})
