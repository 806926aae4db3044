// What one registry did for one image, and the events of an acquisition that a log shows.
// Evidence: a CandidateResult is finished when it is returned, and never changed later.

import type {Failure, ObjectName} from '../failure/failure.ts'
import type {ResolvedDigest} from './plan.ts'
import type {Access} from '../registry/registry.ts'
import type {Digest} from '../oci/digest.ts'
import {type Candidate} from '../registry/candidate.ts'
import {type StatusNotice} from '../status-pages/status-format.ts'
import {type Attempt} from '../fetch/retry.ts'

export type CandidateOutcome = 'verified' | 'failed' | 'aborted' | 'not-asked'

/** What one registry did for one image. */
export type CandidateResult = {
  readonly candidate: Candidate
  readonly attempts: readonly Attempt[]
  readonly outcome: CandidateOutcome
  /** The failure that ended it, and the object that failed. */
  readonly failure?: Failure
  readonly failedObject?: ObjectName
  /** Digest that it had under the tag while no digest was decided. */
  readonly answered?: Digest
  /** Why the name of the image was not disclosed to it. */
  readonly withheld?: Exclude<Access, 'public'>
  /** What the status page of the registry says, if the registry failed. */
  readonly statusNotice?: StatusNotice
}

/** The result of a registry that no request was sent to. */
export function newResult(candidate: Candidate): CandidateResult {
  return {candidate, attempts: [], outcome: 'not-asked'}
}

export type Event =
  | {readonly type: 'pinned'; readonly pin: ResolvedDigest; readonly tag: string | undefined}
  | {readonly type: 'asking'; readonly candidate: Candidate}
  /** However the attempt ended. */
  | {readonly type: 'attempted'; readonly candidate: Candidate; readonly attempt: Attempt}
  | {
      readonly type: 'attempt-failed'
      readonly candidate: Candidate
      readonly attempt: Attempt
      readonly againInMs: number | undefined
    }
  | {readonly type: 'candidate-failed'; readonly result: CandidateResult}
  | {readonly type: 'note'; readonly text: string}

export type Log = (event: Event) => void
