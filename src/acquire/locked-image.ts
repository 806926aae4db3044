// What the lock file means for the images of a run: which digest each must have, what is missing in it or contradicts it,
// and what a run that renews it has to write.

import {formatPlatform, type Platform} from '../oci/platform.ts'
import {formatReference} from '../oci/reference.ts'
import type {Acquisition} from './acquire.ts'
import type {InputFault} from './failure.ts'
import {type FallbackTag, fallbacksFor, uselessFallbacks} from './fallback.ts'
import type {VerifiedImage} from './image.ts'
import type {Lock, LockedImage, LockedPlatform} from './lock.ts'
import type {WantedImage} from './plan.ts'

export const LOCK_MODES = ['enforce', 'require', 'update', 'off'] as const
export type LockMode = (typeof LOCK_MODES)[number]

/** The name of an image in the lock file: undefined for one without a tag. */
export const lockNameOf = ({reference: {registry, path}, tag}: WantedImage): string | undefined =>
  tag === undefined ? undefined : formatReference({registry, path, tag})

/** The image with what the lock says of it. A digest in the reference needs no lock. */
const withLock = (image: WantedImage, lock: Lock | undefined, mode: LockMode): WantedImage => {
  const name = lockNameOf(image)
  const entry = name === undefined ? undefined : lock?.images.get(name)
  if (entry === undefined || image.reference.digest !== undefined) return image
  return {...image, locked: {digest: entry.digest, yieldsToPrimary: mode === 'update'}}
}

export type PinnedImages = {
  readonly images: readonly WantedImage[]
  /** For each image those that may stand in, in order. */
  readonly fallbacks: ReadonlyMap<WantedImage, readonly WantedImage[]>
  readonly faults: readonly InputFault[]
  readonly warnings: readonly string[]
}

/** The images of a run, and those that may stand in, with what the lock says of them. `file` is its name for messages. */
export const pinImages = (
  wanted: readonly WantedImage[],
  fallbackTags: readonly FallbackTag[],
  {lock, mode, file}: {readonly lock: Lock | undefined; readonly mode: LockMode; readonly file: string}
): PinnedImages => {
  const images = wanted.map(image => withLock(image, lock, mode))
  const fallbacks = new Map(
    images.map(image => [image, fallbacksFor(image, fallbackTags).map(fallback => withLock(fallback, lock, mode))])
  )
  const isEnforced = mode === 'enforce' && lock !== undefined
  return {
    images,
    fallbacks,
    faults: isEnforced
      ? [
          ...faultsOfUnlocked(images, 'image', lock, file),
          // What may stand in on a bad day has to be known on a good one.
          ...faultsOfUnlocked([...fallbacks.values()].flat(), 'fallback-tags', lock, file)
        ]
      : [],
    warnings: [
      ...images.flatMap(image => warningOfContradiction(image, lock, file) ?? []),
      ...uselessFallbacks(images, fallbackTags).map(
        ({text}) =>
          `fallback-tags: ${JSON.stringify(text)} is for none of the images, or for one that is pinned by its digest`
      )
    ]
  }
}

/** A lock file that is there holds for every tag: one that it does not know might be anything. */
const faultsOfUnlocked = (
  images: readonly WantedImage[],
  input: 'image' | 'fallback-tags',
  lock: Lock,
  file: string
): readonly InputFault[] =>
  images.flatMap(image => {
    const name = lockNameOf(image)
    if (image.reference.digest !== undefined || name === undefined || lock.images.has(name)) return []
    const written = input === 'image' ? image.asked : (image.tag ?? '')
    const rule = `${file} has no ${name}, and with lock: enforce only what is in it is used; run this step once with lock: update to add it, look at the change and commit it`
    return [{input, written, rule, example: 'lock: update'}]
  })

/** A reference that names a digest decides, and it is worth saying when the lock has another one for its tag. */
const warningOfContradiction = (image: WantedImage, lock: Lock | undefined, file: string): string | undefined => {
  const name = lockNameOf(image)
  const locked = name === undefined ? undefined : lock?.images.get(name)?.digest
  const {digest} = image.reference
  if (name === undefined || locked === undefined || digest === undefined || locked === digest) return undefined
  return `${file} says that ${name} is ${locked}; the reference says ${digest}, and that is what counts. One of the two is out of date.`
}

/**
 * What a lock says of a verified image beside its digest is what whoever reviewed it has read. Where it is not so, somebody
 * wrote it by hand, and not only there perhaps.
 */
export const faultsOfMangled = ({wanted, image}: Acquisition, lock: Lock, file: string): readonly InputFault[] => {
  const name = lockNameOf(wanted.image) ?? ''
  const entry = lock.images.get(name)
  if (image === undefined || entry?.digest !== image.digest) return []
  const {mediaType, size, platforms} = lockedImageOf(image)
  const differences = [
    ...differenceIn('mediaType', entry.mediaType, mediaType),
    ...differenceIn('size', String(entry.size), String(size)),
    ...[...platforms].flatMap(([platform, has]) => {
      const says = entry.platforms.get(platform)
      return says === undefined
        ? []
        : [
            ...differenceIn(`platforms["${platform}"].digest`, says.digest, has.digest),
            ...differenceIn(`platforms["${platform}"].imageId`, says.imageId, has.imageId)
          ]
    })
  ]
  return differences.map(difference => ({
    input: 'lock-file',
    written: file,
    rule: `images["${name}"].${difference}, as the image with the digest there has: it was changed by hand, and only in part`,
    example: 'lock: update writes it anew'
  }))
}

const differenceIn = (what: string, says: string, has: string): readonly string[] =>
  says === has ? [] : [`${what} is ${says} and not ${has}`]

const lockedImageOf = ({digest, mediaType, size, platforms}: VerifiedImage): LockedImage => {
  const found = new Map<string, LockedPlatform>()
  for (const {platform, digest: child, imageId} of platforms) {
    const name = formatLockedPlatform(platform)
    // An index may have two for one platform; the first is what a machine of it takes.
    if (!found.has(name)) found.set(name, {digest: child, imageId})
  }
  return {digest, mediaType, size, platforms: found}
}

/** As containerd writes it, since an index has several for Windows that differ in this alone: `windows(10.0.20348.1)/amd64`. */
const formatLockedPlatform = (platform: Platform | undefined): string => {
  if (platform === undefined) return 'unknown'
  const {os, osVersion} = platform
  return formatPlatform(osVersion === undefined ? platform : {...platform, os: `${os}(${osVersion})`})
}

/**
 * What a run that renews the lock writes: each image that was verified under the tag that was asked for. A mirror that was
 * named may put an image into the lock but cannot change one there, since the lock's word counts more than a mirror's.
 */
export const lockUpdatesOf = (acquisitions: readonly Acquisition[]): ReadonlyMap<string, LockedImage> =>
  new Map(
    acquisitions.flatMap(({wanted, image, pin, fallbacks}): (readonly [string, LockedImage])[] => {
      const name = lockNameOf(wanted.image)
      const isAnother = fallbacks !== undefined
      if (name === undefined || image === undefined || isAnother || pin?.decidedBy === 'reference') return []
      return [[name, lockedImageOf(image)]]
    })
  )

/** Said where a lock that was to be renewed was not, as nobody who may do that could say what the tag is. */
export const warningOfKept = ({wanted, image, pin, fallbacks}: Acquisition, file: string): string | undefined => {
  const {reference, tag, locked} = wanted.image
  // An older tag that stands in is told of loudly enough.
  if (image === undefined || fallbacks !== undefined || pin?.decidedBy === 'primary' || pin?.decidedBy === 'reference')
    return undefined
  const unsaid = `${reference.registry} could not say what ${tag ?? ''} is`
  return locked === undefined
    ? `${file}: ${unsaid}, so that what ${pin?.registry ?? ''} says was written for ${wanted.image.asked}. Look at it before you commit it.`
    : `${file}: ${unsaid}, so that ${wanted.image.asked} stays as it was: ${locked.digest}.`
}
