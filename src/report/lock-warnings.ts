// Warnings about lock entries that `lock: update` did not change.
// Pure.

import {type Acquisition} from '../acquire/acquisition.ts'
import {describeUnresolved} from './unresolved.ts'

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
