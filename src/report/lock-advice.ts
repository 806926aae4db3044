// Advice and warnings about pins: tags that may point to other images later, and lock entries that were not updated.
// Pure.

import {type Acquisition} from '../acquire/acquisition.ts'
import {isFloating} from '../acquire/plan.ts'
import {formatFamiliar} from '../oci/reference.ts'
import {describeUnresolved} from './unresolved.ts'

/** One piece of advice for all images with a floating tag; undefined if there are none. */
export function floatingTagAdvice(acquisitions: readonly Acquisition[], lockFile: string): string | undefined {
  const floating = acquisitions.filter(
    ({request, image, resolved}) =>
      image !== undefined &&
      resolved?.decidedBy !== 'lock' &&
      (isFloating(request.image.reference) || isSeries(request.image))
  )
  if (floating.length === 0) return undefined
  const names = floating.map(({request, image}) => {
    const {tag} = request.image
    const version = image?.platforms[0]?.version
    const isNarrower = version !== undefined && version !== tag
    return `${formatFamiliar(request.image.reference)}${isNarrower ? ` (now ${version})` : ''}`
  })
  return `Advice: ${names.join(', ')} may point to a different image after any release. Pin a digest in the reference, or run once with lock: update to record the current digest in ${lockFile}.`
}

// By custom, a version with two numbers or fewer is a series. Dates and commits are not.
function isSeries({reference: {digest}, tag}: Acquisition['request']['image']): boolean {
  if (digest !== undefined || tag === undefined || /\d{6}|(?:^|-)[0-9a-f]{7,}/.test(tag)) return false
  const numbers = /^v?(\d+(?:\.\d+)*)/.exec(tag)?.[1]?.split('.') ?? []
  return numbers.length < 3
}

/** Explains why an image's lock entry was not updated; undefined if it was, or if another warning covers it. */
export function notUpdatedWarning(
  {request, image, resolved, fallbacks}: Acquisition,
  file: string
): string | undefined {
  const {reference, tag = '', locked, input} = request.image
  // A fallback tag that is used has a warning of its own.
  if (image === undefined || fallbacks !== undefined || resolved?.unresolved === undefined) return undefined
  const reason = describeUnresolved(resolved, reference.registry, tag)
  return locked === undefined
    ? `${file}: ${reason}, so ${input} was not added: a digest that a mirror (${resolved.registry}) resolved is never locked.`
    : `${file}: ${reason}, so ${input} keeps its digest ${locked.digest}.`
}
