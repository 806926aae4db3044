// What is said of images that are not quite what was pinned: an older tag that stands in, and a tag that still floats.
// Pure rendering; which tag may stand in is fallback.ts's decision.

import {formatFamiliar} from '../oci/reference.ts'
import {renderDiagnosis, renderMirrorWarning, acquisitionSentence} from './annotations.ts'
import {fallbackUsed} from '../acquire/fallback.ts'
import {isFloating} from '../acquire/plan.ts'
import {describeCandidate} from './build-report.ts'
import {renderMirrorDecision} from './unresolved.ts'
import {type Acquisition} from '../acquire/acquisition.ts'

type Warning = {readonly title: string; readonly message: string}

/** The one warning of an image that is used: that it is an older one, or comes from elsewhere; undefined when there is none. */
export function imageWarning(acquisition: Acquisition): Warning | undefined {
  return acquisition.image === undefined
    ? undefined
    : (renderFallbackWarning(acquisition) ?? renderMirrorWarning(acquisition, acquisition.image))
}

/** The warning that another tag than the one that was asked for is used; undefined when none is. */
function renderFallbackWarning(acquisition: Acquisition): Warning | undefined {
  const {request, results, fallbacks = [], image, requestedDigest} = acquisition
  const standIn = fallbackUsed(acquisition)
  if (standIn === undefined || image === undefined) return undefined
  const {input} = request.image
  const {input: used} = standIn.request.image
  const decision = renderMirrorDecision(standIn.resolved, standIn.request.image)
  const others = fallbacks.flatMap(({request: {image: tried}, results: told, resolved}) =>
    told
      .filter(({failure}) => failure !== undefined)
      .map(story => `${tried.input}: ${describeCandidate(story, resolved)}`)
  )
  return {
    title: `NOT ${input}: ${used} stands in`,
    message: [
      acquisitionSentence(acquisition),
      `The outputs reference, digest and tag are those of ${used}: ${image.digest}.`,
      ...(decision === undefined ? [] : [decision]),
      ...renderDiagnosis(acquisition),
      ...results.map(story => describeCandidate(story, requestedDigest)),
      ...others
    ].join('\n')
  }
}

/** One piece of advice for all images whose tags may be given to others; undefined when there are none. */
export function floatingTagAdvice(acquisitions: readonly Acquisition[], lockFile: string): string | undefined {
  const floating = acquisitions.filter(
    ({request, image, resolved}) =>
      image !== undefined &&
      resolved?.decidedBy !== 'lock' &&
      (isFloating(request.image.reference) || floats(request.image))
  )
  if (floating.length === 0) return undefined
  const names = floating.map(({request, image}) => {
    const {tag} = request.image
    const version = image?.platforms[0]?.version
    const isNarrower = version !== undefined && version !== tag
    return `${formatFamiliar(request.image.reference)}${isNarrower ? ` (${version} at the moment)` : ''}`
  })
  return `Advice: ${names.join(', ')} may become another image with any new release. A digest in the reference pins it, or a run with lock: update, which writes what it is now into ${lockFile}.`
}

// A version with two numbers or fewer is a series by most publishers' custom. Dates and commits are no series.
function floats({reference: {digest}, tag}: Acquisition['request']['image']): boolean {
  if (digest !== undefined || tag === undefined || /\d{6}|(?:^|-)[0-9a-f]{7,}/.test(tag)) return false
  const numbers = /^v?(\d+(?:\.\d+)*)/.exec(tag)?.[1]?.split('.') ?? []
  return numbers.length < 3
}
