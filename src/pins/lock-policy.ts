// What the lock file means for the images of a run: which digest each must have, what is missing in it or contradicts it,
// and what a run that renews it has to write.

import {formatPlatform, type Platform} from '../oci/platform.ts'
import {formatReference} from '../oci/reference.ts'
import type {InputIssue} from '../failure/failure.ts'
import {fallbackUsed} from '../acquire/fallback.ts'
import type {Lock, LockedImage, LockedPlatform} from './lock.ts'
import type {ImageRequest} from '../acquire/plan.ts'
import {type VerifiedImage} from '../fetch/verified-image.ts'
import {type FallbackTag, fallbacksFor, unusedFallbackTags} from './fallback-tags.ts'
import {type Acquisition} from '../acquire/acquisition.ts'

export const LOCK_MODES = ['enforce', 'require', 'update', 'off'] as const
export type LockMode = (typeof LOCK_MODES)[number]

/** Whether only what is in the lock file is used. */
export function isEnforcing(mode: LockMode): mode is 'enforce' | 'require' {
  return mode === 'enforce' || mode === 'require'
}

/** The name of an image in the lock file: undefined for one without a tag. */
export function lockKey({reference: {registry, path}, tag}: ImageRequest): string | undefined {
  return tag === undefined ? undefined : formatReference({registry, path, tag})
}

/** The image with what the lock says of it. A digest in the reference needs no lock. */
function withLockedDigest(image: ImageRequest, lock: Lock | undefined, mode: LockMode): ImageRequest {
  const name = lockKey(image)
  const entry = name === undefined ? undefined : lock?.images.get(name)
  if (entry === undefined || image.reference.digest !== undefined) return image
  return {...image, locked: {digest: entry.digest, mayBeUpdated: mode === 'update'}}
}

export type LockedRequests = {
  readonly images: readonly ImageRequest[]
  /** For each image its fallbacks, in order. */
  readonly fallbacks: ReadonlyMap<ImageRequest, readonly ImageRequest[]>
  readonly faults: readonly InputIssue[]
  readonly warnings: readonly string[]
}

/** The images of a run and their fallbacks, with what the lock says of them. `file` is its name for messages. */
export function applyLock(
  wanted: readonly ImageRequest[],
  fallbackTags: readonly FallbackTag[],
  {lock, mode, file}: {readonly lock: Lock | undefined; readonly mode: LockMode; readonly file: string}
): LockedRequests {
  const images = wanted.map(image => withLockedDigest(image, lock, mode))
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
          // A fallback for a bad day has to be known on a good one.
          ...missingEntries([...fallbacks.values()].flat(), 'fallback-tags', lock, file)
        ]
      : [],
    warnings: [
      ...images.flatMap(image => digestDiffersWarning(image, lock, file) ?? []),
      ...unusedFallbackTags(images, fallbackTags).map(
        ({source}) =>
          `fallback-tags: ${JSON.stringify(source)} is for none of the images, or for one that is pinned by its digest`
      )
    ]
  }
}

/** A lock file that is there holds for every tag: one that it does not know might be anything. */
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
    const reason = `${file} has no ${name}, and only what is in it is used; run this step once with lock: update to add it, look at the change and commit it`
    return [{input, value, reason, example: 'lock: update'}]
  })
}
/**
 * What a lock says of a verified image beside its digest is what was reviewed. So it has to be there, for each platform that was
 * verified: a digest alone says nothing that a person could have looked at. Where it is otherwise, the entry was changed by hand,
 * and not only there perhaps. For a fallback tag that is used, it is that tag's entry that counts.
 */
export function inconsistentEntries(acquisition: Acquisition, lock: Lock, file: string): readonly InputIssue[] {
  const {request, image} = fallbackUsed(acquisition) ?? acquisition
  const name = lockKey(request.image) ?? ''
  const entry = lock.images.get(name)
  if (image === undefined || entry?.digest !== image.digest) return []
  const {mediaType, size, platforms} = lockEntryOf(image)
  const renew = 'run this step once with lock: update, look at the change and commit it'
  const rules = [
    ...differenceIn('mediaType', entry.mediaType, mediaType),
    ...differenceIn('size', String(entry.size), String(size)),
    ...[...platforms].flatMap(([platform, has]) => {
      const says = lockedPlatform(entry, platform, has)
      if (says === undefined) {
        const listed = [...entry.platforms.keys()].join(', ')
        return [`platforms has no ${platform}, which this run verified; it has ${listed === '' ? 'none' : listed}`]
      }
      return [
        ...differenceIn(`platforms["${platform}"].digest`, says.digest, has.digest),
        ...differenceIn(`platforms["${platform}"].imageId`, says.imageId, has.imageId)
      ]
    })
  ]
  return rules.map(rule => ({
    ...{input: 'lock-file', value: file, example: 'lock: update'},
    reason: `images["${name}"].${rule}; ${renew}`
  }))
}

/** With `verify: manifest` no config is read, and an image without an index has no platform then: its digests tell which it is. */
function lockedPlatform({platforms}: LockedImage, name: string, has: LockedPlatform): LockedPlatform | undefined {
  const isSame = ({digest, imageId}: LockedPlatform): boolean => digest === has.digest && imageId === has.imageId
  const byName = platforms.get(name)
  if (byName !== undefined) return byName
  return name === UNKNOWN
    ? [...platforms.values()].find(isSame)
    : [platforms.get(UNKNOWN)].find(says => says !== undefined && isSame(says))
}

function differenceIn(what: string, says: string, has: string): readonly string[] {
  return says === has ? [] : [`${what} is ${says} and not ${has}`]
}

function lockEntryOf({digest, mediaType, size, platforms}: VerifiedImage): LockedImage {
  const found = new Map<string, LockedPlatform>()
  for (const {platform, digest: child, imageId} of platforms) {
    const name = formatLockedPlatform(platform)
    // An index may have two for one platform; the first is what a machine of it takes.
    if (!found.has(name)) found.set(name, {digest: child, imageId})
  }
  return {digest, mediaType, size, platforms: found}
}

const UNKNOWN = 'unknown'

/** As containerd writes it, since an index has several for Windows that differ in this alone: `windows(10.0.20348.1)/amd64`. */
function formatLockedPlatform(platform: Platform | undefined): string {
  if (platform === undefined) return UNKNOWN
  const {os, osVersion} = platform
  return formatPlatform(osVersion === undefined ? platform : {...platform, os: `${os}(${osVersion})`})
}

/**
 * What a run that renews the lock writes: each image that was verified under the tag that was asked for, if the registry that the
 * reference names resolved the tag, now or when the entry was written. A mirror's answer for a tag is never written: the lock
 * counts more than any mirror, so that one bad day of the registry would become what every later run believes.
 */
export function lockEntries(acquisitions: readonly Acquisition[]): ReadonlyMap<string, LockedImage> {
  return new Map(
    acquisitions.flatMap(({request, image, resolved, fallbacks}): (readonly [string, LockedImage])[] => {
      const name = lockKey(request.image)
      const isResolved = resolved?.decidedBy === 'primary' || resolved?.decidedBy === 'lock'
      if (name === undefined || image === undefined || fallbacks !== undefined || !isResolved) return []
      return [[name, lockEntryOf(image)]]
    })
  )
}

// Warnings about the lock file that is in force: what it says and what was found differ.
// Pure rendering of evidence.

/** A reference that names a digest decides, and it is worth saying when the lock has another one for its tag. */
export function digestDiffersWarning(image: ImageRequest, lock: Lock | undefined, file: string): string | undefined {
  const name = lockKey(image)
  const locked = name === undefined ? undefined : lock?.images.get(name)?.digest
  const {digest} = image.reference
  if (name === undefined || locked === undefined || digest === undefined || locked === digest) return undefined
  return `${file} says that ${name} is ${locked}; the reference says ${digest}, and that is what counts. One of the two is out of date.`
}
