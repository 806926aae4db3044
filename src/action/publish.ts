// What a run says in the end, and along the way: annotations, outputs, the report and the summary. Words are made in acquire/.
// A part of action.ts with a room of its own.
import {errorAnnotations, inputErrorAnnotations, warningAnnotation} from '../report/annotations.ts'
import {renderNotes} from '../report/platform-notes.ts'
import {type Failure, type SourceLocation} from '../failure/failure.ts'
import type {ImageReport, Report} from '../report/report-document.ts'
import {reportFailure} from '../report/report-fields.ts'
import {redactReport} from '../report/redact-report.ts'
import {renderSummary} from '../summary/summary.ts'
import {wantsSummary} from '../runner/inputs.ts'
import type {Runtime} from '../runner/runtime.ts'
import type {JobVariables} from '../files/file-variables.ts'
import {outputsOf} from '../runner/outputs.ts'
import {checkPath} from '../runner/outputs-check.ts'
import type {Runner} from '../runner/runner.ts'
import {fail} from '../failure/error.ts'
import {type InputReader} from '../runner/input-reader.ts'

export type RunContext = {
  readonly machine: Runtime
  /** The inputs, secrets included. Nothing else has these. */
  readonly reader: InputReader
  /** The job's variables, for files of the workspace. */
  readonly job: JobVariables
  /** What a started program gets. */
  readonly programEnvironment: Readonly<Record<string, string>>
  readonly runner: Runner
  readonly warnings: string[]
  /** How many warnings of a kind there were. */
  readonly kinds: Map<string, number>
  /** Ends everything: time is up, or the job is called off. */
  readonly stop: AbortController
}

const MAX_OF_A_KIND = 10

type Said = {readonly title: string; readonly message: string; readonly location?: SourceLocation}

/** A warning of the kind that its title names. */
export function warn(run: RunContext, title: string, message: string, location?: SourceLocation): void {
  warnOfKind(run, title, {title, message, ...(location === undefined ? {} : {location})})
}

// What comes after the first few of a kind is counted, and told at the end; see sayHowManyMore.
function warnOfKind({warnings, runner, kinds}: RunContext, kind: string, said: Said): void {
  const count = (kinds.get(kind) ?? 0) + 1
  kinds.set(kind, count)
  if (count > MAX_OF_A_KIND) return
  warnings.push(said.message)
  runner.warning(said)
}

function sayHowManyMore({warnings, runner, kinds}: RunContext): void {
  for (const [kind, count] of kinds) {
    if (count <= MAX_OF_A_KIND) continue
    const message = `${kind}: ${String(count - MAX_OF_A_KIND)} more warnings of this kind`
    warnings.push(message)
    runner.warning({title: kind, message})
  }
  kinds.clear()
}

export function publishImages(run: RunContext, images: readonly ImageReport[]): void {
  for (const image of images) {
    const warning = warningAnnotation(image)
    const notes = renderNotes(image.platforms)
    if (warning !== undefined) warnOfKind(run, 'Images from elsewhere', warning)
    if (notes !== undefined) warnOfKind(run, 'Notes on images', {title: image.image, message: notes})
  }
  for (const error of errorAnnotations(images)) run.runner.error(error)
}

/** One error, also for many invalid inputs; lines of files have one each beside them. */
export function publishFailure(runner: Runner, failure: Failure): void {
  if (failure.kind === 'invalid-input') for (const error of inputErrorAnnotations(failure)) runner.error(error)
  else runner.error({title: 'verified-image failed', message: reportFailure(failure).message})
}

/** The report first, so that it is there whatever the outputs come to. Resolves to the exit code. */
export async function publish(run: RunContext, report: Report): Promise<number> {
  const {runner} = run
  sayHowManyMore(run)
  const outputs = outputsOf(report)
  warnOfSecrets(run, outputs)
  const shown = redactReport(report, runner.redact)
  try {
    const path = runner.writeTempFile('report.json', `${JSON.stringify(shown, undefined, 2)}\n`)
    const reason = checkPath(path)
    if (reason !== undefined) fail({kind: 'local-io', detail: `output report is not set: ${reason}`})
    runner.setOutputs({...outputs, report: path})
    await publishSummary(run, shown)
    return report.outcome === 'verified' ? 0 : 1
  } catch (error) {
    runner.error({title: 'verified-image failed', message: error instanceof Error ? error.message : String(error)})
    return 1
  }
}

// A runner keeps what holds a masked text from the jobs that need this one, and they then run with an empty value.
function warnOfSecrets(run: RunContext, outputs: Readonly<Record<string, string>>): void {
  const {runner} = run
  for (const value of Object.values(outputs)) runner.addOwn(value)
  const names = Object.entries(outputs).flatMap(([name, value]) => (runner.redact(value) === value ? [] : [name]))
  if (names.length === 0) return
  warn(
    run,
    'An output contains a secret',
    `The ${names.length === 1 ? 'output' : 'outputs'} ${names.join(', ')} ${names.length === 1 ? 'contains' : 'contain'} a secret, such as the input password. Later steps of this job get the value, but GitHub drops job outputs that contain a secret, so jobs that need this one get an empty string. Use a secret that is not a word of the image name.`
  )
}

// A build does not fail because its summary cannot be written.
async function publishSummary({reader, runner}: RunContext, report: Report): Promise<void> {
  if (!wantsSummary(reader)) return
  try {
    await runner.addSummary(() => renderSummary(report))
  } catch (error) {
    runner.warning({title: 'Job summary', message: error instanceof Error ? error.message : String(error)})
  }
}
