// Warnings about the lock file that is in force: what it says and what was found differ.
// Pure rendering of evidence.

import {describeUnresolved} from './unresolved.ts'
import {type Acquisition} from '../acquire/acquisition.ts'

/** Said where a lock that was to be renewed was not, as the registry that the reference names did not resolve the tag. */
export function notUpdatedWarning(
  {request, image, resolved, fallbacks}: Acquisition,
  file: string
): string | undefined {
  const {reference, tag = '', locked} = request.image
  // A fallback tag that is used has a warning of its own.
  if (image === undefined || fallbacks !== undefined || resolved?.unresolved === undefined) return undefined
  const why = describeUnresolved(resolved, reference.registry, tag)
  return locked === undefined
    ? `${file}: ${why}, so ${request.image.input} was not written to it: the answer of a mirror, ${resolved.registry}, is never locked.`
    : `${file}: ${why}, so ${request.image.input} stays as it was: ${locked.digest}.`
}
