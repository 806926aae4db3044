// Publishes a run of the action `mirror`: annotations, the report file, outputs, and the job summary.
// All are read from the report.

import {moreOfKinds, type RunContext} from '../action/publish.ts'
import {fail} from '../failure/error.ts'
import type {Failure} from '../failure/failure.ts'
import {inputErrorAnnotations} from '../report/annotations.ts'
import {redactDocument} from '../report/redact-report.ts'
import {reportFailure} from '../report/report-fields.ts'
import {wantsSummary} from '../runner/inputs.ts'
import {checkPath} from '../runner/outputs-check.ts'
import {mirrorErrors, mirrorWarnings} from './mirror-lines.ts'
import {mirrorOutputs, type MirrorReport} from './mirror-report.ts'
import {renderMirrorSummary} from './mirror-summary.ts'

/** The report file is written before the outputs are set. Resolves to the exit code. */
export async function publishMirror(
  run: RunContext,
  report: MirrorReport,
  failure: Failure | undefined
): Promise<number> {
  const {runner} = run
  for (const warning of [...mirrorWarnings(report.images), ...moreOfKinds(run)]) runner.warning(warning)
  for (const error of mirrorErrors(report.images)) runner.error(error)
  if (failure?.kind === 'invalid-input') for (const error of inputErrorAnnotations(failure)) runner.error(error)
  else if (failure !== undefined)
    runner.error({title: 'verified-image mirror failed', message: reportFailure(failure).message})
  const outputs = mirrorOutputs(report)
  for (const value of Object.values(outputs)) runner.addOwn(value)
  const shown = redactDocument(report, runner.redact)
  try {
    const path = runner.writeTempFile('report.json', `${JSON.stringify(shown, undefined, 2)}\n`)
    const reason = checkPath(path)
    if (reason !== undefined) fail({kind: 'local-io', detail: `output report is not set: ${reason}`})
    runner.setOutputs({...outputs, report: path})
    if (wantsSummary(run.reader)) await writeSummary(run, shown)
    return report.outcome === 'copied' || report.outcome === 'planned' ? 0 : 1
  } catch (error) {
    runner.error({
      title: 'verified-image mirror failed',
      message: error instanceof Error ? error.message : String(error)
    })
    return 1
  }
}

// A run does not fail because its summary cannot be written.
async function writeSummary({runner}: RunContext, report: MirrorReport): Promise<void> {
  try {
    await runner.addSummary(() => renderMirrorSummary(report))
  } catch (error) {
    runner.warning({title: 'Job summary', message: error instanceof Error ? error.message : String(error)})
  }
}
