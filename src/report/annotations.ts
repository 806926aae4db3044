// Annotations from the finished report: one warning or error per image, one error for all invalid inputs.
// The first line of a message stands alone, because a runner's log prints no titles.

import {describeIssue} from '../failure/describe-failure.ts'
import {type Failure, type SourceLocation} from '../failure/failure.ts'
import {formatLocation, shortenDigests} from '../failure/format.ts'
import {few} from '../failure/shorten-list.ts'
import {linkToCause, linkToSignatures} from './advice.ts'
import {movedTagLines, registryLines, statusHints} from './image-warning.ts'
import type {ImageReport} from './report-document.ts'
import {capital, causeSentence, imageSentence, inputHeadline, isCanceled} from './wording.ts'

export type Annotation = {
  readonly title: string
  readonly message: string
  /** The line of a file that it is shown beside. */
  readonly location?: SourceLocation
}

/** GitHub shows ten errors and ten warnings of a step. */
export const MAX_ANNOTATIONS = 10

/** The warning of an image that is used, if there is one. */
export function warningAnnotation(image: ImageReport): Annotation | undefined {
  if (image.warning === undefined) return undefined
  return {title: warningTitle(image), message: image.warning + otherLocations(image), ...firstLocation(image)}
}

/** Errors for images that were not verified; images that failed for one reason of the whole run share one error. */
export function errorAnnotations(images: readonly ImageReport[]): readonly Annotation[] {
  const failed = images.filter(({platforms, outcome}) => outcome === 'failed' && platforms.length === 0)
  const ended = failed.filter(isEndedByRun)
  const errors = [...runErrors(ended), ...failed.filter(image => !ended.includes(image)).map(errorAnnotation)]
  if (errors.length <= MAX_ANNOTATIONS) return errors
  const [shown, rest] = [errors.slice(0, MAX_ANNOTATIONS - 1), errors.slice(MAX_ANNOTATIONS - 1)]
  const more = `${String(rest.length)} more images could not be verified`
  return [...shown, {title: more, message: [`${more}:`, ...few(rest.map(({title}) => title))].join('\n')}]
}

/** One error for all invalid inputs, and one beside each line of a file that has one. */
export function inputErrorAnnotations({faults}: Extract<Failure, {kind: 'invalid-input'}>): readonly Annotation[] {
  const count = inputHeadline(faults)
  const all = {title: count, message: [`${count}. Nothing was downloaded.`, ...faults.map(describeIssue)].join('\n')}
  const located = faults.flatMap(fault =>
    fault.location === undefined
      ? []
      : [{title: `Input ${fault.input}`, message: describeIssue(fault), location: fault.location}]
  )
  const most = MAX_ANNOTATIONS - 1
  const shown = located.slice(0, located.length > most ? most - 1 : most)
  const rest = located.slice(shown.length).map(({location}) => formatLocation(location))
  if (rest.length === 0) return [all, ...shown]
  return [
    all,
    ...shown,
    {title: count, message: `And ${String(rest.length)} more invalid lines:\n${few(rest).join('\n')}`}
  ]
}

function warningTitle({image, fallbacks, moved, signature, origins = []}: ImageReport): string {
  const used = fallbacks?.at(-1)
  if (signature !== undefined && signature.outcome !== 'signed') return `${image} is not signed as required`
  if (used !== undefined) return `Used fallback tag ${used.image} instead of ${image}`
  return moved === undefined
    ? `${image} was taken from ${origins.join(', ')}`
    : `${image} has moved at ${moved.registry}`
}

// Docker, the disk, the time limit, and a cancellation end the run for all images.
function isEndedByRun(image: ImageReport): boolean {
  if (image.failure?.kind === 'signature') return false
  return image.failure !== undefined || isCanceled(image)
}

function runErrors(images: readonly ImageReport[]): readonly Annotation[] {
  const [first] = images
  if (first === undefined) return []
  const error = errorAnnotation(first)
  if (images.length === 1) return [error]
  return [{...error, message: `${error.message}\n${String(images.length)} images were not verified for this reason.`}]
}

/** The error of one image: every registry's result, the cause, and the fix. */
export function errorAnnotation(image: ImageReport): Annotation {
  const {fallbacks = []} = image
  const details = [
    ...registryLines(image, true),
    ...movedTagLines(image),
    ...fallbacks.flatMap(fallback => [
      `Fallback tag ${fallback.image} is not available:`,
      ...registryLines(fallback, true)
    ]),
    ...signatureLines(image),
    ...causeLines(image)
  ]
  return {
    title: `Could not verify ${image.image}`,
    message: [imageSentence(image, name => name), ...details.map(shortenDigests)].join('\n') + otherLocations(image),
    ...firstLocation(image)
  }
}

// The problem, and what to do about it. It is not one of a registry.
function signatureLines({failure}: ImageReport): readonly string[] {
  if (failure?.kind !== 'signature') return []
  return [
    `Cause: ${failure.problem}. ${capital(failure.detail)}.`,
    `Fix: ${lowerFirst(failure.advice)} ${linkToSignatures(failure.problem)}`
  ]
}

function causeLines(image: ImageReport): readonly string[] {
  const {diagnosis, failure} = image
  // What failed on this machine is the cause then.
  if (diagnosis === undefined || (failure !== undefined && failure.kind !== 'timed-out')) return []
  return [
    `Cause: ${diagnosis.cause}. ${causeSentence(diagnosis, name => name)}`,
    ...statusHints(image),
    `Fix: ${lowerFirst(diagnosis.advice)} ${linkToCause(diagnosis.cause)}`
  ]
}

// Advice begins with a verb, so its first letter is never part of a name.
function lowerFirst(advice: string): string {
  return advice.slice(0, 1).toLowerCase() + advice.slice(1)
}

function firstLocation({places: [location] = []}: ImageReport): {readonly location?: SourceLocation} {
  return location === undefined ? {} : {location}
}

function otherLocations({places: [, ...others] = []}: ImageReport): string {
  return others.length === 0 ? '' : `\nAlso used at ${few(others.map(formatLocation)).join(', ')}.`
}
