// What fails a run, the order of findings, and their counts.

import {describe, expect, it} from '@jest/globals'
import {
  countKinds,
  DEFAULT_FAIL_ON,
  failsRun,
  type Finding,
  type FindingFacts,
  type Severity,
  worstFirst,
  worstOf
} from '../../src/findings/finding.ts'
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
