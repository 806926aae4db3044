// The turns of documents at one registry: connections and memory at once, each registry for itself.

import {describe, expect, it} from '@jest/globals'
import {type Capacity, createCapacities, withDocument} from '../../src/fetch/capacity.ts'

const MIB = 1024 * 1024
const {signal} = new AbortController()

/** How many of `count` documents are under way when none of them ends. */
async function underWay(capacity: Capacity, count: number, bytes: number): Promise<number> {
  let begun = 0
  const over = new AbortController()
  const work = Array.from({length: count}, () =>
    withDocument(capacity, bytes, over.signal, () => {
      begun++
      return new Promise((_resolve, reject) => {
        over.signal.addEventListener('abort', () => {
          reject(new Error('over'))
        })
      })
    })
  )
  await new Promise(resolve => setImmediate(resolve))
  over.abort(new Error('over'))
  await Promise.allSettled(work)
  return begun
}

describe('withDocument', () => {
  it('has as many small documents under way as there are connections', async () => {
    expect(await underWay(createCapacities(8)('registry'), 100, 1000)).toBe(8)
    expect(await underWay(createCapacities(3)('registry'), 100, 1000)).toBe(3)
  })

  it('has fewer large ones under way: 8 MiB of them', async () => {
    expect(await underWay(createCapacities(64)('registry'), 100, 4 * MIB)).toBe(2)
  })

  it('gives both back when the work fails, or the run ends', async () => {
    const capacity = createCapacities(1)('registry')
    await expect(withDocument(capacity, 1, signal, () => Promise.reject(new Error('failed')))).rejects.toThrow('failed')
    expect(await underWay(capacity, 5, 8 * MIB)).toBe(1)
    expect(await withDocument(capacity, 8 * MIB, signal, () => Promise.resolve('done'))).toBe('done')
  })
})

describe('createCapacities', () => {
  it('gives each registry a capacity of its own, the same each time', () => {
    const capacityOf = createCapacities(8)
    expect(capacityOf('one')).toBe(capacityOf('one'))
    expect(capacityOf('one').requests).not.toBe(capacityOf('two').requests)
  })
})
