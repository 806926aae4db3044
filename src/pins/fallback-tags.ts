// The input `fallback-tags`: other tags to use for an image if no registry serves the requested one.
// Parses and matches; acquire/fallback.ts decides when they are used.

import {type Reference, parseReference, formatFamiliar} from '../oci/reference.ts'
import {type Parsed, invalid, valid} from '../oci/parsed.ts'
import {type ImageRequest} from '../acquire/plan.ts'

export type FallbackTag = {
  /** As the input has it. */
  readonly source: string
  /** The image that it is for; undefined for all images. */
  readonly image: Reference | undefined
  readonly tag: string
}

/** Parses `TAG` or `IMAGE=TAG`. */
export function parseFallbackTag(text: string): Parsed<FallbackTag> {
  const equals = text.lastIndexOf('=')
  const name = equals < 0 ? undefined : text.slice(0, equals)
  const tag = text.slice(equals + 1)
  const image = name === undefined ? undefined : parseReference(name)
  if (image?.ok === false) return invalid(`"${name ?? ''}" is not an image reference: ${image.reason}`)
  if (image?.value.digest !== undefined) return invalid('an image that is pinned by its digest has no fallback')
  const probe = parseReference(`probe:${tag}`)
  if (tag === '') return invalid('expected TAG or IMAGE=TAG, but the tag is missing')
  if (!probe.ok) return probe
  return valid({source: text, image: image?.value, tag})
}

/** Whether a line is for an image: it has the same repository, and the same tag if the line names one. */
function appliesTo({image}: FallbackTag, {reference, tag}: ImageRequest): boolean {
  return (
    image === undefined ||
    (image.registry === reference.registry &&
      image.path === reference.path &&
      (image.tag === undefined || image.tag === tag))
  )
}

/** The fallbacks of an image, in order. None if a digest pins the image. */
export function fallbacksFor(image: ImageRequest, tags: readonly FallbackTag[]): readonly ImageRequest[] {
  const {registry, path, digest} = image.reference
  if (digest !== undefined) return []
  return tags
    .filter(line => appliesTo(line, image) && line.tag !== image.tag)
    .map(({tag}) => {
      const reference: Reference = {registry, path, tag}
      return {input: formatFamiliar(reference), reference, tag}
    })
}

/** Finds lines that are for none of these images. */
export function unusedFallbackTags(
  images: readonly ImageRequest[],
  tags: readonly FallbackTag[]
): readonly FallbackTag[] {
  return tags.filter(line => images.every(image => image.reference.digest !== undefined || !appliesTo(line, image)))
}
