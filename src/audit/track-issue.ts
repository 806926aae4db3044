// Keeps the tracking issue of an audit over the issues port: reads what the last run left, and updates it at the end.
// What happens to the issue is decided in tracking-issue.ts.

import type {RunContext} from '../action/publish.ts'
import {USER_AGENT} from '../action/version.ts'
import {fail} from '../failure/error.ts'
import type {Failure} from '../failure/failure.ts'
import {describeFailure} from '../failure/describe-failure.ts'
import {createGitHubApi, parseApiUrl} from '../github/github-api.ts'
import {createIssues, type Issue, type IssuesPort} from '../github/issues.ts'
import {retryRequests} from '../github/retry-requests.ts'
import type {History} from '../findings/history.ts'
import {createCertificates} from '../http/certificates.ts'
import {createHttpClient} from '../http/http-client.ts'
import type {Inputs} from '../runner/inputs.ts'
import type {AuditReport} from '../audit-report/audit-document.ts'
import {
  historyIn,
  type IssueOrigin,
  ISSUE_LABEL,
  ISSUE_TITLE,
  issuesOfAudit,
  issueSteps,
  markerOf,
  renderIssue
} from './tracking-issue.ts'

export type Tracker = {
  /** What the last run left. Rejects with a VerifiedImageError. */
  readonly readHistory: () => Promise<History>
  /** Creates, edits, closes, or opens the issue. Undefined if there is none, and none is needed. */
  readonly update: (report: AuditReport, history: History) => Promise<AuditReport['issue']>
  readonly close: () => void
}

const REPOSITORY = /^[A-Za-z0-9_.-]{1,100}\/[A-Za-z0-9_.-]{1,100}$/

/** Opens the tracker. Fails with 'invalid-input' without a repository, or with an address that the token must not be sent to. */
export function openTracker(run: RunContext, inputs: Inputs): Tracker {
  const {runtime, stop, runner} = run
  const {environment, clock} = runtime
  const repository = environment['GITHUB_REPOSITORY'] ?? ''
  if (!REPOSITORY.test(repository))
    fail({
      kind: 'invalid-input',
      faults: [{input: 'issue', value: 'true', reason: 'needs GITHUB_REPOSITORY', example: 'issue: false'}]
    })
  const url = parseApiUrl(environment)
  if (!url.ok)
    return fail({
      kind: 'invalid-input',
      faults: [{input: 'issue', value: 'true', reason: url.reason, example: 'GITHUB_API_URL: https://api.github.com'}]
    })
  const certificates = createCertificates({environment, note: runner.print})
  const http = createHttpClient({limits: {...inputs, concurrency: 1}, environment, certificates})
  const api = createGitHubApi({
    ...{http, url: url.value, userAgent: USER_AGENT, token: inputs.githubToken, nowMs: clock.nowMs},
    wallClockMs: () => runtime.wallClock().getTime()
  })
  const send = retryRequests(api, {clock, signal: stop.signal})
  return {...createTracker(createIssues(send, repository), originOf(environment)), close: http.close}
}

/** The tracker over a port. */
export function createTracker(issues: IssuesPort, {marker, runUrl}: IssueOrigin): Omit<Tracker, 'close'> {
  let known: readonly Issue[] | undefined
  async function ownIssues(): Promise<readonly Issue[]> {
    known ??= issuesOfAudit(await issues.list(ISSUE_LABEL), marker)
    return known
  }
  return {
    readHistory: async () => historyIn((await ownIssues())[0]),
    update: async (report, history) => {
      // Another run may have created one meanwhile.
      if (known?.length === 0) known = undefined
      const own = await ownIssues()
      const body = renderIssue(report, history, {marker, runUrl})
      const isIll = report.findings.some(({severity}) => severity !== 'notice')
      let first: Issue | undefined = own[0]
      for (const step of issueSteps(own, {isIll, hasHistory: history.digests.size > 0, body})) {
        if (step.type === 'create') {
          first = await issues.create({title: ISSUE_TITLE, body, label: ISSUE_LABEL})
          if (step.closes) first = await issues.edit(first.number, {state: 'closed', reason: 'completed'})
        } else {
          const edited = await issues.edit(step.number, step.edit)
          if (edited.number === first?.number) first = edited
        }
      }
      return first === undefined ? undefined : {number: first.number, url: first.url, state: first.state}
    }
  }
}

/** A job may have several steps that audit, each with an issue of its own. */
function originOf(environment: Readonly<Record<string, string | undefined>>): IssueOrigin {
  const {GITHUB_JOB: job = '', GITHUB_ACTION: step = ''} = environment
  const {GITHUB_SERVER_URL: server = '', GITHUB_REPOSITORY: repository = '', GITHUB_RUN_ID: id = ''} = environment
  const isPage = /^https?:\/\/[\w.:-]+$/.test(server) && /^\d+$/.test(id)
  return {
    marker: markerOf([workflowPath(environment), job, step]),
    runUrl: isPage ? `${server}/${repository}/actions/runs/${id}` : undefined
  }
}

/** `.github/workflows/audit.yml`, from `OWNER/REPO/.github/workflows/audit.yml@refs/heads/main`. */
export function workflowPath(environment: Readonly<Record<string, string | undefined>>): string {
  const path = /^[^/]+\/[^/]+\/([^@]+)@/.exec(environment['GITHUB_WORKFLOW_REF'] ?? '')?.[1]
  return path ?? '.github/workflows'
}

/** Why the issue could not be kept, and what to do. */
export function describeTrackerFailure(failure: Failure): string {
  return `The tracking issue could not be updated: ${describeFailure(failure)}. ${adviceOn(failure)}`
}

function adviceOn(failure: Failure): string {
  switch (failure.kind) {
    case 'unauthorized':
    case 'denied':
      return 'Give the job the permission `issues: write`.'
    case 'not-found':
      return failure.status === 410
        ? 'Enable issues in the settings of the repository, or set issue: false.'
        : 'Check that github-token can read and write issues of this repository.'
    case 'throttled':
      return "Run the audit at another time: GitHub's API limits the requests of this token."
    default:
      return "Check the status of GitHub's API, and run the audit again."
  }
}
