// What became of an image, in one line for the log, and in the words of an annotation.
// Pure.

import {describeObjectFailure} from '../failure/describe-failure.ts'
import type {CopyPlan} from '../copy/copy-plan.ts'
import {formatBytes, formatCount, shortenDigests} from '../failure/format.ts'
import {formatRepository} from '../oci/reference.ts'
import {type Annotation, errorAnnotation, MAX_ANNOTATIONS} from '../report/annotations.ts'
import type {LogLevel} from '../report/log-lines.ts'
import type {FailureReport} from '../report/report-document.ts'
import type {MirroredImageReport, TargetReport} from './mirror-report-document.ts'
import type {MirrorResult, TargetResult} from './mirror-result.ts'
import {refusalOf, unsignedWarning} from './signature-lines.ts'
import {describeUncopied} from './uncopied.ts'

export function renderOutcome({request, acquisition, targets, uncopied}: MirrorResult): {
  readonly text: string
  readonly level: LogLevel
} {
  const {input} = request
  if (uncopied !== undefined)
    return {text: `✗ ${input} was not copied: ${shortenDigests(describeUncopied(uncopied))}`, level: 'error'}
  if (targets.length === 0 || acquisition?.image === undefined)
    return {text: `✗ ${input} was not copied: ${refusalOf(acquisition)}`, level: 'error'}
  const failed = targets.filter(({outcome}) => outcome === 'failed')
  const texts = targets.map(outcomeAt).join('; ')
  return failed.length === 0
    ? {text: `✓ ${input}: ${texts}`, level: 'success'}
    : {text: `✗ ${input}: ${texts}`, level: 'error'}
}

function outcomeAt(result: TargetResult): string {
  const {repository, tag} = result.target
  const name = `${formatRepository(repository)}:${tag}`
  switch (result.outcome) {
    case 'copied':
      return `copied to ${formatRepository(repository)}:${result.copy.tag}`
    case 'present':
      return `${name} is up to date`
    case 'planned':
      return `${name} would get ${plannedParts(result.plan).join(', ')}`
    case 'unsent':
      return `${name} got nothing`
    case 'failed':
      return `${name}: ${shortenDigests(describeObjectFailure(result.error.object, result.error.failure))}`
  }
}

function plannedParts({blobs, bytes, manifests, tag}: CopyPlan): readonly string[] {
  return [
    `${formatCount(blobs.length, 'blob')} (${formatBytes(bytes)})`,
    formatCount(manifests.length, 'manifest'),
    ...(tag.kind === 'move' ? [`and its tag, whose former digest would be at ${tag.formerTag}`] : []),
    ...(tag.kind === 'create' ? ['and its tag'] : [])
  ]
}

/** One error for each image that is not complete at its targets. */
export function mirrorErrors(images: readonly MirroredImageReport[]): readonly Annotation[] {
  // What ended the run says why the other images were not reached.
  const errors = images.filter(image => image.outcome === 'failed' && isDone(image)).map(errorOf)
  if (errors.length <= MAX_ANNOTATIONS) return errors
  const shown = errors.slice(0, MAX_ANNOTATIONS - 1)
  const rest = errors.slice(MAX_ANNOTATIONS - 1).map(({title}) => title)
  return [...shown, {title: `${String(rest.length)} more images`, message: rest.join('\n')}]
}

/** Whether the run came to this image before it ended. */
export function isDone({targets, failure, source}: MirroredImageReport): boolean {
  return targets.length > 0 || failure !== undefined || source !== undefined
}

function errorOf(image: MirroredImageReport): Annotation {
  const title = `Could not copy ${image.image}`
  if (image.failure !== undefined)
    return {title, message: shortenDigests(`${title}: ${image.failure.message}\nFix: ${image.advice ?? ''}`)}
  if (image.source !== undefined && image.source.outcome === 'failed') {
    const {message} = errorAnnotation(image.source)
    return {title, message: `${message}\nNothing of it was copied.`}
  }
  const lines = image.targets.flatMap(targetLines)
  return {title, message: [title, ...lines].join('\n')}
}

function targetLines({target, failure, advice}: TargetReport): readonly string[] {
  if (failure === undefined) return []
  return [shortenDigests(`${target}: ${failure.message}`), ...(advice === undefined ? [] : [`Fix: ${advice}`])]
}

/** One warning for each image that is complete, and has something to say. */
export function mirrorWarnings(images: readonly MirroredImageReport[]): readonly Annotation[] {
  return images
    .flatMap(image => {
      const [first, ...lines] = imageWarnings(image)
      if (first === undefined) return []
      const {title, detail = []} = first
      return [{title, message: [first.text, ...detail, ...lines.map(({text}) => text)].map(shortenDigests).join('\n')}]
    })
    .slice(0, MAX_ANNOTATIONS)
}

/** Why the whole run ended, and what to do. */
export function describeRunFailure({kind, message}: Pick<FailureReport, 'kind' | 'message'>): string {
  return kind === 'timed-out'
    ? `${message}. Raise the input timeout, or copy fewer images in one step. What has arrived is not sent again.`
    : message
}

type ImageWarning = {readonly title: string; readonly text: string; readonly detail?: readonly string[]}

/** What the report and the annotations say of an image that is complete: who signed it, which registry served it, what a target refused. */
export function imageWarnings({image, source, targets}: MirroredImageReport): readonly ImageWarning[] {
  const [unsigned, ...detail] = unsignedWarning(source)
  // The one warning of a source has the signature, too.
  const [served, ...more] = unsigned === undefined ? (source?.warning?.split('\n') ?? []) : []
  return [
    ...(unsigned === undefined ? [] : [{title: `${image} is not signed as required`, text: unsigned, detail}]),
    ...(served === undefined ? [] : [{title: image, text: served, detail: more}]),
    ...[...new Set(targets.flatMap(({warnings}) => warnings))].map(text => ({title: image, text}))
  ]
}
