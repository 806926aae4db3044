// The only error class, which carries a failure.
// Raw errors are translated into it where they come in, so that no code above looks at a message or an errno.

import {type Failure, type ObjectName} from './failure.ts'
import {describeFailure} from './describe-failure.ts'

export class VerifiedImageError extends Error {
  readonly failure: Failure
  /** What failed, if that is not the object that the caller requested: its token, for example. */
  readonly object: ObjectName | undefined

  constructor(failure: Failure, options: {readonly cause?: unknown; readonly object?: ObjectName} = {}) {
    super(describeFailure(failure), {cause: options.cause})
    this.name = 'VerifiedImageError'
    this.failure = failure
    this.object = options.object
  }
}

export function fail(failure: Failure, options?: {readonly cause?: unknown; readonly object?: ObjectName}): never {
  throw new VerifiedImageError(failure, options)
}
