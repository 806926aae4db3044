// Why nothing of an image was copied although it is right: what is attached to it cannot be read, or this machine has no room for it.
// Pure. Advice begins with a verb.

import {describeObjectFailure} from '../failure/describe-failure.ts'
import type {VerifiedImageError} from '../failure/error.ts'

export type Uncopied = {
  readonly error: VerifiedImageError
  /** That what is attached is read from. */
  readonly registry: string
}

export function describeUncopied({error, registry}: Uncopied): string {
  const {failure, object} = error
  if (failure.kind === 'local-io') return failure.detail
  return `what is attached to it cannot be read from ${registry}: ${describeObjectFailure(object, failure)}`
}

export function adviceOnUncopied({error}: Uncopied): string {
  return error.failure.kind === 'local-io'
    ? 'Free disk space on this runner, or copy fewer images in one step.'
    : 'Run the step again. If it fails again, report it to the publisher of the image, or set attachments: false to copy the image without what is attached to it.'
}
