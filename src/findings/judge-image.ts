// Makes findings of what was observed of one image. Pure.
// The severity depends on what is pinned. With a digest in the reference or in the lock file, a build uses that digest, and a tag that
// moved or lags changes nothing in it. Without one, the tag decides what runs.

import {type Digest, digestOf} from '../oci/digest.ts'
import {formatReference, formatRepository} from '../oci/reference.ts'
import {omitUndefined} from '../oci/omit-undefined.ts'
import {quoteLine} from '../oci/quote-line.ts'
import {lockKey} from '../pins/lock-policy.ts'
import {
  type FaultyObject,
  type Finding,
  type FindingFacts,
  type FindingSubject,
  type Severity,
  SIGNATURE_FINDINGS,
  USUAL_SEVERITY
} from './finding.ts'
import type {ImageObservation, ObjectFault, PlaceObservation} from './observation.ts'
import {describeObservedFailure, failureClassOf} from './failure-class.ts'

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

/** Makes a finding, with the usual severity of its kind unless another one is given. */
export function makeFinding(
  subject: FindingSubject,
  facts: FindingFacts,
  {severity = USUAL_SEVERITY[facts.kind], exchange}: Partial<Pick<Finding, 'severity' | 'exchange'>> = {}
): Finding {
  return omitUndefined({...subject, severity, facts, exchange, fingerprint: fingerprintOf(subject, facts)})
}

// Without digests and objects, except for a tag: a finding whose details change is still the same finding, and a tag that moves again is
// another one.
function fingerprintOf({image, place, registry}: FindingSubject, facts: FindingFacts): string {
  const parts = [facts.kind, image ?? '', place ?? registry ?? '', facts.kind === 'tag-moved' ? facts.got : '']
  return digestOf(Buffer.from(JSON.stringify(parts))).slice('sha256:'.length, 'sha256:'.length + 16)
}

function atPlace(subject: FindingSubject, {candidate: {repository}}: PlaceObservation): FindingSubject {
  return {...subject, place: formatRepository(repository), registry: repository.registry}
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

/** What pins the digest for builds; undefined where the tag decides. */
function pinOf(expected: ImageObservation['expected']): 'reference' | 'lock' | undefined {
  return expected?.decidedBy === 'reference' || expected?.decidedBy === 'lock' ? expected.decidedBy : undefined
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
  const fault = observation.fault ?? observation.places.flatMap(({faults}) => faults.filter(isOfImage))[0]
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

/** Right bytes that no engine can use are the same at each registry. */
function isOfImage({failure}: ObjectFault): boolean {
  return failure.kind === 'unusable' || failure.kind === 'platform-missing'
}

function judgePlace(
  observation: ImageObservation,
  place: PlaceObservation,
  subject: FindingSubject
): readonly Finding[] {
  const at = atPlace(subject, place)
  return [
    ...judgeMirror(observation, place, at),
    ...judgeObjects('child-gone', observation, place, at),
    ...judgeObjects('content-corrupt', observation, place, at),
    ...judgeUsability(observation, place, at),
    ...judgeAccess(place, at)
  ]
}

function faultsOf({faults}: PlaceObservation, wanted: ReturnType<typeof failureClassOf>): readonly ObjectFault[] {
  return faults.filter(({failure}) => failureClassOf(failure) === wanted)
}

function judgeMirror(
  {expected, image, places}: ImageObservation,
  {candidate, tag, root}: PlaceObservation,
  at: FindingSubject
): readonly Finding[] {
  // A public mirror is a default, and lacks most images.
  if (candidate.role !== 'mirror' || expected === undefined) return []
  const isPinned = pinOf(expected) !== undefined
  const lacks = root === 'absent' ? [makeFinding(at, {kind: 'mirror-lacks', wanted: expected.digest})] : []
  // Without a pinned digest, a mirror that lacks the tag is of no use when the registry is down.
  if (root === 'present' && tag.kind === 'gone' && !isPinned)
    return [makeFinding(at, omitUndefined({kind: 'mirror-lacks' as const, wanted: expected.digest, tag: image.tag}))]
  const primary = places.find(other => other.candidate.role === 'primary')?.tag
  const wanted = primary?.kind === 'digest' ? primary.digest : expected.digest
  if (tag.kind !== 'digest' || tag.digest === wanted) return lacks
  const facts = omitUndefined({
    kind: 'mirror-disagrees' as const,
    wanted,
    got: tag.digest,
    pinned: isPinned ? expected.digest : undefined
  })
  return [...lacks, makeFinding(at, facts, {severity: isPinned ? 'warning' : 'error'})]
}

function judgeObjects(
  kind: 'child-gone' | 'content-corrupt',
  {places}: ImageObservation,
  place: PlaceObservation,
  at: FindingSubject
): readonly Finding[] {
  const faults =
    kind === 'content-corrupt'
      ? faultsOf(place, 'corrupt')
      : faultsOf(place, 'gone').filter(({object}) => !object.isRoot)
  const objects = faults.map(faultyObject)
  // Of a tag, only its bytes say which image it is.
  if (kind === 'content-corrupt') objects.unshift(...tagFaults(place, 'corrupt'))
  if (objects.length === 0) return []
  const {role} = place.candidate
  const right = places.filter(({root, faults: others}) => root === 'present' && others.length === 0)
  const alsoAt = right.map(({candidate}) => formatRepository(candidate.repository))
  return [
    makeFinding(
      at,
      {kind, objects, role, alsoAt},
      omitUndefined({exchange: faults[0]?.exchange, severity: mildness(kind, faults, role)})
    )
  ]
}

// Some registries do not serve attestations, and no engine runs them. A pull-through cache has what was pulled through it.
function mildness(
  kind: 'child-gone' | 'content-corrupt',
  faults: readonly ObjectFault[],
  role: PlaceObservation['candidate']['role']
): Severity | undefined {
  if (kind === 'content-corrupt') return undefined
  return role === 'public-mirror' || faults.every(({object}) => object.isAttestation) ? 'warning' : undefined
}

function faultyObject({object, failure}: ObjectFault): FaultyObject {
  return omitUndefined({
    object: object.name,
    wanted: object.digest,
    got: failure.kind === 'corrupt' ? failure.got : undefined,
    detail: describeObservedFailure(failure)
  })
}

/** What the registry has under the tag, where that is no image. */
function tagFaults({tag}: PlaceObservation, wanted: ReturnType<typeof failureClassOf>): readonly FaultyObject[] {
  if (tag.kind !== 'failed' || failureClassOf(tag.failure) !== wanted) return []
  const {failure} = tag
  const digests = failure.kind === 'corrupt' ? {wanted: failure.wanted, got: failure.got} : {}
  return [{object: 'tag', ...digests, detail: describeObservedFailure(failure)}]
}

/** An image that is unusable at one registry alone: its Content-Type, or what the tag names there. */
function judgeUsability({places}: ImageObservation, place: PlaceObservation, at: FindingSubject): readonly Finding[] {
  const here = faultsOf(place, 'unusable').filter(fault => !isOfImage(fault))
  // The same bytes by their digest are a finding about the image.
  const ofTag = places.some(({faults}) => faults.some(isOfImage)) ? [] : tagFaults(place, 'unusable')
  const [{object, detail} = {object: '', detail: ''}] = [...here.map(faultyObject), ...ofTag]
  if (object === '') return []
  return [makeFinding(at, {kind: 'image-unusable', object, detail}, omitUndefined({exchange: here[0]?.exchange}))]
}

/** One finding for each kind at each place: a registry that is down fails for all of its objects. */
function judgeAccess(place: PlaceObservation, at: FindingSubject): readonly Finding[] {
  const {candidate, tag} = place
  const ofTag = tag.kind === 'failed' ? [{name: 'tag', failure: tag.failure, exchange: undefined}] : []
  const ofObjects = place.faults.map(({object, failure, exchange}) => ({name: object.name, failure, exchange}))
  const all = [...ofTag, ...ofObjects]
  return (['unreachable', 'denied'] as const).flatMap(kind => {
    const found = all.filter(({failure}) => failureClassOf(failure) === kind)
    const first = found.find(({exchange}) => exchange !== undefined) ?? found[0]
    if (first === undefined) return []
    // A public mirror need not have the image, and ghcr.io denies access to what it does not have.
    if (candidate.role === 'public-mirror' && kind === 'denied' && place.root !== 'present') return []
    const severity = candidate.role === 'public-mirror' ? 'notice' : undefined
    return [
      makeFinding(
        at,
        {kind, object: first.name, failure: first.failure},
        omitUndefined({exchange: first.exchange, severity})
      )
    ]
  })
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
