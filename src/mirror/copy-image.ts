// The second half of a copy: verifies the whole image, and then sends each target what it lacks.
// Nothing of an image that fails its verification is written anywhere.

import {copyToTarget} from '../copy/copy-to-target.ts'
import {isComplete} from '../copy/copy-plan.ts'
import {VerifiedImageError} from '../failure/error.ts'
import type {Acquisition} from '../acquire/acquisition.ts'
import {formatBytes} from '../failure/format.ts'
import {formatRepository} from '../oci/reference.ts'
import type {MirrorResult, TargetResult} from './mirror-result.ts'
import {acquireAt, type MirrorDeps, type PreparedImage, type TargetPrepared} from './prepare-image.ts'

/** Closes the store of the image. */
export async function copyPrepared(image: PreparedImage, deps: MirrorDeps): Promise<MirrorResult> {
  const {request, digest, store} = image
  try {
    if (deps.mirror.dryRun) return {...common(image), targets: image.plans.map(planned)}
    const acquisition = needsContent(image) ? await verifyWhole(image, deps) : image.acquisition
    if (acquisition.image === undefined)
      return {request, digest, acquisition, error: undefined, targets: image.plans.map(plan => unsent(plan, image))}
    const targets: TargetResult[] = []
    for (const plan of image.plans) targets.push(await copyOne(plan, image, deps))
    return {...common(image), acquisition, targets}
  } finally {
    await store.close()
  }
}

function common({request, digest, acquisition}: PreparedImage): Omit<MirrorResult, 'targets'> {
  return {request, digest, acquisition, error: undefined}
}

function needsContent({plans}: PreparedImage): boolean {
  return plans.some(plan => plan.kind === 'ready' && plan.plan.sendsImage)
}

/** The digest is that of the manifests which were read before, whatever the tag leads to by now. */
async function verifyWhole(image: PreparedImage, deps: MirrorDeps): Promise<Acquisition> {
  const {request, digest} = image
  const pinned = {...request, reference: {...request.reference, digest}}
  const verified = await acquireAt('full', {...image, request: pinned}, deps)
  // What decided the digest, and who signed it, was found out before.
  const {resolved, signature} = image.acquisition
  const known = {request: {...verified.request, image: request}, resolved}
  return {...verified, ...known, ...(signature === undefined ? {} : {signature})}
}

async function copyOne(plan: TargetPrepared, image: PreparedImage, deps: MirrorDeps): Promise<TargetResult> {
  if (plan.kind === 'failed') return plan.result
  const {target} = plan
  if (isComplete(plan.plan)) return present(plan, image)
  const {source, closure, attachments, content} = image
  const {clock, random, backoff, signal} = deps.acquire
  try {
    const job = {target, source, closure, attachments, state: plan.state, plan: plan.plan}
    const copy = await copyToTarget(job, {registry: deps.targets, content, clock, random, backoff, signal})
    const name = `${formatRepository(target.repository)}:${copy.tag}`
    const mounted = copy.mounted === 0 ? '' : `, ${String(copy.mounted)} mounted`
    deps.print(
      image.request,
      `Copied to ${name}: ${String(copy.sent)} blobs sent (${formatBytes(copy.bytes)})${mounted}, ${String(copy.present)} present, ${String(copy.attachments)} attachments`
    )
    for (const warning of copy.warnings) deps.print(image.request, warning)
    return {target, outcome: 'copied', copy}
  } catch (error) {
    if (!(error instanceof VerifiedImageError) || signal.aborted) throw error
    return {target, outcome: 'failed', error}
  }
}

function present(
  {target, plan, state}: Extract<TargetPrepared, {kind: 'ready'}>,
  {attachments}: PreparedImage
): TargetResult {
  const listed = attachments.referrers.filter(digest => state.referrers.has(digest)).length
  return {target, outcome: 'present', plan, attachments: listed + state.attachmentTags.size}
}

function planned(plan: TargetPrepared): TargetResult {
  return plan.kind === 'failed' ? plan.result : {target: plan.target, outcome: 'planned', plan: plan.plan}
}

/** A target that had everything is right, whatever the source serves now. */
function unsent(plan: TargetPrepared, image: PreparedImage): TargetResult {
  if (plan.kind === 'failed') return plan.result
  if (isComplete(plan.plan)) return present(plan, image)
  const error = new VerifiedImageError({
    kind: 'unusable',
    detail: 'nothing was sent, because the image could not be verified'
  })
  return {target: plan.target, outcome: 'failed', error}
}
