// Notes about the platforms of an image that is used, in one text: a note that several platforms share is there once.
// Pure.

import {few} from '../failure/shorten-list.ts'
import type {PlatformReport} from './report-document.ts'

// Longer lists of names are counted.
const MAX_NAMES = 3

/** Undefined if there are no notes. */
export function renderNotes(platforms: readonly Pick<PlatformReport, 'platform' | 'notes'>[]): string | undefined {
  const namesOfNote = new Map<string, Set<string>>()
  for (const {platform = 'no platform', notes} of platforms)
    for (const note of notes) namesOfNote.set(note, (namesOfNote.get(note) ?? new Set()).add(platform))
  if (namesOfNote.size === 0) return undefined
  const lines = [...namesOfNote].map(([note, names]) =>
    platforms.length === 1 ? note : `${few([...names], MAX_NAMES).join(', ')}: ${note}`
  )
  return few(lines).join('\n')
}
