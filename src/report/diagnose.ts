// Diagnoses an acquisition: the cause, what failed, advice, and the evidence that a registry's support asks for.
// Pure: requests nothing.

import {omitUndefined} from '../oci/omit-undefined.ts'
import {type Acquisition} from '../acquire/acquisition.ts'
import type {CandidateResult} from '../acquire/candidate-result.ts'
import {describeObjectFailure} from '../failure/describe-failure.ts'
import {type Failure} from '../failure/failure.ts'
import {adviceFor} from './advice.ts'
import {causeOf, corruptions, type Cause} from './cause.ts'

/** What a registry's support asks for first. */
export type Evidence = {
  readonly registry: string
  readonly object: string
  /** The host that answered last, after redirects. */
  readonly host?: string
  readonly path?: string
  readonly status?: number
  readonly requestIds: Readonly<Record<string, string>>
  readonly wantedDigest?: string
  readonly gotDigests: readonly string[]
  readonly wantedBytes?: number
  readonly gotBytes?: number
  readonly firstBytes?: string
  /** What the registry says is left of its pull limit, and for which address. */
  readonly rateLimit?: Readonly<Record<string, string>>
}

export type Diagnosis = {
  readonly cause: Cause
  /** What failed, where. */
  readonly what: string
  readonly advice: string
  readonly evidence: Evidence
}

/** Undefined if no registry failed that mattered, or if the failure is on this machine. */
export function diagnose(all: Acquisition): Diagnosis | undefined {
  // A fallback tag's result says nothing about the requested tag.
  const acquisition = all.fallbacks === undefined ? all : {...all, image: undefined}
  if (servedByPrimary(acquisition)) return diagnoseMovedTag(acquisition)
  const failed = acquisition.results.filter(result => result.failure !== undefined)
  const result = failed.find(({candidate}) => candidate.role === 'primary') ?? failed[0]
  if (result?.failure === undefined) return diagnoseMovedTag(acquisition)
  const cause = causeOf(result, result.failure, failed)
  return cause === undefined ? undefined : diagnosis(cause, result, result.failure, acquisition)
}

/** Whether the primary served the image without failing. What mirrors did beside it does not matter then. */
export function servedByPrimary({results, image}: Acquisition): boolean {
  return (
    image?.candidate.role === 'primary' &&
    results.every(({candidate, failure}) => candidate.role !== 'primary' || failure === undefined)
  )
}

/** Describes what failed at which registry, in one line. */
export function describeFailedCandidate(result: CandidateResult, failure: Failure): string {
  return `${result.candidate.repository.registry}: ${describeObjectFailure(result.failedObject, failure)}`
}

// A moved tag is worth a diagnosis even if the registry still has the locked image.
function diagnoseMovedTag(acquisition: Acquisition): Diagnosis | undefined {
  const primary = acquisition.results.find(({candidate}) => candidate.role === 'primary')
  const failure = primary?.attempts.find(attempt => attempt.failure?.kind === 'digest-disagrees')?.failure
  if (acquisition.moved === undefined || primary === undefined || failure === undefined) return undefined
  return diagnosis('tag-moved', {...primary, failedObject: 'manifest'}, failure, acquisition)
}

function diagnosis(cause: Cause, result: CandidateResult, failure: Failure, acquisition: Acquisition): Diagnosis {
  const evidence = evidenceOf(result, failure)
  return {
    cause,
    what: describeFailedCandidate(result, failure),
    advice: adviceFor({cause, result, failure, acquisition, host: evidence.host}),
    evidence
  }
}

function evidenceOf(result: CandidateResult, failure: Failure): Evidence {
  const attempt =
    result.attempts.findLast(candidate => candidate.failure === failure) ??
    result.attempts.findLast(candidate => candidate.object === result.failedObject)
  const exchange = attempt?.exchanges.at(-1)
  const bytes = failure.kind === 'corrupt' || failure.kind === 'truncated' ? failure : undefined
  const digests = failure.kind === 'corrupt' || failure.kind === 'digest-disagrees' ? failure : undefined
  return omitUndefined({
    registry: result.candidate.repository.registry,
    object: result.failedObject ?? 'image',
    host: exchange?.host,
    path: exchange?.path,
    status: exchange?.status,
    requestIds: exchange?.requestIds ?? {},
    wantedDigest: digests?.wanted,
    gotDigests:
      failure.kind === 'digest-disagrees' ? [failure.got] : [...new Set(corruptions(result).map(({got}) => got))],
    wantedBytes: bytes?.wantedBytes,
    gotBytes: bytes?.gotBytes,
    firstBytes: failure.kind === 'corrupt' ? failure.firstBytes : undefined,
    rateLimit: lastRateLimit(result) ?? exchange?.rateLimit
  })
}

// The failing request often has no such header; an earlier one of the same image does.
function lastRateLimit(result: CandidateResult): Evidence['rateLimit'] {
  return result.attempts.flatMap(({exchanges}) => exchanges).findLast(({rateLimit}) => rateLimit !== undefined)
    ?.rateLimit
}
