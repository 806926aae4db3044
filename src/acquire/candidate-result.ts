// What happens during an acquisition, as it happens and as it is kept: attempts, stories, and the events that a log shows.
// Append-only evidence; words for it are made in report.ts.

import type {Failure, ObjectName} from '../failure/failure.ts'
import type {ResolvedDigest} from './plan.ts'
import type {Access} from '../registry/registry.ts'
import type {Digest} from '../oci/digest.ts'
import {type Attempt} from '../fetch/attempt.ts'
import {type Candidate} from '../registry/candidate.ts'
import {type StatusNotice} from '../registry/status-format.ts'

export type CandidateOutcome = 'verified' | 'failed' | 'aborted' | 'not-asked'
/** What one registry did for one image. */
export type CandidateResult = {
  readonly candidate: Candidate
  readonly attempts: Attempt[]
  outcome: CandidateOutcome
  /** The failure that ended it, and at which object. */
  failure?: Failure
  failedObject?: ObjectName
  /** What it answered for the tag while nothing was decided. */
  answered?: Digest
  /** Why the image's name was kept from it. */
  withheld?: Exclude<Access, 'public'>
  /** What its public status page says. */
  readonly statusNotice?: StatusNotice
}

export function newResult(candidate: Candidate): CandidateResult {
  return {candidate, attempts: [], outcome: 'not-asked'}
}

export type Event =
  | {readonly type: 'pinned'; readonly pin: ResolvedDigest; readonly tag: string | undefined}
  | {readonly type: 'asking'; readonly candidate: Candidate}
  /** However it ended. */
  | {readonly type: 'attempted'; readonly candidate: Candidate; readonly attempt: Attempt}
  | {
      readonly type: 'attempt-failed'
      readonly candidate: Candidate
      readonly attempt: Attempt
      readonly againInMs: number | undefined
    }
  | {readonly type: 'candidate-failed'; readonly story: CandidateResult}
  | {readonly type: 'note'; readonly text: string}

export type Log = (event: Event) => void
