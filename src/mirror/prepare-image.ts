// The first half of a copy: finds out what an image consists of and what its targets lack, before a layer is downloaded or a byte is
// written. Only manifests are read here, each verified.

import {acquireImage} from '../acquire/acquire.ts'
import type {Acquisition, AcquireDeps, AcquireRequest} from '../acquire/acquisition.ts'
import {type ImageRequest, planCandidates} from '../acquire/plan.ts'
import type {SignatureChecks} from '../action/signature-checks.ts'
import {type Attachments, findAttachments, NO_ATTACHMENTS} from '../copy/attachments.ts'
import {blobsOfManifests, type Closure, walkManifest} from '../copy/closure.ts'
import {type CopyPlan, isComplete, planCopy, tagOfCopy} from '../copy/copy-plan.ts'
import {createSourceContent, type SourceContent, type SourcePlace} from '../copy/source-content.ts'
import type {TargetRegistry} from '../copy/target-registry.ts'
import {type FoundAtTarget, readTargetState, type Target} from '../copy/target-state.ts'
import {VerifiedImageError} from '../failure/error.ts'
import {type BlobFetcher, createBlobFetcher} from '../fetch/blob-fetcher.ts'
import type {RetryContext} from '../fetch/retry.ts'
import {createThrottle} from '../fetch/throttle.ts'
import {createVerifiedStore, type VerifiedStore} from '../fetch/verified-store.ts'
import type {Digest} from '../oci/digest.ts'
import {endpointOf, type Repository} from '../oci/reference.ts'
import type {Candidate} from '../registry/candidate.ts'
import type {ReferrersPort, RegistryPort} from '../registry/registry.ts'
import type {Inputs} from '../runner/inputs.ts'
import type {BlobStore} from '../store/blob-store.ts'
import type {MirrorInputs} from './mirror-inputs.ts'
import type {TargetResult} from './mirror-result.ts'

/** What all images of a run share. */
export type MirrorDeps = {
  readonly inputs: Inputs
  readonly mirror: MirrorInputs
  readonly registry: RegistryPort & ReferrersPort
  readonly targets: TargetRegistry
  /** Undefined without a rule in `signed-by`. */
  readonly signatures: SignatureChecks | undefined
  readonly acquire: Omit<AcquireDeps, 'log' | 'blobs' | 'store' | 'registry'>
  readonly openStore: () => Promise<BlobStore>
  readonly print: (request: ImageRequest, line: string) => void
  readonly logOf: (request: ImageRequest) => AcquireDeps['log']
}

/** An image whose targets were looked at. Its store is open. */
export type PreparedImage = {
  readonly request: ImageRequest
  readonly digest: Digest
  readonly acquisition: Acquisition
  readonly candidates: readonly Candidate[]
  readonly source: Repository
  readonly store: BlobStore
  readonly verified: VerifiedStore
  readonly blobs: BlobFetcher
  readonly content: SourceContent
  readonly closure: Closure
  readonly attachments: Attachments
  readonly plans: readonly TargetPrepared[]
  /** Bytes that the store will hold. */
  readonly bytesToStore: number
}

export type TargetPrepared =
  | {readonly kind: 'ready'; readonly target: Target; readonly state: FoundAtTarget; readonly plan: CopyPlan}
  | {readonly kind: 'failed'; readonly result: Extract<TargetResult, {outcome: 'failed'}>}

export type Preparation =
  | {readonly kind: 'prepared'; readonly image: PreparedImage}
  | {
      readonly kind: 'failed'
      readonly acquisition: Acquisition | undefined
      readonly error: VerifiedImageError | undefined
    }

export async function prepareImage(
  request: ImageRequest,
  repositories: readonly Repository[],
  deps: MirrorDeps
): Promise<Preparation> {
  const store = await deps.openStore()
  let acquisition: Acquisition | undefined
  try {
    const verified = createVerifiedStore(store)
    const blobs = createBlobFetcher(deps.registry, verified, deps.inputs.concurrency)
    const candidates = planCandidates(request.reference, deps.inputs, deps.inputs.prefer)
    acquisition = await acquireSigned({request, candidates, verified, blobs}, deps)
    const {image} = acquisition
    if (image === undefined) return await closedAfter(store, {kind: 'failed', acquisition, error: undefined})
    const content = createSourceContent({
      places: placesOf(image.candidate, candidates, deps),
      registry: deps.registry,
      store,
      blobs,
      fileOf: store.blobFile
    })
    const {digest, mediaType} = image
    const closure = await walkManifest(content, {digest, mediaType})
    const attachments = deps.mirror.attachments
      ? await findAttachments(content, closure, deps.acquire.signal)
      : NO_ATTACHMENTS
    const tag = tagOfCopy(request.tag, digest)
    const plans = await Promise.all(
      repositories.map(repository => prepareTarget({repository, tag}, closure, attachments, deps))
    )
    const source = image.candidate.repository
    const all = {
      request,
      digest,
      acquisition,
      candidates,
      source,
      store,
      verified,
      blobs,
      content,
      closure,
      attachments,
      plans
    }
    return {kind: 'prepared', image: {...all, bytesToStore: bytesToStore(all)}}
  } catch (error) {
    await store.close()
    if (!(error instanceof VerifiedImageError) || deps.acquire.signal.aborted) throw error
    return {kind: 'failed', acquisition, error}
  }
}

async function closedAfter<T>(store: BlobStore, value: T): Promise<T> {
  await store.close()
  return value
}

type AcquireFrom = {
  readonly request: ImageRequest
  readonly candidates: readonly Candidate[]
  readonly verified: VerifiedStore
  readonly blobs: BlobFetcher
}

/**
 * Acquires the manifests, and then asks who signed them. With `signatures: enforce`, an image that is not signed as required has no layer
 * downloaded, and no target of it gets a request. All bytes that follow are those of this digest.
 */
async function acquireSigned(from: AcquireFrom, deps: MirrorDeps): Promise<Acquisition> {
  const signature = deps.signatures?.start(requestOf('manifest', from), deps.logOf(from.request))
  const acquisition = await acquireAt('manifest', from, deps)
  return signature === undefined ? acquisition : signature.conclude(acquisition)
}

function requestOf(level: MirrorLevel, {request, candidates}: AcquireFrom): AcquireRequest {
  return {image: request, candidates, platforms: {kind: 'all'}, level}
}

type MirrorLevel = 'manifest' | 'full'

/** Acquires all platforms of an image, to this depth, into its store. */
export function acquireAt(level: MirrorLevel, from: AcquireFrom, deps: MirrorDeps): Promise<Acquisition> {
  const {request, verified, blobs} = from
  return acquireImage(requestOf(level, from), {
    ...deps.acquire,
    registry: deps.registry,
    blobs,
    store: verified,
    log: deps.logOf(request)
  })
}

/** The registry that served the image first, and then the others in their order. */
function placesOf(serving: Candidate, candidates: readonly Candidate[], deps: MirrorDeps): readonly SourcePlace[] {
  const trustedFirst = candidates.filter(candidate => candidate !== serving)
  return [serving, ...trustedFirst].map(({repository, mayResolve}) => ({
    repository,
    isTrusted: mayResolve,
    retry: retryFor(repository, deps)
  }))
}

function retryFor(repository: Repository, {acquire}: MirrorDeps): RetryContext {
  const {clock, random, backoff, signal, shared} = acquire
  const throttle = shared.get(endpointOf(repository.registry))?.throttle ?? createThrottle(clock, backoff, random)
  return {clock, random, backoff, signal, throttle, record: () => undefined, addBytes: () => undefined}
}

async function prepareTarget(
  target: Target,
  closure: Closure,
  attachments: Attachments,
  {targets, mirror, acquire}: MirrorDeps
): Promise<TargetPrepared> {
  try {
    const state = await readTargetState(targets, target, closure, attachments)
    const plan = planCopy(closure, attachments, state, target.tag)
    // Before the first byte is moved: that this run may push, and that there is a repository to push to.
    if (!mirror.dryRun && !isComplete(plan)) await targets.checkAccess(target.repository)
    return {kind: 'ready', target, state, plan}
  } catch (error) {
    if (!(error instanceof VerifiedImageError) || acquire.signal.aborted) throw error
    return {kind: 'failed', result: {target, outcome: 'failed', error}}
  }
}

// The image is verified as a whole when a target lacks a part of it. Attachments are fetched as they are needed.
function bytesToStore({closure, attachments, plans}: Pick<PreparedImage, 'closure' | 'attachments' | 'plans'>): number {
  const ready = plans.flatMap(plan => (plan.kind === 'ready' ? [plan.plan] : []))
  const image = ready.some(({sendsImage}) => sendsImage) ? blobsOfManifests(closure.manifests) : []
  const missing = new Set(ready.flatMap(({blobs}) => blobs.map(({digest}) => digest)))
  const attached = blobsOfManifests(attachments.manifests).filter(({digest}) => missing.has(digest))
  return [...new Map([...image, ...attached].map(blob => [blob.digest, blob.size])).values()].reduce(
    (sum, size) => sum + size,
    0
  )
}
