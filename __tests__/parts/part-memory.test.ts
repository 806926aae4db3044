// The memory of parts: a bound for the run, a share for each layer, and no layer that waits for another one.

import {describe, expect, it} from '@jest/globals'
import {createPartMemory} from '../../src/parts/part-memory.ts'

/** How many parts may be reserved, of those that are left. */
function reserveAll(tryReserve: () => boolean): number {
  let count = 0
  while (tryReserve()) count++
  return count
}

describe('createPartMemory', () => {
  it('grants one layer all parts, and no more', () => {
    expect(reserveAll(createPartMemory(10, 7).open().tryReserve)).toBe(7)
  })

  it('shares them among the layers, as far as they go', () => {
    const memory = createPartMemory(10, 7)
    const shares = [memory.open(), memory.open(), memory.open()]
    expect(shares.map(({tryReserve}) => reserveAll(tryReserve))).toEqual([3, 3, 1])
    const few = createPartMemory(10, 2)
    expect([few.open(), few.open(), few.open()].map(({tryReserve}) => reserveAll(tryReserve))).toEqual([1, 1, 0])
  })

  it('leaves what a layer gives back to one that came later, until that has its share', () => {
    const memory = createPartMemory(10, 4)
    const first = memory.open()
    expect(reserveAll(first.tryReserve)).toBe(4)
    const second = memory.open()
    expect(second.tryReserve()).toBe(false)
    first.unreserve()
    first.unreserve()
    expect(first.tryReserve()).toBe(false)
    expect(reserveAll(second.tryReserve)).toBe(2)
  })

  it('counts what a closed share held as free', () => {
    const memory = createPartMemory(10, 2)
    const [a, b] = [memory.open(), memory.open()]
    expect([a.tryReserve(), b.tryReserve()]).toEqual([true, true])
    a.close()
    expect(reserveAll(b.tryReserve)).toBe(1)
  })

  it('uses blocks again that were given back', () => {
    const {take, give} = createPartMemory(10, 2).open()
    const block = take()
    expect(block.length).toBe(256 * 1024)
    give(block)
    expect(take()).toBe(block)
    expect(take()).not.toBe(block)
  })

  it('keeps no more free blocks than the reserved parts can have, and none after the last share was closed', () => {
    const memory = createPartMemory(9, 1, 8)
    const share = memory.open()
    const blocks = [share.take(), share.take(), share.take()]
    const lengths = (): readonly number[] => blocks.map(({byteLength}) => byteLength)
    blocks.forEach(share.give)
    expect(lengths()).toEqual([8, 8, 0])
    memory.open().close()
    expect(lengths()).toEqual([8, 8, 0])
    share.close()
    expect(lengths()).toEqual([0, 0, 0])
    const late = new Uint8Array(8)
    share.give(late)
    expect(late.byteLength).toBe(0)
  })
})
