// What is said of images that are not quite what was pinned: an older tag that stands in, and a tag that still floats.
// Pure rendering; which tag may stand in is fallback.ts's decision.

import {formatFamiliar} from '../oci/reference.ts'
import type {Acquisition} from './acquire.ts'
import {standInOf} from './fallback.ts'
import {isFloating} from './plan.ts'
import {renderCause, renderStory} from './report.ts'

/** The warning that another tag than the one that was asked for is used; undefined when none is. */
export const renderStandIn = (
  acquisition: Acquisition
): {readonly title: string; readonly message: string} | undefined => {
  const {wanted, stories, fallbacks = [], image} = acquisition
  const standIn = standInOf(acquisition)
  if (standIn === undefined || image === undefined) return undefined
  const {asked} = wanted.image
  const {asked: used} = standIn.wanted.image
  const others = fallbacks.flatMap(({wanted: {image: tried}, stories: told}) =>
    told.filter(({failure}) => failure !== undefined).map(story => `${tried.asked}: ${renderStory(story)}`)
  )
  return {
    title: `NOT ${asked}: ${used} stands in`,
    message: [
      `Nothing serves ${asked}. As fallback-tags allows, ${used} is handed on in its place, verified against ${image.digest} from ${image.candidate.repository.registry}: reference, digest and tag are those of ${used}.`,
      ...(standIn.pin?.decidedBy === 'mirror'
        ? [`What ${used} is, ${standIn.pin.registry} decided, because mirrors names it.`]
        : []),
      ...stories.map(story => renderStory(story)),
      ...others,
      ...renderCause(acquisition)
    ].join('\n')
  }
}

/** One piece of advice for all images whose tags may be given to others; undefined when there are none. */
export const adviseOnFloating = (acquisitions: readonly Acquisition[], lockFile: string): string | undefined => {
  const floating = acquisitions.filter(
    ({wanted, image, pin}) =>
      image !== undefined && pin?.decidedBy !== 'lock' && (isFloating(wanted.image.reference) || floats(wanted.image))
  )
  if (floating.length === 0) return undefined
  const names = floating.map(({wanted, image}) => {
    const {tag} = wanted.image
    const version = image?.platforms[0]?.version
    const isNarrower = version !== undefined && version !== tag
    return `${formatFamiliar(wanted.image.reference)}${isNarrower ? ` (${version} at the moment)` : ''}`
  })
  return `Advice: ${names.join(', ')} may become another image with any new release. A digest in the reference pins it, or a run with lock: update, which writes what it is now into ${lockFile}.`
}

// A version with two numbers or fewer is a series by most publishers' custom. Dates and commits are no series.
const floats = ({reference: {digest}, tag}: Acquisition['wanted']['image']): boolean => {
  if (digest !== undefined || tag === undefined || /\d{6}|(?:^|-)[0-9a-f]{7,}/.test(tag)) return false
  const numbers = /^v?(\d+(?:\.\d+)*)/.exec(tag)?.[1]?.split('.') ?? []
  return numbers.length < 3
}
