// From what files name to what is wanted: each image once, with every place that names it and every platform that it runs on.
// Loads no parser, so that a run without files does not either.

import type {InputFault, Place} from '../acquire/failure.ts'
import type {PlatformChoice} from '../acquire/image.ts'
import {type WantedImage, wantImage} from '../acquire/plan.ts'
import {formatPlatform, type Platform} from '../oci/platform.ts'
import {formatFamiliar, formatReference, parseReference} from '../oci/reference.ts'
import {excerpt, type Finding} from './finding.ts'

type FoundImage = Extract<Finding, {type: 'image'}>
type RunsOn = FoundImage['runsOn']

const EXAMPLE = 'php:8.3.8-cli'

/** `php:8.3` and `docker.io/library/php:8.3` are one. */
const nameOf = ({reference, tag}: WantedImage): string =>
  formatReference({...reference, ...(tag === undefined ? {} : {tag})})

/** `asked` are the images of the input `image`, which come first, for the platforms of the run. */
export const wantFromFiles = (
  asked: readonly WantedImage[],
  found: readonly FoundImage[],
  run: PlatformChoice
): {readonly images: readonly WantedImage[]; readonly faults: readonly InputFault[]} => {
  const faults: InputFault[] = []
  const named = new Map<string, Known>()
  for (const {text, place, runsOn, context, isStageToo = false} of found) {
    const image = wantImage(text)
    if (!image.ok) {
      faults.push({input: 'files', written: excerpt(text), rule: image.why, example: EXAMPLE, place})
      continue
    }
    const name = nameOf(image.value)
    const known = named.get(name) ?? {image: {...image.value, isStageToo}, places: [], contexts: new Set(), uses: []}
    named.set(name, known)
    if (!known.places.some(({file, line}) => file === place.file && line === place.line)) known.places.push(place)
    known.uses.push(runsOn)
    if (context !== undefined) known.contexts.add(context)
  }
  const images = asked.map(image => {
    const known = named.get(nameOf(image))
    named.delete(nameOf(image))
    return known === undefined
      ? image
      : withUses({...known, image: {...known.image, ...image}, uses: ['target', ...known.uses]}, run)
  })
  const all = [...images, ...[...named.values()].map(known => withUses(known, run))]
  return {images: all, faults: [...faults, ...namedTwice(all)]}
}

// What files name among themselves has been looked at (contexts.ts). The input `image` may have the name of a context too.
const namedTwice = (images: readonly WantedImage[]): readonly InputFault[] => {
  const byName = new Map(images.map(image => [formatFamiliar(image.reference), image]))
  return images.flatMap(({contexts = [], asked, places = []}) =>
    contexts.flatMap((context): readonly InputFault[] => {
      const name = parseReference(context)
      const other = name.ok ? byName.get(formatFamiliar(name.value)) : undefined
      const [place] = places
      if (other === undefined || other.asked === asked) return []
      const rule = `a build context of this name is ${excerpt(asked)}, and image has ${excerpt(other.asked)}: it cannot be both`
      return [{input: 'files', written: context, rule, example: 'base', ...(place === undefined ? {} : {place})}]
    })
  )
}

type Known = {
  readonly image: WantedImage
  readonly places: Place[]
  readonly contexts: Set<string>
  readonly uses: RunsOn[]
}

const withUses = ({image: wanted, places, contexts, uses}: Known, run: PlatformChoice): WantedImage => {
  const image = {...wanted, places, ...(contexts.size === 0 ? {} : {contexts: [...contexts]})}
  const own = uses.filter(use => use !== 'target')
  const forTarget = uses.includes('target')
  if (own.length === 0 || (forTarget && run.kind === 'all')) return image
  const platforms: readonly Platform[] = [...(forTarget ? platformsOf(run) : []), ...own]
  const distinct = [...new Map(platforms.map(platform => [formatPlatform(platform), platform])).values()]
  return {...image, platforms: {kind: 'named', platforms: distinct}}
}

const platformsOf = (run: PlatformChoice): readonly Platform[] => {
  if (run.kind === 'machine') return [run.platform]
  return run.kind === 'named' ? run.platforms : []
}
