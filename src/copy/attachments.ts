// Finds what is attached to an image and its children: referrers, their own referrers, and the tags that cosign keeps signatures under.
// Registries answer with more than that: what does not name its subject, or is a child of the image, is not attached.

import {VerifiedImageError} from '../failure/error.ts'
import {type Attempting, readManifestAt} from './read-manifest.ts'
import {withRetry} from '../fetch/retry.ts'
import type {Digest} from '../oci/digest.ts'
import {listReferrers, type ReferrersList, referrersTag} from '../registry/referrers.ts'
import {createTaskGroup} from '../concurrency/task-group.ts'
import {type Closure, type SourceManifest, walkManifest} from './closure.ts'
import {firstOf, type SourceContent, type SourcePlace} from './source-content.ts'

/** A tag of the form `sha256-HEX.sig`, and the manifest that it names. */
export type AttachmentTag = {readonly tag: string; readonly digest: Digest}

export type Attachments = {
  /** Without those of the image; what an attachment names comes before it. */
  readonly manifests: readonly SourceManifest[]
  /** The digests of referrers: manifests with a subject. */
  readonly referrers: readonly Digest[]
  readonly tags: readonly AttachmentTag[]
  readonly warnings: readonly string[]
}

export const NO_ATTACHMENTS: Attachments = {manifests: [], referrers: [], tags: [], warnings: []}

/** cosign 2 keeps signatures, attestations, and SBOMs under these. */
const SUFFIXES = ['.sig', '.att', '.sbom'] as const

// Referrers of referrers: a signature of an SBOM. More than that is not in use.
const MAX_DEPTH = 3
const MAX_ATTACHMENTS = 1000

// Each is a short request, and most of them are answered with 404.
const REQUESTS_AT_ONCE = 4

/** Fails where no registry that may know can say what is attached: a copy without it would look complete. */
export async function findAttachments(
  content: SourceContent,
  {manifests}: Closure,
  signal: AbortSignal
): Promise<Attachments> {
  const places = content.places.filter(({isTrusted}) => isTrusted)
  return firstOf(places, place => findAt(content, place, manifests, signal))
}

async function findAt(
  content: SourceContent,
  place: SourcePlace,
  image: readonly SourceManifest[],
  outer: AbortSignal
): Promise<Attachments> {
  const own = new Set(image.map(({digest}) => digest))
  const found = new Map<Digest, SourceManifest>()
  const referrers = new Set<Digest>()
  const warnings: string[] = []
  const tags: AttachmentTag[] = []
  const group = createTaskGroup({signal: outer, limit: REQUESTS_AT_ONCE, continuesAfter: () => false})
  const attemptingOf =
    (object: 'referrers' | 'signature'): Attempting =>
    run =>
      withRetry({...place.retry, signal: group.signal}, object, run)

  async function add(digest: Digest, isAttached: (manifest: SourceManifest) => boolean): Promise<boolean> {
    const {root, manifests} = await walkManifest(content, {digest})
    if (!isAttached(root)) return false
    for (const manifest of manifests) if (!own.has(manifest.digest)) found.set(manifest.digest, manifest)
    return true
  }
  async function addReferrers(subject: Digest, depth: number): Promise<void> {
    const list = await referrersOf(content, place, subject, group.signal)
    if (list?.isCutShort === true || found.size > MAX_ATTACHMENTS)
      warnings.push(`${subject} has more referrers than are copied`)
    for (const {digest} of list?.referrers ?? []) {
      if (own.has(digest) || referrers.has(digest) || referrers.size >= MAX_ATTACHMENTS) continue
      if (!(await add(digest, manifest => manifest.subject === subject))) continue
      referrers.add(digest)
      if (depth < MAX_DEPTH) await addReferrers(digest, depth + 1)
    }
  }
  async function addTag(tag: string): Promise<void> {
    const manifest = await readManifestAt(content.registry, place.repository, tag, attemptingOf('signature'))
    if (manifest === undefined) return
    if (await add(manifest.digest, () => true)) tags.push({tag, digest: manifest.digest})
  }

  const work = image.flatMap(({digest}) => [
    () => addReferrers(digest, 1),
    ...SUFFIXES.map(suffix => () => addTag(`${referrersTag(digest)}${suffix}`))
  ])
  const running = work.map(task => group.run(task))
  await group.wait()
  await Promise.all(running)
  return {
    manifests: [...found.values()],
    referrers: [...referrers].toSorted(),
    tags: tags.toSorted((a, b) => a.tag.localeCompare(b.tag)),
    warnings: [...new Set(warnings)]
  }
}

function referrersOf(
  {registry}: SourceContent,
  {repository, retry}: SourcePlace,
  digest: Digest,
  signal: AbortSignal
): Promise<ReferrersList | undefined> {
  return listReferrers(
    {registry, attempt: (object, run) => withRetry({...retry, signal}, object, run)},
    {repository, digest}
  ).catch((error: unknown) => {
    // Some registries and caches answer what they do not know with 401 or 403, for a repository that they serve.
    if (error instanceof VerifiedImageError && ['denied', 'unauthorized'].includes(error.failure.kind)) return undefined
    throw error
  })
}
