// The summary of an audit as a browser shows it: tables are whole, and nothing from outside is an element of the page.

import {expect, it} from '@jest/globals'
import {renderAuditSummary} from '../src/audit-report/audit-summary.ts'
import {auditedImage, auditReport, everyFinding} from './support/audit-reports.ts'
import {showMarkdown} from './support/browser.ts'
import {HOSTILE} from './support/hostile-text.ts'
import {describeWith} from './support/programs.ts'

const [RIGHT, ...OTHERS] = auditedImage().places
if (RIGHT === undefined) throw new Error('an image has a place')
const ILL = [
  auditedImage({image: 'php:8.3.8-cli', worst: 'error', places: [{...RIGHT, outcome: 'error'}, ...OTHERS]}),
  auditedImage({
    image: 'redis:7.4.1',
    worst: 'warning',
    places: [RIGHT, ...OTHERS.map(place => ({...place, outcome: 'unknown' as const}))]
  })
]
const FINE = Array.from({length: 58}, (_, at) => auditedImage({image: `acme/service-${String(at)}:1.2.3`}))

describeWith(['chromium'], 'the summary of an audit in a browser', () => {
  it.each(['light', 'dark'] as const)('is whole in %s mode', async theme => {
    const findings = everyFinding().map(finding => ({...finding, image: 'php:8.3.8-cli'}))
    const picture = process.env['AUDIT_PICTURES']
    const page = await showMarkdown(renderAuditSummary(auditReport({findings, images: [...ILL, ...FINE]})), {
      theme,
      size: '1012,1600',
      ...(picture === undefined ? {} : {pictureAt: `${picture}/audit-${theme}.png`})
    })
    expect(page.strangers).toEqual([])
    expect(page.raggedRows).toBe(0)
    expect([page.tables, page.details]).toEqual([3, 2])
    expect(page.text).toContain('2 images of 60 need attention')
  })

  it('has no element that a registry or a file chose', async () => {
    const hostile = auditedImage({image: HOSTILE, worst: 'error', places: [{...RIGHT, registry: HOSTILE}]})
    const page = await showMarkdown(
      renderAuditSummary(auditReport({findings: everyFinding(HOSTILE), images: [hostile], warnings: [HOSTILE]}))
    )
    expect(page.strangers).toEqual([])
    expect([page.raggedRows, page.title]).toEqual([0, 'a job summary'])
  })
})
