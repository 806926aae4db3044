// The parts of an image side by side, and what becomes of the others when one of them fails.
// Knows failures by kind; knows nothing of what the parts are.

import type {RetryContext} from './retry.ts'
import {type Failure, type FailureKind} from '../failure/failure.ts'
import {VerifiedImageError} from '../failure/error.ts'

// One object may be missing or wrong where all others are right. Whoever cannot be reached, or is busy, has nothing else either.
const ONE_OBJECT_KINDS: readonly FailureKind[] = [
  'not-found',
  'corrupt',
  'too-large',
  'truncated',
  'protocol',
  'server-error',
  'denied'
]

export function affectsOneObject({kind}: Failure): boolean {
  return ONE_OBJECT_KINDS.includes(kind)
}

/**
 * Runs all side by side, `atOnce` at a time. The first that fails ends the others, unless they are kept and may still be had here;
 * its error is the one that is thrown once all have ended.
 */
export async function runGroup<S extends {readonly retry: RetryContext; readonly store: unknown}, T>(
  source: S,
  runs: readonly ((source: S) => Promise<T>)[],
  atOnce = runs.length
): Promise<readonly T[]> {
  const controller = new AbortController()
  const signal = AbortSignal.any([source.retry.signal, controller.signal])
  const inGroup = {...source, retry: {...source.retry, signal}}
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
          source.store !== undefined && error instanceof VerifiedImageError && affectsOneObject(error.failure)
        if (!mayGoOn) controller.abort(new DOMException('another part failed', 'AbortError'))
      }
    }
  }
  await Promise.all(Array.from({length: Math.min(atOnce, runs.length)}, work))
  if (first !== undefined) throw first.error
  return results
}
