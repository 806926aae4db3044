// How long a registry has been silent while it was asked: what "silent for one stall-timeout" means in CONTRACT.md's Trust.
// Silence begins with a request and starts anew with every status line and every byte of a body, from the registry, its token
// server or its CDN. It lasts over retries: a registry that never answers is silent through all of them. A registry that has
// answered, be it with an error, is not silent while its next try is waited for: nothing is asked of it then.

import type {Clock} from './ports.ts'

export type Silence = {
  readonly asked: () => void
  /** A status line or bytes arrived. */
  readonly answered: () => void
  /** The try is over. */
  readonly tried: () => void
  /** Resolves once silence has lasted for `forMs`; rejects with the signal's reason. */
  readonly lasting: (forMs: number, signal: AbortSignal) => Promise<void>
}

export function createSilence(clock: Clock): Silence {
  let sinceMs: number | undefined
  let wasAnswered = false
  return {
    asked: () => {
      sinceMs ??= clock.nowMs()
      wasAnswered = false
    },
    answered: () => {
      sinceMs = clock.nowMs()
      wasAnswered = true
    },
    tried: () => {
      if (wasAnswered) sinceMs = undefined
    },
    lasting: async (forMs, signal) => {
      for (;;) {
        const leftMs = sinceMs === undefined ? forMs : sinceMs + forMs - clock.nowMs()
        if (leftMs <= 0) return
        await clock.wait(leftMs, signal)
      }
    }
  }
}
