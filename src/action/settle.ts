// A step of the run, with its failure as data.
// This is the only place that catches everything. What is neither a VerifiedImageError nor a cancellation is a bug.

import {type Failure} from '../failure/failure.ts'
import {VerifiedImageError} from '../failure/error.ts'
import {Cancelled} from './time-limit.ts'

export type Settled<T> =
  | {readonly ok: true; readonly value: T}
  /** No failure: the job is canceled. */
  | {readonly ok: false; readonly failure: Failure | undefined}

/** Runs a step until it ends, or until `deadline` rejects. */
export async function settle<T>(deadline: Promise<never>, step: () => Promise<T>): Promise<Settled<T>> {
  try {
    return {ok: true, value: await Promise.race([step(), deadline])}
  } catch (error) {
    return {ok: false, failure: failureOf(error)}
  }
}

function failureOf(error: unknown): Failure | undefined {
  if (error instanceof Cancelled) return undefined
  if (error instanceof VerifiedImageError) return error.failure
  return {kind: 'bug', detail: error instanceof Error ? (error.stack ?? error.message) : String(error)}
}
