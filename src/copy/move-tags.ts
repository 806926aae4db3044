// The tags of a copy, the last that is written.
// A tag that moves leaves its former digest a tag of its own.

import {fail, VerifiedImageError} from '../failure/error.ts'
import type {Repository} from '../oci/reference.ts'
import type {SourceManifest} from './closure.ts'
import {type CopyDeps, type CopyJob, putManifest} from './copy-job.ts'
import {digestTag} from './copy-plan.ts'
import {decodeRawManifest} from './raw-manifest.ts'
import type {ReadManifest} from './read-manifest.ts'

export type TagOfCopy = {
  /** The tag that leads to the image. */
  readonly tag: string
  /** The tag that keeps the former digest. */
  readonly formerTag: string | undefined
  readonly warnings: readonly string[]
}

/** Moves the tags of attachments. A tag with signatures that the source does not have is left as it is. */
export async function moveAttachmentTags(
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
  const current = await registry.readManifest({repository, reference: tag})
  const decoded = current && decodeRawManifest(current.bytes, current.mediaType)
  if (decoded?.ok !== true) return true
  const ours = new Set(blobs.map(({digest}) => digest))
  // The config of a signature lists its layers, and so always differs.
  return decoded.value.blobs.slice(1).every(({digest}) => ours.has(digest))
}

/** Moves the tag to the image. Where tags are immutable, a longer one leads to it. */
export async function moveTag(job: CopyJob, deps: CopyDeps): Promise<TagOfCopy> {
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
    const there = await deps.registry.readManifest({repository, reference: longTag, wanted: closure.root.digest})
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
  const there = await registry.readManifest({repository, reference: formerTag, wanted: former.digest})
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
