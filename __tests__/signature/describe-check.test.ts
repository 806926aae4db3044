// The words for each problem: what was found, and advice that begins with a verb.

import {describe, expect, it} from '@jest/globals'
import {digestOf} from '../../src/oci/digest.ts'
import {describeCheck} from '../../src/signature/describe-check.ts'
import {type JudgedCandidate, problemOf, type SearchedPlace, type Verdict} from '../../src/signature/outcome.ts'

const SUBJECT = digestOf(Buffer.from('an image'))

function candidate(verdict: Verdict): JudgedCandidate {
  return {place: 'ghcr.io/acme/app', subject: SUBJECT, verdict}
}

function words(
  verdicts: readonly Verdict[],
  place: Partial<SearchedPlace> = {}
): {readonly problem: string; readonly detail: string; readonly advice: string} {
  const candidates = verdicts.map(candidate)
  const places: readonly SearchedPlace[] = [
    {place: 'ghcr.io/acme/app', kind: 'registry', subject: SUBJECT, outcome: 'searched', ...place}
  ]
  const problem = problemOf(candidates, places)
  const check = {outcome: problem, rules: ['ghcr.io/acme=github:acme/images'], signers: [], candidates, places}
  return {problem, ...(describeCheck(check) ?? {detail: '', advice: ''})}
}

const BROKEN: Verdict = {outcome: 'signature-broken', detail: 'it is about another image'}
const UNUSABLE: Verdict = {outcome: 'signature-unusable', detail: 'the bundle is not valid'}
const STALE: Verdict = {outcome: 'root-stale', detail: 'an authority is not in the trust roots'}
const ANOTHER: Verdict = {outcome: 'signed-by-another', detail: 'github:acme/other', signer: {kind: 'github'}}

describe('describeCheck', () => {
  it.each([
    {
      name: 'nothing',
      verdicts: [],
      problem: 'unsigned',
      detail: 'no signature by github:acme/images was found at ghcr.io/acme/app'
    },
    {
      name: 'an attestation',
      verdicts: [{outcome: 'not-counted', detail: 'an SBOM'} as const],
      problem: 'unsigned',
      detail: 'an SBOM'
    },
    {
      name: 'another signer',
      verdicts: [ANOTHER],
      problem: 'signed-by-another',
      detail: 'it is signed by github:acme/other, not by github:acme/images'
    },
    {name: 'a broken one', verdicts: [BROKEN], problem: 'signature-broken', detail: 'it is about another image'},
    {name: 'an unknown authority', verdicts: [STALE], problem: 'root-stale', detail: 'not in the trust roots'},
    {name: 'an unreadable one', verdicts: [UNUSABLE], problem: 'signature-unusable', detail: 'the bundle is not valid'}
  ])('with $name: $problem', ({verdicts, problem, detail}) => {
    const found = words(verdicts)
    expect(found.problem).toBe(problem)
    expect(found.detail).toContain(detail)
    expect(found.advice).toMatch(/^[A-Z][a-z]+ .*\.$/)
  })

  it('names the signer that was found before anything else that is wrong', () => {
    expect(words([UNUSABLE, BROKEN, STALE, ANOTHER]).problem).toBe('signed-by-another')
    expect(words([UNUSABLE, BROKEN, STALE]).problem).toBe('root-stale')
    expect(words([UNUSABLE, BROKEN]).problem).toBe('signature-broken')
  })

  it('says which place failed, whatever else was found', () => {
    const found = words([ANOTHER], {outcome: 'failed', detail: 'rate limited (HTTP 429)'})
    expect(found).toMatchObject({
      problem: 'signature-unreachable',
      detail: expect.stringContaining('ghcr.io/acme/app: rate limited (HTTP 429)')
    })
  })

  it('says who signed it elsewhere, if a place failed', () => {
    expect(words([ANOTHER], {outcome: 'failed', detail: 'x'}).detail).toContain('it is signed by github:acme/other')
  })

  it.each([
    {kind: 'github', failure: 'denied', advice: '`attestations: read`'},
    {kind: 'github', failure: 'throttled', advice: 'github-token'},
    {kind: 'registry', failure: 'unauthorized', advice: 'credentials that can read ghcr.io/acme/app'},
    {kind: 'registry', failure: 'server-error', advice: 'again later'}
  ] as const)('advises for a $kind that failed with $failure', ({kind, failure, advice}) => {
    expect(words([], {kind, failure, outcome: 'failed', detail: 'x'}).advice).toContain(advice)
  })

  it("says who may see attestations, where GitHub's API has none", () => {
    expect(words([], {kind: 'github'}).advice).toContain('attestations: read')
    expect(words([]).advice).not.toContain('attestations')
  })

  it('says that there are more signatures than were read', () => {
    expect(words([BROKEN], {detail: 'it has more signatures than are read (64)'}).detail).toContain('(64)')
  })

  it('advises to pin the index only where no platform of one was searched', () => {
    expect(words([]).advice).toContain('pin the index')
  })

  it('names the platform that has no signature', () => {
    const platform = digestOf(Buffer.from('a platform'))
    const place = {place: 'ghcr.io/acme/app', kind: 'registry', outcome: 'searched'} as const
    const places = [
      {...place, subject: SUBJECT},
      {...place, subject: platform}
    ]
    const check = {outcome: 'unsigned', rules: ['github:a/b', 'key:c'], signers: [], candidates: [], places} as const
    expect(describeCheck(check)?.detail).toBe(
      `no signature by github:a/b or key:c was found at ghcr.io/acme/app, neither of the index nor of the platform image ${platform}`
    )
    expect(describeCheck(check)?.advice).not.toContain('pin the index')
  })

  it("prints the command that makes a file with GitHub's root", () => {
    expect(words([{...STALE, organization: 'GitHub, Inc.'}]).advice).toContain(
      'gh attestation trusted-root > trusted-root.jsonl'
    )
    expect(words([STALE]).advice).not.toContain('gh attestation')
  })

  it('is undefined for an image that is signed', () => {
    expect(describeCheck({outcome: 'signed', rules: [], signers: [], candidates: [], places: []})).toBeUndefined()
  })
})
