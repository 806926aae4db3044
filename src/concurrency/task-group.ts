// A task group: tasks side by side that end together, like Go's errgroup.
// The first failure cancels the others, unless the caller says that they may go on.

import {createSemaphore} from './semaphore.ts'

export type TaskGroup = {
  /** Aborts with the caller's signal, and when a failure cancels the group. */
  readonly signal: AbortSignal
  /** Starts a task as soon as fewer than `limit` run. The promise settles like the task's. */
  readonly run: <T>(task: () => Promise<T>) => Promise<T>
  /** Resolves when all tasks have ended; rejects then with the error of the first one that failed. */
  readonly wait: () => Promise<void>
}

export type TaskGroupOptions = {
  readonly signal: AbortSignal
  /** Tasks at a time. */
  readonly limit: number
  /** Whether the other tasks go on after this error. */
  readonly continuesAfter: (error: unknown) => boolean
}

export function createTaskGroup({signal: outer, limit, continuesAfter}: TaskGroupOptions): TaskGroup {
  const controller = new AbortController()
  const signal = AbortSignal.any([outer, controller.signal])
  const permits = createSemaphore(limit)
  const tasks: Promise<unknown>[] = []
  let first: {readonly error: unknown} | undefined

  async function runTask<T>(task: () => Promise<T>): Promise<T> {
    try {
      const release = await permits.acquire(1, signal)
      try {
        signal.throwIfAborted()
        return await task()
      } finally {
        release()
      }
    } catch (error) {
      first ??= {error}
      if (!continuesAfter(error)) controller.abort(new DOMException('another task of the group failed', 'AbortError'))
      throw error
    }
  }

  return {
    signal,
    run: task => {
      const running = runTask(task)
      tasks.push(running)
      // wait() reports the error, whether or not the caller still awaits this promise.
      running.catch(() => undefined)
      return running
    },
    wait: async () => {
      await Promise.allSettled(tasks)
      if (first !== undefined) throw first.error
    }
  }
}
