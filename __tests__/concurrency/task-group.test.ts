// Tasks side by side: how many at a time, what a failure does to the others, and when the group is done.

import {describe, expect, it} from '@jest/globals'
import {createTaskGroup, type TaskGroup} from '../../src/concurrency/task-group.ts'

function groupOf(continues: boolean, limit = Infinity, {signal} = new AbortController()): TaskGroup {
  return createTaskGroup({signal, limit, continuesAfter: () => continues})
}

function failWith(message: string): Promise<never> {
  return Promise.reject(new Error(message))
}

describe('createTaskGroup', () => {
  it('settles each promise like its task, and waits for all of them', async () => {
    const group = groupOf(false)
    const tasks = [1, 2, 3].map(value => group.run(() => Promise.resolve(value)))
    await group.wait()
    expect(await Promise.all(tasks)).toEqual([1, 2, 3])
  })

  it('runs as many tasks at a time as its limit, in their order', async () => {
    const group = groupOf(false, 2)
    const started: number[] = []
    const gates = [0, 1, 2].map(() => Promise.withResolvers<undefined>())
    for (const [at, gate] of gates.entries()) {
      void group.run(() => {
        started.push(at)
        return gate.promise
      })
    }
    await new Promise(resolve => setImmediate(resolve))
    expect(started).toEqual([0, 1])
    gates[0]?.resolve(undefined)
    await new Promise(resolve => setImmediate(resolve))
    expect(started).toEqual([0, 1, 2])
    for (const gate of gates) gate.resolve(undefined)
    await group.wait()
  })

  it('cancels the other tasks at the first failure, and rejects with it', async () => {
    const group = groupOf(false)
    const canceled = group.run(
      () =>
        new Promise((_resolve, reject) => {
          group.signal.addEventListener('abort', () => {
            reject(group.signal.reason as Error)
          })
        })
    )
    void group.run(() => failWith('first')).catch(() => undefined)
    await expect(group.wait()).rejects.toThrow('first')
    await expect(canceled).rejects.toThrow('another task of the group failed')
  })

  it('goes on after a failure that the caller allows, and still rejects with the first one', async () => {
    const group = groupOf(true, 1)
    void group.run(() => failWith('first')).catch(() => undefined)
    const next = group.run(() => Promise.resolve('done'))
    void group.run(() => failWith('second')).catch(() => undefined)
    await expect(group.wait()).rejects.toThrow('first')
    expect(await next).toBe('done')
    expect(group.signal.aborted).toBe(false)
  })

  it('starts no task when its caller aborts in the same turn', async () => {
    const controller = new AbortController()
    const group = groupOf(false, 1, controller)
    let started = 0
    void group.run(() => Promise.resolve(started++)).catch(() => undefined)
    controller.abort(new Error('canceled'))
    await expect(group.wait()).rejects.toThrow('canceled')
    expect(started).toBe(0)
  })

  it('reports a failure by wait() alone, also when nobody awaits the task', async () => {
    const unhandled: unknown[] = []
    const note = (error: unknown): void => void unhandled.push(error)
    process.on('unhandledRejection', note)
    try {
      const group = groupOf(false)
      void group.run(() => failWith('first'))
      // Node reports unhandled rejections at the end of a turn.
      await new Promise(resolve => setImmediate(resolve))
      await expect(group.wait()).rejects.toThrow('first')
      expect(unhandled).toEqual([])
    } finally {
      process.off('unhandledRejection', note)
    }
  })

  it('starts no task once its caller has aborted', async () => {
    const controller = new AbortController()
    const group = groupOf(false, 1, controller)
    controller.abort(new Error('canceled'))
    let started = 0
    void group.run(() => Promise.resolve(started++)).catch(() => undefined)
    await expect(group.wait()).rejects.toThrow('canceled')
    expect(started).toBe(0)
  })
})
