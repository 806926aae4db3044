// Requests to GitHub's API that wait for its rate limits, and are sent again after a server error.
// What is written is never sent twice, unless GitHub refused it.

import {type Clock} from '../concurrency/clock.ts'
import {VerifiedImageError} from '../failure/error.ts'
import type {Failure} from '../failure/failure.ts'
import type {GitHubApi, GitHubRequest, GitHubResponse} from './github-api.ts'

const ATTEMPTS = 4
const FIRST_WAIT_MS = 1000

/** A longer wait is not worth a runner. */
const LONGEST_WAIT_MS = 120_000

/** Rejects with the VerifiedImageError of the last attempt, or with the signal's reason. */
export type SendRequest = (request: GitHubRequest) => Promise<GitHubResponse>

export function retryRequests(
  api: GitHubApi,
  {clock, signal}: {readonly clock: Clock; readonly signal: AbortSignal}
): SendRequest {
  const attempt = {object: 'blob', refresh: undefined, signal, onExchange: () => undefined} as const
  return async request => {
    for (let number = 1; ; number++) {
      try {
        return await api.send(attempt, request)
      } catch (error) {
        signal.throwIfAborted()
        if (!(error instanceof VerifiedImageError)) throw error
        const waitMs = waitAfter(error.failure, request, number)
        if (waitMs === undefined) throw error
        await clock.wait(waitMs, signal)
      }
    }
  }
}

/** Undefined if the request is not sent again. */
function waitAfter(failure: Failure, {method}: GitHubRequest, number: number): number | undefined {
  if (number >= ATTEMPTS) return undefined
  if (failure.kind === 'throttled') {
    const {retryAfterMs = FIRST_WAIT_MS} = failure
    return retryAfterMs > LONGEST_WAIT_MS ? undefined : retryAfterMs
  }
  // A POST may have been carried out nevertheless. A second one would make a second issue.
  const isTransient = ['server-error', 'unreachable', 'timed-out', 'truncated'].includes(failure.kind)
  return isTransient && method !== 'POST' ? FIRST_WAIT_MS * 2 ** (number - 1) : undefined
}
