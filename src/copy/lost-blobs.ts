// Fetches the blobs that targets lack, before anything is sent, so that a failure of the source is never one of a target.
// Two kinds of blobs may be nowhere: a layer that registries need not hold, and a part of an attachment that the source has lost.

import type {Digest} from '../oci/digest.ts'
import type {Descriptor} from '../oci/manifest.ts'
import type {Repository} from '../oci/reference.ts'
import {createTaskGroup} from '../concurrency/task-group.ts'
import {type Attachments, describeLost} from './attachments.ts'
import type {Closure, SourceManifest} from './closure.ts'
import type {SourceContent} from './source-content.ts'

/** Puts blobs into the store. Resolves to those that no registry of the image has; rejects with any other failure of the source. */
export async function fetchBlobs(
  content: Pick<SourceContent, 'ensureBlob'>,
  blobs: readonly Descriptor[],
  outer: AbortSignal
): Promise<ReadonlySet<Digest>> {
  const lost = new Set<Digest>()
  // The fetcher knows how many may be fetched at a time.
  const group = createTaskGroup({signal: outer, limit: Number.POSITIVE_INFINITY, continuesAfter: () => false})
  for (const blob of blobs)
    void group.run(async () => {
      if (!(await content.ensureBlob(blob))) lost.add(blob.digest)
    })
  await group.wait()
  return lost
}

/** The manifests without blobs that are nowhere: their layers need not be at a registry. */
export function withoutBlobs({root, manifests}: Closure, lost: ReadonlySet<Digest>): Closure {
  return {
    root,
    manifests: manifests.map(manifest => ({
      ...manifest,
      blobs: manifest.blobs.filter(({digest}) => !lost.has(digest))
    }))
  }
}

/** The attachments that are whole. A warning says what each other one lacks. */
export function withoutLost(
  {manifests, referrers, tags, warnings}: Attachments,
  lost: ReadonlySet<Digest>,
  source: Repository
): Attachments {
  const broken = new Set<Digest>()
  const isBroken = ({blobs, children}: SourceManifest): boolean =>
    blobs.some(({digest}) => lost.has(digest)) || children.some(({digest}) => broken.has(digest))
  // Children come before what names them.
  for (const manifest of manifests) if (isBroken(manifest)) broken.add(manifest.digest)
  const isWhole = (digest: Digest): boolean => !broken.has(digest)
  return {
    manifests: manifests.filter(({digest}) => isWhole(digest)),
    referrers: referrers.filter(isWhole),
    tags: tags.filter(({digest}) => isWhole(digest)),
    warnings: [...warnings, ...[...broken].map(digest => describeLost(digest, source))]
  }
}
