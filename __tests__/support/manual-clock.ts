// A clock that only the test advances, so that no test sleeps. Waits end in the order of their times.

import {type Clock} from '../../src/concurrency/clock.ts'

export type ManualClock = Clock & {
  /** The durations of all waits so far, in milliseconds. */
  readonly waits: readonly number[]
  /** The number of waits in progress. */
  readonly waiting: () => number
  /** Advances the time, and resolves when the code that was waiting has run as far as it can. */
  readonly advance: (ms: number) => Promise<void>
  /** Advances the time from wait to wait until the promise settles, and returns that promise. */
  readonly until: <T>(promise: Promise<T>) => Promise<T>
}

/** Runs all code that waits only for other promises. */
export async function flushPromises(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise(resolve => setImmediate(resolve))
}

export function createManualClock(): ManualClock {
  const waits: number[] = []
  const sleepers = new Set<{readonly dueMs: number; readonly wake: () => void}>()
  let nowMs = 0

  const earliest = (): number => Math.min(...[...sleepers].map(({dueMs}) => dueMs))
  const wakeUntil = async (untilMs: number): Promise<void> => {
    for (let dueMs = earliest(); dueMs <= untilMs; dueMs = earliest()) {
      nowMs = dueMs
      for (const sleeper of [...sleepers].filter(found => found.dueMs === dueMs)) {
        sleepers.delete(sleeper)
        sleeper.wake()
      }
      await flushPromises()
    }
    nowMs = untilMs
  }
  return {
    waits,
    waiting: () => sleepers.size,
    nowMs: () => nowMs,
    wait: (ms, signal) =>
      new Promise((resolve, reject) => {
        waits.push(ms)
        if (signal.aborted) {
          reject(signal.reason as Error)
          return
        }
        const abort = (): void => {
          sleepers.delete(sleeper)
          reject(signal.reason as Error)
        }
        const sleeper = {
          dueMs: nowMs + ms,
          wake: () => {
            signal.removeEventListener('abort', abort)
            resolve()
          }
        }
        signal.addEventListener('abort', abort, {once: true})
        sleepers.add(sleeper)
      }),
    advance: async ms => {
      await flushPromises()
      await wakeUntil(nowMs + ms)
    },
    until: async promise => {
      const state = {isSettled: false}
      const settled = (): void => {
        state.isSettled = true
      }
      promise.then(settled, settled)
      for (;;) {
        await flushPromises()
        if (state.isSettled) return promise
        if (sleepers.size > 0) await wakeUntil(earliest())
      }
    }
  }
}
