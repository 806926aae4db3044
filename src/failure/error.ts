// The one error class. Raw errors are translated into it once, where they come in.
// Nothing above looks at a message or an errno again.

import {type Failure, type ObjectName} from './failure.ts'
import {describeFailure} from './describe-failure.ts'

export class VerifiedImageError extends Error {
  readonly failure: Failure
  /** What was being fetched when it failed, where that is not what the caller asked for (a token, say). */
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
