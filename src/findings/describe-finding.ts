// Findings in words: one sentence that says what was found, and one that says what to do.
// Advice begins with a verb. Names from outside pass `escape`, which a summary and an issue need.

import {few} from '../failure/shorten-list.ts'
import type {Finding, FindingFacts, FindingKind} from './finding.ts'
import {describeObservedFailure} from './failure-class.ts'
import type {ObservedSigner} from './signature-port.ts'

/** The kind as a title: `Child or blob gone`. */
export const KIND_TITLES: Readonly<Record<FindingKind, string>> = {
  'digest-gone': 'Pinned digest gone',
  'child-gone': 'Part of an image gone',
  'content-corrupt': 'Corrupt content',
  'image-unusable': 'Unusable image',
  'platform-missing': 'Platform missing',
  'signature-missing': 'Signature missing',
  'signed-by-another': 'Signed by another identity',
  'signature-broken': 'Signature does not verify',
  'signature-unusable': 'Signature cannot be read',
  'signature-unreachable': 'Signature not reachable',
  'mirror-disagrees': 'Mirror has another image under the tag',
  'mirror-lacks': 'Mirror lacks the image',
  'tag-gone': 'Tag gone',
  unreachable: 'Registry not reachable',
  denied: 'Access denied',
  'tag-moved': 'Tag moved',
  'limit-low': 'Pull limit low',
  'root-stale': 'Trust root out of date',
  'lock-unused': 'Lock entries not used'
}

/** Says what was found. The sentence does not name the image, which is shown beside it. */
export function findingSentence({facts, place, registry}: Pick<Finding, 'facts' | 'place' | 'registry'>): string {
  const at = place ?? registry ?? ''
  switch (facts.kind) {
    case 'digest-gone':
      return `${at} no longer has the ${facts.pinnedBy === 'lock' ? 'locked' : 'pinned'} digest ${facts.wanted} (HTTP 404)${facts.alsoAt.length === 0 ? ', and no other registry has it' : `; ${facts.alsoAt.join(', ')} has it`}.`
    case 'child-gone':
      return `${at} has the image, and not all of its parts: ${objectsOf(facts)}.`
    case 'content-corrupt':
      return `${at} serves wrong bytes: ${objectsOf(facts)}.`
    case 'image-unusable':
      return `${place === undefined ? 'The image' : at} cannot be used: ${facts.object}: ${facts.detail}.`
    case 'platform-missing':
      return `The image has no ${facts.wanted}; it has ${facts.offered.length === 0 ? 'no platforms' : few(facts.offered).join(', ')}.`
    case 'mirror-lacks':
      return `${at} does not have ${facts.wanted}.`
    case 'mirror-disagrees':
      return `${at} has ${facts.got} under the tag, and not ${facts.wanted}.${pinnedPhrase(facts)}`
    case 'tag-moved':
      return `The tag at ${at} was ${facts.wanted} ${COMPARED[facts.comparedWith]}, and is ${facts.got} now.${facts.platformsLost.length === 0 ? '' : ` Platforms that are no longer in it: ${facts.platformsLost.join(', ')}.`}`
    case 'tag-gone':
      return `${at} no longer has the tag (HTTP 404)${facts.wanted === undefined ? '' : `; the digest was ${facts.wanted}`}.`
    case 'unreachable':
    case 'denied':
      return `${at}: ${facts.object}: ${describeObservedFailure(facts.failure)}.`
    case 'limit-low':
      return `${at} allows ${String(facts.remaining)} more pulls${facts.limit === undefined ? '' : ` of ${String(facts.limit)}`}, and this audit takes ${String(facts.downloads)}.${facts.partialImages === 0 ? '' : ` The platforms of ${String(facts.partialImages)} ${facts.partialImages === 1 ? 'image were' : 'images were'} not all checked for this reason.`}`
    case 'lock-unused':
      return `${String(facts.names.length)} ${facts.names.length === 1 ? 'entry of the lock file belongs' : 'entries of the lock file belong'} to no image of this audit: ${few(facts.names).join(', ')}.`
    case 'signature-missing':
    case 'signed-by-another':
    case 'signature-broken':
    case 'signature-unreachable':
    case 'signature-unusable':
    case 'root-stale':
      return `Rule ${JSON.stringify(facts.rule)}: ${facts.detail.replace(/\.$/, '')}.${signersPhrase(facts.signers)}`
  }
}

const COMPARED = {
  lock: 'in the lock file',
  reference: 'when its digest was pinned',
  'last-run': 'in the last audit'
} as const

function objectsOf({objects}: Extract<FindingFacts, {kind: 'child-gone' | 'content-corrupt'}>): string {
  return few(objects.map(({object, detail}) => `${object}: ${detail}`)).join('; ')
}

function pinnedPhrase({pinned, got, wanted}: Extract<FindingFacts, {kind: 'mirror-disagrees'}>): string {
  if (pinned === undefined) return ''
  if (pinned === got) return ' The mirror has the pinned one.'
  return pinned === wanted
    ? ' Builds use the pinned digest, which is the second one.'
    : ` Builds use the pinned digest ${pinned}.`
}

function signersPhrase(signers: readonly ObservedSigner[]): string {
  return signers.length === 0 ? '' : ` Found: ${few(signers.map(formatSigner)).join('; ')}.`
}

/** `https://github.com/acme/…@refs/tags/v1 (https://token.actions.githubusercontent.com)`. */
export function formatSigner({kind, identity, issuer, repository, key}: ObservedSigner): string {
  const name = identity ?? repository ?? key ?? kind
  return issuer === undefined ? name : `${name} (${issuer})`
}

/** Says what to do. The first word is a verb. */
export function findingAdvice({
  facts,
  registry = '',
  severity
}: Pick<Finding, 'facts' | 'registry' | 'severity'>): string {
  switch (facts.kind) {
    case 'digest-gone':
      return facts.alsoAt.length === 0
        ? 'Change the reference to an image that exists, and fill a mirror before the next one is deleted.'
        : `Add ${facts.alsoAt[0] ?? ''} to the mirrors input, or pin a newer version.`
    case 'child-gone':
      return `Ask ${registry} or the publisher to push the missing parts again, and use a mirror until then.`
    case 'content-corrupt':
      return `Report the digests and request ids in the report to ${registry}, and use a mirror until it serves the right bytes.`
    case 'image-unusable':
      return 'Use another version, and report this one to its publisher.'
    case 'platform-missing':
      return 'Set platform to what the image has, or use another version.'
    case 'mirror-lacks':
      return 'Run the mirror action to fill the mirror, or remove the line from the mirrors input.'
    case 'mirror-disagrees':
      return severity === 'error'
        ? 'Run the mirror action, and pin the digest: builds that use the mirror get another image.'
        : 'Run the mirror action at the next occasion. Builds use the pinned digest, so nothing breaks.'
    case 'tag-moved':
      return facts.comparedWith === 'lock'
        ? 'Run once with lock: update, review the difference, and commit it.'
        : 'Pin the digest, or use a lock file, if builds must not change with the tag.'
    case 'tag-gone':
      return severity === 'error'
        ? 'Change the reference to a tag that exists.'
        : 'Plan a change to a tag that exists. Builds use the pinned digest until it is deleted too.'
    case 'unreachable':
      return `Check the status page of ${registry}, and run the audit again.`
    case 'denied':
      return `Check the name of the image and the credentials for ${registry}.`
    case 'limit-low':
      return `Log in to ${registry} for a higher limit, or fill a mirror: an audit downloads manifests from a mirror first.`
    case 'lock-unused':
      return 'Remove the entries from the lock file, or add the images to the inputs image or files.'
    case 'signature-missing':
      return facts.advice ?? 'Ask the publisher for a signature, or make the prefix of the rule narrower.'
    case 'signed-by-another':
      return facts.advice ?? 'Compare the identities: correct the rule, or do not use the image.'
    case 'signature-broken':
      return facts.advice ?? 'Report it to the publisher, and do not use the image.'
    case 'signature-unreachable':
      return facts.advice ?? 'Run the audit again when the registry that has the signature is reachable.'
    case 'signature-unusable':
      return facts.advice ?? 'Report it to the publisher: the signature has a format that cannot be read.'
    case 'root-stale':
      return facts.advice ?? 'Update this action, or set trusted-root.'
  }
}

/** `since 2026-02-02, in 3 runs`, where the tracking issue knows it; empty for what is new. */
export function sincePhrase({since, runs}: Pick<Finding, 'since' | 'runs'>): string {
  return since === undefined || runs === undefined || runs < 2
    ? ''
    : `since ${since.slice(0, 10)}, in ${String(runs)} runs`
}
