// A locked tag that means another image now: which one, and when it was made, as far as that can be had in a moment.
// Looks beside the work on the locked image; what it finds changes nothing, and what it does not find is left out.

import type {Digest} from '../oci/digest.ts'
import type {Acquisition} from './acquire.ts'
import type {Story} from './event.ts'
import {VerifiedImageError} from './failure.ts'
import {fetchImage, type ImageSource, type PlatformChoice, type VerifiedImage} from './image.ts'
import type {Clock} from './ports.ts'
import type {VerifiedManifest} from './verify.ts'

export type Moved = {
  readonly registry: string
  /** What the tag is there now. */
  readonly digest: Digest
  /** When its config says that it was made. */
  readonly created?: string
}

/** For two small requests, all in all. */
const LOOK_MS = 3000

/** Resolves in any case, at the latest when its time is up or `signal` ends everything. */
export const lookAtMoved = async (
  source: ImageSource,
  manifest: VerifiedManifest,
  choice: PlatformChoice,
  {clock, signal}: {readonly clock: Clock; readonly signal: AbortSignal}
): Promise<Moved> => {
  const {registry} = source.candidate.repository
  const over = new AbortController()
  const end = (): void => {
    over.abort(new DOMException('looked long enough', 'AbortError'))
  }
  clock.wait(LOOK_MS, AbortSignal.any([signal, over.signal])).then(end, end)
  // Not an attempt at the image that was asked for: its story is not told of this one, and it is not asked for twice.
  const attempting = {
    ...source.attempting,
    signal: over.signal,
    record: () => undefined,
    backoff: {...source.attempting.backoff, attempts: 1}
  }
  try {
    const created = createdOf(await fetchImage({...source, attempting}, manifest, firstOf(choice, manifest), 'config'))
    return {registry, digest: manifest.digest, ...(created === undefined ? {} : {created})}
  } catch (error) {
    if (!over.signal.aborted && !(error instanceof VerifiedImageError)) throw error
    return {registry, digest: manifest.digest}
  } finally {
    end()
  }
}

/** Of its platforms the first: they are made together, more or less. */
export const createdOf = (image: VerifiedImage | undefined): string | undefined => image?.platforms[0]?.created

const firstOf = (choice: PlatformChoice, {document}: VerifiedManifest): PlatformChoice => {
  if (choice.kind === 'machine') return choice
  const children = document.kind === 'index' ? document.children.filter(({isAttestation}) => !isAttestation) : []
  const platforms = choice.kind === 'named' ? choice.platforms : children.flatMap(({platform}) => platform ?? [])
  return platforms.length === 0 ? choice : {kind: 'named', platforms: platforms.slice(0, 1)}
}

/** What is to be told of a tag that moved, in a line of its own; the registry's own story need not say it again then. */
export const renderMoved = ({moved, pin, image, wanted, stories}: Acquisition): readonly string[] => {
  if (moved === undefined || pin === undefined) return []
  const now = renderCreated(moved.digest, moved.created)
  const locked = renderCreated(pin.digest, createdOf(image))
  const isGone = stories.some(story => isOfMoved(story, moved))
  return [
    `${moved.registry}: the tag ${wanted.image.tag ?? ''} is ${now} now; the lock file says ${locked}${isGone ? ', which is no longer there' : ''}.`
  ]
}

/** Whether a story ended in nothing else than that the tag moved. */
export const isOfMoved = ({candidate, failure}: Story, moved: Moved | undefined): boolean =>
  moved !== undefined &&
  candidate.role === 'primary' &&
  failure?.kind === 'digest-disagrees' &&
  failure.got === moved.digest

const renderCreated = (digest: Digest, created: string | undefined): string =>
  created === undefined ? digest : `${digest} (created ${created})`
