// Requests for parts as evidence: one entry for each answer, however many parts got it.

import {describe, expect, it} from '@jest/globals'
import {FoldedExchanges} from '../../src/parts/folded-exchanges.ts'
import type {Exchange} from '../../src/registry/registry.ts'

function exchangeOf(host: string, status: number, elapsedMs: number, id: string): Exchange {
  return {object: 'layer[0]', method: 'GET', host, path: '/blob', status, elapsedMs, requestIds: {'x-request-id': id}}
}

describe('FoldedExchanges', () => {
  it('counts equal answers, keeps the longest time and the last id, and puts the last answer last', () => {
    const folded = new FoldedExchanges()
    for (const [host, status, ms, id] of [
      ['registry', 307, 5, 'a'],
      ['cdn', 206, 80, 'b'],
      ['cdn', 403, 9, 'c'],
      ['registry', 307, 3, 'd'],
      ['cdn', 206, 40, 'e']
    ] as const)
      folded.add(exchangeOf(host, status, ms, id))
    expect(folded.list()).toEqual([
      {...exchangeOf('cdn', 403, 9, 'c'), count: 1},
      {...exchangeOf('registry', 307, 5, 'd'), count: 2},
      {...exchangeOf('cdn', 206, 80, 'e'), count: 2}
    ])
  })

  it('holds a few entries for the parts of 10 GB', () => {
    const folded = new FoldedExchanges()
    for (let part = 0; part < 2500; part++) folded.add(exchangeOf('cdn', 206, 1, String(part)))
    expect(folded.list()).toHaveLength(1)
  })
})
