// Which registry of an image starts next.
// Pure: the state of a race in, a decision out.

import {affectsOneObject} from '../fetch/retry-policy.ts'
import {type Failure, type ObjectName} from '../failure/failure.ts'
import {type Candidate} from '../registry/candidate.ts'

/** `resolution`: the primary is only asked what its tag points to. */
export type Purpose = 'image' | 'resolution'

/** What a race knows of one registry. */
export type CandidateState = {
  readonly candidate: Candidate
  /** `working` keeps the next registry waiting, `slow` does not. */
  readonly activity: 'idle' | 'working' | 'slow'
  /** Whether it was started for the image, or has failed to resolve its tag. */
  readonly isStarted: boolean
  readonly failure: Failure | undefined
  readonly failedObject: ObjectName | undefined
  /** Objects in the store when it failed; undefined if it cannot be retried because of a newer one. */
  readonly storedAtFailure: number | undefined
}

export type RaceState = {
  /** In the order in which they are to be requested. */
  readonly candidates: readonly CandidateState[]
  readonly isResolved: boolean
  /** Whether there is a digest to request by: a decided one, or the locked one that may still be replaced. */
  readonly hasDigest: boolean
  /** Objects in the store; undefined without a store. */
  readonly storeSize: number | undefined
}

/**
 * Picks the registry to start, or undefined to wait:
 *
 * 1. None while a registry is at work that is not slow.
 * 2. The primary, until a digest is decided. If it is not first in the order, only for what its tag points to.
 * 3. The first one in the order that was not started and may be requested: without a digest, only one that may resolve the tag.
 * 4. If none is at work, one that lacked a manifest that another registry has served since. It may still have the blobs.
 */
export function nextCandidate(
  state: RaceState
): {readonly candidate: Candidate; readonly purpose: Purpose; readonly isRetry: boolean} | undefined {
  const {candidates, isResolved, hasDigest} = state
  if (candidates.some(({activity}) => activity === 'working')) return undefined
  const open = candidates.filter(({isStarted, activity}) => !isStarted && activity === 'idle')
  const primary = open.find(({candidate}) => candidate.role === 'primary')?.candidate
  if (!isResolved && primary !== undefined) {
    const isFirst = candidates[0]?.candidate === primary
    return {candidate: primary, purpose: isFirst ? 'image' : 'resolution', isRetry: false}
  }
  const next = open.find(({candidate}) => hasDigest || candidate.mayResolve)?.candidate
  if (next !== undefined) return {candidate: next, purpose: 'image', isRetry: false}
  if (candidates.some(({activity}) => activity === 'slow')) return undefined
  const retry = candidates.find(candidate => lacksServedManifest(candidate, state))?.candidate
  return retry === undefined ? undefined : {candidate: retry, purpose: 'image', isRetry: true}
}

function lacksServedManifest(
  {failure, failedObject, storedAtFailure}: CandidateState,
  {storeSize}: RaceState
): boolean {
  return (
    storeSize !== undefined &&
    storedAtFailure !== undefined &&
    failure !== undefined &&
    affectsOneObject(failure) &&
    (failedObject === 'manifest' || failedObject === 'child') &&
    storeSize > storedAtFailure
  )
}
