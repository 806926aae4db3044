// The tracking issue of an audit: its text, how it is found again, and what a run does with it. Pure.
// The issue is found by its label and a marker in its body, and only if a member of the repository, or an app, opened it: anyone may
// open an issue with the same text, and would own it.

import type {History} from '../findings/history.ts'
import {decodeHistory, EMPTY_HISTORY, encodeHistory} from '../findings/history.ts'
import {type Issue, type IssueEdit, MAX_ISSUE_CHARACTERS} from '../github/issues.ts'
import {digestOf} from '../oci/digest.ts'
import type {AuditReport} from '../audit-report/audit-document.ts'
import {auditSentence, renderMatrix} from '../audit-report/audit-summary.ts'
import {renderFindings} from '../audit-report/finding-list.ts'

export const ISSUE_LABEL = 'verified-image-audit'
export const ISSUE_TITLE = 'Container image audit'

const STATE_CHARACTERS = 30_000
const TEXT_CHARACTERS = MAX_ISSUE_CHARACTERS - STATE_CHARACTERS - 1000
const MATRIX_ROWS = 100

/** The marker of the audit of one job of one workflow: several audits of a repository have an issue each. */
export function markerOf(workflow: string, job: string): string {
  const id = digestOf(Buffer.from(JSON.stringify([workflow, job]))).slice('sha256:'.length, 'sha256:'.length + 16)
  return `<!-- verified-image-audit ${id} -->`
}

// At the end alone: everything before it may have text of a registry.
const STATE = /\n(<!-- verified-image-audit [0-9a-f]{16} -->)\n<!-- verified-image-audit-state (\{.*\}) -->\s*$/

function endOf({body}: Issue): {readonly marker: string | undefined; readonly state: string | undefined} {
  const [, marker, state] = STATE.exec(body.replaceAll('\r\n', '\n')) ?? []
  return {marker, state}
}

/** The issues of this audit, the oldest first. */
export function issuesOfAudit(issues: readonly Issue[], marker: string): readonly Issue[] {
  return issues
    .filter(issue => issue.isByMember && endOf(issue).marker === marker)
    .toSorted((a, b) => a.number - b.number)
}

/** What the last run left in its issue. */
export function historyIn(issue: Issue | undefined): History {
  const state = issue === undefined ? undefined : endOf(issue).state
  return state === undefined ? EMPTY_HISTORY : decodeHistory(state)
}

/** The body: the result for people, and the history for the next run. */
export function renderIssue(report: AuditReport, history: History, marker: string): string {
  const parts = [
    auditSentence(report),
    ...renderMatrix(report.images.filter(needsAttention), MATRIX_ROWS),
    ...renderFindings(report.findings, {mostGroups: 15, mostInGroup: 10})
  ]
  const state = encodeHistory(history, STATE_CHARACTERS)
  const note =
    state.left === 0
      ? ''
      : `\n\n${String(state.left)} entries did not fit into this issue. With a lock file, nothing has to be remembered here.`
  return [
    ...fit(parts, TEXT_CHARACTERS),
    `<sub>Last checked: ${report.startedAt}. This issue is updated by each audit, closed when no warning or error is left, and opened again when there is one. Do not edit it.${note}</sub>`,
    `${marker}\n<!-- verified-image-audit-state ${state.text} -->`
  ].join('\n\n')
}

function needsAttention({worst}: AuditReport['images'][number]): boolean {
  return worst === 'error' || worst === 'warning'
}

function fit(parts: readonly string[], most: number): readonly string[] {
  let used = 0
  const included = parts.filter(part => {
    if (used + part.length + 2 > most) return false
    used += part.length + 2
    return true
  })
  return included.length === parts.length ? included : [...included, '*More than fits into an issue: see the report.*']
}

/** What to do with issues. `create` makes one that is closed at once if nothing is wrong: it holds what the next run compares. */
export type IssueStep =
  | {readonly type: 'create'; readonly closes: boolean}
  | {readonly type: 'edit'; readonly number: number; readonly edit: IssueEdit}

/** The steps of a run: `own` are the issues of this audit, the oldest first. */
export function issueSteps(
  own: readonly Issue[],
  {isIll, hasHistory, body}: {readonly isIll: boolean; readonly hasHistory: boolean; readonly body: string}
): readonly IssueStep[] {
  const [first, ...duplicates] = own
  if (first === undefined) return isIll || hasHistory ? [{type: 'create', closes: !isIll}] : []
  const change: IssueEdit = isIll ? {state: 'open'} : {state: 'closed', reason: 'completed'}
  const isChanged = first.state !== change.state
  return [
    {type: 'edit', number: first.number, edit: isChanged ? {body, ...change} : {body}},
    // Two runs at the same time may both have created one.
    ...duplicates
      .filter(duplicate => duplicate.state === 'open')
      .map(({number}) => ({
        type: 'edit' as const,
        number,
        edit: {state: 'closed' as const, reason: 'not_planned' as const}
      }))
  ]
}
