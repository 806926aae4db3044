// The report of a whole run, and the annotations of its images. Both are made once, when everything is done.
// Pure: evidence in, words and the public document out.

import {type Failure, type SourceLocation} from '../failure/failure.ts'
import {formatLocation} from '../failure/format.ts'
import {few} from '../failure/shorten-list.ts'
import {omitUndefined} from '../oci/omit-undefined.ts'
import {type Acquisition} from '../acquire/acquisition.ts'
import {renderUnavailable} from './annotations.ts'
import {buildImageReport, type ExportedImage} from './build-report.ts'
import {imageWarning} from './fallback-warning.ts'
import {renderNotes} from './image-warnings.ts'
import type {Report} from './report-document.ts'
import {reportFailure, reportInputFault} from './report-fields.ts'

/** `location` is the line of a file that GitHub shows it at. */
export type Annotation = {readonly title: string; readonly message: string; readonly location?: SourceLocation}

/** What is said about one image. */
export type ImageAnnotations = {
  readonly acquisition: Acquisition
  /** Another image than the requested one, or another registry, is used. */
  readonly warning: Annotation | undefined
  /** What was noticed about its platforms. */
  readonly notes: Annotation | undefined
  /** No registry serves it. */
  readonly error: Annotation | undefined
}

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
  readonly images: readonly ImageAnnotations[]
  /** Where `load` or `layout` put each image; none for an image that was not to be put anywhere. */
  readonly exports: ReadonlyMap<Acquisition, ExportedImage | 'not-exported'>
  readonly layout: string | undefined
  /** Warnings of the run itself. */
  readonly warnings: readonly string[]
  readonly lock: Report['lock'] | undefined
  readonly advice: Report['advice'] | undefined
  readonly failure: Failure | undefined
}

/** Builds the report of a run. */
export function buildReport(run: RunEvidence): Report {
  const images = run.images.map(({acquisition, warning}) =>
    buildImageReport(acquisition, run.startedMs, run.exports.get(acquisition), warning?.message)
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
    warnings: [...run.warnings, ...warningsOfImages(run.images).map(({message}) => message)],
    ...omitUndefined({
      advice: run.advice,
      lock: run.lock,
      layout: isVerified ? run.layout : undefined,
      failure: run.failure === undefined ? undefined : reportFailure(run.failure)
    })
  }
}

/** Renders the annotations of one image. */
export function annotateImage(acquisition: Acquisition): ImageAnnotations {
  const {image, request} = acquisition
  const [location, ...others] = request.image.locations ?? []
  const at = location === undefined ? {} : {location}
  const also = others.length === 0 ? '' : `\nAlso named at ${few(others.map(formatLocation)).join(', ')}.`
  const used = imageWarning(acquisition)
  const notes = image === undefined ? undefined : renderNotes(image)
  const unavailable = image === undefined ? renderUnavailable(acquisition) : undefined
  return {
    acquisition,
    warning: used === undefined ? undefined : {...used, ...at},
    notes: notes === undefined ? undefined : {title: request.image.input, message: notes},
    error:
      unavailable === undefined ? undefined : {title: unavailable.title, message: unavailable.message + also, ...at}
  }
}

/** GitHub shows ten warnings and ten errors of a step. */
export const MAX_ANNOTATIONS = 10

/** The warnings about images, as many of a kind as are shown. */
export function warningsOfImages(images: readonly ImageAnnotations[]): readonly Annotation[] {
  const used = images.flatMap(({warning}) => warning ?? [])
  const notes = images.flatMap(image => image.notes ?? [])
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
    : [{title: kind, message: `${kind}: ${String(count - MAX_ANNOTATIONS)} more warnings like the ones above`}]
}
