// What each kind of finding is, for people: its title, and its meaning.
// The summary and the issue show the titles, code scanning shows both, and docs/audit.md has the meanings.

import type {FindingKind} from './finding.ts'

/** The kind as a title: `Corrupt content`. */
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

/** What it means, and when its severity is not the usual one. docs/audit.md has the same sentences. */
export const KIND_MEANINGS: Readonly<Record<FindingKind, string>> = {
  'digest-gone': 'The registry no longer has the pinned or locked digest. The finding says which mirror has it.',
  'child-gone':
    'The index is there, and a platform, config, or layer is not. Warning for an attestation, and at a public mirror.',
  'content-corrupt': 'A registry serves bytes that do not have the digest.',
  'image-unusable':
    'The bytes are right, and no engine can use the image; or one registry serves it under a wrong Content-Type.',
  'platform-missing': 'The image lacks a platform in the input platform.',
  'signature-missing': 'A rule asks for a signature, and there is none.',
  'signed-by-another': 'The signature is valid, and from an identity that the rule does not name.',
  'signature-broken': 'The signature does not verify.',
  'signature-unusable': 'The signature cannot be read.',
  'signature-unreachable': 'No registry answered where the signature may be.',
  'mirror-disagrees':
    'A mirror has another digest under the tag. Warning if the digest is pinned or locked: no build notices it.',
  'mirror-lacks':
    'A mirror in the input mirrors does not have the image; or not its tag, if nothing pins the digest. A public mirror that lacks it is no finding.',
  'tag-gone': 'The tag is gone, and the pinned digest is still there. Error if nothing pins it.',
  unreachable: 'All attempts failed. Error in the third run in a row, which the tracking issue remembers.',
  denied: 'HTTP 401 or 403. Error in the third run in a row.',
  'tag-moved':
    'The tag has another digest than in the lock file, in the reference, or in the last run. Error for a version of three parts in the lock file. The finding lists platforms that are no longer there.',
  'limit-low': 'The pull limit of a registry does not last for three audits, or is used up.',
  'root-stale': 'A signature needs a newer trust root.',
  'lock-unused': 'The lock file has entries for no image of this audit.'
}
