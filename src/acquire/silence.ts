// How long a registry has been silent while it was asked: what "silent for one stall-timeout" means in CONTRACT.md's Trust.
// Silence begins with a request and starts anew with every status line, from the registry, its token server or its CDN. It lasts
// over tries that time out. It ends with the first byte of a body, and with a try that fails otherwise: an answer that has begun,
// or an error, fails by itself, and nothing is asked of a registry while its next try is waited for.
import {type Clock} from '../concurrency/clock.ts'

export type Silence = {
  readonly asked: () => void
  /** A status line arrived. */
  readonly answered: () => void
  /** A body has begun, or the try failed with something else than a timeout. */
  readonly broken: () => void
  /** Resolves once silence has lasted for `forMs`; rejects with the signal's reason. */
  readonly lasting: (forMs: number, signal: AbortSignal) => Promise<void>
}

export function createSilence(clock: Clock): Silence {
  let sinceMs: number | undefined
  return {
    asked: () => {
      sinceMs ??= clock.nowMs()
    },
    answered: () => {
      sinceMs = clock.nowMs()
    },
    broken: () => {
      sinceMs = undefined
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
