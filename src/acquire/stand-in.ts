// What is said of images that are not quite what was pinned: an older tag that stands in, and a tag that still floats.
// Pure rendering; which tag may stand in is fallback.ts's decision.

import {formatFamiliar} from '../oci/reference.ts'
import type {Acquisition} from './acquire.ts'
import {renderCause, renderFailover, sayAcquired} from './annotations.ts'
import {standInOf} from './fallback.ts'
import {isFloating} from './plan.ts'
import {renderStory} from './report.ts'
import {renderMirrorDecision} from './unresolved.ts'

type Warning = {readonly title: string; readonly message: string}

/** The one warning of an image that is used: that it is an older one, or comes from elsewhere; undefined when there is none. */
export const renderUsed = (acquisition: Acquisition): Warning | undefined =>
  acquisition.image === undefined
    ? undefined
    : (renderStandIn(acquisition) ?? renderFailover(acquisition, acquisition.image))

/** The warning that another tag than the one that was asked for is used; undefined when none is. */
const renderStandIn = (acquisition: Acquisition): Warning | undefined => {
  const {wanted, stories, fallbacks = [], image, askedPin} = acquisition
  const standIn = standInOf(acquisition)
  if (standIn === undefined || image === undefined) return undefined
  const {asked} = wanted.image
  const {asked: used} = standIn.wanted.image
  const decision = renderMirrorDecision(standIn.pin, standIn.wanted.image)
  const others = fallbacks.flatMap(({wanted: {image: tried}, stories: told, pin}) =>
    told.filter(({failure}) => failure !== undefined).map(story => `${tried.asked}: ${renderStory(story, pin)}`)
  )
  return {
    title: `NOT ${asked}: ${used} stands in`,
    message: [
      sayAcquired(acquisition),
      `The outputs reference, digest and tag are those of ${used}: ${image.digest}.`,
      ...(decision === undefined ? [] : [decision]),
      ...renderCause(acquisition),
      ...stories.map(story => renderStory(story, askedPin)),
      ...others
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
