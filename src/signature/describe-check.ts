// Words for an image that lacks the required signature: what was found where, who did sign, and what to do about it.
// Pure. Each problem has one sentence that stands alone, and one advice that begins with a verb.

import type {SignatureProblem} from '../failure/failure.ts'
import {few} from '../failure/shorten-list.ts'
import {type SearchedPlace, type SignatureCheck, type Verdict} from './outcome.ts'

export type CheckWords = {readonly detail: string; readonly advice: string}

/** Undefined for an image that has the required signature. */
export function describeCheck(check: SignatureCheck): CheckWords | undefined {
  const {outcome} = check
  if (outcome === 'signed') return undefined
  return {detail: detailOf(outcome, check) + unread(check), advice: adviceOf(outcome, check)}
}

function detailOf(problem: SignatureProblem, check: SignatureCheck): string {
  switch (problem) {
    case 'unsigned':
      return `no signature by ${rulesOf(check)} was found at ${placeNames(check)}${ofPlatform(check)}${others(check)}`
    case 'signed-by-another':
      return `it is signed by ${joined(detailsOf(check, 'signed-by-another'))}, not by ${rulesOf(check)}`
    case 'signature-broken':
      return `a signature at ${placesOf(check, 'signature-broken')} is not valid: ${joined(detailsOf(check, 'signature-broken'))}`
    case 'signature-unreachable':
      return `signatures could not be looked up: ${joined(failedPlaces(check).map(({place, detail = ''}) => `${place}: ${detail}`))}${whatElse(check)}`
    case 'root-stale':
      return `a signature at ${placesOf(check, 'root-stale')} cannot be verified: ${joined(detailsOf(check, 'root-stale'))}`
    case 'signature-unusable':
      return `a signature at ${placesOf(check, 'signature-unusable')} cannot be read: ${joined(detailsOf(check, 'signature-unusable'))}`
  }
}

function adviceOf(problem: SignatureProblem, check: SignatureCheck): string {
  switch (problem) {
    case 'unsigned':
      return adviceForUnsigned(check)
    case 'signed-by-another':
      return 'Check with the publisher whether it has changed how it signs. Only if you trust the signer that was found, put it into signed-by.'
    case 'signature-broken':
      return 'Report this to the publisher: the signature does not belong to this image, or was changed.'
    case 'signature-unreachable':
      return adviceForPlace(failedPlaces(check)[0])
    case 'root-stale':
      return adviceForRoot(check)
    case 'signature-unusable':
      return 'Report this to the publisher, and check that nothing between the registry and this runner changes its responses.'
  }
}

function adviceForUnsigned({places}: SignatureCheck): string {
  const hasPlatforms = new Set(places.map(({subject}) => subject)).size > 1
  return [
    'Check that the publisher signs this image, and that the prefix of the rule in signed-by is not too wide.',
    // The platforms of an index were searched, too.
    ...(hasPlatforms ? [] : ['A digest of one platform does not have the signature of its index: pin the index.']),
    ...(places.some(({kind}) => kind === 'github')
      ? [
          'GitHub shows attestations of a private repository only to a token that can read them: give the job the permission `attestations: read`, or set github-token for another repository.'
        ]
      : [])
  ].join(' ')
}

function adviceForPlace(place: SearchedPlace | undefined): string {
  const isDenied = place?.failure === 'denied' || place?.failure === 'unauthorized'
  if (isDenied && place.kind === 'github')
    return 'Give the job the permission `attestations: read`; for a private repository of others, set github-token to a token that can read its attestations.'
  if (isDenied) return `Give this job credentials that can read ${place.place}.`
  if (place?.failure === 'throttled' && place.kind === 'github')
    return "Run the job again later, or set github-token to a token that has requests left: GitHub's API limits them."
  return 'Run the job again later, and check the access of this job to the place that failed.'
}

// The organization is the claim of a certificate that is not verified, so it decides nothing but this advice.
function adviceForRoot({candidates}: SignatureCheck): string {
  const organizations = candidates.flatMap(({verdict}) =>
    verdict.outcome === 'root-stale' ? (verdict.organization ?? []) : []
  )
  if (organizations.includes('GitHub, Inc.'))
    return 'Run `gh attestation trusted-root > trusted-root.jsonl`, commit the file, and set trusted-root to it: GitHub signs attestations of private repositories with its own certificate authority.'
  return 'Update verified-image to its newest release, or set trusted-root to a file with the roots of the instance that signed.'
}

function rulesOf({rules}: SignatureCheck): string {
  return few(
    rules.map(rule => rule.slice(rule.search(/(?:github|identity|key):/))),
    MOST
  ).join(' or ')
}

/** Which part of an image with several platforms has none. The index was searched first. */
function ofPlatform({places}: SignatureCheck): string {
  const [, ...platforms] = [...new Set(places.map(({subject}) => subject))]
  return platforms.length === 0 ? '' : `, neither of the index nor of the platform image ${platforms.at(-1) ?? ''}`
}

/** What was there beside: attestations that do not count, and signatures of notation. */
function others(check: SignatureCheck): string {
  const found = [...detailsOf(check, 'not-counted'), ...detailsOf(check, 'notation')]
  return found.length === 0 ? '' : `; ${joined(found)}`
}

/** What the places that did answer have. */
function whatElse(check: SignatureCheck): string {
  const another = detailsOf(check, 'signed-by-another')
  return another.length === 0 ? '' : `; it is signed by ${joined(another)}`
}

function unread({places}: SignatureCheck): string {
  const details = places.flatMap(({place, outcome, detail}) =>
    outcome === 'searched' && detail !== undefined ? [`${place}: ${detail}`] : []
  )
  return details.length === 0 ? '' : `; ${joined(details)}`
}

function failedPlaces({places}: SignatureCheck): readonly SearchedPlace[] {
  return places.filter(({outcome}) => outcome === 'failed')
}

function placeNames({places}: SignatureCheck): string {
  return joined(places.map(({place}) => place))
}

function detailsOf({candidates}: SignatureCheck, outcome: Verdict['outcome']): readonly string[] {
  return candidates.flatMap(({verdict}) =>
    verdict.outcome === outcome && verdict.outcome !== 'signed' ? [verdict.detail] : []
  )
}

function placesOf({candidates}: SignatureCheck, outcome: Verdict['outcome']): string {
  return joined(candidates.filter(({verdict}) => verdict.outcome === outcome).map(({place}) => place))
}

const MOST = 3

/** Each text once, and only the first ones. */
function joined(texts: readonly string[]): string {
  return few([...new Set(texts)], MOST).join(', ')
}
