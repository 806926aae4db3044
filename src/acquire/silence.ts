// Measures how long a registry has been silent. A tag is resolved without the primary after it was silent for one stall-timeout.
// Silence starts with a request, and again with every status line from the registry, its token server, or its CDN. Attempts that
// time out do not end it. The first byte of a body ends it, and so does an attempt that fails in another way: the failure counts then.

import {type Clock} from '../concurrency/clock.ts'

export type Silence = {
  /** Records a request. */
  readonly requested: () => void
  /** Records a status line. */
  readonly responded: () => void
  /** Records a byte of a body, or an attempt that failed with something other than a timeout. */
  readonly ended: () => void
  /** Resolves once silence has lasted for `forMs`. Rejects with the signal's reason. */
  readonly untilLasting: (forMs: number, signal: AbortSignal) => Promise<void>
}

/** Creates the measure of one run of one registry. */
export function createSilence(clock: Clock): Silence {
  let sinceMs: number | undefined
  return {
    requested: () => {
      sinceMs ??= clock.nowMs()
    },
    responded: () => {
      sinceMs = clock.nowMs()
    },
    ended: () => {
      sinceMs = undefined
    },
    untilLasting: async (forMs, signal) => {
      for (;;) {
        const leftMs = sinceMs === undefined ? forMs : sinceMs + forMs - clock.nowMs()
        if (leftMs <= 0) return
        await clock.wait(leftMs, signal)
      }
    }
  }
}
