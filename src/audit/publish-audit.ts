// Publishes an audit: log lines, annotations, the tracking issue, SARIF, the report file, outputs, and the job summary.
// All of them are made from the report.

import {mkdirSync, renameSync, rmSync, writeFileSync} from 'node:fs'
import {basename, dirname, join, resolve} from 'node:path'
import {addSummary, type RunContext, writeReport} from '../action/publish.ts'
import type {Settled} from '../action/settle.ts'
import {fail, messageOf} from '../failure/error.ts'
import {formatCount, formatLocation, shortenDigests} from '../failure/format.ts'
import {few} from '../failure/shorten-list.ts'
import {sincePhrase} from '../findings/describe-finding.ts'
import {countKinds} from '../findings/finding.ts'
import {describeErrno} from '../filesystem/errno.ts'
import {isBelow, realPathBelow} from '../filesystem/real-path.ts'
import {MAX_ANNOTATIONS} from '../report/annotations.ts'
import {redactDocument} from '../report/redact-report.ts'
import {checkPath} from '../runner/outputs-check.ts'
import type {AuditReport, FindingReport} from '../audit-report/audit-document.ts'
import {renderAuditSummary} from '../audit-report/audit-summary.ts'
import {SIGNS} from '../audit-report/finding-list.ts'
import type {AuditPlan} from './plan-audit.ts'
import {renderSarif} from '../audit-report/sarif.ts'
import {describeTrackerFailure, workflowPath} from './track-issue.ts'

export type AuditToPublish = {
  readonly report: AuditReport
  /** Undefined if the inputs are not valid. */
  readonly plan: AuditPlan | undefined
  /** Updates the tracking issue from the report without secrets. Undefined without one. Not called if the audit is not complete. */
  readonly updateIssue: ((report: AuditReport) => Promise<Settled<AuditReport['issue']>>) | undefined
}

/** Publishes an audit. Resolves to the exit code. */
export async function publishAudit(run: RunContext, {report, plan, updateIssue}: AuditToPublish): Promise<number> {
  const {runner} = run
  const shown = redactDocument(report, runner.redact)
  logImages(run, shown)
  annotate(run, shown)
  const errors: string[] = []
  const isComplete = shown.outcome === 'clean' || shown.outcome === 'findings'
  if (!isComplete && updateIssue !== undefined)
    runner.print('The tracking issue stays as it is, because the audit is not complete.')
  const issue = isComplete ? await updateIssue?.(shown) : undefined
  if (issue?.ok === false && issue.failure !== undefined) errors.push(describeTrackerFailure(issue.failure))
  const final = issue?.ok === true && issue.value !== undefined ? {...shown, issue: issue.value} : shown
  const outputs = new Map([['findings', JSON.stringify(countsOf(final))]])
  const steps = [
    () => outputs.set('report', writeReport(runner, 'audit-report.json', final)),
    () => {
      const path = writeSarif(run, final, plan)
      if (path !== undefined) outputs.set('sarif', printable(path))
    },
    () => {
      runner.setOutputs(Object.fromEntries(outputs))
    }
  ]
  for (const step of steps)
    try {
      step()
    } catch (error) {
      errors.push(messageOf(error))
    }
  for (const message of errors) runner.error({title: 'verified-image audit', message})
  await addSummary(run, () => renderAuditSummary(final, errors.map(runner.redact)))
  return !isComplete || final.findings.some(({fails}) => fails) || errors.length > 0 ? 1 : 0
}

function countsOf({findings}: AuditReport): Readonly<Record<string, number>> {
  return countKinds(findings.map(({kind}) => kind))
}

function logImages({runner}: RunContext, {images, findings}: AuditReport): void {
  for (const {image, places} of images) {
    const own = findings.filter(finding => finding.image === image)
    const right = places.filter(({outcome}) => outcome === 'right').length
    runner.print(
      `${image}: right at ${String(right)} of ${String(places.length)} registries`,
      own.length === 0 ? 'success' : 'plain'
    )
    for (const finding of own) logFinding(runner, finding)
  }
  for (const finding of findings.filter(({image}) => image === undefined)) logFinding(runner, finding)
}

function logFinding(runner: RunContext['runner'], finding: FindingReport): void {
  const {severity, kind, message, advice} = finding
  const level = severity === 'notice' ? 'plain' : severity
  runner.print(`  ${SIGNS[severity]} ${kind}: ${message}${sincePhrase(finding)} ${advice}`, level)
}

// GitHub shows ten annotations of a kind. A notice is in the summary alone.
function annotate({runner}: RunContext, report: AuditReport): void {
  const {failure, inputFaults, findings} = report
  if (failure !== undefined && inputFaults.length === 0)
    runner.error({title: 'verified-image audit failed', message: failure.message})
  if (inputFaults.length > 0)
    runner.error({
      title: 'Invalid inputs',
      message: [
        'Nothing was checked.',
        ...inputFaults.map(
          ({input, written, rule, example}) =>
            `${input}${written === '' ? '' : ` ${JSON.stringify(written)}`}: ${rule}. Example: ${example}`
        )
      ].join('\n')
    })
  const failing = findings.filter(({fails}) => fails)
  const others = findings.filter(({fails, severity}) => !fails && severity !== 'notice')
  for (const annotation of annotationsOf(failing)) runner.error(annotation)
  for (const annotation of annotationsOf(others)) runner.warning(annotation)
}

function annotationsOf(findings: readonly FindingReport[]): readonly Parameters<RunContext['runner']['error']>[0][] {
  const most = findings.length > MAX_ANNOTATIONS ? MAX_ANNOTATIONS - 1 : MAX_ANNOTATIONS
  const shown = findings.slice(0, most).map(finding => {
    const {kind, image, registry = '', message, advice, locations} = finding
    const [location, ...more] = locations
    const also = more.length === 0 ? '' : `\nAlso used at ${few(more.map(formatLocation)).join(', ')}.`
    return {
      title: `${kind}: ${image ?? registry}`,
      message: `${image === undefined ? '' : `${image}: `}${shortenDigests(message)}${sincePhrase(finding)}\n${advice}${also}`,
      ...(location === undefined ? {} : {location})
    }
  })
  const left = findings.length - shown.length
  return left === 0
    ? shown
    : [
        ...shown,
        {title: 'More findings', message: `${formatCount(left, 'more finding')}: see the job summary and the report.`}
      ]
}

/** Writes the SARIF file of a complete audit, and returns its path. An incomplete one would close alerts. */
function writeSarif({runtime}: RunContext, report: AuditReport, plan: AuditPlan | undefined): string | undefined {
  const name = plan?.audit.sarif
  if (name === undefined || report.outcome === 'failed' || report.outcome === 'cancelled') return undefined
  const {environment} = runtime
  const workspace = resolve(environment['GITHUB_WORKSPACE'] ?? '.')
  const path = resolve(workspace, name)
  // A pull request may put a link under the name. None leads out of the workspace, or out of the folder that the input names.
  const root = isBelow(path, workspace) ? workspace : dirname(path)
  const real = realPathBelow(path, root)
  if (!real.ok) return fail({kind: 'local-io', detail: `sarif ${name} is not written: ${real.reason}`})
  replaceFile(real.value, renderSarif(report, workflowPath(environment)), runtime.random)
  return path
}

function replaceFile(path: string, text: string, random: () => number): void {
  const temporary = join(dirname(path), `.${basename(path)}.${random().toString(36).slice(2)}`)
  try {
    mkdirSync(dirname(path), {recursive: true})
    writeFileSync(temporary, text, {flag: 'wx'})
    renameSync(temporary, path)
  } catch (error) {
    rmSync(temporary, {force: true})
    fail({kind: 'local-io', detail: `${path} cannot be written: ${describeErrno(error)}`}, {cause: error})
  }
}

function printable(path: string): string {
  const reason = checkPath(path)
  return reason === undefined ? path : fail({kind: 'local-io', detail: `an output is not set: ${reason}`})
}
