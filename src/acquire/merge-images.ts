// Merges the images that files name with those of the input `image`: each image once, with all its locations and platforms.
// Loads no parser, so that a run without files loads none.

import type {InputIssue, SourceLocation} from '../failure/failure.ts'
import {type ImageRequest, parseImageRequest} from './plan.ts'
import {formatPlatform, type Platform, type PlatformChoice} from '../oci/platform.ts'
import {omitUndefined} from '../oci/omit-undefined.ts'
import {formatFamiliar, formatReference, parseReference} from '../oci/reference.ts'
import {excerpt, type FileEntry} from '../files/language/file-entry.ts'

type FoundImage = Extract<FileEntry, {type: 'image'}>
type FilePlatform = FoundImage['runsOn']

const EXAMPLE = 'php:8.3.8-cli'

// `php:8.3` and `docker.io/library/php:8.3` are the same image.
function nameOf({reference, tag}: ImageRequest): string {
  return formatReference({...reference, ...omitUndefined({tag})})
}

/**
 * Merges images. `requested` are those of the input `image`: they come first, and are for the platforms of the run. Names that are
 * not valid become issues.
 */
export function mergeFileImages(
  requested: readonly ImageRequest[],
  found: readonly FoundImage[],
  run: PlatformChoice
): {readonly images: readonly ImageRequest[]; readonly faults: readonly InputIssue[]} {
  const faults: InputIssue[] = []
  const named = new Map<string, Known>()
  for (const {text, location, runsOn, context, shadowsStage = false} of found) {
    const image = parseImageRequest(text)
    if (!image.ok) {
      faults.push({input: 'files', value: excerpt(text), reason: image.reason, example: EXAMPLE, location})
      continue
    }
    const name = nameOf(image.value)
    const known = named.get(name) ?? {
      image: {...image.value, shadowsStage},
      locations: [],
      contexts: new Set(),
      uses: []
    }
    named.set(name, known)
    if (!known.locations.some(({file, line}) => file === location.file && line === location.line))
      known.locations.push(location)
    known.uses.push(runsOn)
    if (context !== undefined) known.contexts.add(context)
  }
  const images = requested.map(image => {
    const known = named.get(nameOf(image))
    named.delete(nameOf(image))
    return known === undefined
      ? image
      : withUses({...known, image: {...known.image, ...image}, uses: ['target', ...known.uses]}, run)
  })
  const all = [...images, ...[...named.values()].map(known => withUses(known, run))]
  return {images: all, faults: [...faults, ...namedTwice(all)]}
}

// Contexts that files give the same name are checked in contexts.ts. The input `image` may use the name of a context, too.
function namedTwice(images: readonly ImageRequest[]): readonly InputIssue[] {
  const byName = new Map(images.map(image => [formatFamiliar(image.reference), image]))
  return images.flatMap(({contexts = [], input, locations = []}) =>
    contexts.flatMap((context): readonly InputIssue[] => {
      const name = parseReference(context)
      const other = name.ok ? byName.get(formatFamiliar(name.value)) : undefined
      const [location] = locations
      if (other === undefined || other.input === input) return []
      const reason = `a build context of this name is ${excerpt(input)}, and image has ${excerpt(other.input)}: it cannot be both`
      return [omitUndefined({input: 'files', value: context, reason, example: 'base', location})]
    })
  )
}

type Known = {
  readonly image: ImageRequest
  readonly locations: SourceLocation[]
  readonly contexts: Set<string>
  readonly uses: FilePlatform[]
}

function withUses({image: request, locations, contexts, uses}: Known, run: PlatformChoice): ImageRequest {
  const image = {...request, locations, ...(contexts.size === 0 ? {} : {contexts: [...contexts]})}
  const own = uses.filter(use => use !== 'target')
  const forTarget = uses.includes('target')
  if (own.length === 0 || (forTarget && run.kind === 'all')) return image
  const platforms: readonly Platform[] = [...(forTarget ? platformsOf(run) : []), ...own]
  const distinct = [...new Map(platforms.map(platform => [formatPlatform(platform), platform])).values()]
  return {...image, platforms: {kind: 'named', platforms: distinct}}
}

function platformsOf(run: PlatformChoice): readonly Platform[] {
  if (run.kind === 'machine') return [run.platform]
  return run.kind === 'named' ? run.platforms : []
}
