// The flow of the action `mirror`: read inputs, files and lock file; verify; copy; compare; report.
// Each step returns its failure as data.

import type {ImageRequest} from '../acquire/plan.ts'
import {openRun} from '../action/open-run.ts'
import {planRun} from '../action/plan-run.ts'
import {moreOfKinds, type RunContext, warn} from '../action/publish.ts'
import {settle} from '../action/settle.ts'
import {Cancelled, overdue, startTimeLimit} from '../action/time-limit.ts'
import {VERSION} from '../action/version.ts'
import {fail} from '../failure/error.ts'
import type {Failure} from '../failure/failure.ts'
import {endpointOf, formatRepository} from '../oci/reference.ts'
import {readTimeLimit} from '../runner/inputs.ts'
import type {Runtime} from '../runner/runtime.ts'
import {mirrorImages, type MirrorPlan} from './mirror-images.ts'
import {MIRROR_INPUTS, readMirrorInputs} from './mirror-inputs.ts'
import {buildMirrorReport} from './mirror-report.ts'
import type {MirrorResult} from './mirror-result.ts'
import {publishMirror} from './publish-mirror.ts'
import {planTargets} from './targets.ts'

/** Runs the action and publishes the result. Resolves to the exit code. */
export async function runMirror(runtime: Runtime): Promise<number> {
  const run = openRun(runtime, MIRROR_INPUTS)
  const startedAt = runtime.wallClock().toISOString()
  const startedMs = runtime.clock.nowMs()
  const done = new AbortController()
  startTimeLimit(run, readTimeLimit(run.reader), done.signal)
  const deadline = overdue(run, done.signal)
  // It is awaited by each step; between two steps nothing else handles it.
  deadline.catch(() => undefined)

  const {results, isDryRun, failure} = await runSteps(run, deadline)
  done.abort()
  const report = buildMirrorReport({
    version: VERSION,
    startedAt,
    startedMs,
    elapsedMs: runtime.clock.nowMs() - startedMs,
    isCancelled: run.stop.signal.reason instanceof Cancelled,
    isDryRun,
    results,
    warnings: [...run.warnings.messages, ...moreOfKinds(run).map(({message}) => message)],
    failure
  })
  return publishMirror(run, report, failure)
}

type StepsResult = {
  readonly results: readonly MirrorResult[]
  readonly isDryRun: boolean
  readonly failure: Failure | undefined
}

async function runSteps(run: RunContext, deadline: Promise<never>): Promise<StepsResult> {
  const planned = await settle(deadline, () => planMirror(run))
  if (!planned.ok) return {results: [], isDryRun: false, failure: planned.failure}
  const isDryRun = planned.value.mirror.dryRun
  const done = new Map<ImageRequest, MirrorResult>()
  const mirrored = await settle(deadline, () =>
    mirrorImages(run, planned.value, result => {
      done.set(result.request, result)
    })
  )
  const results = planned.value.images.flatMap(([image]) => done.get(image) ?? [])
  return {results, isDryRun, failure: mirrored.ok ? undefined : mirrored.failure}
}

/** Rejects with 'invalid-input' for everything that is wrong with the inputs, files, and the lock file. */
async function planMirror(run: RunContext): Promise<MirrorPlan> {
  const mirror = readMirrorInputs(run.reader)
  const {inputs, pins} = await planRun(run)
  const {targets, faults, notes} = planTargets(pins.images, mirror.rules)
  if (faults.length > 0) fail({kind: 'invalid-input', faults})
  for (const note of notes) run.runner.print(note)
  const images = [...targets].filter(([, repositories]) => repositories.length > 0)
  if (images.length === 0) warn(run, 'Nothing to copy', 'No rule of the input to is for any of the images')
  for (const [{input}, repositories] of images) {
    // These are the run's own words: a secret that is part of one is not masked there.
    for (const repository of repositories) run.runner.addOwn(formatRepository(repository))
    for (const {registry} of repositories) run.runner.addOwn(endpointOf(registry))
    run.runner.print(`${input} is copied to ${repositories.map(formatRepository).join(', ')}`)
  }
  return {inputs, mirror, images}
}
