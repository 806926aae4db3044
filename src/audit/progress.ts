// How far an audit is, in the log: a run of many images waits for rate limits most of the time, and would look as if it hung.
// At most one line every 30 seconds.

import type {Clock} from '../concurrency/clock.ts'
import {formatCount} from '../failure/format.ts'

const INTERVAL_MS = 30_000

type ProgressDeps = {readonly clock: Clock; readonly print: (line: string) => void}

/** Returns what is to be called after each image. */
export function createProgress({clock, print}: ProgressDeps, total: number): () => void {
  let checked = 0
  let printedMs = clock.nowMs()
  return () => {
    checked++
    const nowMs = clock.nowMs()
    if (checked === total || nowMs - printedMs < INTERVAL_MS) return
    printedMs = nowMs
    print(`${String(checked)} of ${formatCount(total, 'image')} checked`)
  }
}
