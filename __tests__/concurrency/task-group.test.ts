// A group of tasks: how many run at a time, what a failure cancels, and what the caller learns at the end.

import {describe, expect, it} from '@jest/globals'
import {createTaskGroup, type TaskGroup} from '../../src/concurrency/task-group.ts'

/** Lets everything that can go on do so. */
function settle(): Promise<void> {
  return new Promise(resolve => setImmediate(resolve))
}

type Setup = {
  readonly limit?: number
  readonly signal?: AbortSignal
  readonly continuesAfter?: (error: unknown) => boolean
}

function open({limit = 10, signal = new AbortController().signal, continuesAfter = () => false}: Setup): TaskGroup {
  return createTaskGroup({limit, signal, continuesAfter})
}

/** A task that ends when the test says so. */
function task(group: TaskGroup): {readonly hasStarted: () => boolean; readonly end: (error?: Error) => void} {
  const {promise, resolve, reject} = Promise.withResolvers<undefined>()
  let hasStarted = false
  void group
    .run(() => {
      hasStarted = true
      return promise
    })
    .catch(() => undefined)
  return {
    hasStarted: () => hasStarted,
    end: error => {
      if (error === undefined) resolve(undefined)
      else reject(error)
    }
  }
}

describe('createTaskGroup', () => {
  it('runs as many tasks at a time as the limit says, and the next one when one ends', async () => {
    const group = open({limit: 2})
    const tasks = [task(group), task(group), task(group), task(group)]
    await settle()
    expect(tasks.map(({hasStarted}) => hasStarted())).toEqual([true, true, false, false])
    tasks[1]?.end()
    await settle()
    expect(tasks.map(({hasStarted}) => hasStarted())).toEqual([true, true, true, false])
  })

  it('gives the result of a task to its caller', async () => {
    const group = open({})
    await expect(group.run(() => Promise.resolve('done'))).resolves.toBe('done')
    await expect(group.run(() => Promise.reject(new Error('failed')))).rejects.toThrow('failed')
  })

  it('cancels the other tasks after a failure, starts none of those that wait, and ends with its error', async () => {
    const group = open({limit: 2})
    const tasks = [task(group), task(group), task(group)]
    await settle()
    tasks[0]?.end(new Error('the first'))
    await settle()
    expect(group.signal.reason).toMatchObject({name: 'AbortError'})
    expect(tasks[2]?.hasStarted()).toBe(false)
    tasks[1]?.end(new Error('the second'))
    await expect(group.wait()).rejects.toThrow('the first')
  })

  it('continues after a failure that allows it, and still ends with its error', async () => {
    const group = open({limit: 1, continuesAfter: error => error instanceof TypeError})
    const tasks = [task(group), task(group), task(group)]
    await settle()
    tasks[0]?.end(new TypeError('one image fails'))
    await settle()
    expect(group.signal.aborted).toBe(false)
    expect(tasks[1]?.hasStarted()).toBe(true)
    tasks[1]?.end()
    tasks[2]?.end()
    await expect(group.wait()).rejects.toThrow('one image fails')
  })

  it('waits for every task, also after a failure', async () => {
    const group = open({})
    const tasks = [task(group), task(group)]
    let isOver = false
    const waiting = group.wait().finally(() => {
      isOver = true
    })
    tasks[0]?.end(new Error('failed'))
    await settle()
    expect(isOver).toBe(false)
    tasks[1]?.end()
    await expect(waiting).rejects.toThrow('failed')
  })

  it('ends well when all tasks do', async () => {
    const group = open({})
    const tasks = [task(group), task(group)]
    for (const {end} of tasks) end()
    await expect(group.wait()).resolves.toBeUndefined()
  })

  it('aborts with the signal of its caller', async () => {
    const controller = new AbortController()
    const group = open({limit: 1, signal: controller.signal})
    const tasks = [task(group), task(group)]
    await settle()
    controller.abort(new Error('time is up'))
    expect(group.signal.reason).toEqual(new Error('time is up'))
    tasks[0]?.end()
    await settle()
    expect(tasks[1]?.hasStarted()).toBe(false)
    await expect(group.wait()).rejects.toThrow('time is up')
  })

  it('leaves no rejection unhandled when only wait() is awaited', async () => {
    const unhandled: unknown[] = []
    const note = (error: unknown): void => {
      unhandled.push(error)
    }
    process.on('unhandledRejection', note)
    try {
      const group = open({})
      void group.run(() => Promise.reject(new Error('failed')))
      await settle()
      await expect(group.wait()).rejects.toThrow('failed')
      await settle()
    } finally {
      process.off('unhandledRejection', note)
    }
    expect(unhandled).toEqual([])
  })
})
