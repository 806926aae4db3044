// What a run says in the end, and along the way: annotations, outputs, the report and the summary. Words are made in acquire/.
// A part of action.ts with a room of its own.

import type {Acquisition} from './acquire/acquire.ts'
import {renderLost} from './acquire/annotations.ts'
import {describeFault, type Failure, formatPlace, type Place} from './acquire/failure.ts'
import {type Report, reportFailure} from './acquire/report.ts'
import {renderUsed} from './acquire/stand-in.ts'
import {wantsSummary} from './adapters/inputs.ts'
import type {Machine} from './adapters/machine.ts'
import {outputsOf} from './adapters/outputs.ts'
import type {Runner} from './adapters/runner.ts'

export type Run = {
  readonly machine: Machine
  readonly runner: Runner
  readonly warnings: string[]
  /** Ends everything: time is up, or the job is called off. */
  readonly stop: AbortController
}

export const warn = ({warnings, runner}: Run, title: string, message: string, place?: Place): void => {
  warnings.push(message)
  runner.warn({title, message, ...(place === undefined ? {} : {place})})
}

export const publishImages = (run: Run, acquisitions: readonly Acquisition[]): void => {
  for (const acquisition of acquisitions) {
    const {image} = acquisition
    const used = renderUsed(acquisition)
    const [place, ...others] = acquisition.wanted.image.places ?? []
    const beside = place === undefined ? {} : {place}
    const also = others.length === 0 ? '' : `\nAlso named at ${others.map(formatPlace).join(', ')}.`
    if (used !== undefined) warn(run, used.title, used.message, place)
    for (const note of image?.platforms.flatMap(({notes}) => notes) ?? [])
      warn(run, acquisition.wanted.image.asked, note)
    if (image === undefined) {
      const {title, message} = renderLost(acquisition)
      run.runner.error({title, message: message + also, ...beside})
    }
  }
}

export const publishFailure = (runner: Runner, failure: Failure): void => {
  if (failure.kind !== 'invalid-input')
    runner.error({title: 'verified-image failed', message: reportFailure(failure).message})
  else
    for (const fault of failure.faults) {
      const {input, place} = fault
      runner.error({title: `Input ${input}`, message: describeFault(fault), ...(place === undefined ? {} : {place})})
    }
}

/** The report first, so that it is there whatever the outputs come to. Resolves to the exit code. */
export const publish = async (run: Run, report: Report): Promise<number> => {
  const {runner} = run
  try {
    const path = runner.keepFile('report.json', `${JSON.stringify(report, undefined, 2)}\n`)
    runner.setOutputs({...outputsOf(report), report: path})
    await publishSummary(run, report)
    return report.outcome === 'verified' ? 0 : 1
  } catch (error) {
    runner.error({title: 'verified-image failed', message: error instanceof Error ? error.message : String(error)})
    return 1
  }
}

// Nothing of it is loaded before there is something to tell, and a build does not end red for want of a summary.
const publishSummary = async ({machine, runner}: Run, report: Report): Promise<void> => {
  if (!wantsSummary(machine.environment)) return
  try {
    const {renderSummary} = await import('./acquire/summary.ts')
    runner.addSummary(renderSummary(report))
  } catch (error) {
    runner.warn({title: 'The job summary', message: error instanceof Error ? error.message : String(error)})
  }
}
