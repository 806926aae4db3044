// What one registry did for one image, in one line without the registry's name: readers have that beside it.
// Pure.

import type {CandidateResult} from '../acquire/candidate-result.ts'
import type {ResolvedDigest} from '../acquire/plan.ts'
import {describeObjectFailure, formatObject} from '../failure/describe-failure.ts'
import {type Failure} from '../failure/failure.ts'

/** `resolved` is the digest that the image must have, if it became known. */
export function describeCandidate(result: CandidateResult, resolved: ResolvedDigest | undefined): string {
  const {failure, failedObject} = result
  if (failure === undefined) return describeOutcome(result, resolved)
  const attempts = failedAttempts(result, failure)
  return `${describeObjectFailure(failedObject, failure)}${attempts > 1 ? ` (${String(attempts)} attempts)` : ''}`
}

/** Counts the failed attempts at the object that ended in this failure. */
export function failedAttempts({attempts}: CandidateResult, failure: Failure): number {
  const failed = attempts.findLast(attempt => attempt.failure === failure)?.object
  return attempts.filter(({object, outcome}) => object === failed && outcome === 'failed').length
}

function describeOutcome(result: CandidateResult, resolved: ResolvedDigest | undefined): string {
  const {outcome, candidate, withheld, answered, attempts} = result
  if (withheld === 'private')
    return 'skipped: the image requires a login, and public mirrors are not sent the names of private images'
  if (withheld === 'unknown')
    return 'skipped: credentials are set for the registry, and whether the image is public is unknown; to query this mirror anyway, add it to the mirrors input'
  if (outcome === 'not-asked' && !candidate.mayResolve && resolved === undefined)
    return `skipped: the digest of the tag is unknown, and ${candidate.role === 'mirror' ? 'imported' : 'public'} mirrors are only queried by digest`
  if (answered !== undefined && resolved !== undefined && answered !== resolved.digest)
    return `not used: the tag resolves to ${answered}, and to ${resolved.digest} at ${resolved.registry}`
  if (outcome === 'not-asked') return 'not queried'
  if (outcome === 'verified') return 'verified'
  const current = attempts.findLast(attempt => attempt.outcome === 'aborted')?.object
  return current === undefined ? 'canceled' : `canceled while requesting the ${formatObject(current)}`
}
