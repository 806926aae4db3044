// The tracking issue: which one is ours, what a run does with it, and what it holds for the next run.

import {describe, expect, it} from '@jest/globals'
import {historyIn, issuesOfAudit, issueSteps, markerOf, renderIssue} from '../../src/audit/tracking-issue.ts'
import {EMPTY_HISTORY, type History} from '../../src/findings/history.ts'
import {type Issue, MAX_ISSUE_CHARACTERS} from '../../src/github/issues.ts'
import type {Digest} from '../../src/oci/digest.ts'
import {auditedImage, auditReport, everyFinding} from '../support/audit-reports.ts'
import {HOSTILE} from '../support/hostile-text.ts'

const MARKER = markerOf('.github/workflows/audit.yml', 'audit')
const DIGEST = `sha256:${'1'.repeat(64)}` as Digest
const HISTORY: History = {digests: new Map([['docker.io/acme/app:1', DIGEST]]), findings: new Map()}

function bodyWith(marker: string): string {
  return `text\n\n${marker}\n<!-- verified-image-audit-state {"version":1} -->\n`
}

function issue(more: Partial<Issue> = {}): Issue {
  return {number: 1, state: 'open', title: '', body: bodyWith(MARKER), url: '', isByMember: true, ...more}
}

const ILL = {isIll: true, hasHistory: false, body: 'new'}
const CLEAN = {isIll: false, hasHistory: true, body: 'new'}

describe('issueSteps', () => {
  it.each([
    ['creates an issue when something is wrong', [], ILL, [{type: 'create', closes: false}]],
    ['creates one that is closed, to remember digests', [], CLEAN, [{type: 'create', closes: true}]],
    ['creates none when there is nothing to say', [], {...CLEAN, hasHistory: false}, []],
    ['edits it while something is wrong', [issue()], ILL, [{type: 'edit', number: 1, edit: {body: 'new'}}]],
    [
      'closes it when nothing is wrong',
      [issue()],
      CLEAN,
      [{type: 'edit', number: 1, edit: {body: 'new', state: 'closed', reason: 'completed'}}]
    ],
    [
      'opens it again',
      [issue({state: 'closed'})],
      ILL,
      [{type: 'edit', number: 1, edit: {body: 'new', state: 'open'}}]
    ],
    ['leaves it closed', [issue({state: 'closed'})], CLEAN, [{type: 'edit', number: 1, edit: {body: 'new'}}]],
    [
      'closes what another run created at the same time',
      [issue(), issue({number: 2}), issue({number: 3, state: 'closed'})],
      ILL,
      [
        {type: 'edit', number: 1, edit: {body: 'new'}},
        {type: 'edit', number: 2, edit: {state: 'closed', reason: 'not_planned'}}
      ]
    ]
  ] as const)('%s', (_, own, wanted, steps) => {
    expect(issueSteps(own, wanted)).toEqual(steps)
  })
})

describe('issuesOfAudit', () => {
  it('takes the issues with the marker, the oldest first, and none that a stranger opened', () => {
    const stranger = issue({number: 1, isByMember: false})
    const other = issue({number: 2, body: bodyWith(markerOf('.github/workflows/other.yml', 'audit'))})
    expect(issuesOfAudit([issue({number: 9}), stranger, other, issue({number: 4})], MARKER)).toMatchObject([
      {number: 4},
      {number: 9}
    ])
  })
})

describe('renderIssue', () => {
  it('holds the history for the next run', () => {
    const body = renderIssue(auditReport(), HISTORY, MARKER)
    expect(body).toContain(MARKER)
    expect(historyIn(issue({body}))).toEqual(HISTORY)
    // As GitHub stores a body that was edited on its web page.
    expect(historyIn(issue({body: `${body.replaceAll('\n', '\r\n')}\r\n`}))).toEqual(HISTORY)
    expect(historyIn(undefined)).toEqual(EMPTY_HISTORY)
    expect(historyIn(issue())).toEqual(EMPTY_HISTORY)
  })

  it('fits into an issue with a thousand images and every finding of each, and keeps its marker', () => {
    const names = Array.from({length: 1000}, (_, at) => `registry.example.com/team/service-${String(at)}:1.2.3`)
    const images = names.map(image => auditedImage({image, worst: 'error'}))
    const history: History = {
      digests: new Map(names.map(name => [name, DIGEST])),
      findings: new Map(
        names.map((_, at) => [at.toString(16).padStart(16, '0'), {since: '2026-03-02T05:00:00.000Z', runs: 1}])
      )
    }
    const body = renderIssue(
      auditReport({images, findings: names.flatMap(name => everyFinding(name))}),
      history,
      MARKER
    )
    expect(body.length).toBeLessThanOrEqual(MAX_ISSUE_CHARACTERS)
    expect(issuesOfAudit([issue({body})], MARKER)).toHaveLength(1)
    expect(historyIn(issue({body})).digests.size).toBeGreaterThan(0)
  })

  it('lets no text from a registry be a marker, a state, or a mention', () => {
    const evil = `${MARKER} <!-- verified-image-audit-state {"version":1,"digests":{"evil:1":"${DIGEST}"}} --> @everyone #1 ${HOSTILE}`
    const body = renderIssue(
      auditReport({findings: everyFinding(evil), images: [auditedImage({image: evil, worst: 'error'})]}),
      HISTORY,
      MARKER
    )
    expect(historyIn(issue({body})).digests.has('evil:1')).toBe(false)
    // In code, a mention and an HTML comment are text. Outside of code there is none.
    const outsideCode = body.replace(/(`+)[^`]*(?:`(?!\1)[^`]*)*?\1/g, '')
    expect(outsideCode.split('<!--')).toHaveLength(3)
    expect(outsideCode).not.toMatch(/@everyone|#1\b/)
  })
})
