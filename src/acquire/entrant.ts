// What a race knows of one registry, over all of its runs.
// The race alone changes it; results that leave the race are copies.

import {type ActiveCandidate} from './active-candidate.ts'
import type {CandidateOutcome, CandidateResult} from './candidate-result.ts'
import {type Failure, type ObjectName} from '../failure/failure.ts'
import {type CandidateState} from './next-candidate.ts'
import type {Digest} from '../oci/digest.ts'
import {omitUndefined} from '../oci/omit-undefined.ts'
import {affectsOneObject} from '../fetch/retry-policy.ts'
import {type Candidate} from '../registry/candidate.ts'
import {type VerifiedImage} from '../fetch/verified-image.ts'
import type {VerifiedManifest} from '../verify/verified.ts'
import {type Attempt} from '../fetch/retry.ts'

export type Entrant = {
  readonly candidate: Candidate
  readonly attempts: Attempt[]
  active: ActiveCandidate | undefined
  outcome: CandidateOutcome
  failure?: Failure | undefined
  failedObject?: ObjectName | undefined
  withheld?: CandidateResult['withheld']
  /** Whether it was started for the image, or has failed to resolve its tag. */
  isStarted: boolean
  /** Whether no digest was decided when it was started. */
  wasUnresolved: boolean
  /** Digest of the manifest that it worked on. */
  digest: Digest | undefined
  /** Its image, until a digest is decided. */
  image: VerifiedImage | undefined
  resolvedManifest: VerifiedManifest | undefined
  /** Objects in the store when it failed last. */
  storedAtFailure: number | undefined
  wasRetried: boolean
}

export function newEntrant(candidate: Candidate): Entrant {
  return {
    candidate,
    attempts: [],
    active: undefined,
    outcome: 'not-asked',
    isStarted: false,
    wasUnresolved: false,
    digest: undefined,
    image: undefined,
    resolvedManifest: undefined,
    storedAtFailure: undefined,
    wasRetried: false
  }
}

export function stateOf(entrant: Entrant): CandidateState {
  const {candidate, active, isStarted, failure, failedObject, storedAtFailure, wasRetried} = entrant
  const activity = active === undefined ? 'idle' : active.isSlow ? 'slow' : 'working'
  return {
    candidate,
    activity,
    isStarted,
    failure,
    failedObject,
    storedAtFailure: wasRetried ? undefined : storedAtFailure
  }
}

export function resultOf({candidate, attempts, outcome, failure, failedObject, withheld}: Entrant): CandidateResult {
  const answered = candidate.role === 'primary' ? undefined : attempts.find(isTagAnswer)?.tagDigest
  return omitUndefined({candidate, attempts: [...attempts], outcome, failure, failedObject, answered, withheld})
}

function isTagAnswer({tagDigest, outcome}: Attempt): boolean {
  return tagDigest !== undefined && outcome === 'verified'
}

/** Whether it worked on another digest than the decided one, or before any was decided. */
export function workedOnAnother({digest, wasUnresolved}: Entrant, decided: Digest | undefined): boolean {
  return digest === undefined ? wasUnresolved : digest !== decided
}

/** Whether a registry that has ended may still have another image than the one it was started for. */
export function mayHaveAnother({isStarted, withheld, failure}: Entrant): boolean {
  return (
    isStarted && withheld === undefined && (failure === undefined || affectsOneObject(failure) || isOfImage(failure))
  )
}

/** Lets a registry start again for the decided digest. */
export function reopen(entrant: Entrant): void {
  if (entrant.image !== undefined) entrant.outcome = 'aborted'
  entrant.image = undefined
  entrant.isStarted = false
}

export function isOfImage({kind}: Failure): boolean {
  return kind === 'unusable' || kind === 'platform-missing'
}
