// Which digest an image must have, and which registry decided it.
// The rules of Trust in the documentation, as a table and as the class that keeps to it.

import type {Digest} from '../oci/digest.ts'
import {type Candidate} from '../registry/candidate.ts'
import {type ImageRequest, knownDigest, type ResolvedDigest, type Unresolved} from './plan.ts'

// | source of the digest                       | counts                                                           |
// |--------------------------------------------|------------------------------------------------------------------|
// | digest in the reference                    | always                                                           |
// | lock file                                  | always; with `lock: update`, once the primary failed or was silent |
// | primary, for its own tag                   | otherwise; a late answer also replaces a decision without it     |
// | mirror listed in `mirrors`, for the tag    | without a lock, once the primary failed or was silent            |
// | public mirror                              | never: it is only queried by digest                              |
//
// Slow is not failed. Answers of mirrors are only kept until the primary has failed or was silent for one stall-timeout.

/** Records what registries answer for the tag of one image, and decides by the table above. */
export class Resolution {
  readonly #image: ImageRequest
  readonly #candidates: readonly Candidate[]
  readonly #mirrorAnswers = new Map<Candidate, Digest>()
  #resolved: ResolvedDigest | undefined
  #decidingMirror: Candidate | undefined
  #unresolved: Unresolved | undefined

  /** `candidates` are in the order in which their answers count. */
  constructor(image: ImageRequest, candidates: readonly Candidate[]) {
    this.#image = image
    this.#candidates = candidates
    this.#resolved = knownDigest(image)
  }

  get resolved(): ResolvedDigest | undefined {
    return this.#resolved
  }

  /** A digest to request by: the decided one, or the locked one that the primary may still replace. */
  get digestToRequest(): Digest | undefined {
    return this.#resolved?.digest ?? this.#image.locked?.digest
  }

  /**
   * Whether a mirror is asked for the decided digest by its tag. Docker and containerd ask a mirror by tag, so that a cache there knows
   * the tag on the day when the primary is down. This is for mirrors before the primary in the order: another one is queried because
   * something failed, and the digest is the shorter way then.
   */
  isAskedByTag(candidate: Candidate): boolean {
    const primaryAt = this.#candidates.findIndex(({role}) => role === 'primary')
    return (
      this.#resolved?.decidedBy === 'primary' &&
      candidate.mayResolve &&
      this.#candidates.indexOf(candidate) < primaryAt &&
      !this.#mirrorAnswers.has(candidate)
    )
  }

  /** Records the digest that a registry has under the tag. Only registries that may resolve the tag are asked for it. */
  recordAnswer(candidate: Candidate, digest: Digest): void {
    const {registry} = candidate.repository
    if (candidate.role === 'primary') {
      if (this.#resolved === undefined || this.#resolved.unresolved !== undefined)
        this.#decide({digest, decidedBy: 'primary', registry})
    } else {
      this.#mirrorAnswers.set(candidate, digest)
      this.#decideWithoutPrimary()
    }
  }

  /** Records that the primary failed or was silent. A failure says more than silence and replaces it. */
  recordUnresolved(unresolved: Unresolved): void {
    if (this.#unresolved === undefined || unresolved.kind === 'failed') this.#unresolved = unresolved
    this.#decideWithoutPrimary()
  }

  /** Discards the answer of a mirror that leads to no usable image, so that the answer of another mirror may count. */
  dismissAnswer(candidate: Candidate): void {
    this.#mirrorAnswers.delete(candidate)
    if (this.#decidingMirror !== candidate) return
    this.#resolved = undefined
    this.#decideWithoutPrimary()
  }

  #decide(resolved: ResolvedDigest, decidingMirror?: Candidate): void {
    this.#resolved = resolved
    this.#decidingMirror = decidingMirror
  }

  #decideWithoutPrimary(): void {
    const {locked, reference} = this.#image
    const unresolved = this.#unresolved
    if (this.#resolved !== undefined || unresolved === undefined) return
    if (locked !== undefined) {
      this.#decide({digest: locked.digest, decidedBy: 'lock', registry: reference.registry, unresolved})
      return
    }
    for (const candidate of this.#candidates) {
      const digest = this.#mirrorAnswers.get(candidate)
      if (digest === undefined) continue
      this.#decide({digest, decidedBy: 'mirror', registry: candidate.repository.registry, unresolved}, candidate)
      return
    }
  }
}
