// Observes one image at every registry that may serve it, also after one was found good.
// The order of requests decides what counts against a limit; the room findings/ decides what the answers mean.

import {accessOf} from '../acquire/disclosure.ts'
import {type ImageRequest, knownDigest} from '../acquire/plan.ts'
import type {Level} from '../fetch/verify-level.ts'
import type {ExpectedImage, ImageObservation, ObservedObject} from '../findings/observation.ts'
import type {Digest} from '../oci/digest.ts'
import {childrenOf} from '../oci/manifest.ts'
import {omitUndefined} from '../oci/omit-undefined.ts'
import type {PlatformChoice} from '../oci/platform.ts'
import type {Candidate} from '../registry/candidate.ts'
import type {AccessPort} from '../registry/registry.ts'
import type {VerifiedManifest} from '../verify/verified.ts'
import {observeContent, quotePlatform} from './observe-content.ts'
import {isHeldBack, observeManifest} from './observe-manifest.ts'
import {Place, type PlaceDeps} from './place.ts'
import type {RegistryStates} from './registry-state.ts'

export type ObserveDeps = PlaceDeps & {readonly access: AccessPort; readonly states: RegistryStates}

export type ObserveRequest = {
  readonly image: ImageRequest
  readonly candidates: readonly Candidate[]
  readonly platforms: PlatformChoice
  readonly level: Level
  /** The digest of the tag in the last run. It counts when no registry resolves the tag. */
  readonly lastRun: Digest | undefined
}

/** Never rejects because a registry fails. */
export async function observeImage(request: ObserveRequest, deps: ObserveDeps): Promise<ImageObservation> {
  const {image, level, platforms} = request
  const places = request.candidates.map(
    candidate => new Place(candidate, deps.states.stateOf(candidate.repository.registry), deps)
  )
  let expected = await observeTags(request, places)
  await withholdNames(image, places, expected?.digest, deps)
  let root = expected === undefined ? undefined : await observeRoot(expected, places, level)
  const corrected = root === undefined ? await correctedClaim(image, places, expected) : undefined
  if (corrected !== undefined) {
    expected = corrected
    root = await observeRoot(corrected, places, level)
  }
  const content =
    root === undefined ? undefined : await observeContent({root, places, level, platforms, blobs: deps.blobs})
  const isPartial = content?.isPartial ?? isHeldBack(places)
  if (isPartial) for (const {state} of places) if (!state.mayDownload()) state.countPartialImage()
  return omitUndefined({
    image,
    expected,
    platforms: root === undefined ? [] : platformsOf(root),
    platformDigests: content?.platformDigests,
    platformsNow: platformsNow(places, expected),
    fault: content?.fault,
    places: places.map(place => place.observation()),
    level,
    isPartial
  })
}

/** Asks all registries that may resolve the tag, and decides which digest the image must have. */
async function observeTags(
  {image, lastRun}: ObserveRequest,
  places: readonly Place[]
): Promise<ExpectedImage | undefined> {
  const known = knownDigest(image)
  const pinned: ExpectedImage | undefined =
    known?.decidedBy === 'reference' || known?.decidedBy === 'lock'
      ? {digest: known.digest, decidedBy: known.decidedBy}
      : undefined
  const {tag} = image
  if (tag === undefined) return pinned
  const primary = primaryOf(places)
  await primary?.observeTag(tag, pinned?.digest)
  const resolved = digestAt(primary)
  const mirrors = places.filter(({candidate}) => candidate.role === 'mirror' && candidate.mayResolve)
  await Promise.all(mirrors.map(mirror => mirror.observeTag(tag, resolved ?? pinned?.digest)))
  if (pinned !== undefined) return pinned
  if (resolved !== undefined) return {digest: resolved, decidedBy: 'primary'}
  const byMirror = mirrors.map(digestAt).find(digest => digest !== undefined)
  if (byMirror !== undefined) return {digest: byMirror, decidedBy: 'mirror'}
  return lastRun === undefined ? undefined : {digest: lastRun, decidedBy: 'last-run'}
}

function primaryOf(places: readonly Place[]): Place | undefined {
  return places.find(({candidate}) => candidate.role === 'primary')
}

function digestAt(place: Place | undefined): Digest | undefined {
  return place?.tag.kind === 'digest' ? place.tag.digest : undefined
}

/** Public mirrors do not learn the name of an image that is not public. */
async function withholdNames(
  image: ImageRequest,
  places: readonly Place[],
  digest: Digest | undefined,
  {access, signal}: ObserveDeps
): Promise<void> {
  const publicMirrors = places.filter(({candidate}) => candidate.role === 'public-mirror')
  const primary = primaryOf(places)
  if (publicMirrors.length === 0 || primary === undefined) return
  const {candidate, attempts, failure} = primary
  const found = await accessOf({
    port: access,
    primary: omitUndefined({candidate, attempts, failure, outcome: 'not-asked' as const}),
    reference: digest ?? image.tag ?? '',
    signal
  })
  if (found !== 'public') for (const mirror of publicMirrors) mirror.withheld = found
}

function observeRoot(
  {digest}: ExpectedImage,
  places: readonly Place[],
  level: Level
): Promise<VerifiedManifest | undefined> {
  const observed: ObservedObject = {name: 'manifest', digest, isRoot: true, isAttestation: false}
  return observeManifest(
    {descriptor: {digest}, observed},
    places.filter(({isOpen}) => isOpen),
    level
  )
}

/** The digest of the tag's bytes, if the header of the primary named a digest that it does not have. */
async function correctedClaim(
  {tag}: ImageRequest,
  places: readonly Place[],
  expected: ExpectedImage | undefined
): Promise<ExpectedImage | undefined> {
  const primary = primaryOf(places)
  if (tag === undefined || expected?.decidedBy !== 'primary' || primary?.root !== 'absent') return undefined
  const manifest = await primary.resolveTag(tag)
  if (manifest === undefined || manifest.digest === expected.digest) return undefined
  return {digest: manifest.digest, decidedBy: 'primary'}
}

/** Platforms of an index, each once, in its order. */
function platformsOf({document}: VerifiedManifest): readonly string[] {
  if (document.kind === 'manifest') return []
  const images = childrenOf(document).filter(({isAttestation}) => !isAttestation)
  return [...new Set(images.flatMap(({platform}) => (platform === undefined ? [] : [quotePlatform(platform)])))]
}

/** Platforms of what the tag names now, if it has moved away from the expected digest. Its index was read then. */
function platformsNow(places: readonly Place[], expected: ExpectedImage | undefined): readonly string[] | undefined {
  const moved = primaryOf(places)?.taggedManifest
  if (moved === undefined || moved.digest === expected?.digest || moved.document.kind === 'manifest') return undefined
  return platformsOf(moved)
}
