// Names of build contexts that files give: the output build-contexts is lines of NAME=VALUE, and whoever can change a file of the
// workspace chooses the names. A line break in one would be a line of its own, with any image in it.

import type {InputIssue} from '../failure/failure.ts'
import type {ImageRequest} from '../acquire/plan.ts'
import {formatFamiliar, parseReference} from '../oci/reference.ts'
import type {FilesFound} from '../files/find-images.ts'

/** Names that no line can hold are faults; those that BuildKit does not take on its command line are left out, and said. */
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
          'the name of a build context has no "=" and no control characters, since the output build-contexts is lines of NAME=VALUE',
        example: 'base',
        location: image.location
      })
      return unnamed
    }
    if (parseReference(context).ok) return image
    skipped.push({
      type: 'skipped',
      text: `${context} in build-contexts`,
      reason:
        'docker buildx build takes a lower-case name such as that of an image for a context; the image is verified all the same',
      location: image.location
    })
    return unnamed
  })
  return {images, skipped: [...found.skipped, ...skipped], faults: [...found.faults, ...faults]}
}

/** A context with the name of another image: a build would take one of them for the other. */
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
    reason: `the build context of that name is ${input}, and it is also the name of ${owner.input}; build-contexts can have only one of them`,
    example: 'base',
    ...(location === undefined ? {} : {location})
  }
}
