// Which digest an image must have, and the manifest that has it: CONTRACT.md's Trust.
// A public mirror is never asked what a tag is, and no answer counts beside a known digest. Slow is not failed: until something
// has decided, the answers of mirrors are only kept. The primary's own answer, if it comes later, replaces a mirror's.

import type {Digest} from '../oci/digest.ts'
import {type Failure, type FailureKind} from '../failure/failure.ts'
import {fetchManifest, type ImageSource} from '../fetch/fetch-image.ts'
import {type ResolvedDigest, knownDigest, type Unresolved, type ImageRequest} from './plan.ts'
import type {VerifiedManifest} from '../verify/verified.ts'
import {type Candidate} from '../registry/candidate.ts'
import {VerifiedImageError} from '../failure/error.ts'

export type Resolver = {
  readonly pin: () => ResolvedDigest | undefined
  /** Whether this registry can be asked now: by digest any of them, by tag only one that may resolve it. */
  readonly mayAsk: (candidate: Candidate) => boolean
  /**
   * The manifest from this registry: by the known digest, else by the tag. From a mirror, while nothing is decided, it is what the
   * tag may turn out to be: its image can be fetched, and is used only if its digest is the one that is decided on.
   */
  readonly manifestFrom: (source: ImageSource) => Promise<VerifiedManifest>
  /** The primary has failed or was silent: without it, the lock that was to be renewed counts, or else the first mirror's answer. */
  readonly resolveWithout: (unresolved: Unresolved) => void
  /** What this mirror's answer leads to is no image: another mirror's answer may count in its place. */
  readonly dismiss: (candidate: Candidate) => void
}

export type Hearing = {
  readonly onDecision: (pin: ResolvedDigest) => void
  /** A mirror has answered for the tag, and that decides nothing yet. */
  readonly onAnswer: (candidate: Candidate, digest: Digest) => void
  /** The registry that the reference names has given a locked tag to another manifest. */
  readonly onMoved: (source: ImageSource, manifest: VerifiedManifest) => void
  /** There, a locked tag is nothing that could be an image. */
  readonly onGone: (candidate: Candidate, failure: Failure) => void
}

// What becomes of a locked tag may be anything, down to no image at all. None of these says anything of the locked digest.
const IS_NO_IMAGE: readonly FailureKind[] = ['not-found', 'unusable', 'too-large']

// Counts, in this order:
//
// 1. the digest in the reference
// 2. the lock file (with `lock: update` it comes after the primary)
// 3. what the primary answers for its own tag
// 4. what a mirror listed in `mirrors` answers for the tag, once the primary has failed or was silent

/** `candidates` in the order in which their answers count. */
export function createResolver(
  image: ImageRequest,
  candidates: readonly Candidate[],
  {onDecision, onAnswer, onMoved, onGone}: Hearing
): Resolver {
  const {tag, locked, reference} = image
  let pin = knownDigest(image)
  let decider: Candidate | undefined
  let unresolved: Unresolved | undefined
  const primaryAnswers = new Map<Candidate, VerifiedManifest>()
  const mirrorAnswers = new Map<Candidate, Digest>()

  const settle = (decided: ResolvedDigest, by?: Candidate): void => {
    pin = decided
    decider = by
    onDecision(decided)
  }
  const decideWithoutPrimary = (): void => {
    if (pin !== undefined || unresolved === undefined) return
    if (locked !== undefined) {
      settle({digest: locked.digest, decidedBy: 'lock', registry: reference.registry, unresolved})
      return
    }
    const first = candidates.find(candidate => mirrorAnswers.has(candidate))
    const digest = first === undefined ? undefined : mirrorAnswers.get(first)
    if (first === undefined || digest === undefined) return
    settle({digest, decidedBy: 'mirror', registry: first.repository.registry, unresolved}, first)
  }
  const byTagFromPrimary = async (source: ImageSource, name: string): Promise<VerifiedManifest> => {
    const {registry} = source.candidate.repository
    // What the tag is counts even where the answer fails for its Content-Type: the next registry is asked for that digest.
    const judge = ({digest}: VerifiedManifest): void => {
      // What was decided without the primary yields to it.
      if (pin === undefined || pin.unresolved !== undefined) settle({digest, decidedBy: 'primary', registry})
      else if (pin.digest !== digest) failDigestDisagrees(pin, digest)
    }
    const manifest = await fetchManifest(source, 'manifest', {tag: name, judge})
    primaryAnswers.set(source.candidate, manifest)
    return manifest
  }
  const byTagFromMirror = async (source: ImageSource, name: string): Promise<VerifiedManifest> => {
    const manifest = await fetchManifest(source, 'manifest', {tag: name})
    const {digest} = manifest
    if (pin === undefined) {
      mirrorAnswers.set(source.candidate, digest)
      decideWithoutPrimary()
      onAnswer(source.candidate, digest)
    }
    return orOfPin(source, manifest, digest)
  }
  const byPresumedDigest = async (source: ImageSource, digest: Digest): Promise<VerifiedManifest> =>
    orOfPin(source, await fetchManifest(source, 'manifest', {digest}))
  /** Something else may have been decided while this manifest was on its way. */
  const orOfPin = (source: ImageSource, manifest: VerifiedManifest, tagSaid?: Digest): Promise<VerifiedManifest> =>
    pin === undefined || pin.digest === manifest.digest ? Promise.resolve(manifest) : byDigest(source, pin, tagSaid)
  const byDigest = async (source: ImageSource, known: ResolvedDigest, tagSaid?: Digest): Promise<VerifiedManifest> => {
    try {
      return await fetchManifest(source, 'manifest', {digest: known.digest})
    } catch (error) {
      if (!(error instanceof VerifiedImageError) || error.failure.kind !== 'not-found') throw error
      const other = tagSaid ?? (await otherDigest(source, tag))
      if (other !== undefined && other !== known.digest) failDigestDisagrees(known, other)
      throw error
    }
  }
  // A locked tag is asked for by its name all the same: the bytes that come are hashed, so that those of the lock are known
  // when they come, a healthy run takes no request more than without a lock, and a tag that moved is noticed. Only then is
  // the digest asked for.
  const byLockedTag = async (source: ImageSource, known: ResolvedDigest, name: string): Promise<VerifiedManifest> => {
    let other: VerifiedManifest | undefined
    const judge = (manifest: VerifiedManifest): void => {
      if (manifest.digest === known.digest) return
      other = manifest
      failDigestDisagrees(known, manifest.digest)
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
  const fromPrimary = (source: ImageSource): Promise<VerifiedManifest> => {
    const before = primaryAnswers.get(source.candidate)
    if (before !== undefined) return Promise.resolve(before)
    if (pin === undefined || (pin.decidedBy === 'lock' && locked?.mayBeUpdated === true))
      return byTagFromPrimary(source, tagOf(image))
    if (pin.decidedBy !== 'lock' || tag === undefined) return byDigest(source, pin)
    return byLockedTag(source, pin, tag)
  }
  return {
    pin: () => pin,
    mayAsk: candidate => pin !== undefined || locked !== undefined || candidate.mayResolve,
    manifestFrom: source => {
      if (source.candidate.role === 'primary') return fromPrimary(source)
      if (pin !== undefined) return byDigest(source, pin)
      return locked === undefined ? byTagFromMirror(source, tagOf(image)) : byPresumedDigest(source, locked.digest)
    },
    resolveWithout: why => {
      if (unresolved === undefined || why.kind === 'failed') unresolved = why
      decideWithoutPrimary()
    },
    dismiss: candidate => {
      mirrorAnswers.delete(candidate)
      if (decider !== candidate) return
      pin = undefined
      decider = undefined
      decideWithoutPrimary()
    }
  }
}

function tagOf({tag}: ImageRequest): string {
  if (tag === undefined) throw new TypeError('an image without a digest has a tag')
  return tag
}

/** A registry that lacks the digest may have the tag for another one: that is worth saying, and costs one request. */
async function otherDigest(source: ImageSource, tag: string | undefined): Promise<Digest | undefined> {
  if (!source.candidate.mayResolve || tag === undefined) return undefined
  try {
    return (await fetchManifest(source, 'manifest', {tag})).digest
  } catch (error) {
    source.retry.signal.throwIfAborted()
    if (error instanceof VerifiedImageError) return undefined
    throw error
  }
}

const DECIDERS: Readonly<Partial<Record<ResolvedDigest['decidedBy'], string>>> = {
  reference: 'the reference',
  lock: 'the lock file'
}

function failDigestDisagrees(pin: ResolvedDigest, got: Digest): never {
  const decidedBy = DECIDERS[pin.decidedBy] ?? pin.registry
  throw new VerifiedImageError({kind: 'digest-disagrees', wanted: pin.digest, got, decidedBy}, {object: 'manifest'})
}
