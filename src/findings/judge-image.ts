// Makes findings of what was observed of one image. Pure.
// The severity depends on what is pinned. With a digest in the reference or in the lock file, a build uses that digest, and a tag that
// moved or lags changes nothing in it. Without one, the tag decides what runs.

import type {Digest} from '../oci/digest.ts'
import {omitUndefined} from '../oci/omit-undefined.ts'
import {quoteLine} from '../oci/quote-line.ts'
import {formatReference, formatRepository} from '../oci/reference.ts'
import {lockKey} from '../pins/lock-policy.ts'
import {describeObservedFailure} from './failure-class.ts'
import {type Finding, type FindingSubject, SIGNATURE_FINDINGS, USUAL_SEVERITY} from './finding.ts'
import {isFaultOfImage, judgePlace} from './judge-place.ts'
import {atPlace, makeFinding} from './make-finding.ts'
import {type ImageObservation, pinOf, type PlaceObservation} from './observation.ts'

/** What the image was before this run. */
export type Baseline = {
  /** The digest in the lock file, also next to a digest in the reference. */
  readonly locked?: Digest
  /** Platforms in the lock file. */
  readonly lockedPlatforms?: readonly string[]
  /** The digest of the tag in the last run, from the tracking issue. */
  readonly lastRun?: Digest
  /** When that was; ISO 8601, UTC. */
  readonly lastRunAt?: string
  /** Whether a required signature that is missing is reported as a warning alone. */
  readonly signatures: 'enforce' | 'warn'
}

/** The findings about one image, in the order in which places are listed. */
export function judgeImage(observation: ImageObservation, baseline: Baseline): readonly Finding[] {
  const subject: FindingSubject = {
    image: observation.image.input,
    locations: observation.image.locations ?? []
  }
  const [primary] = observation.places.filter(({candidate}) => candidate.role === 'primary')
  return [
    ...(primary === undefined ? [] : judgePrimary(observation, primary, baseline, subject)),
    ...judgeImageItself(observation, subject),
    ...observation.places.flatMap(place => judgePlace(observation, place, subject)),
    ...judgeSignatures(observation, baseline, subject)
  ]
}

function judgePrimary(
  observation: ImageObservation,
  primary: PlaceObservation,
  baseline: Baseline,
  subject: FindingSubject
): readonly Finding[] {
  const {expected, places} = observation
  const at = atPlace(subject, primary)
  const pinnedBy = pinOf(expected)
  const isGone = primary.root === 'absent' && pinnedBy !== undefined
  if (isGone && expected !== undefined) {
    const alsoAt = places.flatMap(({root, candidate}) =>
      root === 'present' ? [formatRepository(candidate.repository)] : []
    )
    const gone = makeFinding(at, {kind: 'digest-gone', wanted: expected.digest, pinnedBy, alsoAt})
    return [gone, ...judgeTagMoved(observation, primary, baseline, at)]
  }
  if (primary.tag.kind === 'gone') {
    const isThere = pinnedBy !== undefined && primary.root === 'present'
    const facts = omitUndefined({kind: 'tag-gone' as const, wanted: expected?.digest})
    return [makeFinding(at, facts, {severity: isThere ? 'warning' : 'error'})]
  }
  return judgeTagMoved(observation, primary, baseline, at)
}

function judgeTagMoved(
  {image, platforms, platformsNow}: ImageObservation,
  {tag}: PlaceObservation,
  baseline: Baseline,
  at: FindingSubject
): readonly Finding[] {
  if (tag.kind !== 'digest') return []
  const before = digestBefore(baseline, image.reference.digest)
  if (before === undefined || before.digest === tag.digest) return []
  const {comparedWith} = before
  // The lock file has the platforms that were verified, for an index that is not there any more.
  const known = platforms.length === 0 && comparedWith === 'lock' ? lockedPlatforms(baseline) : platforms
  const platformsLost = platformsNow === undefined ? [] : known.filter(name => !platformsNow.includes(name))
  return [
    makeFinding(
      at,
      omitUndefined({
        kind: 'tag-moved' as const,
        ...{wanted: before.digest, got: tag.digest, comparedWith, platformsLost},
        comparedAt: comparedWith === 'last-run' ? baseline.lastRunAt : undefined
      }),
      {severity: comparedWith === 'lock' && isVersion(image.tag) ? 'error' : 'notice'}
    )
  ]
}

/** As formatPlatform writes them: the lock file has the versions of Windows too, and `unknown` for a platform without a name. */
function lockedPlatforms({lockedPlatforms = []}: Baseline): readonly string[] {
  return lockedPlatforms.map(name => name.replace(/\(.*\)/, '')).filter(name => name !== 'unknown')
}

function digestBefore(
  {locked, lastRun}: Baseline,
  written: Digest | undefined
): {readonly digest: Digest; readonly comparedWith: 'lock' | 'reference' | 'last-run'} | undefined {
  if (locked !== undefined) return {digest: locked, comparedWith: 'lock'}
  if (written !== undefined) return {digest: written, comparedWith: 'reference'}
  return lastRun === undefined ? undefined : {digest: lastRun, comparedWith: 'last-run'}
}

/** `1.2.3`, `v1.2.3-alpine`: a version that is usually published once. `8.3` and `8` are expected to move. */
function isVersion(tag: string | undefined): boolean {
  return tag !== undefined && /^v?\d+\.\d+\.\d+(?:$|[.+_-])/.test(tag)
}

/** What is wrong with the image wherever it is. */
function judgeImageItself(observation: ImageObservation, subject: FindingSubject): readonly Finding[] {
  const fault = observation.fault ?? observation.places.flatMap(({faults}) => faults.filter(isFaultOfImage))[0]
  if (fault === undefined) return []
  const {failure, object, exchange} = fault
  const more = omitUndefined({exchange})
  if (failure.kind === 'platform-missing')
    return [
      makeFinding(
        subject,
        {kind: 'platform-missing', wanted: failure.wanted, offered: failure.offered.map(quoteLine)},
        more
      )
    ]
  return [
    makeFinding(subject, {kind: 'image-unusable', object: object.name, detail: describeObservedFailure(failure)}, more)
  ]
}

function judgeSignatures(
  {signatures}: ImageObservation,
  baseline: Baseline,
  subject: FindingSubject
): readonly Finding[] {
  const kind = signatures === undefined ? undefined : SIGNATURE_FINDINGS[signatures.verdict]
  if (signatures?.rule === undefined || kind === undefined) return []
  const {rule, detail, advice, signers} = signatures
  const isMilder = baseline.signatures === 'warn' && USUAL_SEVERITY[kind] === 'error'
  return [
    makeFinding(subject, omitUndefined({kind, rule, detail, advice, signers}), isMilder ? {severity: 'warning'} : {})
  ]
}

/** The name of an image in baselines: the full name with its tag; undefined without a tag. */
export function baselineKey(observation: Pick<ImageObservation, 'image'>): string | undefined {
  return lockKey(observation.image)
}

/** The full name of an image, for people. */
export function fullNameOf({image: {reference, tag}}: Pick<ImageObservation, 'image'>): string {
  return formatReference(omitUndefined({...reference, tag: reference.tag ?? tag}))
}
