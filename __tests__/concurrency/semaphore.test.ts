// The semaphore's bound, its order, and what becomes of the queue when a caller in it aborts.

import {describe, expect, it} from '@jest/globals'
import {createSemaphore, type Semaphore} from '../../src/concurrency/semaphore.ts'

const {signal: NEVER} = new AbortController()

/** Lets everything that can go on do so. */
function flushPromises(): Promise<void> {
  return new Promise(resolve => setImmediate(resolve))
}

type Caller = {isIn: boolean; error: unknown; release: () => void; readonly abort: () => void}

function enter(semaphore: Semaphore, weight = 1): Caller {
  const controller = new AbortController()
  const caller: Caller = {
    isIn: false,
    error: undefined,
    release: () => {
      throw new Error('it is not in')
    },
    abort: () => {
      controller.abort(new Error('aborted'))
    }
  }
  semaphore.acquire(weight, controller.signal).then(
    release => {
      caller.isIn = true
      caller.release = release
    },
    (error: unknown) => {
      caller.error = error
    }
  )
  return caller
}

function inside(callers: readonly Caller[]): readonly number[] {
  return callers.flatMap(({isIn}, at) => (isIn ? [at] : []))
}

describe('createSemaphore', () => {
  it.each([1, 2, 8])('lets exactly %i callers in at a time', async permits => {
    const semaphore = createSemaphore(permits)
    const callers = Array.from({length: permits + 2}, () => enter(semaphore))
    await flushPromises()
    expect(inside(callers)).toEqual(Array.from({length: permits}, (_, at) => at))
    callers[0]?.release()
    await flushPromises()
    expect(inside(callers)).toEqual(Array.from({length: permits + 1}, (_, at) => at))
  })

  it('lets callers in first come, first served', async () => {
    const semaphore = createSemaphore(1)
    const order: number[] = []
    const work = Array.from({length: 5}, async (_, at) => {
      const release = await semaphore.acquire(1, NEVER)
      order.push(at)
      await flushPromises()
      release()
    })
    await Promise.all(work)
    expect(order).toEqual([0, 1, 2, 3, 4])
  })

  it('gives a permit back once, however often the caller releases', async () => {
    const semaphore = createSemaphore(1)
    const callers = [enter(semaphore), enter(semaphore), enter(semaphore)]
    await flushPromises()
    callers[0]?.release()
    callers[0]?.release()
    await flushPromises()
    expect(inside(callers)).toEqual([0, 1])
  })

  it('takes a caller that aborts out of the queue, and no other', async () => {
    const semaphore = createSemaphore(1)
    const callers = [enter(semaphore), enter(semaphore), enter(semaphore), enter(semaphore)]
    callers[2]?.abort()
    await flushPromises()
    expect(callers[2]).toMatchObject({isIn: false, error: new Error('aborted')})
    callers[0]?.release()
    await flushPromises()
    callers[1]?.release()
    await flushPromises()
    expect(inside(callers)).toEqual([0, 1, 3])
  })

  it('keeps the permit for the queue when a caller aborts after it got in', async () => {
    const semaphore = createSemaphore(1)
    const callers = [enter(semaphore), enter(semaphore)]
    await flushPromises()
    callers[0]?.abort()
    await flushPromises()
    expect(inside(callers)).toEqual([0])
    callers[0]?.release()
    await flushPromises()
    expect(inside(callers)).toEqual([0, 1])
  })

  it('keeps the queue whole when a caller that waited aborts after it got in', async () => {
    const semaphore = createSemaphore(1)
    const callers = [enter(semaphore), enter(semaphore), enter(semaphore)]
    await flushPromises()
    callers[0]?.release()
    await flushPromises()
    callers[1]?.abort()
    callers[1]?.release()
    await flushPromises()
    expect(inside(callers)).toEqual([0, 1, 2])
  })

  it('refuses a caller whose signal has aborted, and keeps its permit free', async () => {
    const semaphore = createSemaphore(1)
    await expect(semaphore.acquire(1, AbortSignal.abort(new Error('too late')))).rejects.toThrow('too late')
    const caller = enter(semaphore)
    await flushPromises()
    expect(caller.isIn).toBe(true)
  })

  it('counts weights up to the last permit', async () => {
    const semaphore = createSemaphore(10)
    const callers = [enter(semaphore, 4), enter(semaphore, 6), enter(semaphore, 1)]
    await flushPromises()
    expect(inside(callers)).toEqual([0, 1])
    callers[0]?.release()
    await flushPromises()
    expect(inside(callers)).toEqual([0, 1, 2])
  })

  it('lets in as many as fit when a heavy caller leaves', async () => {
    const semaphore = createSemaphore(10)
    const callers = [enter(semaphore, 10), enter(semaphore, 5), enter(semaphore, 5), enter(semaphore, 1)]
    await flushPromises()
    callers[0]?.release()
    await flushPromises()
    expect(inside(callers)).toEqual([0, 1, 2])
  })

  it('lets no light caller overtake a heavy one that waits', async () => {
    const semaphore = createSemaphore(10)
    const callers = [enter(semaphore, 6), enter(semaphore, 6), enter(semaphore, 1)]
    await flushPromises()
    expect(inside(callers)).toEqual([0])
    callers[0]?.release()
    await flushPromises()
    expect(inside(callers)).toEqual([0, 1, 2])
  })

  it('lets in what waited behind a heavy caller that aborts', async () => {
    const semaphore = createSemaphore(10)
    const callers = [enter(semaphore, 6), enter(semaphore, 6), enter(semaphore, 4)]
    await flushPromises()
    callers[1]?.abort()
    await flushPromises()
    expect(inside(callers)).toEqual([0, 2])
  })

  it('admits a caller with a weight above the total alone', async () => {
    const semaphore = createSemaphore(10)
    const callers = [enter(semaphore, 1), enter(semaphore, 128), enter(semaphore, 1)]
    await flushPromises()
    expect(inside(callers)).toEqual([0])
    callers[0]?.release()
    await flushPromises()
    expect(inside(callers)).toEqual([0, 1])
    callers[1]?.release()
    await flushPromises()
    expect(inside(callers)).toEqual([0, 1, 2])
  })
})
