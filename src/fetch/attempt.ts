// The evidence of one attempt: one object, requested once from one registry.
// Never changed after it is recorded.

import {type ObjectName, type Failure} from '../failure/failure.ts'
import type {Digest} from '../oci/digest.ts'
import {type Exchange} from '../registry/registry.ts'

/** One try of one object at one registry. Times are milliseconds on the run's clock. */
export type Attempt = {
  readonly object: ObjectName
  /** From 1. */
  readonly number: number
  readonly startedMs: number
  readonly elapsedMs: number
  /** How long was waited before it. */
  readonly waitedMs: number
  /** Bytes of the object's body that arrived. */
  readonly bytes: number
  readonly outcome: 'verified' | 'failed' | 'aborted'
  readonly failure?: Failure
  /** What failed, where that is another object than the one that was tried: its token. */
  readonly failedObject?: ObjectName
  readonly exchanges: readonly Exchange[]
  /** Digest of the manifest that came in answer to a tag, also if the attempt then failed. */
  readonly tagDigest?: Digest
}
