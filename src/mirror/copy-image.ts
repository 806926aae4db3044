// The second half of a copy: verifies the whole image, and then sends each target what it lacks.
// Nothing of an image that fails its verification is written anywhere.

import {copyToTarget} from '../copy/copy-to-target.ts'
import {isComplete, planCopy} from '../copy/copy-plan.ts'
import {fetchBlobs, withoutBlobs, withoutLost} from '../copy/lost-blobs.ts'
import {VerifiedImageError} from '../failure/error.ts'
import type {Acquisition} from '../acquire/acquisition.ts'
import {formatBytes, formatCount} from '../failure/format.ts'
import {renderResult} from '../report/log-lines.ts'
import {omitUndefined} from '../oci/omit-undefined.ts'
import {formatRepository} from '../oci/reference.ts'
import type {MirrorResult, TargetResult} from './mirror-result.ts'
import {acquireAt, type MirrorDeps, type PreparedImage, type TargetPrepared} from './prepare-image.ts'

/** Closes the store of the image. */
export async function copyPrepared(image: PreparedImage, deps: MirrorDeps): Promise<MirrorResult> {
  try {
    if (deps.mirror.dryRun) return {...common(image), targets: image.plans.map(plan => planned(plan, image))}
    const acquisition = needsContent(image) ? await verifyWhole(image, deps) : image.acquisition
    const {detail} = renderResult(acquisition, true)
    if (detail !== undefined) deps.print(image.request, detail)
    if (acquisition.image === undefined)
      return {...common(image), acquisition, targets: image.plans.map(plan => unsent(plan, image))}
    const whole = await fetchMissing({...image, acquisition}, deps)
    const targets: TargetResult[] = []
    for (const plan of whole.plans) targets.push(await copyOne(plan, whole, deps))
    return {...common(whole), targets}
  } catch (error) {
    if (!(error instanceof VerifiedImageError) || deps.acquire.signal.aborted) throw error
    return {...common(image), targets: [], uncopied: {error, registry: image.source.registry}}
  } finally {
    await image.store.close()
  }
}

function common({request, digest, acquisition}: PreparedImage): Omit<MirrorResult, 'targets'> {
  return {request, digest, acquisition, uncopied: undefined}
}

function needsContent({plans}: PreparedImage): boolean {
  return plans.some(plan => plan.kind === 'ready' && plan.plan.sendsImage)
}

/** The digest is that of the manifests which were read before, whatever the tag leads to by now. */
async function verifyWhole(image: PreparedImage, deps: MirrorDeps): Promise<Acquisition> {
  const {request, digest} = image
  const pinned = {...request, reference: {...request.reference, digest}}
  const verified = await acquireAt('full', {...image, request: pinned}, deps)
  // What decided the digest, whether its tag has moved, and who signed it, was found out before.
  const {resolved, moved, signature} = image.acquisition
  const known = omitUndefined({resolved, moved, signature})
  return {...verified, ...known, request: {...verified.request, image: request}}
}

/** Fetches what is not in the store yet: attachments. What no registry has is left out of the plans. */
async function fetchMissing(image: PreparedImage, {acquire}: MirrorDeps): Promise<PreparedImage> {
  const {content, source, plans} = image
  const blobs = new Map(
    plans.flatMap(plan => (plan.kind === 'ready' ? plan.plan.blobs : [])).map(one => [one.digest, one])
  )
  const lost = await fetchBlobs(content, [...blobs.values()], acquire.signal)
  if (lost.size === 0) return image
  const closure = withoutBlobs(image.closure, lost)
  const attachments = withoutLost(image.attachments, lost, source)
  const again = (plan: TargetPrepared): TargetPrepared =>
    plan.kind === 'failed' ? plan : {...plan, plan: planCopy(closure, attachments, plan.state, plan.target.tag)}
  return {...image, closure, attachments, plans: plans.map(again)}
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
      `Copied to ${name}: ${formatCount(copy.sent, 'blob')} sent (${formatBytes(copy.bytes)})${mounted}, ${String(copy.present)} present, ${formatCount(copy.attachments, 'attachment')}`
    )
    if (copy.formerTag !== undefined)
      deps.print(image.request, `The tag ${target.tag} moved; its former digest is at ${copy.formerTag}`)
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
  const {warnings} = attachments
  return {target, outcome: 'present', plan, attachments: listed + state.attachmentTags.size, warnings}
}

function planned(plan: TargetPrepared, image: PreparedImage): TargetResult {
  if (plan.kind === 'failed') return plan.result
  return isComplete(plan.plan)
    ? present(plan, image)
    : {target: plan.target, outcome: 'planned', plan: plan.plan, warnings: image.attachments.warnings}
}

/** A target that had everything is right, whatever the source serves now. */
function unsent(plan: TargetPrepared, image: PreparedImage): TargetResult {
  if (plan.kind === 'failed') return plan.result
  if (isComplete(plan.plan)) return present(plan, image)
  return {target: plan.target, outcome: 'unsent'}
}
