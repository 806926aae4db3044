// Makes findings of what one registry has of an image: parts that are gone or wrong, a mirror that differs, and no access. Pure.
// What the tag is at the registry of the reference is judged with the image.

import {omitUndefined} from '../oci/omit-undefined.ts'
import {formatRepository} from '../oci/reference.ts'
import {describeObservedFailure, failureClassOf} from './failure-class.ts'
import type {FaultyObject, Finding, FindingSubject, Severity} from './finding.ts'
import {atPlace, makeFinding} from './make-finding.ts'
import {type ImageObservation, type ObjectFault, pinOf, type PlaceObservation} from './observation.ts'

/** The findings about an image at one registry. */
export function judgePlace(
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
  const isCorrupt = kind === 'content-corrupt'
  const faults = isCorrupt ? faultsOf(place, 'corrupt') : faultsOf(place, 'gone').filter(({object}) => !object.isRoot)
  const objects = [...(isCorrupt ? tagFaults(place, 'corrupt') : []), ...faults.map(faultyObject)]
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

/** What the registry has under the tag, where that is not an image. */
function tagFaults({tag}: PlaceObservation, wanted: ReturnType<typeof failureClassOf>): readonly FaultyObject[] {
  if (tag.kind !== 'failed' || failureClassOf(tag.failure) !== wanted) return []
  const {failure} = tag
  const digests = failure.kind === 'corrupt' ? {wanted: failure.wanted, got: failure.got} : {}
  return [{object: 'tag', ...digests, detail: describeObservedFailure(failure)}]
}

/** An image that is unusable at one registry alone: its Content-Type, or what the tag names there. */
function judgeUsability({places}: ImageObservation, place: PlaceObservation, at: FindingSubject): readonly Finding[] {
  const here = faultsOf(place, 'unusable').filter(fault => !isFaultOfImage(fault))
  // The same bytes by their digest are a finding about the image.
  const ofTag = places.some(({faults}) => faults.some(isFaultOfImage)) ? [] : tagFaults(place, 'unusable')
  const [first] = [...here.map(faultyObject), ...ofTag]
  if (first === undefined) return []
  const {object, detail} = first
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

/** Right bytes that no engine can use are the same at each registry. */
export function isFaultOfImage({failure}: ObjectFault): boolean {
  return failure.kind === 'unusable' || failure.kind === 'platform-missing'
}
