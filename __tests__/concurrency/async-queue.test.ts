// The queue between producers and one consumer.

import {describe, expect, it} from '@jest/globals'
import {AsyncQueue} from '../../src/concurrency/async-queue.ts'

async function take<T>(queue: AsyncQueue<T>, count: number): Promise<readonly T[]> {
  const taken: T[] = []
  for await (const item of queue) {
    taken.push(item)
    if (taken.length === count) break
  }
  return taken
}

describe('AsyncQueue', () => {
  it('yields what was pushed before, in order', async () => {
    const queue = new AsyncQueue<number>()
    for (const item of [1, 2, 3]) queue.push(item)
    expect(await take(queue, 3)).toEqual([1, 2, 3])
  })

  it('waits for what is pushed later', async () => {
    const queue = new AsyncQueue<number>()
    const taken = take(queue, 2)
    queue.push(1)
    await Promise.resolve()
    queue.push(2)
    expect(await taken).toEqual([1, 2])
  })

  it('keeps what one loop has left for the next one', async () => {
    const queue = new AsyncQueue<number>()
    for (const item of [1, 2, 3]) queue.push(item)
    expect(await take(queue, 1)).toEqual([1])
    expect(await take(queue, 2)).toEqual([2, 3])
  })
})
