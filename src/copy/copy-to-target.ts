// Copies a verified image to one target, in the order that leaves nothing half done under a tag: blobs, children by digest, the index by
// digest, attachments, and the tag last. Then it reads back what it sent, and compares.

import {createTaskGroup} from '../concurrency/task-group.ts'
import type {Digest} from '../oci/digest.ts'
import type {Descriptor} from '../oci/manifest.ts'
import {type CopyDeps, type CopyJob, putManifest} from './copy-job.ts'
import {moveAttachmentTags, type TagOfCopy, moveTag} from './move-tags.ts'
import {readBack} from './read-back.ts'
import {addToReferrersTag} from './referrers-tag.ts'
import {type BlobOutcome, UPLOADS_AT_ONCE} from './target-registry.ts'
import {subjectsOf} from './target-state.ts'

export type CopyResult = TagOfCopy & {
  readonly sent: number
  readonly mounted: number
  readonly present: number
  /** Of the blobs that were sent. */
  readonly bytes: number
  /** Attachments that the target lists or has under their tags. */
  readonly attachments: number
}

/**
 * Copies what is on this machine: all blobs of the plan are in the store. Rejects with a VerifiedImageError of the target; the tag
 * is then as it was before, or leads to the whole image.
 */
export async function copyToTarget(job: CopyJob, deps: CopyDeps): Promise<CopyResult> {
  const {target, plan, attachments} = job
  const warnings: string[] = [...attachments.warnings]
  const blobs = await sendBlobs(job, deps)
  const unlisted = await sendManifests(job, deps)
  warnings.push(...(await addReferrers(job, unlisted, deps)), ...(await moveAttachmentTags(job, deps)))
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

/** The uploads under way end after a failure, and no other begins: what has arrived need not be sent again. */
async function sendBlobs({plan, target, source}: CopyJob, {registry, content, signal}: CopyDeps): Promise<SentBlobs> {
  const {repository} = target
  const group = createTaskGroup({signal, limit: UPLOADS_AT_ONCE, continuesAfter: () => false})
  registry.expectBytes(plan.bytes)
  const outcomes: {readonly blob: Descriptor; readonly outcome: BlobOutcome}[] = []
  // The largest first: the one that takes longest must not start last.
  for (const blob of plan.blobs.toSorted((a, b) => b.size - a.size))
    void group.run(async () => {
      const path = content.fileOf(blob.digest)
      outcomes.push({blob, outcome: await registry.putBlob({repository, blob, path, source})})
    })
  await group.wait()
  const sent = outcomes.filter(({outcome}) => outcome === 'sent')
  const count = (wanted: BlobOutcome): number => outcomes.filter(({outcome}) => outcome === wanted).length
  return {
    sent: sent.length,
    mounted: count('mounted'),
    present: count('present'),
    bytes: sent.reduce((sum, {blob}) => sum + blob.size, 0),
    // A mount was read back at once.
    sentDigests: new Set(sent.map(({blob}) => blob.digest))
  }
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

/** Adds referrers to the tags that list them, where the registry does not by itself. Resolves to warnings. */
async function addReferrers(
  {plan, target, attachments}: CopyJob,
  unlisted: ReadonlySet<Digest>,
  deps: CopyDeps
): Promise<readonly string[]> {
  const {repository} = target
  const warnings: string[] = []
  const sent = new Set(plan.manifests.map(({digest}) => digest))
  for (const subject of subjectsOf(attachments)) {
    // Those that were there before may be missing in the list: another run was ended between the two steps.
    const referrers = plan.referrers.filter(
      manifest => manifest.subject === subject && (unlisted.has(manifest.digest) || !sent.has(manifest.digest))
    )
    const warning = referrers.length === 0 ? undefined : await addToReferrersTag({repository, subject, referrers}, deps)
    if (warning !== undefined) warnings.push(warning)
  }
  return warnings
}
