// What is told of an image outside of the report: the line below its group in the log, and its one warning or error.
// Pure rendering of evidence, like the report that it is made from.

import {formatPlatform} from '../oci/platform.ts'
import {diagnose, isOfPrimary} from './diagnose.ts'
import {fallbackUsed} from '../acquire/fallback.ts'
import {few} from '../failure/shorten-list.ts'
import {isMovedTagFailure} from '../acquire/moved-tag.ts'
import {imageSentence} from './wording.ts'
import {exportedReference, describeCandidate, reportFacts, reportVerified} from './build-report.ts'
import {renderMirrorDecision} from './unresolved.ts'
import {formatBytes, formatDuration} from '../failure/format.ts'
import {describeFailure} from '../failure/describe-failure.ts'
import {type VerifiedImage} from '../fetch/verified-image.ts'
import {describeMovedTag} from './moved-tag-warning.ts'
import {type Acquisition} from '../acquire/acquisition.ts'

/** One line that says what is used, for the log. */
export function renderVerified(
  acquisition: Acquisition,
  image: VerifiedImage,
  exported: 'not-exported' | undefined
): string {
  const {verified, size} = reportVerified(acquisition, image)
  const {reference = `${image.digest} from ${image.origins.join(', ')}`} = exportedReference(
    acquisition,
    image,
    exported
  )
  const layers = image.platforms.reduce((sum, platform) => sum + platform.layers.length, 0)
  const names = image.platforms.map(({platform}) => (platform === undefined ? 'no platform' : formatPlatform(platform)))
  const platforms = few([...new Set(names)]).join(', ')
  const amount = `${String(layers)} ${layers === 1 ? 'layer' : 'layers'}, ${formatBytes(size ?? 0)}`
  const standIn = fallbackUsed(acquisition)
  const inPlace = standIn === undefined ? '' : `, for which ${standIn.request.image.input} stands in,`
  return `${acquisition.request.image.input}${inPlace} -> ${reference} (verified: ${verified ?? ''}; ${platforms}; ${amount}; ${formatDuration(acquisition.elapsedMs)})`
}

/** The warning that something else than the registry that was named is used, and why; undefined when there is none to give. */
export function renderMirrorWarning(
  acquisition: Acquisition,
  image: VerifiedImage
): {readonly title: string; readonly message: string} | undefined {
  const {request, resolved, results, moved} = acquisition
  const failed = results.filter(({failure}) => failure !== undefined)
  if (isOfPrimary(acquisition) && moved === undefined) return undefined
  const from = image.origins.join(', ')
  const lines = [
    ...renderDiagnosis(acquisition),
    ...failed.filter(story => !isMovedTagFailure(story, moved)).map(story => describeCandidate(story, resolved)),
    ...describeMovedTag(acquisition)
  ]
  const decision = renderMirrorDecision(resolved, request.image)
  if (decision !== undefined) lines.push(decision)
  // A mirror that was preferred and did its work is no news.
  if (lines.length === 0) return undefined
  const title = moved === undefined ? `comes from ${from}` : `is another image at ${moved.registry} now`
  return {title: `${request.image.input} ${title}`, message: [acquisitionSentence(acquisition), ...lines].join('\n')}
}

/** The error that nothing serves an image: every registry's story, the cause, and what to do. */
export function renderUnavailable(acquisition: Acquisition): {readonly title: string; readonly message: string} {
  const {request, resolved, results, runError, moved, fallbacks = []} = acquisition
  const cause = renderDiagnosis(acquisition)
  // Of one that was called off nobody knows whether it could have served the image.
  const isTold = cause.length > 0 && (runError !== undefined || results.every(({outcome}) => outcome !== 'aborted'))
  const lines = [
    ...(isTold ? [acquisitionSentence(acquisition)] : []),
    ...cause,
    ...results.filter(story => !isMovedTagFailure(story, moved)).map(story => describeCandidate(story, resolved)),
    ...describeMovedTag(acquisition),
    ...(runError === undefined ? [] : [`The step ended: ${describeFailure(runError.failure)}.`]),
    ...fallbacks.flatMap(fallback => [
      `Nor can ${fallback.request.image.input} stand in:`,
      ...fallback.results.map(story => describeCandidate(story, fallback.resolved))
    ])
  ]
  return {title: `No verified ${request.image.input}`, message: lines.join('\n')}
}

/** The first sentence of what is told of it. */
export function acquisitionSentence(acquisition: Acquisition): string {
  return imageSentence(reportFacts(acquisition, 0, undefined), name => name)
}

/** The cause with its advice, and below it what the status pages of those that failed say. */
export function renderDiagnosis(acquisition: Acquisition): readonly string[] {
  const diagnosis = diagnose(acquisition)
  if (diagnosis === undefined) return []
  const words = new Map(
    acquisition.results.flatMap(({statusNotice}) =>
      statusNotice === undefined ? [] : [[statusNotice.page, statusNotice]]
    )
  )
  return [
    `Cause: ${diagnosis.cause}. ${diagnosis.advice}`,
    ...[...words.values()].map(({page, text, at}) => `Hint: ${page} says: ${text}${at === undefined ? '' : ` (${at})`}`)
  ]
}
