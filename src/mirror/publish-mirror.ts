// Publishes a run of the action `mirror`: annotations, the report file, outputs, and the job summary.
// All are read from the report.

import {addSummary, moreOfKinds, type RunContext, writeReport} from '../action/publish.ts'
import {messageOf} from '../failure/error.ts'
import type {Failure} from '../failure/failure.ts'
import {inputErrorAnnotations} from '../report/annotations.ts'
import {redactDocument} from '../report/redact-report.ts'
import {reportFailure} from '../report/report-fields.ts'
import {describeRunFailure, mirrorErrors, mirrorWarnings} from './mirror-lines.ts'
import {mirrorOutputs} from './mirror-report.ts'
import type {MirrorReport} from './mirror-report-document.ts'
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
    runner.error({title: 'verified-image mirror failed', message: describeRunFailure(reportFailure(failure))})
  const outputs = mirrorOutputs(report)
  for (const value of Object.values(outputs)) runner.addOwn(value)
  const shown = redactDocument(report, runner.redact)
  try {
    runner.setOutputs({...outputs, report: writeReport(runner, 'report.json', shown)})
    await addSummary(run, () => renderMirrorSummary(shown))
    return report.outcome === 'copied' || report.outcome === 'planned' ? 0 : 1
  } catch (error) {
    runner.error({title: 'verified-image mirror failed', message: messageOf(error)})
    return 1
  }
}
