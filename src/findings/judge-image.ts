// Makes findings of what was observed of one image. Pure.
// The severity depends on what is pinned. With a digest in the reference or in the lock file, a build uses that digest, and a tag that
// moved or lags changes nothing in it. Without one, the tag decides what runs.

import {type Digest, digestOf} from '../oci/digest.ts'
import {formatReference, formatRepository} from '../oci/reference.ts'
import {omitUndefined} from '../oci/omit-undefined.ts'
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
  {expected, image, places, platformsNow, platforms}: ImageObservation,
  primary: PlaceObservation,
  baseline: Baseline,
  subject: FindingSubject
): readonly Finding[] {
  const at = atPlace(subject, primary)
  const pinnedBy = expected?.decidedBy
  const isPinned = pinnedBy === 'reference' || pinnedBy === 'lock'
  if (primary.root === 'absent' && isPinned && expected !== undefined) {
    const alsoAt = places.flatMap(({root, candidate}) =>
      root === 'present' ? [formatRepository(candidate.repository)] : []
    )
    return [makeFinding(at, {kind: 'digest-gone', wanted: expected.digest, pinnedBy, alsoAt})]
  }
  if (primary.tag.kind === 'gone') {
    const isThere = isPinned && primary.root === 'present'
    const facts = omitUndefined({kind: 'tag-gone' as const, wanted: expected?.digest})
    return [makeFinding(at, facts, {severity: isThere ? 'warning' : 'error'})]
  }
  if (primary.tag.kind !== 'digest') return []
  const before = digestBefore(baseline, image.reference.digest)
  if (before === undefined || before.digest === primary.tag.digest) return []
  const known = before.comparedWith === 'lock' ? (baseline.lockedPlatforms ?? []) : platforms
  const platformsLost = platformsNow === undefined ? [] : known.filter(name => !platformsNow.includes(name))
  return [
    makeFinding(
      at,
      {
        kind: 'tag-moved',
        wanted: before.digest,
        got: primary.tag.digest,
        comparedWith: before.comparedWith,
        platformsLost
      },
      {severity: before.comparedWith === 'lock' && isVersion(image.tag) ? 'error' : 'notice'}
    )
  ]
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
    return [makeFinding(subject, {kind: 'platform-missing', wanted: failure.wanted, offered: failure.offered}, more)]
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
    ...judgeObjects(
      'child-gone',
      faultsOf(place, 'gone').filter(({object}) => !object.isRoot),
      place,
      at
    ),
    ...judgeObjects('content-corrupt', faultsOf(place, 'corrupt'), place, at),
    ...faultsOf(place, 'unusable')
      .filter(fault => !isOfImage(fault))
      .filter(fault => !isOfImage(fault))
      .slice(0, 1)
      .map(fault => unusableHere(fault, at)),
    ...judgeAccess(place, at)
  ]
}

function faultsOf({faults}: PlaceObservation, wanted: ReturnType<typeof failureClassOf>): readonly ObjectFault[] {
  return faults.filter(({failure}) => failureClassOf(failure) === wanted)
}

function judgeMirror(
  {expected, places}: ImageObservation,
  {candidate, tag, root}: PlaceObservation,
  at: FindingSubject
): readonly Finding[] {
  // A public mirror is a default, and lacks most images.
  if (candidate.role !== 'mirror' || expected === undefined) return []
  const lacks = root === 'absent' ? [makeFinding(at, {kind: 'mirror-lacks', wanted: expected.digest})] : []
  const primary = places.find(other => other.candidate.role === 'primary')?.tag
  const wanted = primary?.kind === 'digest' ? primary.digest : expected.digest
  if (tag.kind !== 'digest' || tag.digest === wanted) return lacks
  const isPinned = expected.decidedBy === 'reference' || expected.decidedBy === 'lock'
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
  faults: readonly ObjectFault[],
  {candidate}: PlaceObservation,
  at: FindingSubject
): readonly Finding[] {
  const [first] = faults
  if (first === undefined) return []
  return [
    makeFinding(
      at,
      {kind, objects: faults.map(faultyObject)},
      omitUndefined({exchange: first.exchange, severity: mildness(kind, faults, candidate.role)})
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

function unusableHere({object, failure, exchange}: ObjectFault, at: FindingSubject): Finding {
  return makeFinding(
    at,
    {kind: 'image-unusable', object: object.name, detail: describeObservedFailure(failure)},
    omitUndefined({exchange})
  )
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
