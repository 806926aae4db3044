// Time and chance as the code sees them, so that tests hand in a manual clock and a fixed sequence.
// The real ones are in runner/runtime.ts.

export type Clock = {
  /** Milliseconds on a clock that never goes back. */
  readonly nowMs: () => number
  /** Rejects with the signal's reason when that comes first. */
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>
}

/** In [0, 1). */
export type Random = () => number
