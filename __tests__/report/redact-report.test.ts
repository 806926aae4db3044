// A report without secrets is still a report: its words, digests and times stay as they are.

import {readFileSync} from 'node:fs'
import {describe, expect, it} from '@jest/globals'
import type {Report} from '../../src/report/report-document.ts'
import {redactReport} from '../../src/report/redact-report.ts'

const EXAMPLE = JSON.parse(readFileSync('docs/report.example.json', 'utf8')) as Report

describe('redactReport', () => {
  it('hides a secret in every text from outside', () => {
    const report = {...EXAMPLE, warnings: ['it says secret']}
    expect(redactReport(report, text => text.replaceAll('secret', '***')).warnings).toEqual(['it says ***'])
  })

  it('leaves words of its own, digests, times and numbers, whatever is a secret', () => {
    const redacted = redactReport(EXAMPLE, () => '***')
    expect(redacted).toMatchObject({
      ...{schemaVersion: 1, action: EXAMPLE.action, startedAt: EXAMPLE.startedAt, outcome: EXAMPLE.outcome},
      images: EXAMPLE.images.map(({digest, outcome, source, verified, decidedBy}) => ({
        digest,
        outcome,
        source,
        verified,
        decidedBy
      }))
    })
    expect(redacted.images.map(({image}) => image)).toEqual(EXAMPLE.images.map(() => '***'))
  })

  it('is the same report when there is nothing to hide', () => {
    expect(redactReport(EXAMPLE, text => text)).toEqual(EXAMPLE)
  })
})
