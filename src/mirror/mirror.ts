// The flow of the action `mirror`: read inputs, files and lock file; verify; copy; compare; report.
// Each step returns its failure as data.

import {openRun} from '../action/open-run.ts'
import {settle} from '../action/settle.ts'
import {planRun} from '../action/plan-run.ts'
import {overdue, startTimeLimit} from '../action/time-limit.ts'
import {readTimeLimit} from '../runner/inputs.ts'
import type {Runtime} from '../runner/runtime.ts'
import {MIRROR_INPUTS} from './mirror-inputs.ts'

/** Runs the action and publishes the result. Resolves to the exit code. */
export async function runMirror(runtime: Runtime): Promise<number> {
  const run = openRun(runtime, MIRROR_INPUTS)
  const done = new AbortController()
  startTimeLimit(run, readTimeLimit(run.reader), done.signal)
  const deadline = overdue(run, done.signal)
  deadline.catch(() => undefined)
  const planned = await settle(deadline, () => planRun(run))
  done.abort()
  return planned.ok ? 0 : 1
}
