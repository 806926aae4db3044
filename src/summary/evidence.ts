// The evidence of a registry's failure as a block to copy into a report to that registry.
// Only for failures that a registry can act on: data that is corrupt, cut short, or lost, and server errors.

import type {DiagnosisReport, FailureReport, ImageReport} from '../report/report-document.ts'
import {block, collapsible, oneLine} from './markdown.ts'

const REPORTABLE: readonly FailureReport['kind'][] = ['corrupt', 'truncated', 'too-large', 'server-error']

function isReportable({cause}: DiagnosisReport, {kind}: FailureReport): boolean {
  return REPORTABLE.includes(kind) || (cause === 'registry' && (kind === 'not-found' || kind === 'protocol'))
}

/** Empty if there is nothing to report. */
export function renderEvidence({diagnosis, name, registries}: ImageReport, startedAt: string): readonly string[] {
  const failed = registries.find(({registry}) => registry === diagnosis?.evidence.registry)
  if (diagnosis === undefined || failed?.failure === undefined || !isReportable(diagnosis, failed.failure)) return []
  const failedAtMs = failed.attempts.findLast(attempt => attempt.failure !== undefined)?.startedMs
  const at = failedAtMs === undefined ? undefined : new Date(Date.parse(startedAt) + failedAtMs).toISOString()
  const rows: readonly Row[] = [['image', name], ['problem', diagnosis.what], ['time', at], ...rowsOf(diagnosis)]
  const lines = rows.flatMap(([label, value]) =>
    value === undefined || value === '' ? [] : [`${label.padEnd(12)} ${oneLine(value, 2000)}`]
  )
  return [collapsible(`Evidence for a report to the registry`, block(lines))]
}

type Row = readonly [label: string, value: string | undefined]

function rowsOf({evidence}: DiagnosisReport): readonly Row[] {
  const {
    host,
    path = '',
    status,
    requestIds,
    wantedDigest,
    gotDigests,
    wantedBytes,
    gotBytes,
    firstBytes,
    rateLimit
  } = evidence
  const size = wantedBytes === undefined ? '' : ` of ${String(wantedBytes)}`
  return [
    ['request', host === undefined ? undefined : `GET ${host}${path}`],
    ['status', status === undefined ? undefined : `HTTP ${String(status)}`],
    // A date identifies no request.
    ['request ids', listOf(Object.entries(requestIds).filter(([name]) => name !== 'date'))],
    ['expected', wantedDigest],
    ['received', gotDigests.join(', ')],
    ['bytes', gotBytes === undefined ? undefined : `${String(gotBytes)}${size}`],
    ['first bytes', firstBytes],
    ['rate limit', listOf(Object.entries(rateLimit ?? {}))]
  ]
}

function listOf(values: readonly (readonly [name: string, value: string])[]): string {
  return values.map(([name, value]) => `${name}: ${value}`).join(', ')
}
