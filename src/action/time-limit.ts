// The input `timeout`: ends everything when the time has passed, also work that takes no notice of a signal.
// Cancellation of the job is the other reason for which everything ends.

import type {Runtime} from '../runner/runtime.ts'
import {VerifiedImageError} from '../failure/error.ts'

/** The reason of a run whose job is canceled. */
export class Cancelled extends Error {}

/** The time of a run, which ends at `deadline`. */
export type RunTime = {
  /** ISO 8601, UTC. */
  readonly startedAt: string
  readonly startedMs: number
  readonly elapsedMs: () => number
  /** Rejects when work does not end although it should. Each step awaits it. */
  readonly deadline: Promise<never>
  /** To be called when the work is done: nothing is waited for any more. */
  readonly end: () => void
}

/** Starts the time of a run, which ends with the time limit or when the job is canceled. */
export function startRunTime(deps: StopDeps, timeoutMs: number): RunTime {
  const {clock, wallClock} = deps.runtime
  const startedAt = wallClock().toISOString()
  const startedMs = clock.nowMs()
  const done = new AbortController()
  startTimeLimit(deps, timeoutMs, done.signal)
  const deadline = overdue(deps, done.signal)
  // Between two steps nothing else handles it.
  deadline.catch(() => undefined)
  const elapsedMs = (): number => clock.nowMs() - startedMs
  const end = (): void => {
    done.abort()
  }
  return {startedAt, startedMs, elapsedMs, deadline, end}
}

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
