// The parts of an image side by side, and what becomes of the others when one of them fails.
// Knows failures by kind; knows nothing of what the parts are.

import type {Attempting} from './attempts.ts'
import {type Failure, type FailureKind, VerifiedImageError} from './failure.ts'

// One object may be missing or wrong where all others are right. Whoever cannot be reached, or is busy, has nothing else either.
const OF_ONE_OBJECT: readonly FailureKind[] = [
  'not-found',
  'corrupt',
  'too-large',
  'truncated',
  'protocol',
  'server-error',
  'denied'
]

export const isOfOneObject = ({kind}: Failure): boolean => OF_ONE_OBJECT.includes(kind)

/**
 * Runs all side by side, `atOnce` at a time. The first that fails ends the others, unless they are kept and may still be had here;
 * its error is the one that is thrown once all have ended.
 */
export const together = async <S extends {readonly attempting: Attempting; readonly keeper: unknown}, T>(
  source: S,
  runs: readonly ((source: S) => Promise<T>)[],
  atOnce = runs.length
): Promise<readonly T[]> => {
  const controller = new AbortController()
  const signal = AbortSignal.any([source.attempting.signal, controller.signal])
  const inGroup = {...source, attempting: {...source.attempting, signal}}
  const results: T[] = []
  let first: {readonly error: unknown} | undefined
  const waiting = runs.entries()
  const work = async (): Promise<void> => {
    // The workers share one iterator, so that each run starts once.
    for (const [at, run] of waiting) {
      try {
        signal.throwIfAborted()
        results[at] = await run(inGroup)
      } catch (error) {
        first ??= {error}
        const mayGoOn =
          source.keeper !== undefined && error instanceof VerifiedImageError && isOfOneObject(error.failure)
        if (!mayGoOn) controller.abort(new DOMException('another part failed', 'AbortError'))
      }
    }
  }
  await Promise.all(Array.from({length: Math.min(atOnce, runs.length)}, work))
  if (first !== undefined) throw first.error
  return results
}
