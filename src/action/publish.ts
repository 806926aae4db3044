// What a run says in the end, and along the way: annotations, outputs, the report and the summary. Words are made in acquire/.
// A part of action.ts with a room of its own.
import {renderUnavailable} from '../report/annotations.ts'
import {few} from '../failure/shorten-list.ts'
import {renderNotes} from '../report/image-warnings.ts'
import {type Failure, type SourceLocation} from '../failure/failure.ts'
import type {Report} from '../report/report-document.ts'
import {reportFailure} from '../report/report-fields.ts'
import {redactReport} from '../report/redact-report.ts'
import {imageWarning} from '../report/fallback-warning.ts'
import {renderSummary} from '../summary/summary.ts'
import {wantsSummary} from '../runner/inputs.ts'
import type {Runtime} from '../runner/runtime.ts'
import type {JobVariables} from '../files/file-variables.ts'
import {outputsOf} from '../runner/outputs.ts'
import {describeDroppedOutputs} from '../runner/dropped-outputs.ts'
import {whyNotPath} from '../runner/outputs-check.ts'
import type {Runner} from '../runner/runner.ts'
import {formatLocation} from '../failure/format.ts'
import {describeIssue} from '../failure/describe-failure.ts'
import {fail} from '../failure/error.ts'
import {createInputReader, type WrittenInputs} from '../runner/input-reader.ts'
import {type Acquisition} from '../acquire/acquisition.ts'

export type RunContext = {
  readonly machine: Runtime
  /** The inputs, secrets included. Nothing else has these. */
  readonly written: WrittenInputs
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
    const message = `${kind}: ${String(count - MAX_OF_A_KIND)} more warnings like the ones above`
    warnings.push(message)
    runner.warning({title: kind, message})
  }
  kinds.clear()
}

export function publishImages(run: RunContext, acquisitions: readonly Acquisition[]): void {
  const errors: Said[] = []
  for (const acquisition of acquisitions) {
    const {image} = acquisition
    const {input} = acquisition.request.image
    const used = imageWarning(acquisition)
    const [location, ...others] = acquisition.request.image.locations ?? []
    const beside = location === undefined ? {} : {location}
    const also = others.length === 0 ? '' : `\nAlso named at ${few(others.map(formatLocation)).join(', ')}.`
    const notes = image === undefined ? undefined : renderNotes(image)
    if (used !== undefined) warnOfKind(run, 'Images that are not as they were asked for', {...used, ...beside})
    if (notes !== undefined) warnOfKind(run, 'Notes on images', {title: input, message: notes})
    if (image === undefined) {
      const {title, message} = renderUnavailable(acquisition)
      errors.push({title, message: message + also, ...beside})
    }
  }
  sayErrors(run.runner, 'No verified image', errors)
}

function sayErrors(runner: Runner, kind: string, errors: readonly Said[]): void {
  for (const error of errors.slice(0, MAX_OF_A_KIND)) runner.error(error)
  const more = errors.slice(MAX_OF_A_KIND)
  if (more.length > 0)
    runner.error({
      title: kind,
      message: [`${String(more.length)} more errors like the ones above`, ...few(more.map(({title}) => title))].join(
        '\n'
      )
    })
}

/** One annotation, also for many faults: each of them is a line. */
export function publishFailure(runner: Runner, failure: Failure): void {
  if (failure.kind !== 'invalid-input') {
    runner.error({title: 'verified-image failed', message: reportFailure(failure).message})
    return
  }
  const [fault, ...others] = failure.faults
  const isOne = fault !== undefined && others.length === 0
  runner.error({
    title: isOne ? `Input ${fault.input}` : `${String(failure.faults.length)} inputs are not valid`,
    message: failure.faults.map(describeIssue).join('\n'),
    ...(isOne && fault.location !== undefined ? {location: fault.location} : {})
  })
}

/** The report first, so that it is there whatever the outputs come to. Resolves to the exit code. */
export async function publish(run: RunContext, report: Report): Promise<number> {
  const {runner} = run
  sayHowManyMore(run)
  const outputs = outputsOf(report)
  warnOfSecrets(run, outputs)
  const dropped = describeDroppedOutputs(outputs, createInputReader(run.written, []).text('username'))
  if (dropped !== undefined) runner.print(dropped)
  const shown = redactReport(report, runner.redact)
  try {
    const path = runner.writeTempFile('report.json', `${JSON.stringify(shown, undefined, 2)}\n`)
    const why = whyNotPath(path)
    if (why !== undefined) fail({kind: 'local-io', detail: `the output report is not set: ${why}`})
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
    `The value of a secret, such as the input password, is part of the ${names.length === 1 ? 'output' : 'outputs'} ${names.join(', ')}. Later steps of this job get the value, but GitHub drops job outputs that contain a secret: jobs that need this one get an empty text. Use a secret that is not a word of the image's name.`
  )
}

// A build does not fail because its summary cannot be written.
async function publishSummary({written, runner}: RunContext, report: Report): Promise<void> {
  if (!wantsSummary(written)) return
  try {
    await runner.addSummary(() => renderSummary(report))
  } catch (error) {
    runner.warning({title: 'The job summary', message: error instanceof Error ? error.message : String(error)})
  }
}
