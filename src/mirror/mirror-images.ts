// All images of a run: each is prepared, then the disk is checked, and then each is copied. One failure does not stop the others.
// The clients of the run are open for just as long.

import {clientOptions, openCredentials, openRegistries} from '../action/open-registries.ts'
import {openSignatureChecks} from '../action/open-signature-checks.ts'
import {openStagingStore, temporaryFolderOf} from '../action/open-store.ts'
import {type RunContext, warn} from '../action/publish.ts'
import type {SignatureChecks} from '../action/signature-checks.ts'
import type {ImageRequest} from '../acquire/plan.ts'
import {createTargetRegistry, type TargetRegistry} from '../copy/target-registry.ts'
import {createTaskGroup} from '../concurrency/task-group.ts'
import {VerifiedImageError} from '../failure/error.ts'
import {formatBytes, formatDuration} from '../failure/format.ts'
import {freeBytes} from '../filesystem/free-space.ts'
import {createPushClient} from '../push/push-client.ts'
import {openAuthFlow} from '../registry/registry-client.ts'
import {levelOf, renderDebug, renderEvent} from '../report/log-lines.ts'
import {createGroupedLog, type LogGroup} from '../runner/grouped-log.ts'
import type {Inputs} from '../runner/inputs.ts'
import {createStagingNames} from '../store/staging.ts'
import {copyPrepared} from './copy-image.ts'
import {renderOutcome} from './mirror-lines.ts'
import type {MirrorInputs} from './mirror-inputs.ts'
import type {MirrorResult} from './mirror-result.ts'
import {type MirrorDeps, prepareImage, type Preparation, type PreparedImage} from './prepare-image.ts'
import type {CopyRequest} from './targets.ts'

export type MirrorPlan = {
  readonly inputs: Inputs
  readonly mirror: MirrorInputs
  readonly copies: readonly CopyRequest[]
}

// Each image in progress holds its files until it is copied.
const IMAGES_AT_ONCE = 4

/** Calls `onResult` for each image when it is done: what ends the run does not undo the images before. */
export async function mirrorImages(
  run: RunContext,
  plan: MirrorPlan,
  onResult: (result: MirrorResult) => void
): Promise<void> {
  const {inputs, mirror, copies} = plan
  const {registry, access} = openRegistries(run, inputs)
  const push = createPushClient(openTargets(run, plan))
  const {clock, random} = run.runtime
  const backoff = {attempts: inputs.attempts, firstMs: inputs.backoffMs, maxMs: inputs.backoffMaxMs}
  const {signal} = run.stop
  const targets = createTargetRegistry({
    client: push,
    clock,
    random,
    backoff,
    signal,
    stallTimeoutMs: inputs.stallTimeoutMs,
    record: () => undefined
  })
  const openGroup = createGroupedLog(run.runner)
  const groups = new Map(copies.map(({image}) => [image, openGroup(image.input)]))
  const stagingNames = createStagingNames(run.runtime.self(), run.runtime.wallClock)
  const deps: Omit<MirrorDeps, 'signatures'> = {
    inputs,
    mirror,
    registry,
    targets,
    acquire: {
      access,
      clock,
      random,
      backoff,
      hedgeAfterMs: inputs.hedgeAfterMs,
      stallTimeoutMs: inputs.stallTimeoutMs,
      shared: new Map(),
      signal
    },
    openStore: () =>
      openStagingStore(inputs.cache, {
        machine: run.runtime,
        stagingNames,
        stop: run.stop,
        warn: text => {
          warn(run, 'Cache', text)
        }
      }),
    print: (request, line) => {
      groups.get(request)?.line(line, 'plain')
    },
    logOf: request => event => {
      const group = groupOf(groups, request)
      const line = renderEvent(event)
      if (line !== undefined) group?.line(line, levelOf(event))
      for (const text of renderDebug(event)) group?.debug(text)
    }
  }
  const done = new AbortController()
  let signatures: SignatureChecks | undefined
  showProgress(run, targets, done.signal)
  try {
    signatures = openSignatureChecks(run, inputs, {...deps.acquire, registry})
    const all: MirrorDeps = {...deps, signatures}
    const preparations = await inParallel(copies, IMAGES_AT_ONCE, signal, copy => prepareImage(copy, all))
    const requests = copies.map(({image}) => image)
    await copyAll(run, requests, preparations, all, result => {
      closeGroup(groups.get(result.request), result)
      onResult(result)
    })
  } finally {
    done.abort()
    registry.close()
    access.close()
    push.close()
    signatures?.close()
  }
}

// A pinned request is a copy of the request that it is made of.
function groupOf(groups: ReadonlyMap<ImageRequest, LogGroup>, request: ImageRequest): LogGroup | undefined {
  return groups.get(request) ?? [...groups].find(([{input}]) => input === request.input)?.[1]
}

/** The target's credentials go to the targets alone, and those of the sources never do, but for what Docker's config has for each. */
function openTargets(run: RunContext, {inputs, mirror}: MirrorPlan): ReturnType<typeof openAuthFlow> {
  const own = {credentials: mirror.targetCredentials, githubToken: inputs.githubToken}
  // The clients of the sources warn of the same Docker config.
  return openAuthFlow({...clientOptions(run, inputs), credentialsOf: openCredentials(run, own, () => undefined)})
}

async function copyAll(
  run: RunContext,
  requests: readonly ImageRequest[],
  preparations: readonly Preparation[],
  deps: MirrorDeps,
  onResult: (result: MirrorResult) => void
): Promise<void> {
  const folder = temporaryFolderOf(run.runtime)
  const free = deps.mirror.dryRun ? undefined : await freeBytes(folder)
  const total = preparations.reduce((sum, one) => sum + (one.kind === 'prepared' ? one.image.bytesToStore : 0), 0)
  const atOnce = free === undefined || total <= free ? IMAGES_AT_ONCE : 1
  const all = preparations.map((preparation, at) => ({preparation, request: requests[at]}))
  await inParallel(all, atOnce, run.stop.signal, async ({preparation, request}) => {
    if (request === undefined) throw new TypeError('each image was prepared')
    if (preparation.kind === 'failed') {
      const {acquisition, uncopied} = preparation
      onResult({request, digest: acquisition?.resolved?.digest, acquisition, targets: [], uncopied})
      return
    }
    const {image} = preparation
    const fits = free === undefined || image.bytesToStore <= free
    onResult(await (fits ? copyPrepared(image, deps) : withoutSpace(image, folder, free)))
  })
}

async function withoutSpace(image: PreparedImage, folder: string, free: number): Promise<MirrorResult> {
  const {request, digest, acquisition, source, store, bytesToStore} = image
  await store.close()
  const error = new VerifiedImageError({
    kind: 'local-io',
    detail: `not enough disk space in ${folder}: the image needs ${formatBytes(bytesToStore)}, and ${formatBytes(free)} are free`
  })
  return {request, digest, acquisition, targets: [], uncopied: {error, registry: source.registry}}
}

/** The results in the order of the items. The first error that is not a result ends everything. */
async function inParallel<T, R>(
  items: readonly T[],
  limit: number,
  signal: AbortSignal,
  run: (item: T) => Promise<R>
): Promise<readonly R[]> {
  const group = createTaskGroup({signal, limit, continuesAfter: () => false})
  const running = items.map(item => group.run(() => run(item)))
  await group.wait()
  return Promise.all(running)
}

function closeGroup(group: LogGroup | undefined, result: MirrorResult): void {
  const {text, level} = renderOutcome(result)
  group?.close(text, level)
}

const PROGRESS_EVERY_MS = 5000

function showProgress({runtime, runner}: RunContext, targets: TargetRegistry, done: AbortSignal): void {
  const tick = async (bytesBefore: number): Promise<void> => {
    await runtime.clock.wait(PROGRESS_EVERY_MS, done)
    const {bytes, bytesDone} = targets.progress()
    if (bytesDone < bytes) {
      const perSecond = ((bytesDone - bytesBefore) / PROGRESS_EVERY_MS) * 1000
      const leftMs = ((bytes - bytesDone) / Math.max(perSecond, 1)) * 1000
      const left = perSecond > 0 && leftMs < 3_600_000 ? `, ${formatDuration(leftMs)} left` : ''
      runner.print(
        `Uploaded ${formatBytes(bytesDone)} of ${formatBytes(bytes)} so far, ${formatBytes(perSecond)}/s${left}`
      )
    }
    await tick(bytesDone)
  }
  tick(0).catch(() => undefined)
}
