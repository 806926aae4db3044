// Names of build contexts: one name means one image in all builds, or it is left out with a warning.
// A context replaces a stage or an image of its name. With two meanings for one name, some build would silently use a wrong image.

import {formatLocation} from '../failure/format.ts'
import type {SourceLocation} from '../failure/failure.ts'
import {checkContextName, familiarName} from './language/build-context.ts'
import {excerpt, type FileEntry, type ImageEntry, type SkippedEntry} from './language/file-entry.ts'

export type NamedImages = {readonly images: readonly ImageEntry[]; readonly skipped: readonly SkippedEntry[]}

/** Returns the images, without the names of build contexts that are invalid or ambiguous, and an entry for each name left out. */
export function nameContexts(entries: readonly FileEntry[]): NamedImages {
  const images = entries
    .filter(entry => entry.type === 'image')
    .map(entry => ({entry, ownName: familiarName(entry.text)}))
  const stages = new Set(entries.flatMap(entry => (entry.type === 'stage' ? [entry.name] : [])))
  const names: ContextNames = {stages, meanings: meaningsOf(images)}
  const named = images.map(image => nameContextsOf(image, names))
  return {images: named.map(({entry}) => entry), skipped: named.flatMap(({skipped}) => skipped)}
}

/** `ownName` is the familiar form of the image's reference, and the name of its own build context. */
type NamedImage = {readonly entry: ImageEntry; readonly ownName: string}

/** The image, by its `ownName`, that a name stands for, and where. */
type Meaning = {readonly ownName: string; readonly text: string; readonly location: SourceLocation}

type ContextNames = {
  /** Names of stages, in lower case. */
  readonly stages: ReadonlySet<string>
  readonly meanings: ReadonlyMap<string, readonly Meaning[]>
}

/** Maps every name of a build context to the images that it would stand for. Two per name are kept: enough for a conflict. */
function meaningsOf(images: readonly NamedImage[]): ReadonlyMap<string, readonly Meaning[]> {
  const meanings = new Map<string, Meaning[]>()
  for (const {entry, ownName} of images)
    for (const name of entry.context === undefined ? [ownName] : [ownName, familiarName(entry.context)]) {
      const known = meanings.get(name) ?? []
      meanings.set(name, known)
      if (known.length < 2 && !known.some(meaning => meaning.ownName === ownName))
        known.push({ownName, text: entry.text, location: entry.location})
    }
  return meanings
}

function nameContextsOf(
  {entry: {context, ...image}, ownName}: NamedImage,
  names: ContextNames
): {readonly entry: ImageEntry; readonly skipped: readonly SkippedEntry[]} {
  const ownConflict = conflictOf(ownName, ownName, names)
  const skipped = ownConflict === undefined ? [] : [skipName(ownName, ownConflict, image.location)]
  const unnamed = {...image, shadowsStage: ownConflict !== undefined}
  if (context === undefined) return {entry: unnamed, skipped}
  const problem = checkContextName(context) ?? conflictOf(familiarName(context), ownName, names)
  return problem === undefined
    ? {entry: {...unnamed, context}, skipped}
    : {entry: unnamed, skipped: [...skipped, skipName(context, problem, image.location)]}
}

/** What else has the name. */
function conflictOf(name: string, ownName: string, {stages, meanings}: ContextNames): string | undefined {
  if (stages.has(name.toLowerCase())) return 'A stage has the same name. Rename the stage or the build context.'
  const other = meanings.get(name)?.find(meaning => meaning.ownName !== ownName)
  if (other === undefined) return undefined
  return `It is also the name of ${excerpt(other.text)} at ${formatLocation(other.location)}. Rename one of the build contexts.`
}

function skipName(name: string, problem: string, location: SourceLocation): SkippedEntry {
  // The author of a file chooses the name: control characters must not reach the log.
  const printable = excerpt(name).replace(/[^\x20-\x7e]/g, '?')
  const reason = `${problem} The image is verified, and gets no line of this name in \`build-contexts\`.`
  return {type: 'skipped', text: `Build context "${printable}"`, reason, location}
}
