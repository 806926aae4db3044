// Time and randomness as parameters, so that tests use a manual clock and a fixed sequence.
// runner/runtime.ts provides the real ones.

export type Clock = {
  /** Milliseconds of a monotonic clock. */
  readonly nowMs: () => number
  /** Rejects with the signal's reason when the signal aborts first. */
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>
}

/** Returns a number in [0, 1). */
export type Random = () => number
