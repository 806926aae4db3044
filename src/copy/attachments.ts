// Finds what is attached to an image and its children: referrers, their own referrers, and the tags that cosign keeps signatures under.
// Registries answer with more than that: what does not name its subject, or is a child of the image, is not attached.

import {VerifiedImageError} from '../failure/error.ts'
import {type Attempting, readManifestAt} from './read-manifest.ts'
import {withRetry} from '../fetch/retry.ts'
import type {Digest} from '../oci/digest.ts'
import type {Repository} from '../oci/reference.ts'
import {type ReferrersList, referrersTag, type WithoutReferrersApi} from '../registry/referrers.ts'
import {createTaskGroup} from '../concurrency/task-group.ts'
import {type Closure, type SourceManifest, walkManifest} from './closure.ts'
import {listAttached} from './list-attached.ts'
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

/** The warning about an attachment that the source lists, and no longer has. */
export function describeLost(digest: Digest, source: Repository): string {
  return `${digest} is attached to the image, and was not copied: ${source.registry} lists it, and no longer has it`
}

async function unlessGone<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read()
  } catch (error) {
    if (error instanceof VerifiedImageError && error.failure.kind === 'not-found') return undefined
    throw error
  }
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
  const withoutApi: WithoutReferrersApi = new Set()
  const group = createTaskGroup({signal: outer, limit: REQUESTS_AT_ONCE, continuesAfter: () => false})
  const attemptingOf =
    (object: 'referrers' | 'signature'): Attempting =>
    run =>
      withRetry({...place.retry, signal: group.signal}, object, run)

  async function add(digest: Digest, isAttached: (manifest: SourceManifest) => boolean): Promise<boolean> {
    const attached = await unlessGone(() => walkManifest(content, {digest}))
    // Registries keep the entry of a referrer that was deleted, as a cleanup of untagged versions does at ghcr.io.
    if (attached === undefined) warnings.push(describeLost(digest, place.repository))
    if (attached === undefined || !isAttached(attached.root)) return false
    for (const manifest of attached.manifests) if (!own.has(manifest.digest)) found.set(manifest.digest, manifest)
    return true
  }
  async function addReferrers(subject: Digest, depth: number): Promise<void> {
    const list = await referrersOf(content, place, subject, {withoutApi, signal: group.signal})
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
    const at = {repository: place.repository, reference: tag}
    const manifest = await readManifestAt(content.registry, at, attemptingOf('signature'))
    if (manifest === undefined) return
    await content.keep(manifest)
    if (await add(manifest.digest, () => true)) tags.push({tag, digest: manifest.digest})
  }

  // The root is the last, and the first that is asked for: most attachments are its own.
  const work = image
    .toReversed()
    .flatMap(({digest}) => [
      () => addReferrers(digest, 1),
      ...SUFFIXES.map(suffix => () => addTag(`${referrersTag(digest)}${suffix}`))
    ])
  // It also shows whether there is an API for the others.
  const [first, ...others] = work
  await first?.()
  for (const task of others) void group.run(task)
  await group.wait()
  return {
    manifests: [...found.values()],
    referrers: [...referrers].toSorted(),
    tags: tags.toSorted((a, b) => a.tag.localeCompare(b.tag)),
    warnings: [...new Set(warnings)]
  }
}

type ReferrersOptions = {readonly withoutApi: WithoutReferrersApi; readonly signal: AbortSignal}

function referrersOf(
  {registry}: SourceContent,
  {repository, retry}: SourcePlace,
  digest: Digest,
  {withoutApi, signal}: ReferrersOptions
): Promise<ReferrersList | undefined> {
  return listAttached(
    {registry, withoutApi, attempt: (object, run) => withRetry({...retry, signal}, object, run)},
    {repository, digest}
  )
}
