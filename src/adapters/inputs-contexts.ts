// Names of build contexts that files give: the output build-contexts is lines of NAME=VALUE, and whoever can change a file of the
// workspace chooses the names. A line break in one would be a line of its own, with any image in it.

import type {InputFault} from '../acquire/failure.ts'
import type {WantedImage} from '../acquire/plan.ts'
import {formatFamiliar, parseReference} from '../oci/reference.ts'
import type {FilesFound} from './files.ts'

/** Names that no line can hold are faults; those that BuildKit does not take on its command line are left out, and said. */
export function checkContextNames(found: FilesFound): FilesFound {
  const faults: InputFault[] = []
  const gaps: FilesFound['gaps'][number][] = []
  const images = found.images.map(image => {
    const {context, ...unnamed} = image
    if (context === undefined) return image
    if (/[=\p{Cc}\u2028\u2029]/u.test(context)) {
      faults.push({
        input: 'files',
        written: context,
        rule: 'the name of a build context has no "=" and no control characters, since the output build-contexts is lines of NAME=VALUE',
        example: 'base',
        place: image.place
      })
      return unnamed
    }
    if (parseReference(context).ok) return image
    gaps.push({
      type: 'gap',
      text: `${context} in build-contexts`,
      why: 'docker buildx build takes a lower-case name such as that of an image for a context; the image is verified all the same',
      place: image.place
    })
    return unnamed
  })
  return {images, gaps: [...found.gaps, ...gaps], faults: [...found.faults, ...faults]}
}

/** A context with the name of another image: a build would take one of them for the other. */
export function faultsOfSharedNames(images: readonly WantedImage[]): readonly InputFault[] {
  // `php` and `php:latest` are one name, and one image.
  const owners = new Map<string, WantedImage>()
  for (const image of images)
    if (image.isStageToo !== true) owners.set(familiarNameOf(image), owners.get(familiarNameOf(image)) ?? image)
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

function familiarNameOf({reference}: WantedImage): string {
  return formatFamiliar(reference)
}

function faultOfSharedName(name: string, owner: WantedImage, {asked, places}: WantedImage): InputFault {
  const [place] = places ?? []
  return {
    input: 'files',
    written: name,
    rule: `the build context of that name is ${asked}, and it is also the name of ${owner.asked}; build-contexts can have only one of them`,
    example: 'base',
    ...(place === undefined ? {} : {place})
  }
}
