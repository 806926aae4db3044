// The JSON report of the action `mirror`; mirror-report.schema.json is its contract. Field names are public, and mapped one by one.
// Log, annotations, summary, and outputs read this report. Pure.

import {describeObjectFailure} from '../failure/describe-failure.ts'
import type {VerifiedImageError} from '../failure/error.ts'
import type {Failure} from '../failure/failure.ts'
import type {Digest} from '../oci/digest.ts'
import {omitUndefined} from '../oci/omit-undefined.ts'
import {formatReference, formatRepository} from '../oci/reference.ts'
import {buildImageReport} from '../report/build-report.ts'
import type {FailureReport, ImageReport, InputFaultReport} from '../report/report-document.ts'
import {reportFailure, reportInputFault} from '../report/report-fields.ts'
import type {MirrorResult, TargetResult} from './mirror-result.ts'
import {unsignedWarning} from './signature-lines.ts'
import {adviceForTarget} from './target-advice.ts'

export type MirrorReport = {
  readonly schemaVersion: 1
  readonly action: {readonly name: string; readonly version: string}
  /** ISO 8601, UTC. */
  readonly startedAt: string
  readonly elapsedMs: number
  readonly outcome: 'copied' | 'planned' | 'failed' | 'cancelled'
  readonly images: readonly MirroredImageReport[]
  readonly inputFaults: readonly InputFaultReport[]
  readonly warnings: readonly string[]
  readonly failure?: FailureReport
}

export type MirroredImageReport = {
  /** As requested. */
  readonly image: string
  readonly outcome: 'copied' | 'planned' | 'failed'
  readonly digest?: Digest
  readonly targets: readonly TargetReport[]
  /** Why nothing of it was copied, unless the source says it. */
  readonly failure?: FailureReport
  /** How it was verified, and who signed it, as in report.schema.json. */
  readonly source?: ImageReport
}

export type TargetReport = {
  /** With the tag. */
  readonly target: string
  readonly outcome: 'copied' | 'present' | 'planned' | 'failed'
  /** With the digest; set if everything is there. */
  readonly reference?: string
  readonly blobs?: {readonly sent: number; readonly mounted: number; readonly present: number}
  /** Of the blobs that were sent, or that would be. */
  readonly bytes?: number
  /** That the target lists. */
  readonly attachments?: number
  /** The tag that keeps the former digest. */
  readonly formerTag?: string
  readonly warnings: readonly string[]
  readonly failure?: FailureReport
  readonly advice?: string
}

export type MirrorEvidence = {
  readonly version: string
  readonly startedAt: string
  readonly startedMs: number
  readonly elapsedMs: number
  readonly isCancelled: boolean
  readonly isDryRun: boolean
  readonly results: readonly MirrorResult[]
  readonly warnings: readonly string[]
  readonly failure: Failure | undefined
}

export function buildMirrorReport(run: MirrorEvidence): MirrorReport {
  const images = run.results.map(result => imageReport(result, run))
  const isWhole = run.failure === undefined && !run.isCancelled && images.every(({outcome}) => outcome !== 'failed')
  return {
    schemaVersion: 1,
    action: {name: 'verified-image/mirror', version: run.version},
    startedAt: run.startedAt,
    elapsedMs: run.elapsedMs,
    outcome: isWhole ? (run.isDryRun ? 'planned' : 'copied') : run.isCancelled ? 'cancelled' : 'failed',
    images,
    inputFaults: run.failure?.kind === 'invalid-input' ? run.failure.faults.map(reportInputFault) : [],
    warnings: [
      ...run.warnings,
      ...images.flatMap(image => [
        ...unsignedWarning(image.source).slice(0, 1),
        ...image.targets.flatMap(({warnings}) => warnings.map(text => `${image.image}: ${text}`))
      ])
    ],
    ...omitUndefined({failure: run.failure === undefined ? undefined : reportFailure(run.failure)})
  }
}

function imageReport(
  {request, digest, acquisition, targets, error}: MirrorResult,
  {startedMs, isDryRun}: MirrorEvidence
): MirroredImageReport {
  const reports = targets.map(target => targetReport(target, digest))
  const isWhole = error === undefined && reports.length > 0 && reports.every(({outcome}) => outcome !== 'failed')
  return omitUndefined({
    image: request.input,
    outcome: isWhole ? (isDryRun ? 'planned' : 'copied') : 'failed',
    digest,
    targets: reports,
    failure: error && failureReport(error),
    source: acquisition && buildImageReport(acquisition, startedMs, undefined)
  })
}

function targetReport(result: TargetResult, digest: Digest | undefined): TargetReport {
  const {repository, tag} = result.target
  const target = `${formatRepository(repository)}:${tag}`
  const reference = digest === undefined ? undefined : formatReference({...repository, digest})
  switch (result.outcome) {
    case 'copied': {
      const {sent, mounted, present, bytes, attachments, formerTag, warnings, tag: used} = result.copy
      return omitUndefined({
        target: `${formatRepository(repository)}:${used}`,
        outcome: 'copied',
        reference,
        blobs: {sent, mounted, present},
        bytes,
        attachments,
        formerTag,
        warnings
      })
    }
    case 'present': {
      const blobs = {sent: 0, mounted: 0, present: result.plan.blobsPresent}
      const {attachments} = result
      return omitUndefined({target, outcome: 'present', reference, blobs, bytes: 0, attachments, warnings: []})
    }
    case 'planned': {
      const {blobs, blobsPresent, bytes} = result.plan
      return {
        target,
        outcome: 'planned',
        blobs: {sent: blobs.length, mounted: 0, present: blobsPresent},
        bytes,
        warnings: []
      }
    }
    case 'failed':
      return {
        target,
        outcome: 'failed',
        warnings: [],
        failure: failureReport(result.error),
        advice: adviceForTarget(result.error.failure, repository)
      }
  }
}

function failureReport({failure, object}: VerifiedImageError): FailureReport {
  return {...reportFailure(failure), message: describeObjectFailure(object, failure)}
}

/** The outputs `copied` and `references`: images that are complete at their first target. An output without a value is absent. */
export function mirrorOutputs({images}: MirrorReport): Readonly<Record<string, string>> {
  const complete = images.filter(({outcome}) => outcome === 'copied')
  if (complete.length === 0) return {}
  const entries = complete.map(({image, targets}) => {
    const [first, ...others] = targets.map(copiedValue)
    return [image, {...first, ...(others.length === 0 ? {} : {others})}] as const
  })
  return {
    copied: JSON.stringify(Object.fromEntries(entries)),
    references: JSON.stringify(Object.fromEntries(complete.map(({image, targets}) => [image, targets[0]?.reference])))
  }
}

function copiedValue({reference, blobs, bytes, attachments}: TargetReport): object {
  return {
    target: reference,
    sent: blobs?.sent ?? 0,
    present: (blobs?.present ?? 0) + (blobs?.mounted ?? 0),
    bytes,
    attachments
  }
}
