// What the tracking issue holds between runs: read back as it was written, bounded, and harmless when it was edited.

import {describe, expect, it} from '@jest/globals'
import fc from 'fast-check'
import type {Digest} from '../../src/oci/digest.ts'
import type {Finding, FindingFacts} from '../../src/findings/finding.ts'
import {
  decodeHistory,
  EMPTY_HISTORY,
  encodeHistory,
  type History,
  nextHistory,
  withHistory
} from '../../src/findings/history.ts'

const DIGEST = `sha256:${'1'.repeat(64)}` as Digest
const OTHER = `sha256:${'2'.repeat(64)}` as Digest
const AT = '2026-03-02T05:00:00.000Z'
const EARLIER = '2026-02-02T05:00:00.000Z'

const down: FindingFacts = {
  kind: 'unreachable',
  object: 'tag',
  failure: {kind: 'unreachable', reason: 'refused', detail: ''}
}
const FINDING: Finding = {facts: down, severity: 'warning', locations: [], fingerprint: 'a'.repeat(16)}

function seen(runs: number): History {
  return {digests: new Map(), findings: new Map([[FINDING.fingerprint, {since: EARLIER, runs}]])}
}

describe('withHistory', () => {
  it('says since when a finding is there', () => {
    expect(withHistory([FINDING], EMPTY_HISTORY, AT)).toEqual([{...FINDING, since: AT, runs: 1}])
    expect(withHistory([FINDING], seen(1), AT)).toEqual([{...FINDING, since: EARLIER, runs: 2}])
  })

  it('makes a registry that was away in three runs an error', () => {
    expect(withHistory([FINDING], seen(2), AT)[0]?.severity).toBe('error')
  })

  it('keeps the severity of what is no outage, and of all without a history', () => {
    const lacks: Finding = {...FINDING, facts: {kind: 'mirror-lacks', wanted: DIGEST}}
    expect(withHistory([lacks], seen(9), AT)[0]?.severity).toBe('warning')
    expect(withHistory([FINDING], undefined, AT)).toEqual([FINDING])
  })
})

describe('nextHistory', () => {
  it('keeps the digest of a tag that was not resolved, and drops an image that is no longer audited', () => {
    const before: History = {
      digests: new Map([
        ['a:1', DIGEST],
        ['gone:1', DIGEST]
      ]),
      findings: new Map()
    }
    const after = nextHistory(
      before,
      [{...FINDING, since: AT, runs: 1}],
      new Map([
        ['a:1', undefined],
        ['b:1', OTHER]
      ])
    )
    expect([...after.digests]).toEqual([
      ['a:1', DIGEST],
      ['b:1', OTHER]
    ])
    expect([...after.findings]).toEqual([[FINDING.fingerprint, {since: AT, runs: 1}]])
  })
})

describe('encodeHistory', () => {
  const history: History = {
    digests: new Map([
      ['docker.io/acme/a--b:1-->', DIGEST],
      ['__proto__', OTHER]
    ]),
    findings: new Map([[FINDING.fingerprint, {since: AT, runs: 3}]])
  }

  it('is read back, and cannot end an HTML comment', () => {
    const {text, left} = encodeHistory(history, 10_000)
    expect(left).toBe(0)
    expect(text).not.toMatch(/--|[<>]/)
    expect(decodeHistory(text)).toEqual(history)
  })

  it('is read back for any names', () => {
    fc.assert(
      fc.property(fc.array(fc.string({unit: 'binary'}), {maxLength: 5}), names => {
        const any: History = {digests: new Map(names.map(name => [name, DIGEST])), findings: new Map()}
        const {text} = encodeHistory(any, 100_000)
        expect(text).not.toMatch(/--|[<>]/)
        expect(decodeHistory(text)).toEqual(any)
      }),
      {numRuns: 50}
    )
  })

  it('leaves out what does not fit, and counts it', () => {
    const many: History = {
      digests: new Map(Array.from({length: 1000}, (_, at) => [`docker.io/acme/app-${String(at)}:1`, DIGEST])),
      findings: new Map(
        Array.from({length: 1000}, (_, at) => [at.toString(16).padStart(16, '0'), {since: AT, runs: 1}])
      )
    }
    const {text, left} = encodeHistory(many, 20_000)
    expect(text.length).toBeLessThanOrEqual(20_000)
    const read = decodeHistory(text)
    expect(read.digests.size + read.findings.size).toBe(2000 - left)
    expect(read.findings.size).toBeGreaterThan(0)
  })
})

describe('decodeHistory', () => {
  it.each([
    ['no JSON', '{'],
    ['another version', '{"version":2,"digests":{}}'],
    ['a list', '[]'],
    ['a text as digest', '{"version":1,"digests":{"a:1":"sha256:zz"},"findings":{}}'],
    ['a number as digest', '{"version":1,"digests":{"a:1":1},"findings":[]}'],
    ['a finding without a date', `{"version":1,"findings":{"${'a'.repeat(16)}":{"since":"yesterday","runs":1}}}`],
    ['a finding without runs', `{"version":1,"findings":{"${'a'.repeat(16)}":{"since":"${AT}","runs":-1}}}`],
    ['a wrong fingerprint', `{"version":1,"findings":{"x":{"since":"${AT}","runs":1}}}`]
  ])('leaves out %s', (_, text) => {
    expect(decodeHistory(text)).toEqual(EMPTY_HISTORY)
  })
})
