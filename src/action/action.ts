// The flow of the action: read inputs, files and lock file; acquire; verify pins; export; update the lock file; report; publish.
// Each step returns its failure as data.

import {type Failure} from '../failure/failure.ts'
import {describeFailure} from '../failure/describe-failure.ts'
import {type ExportedImage} from '../report/build-report.ts'
import {buildReport, type RunEvidence} from '../report/run-report.ts'
import {readTimeLimit} from '../runner/inputs.ts'
import {outputsOf} from '../runner/outputs.ts'
import {checkOutputs, verifiedOutputOf} from '../runner/outputs-check.ts'
import type {Runtime} from '../runner/runtime.ts'
import {acquireAll} from './acquire-all.ts'
import {openRun} from './open-run.ts'
import {type LockUpdate, updateLock, verifyPins} from './pins.ts'
import {type FinishedRun, moreOfKinds, publish, type RunContext, warn} from './publish.ts'
import type {MirrorUse} from '../mirror-files/table-reader.ts'
import {openExporterFor, type Plan, planRun} from './plan-run.ts'
import {settle} from './settle.ts'
import {Cancelled, startRunTime} from './time-limit.ts'
import {VERSION} from './version.ts'
import {type Acquisition} from '../acquire/acquisition.ts'

/** Runs the action and publishes the result. Resolves to the exit code. */
export async function runAction(runtime: Runtime): Promise<number> {
  const run = openRun(runtime)
  const {startedAt, startedMs, elapsedMs, deadline, end} = startRunTime(run, readTimeLimit(run.reader))

  const result = await runSteps(run, deadline)
  end()
  const {acquisitions, exports, layout, update, isComplete, failure} = result
  return publish(
    run,
    finish({
      version: VERSION,
      startedAt,
      startedMs,
      elapsedMs: elapsedMs(),
      isCancelled: run.stop.signal.reason instanceof Cancelled,
      isComplete,
      acquisitions,
      exports,
      layout,
      warnings: [...run.warnings.messages, ...moreOfKinds(run).map(({message}) => message)],
      lock: update?.lock,
      advice: update?.advice,
      failure
    })
  )
}

/** Builds the report. Outputs that do not agree with what was verified are a bug, and none is set then. */
function finish(evidence: RunEvidence): FinishedRun {
  const {acquisitions, exports, layout, failure} = evidence
  const report = buildReport(evidence)
  const reason = checkOutputs(
    outputsOf(report),
    verifiedOutputOf(acquisitions, acquisition => exports.get(acquisition), layout)
  )
  if (reason === undefined) return {report, failure}
  const bug: Failure = {
    kind: 'bug',
    detail: `${reason}. No output is set. Report this as a bug, with the report of this run`
  }
  return {report: buildReport({...evidence, exports: notExported(acquisitions), failure: bug}), failure: bug}
}

/** What the steps came to. */
type StepsResult = {
  readonly acquisitions: readonly Acquisition[]
  readonly exports: ReadonlyMap<Acquisition, ExportedImage | 'not-exported'>
  readonly layout: string | undefined
  readonly update: LockUpdate | undefined
  readonly isComplete: boolean
  readonly failure: Failure | undefined
}

const NOTHING: StepsResult = {
  acquisitions: [],
  exports: new Map(),
  layout: undefined,
  update: undefined,
  isComplete: false,
  failure: undefined
}

/** Asked before the inputs are read as a whole: imported mirrors are one of them. */
function importUse(reader: RunContext['reader']): MirrorUse {
  return reader.flag('load') || reader.text('layout') !== '' ? 'content' : 'references'
}

async function runSteps(run: RunContext, deadline: Promise<never>): Promise<StepsResult> {
  const planned = await settle(deadline, () => planRun(run, importUse(run.reader)))
  if (!planned.ok) return {...NOTHING, failure: planned.failure}
  const exporter = await settle(deadline, () => openExporterFor(run, planned.value.inputs))
  if (!exporter.ok) return {...NOTHING, failure: exporter.failure}

  const result = await runImages(run, {...planned.value, exporter: exporter.value}, deadline)

  const closed = await settle(deadline, () => exporter.value?.close() ?? Promise.resolve())
  if (!closed.ok && closed.failure !== undefined && result.isComplete)
    warn(
      run,
      'Temporary files',
      `The images are in place, but temporary files were not removed: ${describeFailure(closed.failure)}`
    )
  return result
}

async function runImages(run: RunContext, plan: Plan, deadline: Promise<never>): Promise<StepsResult> {
  const {inputs, pins, exporter} = plan
  const acquired = await settle(deadline, () => acquireAll(run, plan))
  if (!acquired.ok) return {...NOTHING, failure: acquired.failure}
  const {images, lockOnlyImages} = acquired.value

  const faults = verifyPins(pins, images)
  if (faults.length > 0) return {...NOTHING, failure: {kind: 'invalid-input', faults}}

  const result = {
    ...NOTHING,
    acquisitions: images,
    exports: exporter === undefined ? NOTHING.exports : notExported(images)
  }
  const exported = await settle(deadline, () => exporter?.exportImages(images) ?? Promise.resolve(undefined))
  if (!exported.ok) return {...result, failure: exported.failure}
  const exports: StepsResult['exports'] = new Map([...result.exports, ...(exported.value ?? [])])

  const updated = await settle(deadline, () => updateLock(run, pins, images, lockOnlyImages))
  const {layout} = inputs
  return updated.ok
    ? {...result, exports, layout, update: updated.value, isComplete: true}
    : {...result, exports, layout, failure: updated.failure}
}

function notExported(acquisitions: readonly Acquisition[]): ReadonlyMap<Acquisition, 'not-exported'> {
  return new Map(acquisitions.map(acquisition => [acquisition, 'not-exported']))
}
