// What fails a run, the order of findings, and their counts.

import {readFileSync} from 'node:fs'
import {describe, expect, it} from '@jest/globals'
import {
  countKinds,
  DEFAULT_FAIL_ON,
  failsRun,
  FINDING_KINDS,
  type Finding,
  type FindingFacts,
  type Severity,
  USUAL_SEVERITY,
  worstFirst,
  worstOf
} from '../../src/findings/finding.ts'
import {KIND_MEANINGS} from '../../src/findings/kind-texts.ts'
import type {Digest} from '../../src/oci/digest.ts'

const DIGEST = `sha256:${'1'.repeat(64)}` as Digest

function finding(facts: FindingFacts, severity: Severity): Finding {
  return {facts, severity, locations: [], fingerprint: '0'.repeat(16)}
}

const disagrees: FindingFacts = {kind: 'mirror-disagrees', wanted: DIGEST, got: DIGEST}
const moved: FindingFacts = {
  kind: 'tag-moved',
  wanted: DIGEST,
  got: DIGEST,
  comparedWith: 'lock',
  platformsLost: []
}

describe('failsRun', () => {
  it('fails for a listed kind', () => {
    expect(failsRun(finding(disagrees, 'error'), DEFAULT_FAIL_ON)).toBe(true)
    expect(failsRun(finding(moved, 'notice'), ['tag-moved'])).toBe(true)
    expect(failsRun(finding(moved, 'error'), ['tag-moved'])).toBe(true)
  })

  it('does not fail for a kind that is not listed, or a finding that is milder than usual', () => {
    expect(failsRun(finding(moved, 'error'), DEFAULT_FAIL_ON)).toBe(false)
    expect(failsRun(finding(disagrees, 'warning'), DEFAULT_FAIL_ON)).toBe(false)
    expect(failsRun(finding(disagrees, 'error'), [])).toBe(false)
  })
})

describe('worstFirst', () => {
  it('sorts by severity, and keeps the order of equals', () => {
    const all = [finding(moved, 'notice'), finding(moved, 'error'), finding(disagrees, 'error')]
    expect(worstFirst(all).map(({facts, severity}) => [facts.kind, severity])).toEqual([
      ['tag-moved', 'error'],
      ['mirror-disagrees', 'error'],
      ['tag-moved', 'notice']
    ])
    expect([worstOf(all), worstOf([])]).toEqual(['error', undefined])
  })
})

describe('countKinds', () => {
  it('counts the kinds that were found, and has no others', () => {
    expect(countKinds(['tag-moved', 'tag-moved'])).toEqual({'tag-moved': 2})
    expect(countKinds([])).toEqual({})
  })
})

describe('the table of findings in docs/audit.md', () => {
  it('has each kind once, with its severity, its meaning, and a star if it fails the step by default', () => {
    const rows = FINDING_KINDS.map(kind => {
      const star = DEFAULT_FAIL_ON.includes(kind) ? '\\*' : ''
      return `| <a id="${kind}"></a>\`${kind}\`${star} | ${USUAL_SEVERITY[kind]} | ${KIND_MEANINGS[kind]} |`
    })
    const table = readFileSync('docs/audit.md', 'utf8')
      .split('\n')
      .filter(line => line.startsWith('| <a id='))
    expect(table.map(line => line.replace(/`(platform|mirrors)`/g, '$1'))).toEqual(rows)
  })
})
