// Which digest an image must have, and the manifest that has it: CONTRACT.md's Trust.
// The digest in the reference counts most, then the word of the registry that it names, then that of a mirror that the user
// named. A built-in guess is never asked what a tag is, and nobody is believed beside a known digest.

import type {Digest} from '../oci/digest.ts'
import {VerifiedImageError} from './failure.ts'
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

export const createResolver = ({reference, tag}: WantedImage, onDecision: (pin: Pin) => void): Resolver => {
  let pin = pinOf(reference)
  const answered = new Map<Candidate, VerifiedManifest>()

  const confirm = (digest: Digest): void => {
    if (pin !== undefined && pin.digest !== digest) failDisagrees(pin, digest)
  }
  const decide = (candidate: Candidate, digest: Digest): void => {
    const isPrimary = candidate.role === 'primary'
    // While a mirror was asked because the primary was slow, the primary may have answered; its word counts more.
    if (pin !== undefined && !(isPrimary && pin.decidedBy === 'mirror')) {
      confirm(digest)
      return
    }
    pin = {digest, decidedBy: isPrimary ? 'primary' : 'mirror', registry: candidate.repository.registry}
    onDecision(pin)
  }
  const byTag = async (source: ImageSource): Promise<VerifiedManifest> => {
    if (tag === undefined) throw new TypeError('an image without a digest has a tag')
    const manifest = await fetchManifest(source, 'manifest', {tag})
    decide(source.candidate, manifest.digest)
    answered.set(source.candidate, manifest)
    return manifest
  }
  const byDigest = async (source: ImageSource, known: Pin): Promise<VerifiedManifest> => {
    try {
      return await fetchManifest(source, 'manifest', {digest: known.digest})
    } catch (error) {
      const isMissing = error instanceof VerifiedImageError && error.failure.kind === 'not-found'
      if (isMissing && source.candidate.mayResolve && tag !== undefined) await refuseOtherDigest(source, tag, known)
      throw error
    }
  }
  return {
    pin: () => pin,
    mayAsk: candidate => pin !== undefined || candidate.mayResolve,
    manifestFrom: source => {
      const before = answered.get(source.candidate)
      if (before !== undefined) return Promise.resolve(before)
      return pin === undefined ? byTag(source) : byDigest(source, pin)
    },
    confirm
  }
}

/** A registry that lacks the digest may have the tag for another one: that is worth saying, and costs one request. */
const refuseOtherDigest = async (source: ImageSource, tag: string, pin: Pin): Promise<void> => {
  let other: Digest
  try {
    other = (await fetchManifest(source, 'manifest', {tag})).digest
  } catch (error) {
    source.attempting.signal.throwIfAborted()
    if (error instanceof VerifiedImageError) return
    throw error
  }
  if (other !== pin.digest) failDisagrees(pin, other)
}

const failDisagrees = (pin: Pin, got: Digest): never => {
  const decidedBy = pin.decidedBy === 'reference' ? 'the reference' : pin.registry
  throw new VerifiedImageError({kind: 'digest-disagrees', wanted: pin.digest, got, decidedBy}, {object: 'manifest'})
}
