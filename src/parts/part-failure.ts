// What the failure of a part says about the other ways to get its bytes: over another connection, or without a range.
// A limit of the registry leaves none.

import type {Failure} from '../failure/failure.ts'

/** The connection failed, and not the registry: another connection may do. */
export function isOfConnection(failure: Failure): boolean {
  return (
    failure.kind === 'truncated' ||
    (failure.kind === 'timed-out' && failure.phase !== 'connect') ||
    (failure.kind === 'unreachable' && failure.reason === 'reset')
  )
}

const OF_THE_ANSWER: ReadonlySet<Failure['kind']> = new Set([
  'protocol',
  'unauthorized',
  'denied',
  'not-found',
  'too-large'
])

/**
 * A server or proxy on the way may treat requests with a range like this, and serve the same layer without one. A limit is not among
 * them: it holds for all requests.
 */
export function mayBeOfRanges(failure: Failure): boolean {
  if (failure.kind === 'server-error') return failure.status !== 503
  return OF_THE_ANSWER.has(failure.kind) || isOfConnection(failure)
}
