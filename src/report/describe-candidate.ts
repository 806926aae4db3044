// What one registry did for one image, and how an attempt at a layer went, in one line without the registry's name: readers have that
// beside it.
// Pure.

import type {CandidateResult} from '../acquire/candidate-result.ts'
import type {ResolvedDigest} from '../acquire/plan.ts'
import {describeObjectFailure, formatObject} from '../failure/describe-failure.ts'
import {type Failure} from '../failure/failure.ts'
import {formatBytes} from '../failure/format.ts'
import type {AttemptReport} from './report-document.ts'

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

/** `in 29 parts over 7 connections, 69 MB/s, 1 too slow and replaced`; undefined for a layer that came as one response. */
export function describeParts({
  parts,
  bytes,
  elapsedMs
}: Pick<AttemptReport, 'parts' | 'bytes' | 'elapsedMs'>): string | undefined {
  if (parts === undefined) return undefined
  const {count, connections, stragglers, resumed, ended} = parts
  return [
    `in ${String(count)} parts over ${String(connections)} connections, ${formatBytes((bytes / Math.max(elapsedMs, 1)) * 1000)}/s`,
    ...(stragglers === 0 ? [] : [`${String(stragglers)} too slow and replaced`]),
    ...(resumed === 0 ? [] : [`${String(resumed)} broken and resumed`]),
    ...(ended === undefined ? [] : [`no more parts: ${ended}`])
  ].join(', ')
}

/** `bytes 37748736-41943039 from HOST were changed on their way the first time (x-request-id: 4f)`; undefined without a difference. */
export function describeDifference({differs, outcome}: Pick<AttemptReport, 'differs' | 'outcome'>): string | undefined {
  if (differs === undefined) return undefined
  const {start, end, host, requestIds} = differs
  const range = `bytes ${String(start)}-${String(end - 1)}`
  const from = host === undefined ? '' : ` from ${host}`
  const ids = Object.entries(requestIds).map(([name, value]) => `${name}: ${value}`)
  const request = ids.length === 0 ? '' : ` (${ids.join(', ')})`
  return outcome === 'verified'
    ? `${range}${from} were changed on their way the first time${request}`
    : `the two downloads first differ in ${range}${from}${request}`
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
