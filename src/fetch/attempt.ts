// The evidence of one attempt: one object, requested once from one registry.
// An attempt does not change after it is recorded.

import {type ObjectName, type Failure} from '../failure/failure.ts'
import {type Exchange} from '../registry/registry.ts'

/** One attempt at one object at one registry. Times are milliseconds on the run's clock. */
export type Attempt = {
  readonly object: ObjectName
  /** From 1. */
  readonly number: number
  readonly startedMs: number
  readonly elapsedMs: number
  /** The wait before it. */
  readonly waitedMs: number
  /** Bytes of the object's body that arrived. */
  readonly bytes: number
  readonly outcome: 'verified' | 'failed' | 'aborted'
  readonly failure?: Failure
  /** The object that failed, where it is not the one that was requested: the token. */
  readonly failedObject?: ObjectName
  readonly exchanges: readonly Exchange[]
}
