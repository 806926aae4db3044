// What became of an image, in one line for the log, and in the words of an annotation.
// Pure.

import {describeObjectFailure} from '../failure/describe-failure.ts'
import {formatBytes, shortenDigests} from '../failure/format.ts'
import {formatRepository} from '../oci/reference.ts'
import {type Annotation, errorAnnotation, MAX_ANNOTATIONS} from '../report/annotations.ts'
import type {LogLevel} from '../report/log-lines.ts'
import type {MirroredImageReport, TargetReport} from './mirror-report.ts'
import type {MirrorResult, TargetResult} from './mirror-result.ts'
import {refusalOf, unsignedWarning} from './signature-lines.ts'

export function renderOutcome({request, acquisition, targets, error}: MirrorResult): {
  readonly text: string
  readonly level: LogLevel
} {
  const {input} = request
  if (error !== undefined)
    return {
      text: `✗ ${input} was not copied: ${shortenDigests(describeObjectFailure(error.object, error.failure))}`,
      level: 'error'
    }
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
      return `${name} would get ${String(result.plan.blobs.length)} blobs (${formatBytes(result.plan.bytes)})`
    case 'failed':
      return `${name}: ${shortenDigests(describeObjectFailure(result.error.object, result.error.failure))}`
  }
}

/** One error for each image that is not complete at its targets. */
export function mirrorErrors(images: readonly MirroredImageReport[]): readonly Annotation[] {
  const errors = images.filter(({outcome}) => outcome === 'failed').map(errorOf)
  if (errors.length <= MAX_ANNOTATIONS) return errors
  const shown = errors.slice(0, MAX_ANNOTATIONS - 1)
  const rest = errors.slice(MAX_ANNOTATIONS - 1).map(({title}) => title)
  return [...shown, {title: `${String(rest.length)} more images`, message: rest.join('\n')}]
}

function errorOf(image: MirroredImageReport): Annotation {
  const title = `Could not copy ${image.image}`
  if (image.failure !== undefined) return {title, message: shortenDigests(`${title}: ${image.failure.message}`)}
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
    .flatMap(({image, targets, source}) => {
      const unsigned = unsignedWarning(source)
      const lines = [...unsigned, ...targets.flatMap(({warnings}) => warnings)]
      const title = unsigned.length === 0 ? image : `${image} is not signed as required`
      return lines.length === 0 ? [] : [{title, message: lines.map(shortenDigests).join('\n')}]
    })
    .slice(0, MAX_ANNOTATIONS)
}
