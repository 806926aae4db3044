// Runs dist/audit as a process, against registries on loopback.

import {fileURLToPath} from 'node:url'
import type {AuditReport} from '../../src/audit-report/audit-document.ts'
import {type ActionRun, runAction, type RunActionOptions} from './run-action.ts'

const AUDIT = fileURLToPath(new URL('../../dist/audit/index.js', import.meta.url))

export type AuditRun = Omit<ActionRun, 'report'> & {
  readonly report: AuditReport
  /** The output `findings`. */
  readonly findings: Readonly<Record<string, number>>
  /** `kind severity place` of each finding, sorted. */
  readonly found: readonly string[]
}

export async function runAuditAction(
  inputs: Readonly<Record<string, string>>,
  options: RunActionOptions = {}
): Promise<AuditRun> {
  const run = await runAction(
    {'public-mirrors': '', backoff: '1ms', attempts: '2', ...inputs},
    {entry: AUDIT, ...options}
  )
  const report = run.report as AuditReport | undefined
  if (report === undefined) throw new Error(`the audit wrote no report:\n${run.stdout}\n${run.stderr}`)
  const found = report.findings.map(
    ({kind, severity, place, registry}) => `${kind} ${severity} ${place ?? registry ?? 'image'}`
  )
  return {
    ...run,
    report,
    found: found.toSorted(),
    findings: JSON.parse(run.outputs['findings'] ?? '{}') as Record<string, number>
  }
}

/** Whether a request asks for signatures: the referrers API, the referrers tag, or the `.sig` tag. */
export function isSignatureLookup({path}: {readonly path: string}): boolean {
  return /\/referrers\/sha256:|\/manifests\/sha256-/.test(path)
}
