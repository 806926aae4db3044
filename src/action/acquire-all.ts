// Acquires all images of a run side by side, each with a group of its own in the log.
// The clients of the run are open for just as long.

import {acquireImage} from '../acquire/acquire.ts'
import {type Acquisition, type AcquireDeps, type AcquireRequest} from '../acquire/acquisition.ts'
import {type Event} from '../acquire/candidate-result.ts'
import {acquireWithFallback} from '../acquire/fallback.ts'
import {type ImageRequest, planCandidates, withoutNamespaces} from '../acquire/plan.ts'
import {type BlobFetcher, createBlobFetcher} from '../fetch/blob-fetcher.ts'
import {levelOf, renderDebug, renderEvent, renderProgress, renderResult} from '../report/log-lines.ts'
import {STATUS_GRACE_MS, STATUS_LIMIT_MS, type StatusPages} from '../status-pages/status-pages.ts'
import {createGroupedLog, type LogGroup} from '../runner/grouped-log.ts'
import type {Inputs} from '../runner/inputs.ts'
import type {Candidate} from '../registry/candidate.ts'
import {openRegistries, openStatusPages} from './open-registries.ts'
import {openSignatureChecks} from './open-signature-checks.ts'
import {type Plan} from './plan-run.ts'
import type {RunContext} from './publish.ts'
import type {SignatureChecks} from './signature-checks.ts'

export type AcquiredImages = {
  readonly images: readonly Acquisition[]
  /** Fallback tags that are acquired only because the lock file is updated. */
  readonly lockOnlyImages: readonly Acquisition[]
}

/** What all images of the run share. */
type SharedDeps = {
  readonly acquire: Omit<AcquireDeps, 'log'>
  readonly statusPages: StatusPages | undefined
  readonly openGroup: (title: string) => LogGroup
}

/** Acquires the images of the plan. An image that no registry serves is part of the result, not an error. */
export async function acquireAll(run: RunContext, {inputs, pins, exporter}: Plan): Promise<AcquiredImages> {
  const {registry, access} = openRegistries(run, inputs)
  const statusPages = openStatusPages(run, inputs)
  const blobs = createBlobFetcher(registry, exporter?.store, inputs.concurrency)
  const {clock, random} = run.runtime
  const deps: SharedDeps = {
    acquire: {
      registry,
      access,
      blobs,
      store: exporter?.store,
      clock,
      random,
      backoff: {attempts: inputs.attempts, firstMs: inputs.backoffMs, maxMs: inputs.backoffMaxMs},
      hedgeAfterMs: inputs.hedgeAfterMs,
      stallTimeoutMs: inputs.stallTimeoutMs,
      shared: new Map(),
      signal: run.stop.signal
    },
    statusPages,
    openGroup: createGroupedLog(run.runner)
  }
  let signatures: SignatureChecks | undefined
  const done = new AbortController()
  showProgress(run, blobs, done.signal)
  try {
    signatures = openSignatureChecks(run, inputs, {...deps.acquire, registry})
    const [images, lockOnlyImages] = await Promise.all([
      Promise.all(
        pins.images.map(image => acquireOne(image, pins.fallbacks.get(image) ?? [], inputs, {...deps, signatures}))
      ),
      Promise.all(pins.lockOnlyImages.map(image => acquireOne(image, [], inputs, {...deps, signatures})))
    ])
    return {images: await Promise.all(images.map(image => withStatusNotices(image, statusPages))), lockOnlyImages}
  } finally {
    done.abort()
    registry.close()
    access.close()
    statusPages?.close()
    signatures?.close()
  }
}

async function acquireOne(
  image: ImageRequest,
  fallbacks: readonly ImageRequest[],
  inputs: Inputs,
  {acquire, statusPages, openGroup, signatures}: SharedDeps & {readonly signatures: SignatureChecks | undefined}
): Promise<Acquisition> {
  const group = openGroup(image.input)
  const log = (event: Event): void => {
    const line = renderEvent(event)
    if (line !== undefined) group.line(line, levelOf(event))
    for (const text of renderDebug(event)) group.debug(text)
    if (event.type === 'candidate-failed') statusPages?.request(event.result)
  }
  // A fallback tag is acquired for the platforms of the image that it replaces.
  const requests = [image, ...fallbacks].map((tried): AcquireRequest => ({
    image: tried,
    candidates: candidatesOf(tried, inputs, acquire),
    platforms: image.platforms ?? inputs.platforms,
    level: inputs.level
  }))
  const acquisition = await acquireWithFallback(requests, acquire.signal, request => {
    if (request.image !== image)
      group.line(`No registry returned ${image.input}; trying fallback tag ${request.image.input}`, 'warning')
    return acquireSigned(request, {...acquire, log}, signatures)
  })
  const {detail, outcome, level} = renderResult(acquisition, acquire.store !== undefined)
  if (detail !== undefined) group.line(detail, 'plain')
  group.close(outcome, level)
  return acquisition
}

function candidatesOf({reference}: ImageRequest, inputs: Inputs, {store}: SharedDeps['acquire']): readonly Candidate[] {
  const candidates = planCandidates(reference, inputs, inputs.prefer)
  return store === undefined ? withoutNamespaces(candidates) : candidates
}

/** Acquires the image, and looks for its signature at the same time. */
async function acquireSigned(
  request: AcquireRequest,
  deps: AcquireDeps,
  signatures: SignatureChecks | undefined
): Promise<Acquisition> {
  const signature = signatures?.start(request, deps.log)
  if (signature === undefined) return acquireImage(request, deps)
  const log = (event: Event): void => {
    deps.log(event)
    signature.onEvent(event)
  }
  return signature.conclude(await acquireImage(request, {...deps, log}))
}

/** The acquisition with what the status pages of failed registries say. Waits longer if no registry serves the image. */
async function withStatusNotices(acquisition: Acquisition, statusPages: StatusPages | undefined): Promise<Acquisition> {
  const {results, image} = acquisition
  const notices = await statusPages?.notices(results, image === undefined ? STATUS_LIMIT_MS : STATUS_GRACE_MS)
  if (notices === undefined || notices.size === 0) return acquisition
  return {
    ...acquisition,
    results: results.map(result => {
      const statusNotice = notices.get(result.candidate.repository.registry)
      return statusNotice === undefined ? result : {...result, statusNotice}
    })
  }
}

const PROGRESS_EVERY_MS = 5000

function showProgress({runtime, runner}: RunContext, blobs: BlobFetcher, done: AbortSignal): void {
  const tick = async (bytesBefore: number): Promise<void> => {
    await runtime.clock.wait(PROGRESS_EVERY_MS, done)
    const progress = blobs.progress()
    if (progress.bytesDone < progress.bytes) runner.print(renderProgress(progress, bytesBefore, PROGRESS_EVERY_MS))
    await tick(progress.bytesDone)
  }
  tick(0).catch(() => undefined)
}
