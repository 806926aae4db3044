// The flow of the action `audit`: read inputs, files and lock file; observe; find; report; track.
// Each step returns its failure as data. Nothing is changed but the tracking issue.

import {openRun} from '../action/open-run.ts'
import {moreOfKinds, type RunContext} from '../action/publish.ts'
import {settle} from '../action/settle.ts'
import {Cancelled, overdue, startTimeLimit} from '../action/time-limit.ts'
import {VERSION} from '../action/version.ts'
import type {Failure} from '../failure/failure.ts'
import type {Finding} from '../findings/finding.ts'
import {type History, EMPTY_HISTORY, nextHistory, withHistory} from '../findings/history.ts'
import {type Baseline, baselineKey, judgeImage} from '../findings/judge-image.ts'
import {judgeLimits, judgeLock, type RegistryUse} from '../findings/judge-run.ts'
import {type ImageObservation, wasAnswered} from '../findings/observation.ts'
import type {Digest} from '../oci/digest.ts'
import {omitUndefined} from '../oci/omit-undefined.ts'
import {readTimeLimit} from '../runner/inputs.ts'
import type {Runtime} from '../runner/runtime.ts'
import {AUDIT_INPUTS} from './audit-inputs.ts'
import type {AuditReport} from '../audit-report/audit-document.ts'
import {buildAuditReport} from '../audit-report/build-audit-report.ts'
import {observeAll} from './observe-all.ts'
import {type AuditPlan, describeCost, planAudit, unusedLockEntries} from './plan-audit.ts'
import {type AuditToPublish, publishAudit} from './publish-audit.ts'
import {describeSignatureCost} from './signature-cost.ts'
import {openTracker, type Tracker} from './track-issue.ts'

/** Runs the action and publishes the result. Resolves to the exit code. */
export async function runAudit(runtime: Runtime): Promise<number> {
  const run = openRun(runtime, AUDIT_INPUTS)
  const startedAt = runtime.wallClock().toISOString()
  const startedMs = runtime.clock.nowMs()
  const done = new AbortController()
  startTimeLimit(run, readTimeLimit(run.reader), done.signal)
  const deadline = overdue(run, done.signal)
  // It is awaited by each step; between two steps nothing else handles it.
  deadline.catch(() => undefined)

  const result = await runSteps(run, startedAt, deadline)
  const report = buildAuditReport({
    version: VERSION,
    startedAt,
    elapsedMs: runtime.clock.nowMs() - startedMs,
    isCancelled: run.stop.signal.reason instanceof Cancelled,
    failOn: result.plan?.audit.failOn ?? [],
    findings: result.findings,
    observations: result.observations,
    uses: result.uses,
    warnings: [...run.warnings.messages, ...moreOfKinds(run).map(({message}) => message)],
    issue: undefined,
    failure: result.failure
  })
  const code = await publishAudit(run, {report, plan: result.plan, updateIssue: issueUpdate(result, report, deadline)})
  result.tracker?.close()
  done.abort()
  return code
}

type StepsResult = {
  readonly plan: AuditPlan | undefined
  readonly observations: readonly ImageObservation[]
  readonly findings: readonly Finding[]
  readonly uses: readonly RegistryUse[]
  readonly tracker: Tracker | undefined
  readonly history: History | undefined
  /** Why the history of earlier runs could not be read. */
  readonly historyFailure: Failure | undefined
  readonly failure: Failure | undefined
}

const NOTHING: StepsResult = {
  plan: undefined,
  observations: [],
  findings: [],
  uses: [],
  tracker: undefined,
  history: undefined,
  historyFailure: undefined,
  failure: undefined
}

async function runSteps(run: RunContext, startedAt: string, deadline: Promise<never>): Promise<StepsResult> {
  const planned = await settle(deadline, () => planAudit(run))
  if (!planned.ok) return {...NOTHING, failure: planned.failure}
  const plan = planned.value
  const opened = await settle(deadline, () =>
    Promise.resolve(plan.audit.issue ? openTracker(run, plan.inputs) : undefined)
  )
  if (!opened.ok) return {...NOTHING, plan, failure: opened.failure}
  const tracker = opened.value
  const read = await settle(deadline, () => tracker?.readHistory() ?? Promise.resolve(undefined))
  const history = read.ok ? read.value : undefined
  const before = {...NOTHING, plan, tracker, history, historyFailure: read.ok ? undefined : read.failure}

  const cost = [...describeCost(plan), ...describeSignatureCost(plan.images, plan.inputs.signatures.rules)]
  for (const line of cost) run.runner.print(line)
  const observed = await settle(deadline, () => observeAll(run, plan, history))
  if (!observed.ok) return {...before, failure: observed.failure}
  const {observations, uses} = observed.value
  const findings = withHistory(findAll(plan, observations, uses, history), history, startedAt)
  return {...before, observations, uses, findings, failure: failureOfRun(run, plan, observations)}
}

function findAll(
  plan: AuditPlan,
  observations: readonly ImageObservation[],
  uses: readonly RegistryUse[],
  history: History | undefined
): readonly Finding[] {
  const unused = unusedLockEntries(plan)
  return [
    ...observations.flatMap(observation => judgeImage(observation, baselineOf(plan, observation, history))),
    ...judgeLimits(uses),
    ...judgeLock(plan.lockFile.name, unused.names, unused.line)
  ]
}

function baselineOf({lock, inputs}: AuditPlan, observation: ImageObservation, history: History | undefined): Baseline {
  const key = baselineKey(observation) ?? ''
  const locked = lock?.images.get(key)
  return omitUndefined({
    locked: locked?.digest,
    lockedPlatforms: locked === undefined ? undefined : [...locked.platforms.keys()],
    lastRun: history?.digests.get(key),
    signatures: inputs.signatures.isEnforced ? ('enforce' as const) : ('warn' as const)
  })
}

/** A run that could check nothing fails, and so does one that ended before everything was checked. */
function failureOfRun(
  {stop}: RunContext,
  {images}: AuditPlan,
  observations: readonly ImageObservation[]
): Failure | undefined {
  const {reason} = stop.signal as {reason: unknown}
  if (reason instanceof Cancelled) return undefined
  if (typeof reason === 'object' && reason !== null && 'failure' in reason) return reason.failure as Failure
  if (observations.some(wasAnswered)) return undefined
  return {
    kind: 'unreachable',
    reason: 'network',
    detail: `nothing could be checked: no registry answered for any of ${String(images.length)} ${images.length === 1 ? 'image' : 'images'}`
  }
}

/** How the issue is updated at the end. A run that is not complete leaves it as it is. */
function issueUpdate(
  {tracker, history, historyFailure, observations, findings}: StepsResult,
  report: AuditReport,
  deadline: Promise<never>
): AuditToPublish['updateIssue'] {
  if (tracker === undefined) return undefined
  return redact => {
    if (historyFailure !== undefined) return Promise.resolve({ok: false, failure: historyFailure})
    if (report.outcome === 'failed' || report.outcome === 'cancelled')
      return Promise.resolve({ok: true, value: undefined})
    const next = nextHistory(history ?? EMPTY_HISTORY, findings, digestsToRemember(observations))
    return settle(deadline, () => tracker.update(report, next, redact))
  }
}

/** The tags that nothing pins. The lock file remembers the others. */
function digestsToRemember(observations: readonly ImageObservation[]): ReadonlyMap<string, Digest | undefined> {
  return new Map(
    observations.flatMap(observation => {
      const {image, places} = observation
      const key = baselineKey(observation)
      if (key === undefined || image.reference.digest !== undefined || image.locked !== undefined) return []
      const tag = places.find(({candidate}) => candidate.role === 'primary')?.tag
      return [[key, tag?.kind === 'digest' ? tag.digest : undefined] as const]
    })
  )
}
