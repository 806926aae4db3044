// The flow of the action `audit`: read inputs, files and lock file; observe; find; report; track.
// Each step returns its failure as data. Nothing is changed but the tracking issue.

import {openRun} from '../action/open-run.ts'
import {moreOfKinds, type RunContext} from '../action/publish.ts'
import {settle} from '../action/settle.ts'
import {Cancelled, startRunTime} from '../action/time-limit.ts'
import {VERSION} from '../action/version.ts'
import {VerifiedImageError} from '../failure/error.ts'
import type {Failure} from '../failure/failure.ts'
import {formatCount} from '../failure/format.ts'
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
import {buildAuditReport} from '../audit-report/build-audit-report.ts'
import {observeAll} from './observe-all.ts'
import {type AuditPlan, describeCost, planAudit, unusedLockEntries} from './plan-audit.ts'
import {type AuditToPublish, publishAudit} from './publish-audit.ts'
import {describeSignatureCost} from './signature-cost.ts'
import {openTracker, type Tracker} from './track-issue.ts'

/** Runs the action and publishes the result. Resolves to the exit code. */
export async function runAudit(runtime: Runtime): Promise<number> {
  const run = openRun(runtime, AUDIT_INPUTS)
  const {startedAt, elapsedMs, deadline, end} = startRunTime(run, readTimeLimit(run.reader))

  const result = await runSteps(run, startedAt, deadline)
  const report = buildAuditReport({
    version: VERSION,
    startedAt,
    elapsedMs: elapsedMs(),
    isCancelled: run.stop.signal.reason instanceof Cancelled,
    failOn: result.plan?.audit.failOn ?? [],
    findings: result.findings,
    observations: result.observations,
    notChecked: namesNotChecked(result),
    uses: result.uses,
    warnings: [...run.warnings.messages, ...moreOfKinds(run).map(({message}) => message)],
    issue: undefined,
    failure: result.failure
  })
  const code = await publishAudit(run, {report, plan: result.plan, updateIssue: issueUpdate(result, deadline)})
  result.tracker?.close()
  end()
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
  return {...before, observations, uses, findings, failure: failureOfRun(run, observations)}
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
    ...judgeLock(plan.lockFile.name.replace(/^(?:\.\/)+/, ''), unused.names, unused.line)
  ]
}

function baselineOf({lock, inputs}: AuditPlan, observation: ImageObservation, history: History | undefined): Baseline {
  const key = baselineKey(observation) ?? ''
  const locked = lock?.images.get(key)
  return omitUndefined({
    locked: locked?.digest,
    lockedPlatforms: locked === undefined ? undefined : [...locked.platforms.keys()],
    lastRun: history?.digests.get(key),
    lastRunAt: history?.at,
    signatures: inputs.signatures.isEnforced ? ('enforce' as const) : ('warn' as const)
  })
}

/** A run that could check nothing fails, and so does one that ended before everything was checked. */
function failureOfRun({stop}: RunContext, observations: readonly ImageObservation[]): Failure | undefined {
  const reason: unknown = stop.signal.reason
  if (reason instanceof Cancelled) return undefined
  if (reason instanceof VerifiedImageError) return reason.failure
  if (observations.some(wasAnswered)) return undefined
  return {
    kind: 'unreachable',
    reason: 'network',
    detail: `nothing could be checked: no registry said what it has of ${formatCount(observations.length, 'image')}`
  }
}

/** The images that the run did not get to. */
function namesNotChecked({plan, observations}: StepsResult): readonly string[] {
  const checked = new Set(observations.map(({image}) => image.input))
  return (plan?.images ?? []).map(({image}) => image.input).filter(name => !checked.has(name))
}

/** How the issue is updated at the end. */
function issueUpdate(
  {tracker, history, historyFailure, observations, findings}: StepsResult,
  deadline: Promise<never>
): AuditToPublish['updateIssue'] {
  if (tracker === undefined) return undefined
  return report => {
    if (historyFailure !== undefined) return Promise.resolve({ok: false, failure: historyFailure})
    const next = nextHistory(history ?? EMPTY_HISTORY, findings, digestsToRemember(observations), report.startedAt)
    return settle(deadline, () => tracker.update(report, next))
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
