// Plans a copy: what the target lacks, in the order in which it is sent, and what happens to the tag. Pure: it compares what the image has
// with what the target has.

import type {Digest} from '../oci/digest.ts'
import type {Descriptor} from '../oci/manifest.ts'
import {type Attachments, type AttachmentTag} from './attachments.ts'
import {blobsOfManifests, type Closure, type SourceManifest} from './closure.ts'

/** What a target has of an image. */
export type TargetState = {
  /** The digest under the tag. */
  readonly tagged: Digest | undefined
  /** Manifests that are there, with the right bytes. */
  readonly manifests: ReadonlySet<Digest>
  readonly blobs: ReadonlySet<Digest>
  /** What is under each tag of an attachment. */
  readonly attachmentTags: ReadonlyMap<string, Digest>
  /** Referrers that the target lists. */
  readonly referrers: ReadonlySet<Digest>
}

export type CopyPlan = {
  /** To send, each once. */
  readonly blobs: readonly Descriptor[]
  readonly blobsPresent: number
  /** Bytes of the blobs to send, before any is mounted. */
  readonly bytes: number
  /** To send by digest, in this order: children, the index, attachments. */
  readonly manifests: readonly SourceManifest[]
  /** Whether a blob or manifest of the image itself is among them: the image is verified as a whole then. */
  readonly sendsImage: boolean
  /** Referrers that the target must list afterwards, and does not yet. */
  readonly referrers: readonly SourceManifest[]
  readonly attachmentTags: readonly AttachmentTag[]
  readonly tag: TagPlan
}

export type TagPlan =
  | {readonly kind: 'keep'}
  | {readonly kind: 'create'}
  /** The former digest gets a tag of its own first. */
  | {readonly kind: 'move'; readonly former: Digest; readonly formerTag: string}

export function planCopy(
  {root, manifests}: Closure,
  attachments: Attachments,
  state: TargetState,
  tag: string
): CopyPlan {
  const isMissing = ({digest}: SourceManifest): boolean => !state.manifests.has(digest)
  const all = blobsOfManifests([...manifests, ...attachments.manifests])
  const blobs = all.filter(({digest}) => !state.blobs.has(digest))
  const ofImage = new Set(blobsOfManifests(manifests).map(({digest}) => digest))
  const imageManifests = manifests.filter(isMissing)
  const referrers = new Set(attachments.referrers)
  return {
    blobs,
    blobsPresent: all.length - blobs.length,
    bytes: blobs.reduce((sum, {size}) => sum + size, 0),
    manifests: [...imageManifests, ...attachments.manifests.filter(isMissing)],
    sendsImage: imageManifests.length > 0 || blobs.some(({digest}) => ofImage.has(digest)),
    referrers: attachments.manifests.filter(({digest}) => referrers.has(digest) && !state.referrers.has(digest)),
    attachmentTags: attachments.tags.filter(({tag: name, digest}) => state.attachmentTags.get(name) !== digest),
    tag: planTag(tag, root.digest, state.tagged)
  }
}

/** Whether the target has everything already. */
export function isComplete({blobs, manifests, referrers, attachmentTags, tag}: CopyPlan): boolean {
  return (
    blobs.length === 0 &&
    manifests.length === 0 &&
    referrers.length === 0 &&
    attachmentTags.length === 0 &&
    tag.kind === 'keep'
  )
}

function planTag(tag: string, digest: Digest, tagged: Digest | undefined): TagPlan {
  if (tagged === digest) return {kind: 'keep'}
  return tagged === undefined ? {kind: 'create'} : {kind: 'move', former: tagged, formerTag: digestTag(tag, tagged)}
}

// A tag has at most 128 characters.
const MAX_TAG_LENGTH = 128
const SHORT_DIGEST_LENGTH = 12

/** `TAG-<first 12 hexadecimal digits>`: a tag for one digest, which keeps it from registries that delete what has no tag. */
export function digestTag(tag: string, digest: Digest): string {
  const suffix = `-${digest.slice(digest.indexOf(':') + 1).slice(0, SHORT_DIGEST_LENGTH)}`
  return `${tag.slice(0, MAX_TAG_LENGTH - suffix.length)}${suffix}`
}

/** The tag of a copy: the requested one, or one made of the digest. */
export function tagOfCopy(tag: string | undefined, digest: Digest): string {
  return tag ?? digestTag('digest', digest)
}
