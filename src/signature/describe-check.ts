// Words for an image that lacks the required signature: what was found where, and what to do about it.
// Pure. Each problem has one sentence that stands alone, and one advice that begins with a verb.

import {few} from '../failure/shorten-list.ts'
import type {SignatureProblem} from '../failure/failure.ts'
import {type SignatureCheck, type Verdict} from './outcome.ts'

export type CheckWords = {readonly detail: string; readonly advice: string}

/** Undefined for an image that has the required signature. */
export function describeCheck(check: SignatureCheck): CheckWords | undefined {
  const {outcome} = check
  return outcome === 'signed' ? undefined : {detail: detailOf(outcome, check), advice: adviceOf(outcome, check)}
}

function detailOf(problem: SignatureProblem, check: SignatureCheck): string {
  const places = joined(check.places.map(({place}) => place))
  switch (problem) {
    case 'unsigned':
      return `no signature by ${rulesOf(check)} was found at ${places}${others(check)}`
    case 'signed-by-another':
      return `it is signed by ${joined(detailsOf(check, 'signed-by-another'))}, not by ${rulesOf(check)}`
    case 'signature-broken':
      return `a signature at ${placesOf(check, 'signature-broken')} is not valid: ${joined(detailsOf(check, 'signature-broken'))}`
    case 'signature-unreachable': {
      const failed = check.places.filter(({outcome}) => outcome === 'failed')
      return `signatures could not be looked up: ${joined(failed.map(({place, detail = ''}) => `${place}: ${detail}`))}`
    }
    case 'root-stale':
      return `a signature at ${placesOf(check, 'root-stale')} cannot be verified: ${joined(detailsOf(check, 'root-stale'))}`
    case 'signature-unusable':
      return `a signature at ${placesOf(check, 'signature-unusable')} cannot be read: ${joined(detailsOf(check, 'signature-unusable'))}`
  }
}

function adviceOf(problem: SignatureProblem, check: SignatureCheck): string {
  switch (problem) {
    case 'unsigned':
      return 'Check that the publisher signs this image, and that the prefix of the rule in signed-by is not too wide. A digest of one platform does not have the signature of its index: pin the index.'
    case 'signed-by-another':
      return 'Check whether the publisher has changed how it signs. Only if you trust that signer, put it into signed-by.'
    case 'signature-broken':
      return 'Report this to the publisher: the signature does not belong to this image, or was changed.'
    case 'signature-unreachable':
      return 'Run the job again later, and check the access of this job to the place that failed.'
    case 'root-stale':
      return adviceForRoot(check)
    case 'signature-unusable':
      return 'Report this to the publisher, and check that nothing between the registry and this runner changes its responses.'
  }
}

function adviceForRoot({candidates}: SignatureCheck): string {
  const organizations = candidates.flatMap(({verdict}) =>
    verdict.outcome === 'root-stale' ? (verdict.organization ?? []) : []
  )
  if (organizations.includes('GitHub, Inc.'))
    return 'Run `gh attestation trusted-root > trusted-root.jsonl`, commit the file, and set trusted-root to it: GitHub signs attestations of private repositories with its own certificate authority.'
  return 'Update verified-image to its newest release, or set trusted-root to a file with the roots of the instance that signed.'
}

function rulesOf({rules}: SignatureCheck): string {
  return joined(rules.map(rule => rule.slice(rule.search(/(?:github|identity|key):/))))
}

/** What was there beside: attestations that do not count, and signatures of notation. */
function others(check: SignatureCheck): string {
  const found = [...detailsOf(check, 'not-counted'), ...detailsOf(check, 'notation')]
  return found.length === 0 ? '' : `; ${joined(found)}`
}

function detailsOf({candidates}: SignatureCheck, outcome: Verdict['outcome']): readonly string[] {
  return candidates.flatMap(({verdict}) =>
    verdict.outcome === outcome && verdict.outcome !== 'signed' ? [verdict.detail] : []
  )
}

function placesOf({candidates}: SignatureCheck, outcome: Verdict['outcome']): string {
  return joined(candidates.filter(({verdict}) => verdict.outcome === outcome).map(({place}) => place))
}

/** Each text once, and only the first ones. */
function joined(texts: readonly string[]): string {
  return few([...new Set(texts)], 3).join(', ')
}
