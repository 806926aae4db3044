// Builds the report of a whole run, and the warnings that its images have. Everything else reads this report.
// Pure.

import {type Acquisition} from '../acquire/acquisition.ts'
import {type Failure} from '../failure/failure.ts'
import {omitUndefined} from '../oci/omit-undefined.ts'
import {type Annotation, MAX_ANNOTATIONS, warningAnnotation} from './annotations.ts'
import {buildImageReport, type ExportResult} from './build-report.ts'
import {renderNotes} from './platform-notes.ts'
import type {ImageReport, Report} from './report-document.ts'
import {reportFailure, reportInputFault} from './report-fields.ts'

export type RunEvidence = {
  readonly version: string
  /** ISO 8601, UTC. */
  readonly startedAt: string
  /** On the clock of the run; attempts are reported relative to it. */
  readonly startedMs: number
  readonly elapsedMs: number
  readonly isCancelled: boolean
  /** Whether every step was done, to the last. */
  readonly isComplete: boolean
  readonly acquisitions: readonly Acquisition[]
  /** What `load` or `layout` made of each image; nothing for an image that was not to be exported. */
  readonly exports: ReadonlyMap<Acquisition, ExportResult>
  readonly layout: string | undefined
  /** Warnings of the run itself. */
  readonly warnings: readonly string[]
  readonly lock: Report['lock'] | undefined
  readonly advice: Report['advice'] | undefined
  readonly failure: Failure | undefined
}

/** Builds the report of a run. */
export function buildReport(run: RunEvidence): Report {
  const images = run.acquisitions.map(acquisition =>
    buildImageReport(acquisition, run.startedMs, run.exports.get(acquisition))
  )
  const isVerified = run.isComplete && images.every(({outcome}) => outcome === 'verified')
  return {
    schemaVersion: 1,
    action: {name: 'verified-image', version: run.version},
    startedAt: run.startedAt,
    elapsedMs: run.elapsedMs,
    outcome: isVerified ? 'verified' : run.isCancelled ? 'cancelled' : 'failed',
    images,
    inputFaults: run.failure?.kind === 'invalid-input' ? run.failure.faults.map(reportInputFault) : [],
    warnings: [...run.warnings, ...warningsOfImages(images).map(({message}) => message)],
    ...omitUndefined({
      advice: run.advice,
      lock: run.lock,
      layout: isVerified ? run.layout : undefined,
      failure: run.failure === undefined ? undefined : reportFailure(run.failure)
    })
  }
}

/** The warnings about images, as many of a kind as are shown. */
export function warningsOfImages(images: readonly ImageReport[]): readonly Annotation[] {
  const used = images.flatMap(image => warningAnnotation(image) ?? [])
  const notes = images.flatMap(({image, platforms}): readonly Annotation[] => {
    const message = renderNotes(platforms)
    return message === undefined ? [] : [{title: image, message}]
  })
  return [
    ...used.slice(0, MAX_ANNOTATIONS),
    ...notes.slice(0, MAX_ANNOTATIONS),
    ...moreWarnings('Images from another source', used.length),
    ...moreWarnings('Notes on images', notes.length)
  ]
}

/** One warning that says how many more of its kind there are than are shown. */
export function moreWarnings(kind: string, count: number): readonly Annotation[] {
  return count <= MAX_ANNOTATIONS
    ? []
    : [{title: kind, message: `${kind}: ${String(count - MAX_ANNOTATIONS)} more warnings of this kind`}]
}
