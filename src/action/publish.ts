// Publishes a run: annotations, outputs, the report file, and the job summary. All of them are read from what the run made.
// Warnings about the run itself are published when they occur.

import {type Failure, type SourceLocation} from '../failure/failure.ts'
import type {Report} from '../report/report-document.ts'
import {reportFailure} from '../report/report-fields.ts'
import {redactReport} from '../report/redact-report.ts'
import {type Annotation, errorAnnotations, inputErrorAnnotations, MAX_ANNOTATIONS} from '../report/annotations.ts'
import {moreWarnings, warningsOfImages} from '../report/run-report.ts'
import {renderSummary} from '../summary/summary.ts'
import {wantsSummary} from '../runner/inputs.ts'
import type {Runtime} from '../runner/runtime.ts'
import type {JobVariables} from '../files/file-variables.ts'
import {outputsOf} from '../runner/outputs.ts'
import {describeDroppedOutputs} from '../runner/dropped-outputs.ts'
import {checkPath} from '../runner/outputs-check.ts'
import type {Runner} from '../runner/runner.ts'
import {fail, messageOf} from '../failure/error.ts'
import {type InputReader} from '../runner/input-reader.ts'

export type RunContext = {
  readonly runtime: Runtime
  /** The inputs, secrets included. Nothing else has these. */
  readonly reader: InputReader
  /** The job's variables, for files of the workspace. */
  readonly job: JobVariables
  /** The environment of programs that the run starts. */
  readonly programEnvironment: Readonly<Record<string, string>>
  readonly runner: Runner
  readonly warnings: WarningLog
  /** Ends everything: the time limit has passed, or the job is canceled. */
  readonly stop: AbortController
}

/** The warnings about the run itself, by kind, in the order in which they occurred. */
export type WarningLog = {readonly messages: string[]; readonly counts: Map<string, number>}

/** Publishes a warning. Its title is its kind; only the first few of a kind are shown, see moreOfKinds. */
export function warn(
  {warnings: {messages, counts}, runner}: RunContext,
  title: string,
  message: string,
  location?: SourceLocation
): void {
  const count = (counts.get(title) ?? 0) + 1
  counts.set(title, count)
  if (count > MAX_ANNOTATIONS) return
  messages.push(message)
  runner.warning(location === undefined ? {title, message} : {title, message, location})
}

/** For each kind of which there were too many to show, how many more there are. */
export function moreOfKinds({warnings}: RunContext): readonly Annotation[] {
  return [...warnings.counts].flatMap(([kind, count]) => moreWarnings(kind, count))
}

/** A finished run, to be published. */
export type FinishedRun = {
  readonly report: Report
  readonly failure: Failure | undefined
}

/** Publishes a run. The report file is written before the outputs are set. Resolves to the exit code. */
export async function publish(run: RunContext, {report, failure}: FinishedRun): Promise<number> {
  const {runner} = run
  for (const warning of [...warningsOfImages(report.images), ...moreOfKinds(run)]) runner.warning(warning)
  for (const error of errorAnnotations(report.images)) runner.error(error)
  if (failure !== undefined) publishFailure(runner, failure)
  const outputs = outputsOf(report)
  const secretWarning = warnAboutSecrets(runner, outputs)
  const warnings = secretWarning === undefined ? report.warnings : [...report.warnings, secretWarning.message]
  if (secretWarning !== undefined) runner.warning(secretWarning)
  const dropped = describeDroppedOutputs(outputs, run.reader.text('username'))
  if (dropped !== undefined) runner.print(dropped)
  const shown = redactReport({...report, warnings}, runner.redact)
  try {
    runner.setOutputs({...outputs, report: writeReport(runner, 'report.json', shown)})
    await addSummary(run, () => renderSummary(shown))
    return report.outcome === 'verified' ? 0 : 1
  } catch (error) {
    runner.error({title: 'verified-image failed', message: messageOf(error)})
    return 1
  }
}

/** Publishes one error, also for many invalid inputs; lines of files also have one each beside them. */
function publishFailure(runner: Runner, failure: Failure): void {
  if (failure.kind === 'invalid-input') for (const error of inputErrorAnnotations(failure)) runner.error(error)
  else runner.error({title: 'verified-image failed', message: reportFailure(failure).message})
}

// GitHub drops a job output that contains a masked text. Jobs that need this one then run with an empty value.
function warnAboutSecrets(runner: Runner, outputs: Readonly<Record<string, string>>): Annotation | undefined {
  for (const value of Object.values(outputs)) runner.addOwn(value)
  const names = Object.entries(outputs).flatMap(([name, value]) => (runner.redact(value) === value ? [] : [name]))
  if (names.length === 0) return undefined
  return {
    title: 'An output contains a secret',
    message: `The ${names.length === 1 ? 'output' : 'outputs'} ${names.join(', ')} ${names.length === 1 ? 'contains' : 'contain'} a secret, such as the input password. Later steps of this job get the value, but GitHub drops job outputs that contain a secret, so jobs that need this one get an empty string. Use a secret that is not a word of the image name.`
  }
}

/** Writes a report as JSON. Returns its path, which can be an output; throws a VerifiedImageError otherwise. */
export function writeReport(runner: Runner, name: string, report: object): string {
  const path = runner.writeTempFile(name, `${JSON.stringify(report, undefined, 2)}\n`)
  const reason = checkPath(path)
  return reason === undefined ? path : fail({kind: 'local-io', detail: `output report is not set: ${reason}`})
}

/** Adds to the job summary, unless the input `summary` is false. A summary that cannot be written is a warning, and fails no run. */
export async function addSummary({reader, runner}: RunContext, render: () => string): Promise<void> {
  if (!wantsSummary(reader)) return
  try {
    await runner.addSummary(render)
  } catch (error) {
    runner.warning({title: 'Job summary', message: messageOf(error)})
  }
}
