// What the lock file means for the images of a run: the digest that each must have, entries that are missing or inconsistent,
// and the entries that an update writes.

import {formatPlatform, type Platform} from '../oci/platform.ts'
import {formatReference} from '../oci/reference.ts'
import type {InputIssue} from '../failure/failure.ts'
import {fallbackUsed} from '../acquire/fallback.ts'
import type {Lock, LockedImage, LockedPlatform} from './lock.ts'
import type {ImageRequest} from '../acquire/plan.ts'
import {type VerifiedImage} from '../fetch/verified-image.ts'
import {type FallbackTag, fallbacksFor, unusedFallbackTags} from './fallback-tags.ts'
import {type Acquisition} from '../acquire/acquisition.ts'
import {signerRuleOf} from '../signature/signer.ts'

export const LOCK_MODES = ['enforce', 'require', 'update', 'off'] as const
export type LockMode = (typeof LOCK_MODES)[number]

/** Whether every tag must be in the lock file. */
export function isEnforcing(mode: LockMode): mode is 'enforce' | 'require' {
  return mode === 'enforce' || mode === 'require'
}

/** The key of an image in the lock file; undefined for an image without a tag. */
export function lockKey({reference: {registry, path}, tag}: ImageRequest): string | undefined {
  return tag === undefined ? undefined : formatReference({registry, path, tag})
}

/** Adds the locked digest to an image. A digest in the reference needs no lock. */
function withLockedDigest(image: ImageRequest, lock: Lock | undefined, mode: LockMode): ImageRequest {
  const entry = lock?.images.get(lockKey(image) ?? '')
  if (entry === undefined || image.reference.digest !== undefined) return image
  return {...image, locked: {digest: entry.digest, mayBeUpdated: mode === 'update'}}
}

export type LockedRequests = {
  readonly images: readonly ImageRequest[]
  /** The fallbacks of each image, in order. */
  readonly fallbacks: ReadonlyMap<ImageRequest, readonly ImageRequest[]>
  readonly faults: readonly InputIssue[]
  readonly warnings: readonly string[]
}

/** Adds locked digests to the images of a run and to their fallbacks. `file` is the name of the lock file in messages. */
export function applyLock(
  requested: readonly ImageRequest[],
  fallbackTags: readonly FallbackTag[],
  {lock, mode, file}: {readonly lock: Lock | undefined; readonly mode: LockMode; readonly file: string}
): LockedRequests {
  const images = requested.map(image => withLockedDigest(image, lock, mode))
  const fallbacks = new Map(
    images.map(image => [
      image,
      fallbacksFor(image, fallbackTags).map(fallback => withLockedDigest(fallback, lock, mode))
    ])
  )
  const isEnforced = isEnforcing(mode) && lock !== undefined
  return {
    images,
    fallbacks,
    faults: isEnforced
      ? [
          ...missingEntries(images, 'image', lock, file),
          // A fallback is needed when the registry fails. It must have been locked before.
          ...missingEntries([...fallbacks.values()].flat(), 'fallback-tags', lock, file)
        ]
      : [],
    warnings: [
      ...images.flatMap(image => digestDiffersWarning(image, lock, file) ?? []),
      ...unusedFallbackTags(images, fallbackTags).map(
        ({source}) =>
          `fallback-tags: ${JSON.stringify(source)} applies to none of the images. An image that is pinned by its digest has no fallback`
      )
    ]
  }
}

/** Finds tags that the lock file lacks. Such a tag could point to anything. */
function missingEntries(
  images: readonly ImageRequest[],
  input: 'image' | 'fallback-tags',
  lock: Lock,
  file: string
): readonly InputIssue[] {
  return images.flatMap(image => {
    const name = lockKey(image)
    if (image.reference.digest !== undefined || name === undefined || lock.images.has(name)) return []
    const value = input === 'image' ? image.input : (image.tag ?? '')
    const reason = `${name} is not in ${file}. Run this step once with lock: update to add it, review the change, and commit it`
    return [{input, value, reason, example: 'lock: update'}]
  })
}

/**
 * Compares a verified image with all fields of its lock entry. Reviewers rely on every field, because a digest alone tells a person
 * nothing. A field that differs from the verified image was edited by hand, and the digest may have been, too. If a fallback tag is
 * used, its entry counts.
 */
export function inconsistentEntries(acquisition: Acquisition, lock: Lock, file: string): readonly InputIssue[] {
  const {request, image} = fallbackUsed(acquisition) ?? acquisition
  const name = lockKey(request.image) ?? ''
  const entry = lock.images.get(name)
  if (image === undefined || entry?.digest !== image.digest) return []
  const {mediaType, size, platforms} = lockEntryOf(image)
  const update = 'Run this step once with lock: update, review the change, and commit it'
  const differences = [
    ...differenceIn('mediaType', entry.mediaType, mediaType),
    ...differenceIn('size', String(entry.size), String(size)),
    ...[...platforms].flatMap(([platform, has]) => {
      const locked = lockedPlatform(entry, platform, has)
      if (locked === undefined) {
        const listed = [...entry.platforms.keys()].join(', ')
        return [`platforms has no ${platform}, which this run verified; it lists ${listed === '' ? 'none' : listed}`]
      }
      return [
        ...differenceIn(`platforms["${platform}"].digest`, locked.digest, has.digest),
        ...differenceIn(`platforms["${platform}"].imageId`, locked.imageId, has.imageId)
      ]
    })
  ]
  return differences.map(difference => ({
    input: 'lock-file',
    value: file,
    reason: `images["${name}"].${difference}. ${update}`,
    example: 'lock: update'
  }))
}

// With `verify: manifest` no config is read. An image without an index has no known platform then, and is found by its digests.

function lockedPlatform({platforms}: LockedImage, name: string, has: LockedPlatform): LockedPlatform | undefined {
  const isSame = ({digest, imageId}: LockedPlatform): boolean => digest === has.digest && imageId === has.imageId
  const byName = platforms.get(name)
  if (byName !== undefined) return byName
  if (name === UNKNOWN) return [...platforms.values()].find(isSame)
  const unknown = platforms.get(UNKNOWN)
  return unknown !== undefined && isSame(unknown) ? unknown : undefined
}

function differenceIn(field: string, locked: string, verified: string): readonly string[] {
  return locked === verified ? [] : [`${field} is ${locked} and not ${verified}`]
}

function lockEntryOf({digest, mediaType, size, platforms}: VerifiedImage): LockedImage {
  const found = new Map<string, LockedPlatform>()
  for (const {platform, digest: child, imageId} of platforms) {
    const name = formatLockedPlatform(platform)
    // An index may list a platform twice. Engines take the first.
    if (!found.has(name)) found.set(name, {digest: child, imageId})
  }
  return {digest, mediaType, size, platforms: found}
}

const UNKNOWN = 'unknown'

/** Formats a platform as containerd does: `windows(10.0.20348.1)/amd64`. Images for Windows differ in the version alone. */
function formatLockedPlatform(platform: Platform | undefined): string {
  if (platform === undefined) return UNKNOWN
  const {os, osVersion} = platform
  return formatPlatform(osVersion === undefined ? platform : {...platform, os: `${os}(${osVersion})`})
}

/**
 * Returns the entries that an update writes: each image that was verified under its requested tag, if the primary resolved the tag,
 * now or when the entry was written. The answer of a mirror is never written. The lock outranks all mirrors, so that the answer of
 * one mirror during one outage would be believed by every later run.
 */
export function lockEntries(acquisitions: readonly Acquisition[]): ReadonlyMap<string, LockedImage> {
  return new Map(
    acquisitions.flatMap(({request, image, resolved, fallbacks, signature}): (readonly [string, LockedImage])[] => {
      const name = lockKey(request.image)
      const isResolved = resolved?.decidedBy === 'primary' || resolved?.decidedBy === 'lock'
      if (name === undefined || image === undefined || fallbacks !== undefined || !isResolved) return []
      const [signer] = signature?.signers ?? []
      const entry = lockEntryOf(image)
      return [[name, signer === undefined ? entry : {...entry, signer: signerRuleOf(signer)}]]
    })
  )
}

/** Warns if a reference has another digest than the lock file has for its tag. The reference counts. */
function digestDiffersWarning(image: ImageRequest, lock: Lock | undefined, file: string): string | undefined {
  const name = lockKey(image) ?? ''
  const locked = lock?.images.get(name)?.digest
  const {digest} = image.reference
  if (locked === undefined || digest === undefined || locked === digest) return undefined
  return `${file} has ${locked} for ${name}, but the reference has ${digest}. The reference is used. One of the two is out of date.`
}
