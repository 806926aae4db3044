// How long to wait before asking the same registry again: exponential, with full jitter, so that the jobs of one outage
// do not come back in step. (M. Brooker, "Exponential Backoff And Jitter", 2015.)

export type BackoffPolicy = {
  /** Tries of one object at one registry, the first included. */
  readonly attempts: number
  readonly firstMs: number
  readonly maxMs: number
}

/**
 * The wait in milliseconds after the attempt with this `ordinal` (from 1), or 'too long' when the registry asks for more
 * patience than the policy has. `random` is in [0, 1). A registry's Retry-After is a least wait; jitter comes on top of it,
 * within the longest wait allowed.
 */
export function backoffAfter(
  policy: BackoffPolicy,
  ordinal: number,
  retryAfterMs: number | undefined,
  random: number
): number | 'too long' {
  if (retryAfterMs !== undefined && retryAfterMs > policy.maxMs) return 'too long'
  const ceilingMs = Math.min(policy.maxMs, policy.firstMs * 2 ** (ordinal - 1))
  const jitterMs = random * ceilingMs
  return Math.min(policy.maxMs, (retryAfterMs ?? 0) + jitterMs)
}
