// Copies a verified image to one target, in the order that leaves nothing half done under a tag: blobs, children by digest, the index by
// digest, attachments, and the tag last. Then it reads back what it sent, and compares.

import {fail, VerifiedImageError} from '../failure/error.ts'
import {backoffAfter} from '../fetch/backoff.ts'
import type {RetryContext} from '../fetch/retry.ts'
import type {Digest} from '../oci/digest.ts'
import type {Repository} from '../oci/reference.ts'
import type {ManifestPut} from '../push/push-client.ts'
import {type Attachments} from './attachments.ts'
import {type Closure, type SourceManifest} from './closure.ts'
import {type CopyPlan, digestTag} from './copy-plan.ts'
import {decodeRawManifest} from './raw-manifest.ts'
import type {ReadManifest} from './read-manifest.ts'
import {addToReferrersTag} from './referrers-tag.ts'
import type {SourceContent} from './source-content.ts'
import type {TargetRegistry} from './target-registry.ts'
import {type FoundAtTarget, listedReferrers, subjectsOf, type Target} from './target-state.ts'

export type CopyJob = {
  readonly target: Target
  /** The repository that the image is from. */
  readonly source: Repository
  readonly closure: Closure
  readonly attachments: Attachments
  readonly state: FoundAtTarget
  readonly plan: CopyPlan
}

export type CopyDeps = Pick<RetryContext, 'clock' | 'random' | 'backoff' | 'signal'> & {
  readonly registry: TargetRegistry
  readonly content: SourceContent
}

export type CopyResult = {
  readonly sent: number
  readonly mounted: number
  readonly present: number
  /** Of the blobs that were sent. */
  readonly bytes: number
  /** Attachments that the target lists or has under their tags. */
  readonly attachments: number
  /** The tag that leads to the image. */
  readonly tag: string
  /** The tag that keeps the former digest of a tag that moved. */
  readonly formerTag: string | undefined
  readonly warnings: readonly string[]
}

/** Rejects with a VerifiedImageError; the tag is then as it was before, or leads to the whole image. */
export async function copyToTarget(job: CopyJob, deps: CopyDeps): Promise<CopyResult> {
  const {target, plan, attachments} = job
  const warnings: string[] = [...attachments.warnings]
  const blobs = await sendBlobs(job, deps)
  const unlisted = await sendManifests(job, deps)
  await listReferrersOfTarget(job, unlisted, deps)
  for (const warning of await moveAttachmentTags(job, deps)) warnings.push(warning)
  const {tag, formerTag, warnings: ofTag} = await moveTag(job, deps)
  warnings.push(...ofTag)
  const found = await readBack(job, {tag, sentBlobs: blobs.sentDigests}, deps)
  const expected = attachments.referrers.length + attachments.tags.length
  if (found < expected)
    warnings.push(`${target.repository.registry} lists ${String(found)} of ${String(expected)} attachments`)
  return {
    sent: blobs.sent,
    mounted: blobs.mounted,
    present: plan.blobsPresent + blobs.present,
    bytes: blobs.bytes,
    attachments: found,
    tag,
    formerTag,
    warnings
  }
}

type SentBlobs = Pick<CopyResult, 'sent' | 'mounted' | 'present' | 'bytes'> & {
  readonly sentDigests: ReadonlySet<Digest>
}

async function sendBlobs({plan, target, source}: CopyJob, {registry, content}: CopyDeps): Promise<SentBlobs> {
  const {repository} = target
  // The largest first: the one that takes longest must not start last.
  const largestFirst = plan.blobs.toSorted((a, b) => b.size - a.size)
  const outcomes = await allOrFirstError(
    largestFirst.map(async blob => {
      // The manifest names it, and no registry need have it.
      if (!(await content.ensureBlob(blob))) return {blob, outcome: 'absent' as const}
      const path = content.fileOf(blob.digest)
      return {blob, outcome: await registry.putBlob({repository, blob, path, source})}
    })
  )
  const sent = outcomes.filter(({outcome}) => outcome === 'sent')
  const count = (wanted: string): number => outcomes.filter(({outcome}) => outcome === wanted).length
  return {
    sent: sent.length,
    mounted: count('mounted'),
    present: count('present'),
    bytes: sent.reduce((sum, {blob}) => sum + blob.size, 0),
    sentDigests: new Set(outcomes.flatMap(({outcome, blob}) => (outcome === 'absent' ? [] : [blob.digest])))
  }
}

/** Waits for all, so that nothing goes on after a failure has been reported. */
async function allOrFirstError<T>(running: readonly Promise<T>[]): Promise<readonly T[]> {
  await Promise.allSettled(running)
  return Promise.all(running)
}

/** Resolves to the referrers that the registry stored, and did not recognize as such. */
async function sendManifests({plan, target}: CopyJob, deps: CopyDeps): Promise<ReadonlySet<Digest>> {
  const unlisted = new Set<Digest>()
  for (const manifest of plan.manifests) {
    const put = await putManifest(target.repository, manifest.digest, manifest, deps)
    if (put.kind === 'stored' && !put.knowsSubject) unlisted.add(manifest.digest)
  }
  return unlisted
}

async function putManifest(
  repository: Repository,
  reference: string,
  {digest, size, mediaType}: Pick<SourceManifest, 'digest' | 'size' | 'mediaType'>,
  {registry, content}: CopyDeps
): Promise<ManifestPut> {
  const bytes = await content.manifest({digest, size})
  return registry.attempt(repository, 'manifest', request =>
    registry.client.putManifest({...request, reference, bytes, mediaType})
  )
}

async function listReferrersOfTarget(
  {plan, target, attachments}: CopyJob,
  unlisted: ReadonlySet<Digest>,
  {registry}: CopyDeps
): Promise<void> {
  const {repository} = target
  const sent = new Set(plan.manifests.map(({digest}) => digest))
  for (const subject of subjectsOf(attachments)) {
    // Those that were there before may be missing in the list: another run was ended between the two steps.
    const missing = plan.referrers.filter(
      manifest => manifest.subject === subject && (unlisted.has(manifest.digest) || !sent.has(manifest.digest))
    )
    if (missing.length > 0) await addToReferrersTag(registry, repository, subject, missing)
  }
}

/** Moves the tags of attachments. A tag with signatures that the source does not have is left as it is. */
async function moveAttachmentTags(
  {plan, target, attachments, state}: CopyJob,
  deps: CopyDeps
): Promise<readonly string[]> {
  const {repository} = target
  const warnings: string[] = []
  for (const {tag, digest} of plan.attachmentTags) {
    const manifest = attachments.manifests.find(one => one.digest === digest)
    if (manifest === undefined) continue
    if (state.attachmentTags.has(tag) && !(await isExtended(repository, tag, manifest, deps))) {
      warnings.push(`${tag} has content of its own at the target, and is left as it is`)
      continue
    }
    const put = await putManifest(repository, tag, manifest, deps)
    if (put.kind === 'immutable') warnings.push(`${tag} cannot be updated: tags are immutable`)
  }
  return warnings
}

/** Whether the manifest has all layers of the one under the tag. */
async function isExtended(
  repository: Repository,
  tag: string,
  {blobs}: SourceManifest,
  {registry}: CopyDeps
): Promise<boolean> {
  const current = await registry.readManifest(repository, tag)
  const decoded = current && decodeRawManifest(current.bytes, current.mediaType)
  if (decoded?.ok !== true) return true
  const ours = new Set(blobs.map(({digest}) => digest))
  // The config of a signature lists its layers, and so always differs.
  return decoded.value.blobs.slice(1).every(({digest}) => ours.has(digest))
}

type MovedTagOfTarget = Pick<CopyResult, 'tag' | 'formerTag' | 'warnings'>

async function moveTag(job: CopyJob, deps: CopyDeps): Promise<MovedTagOfTarget> {
  const {target, closure, plan, state} = job
  const {repository, tag} = target
  if (plan.tag.kind === 'keep') return {tag, formerTag: undefined, warnings: []}
  const warnings: string[] = []
  let formerTag: string | undefined
  if (plan.tag.kind === 'move' && state.taggedManifest !== undefined) {
    const warning = await keepFormer(repository, plan.tag.formerTag, state.taggedManifest, deps)
    if (warning === undefined) ({formerTag} = plan.tag)
    else warnings.push(warning)
  }
  const put = await putManifest(repository, tag, closure.root, deps)
  if (put.kind === 'stored') return {tag, formerTag, warnings}
  const longTag = digestTag(tag, closure.root.digest)
  const long = await putManifest(repository, longTag, closure.root, deps)
  // The same tag of an earlier run has the same digest.
  if (long.kind === 'immutable') {
    const there = await deps.registry.readManifest(repository, longTag)
    if (there?.digest !== closure.root.digest)
      fail({kind: 'denied', status: 403, credentials: 'none', detail: `tags are immutable: ${put.detail}`})
  }
  const text = `The tag ${tag} is immutable at ${repository.registry} and keeps its digest; the image is at ${longTag}`
  return {tag: longTag, formerTag, warnings: [...warnings, text]}
}

/** Gives the former digest a tag of its own. Returns a warning where it cannot be kept because it is not complete. */
async function keepFormer(
  repository: Repository,
  formerTag: string,
  former: ReadManifest,
  {registry}: CopyDeps
): Promise<string | undefined> {
  const there = await registry.readManifest(repository, formerTag)
  if (there?.digest === former.digest) return undefined
  const decoded = decodeRawManifest(former.bytes, former.mediaType)
  const mediaType = decoded.ok ? decoded.value.mediaType : (former.mediaType ?? 'application/octet-stream')
  try {
    await registry.attempt(repository, 'manifest', request =>
      registry.client.putManifest({...request, reference: formerTag, bytes: former.bytes, mediaType})
    )
    return undefined
  } catch (error) {
    const isRefused = error instanceof VerifiedImageError && ['protocol', 'not-found'].includes(error.failure.kind)
    if (!isRefused) throw error
    return `The former digest ${former.digest} could not be kept as ${formerTag}: ${error.message}`
  }
}

type Expected = {readonly tag: string; readonly sentBlobs: ReadonlySet<Digest>}

/** Compares what was sent with what the target serves now. Resolves to the number of attachments that it lists. */
async function readBack(
  {target, closure, attachments, plan}: CopyJob,
  {tag, sentBlobs}: Expected,
  deps: CopyDeps
): Promise<number> {
  const {repository} = target
  const {registry} = deps
  await eventually(deps, `the tag ${tag}`, closure.root.digest, async () => {
    const found = await registry.readManifest(repository, tag)
    return found?.digest
  })
  await allOrFirstError([
    ...plan.manifests.map(({digest}) =>
      eventually(deps, 'a manifest', digest, async () => (await registry.readManifest(repository, digest))?.digest)
    ),
    ...plan.blobs
      .filter(({digest}) => sentBlobs.has(digest))
      .map(blob =>
        eventually(deps, 'a blob', blob.digest, async () =>
          (await registry.hasBlob(repository, blob)) ? blob.digest : undefined
        )
      )
  ])
  const listed = await listedReferrers(registry, repository, subjectsOf(attachments))
  const tags = await Promise.all(attachments.tags.map(({tag: name}) => registry.readManifest(repository, name)))
  return (
    attachments.referrers.filter(digest => listed.has(digest)).length + tags.filter(found => found !== undefined).length
  )
}

/** Reads until the target shows what was sent to it: a registry with several regions may need a moment. */
async function eventually(
  {clock, random, backoff, signal}: CopyDeps,
  what: string,
  wanted: Digest,
  read: () => Promise<Digest | undefined>
): Promise<void> {
  for (let ordinal = 1; ; ordinal++) {
    const got = await read()
    if (got === wanted) return
    const waitMs = backoffAfter(backoff, ordinal, undefined, random())
    if (ordinal < backoff.attempts && waitMs !== 'too long') await clock.wait(waitMs, signal)
    else if (got === undefined)
      fail({kind: 'not-found', status: 404, detail: `${what} ${wanted} was stored, and cannot be read back`})
    else fail({kind: 'digest-disagrees', wanted, got, decidedBy: `what was copied to ${what}`})
  }
}
