// Inspects the image that a moved tag points to now: its digest, and its creation date if that arrives in time.
// Runs beside the work on the locked image, and does not influence it.

import type {Digest} from '../oci/digest.ts'
import type {CandidateResult} from './candidate-result.ts'
import {fetchImage} from '../fetch/fetch-image.ts'
import type {VerifiedManifest} from '../verify/verified.ts'
import {type Clock} from '../concurrency/clock.ts'
import {childrenOf} from '../oci/manifest.ts'
import {omitUndefined} from '../oci/omit-undefined.ts'
import {type PlatformChoice} from '../oci/platform.ts'
import {type VerifiedImage} from '../fetch/verified-image.ts'
import {VerifiedImageError} from '../failure/error.ts'
import {type ImageSource} from '../fetch/fetch-manifest.ts'

export type MovedTag = {
  readonly registry: string
  /** Digest of the tag at this registry now. */
  readonly digest: Digest
  /** Creation date from its config. */
  readonly created?: string
}

/** Time limit for two small requests together. */
const INSPECT_LIMIT_MS = 3000

/** Inspects a moved tag. Resolves within the time limit, or when `signal` aborts, with what is known by then. */
export async function inspectMovedTag(
  source: ImageSource,
  manifest: VerifiedManifest,
  choice: PlatformChoice,
  {clock, signal}: {readonly clock: Clock; readonly signal: AbortSignal}
): Promise<MovedTag> {
  const {registry} = source.candidate.repository
  const over = new AbortController()
  const end = (): void => {
    over.abort(new DOMException('the time limit of the inspection has passed', 'AbortError'))
  }
  clock.wait(INSPECT_LIMIT_MS, AbortSignal.any([signal, over.signal])).then(end, end)
  // Not evidence of the requested image: attempts are not recorded, and not repeated.
  const retry = {
    ...source.retry,
    signal: over.signal,
    record: () => undefined,
    backoff: {...source.retry.backoff, attempts: 1}
  }
  try {
    const created = createdOf(await fetchImage({...source, retry}, manifest, firstOf(choice, manifest), 'config'))
    return omitUndefined({registry, digest: manifest.digest, created})
  } catch (error) {
    if (!over.signal.aborted && !(error instanceof VerifiedImageError)) throw error
    return {registry, digest: manifest.digest}
  } finally {
    end()
  }
}

/** The creation date of an image: that of its first platform. */
export function createdOf(image: VerifiedImage | undefined): string | undefined {
  return image?.platforms[0]?.created
}

function firstOf(choice: PlatformChoice, {document}: VerifiedManifest): PlatformChoice {
  if (choice.kind === 'machine') return choice
  const children = document.kind === 'index' ? childrenOf(document).filter(({isAttestation}) => !isAttestation) : []
  const platforms = choice.kind === 'named' ? choice.platforms : children.flatMap(({platform}) => platform ?? [])
  return platforms.length === 0 ? choice : {kind: 'named', platforms: platforms.slice(0, 1)}
}

/** Whether a registry failed only because its tag has moved. */
export function isMovedTagFailure({candidate, failure}: CandidateResult, moved: MovedTag | undefined): boolean {
  return (
    moved !== undefined &&
    candidate.role === 'primary' &&
    failure?.kind === 'digest-disagrees' &&
    failure.got === moved.digest
  )
}
