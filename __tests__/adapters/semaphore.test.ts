// A place is held once, given back once, and never lost.

import {describe, expect, it} from '@jest/globals'
import {createSemaphore} from '../../src/adapters/semaphore.ts'

const never = new AbortController().signal
const settled = async (promise: Promise<unknown>): Promise<boolean> => {
  const turn = new Promise(resolve => setImmediate(resolve, 'waiting'))
  return (await Promise.race([promise.catch(() => 'failed'), turn])) !== 'waiting'
}

describe('createSemaphore', () => {
  it('lets so many in, and the others in the order of their coming', async () => {
    const {acquire} = createSemaphore(2)
    const releases = await Promise.all([acquire(never), acquire(never)])
    const [third, fourth] = [acquire(never), acquire(never)]
    expect(await settled(third)).toBe(false)
    releases[0]()
    expect([await settled(third), await settled(fourth)]).toEqual([true, false])
    releases[1]()
    expect(await settled(fourth)).toBe(true)
  })

  it('gives a place back once, however often it is released', async () => {
    const {acquire} = createSemaphore(1)
    const release = await acquire(never)
    release()
    release()
    await acquire(never)
    expect(await settled(acquire(never))).toBe(false)
  })

  it('gives no place to one that was aborted in the queue, and loses none', async () => {
    const {acquire} = createSemaphore(1)
    const release = await acquire(never)
    const controller = new AbortController()
    const [aborted, next] = [acquire(controller.signal), acquire(never)]
    controller.abort(new Error('not wanted'))
    await expect(aborted).rejects.toThrow('not wanted')
    await expect(acquire(controller.signal)).rejects.toThrow('not wanted')
    release()
    expect(await settled(next)).toBe(true)
  })
})
