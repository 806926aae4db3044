// Older tags that may stand in for one that nothing serves: which ones, and when. Never silent, and never for a matter of trust:
// where a registry disagreed about a digest, an older image would hide that somebody moved a tag.

import {invalid, type Parsed, valid} from '../oci/parsed.ts'
import {formatFamiliar, parseReference, type Reference} from '../oci/reference.ts'
import type {Acquisition} from './acquire.ts'
import type {FailureKind} from '../failure/failure.ts'
import type {ImageRequest} from './plan.ts'

export type FallbackTag = {
  /** As it was written. */
  readonly source: string
  /** The image that it is for; undefined for the only one. */
  readonly image: Reference | undefined
  readonly tag: string
}

/** Parses `TAG` or `IMAGE=TAG`. */
export const parseFallbackTag = (text: string): Parsed<FallbackTag> => {
  const equals = text.lastIndexOf('=')
  const name = equals < 0 ? undefined : text.slice(0, equals)
  const tag = text.slice(equals + 1)
  const image = name === undefined ? undefined : parseReference(name)
  if (image?.ok === false) return invalid(`"${name ?? ''}" is no image: ${image.reason}`)
  if (image?.value.digest !== undefined) return invalid('nothing stands in for an image that is pinned by its digest')
  const probe = parseReference(`probe:${tag}`)
  if (tag === '') return invalid('it is written TAG or IMAGE=TAG, and the tag is missing')
  if (!probe.ok) return probe
  return valid({source: text, image: image?.value, tag})
}

/** Whether a line is for an image: the repository is the same, and the tag where the line has one. */
const appliesTo = ({image}: FallbackTag, {reference, tag}: ImageRequest): boolean =>
  image === undefined ||
  (image.registry === reference.registry &&
    image.path === reference.path &&
    (image.tag === undefined || image.tag === tag))

/** The images that may stand in for this one, in order. None for one that is pinned by its digest. */
export const fallbacksFor = (image: ImageRequest, tags: readonly FallbackTag[]): readonly ImageRequest[] => {
  const {registry, path, digest} = image.reference
  if (digest !== undefined) return []
  return tags
    .filter(line => appliesTo(line, image) && line.tag !== image.tag)
    .map(({tag}) => {
      const reference: Reference = {registry, path, tag}
      return {input: formatFamiliar(reference), reference, tag}
    })
}

/** Lines that are for none of these images. */
export const unusedFallbackTags = (
  images: readonly ImageRequest[],
  tags: readonly FallbackTag[]
): readonly FallbackTag[] =>
  tags.filter(line => images.every(image => image.reference.digest !== undefined || !appliesTo(line, image)))

const NEVER: readonly FailureKind[] = ['digest-disagrees', 'invalid-input', 'local-io', 'docker', 'bug']

/** Whether nothing serves an image, for no other reason than that nothing does. */
const isUnavailable = (acquisition: Acquisition): boolean =>
  acquisition.image === undefined &&
  acquisition.moved === undefined &&
  !isNoImageNow(acquisition) &&
  isUnserved(acquisition)

// A locked tag that is an artifact now, or too large to be read, has moved as well; only its digest was not computed.
const isNoImageNow = ({request, results}: Acquisition): boolean =>
  request.image.locked !== undefined &&
  results.some(({candidate, attempts}) =>
    attempts.some(
      ({object, failure}) =>
        candidate.role === 'primary' &&
        object === 'manifest' &&
        (failure?.kind === 'unusable' || failure?.kind === 'too-large')
    )
  )

const isUnserved = ({results}: Acquisition): boolean =>
  results.every(({failure}) => failure === undefined || !NEVER.includes(failure.kind)) &&
  results.some(({failure}) => failure !== undefined)

/** Acquires the image, or the first of its fallbacks that can be had when nothing serves it. */
export const acquireWithFallback = async (
  image: ImageRequest,
  fallbacks: readonly ImageRequest[],
  signal: AbortSignal,
  acquire: (image: ImageRequest) => Promise<Acquisition>
): Promise<Acquisition> => {
  const asked = await acquire(image)
  const tried: Acquisition[] = []
  let last = asked
  for (const fallback of fallbacks) {
    if (signal.aborted || !isUnavailable(last)) break
    last = await acquire(fallback)
    tried.push(last)
  }
  if (tried.length === 0) return asked
  const elapsedMs = [asked, ...tried].reduce((sum, acquisition) => sum + acquisition.elapsedMs, 0)
  const story = {...asked, fallbacks: tried, elapsedMs}
  return last.image === undefined
    ? story
    : {...story, image: last.image, resolved: last.resolved, requestedDigest: asked.resolved}
}

/** The one that stands in, when one does. */
export const fallbackUsed = ({image, fallbacks}: Acquisition): Acquisition | undefined =>
  image === undefined ? undefined : fallbacks?.at(-1)
