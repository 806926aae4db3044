// Names of build contexts: each is one image, in all builds, or it is left out and said.
// A context takes the place of a stage, or of another image, of its name: the build would silently be another one.

import {type SourceLocation} from '../failure/failure.ts'
import {familiarName} from './dockerfile/dockerfile.ts'
import {excerpt, type FileEntry, type SkippedEntry} from './language/file-entry.ts'
import {formatLocation} from '../failure/format.ts'

export type Image = Extract<FileEntry, {type: 'image'}>

export function nameContexts(entries: readonly FileEntry[]): {
  readonly images: readonly Image[]
  readonly skipped: readonly SkippedEntry[]
} {
  const all = entries.filter(entry => entry.type === 'image').map(image => ({...image, name: familiarName(image.text)}))
  const stages = new Set(entries.flatMap(entry => (entry.type === 'stage' ? [entry.name] : [])))
  const meanings = meaningsOf(all)
  const skipped: SkippedEntry[] = []
  const leaveOut = (name: string, what: string, location: SourceLocation): void => {
    const why = `${what}, and would be taken for it in a build; the image is verified all the same`
    skipped.push({type: 'skipped', text: `${name} in build-contexts`, reason: why, location})
  }
  /** What else has the name. */
  const rivalOf = (name: string, image: string): string | undefined => {
    if (stages.has(name.toLowerCase())) return 'a stage has that name'
    const other = meanings.get(name)?.find(meaning => meaning.image !== image)
    return other === undefined ? undefined : `it is ${excerpt(other.text)} at ${formatLocation(other.location)}`
  }
  const images = all.map(({context, name, ...image}): Image => {
    const rival = rivalOf(name, name)
    if (rival !== undefined) leaveOut(name, rival, image.location)
    const unnamed = {...image, shadowsStage: rival !== undefined}
    if (context === undefined) return unnamed
    const why = whyNoName(context)
    const [what, shown] =
      why === undefined
        ? [rivalOf(familiarName(context), name), context]
        : [why, excerpt(JSON.stringify(context)).replace(/[^\x20-\x7e]/g, '?')]
    if (what === undefined) return {...unnamed, context}
    leaveOut(shown, what, image.location)
    return unnamed
  })
  return {images, skipped}
}

type Named = Image & {readonly name: string}
type Meaning = {readonly image: string; readonly text: string; readonly location: SourceLocation}

/** Every name that a line of build-contexts would have, and the images that it would be: two of them are enough to tell. */
function meaningsOf(images: readonly Named[]): ReadonlyMap<string, readonly Meaning[]> {
  const meanings = new Map<string, Meaning[]>()
  for (const {name: image, context, text, location} of images)
    for (const name of context === undefined ? [image] : [image, familiarName(context)]) {
      const known = meanings.get(name) ?? []
      meanings.set(name, known)
      if (!known.some(meaning => meaning.image === image) && known.length < 2) known.push({image, text, location})
    }
  return meanings
}

// build-contexts is lines of `name=value`, and what stands between its lines and BuildKit splits at commas and spaces too.
function whyNoName(name: string): string | undefined {
  return /^[A-Za-z0-9][A-Za-z0-9._:@/+-]*$/.test(name) ? undefined : 'no build context can have that name'
}
