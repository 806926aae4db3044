// The memory of parts: a bound for the run, a share for each layer, and no layer that waits for another one.

import {describe, expect, it} from '@jest/globals'
import {createPartBuffers} from '../../src/parts/part-buffers.ts'

function takeAll(tryTake: () => Uint8Array | undefined): readonly Uint8Array[] {
  const taken: Uint8Array[] = []
  for (let buffer = tryTake(); buffer !== undefined; buffer = tryTake()) taken.push(buffer)
  return taken
}

describe('createPartBuffers', () => {
  it('grants one layer all buffers, and no more', () => {
    expect(takeAll(createPartBuffers(10, 7).open().tryTake)).toHaveLength(7)
  })

  it('shares them among the layers, and each has at least one', () => {
    const buffers = createPartBuffers(10, 7)
    const [a, b, c] = [buffers.open(), buffers.open(), buffers.open()]
    expect([a, b, c].map(({tryTake}) => takeAll(tryTake).length)).toEqual([3, 3, 1])
    const few = createPartBuffers(10, 2)
    const shares = [few.open(), few.open(), few.open()]
    expect(shares.map(({tryTake}) => takeAll(tryTake).length)).toEqual([1, 1, 0])
  })

  it('leaves what a layer gives back to one that came later, until that has its share', () => {
    const buffers = createPartBuffers(10, 4)
    const first = buffers.open()
    const taken = takeAll(first.tryTake)
    const second = buffers.open()
    expect([taken.length, second.tryTake()]).toEqual([4, undefined])
    for (const buffer of taken.slice(0, 2)) first.give(buffer)
    expect(first.tryTake()).toBeUndefined()
    expect(takeAll(second.tryTake)).toHaveLength(2)
  })

  it('uses buffers again that were given back, and not those that were dropped', () => {
    const {tryTake, give, drop} = createPartBuffers(10, 7).open()
    const [first] = takeAll(tryTake)
    if (first === undefined) throw new Error('no buffer')
    give(first)
    expect(tryTake()).toBe(first)
    drop()
    expect(tryTake()).not.toBe(first)
  })

  it('frees what is not in use when the last share is closed, and counts what a closed share held as free', () => {
    const buffers = createPartBuffers(10, 2)
    const a = buffers.open()
    const b = buffers.open()
    const given = a.take()
    a.take()
    a.give(given)
    a.close()
    expect(given.byteLength).toBe(10)
    expect(takeAll(b.tryTake)).toHaveLength(2)
    b.close()
    expect(takeAll(buffers.open().tryTake)).toHaveLength(2)
  })

  it('detaches a buffer that is given back beyond the bound', () => {
    const buffers = createPartBuffers(10, 1)
    const share = buffers.open()
    const [first, second] = [share.take(), share.take()]
    share.give(first)
    share.give(second)
    expect([first.byteLength, second.byteLength]).toEqual([0, 10])
  })
})
