// The wait before the next attempt at the same registry: exponential, with a floor, and with jitter above it, so that the jobs of one
// outage do not come back in step (M. Brooker, "Exponential Backoff And Jitter", 2015). Full jitter, from 0 on, was tried and
// dropped: four attempts were over within a second, and with them the build.

export type BackoffPolicy = {
  /** Attempts at one object at one registry, the first included. */
  readonly attempts: number
  readonly firstMs: number
  readonly maxMs: number
}

// A wait is 1.2 to 1.5 times its step. With the defaults, the three waits of four attempts last at least 4.2 s: a registry that is
// away for 4 s, as for a restart, is survived.
const FLOOR = 1.2
const JITTER = 0.3

/**
 * Returns the wait in milliseconds after the attempt with this `ordinal` (from 1), or 'too long' when the registry's Retry-After
 * exceeds the maximum. `random` is in [0, 1). A Retry-After of 0, or one that is over, counts as none; any other is a minimum.
 */
export function backoffAfter(
  policy: BackoffPolicy,
  ordinal: number,
  retryAfterMs: number | undefined,
  random: number
): number | 'too long' {
  if (retryAfterMs !== undefined && retryAfterMs > policy.maxMs) return 'too long'
  // So that the longest wait has jitter too.
  const stepMs = Math.min(policy.maxMs / (FLOOR + JITTER), policy.firstMs * 2 ** (ordinal - 1))
  const floorMs = Math.max(FLOOR * stepMs, retryAfterMs ?? 0)
  return Math.min(policy.maxMs, floorMs + random * JITTER * stepMs)
}
