// The only error class. Raw errors are translated into it once, where they come in.
// No code above looks at a message or an errno again.

import {type Failure, type ObjectName} from './failure.ts'
import {describeFailure} from './describe-failure.ts'

export class VerifiedImageError extends Error {
  readonly failure: Failure
  /** The object that failed, if it is not the one that the caller requested: a token. */
  readonly object: ObjectName | undefined

  constructor(failure: Failure, options: {readonly cause?: unknown; readonly object?: ObjectName} = {}) {
    super(describeFailure(failure), {cause: options.cause})
    this.name = 'VerifiedImageError'
    this.failure = failure
    this.object = options.object
  }
}

/** Throws a VerifiedImageError. */
export function fail(failure: Failure, options?: {readonly cause?: unknown; readonly object?: ObjectName}): never {
  throw new VerifiedImageError(failure, options)
}

/** The message of what was thrown, which may be anything. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
