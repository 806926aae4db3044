// A locked tag that means another image now: which one, and when it was made, as far as that can be had in a moment.
// Looks beside the work on the locked image; what it finds changes nothing, and what it does not find is left out.

import type {Digest} from '../oci/digest.ts'
import type {CandidateResult} from './candidate-result.ts'
import {fetchImage, type ImageSource} from '../fetch/fetch-image.ts'
import type {VerifiedManifest} from '../verify/verified.ts'
import {type Clock} from '../concurrency/clock.ts'
import {type PlatformChoice} from '../oci/platform.ts'
import {type VerifiedImage} from '../fetch/verified-image.ts'
import {VerifiedImageError} from '../failure/error.ts'

export type MovedTag = {
  readonly registry: string
  /** What the tag is there now. */
  readonly digest: Digest
  /** When its config says that it was made. */
  readonly created?: string
}

/** For two small requests, all in all. */
const INSPECT_LIMIT_MS = 3000

/** Resolves in any case, at the latest when its time is up or `signal` ends everything. */
export async function inspectMovedTag(
  source: ImageSource,
  manifest: VerifiedManifest,
  choice: PlatformChoice,
  {clock, signal}: {readonly clock: Clock; readonly signal: AbortSignal}
): Promise<MovedTag> {
  const {registry} = source.candidate.repository
  const over = new AbortController()
  const end = (): void => {
    over.abort(new DOMException('looked long enough', 'AbortError'))
  }
  clock.wait(INSPECT_LIMIT_MS, AbortSignal.any([signal, over.signal])).then(end, end)
  // Not an attempt at the image that was asked for: its story is not told of this one, and it is not asked for twice.
  const attempting = {
    ...source.retry,
    signal: over.signal,
    record: () => undefined,
    backoff: {...source.retry.backoff, attempts: 1}
  }
  try {
    const created = createdOf(
      await fetchImage({...source, retry: attempting}, manifest, firstOf(choice, manifest), 'config')
    )
    return {registry, digest: manifest.digest, ...(created === undefined ? {} : {created})}
  } catch (error) {
    if (!over.signal.aborted && !(error instanceof VerifiedImageError)) throw error
    return {registry, digest: manifest.digest}
  } finally {
    end()
  }
}

/** Of its platforms the first: they are made together, more or less. */
export function createdOf(image: VerifiedImage | undefined): string | undefined {
  return image?.platforms[0]?.created
}

function firstOf(choice: PlatformChoice, {document}: VerifiedManifest): PlatformChoice {
  if (choice.kind === 'machine') return choice
  const children = document.kind === 'index' ? document.children.filter(({isAttestation}) => !isAttestation) : []
  const platforms = choice.kind === 'named' ? choice.platforms : children.flatMap(({platform}) => platform ?? [])
  return platforms.length === 0 ? choice : {kind: 'named', platforms: platforms.slice(0, 1)}
}
/** Whether a story ended in nothing else than that the tag moved. */
export function isMovedTagFailure({candidate, failure}: CandidateResult, moved: MovedTag | undefined): boolean {
  return (
    moved !== undefined &&
    candidate.role === 'primary' &&
    failure?.kind === 'digest-disagrees' &&
    failure.got === moved.digest
  )
}
