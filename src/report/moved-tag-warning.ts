// The warning for a locked tag that points to another image now.
// Pure rendering of evidence.

import {createdOf, isMovedTagFailure} from '../acquire/moved-tag.ts'
import {type Digest} from '../oci/digest.ts'
import {type Acquisition} from '../acquire/acquisition.ts'

/** What is to be told of a tag that moved, in a line of its own; the registry's own story need not say it again then. */
export function describeMovedTag({moved, resolved, image, request, results}: Acquisition): readonly string[] {
  if (moved === undefined || resolved === undefined) return []
  const now = renderCreated(moved.digest, moved.created)
  const locked = renderCreated(resolved.digest, createdOf(image))
  const isGone = results.some(story => isMovedTagFailure(story, moved))
  return [
    `${moved.registry}: the tag ${request.image.tag ?? ''} is ${now} now; the lock file says ${locked}${isGone ? ', which is no longer there' : ''}.`
  ]
}

function renderCreated(digest: Digest, created: string | undefined): string {
  return created === undefined ? digest : `${digest} (created ${created})`
}
