// Merges the images of the `image` and `files` inputs: each image once, with all its locations, platforms, and build contexts.
// Loads no parser, so that a run without `files` does not load one either.

import type {InputIssue, SourceLocation} from '../failure/failure.ts'
import {excerpt, type ImageEntry} from '../files/language/file-entry.ts'
import {omitUndefined} from '../oci/omit-undefined.ts'
import {formatPlatform, type Platform, type PlatformChoice} from '../oci/platform.ts'
import {formatFamiliar, formatReference, parseReference} from '../oci/reference.ts'
import {type ImageRequest, parseImageRequest} from './plan.ts'

export type MergedImages = {readonly images: readonly ImageRequest[]; readonly faults: readonly InputIssue[]}

/**
 * `requested` are the images of the `image` input, which come first. `platforms` are those of the run. A reference of `found` that is
 * not valid, and a build context with the name of another image, is a fault.
 */
export function mergeFileImages(
  requested: readonly ImageRequest[],
  found: readonly ImageEntry[],
  platforms: PlatformChoice
): MergedImages {
  const {byName, faults} = groupByImage(found)
  const images = requested.map(image => {
    const name = nameOf(image)
    const group = byName.get(name)
    byName.delete(name)
    if (group === undefined) return image
    const merged = {...group, image: {...group.image, ...image}, platforms: ['target' as const, ...group.platforms]}
    return requestOf(merged, platforms)
  })
  const all = [...images, ...[...byName.values()].map(group => requestOf(group, platforms))]
  return {images: all, faults: [...faults, ...nameConflicts(all)]}
}

/** All entries of one image. */
type ImageGroup = {
  readonly image: ImageRequest
  readonly locations: SourceLocation[]
  readonly contexts: Set<string>
  readonly platforms: ImageEntry['platform'][]
}

function groupByImage(found: readonly ImageEntry[]): {
  readonly byName: Map<string, ImageGroup>
  readonly faults: readonly InputIssue[]
} {
  const faults: InputIssue[] = []
  const byName = new Map<string, ImageGroup>()
  for (const {text, location, platform, context, shadowsStage = false} of found) {
    const image = parseImageRequest(text)
    if (!image.ok) {
      faults.push({input: 'files', value: excerpt(text), reason: image.reason, example: 'php:8.3.8-cli', location})
      continue
    }
    const name = nameOf(image.value)
    const group = byName.get(name) ?? {
      image: {...image.value, shadowsStage},
      locations: [],
      contexts: new Set(),
      platforms: []
    }
    byName.set(name, group)
    if (!group.locations.some(({file, line}) => file === location.file && line === location.line))
      group.locations.push(location)
    group.platforms.push(platform)
    if (context !== undefined) group.contexts.add(context)
  }
  return {byName, faults}
}

/** `php:8.3` and `docker.io/library/php:8.3` have the same name. */
function nameOf({reference, tag}: ImageRequest): string {
  return formatReference({...reference, ...omitUndefined({tag})})
}

function requestOf({image, locations, contexts, platforms}: ImageGroup, run: PlatformChoice): ImageRequest {
  const request = {...image, locations, ...omitUndefined({contexts: contexts.size === 0 ? undefined : [...contexts]})}
  const own = platforms.filter(platform => platform !== 'target')
  const isForTarget = platforms.includes('target')
  if (own.length === 0 || (isForTarget && run.kind === 'all')) return request
  const all: readonly Platform[] = [...(isForTarget ? platformsOf(run) : []), ...own]
  const distinct = [...new Map(all.map(platform => [formatPlatform(platform), platform])).values()]
  return {...request, platforms: {kind: 'named', platforms: distinct}}
}

function platformsOf(run: PlatformChoice): readonly Platform[] {
  if (run.kind === 'machine') return [run.platform]
  return run.kind === 'named' ? run.platforms : []
}

// A build would use one of the two images for both. files/contexts.ts leaves out the conflicts of files among themselves; this finds
// those with the `image` input.
function nameConflicts(images: readonly ImageRequest[]): readonly InputIssue[] {
  // An image that shadows a stage has no line in build-contexts, and so no conflict.
  const owners = new Map<string, ImageRequest>()
  for (const image of images) {
    const name = formatFamiliar(image.reference)
    if (image.shadowsStage !== true && !owners.has(name)) owners.set(name, image)
  }
  return images.flatMap(image =>
    (image.contexts ?? []).flatMap(context => {
      const reference = parseReference(context)
      if (!reference.ok) return []
      const name = formatFamiliar(reference.value)
      const owner = owners.get(name) ?? image
      owners.set(name, owner)
      const isSame = formatFamiliar(owner.reference) === formatFamiliar(image.reference)
      return isSame ? [] : [conflictIssue(name, owner, image)]
    })
  )
}

function conflictIssue(name: string, owner: ImageRequest, {input, locations}: ImageRequest): InputIssue {
  return {
    input: 'files',
    value: name,
    reason:
      `the build context of this name is ${excerpt(input)}, but ${excerpt(owner.input)} has the same name; ` +
      'rename the build context',
    example: 'base',
    ...omitUndefined({location: locations?.[0]})
  }
}
