// The wait before the next attempt at the same registry: exponential backoff with full jitter, so that the jobs of one outage do not
// come back in step (M. Brooker, "Exponential Backoff And Jitter", 2015).

export type BackoffPolicy = {
  /** Attempts at one object at one registry, the first included. */
  readonly attempts: number
  readonly firstMs: number
  readonly maxMs: number
}

/**
 * Returns the wait in milliseconds after the attempt with this `ordinal` (from 1), or 'too long' when the registry's Retry-After
 * exceeds the maximum. `random` is in [0, 1). Retry-After is a minimum: jitter is added to it, up to the maximum.
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
