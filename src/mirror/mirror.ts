// The flow of the action `mirror`: read inputs, files and lock file; verify; copy; compare; report.
// Each step returns its failure as data.

import type {ImageRequest} from '../acquire/plan.ts'
import {openRun} from '../action/open-run.ts'
import {planRun} from '../action/plan-run.ts'
import {moreOfKinds, type RunContext, warn} from '../action/publish.ts'
import {settle} from '../action/settle.ts'
import {Cancelled, startRunTime} from '../action/time-limit.ts'
import {VERSION} from '../action/version.ts'
import {fail} from '../failure/error.ts'
import {endpointOf, formatRepository} from '../oci/reference.ts'
import {readTimeLimit} from '../runner/inputs.ts'
import type {Runtime} from '../runner/runtime.ts'
import {mirrorImages, type MirrorPlan} from './mirror-images.ts'
import {MIRROR_INPUTS, readMirrorInputs} from './mirror-inputs.ts'
import {buildMirrorReport, type MirrorEvidence} from './mirror-report.ts'
import type {MirrorResult} from './mirror-result.ts'
import {publishMirror} from './publish-mirror.ts'
import {planTargets} from './targets.ts'

/** Runs the action and publishes the result. Resolves to the exit code. */
export async function runMirror(runtime: Runtime): Promise<number> {
  const run = openRun(runtime, MIRROR_INPUTS)
  const {startedAt, startedMs, elapsedMs, deadline, end} = startRunTime(run, readTimeLimit(run.reader))

  const {failure, ...steps} = await runSteps(run, deadline)
  end()
  const report = buildMirrorReport({
    version: VERSION,
    startedAt,
    startedMs,
    elapsedMs: elapsedMs(),
    isCancelled: run.stop.signal.reason instanceof Cancelled,
    ...steps,
    warnings: [...run.warnings.messages, ...moreOfKinds(run).map(({message}) => message)],
    failure
  })
  return publishMirror(run, report, failure)
}

type StepsResult = Pick<MirrorEvidence, 'results' | 'unfinished' | 'isDryRun' | 'failure'>

async function runSteps(run: RunContext, deadline: Promise<never>): Promise<StepsResult> {
  const planned = await settle(deadline, () => planMirror(run))
  if (!planned.ok) return {results: [], unfinished: [], isDryRun: false, failure: planned.failure}
  const isDryRun = planned.value.mirror.dryRun
  const done = new Map<ImageRequest, MirrorResult>()
  const mirrored = await settle(deadline, () =>
    mirrorImages(run, planned.value, result => {
      done.set(result.request, result)
    })
  )
  const requests = planned.value.copies.map(({image}) => image)
  return {
    results: requests.flatMap(image => done.get(image) ?? []),
    unfinished: requests.filter(image => !done.has(image)),
    isDryRun,
    failure: mirrored.ok ? undefined : mirrored.failure
  }
}

/** Rejects with 'invalid-input' for everything that is wrong with the inputs, files, and the lock file. */
async function planMirror(run: RunContext): Promise<MirrorPlan> {
  const mirror = readMirrorInputs(run.reader)
  const {inputs, pins} = await planRun(run)
  const {copies, faults, notes} = planTargets(pins.images, mirror.rules)
  if (faults.length > 0) fail({kind: 'invalid-input', faults})
  for (const note of notes) run.runner.print(note)
  if (copies.length === 0) warn(run, 'Nothing to copy', 'No rule of the input to is for any of the images')
  for (const {image, repositories} of copies) {
    // These are the run's own words: a secret that is part of one is not masked there.
    for (const repository of repositories) run.runner.addOwn(formatRepository(repository))
    for (const {registry} of repositories) run.runner.addOwn(endpointOf(registry))
    const verb = mirror.dryRun ? 'would be copied to' : 'is to be copied to'
    run.runner.print(`${image.input} ${verb} ${repositories.map(formatRepository).join(', ')}`)
  }
  return {inputs, mirror, copies}
}
