// One registry at work on one image in an audit: its tag, its manifests, and its blobs, each with retries.
// Nothing here rejects because a registry fails: what is missing or wrong is recorded as a fault.

import type {Clock, Random} from '../concurrency/clock.ts'
import {VerifiedImageError} from '../failure/error.ts'
import type {Failure, ObjectName} from '../failure/failure.ts'
import type {BackoffPolicy} from '../fetch/backoff.ts'
import type {BlobFetcher} from '../fetch/blob-fetcher.ts'
import {fetchManifest, fetchTag, type ImageSource} from '../fetch/fetch-manifest.ts'
import type {Attempt} from '../fetch/retry.ts'
import {affectsOneObject} from '../fetch/retry-policy.ts'
import {failureClassOf} from '../findings/failure-class.ts'
import type {ObjectFault, ObservedObject, PlaceObservation, TagObservation} from '../findings/observation.ts'
import {type Digest, parseDigest} from '../oci/digest.ts'
import type {Descriptor} from '../oci/manifest.ts'
import {omitUndefined} from '../oci/omit-undefined.ts'
import type {Candidate} from '../registry/candidate.ts'
import type {Exchange, RegistryPort, RegistryResponse} from '../registry/registry.ts'
import type {ManifestDescriptor} from '../verify/verify-manifest.ts'
import type {VerifiedManifest} from '../verify/verified.ts'
import {fitsManifest, isNotFound, isRefusalOfHead, requestHeaders} from './head-request.ts'
import type {RegistryState} from './registry-state.ts'

export type PlaceDeps = {
  readonly registry: RegistryPort
  readonly blobs: BlobFetcher
  readonly clock: Clock
  readonly random: Random
  readonly backoff: BackoffPolicy
  readonly signal: AbortSignal
}

/** What to request, and how a message names it. */
export type ManifestItem = {
  readonly descriptor: ManifestDescriptor
  readonly observed: ObservedObject
  /** As another registry served it. */
  readonly known?: VerifiedManifest
}
export type BlobItem = {
  readonly object: ObjectName
  readonly descriptor: Descriptor
  readonly observed: ObservedObject
}

export class Place {
  readonly candidate: Candidate
  readonly state: RegistryState
  tag: TagObservation = {kind: 'not-requested'}
  root: PlaceObservation['root'] = 'not-requested'
  withheld: PlaceObservation['withheld']
  /** What the tag names, if its bytes were requested. */
  taggedManifest: VerifiedManifest | undefined
  /** The attempts at the tag and at the manifest that it names. */
  readonly attempts: Attempt[] = []
  readonly #faults: ObjectFault[] = []
  readonly #deps: PlaceDeps
  #objects = 0
  #isDown = false
  #isBegun = false

  constructor(candidate: Candidate, state: RegistryState, deps: PlaceDeps) {
    this.candidate = candidate
    this.state = state
    this.#deps = deps
  }

  /** Whether the image is there, and the registry still answers. */
  get isUsable(): boolean {
    return this.root === 'present' && !this.#isDown
  }

  /** Whether the registry may be asked for the image at all. */
  get isOpen(): boolean {
    return this.withheld === undefined && !this.#isDown
  }

  get failure(): Failure | undefined {
    return this.tag.kind === 'failed' ? this.tag.failure : this.#faults[0]?.failure
  }

  observation(): PlaceObservation {
    return omitUndefined({
      candidate: this.candidate,
      withheld: this.withheld,
      tag: this.tag,
      root: this.root,
      faults: this.#faults,
      objects: this.#objects
    })
  }

  /**
   * Requests the tag by HEAD. The digest in the header is the registry's claim: one that agrees with `expected` counts, and any other
   * is computed from the bytes of a GET. Without an expected digest the claim counts, since its bytes are requested by that digest next.
   */
  async observeTag(tag: string, expected: Digest | undefined): Promise<void> {
    const silence = this.#silence()
    if (silence !== undefined) {
      this.tag = {kind: 'failed', failure: silence}
      return
    }
    const claimed = await this.#observeTagBy(() => this.#claimedDigest(tag))
    if (this.tag.kind !== 'not-requested') return
    if (claimed !== undefined && (expected === undefined || claimed === expected))
      this.tag = {kind: 'digest', digest: claimed}
    else await this.resolveTag(tag, expected)
  }

  /** Requests the tag by GET, and computes its digest from the bytes, with the algorithm of `expected` if that is its digest. */
  async resolveTag(tag: string, expected?: Digest): Promise<VerifiedManifest | undefined> {
    const known = expected === undefined ? undefined : {digest: expected, decidedBy: 'the audit'}
    const answer = await this.#observeTagBy(() => this.#download(() => fetchTag(this.#source(), tag, known)))
    this.taggedManifest = answer?.manifest
    if (answer !== undefined) this.tag = {kind: 'digest', digest: answer.manifest.digest}
    return answer?.manifest
  }

  async #observeTagBy<T>(run: () => Promise<T>): Promise<T | undefined> {
    try {
      return await run()
    } catch (error) {
      const failure = this.#failureOf(error)
      this.tag = failureClassOf(failure) === 'gone' ? {kind: 'gone'} : {kind: 'failed', failure}
      return undefined
    }
  }

  async #claimedDigest(tag: string): Promise<Digest | undefined> {
    try {
      const {registry} = this.#deps
      const {digestHeader} = await requestHeaders(this.#source(), {object: 'manifest', method: 'HEAD'}, request =>
        registry.openManifest({...request, reference: tag})
      )
      const digest = parseDigest(digestHeader ?? '')
      return digest.ok ? digest.value : undefined
    } catch (error) {
      if (isRefusalOfHead(error) || isNotFound(error)) return undefined
      throw error
    }
  }

  /** Downloads and verifies a manifest. Undefined if the registry does not have it, or has it wrong. */
  getManifest({descriptor, observed}: ManifestItem): Promise<VerifiedManifest | undefined> {
    return this.#observe(observed, source =>
      this.#download(() => fetchManifest(source, observed.isRoot ? 'manifest' : 'child', descriptor))
    )
  }

  /** Requests a manifest by HEAD. Its bytes are verified if that says anything else than that it is there as it should be. */
  async headManifest({descriptor, observed, known}: ManifestItem): Promise<void> {
    const object = observed.isRoot ? 'manifest' : 'child'
    await this.#observe(observed, async source => {
      const {registry} = this.#deps
      const isRight = await requestHeaders(source, {object, method: 'HEAD'}, request =>
        registry.openManifest({...request, reference: descriptor.digest})
      ).then(
        response => fitsManifest(response, {size: observed.size, known}),
        (error: unknown) => {
          // A public mirror lacks most images, and is not asked twice.
          const isExpected = observed.isRoot && this.candidate.role === 'public-mirror'
          if (isRefusalOfHead(error) || (isNotFound(error) && !isExpected)) return false
          throw error
        }
      )
      if (!isRight) await this.#download(() => fetchManifest(source, object, descriptor))
    })
  }

  /** Requests a blob by HEAD. If the length is not the descriptor's, or a page came, its bytes are verified. */
  async headBlob({object, descriptor, observed}: BlobItem): Promise<void> {
    await this.#observe(observed, async source => {
      const {contentLength, mediaType} = await this.#openBlob(object, descriptor.digest, source)
      if (contentLength === descriptor.size || (contentLength === undefined && mediaType !== 'text/html')) return
      const {repository} = this.candidate
      await this.#deps.blobs.fetchLayer({repository, object, descriptor, retry: source.retry}, undefined)
    })
  }

  /** Downloads a blob. Undefined if the registry does not have it, or has it wrong. */
  getBlob<T>({observed}: BlobItem, fetch: (source: ImageSource) => Promise<T>): Promise<T | undefined> {
    return this.#observe(observed, fetch)
  }

  /** Downloads a manifest. It counts at once, so that images that are checked at the same time keep to the limit together. */
  #download<T>(run: () => Promise<T>): Promise<T> {
    this.state.countDownload()
    return run()
  }

  async #openBlob(object: ObjectName, digest: Digest, source: ImageSource): Promise<RegistryResponse> {
    const open = (method: 'HEAD' | 'GET'): Promise<RegistryResponse> =>
      requestHeaders(source, {object, method}, request => this.#deps.registry.openBlob({...request, digest, offset: 0}))
    if (!this.state.headIsRefused)
      try {
        return await open('HEAD')
      } catch (error) {
        if (!isRefusalOfHead(error) && !isNotFound(error)) throw error
        // The signed URL that a registry redirects to may be for GET alone.
        if (isRefusalOfHead(error)) this.state.headIsRefused = true
      }
    return open('GET')
  }

  async #observe<T>(object: ObservedObject, run: (source: ImageSource) => Promise<T>): Promise<T | undefined> {
    if (this.#isDown) return undefined
    const silence = this.#silence()
    if (silence !== undefined) {
      if (object.isRoot) this.root = 'failed'
      this.#faults.push({object, failure: silence})
      return undefined
    }
    let exchange: Exchange | undefined
    try {
      const value = await run(this.#source(attempt => (exchange = attempt.exchanges.at(-1) ?? exchange)))
      this.#objects++
      if (object.isRoot) this.root = 'present'
      return value
    } catch (error) {
      const failure = this.#failureOf(error)
      // With all platforms, a child that turns out to be no image stays as it was published.
      if (failure.kind === 'unusable' && failure.reason === 'artifact' && !object.isRoot) return undefined
      const isGone = failureClassOf(failure) === 'gone'
      if (object.isRoot) this.root = isGone ? 'absent' : 'failed'
      if (!object.isRoot || !isGone) this.#faults.push(omitUndefined({object, failure, exchange}))
      return undefined
    }
  }

  /** The failure of a registry. The end of the run, and failures of this machine, are rethrown. */
  #failureOf(error: unknown): Failure {
    this.#deps.signal.throwIfAborted()
    if (!(error instanceof VerifiedImageError) || failureClassOf(error.failure) === 'broken-run') throw error
    const {failure} = error
    if (failureClassOf(failure) === 'unreachable' && !affectsOneObject(failure)) {
      // Several objects of an image may fail at the same time.
      if (failure.kind === 'timed-out' && !this.#isDown) this.state.countSilence(failure)
      this.#isDown = true
    }
    return failure
  }

  /** The silence that other images met. An image that has begun is checked to its end. */
  #silence(): Failure | undefined {
    if (this.#isBegun) return undefined
    this.#isBegun = true
    const silence = this.state.silence()
    this.#isDown = silence !== undefined
    return silence
  }

  #source(onAttempt: (attempt: Attempt) => void = () => undefined): ImageSource {
    const {clock, random, backoff, signal, registry, blobs} = this.#deps
    const retry = {
      ...{clock, random, backoff, signal},
      throttle: this.state.throttle,
      addBytes: () => undefined,
      record: (attempt: Attempt) => {
        for (const exchange of attempt.exchanges) this.state.record(exchange)
        if (attempt.object === 'manifest') this.attempts.push(attempt)
        onAttempt(attempt)
      }
    }
    return {candidate: this.candidate, registry, blobs, retry, store: undefined}
  }
}
