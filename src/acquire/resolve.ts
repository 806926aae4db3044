// Which digest an image must have, and the manifest that has it: CONTRACT.md's Trust.
// The digest in the reference counts most, then the lock file, then the word of the registry that the reference names, then that
// of a mirror that the user named. A built-in guess is never asked what a tag is, and nobody is believed beside a known digest.

import type {Digest} from '../oci/digest.ts'
import {type Failure, type FailureKind, VerifiedImageError} from './failure.ts'
import {fetchManifest, type ImageSource} from './image.ts'
import {type Candidate, type Pin, pinOf, type WantedImage} from './plan.ts'
import type {VerifiedManifest} from './verify.ts'

export type Resolver = {
  readonly pin: () => Pin | undefined
  /** Whether this registry can be asked now: by digest anybody, by tag only whose word counts. */
  readonly mayAsk: (candidate: Candidate) => boolean
  /** The manifest from this registry: by the known digest, else what it says the tag is, which then is the digest. */
  readonly manifestFrom: (source: ImageSource) => Promise<VerifiedManifest>
  /** Fails when the digest was decided otherwise in the meantime. */
  readonly confirm: (digest: Digest) => void
}

export type Hearing = {
  readonly onDecision: (pin: Pin) => void
  /** The registry that the reference names has given a locked tag to another manifest. */
  readonly onMoved: (source: ImageSource, manifest: VerifiedManifest) => void
  /** There, a locked tag is nothing that could be an image. */
  readonly onGone: (candidate: Candidate, failure: Failure) => void
}

// What becomes of a locked tag may be anything, down to no image at all. None of these says anything of the locked digest.
const IS_NO_IMAGE: readonly FailureKind[] = ['not-found', 'unusable', 'too-large']

export const createResolver = (image: WantedImage, {onDecision, onMoved, onGone}: Hearing): Resolver => {
  const {tag, locked} = image
  let pin = pinOf(image)
  const answered = new Map<Candidate, VerifiedManifest>()

  const confirm = (digest: Digest): void => {
    if (pin !== undefined && pin.digest !== digest) failDisagrees(pin, digest)
  }
  const settle = (decided: Pin): void => {
    pin = decided
    onDecision(decided)
  }
  const decide = (candidate: Candidate, digest: Digest): void => {
    const isPrimary = candidate.role === 'primary'
    // While another was asked because the primary was slow, the primary may have answered; its word counts more.
    const yields = pin?.decidedBy === 'mirror' || (pin?.decidedBy === 'lock' && locked?.yieldsToPrimary === true)
    if (pin !== undefined && !(isPrimary && yields)) {
      confirm(digest)
      return
    }
    settle({digest, decidedBy: isPrimary ? 'primary' : 'mirror', registry: candidate.repository.registry})
  }
  const byTag = async (source: ImageSource): Promise<VerifiedManifest> => {
    if (tag === undefined) throw new TypeError('an image without a digest has a tag')
    // What the tag is counts even where the answer fails for its Content-Type: the next registry is asked for that digest.
    const judge = ({digest}: VerifiedManifest): void => {
      decide(source.candidate, digest)
    }
    const manifest = await fetchManifest(source, 'manifest', {tag, judge})
    answered.set(source.candidate, manifest)
    return manifest
  }
  const byDigest = async (source: ImageSource, known: Pin, tagSaid?: Digest): Promise<VerifiedManifest> => {
    try {
      return await fetchManifest(source, 'manifest', {digest: known.digest})
    } catch (error) {
      if (!(error instanceof VerifiedImageError) || error.failure.kind !== 'not-found') throw error
      const other = tagSaid ?? (await otherDigest(source, tag))
      if (other !== undefined && other !== known.digest) failDisagrees(known, other)
      throw error
    }
  }
  // A locked tag is asked for by its name all the same: the bytes that come are hashed, so that those of the lock are known
  // when they come, a healthy run takes no request more than without a lock, and a tag that moved is noticed. Only then is
  // the digest asked for.
  const byLockedTag = async (source: ImageSource, known: Pin, name: string): Promise<VerifiedManifest> => {
    let other: VerifiedManifest | undefined
    const judge = (manifest: VerifiedManifest): void => {
      if (manifest.digest === known.digest) return
      other = manifest
      failDisagrees(known, manifest.digest)
    }
    try {
      return await fetchManifest(source, 'manifest', {tag: name, locked: known.digest, judge})
    } catch (error) {
      if (!(error instanceof VerifiedImageError)) throw error
      if (other !== undefined) {
        onMoved(source, other)
        return await byDigest(source, known, other.digest)
      }
      if (!IS_NO_IMAGE.includes(error.failure.kind)) throw error
      onGone(source.candidate, error.failure)
      return await fetchManifest(source, 'manifest', {digest: known.digest})
    }
  }
  return {
    pin: () => pin,
    mayAsk: candidate => pin !== undefined || locked !== undefined || candidate.mayResolve,
    manifestFrom: source => {
      const {candidate} = source
      const isPrimary = candidate.role === 'primary'
      const before = answered.get(candidate)
      if (before !== undefined) return Promise.resolve(before)
      if (pin === undefined && locked !== undefined && !isPrimary)
        settle({digest: locked.digest, decidedBy: 'lock', registry: image.reference.registry})
      if (pin === undefined) return byTag(source)
      if (pin.decidedBy !== 'lock' || !isPrimary || tag === undefined) return byDigest(source, pin)
      return locked?.yieldsToPrimary === true ? byTag(source) : byLockedTag(source, pin, tag)
    },
    confirm
  }
}

/** A registry that lacks the digest may have the tag for another one: that is worth saying, and costs one request. */
const otherDigest = async (source: ImageSource, tag: string | undefined): Promise<Digest | undefined> => {
  if (!source.candidate.mayResolve || tag === undefined) return undefined
  try {
    return (await fetchManifest(source, 'manifest', {tag})).digest
  } catch (error) {
    source.attempting.signal.throwIfAborted()
    if (error instanceof VerifiedImageError) return undefined
    throw error
  }
}

const DECIDERS: Readonly<Partial<Record<Pin['decidedBy'], string>>> = {
  reference: 'the reference',
  lock: 'the lock file'
}

const failDisagrees = (pin: Pin, got: Digest): never => {
  const decidedBy = DECIDERS[pin.decidedBy] ?? pin.registry
  throw new VerifiedImageError({kind: 'digest-disagrees', wanted: pin.digest, got, decidedBy}, {object: 'manifest'})
}
