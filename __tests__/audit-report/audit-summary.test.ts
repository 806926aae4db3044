// The summary of an audit: the matrix with the worst first, bounded for a thousand images, and nothing from outside that is Markdown.

import {describe, expect, it} from '@jest/globals'
import {auditSentence, renderAuditSummary, renderMatrix} from '../../src/audit-report/audit-summary.ts'
import {auditedImage, auditReport, everyFinding} from '../support/audit-reports.ts'
import {HOSTILE} from '../support/hostile-text.ts'

const [RIGHT, ...OTHERS] = auditedImage().places
function ill(image: string, worst: 'error' | 'warning'): ReturnType<typeof auditedImage> {
  if (RIGHT === undefined) throw new Error('an image has a place')
  return auditedImage({image, worst, places: [{...RIGHT, outcome: worst}, ...OTHERS]})
}

describe('renderMatrix', () => {
  it('has a row for each image and a column for each registry, the worst first', () => {
    const [table = '', rest = ''] = renderMatrix(
      [auditedImage({image: 'a:1'}), ill('b:1', 'warning'), ill('c:1', 'error')],
      1000
    )
    expect(table.split('\n')).toEqual([
      '| Image | `docker.io` | `ghcr.io` | `mirror.example.com` |',
      '| --- | --- | --- | --- |',
      '| `c:1` | ❌ | ✅ | ✅ |',
      '| `b:1` | ⚠️ | ✅ | ✅ |'
    ])
    expect(rest).toContain('| `a:1` | ✅ | ✅ | ✅ |')
  })

  it('says how many images it leaves out', () => {
    const images = Array.from({length: 30}, (_, at) => auditedImage({image: `app-${String(at)}:1`}))
    expect(renderMatrix(images, 10).join('\n')).toContain('20 more images: see the report.')
  })

  it('joins registries beyond the eighth in one column', () => {
    const [first] = auditedImage().places
    if (first === undefined) throw new Error('an image has a place')
    const places = Array.from({length: 12}, (_, at) => ({...first, registry: `r${String(at)}.example`}))
    const [table = ''] = renderMatrix([auditedImage({places})], 10)
    expect(table).toContain('| Others |')
    expect(table).toContain('| ✅ ✅ ✅ ✅ |')
  })
})

describe('renderAuditSummary', () => {
  it('stays below 1 MiB with a thousand images of which each has every finding', () => {
    const names = Array.from({length: 1000}, (_, at) => `registry.example.com/team/service-${String(at)}:1.2.3`)
    const images = names.map(image => ill(image, 'error'))
    const text = renderAuditSummary(auditReport({images, findings: names.flatMap(name => everyFinding(name))}))
    expect(Buffer.byteLength(text)).toBeLessThan(1024 * 1024)
    expect(text).toContain(names[999])
    expect(text).toContain('1000 images of 1000 need attention')
  })

  it('shows names from outside as text', () => {
    const text = renderAuditSummary(
      auditReport({
        findings: everyFinding(HOSTILE),
        images: [ill(HOSTILE, 'error')],
        warnings: [HOSTILE]
      })
    )
    const outsideCode = text.replace(/(`+)[^`]*(?:`(?!\1)[^`]*)*?\1/g, '')
    expect(outsideCode).not.toMatch(/<(?!sub>|\/sub>|details>|\/details>|summary>|\/summary>|code>|\/code>)/)
    expect(outsideCode).not.toMatch(/!?\[[^\]]*\]\(/)
  })
})

describe('auditSentence', () => {
  it('says what was checked, or how many images need attention', () => {
    expect(auditSentence(auditReport({outcome: 'clean', images: [auditedImage()]}))).toBe(
      'Nothing was found: 1 image at 3 places checked.'
    )
    const findings = everyFinding().slice(0, 1)
    expect(auditSentence(auditReport({findings, images: [ill('a:1', 'error'), auditedImage()]}))).toBe(
      '1 image of 2 needs attention: 1 error. 2 images at 6 places checked.'
    )
    expect(auditSentence(auditReport({outcome: 'cancelled'}))).toContain('canceled')
  })
})
