// Older tags that may stand in for one that nothing serves: which ones, and when. Never silent, and never for a matter of trust:
// where a registry disagreed about a digest, an older image would hide that somebody moved a tag.
import type {FailureKind} from '../failure/failure.ts'
import type {ImageRequest} from './plan.ts'
import {type Acquisition} from './acquisition.ts'

const NEVER: readonly FailureKind[] = ['digest-disagrees', 'invalid-input', 'local-io', 'docker', 'bug']

/** Whether nothing serves an image, for no other reason than that nothing does. */
function isUnavailable(acquisition: Acquisition): boolean {
  return (
    acquisition.image === undefined &&
    acquisition.moved === undefined &&
    !isNoImageNow(acquisition) &&
    isUnserved(acquisition)
  )
}

// A locked tag that is an artifact now, or too large to be read, has moved as well; only its digest was not computed.
function isNoImageNow({request, results}: Acquisition): boolean {
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

function isUnserved({results}: Acquisition): boolean {
  return (
    results.every(({failure}) => failure === undefined || !NEVER.includes(failure.kind)) &&
    results.some(({failure}) => failure !== undefined)
  )
}

/** Acquires the image, or the first of its fallbacks that can be had when nothing serves it. */
export async function acquireWithFallback(
  image: ImageRequest,
  fallbacks: readonly ImageRequest[],
  signal: AbortSignal,
  acquire: (image: ImageRequest) => Promise<Acquisition>
): Promise<Acquisition> {
  const asked = await acquire(image)
  const tried: Acquisition[] = []
  let last = asked
  for (const fallback of fallbacks) {
    if (signal.aborted || !isUnavailable(last)) break
    last = await acquire(fallback)
    tried.push(last)
  }
  if (tried.length === 0) return asked
  const elapsedMs = [asked, ...tried].reduce((sum, acquisition) => sum + acquisition.elapsedMs, 0)
  const story = {...asked, fallbacks: tried, elapsedMs}
  return last.image === undefined
    ? story
    : {...story, image: last.image, resolved: last.resolved, requestedDigest: asked.resolved}
}

/** The one that stands in, when one does. */
export function fallbackUsed({image, fallbacks}: Acquisition): Acquisition | undefined {
  return image === undefined ? undefined : fallbacks?.at(-1)
}
