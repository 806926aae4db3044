// The input `timeout`: ends everything when the time is up, also what takes no notice of a signal.
// A part of action.ts with a room of its own.
import type {RunContext} from './publish.ts'
import {VerifiedImageError} from '../failure/error.ts'

export function keepTime({machine, stop}: RunContext, timeoutMs: number, done: AbortSignal): void {
  const error = new VerifiedImageError({
    kind: 'timed-out',
    phase: 'everything',
    limit: {input: 'timeout', afterMs: timeoutMs}
  })
  machine.clock.wait(timeoutMs, done).then(
    () => {
      stop.abort(error)
    },
    () => undefined
  )
}

// What is under way gets so long to end by itself when everything is to end.
const GRACE_MS = 2000

/** Rejects when something does not end although it should: the file system hangs, and takes no notice of a signal. */
export function overdue({machine, stop}: RunContext, done: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const giveUp = (): void => {
      reject(stop.signal.reason as Error)
    }
    stop.signal.addEventListener('abort', () => {
      machine.clock.wait(GRACE_MS, done).then(giveUp, () => undefined)
    })
  })
}
