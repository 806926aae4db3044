// Names of build contexts: each is one image, in all builds, or it is left out and said.
// A context takes the place of a stage, or of another image, of its name: the build would silently be another one.

import {formatPlace, type Place} from '../acquire/failure.ts'
import {familiar} from './dockerfile.ts'
import {excerpt, type Finding, type Gap} from './finding.ts'

export type Image = Extract<Finding, {type: 'image'}>

export function nameContexts(findings: readonly Finding[]): {
  readonly images: readonly Image[]
  readonly gaps: readonly Gap[]
} {
  const all = findings
    .filter(finding => finding.type === 'image')
    .map(image => ({...image, name: familiar(image.text)}))
  const stages = new Set(findings.flatMap(finding => (finding.type === 'stage' ? [finding.name] : [])))
  const meanings = meaningsOf(all)
  const gaps: Gap[] = []
  const leaveOut = (name: string, what: string, place: Place): void => {
    const why = `${what}, and would be taken for it in a build; the image is verified all the same`
    gaps.push({type: 'gap', text: `${name} in build-contexts`, why, place})
  }
  /** What else has the name. */
  const rivalOf = (name: string, image: string): string | undefined => {
    if (stages.has(name.toLowerCase())) return 'a stage has that name'
    const other = meanings.get(name)?.find(meaning => meaning.image !== image)
    return other === undefined ? undefined : `it is ${excerpt(other.text)} at ${formatPlace(other.place)}`
  }
  const images = all.map(({context, name, ...image}): Image => {
    const rival = rivalOf(name, name)
    if (rival !== undefined) leaveOut(name, rival, image.place)
    const unnamed = {...image, isStageToo: rival !== undefined}
    if (context === undefined) return unnamed
    const why = whyNoName(context)
    const [what, shown] =
      why === undefined
        ? [rivalOf(familiar(context), name), context]
        : [why, excerpt(JSON.stringify(context)).replace(/[^\x20-\x7e]/g, '?')]
    if (what === undefined) return {...unnamed, context}
    leaveOut(shown, what, image.place)
    return unnamed
  })
  return {images, gaps}
}

type Named = Image & {readonly name: string}
type Meaning = {readonly image: string; readonly text: string; readonly place: Place}

/** Every name that a line of build-contexts would have, and the images that it would be: two of them are enough to tell. */
function meaningsOf(images: readonly Named[]): ReadonlyMap<string, readonly Meaning[]> {
  const meanings = new Map<string, Meaning[]>()
  for (const {name: image, context, text, place} of images)
    for (const name of context === undefined ? [image] : [image, familiar(context)]) {
      const known = meanings.get(name) ?? []
      meanings.set(name, known)
      if (!known.some(meaning => meaning.image === image) && known.length < 2) known.push({image, text, place})
    }
  return meanings
}

// build-contexts is lines of `name=value`, and what stands between its lines and BuildKit splits at commas and spaces too.
function whyNoName(name: string): string | undefined {
  return /^[A-Za-z0-9][A-Za-z0-9._:@/+-]*$/.test(name) ? undefined : 'no build context can have that name'
}
