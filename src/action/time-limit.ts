// The input `timeout`: ends everything when the time has passed, also work that takes no notice of a signal.
// Cancellation of the job is the other reason for which everything ends.

import type {Runtime} from '../runner/runtime.ts'
import {VerifiedImageError} from '../failure/error.ts'

/** The reason of a run whose job is canceled. */
export class Cancelled extends Error {}

type StopDeps = {readonly runtime: Runtime; readonly stop: AbortController}

/** Aborts `stop` when the time has passed, or when the job is canceled. */
export function startTimeLimit({runtime, stop}: StopDeps, timeoutMs: number, done: AbortSignal): void {
  const error = new VerifiedImageError({
    kind: 'timed-out',
    phase: 'everything',
    limit: {input: 'timeout', afterMs: timeoutMs}
  })
  runtime.clock.wait(timeoutMs, done).then(
    () => {
      stop.abort(error)
    },
    () => undefined
  )
  runtime.onSignal(signal => {
    stop.abort(new Cancelled(`canceled by ${signal}`))
  })
}

// Work gets this long to end by itself after `stop`.
const GRACE_MS = 2000

/** Rejects when work does not end although it should: a file system that hangs takes no notice of a signal. */
export function overdue({runtime, stop}: StopDeps, done: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const giveUp = (): void => {
      reject(stop.signal.reason as Error)
    }
    stop.signal.addEventListener('abort', () => {
      runtime.clock.wait(GRACE_MS, done).then(giveUp, () => undefined)
    })
  })
}
