// What was noticed about the platforms of an image that is used all the same, in one text for the image: the same note of several
// platforms stands there once.

import {formatPlatform} from '../oci/platform.ts'
import {few} from '../failure/shorten-list.ts'
import {type VerifiedImage} from '../fetch/verified-image.ts'

// Longer lists of names are counted.
const MOST_NAMES = 3

/** Undefined when there is nothing to note. */
export function renderNotes({platforms}: Pick<VerifiedImage, 'platforms'>): string | undefined {
  const names = new Map<string, Set<string>>()
  for (const {platform, warnings} of platforms) {
    const name = platform === undefined ? 'no platform' : formatPlatform(platform)
    for (const note of warnings) names.set(note, (names.get(note) ?? new Set()).add(name))
  }
  if (names.size === 0) return undefined
  const lines = [...names].map(([note, those]) =>
    platforms.length === 1 ? note : `${few([...those], MOST_NAMES).join(', ')}: ${note}`
  )
  return few(lines).join('\n')
}
