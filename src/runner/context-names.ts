// Checks the names of build contexts that come from files. The output build-contexts is lines of NAME=VALUE, and a file of the
// workspace chooses the names: a line break in a name would add a line, with any image in it.

import type {InputIssue} from '../failure/failure.ts'
import type {ImageRequest} from '../acquire/plan.ts'
import {formatFamiliar, parseReference} from '../oci/reference.ts'
import type {FilesFound} from '../files/find-images.ts'

/** Rejects names that would break the output's lines, and skips names that BuildKit does not accept on its command line. */
export function checkContextNames(found: FilesFound): FilesFound {
  const faults: InputIssue[] = []
  const skipped: FilesFound['skipped'][number][] = []
  const images = found.images.map(image => {
    const {context, ...unnamed} = image
    if (context === undefined) return image
    if (/[=\p{Cc}\u2028\u2029]/u.test(context)) {
      faults.push({
        input: 'files',
        value: context,
        reason:
          'is the name of a build context, which must not contain "=" or control characters: the output build-contexts is lines of NAME=VALUE',
        example: 'base',
        location: image.location
      })
      return unnamed
    }
    if (parseReference(context).ok) return image
    skipped.push({
      type: 'skipped',
      text: `${context} in build-contexts`,
      why: 'docker buildx build only accepts lowercase names like those of images for contexts; the image is still verified',
      location: image.location
    })
    return unnamed
  })
  return {images, skipped: [...found.skipped, ...skipped], faults: [...found.faults, ...faults]}
}

/** Finds contexts with the name of another image: a build would use one of them for the other. */
export function faultsOfSharedNames(images: readonly ImageRequest[]): readonly InputIssue[] {
  // `php` and `php:latest` are one name, and one image.
  const owners = new Map<string, ImageRequest>()
  for (const image of images)
    if (image.shadowsStage !== true) owners.set(familiarNameOf(image), owners.get(familiarNameOf(image)) ?? image)
  return images.flatMap(image =>
    (image.contexts ?? []).flatMap(context => {
      const reference = parseReference(context)
      if (!reference.ok) return []
      const name = formatFamiliar(reference.value)
      const owner = owners.get(name) ?? image
      owners.set(name, owner)
      return familiarNameOf(owner) === familiarNameOf(image) ? [] : [faultOfSharedName(name, owner, image)]
    })
  )
}

function familiarNameOf({reference}: ImageRequest): string {
  return formatFamiliar(reference)
}

function faultOfSharedName(name: string, owner: ImageRequest, {input, locations}: ImageRequest): InputIssue {
  const [location] = locations ?? []
  return {
    input: 'files',
    value: name,
    reason: `is the name of a build context for ${input} and of the image ${owner.input}; build-contexts can only have one of them`,
    example: 'base',
    ...(location === undefined ? {} : {location})
  }
}
