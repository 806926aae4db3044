// Finds out what a target has of an image: manifests by GET, whose bytes are compared, and blobs by HEAD.
// Nothing is written.

import {VerifiedImageError} from '../failure/error.ts'
import {type Digest} from '../oci/digest.ts'
import type {Descriptor} from '../oci/manifest.ts'
import type {Repository} from '../oci/reference.ts'
import {listReferrers, type ReferrersList} from '../registry/referrers.ts'
import {type Attachments} from './attachments.ts'
import {blobsOfManifests, type Closure} from './closure.ts'
import type {TargetState} from './copy-plan.ts'
import type {ReadManifest} from './read-manifest.ts'
import type {TargetRegistry} from './target-registry.ts'

export type Target = {readonly repository: Repository; readonly tag: string}

export type FoundAtTarget = TargetState & {
  /** What is under the tag: it is kept under another tag when the tag moves. */
  readonly taggedManifest: ReadManifest | undefined
}

export async function readTargetState(
  registry: TargetRegistry,
  {repository, tag}: Target,
  {root, manifests: image}: Closure,
  attachments: Attachments
): Promise<FoundAtTarget> {
  const taggedManifest = await registry.readManifest(repository, tag)
  const isTagged = taggedManifest?.digest === root.digest
  const hasRoot = isTagged || (await hasManifest(registry, repository, root.digest))
  // Without the index, its children are sent again: that costs less than to ask for each of them.
  const others = hasRoot ? image.filter(({digest}) => digest !== root.digest) : []
  const [manifests, blobs, tags, referrers] = await Promise.all([
    present([...others, ...attachments.manifests], ({digest}) => hasManifest(registry, repository, digest)),
    present(blobsOfManifests([...image, ...attachments.manifests]), blob => hasBlob(registry, repository, blob)),
    Promise.all(
      attachments.tags.map(async ({tag: name}) => [name, await registry.readManifest(repository, name)] as const)
    ),
    hasRoot ? listedReferrers(registry, repository, subjectsOf(attachments)) : new Set<Digest>()
  ])
  return {
    taggedManifest,
    tagged: taggedManifest?.digest,
    manifests: new Set([...(hasRoot ? [root.digest] : []), ...manifests]),
    blobs,
    attachmentTags: new Map(tags.flatMap(([name, found]) => (found === undefined ? [] : [[name, found.digest]]))),
    referrers
  }
}

/** The digests that have referrers among the attachments. */
export function subjectsOf({manifests, referrers}: Attachments): readonly Digest[] {
  const listed = new Set(referrers)
  const subjects = manifests.flatMap(({digest, subject}) =>
    subject !== undefined && listed.has(digest) ? [subject] : []
  )
  return [...new Set(subjects)]
}

/** The digests that the target lists as referrers of these subjects. */
export async function listedReferrers(
  registry: TargetRegistry,
  repository: Repository,
  subjects: readonly Digest[]
): Promise<ReadonlySet<Digest>> {
  const lists = await Promise.all(subjects.map(subject => listAtTarget(registry, repository, subject)))
  return new Set(lists.flatMap(list => list?.referrers.map(({digest}) => digest) ?? []))
}

export function listAtTarget(
  {client, attempt}: TargetRegistry,
  repository: Repository,
  digest: Digest
): Promise<ReferrersList | undefined> {
  return listReferrers(
    {registry: client.reader, attempt: (object, run) => attempt(repository, object, run)},
    {repository, digest}
  )
}

// A manifest whose bytes were damaged in the storage of the registry is sent again.
async function hasManifest(registry: TargetRegistry, repository: Repository, digest: Digest): Promise<boolean> {
  try {
    return (await registry.readManifest(repository, digest)) !== undefined
  } catch (error) {
    if (error instanceof VerifiedImageError && ['corrupt', 'too-large', 'truncated'].includes(error.failure.kind))
      return false
    throw error
  }
}

function hasBlob(registry: TargetRegistry, repository: Repository, blob: Descriptor): Promise<boolean> {
  return registry.hasBlob(repository, blob)
}

async function present<T extends {readonly digest: Digest}>(
  all: readonly T[],
  isThere: (one: T) => Promise<boolean>
): Promise<ReadonlySet<Digest>> {
  const found = await Promise.all(all.map(async one => ((await isThere(one)) ? [one.digest] : [])))
  return new Set(found.flat())
}
