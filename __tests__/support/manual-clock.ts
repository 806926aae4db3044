// A clock that only a test moves: nothing here sleeps. Waits end when their time has been reached, in order.
// Knows nothing of what is waited for.
import {type Clock} from '../../src/concurrency/clock.ts'

export type ManualClock = Clock & {
  /** Every wait that was ever asked for, in milliseconds. */
  readonly waits: readonly number[]
  /** How many wait now. */
  readonly waiting: () => number
  /** Lets time pass; resolves when whoever was woken by it has gone as far as it can. */
  readonly advance: (ms: number) => Promise<void>
  /** Lets time pass from wait to wait until the promise is settled, and then is that promise. */
  readonly until: <T>(promise: Promise<T>) => Promise<T>
}

/** Lets everything go on that waits for nothing but its turn. */
export async function settle(): Promise<void> {
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
      await settle()
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
      await settle()
      await wakeUntil(nowMs + ms)
    },
    until: async promise => {
      const state = {isSettled: false}
      const settled = (): void => {
        state.isSettled = true
      }
      promise.then(settled, settled)
      for (;;) {
        await settle()
        if (state.isSettled) return promise
        if (sleepers.size > 0) await wakeUntil(earliest())
      }
    }
  }
}
