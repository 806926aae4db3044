// Decides when a fallback tag may be used: if no registry serves the requested one. Never if a digest disagrees, because a
// fallback would then hide that the tag was moved.

import type {FailureKind} from '../failure/failure.ts'
import {type AcquireRequest, type Acquisition} from './acquisition.ts'

/** Failures after which no fallback tag is tried. */
const NEVER: readonly FailureKind[] = ['digest-disagrees', 'invalid-input', 'signature', 'local-io', 'docker', 'bug']

/** Whether no registry serves an image, and no registry disagrees about its digest. */
function isUnavailable(acquisition: Acquisition): boolean {
  return (
    acquisition.image === undefined &&
    acquisition.moved === undefined &&
    // A fallback tag must not hide that the requested image lacks its signature.
    acquisition.signature === undefined &&
    !isNotAnImageNow(acquisition) &&
    hasOnlyServiceFailures(acquisition)
  )
}

// A locked tag that now points to an artifact, or to a manifest over the limit, has moved too. Only its digest was not computed.
function isNotAnImageNow({request, results}: Acquisition): boolean {
  return (
    request.image.locked !== undefined &&
    results.some(({candidate, attempts}) =>
      attempts.some(
        ({object, failure}) =>
          candidate.role === 'primary' &&
          object === 'manifest' &&
          (failure?.kind === 'unusable' || failure?.kind === 'too-large')
      )
    )
  )
}

function hasOnlyServiceFailures({results}: Acquisition): boolean {
  return (
    results.every(({failure}) => failure === undefined || !NEVER.includes(failure.kind)) &&
    results.some(({failure}) => failure !== undefined)
  )
}

/** Acquires the first request. While no registry serves the image, acquires the next one in its place. */
export async function acquireWithFallback(
  [requested, ...fallbacks]: readonly AcquireRequest[],
  signal: AbortSignal,
  acquire: (request: AcquireRequest) => Promise<Acquisition>
): Promise<Acquisition> {
  if (requested === undefined) throw new TypeError('there is an image to acquire')
  const first = await acquire(requested)
  const tried: Acquisition[] = []
  let last = first
  for (const fallback of fallbacks) {
    if (signal.aborted || !isUnavailable(last)) break
    last = await acquire(fallback)
    tried.push(last)
  }
  if (tried.length === 0) return first
  const elapsedMs = [first, ...tried].reduce((sum, acquisition) => sum + acquisition.elapsedMs, 0)
  const result = {...first, fallbacks: tried, elapsedMs}
  return last.image === undefined
    ? result
    : {
        ...result,
        image: last.image,
        resolved: last.resolved,
        requestedDigest: first.resolved,
        ...(last.signature === undefined ? {} : {signature: last.signature})
      }
}

/** The acquisition of the fallback tag whose image is used; undefined if none is. */
export function fallbackUsed({image, fallbacks}: Acquisition): Acquisition | undefined {
  return image === undefined ? undefined : fallbacks?.at(-1)
}
