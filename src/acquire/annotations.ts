// What is told of an image outside of the report: the line below its group in the log, and its one warning or error.
// Pure rendering of evidence, like the report that it is made from.

import {formatPlatform} from '../oci/platform.ts'
import type {Acquisition} from './acquire.ts'
import {diagnose, isOfPrimary} from './diagnose.ts'
import {describeFailure, formatBytes, formatDuration} from './failure.ts'
import {standInOf} from './fallback.ts'
import {few} from './few.ts'
import type {VerifiedImage} from './image.ts'
import {isOfMoved, renderMoved} from './moved.ts'
import {sayImage} from './plain-words.ts'
import {placeOf, renderStory, reportFacts, reportVerified} from './report.ts'
import {renderMirrorDecision} from './unresolved.ts'

/** One line that says what is used, for the log. */
export const renderVerified = (
  acquisition: Acquisition,
  image: VerifiedImage,
  placement: 'unplaced' | undefined
): string => {
  const {verified, size} = reportVerified(acquisition, image)
  const {reference = `${image.digest} from ${image.origins.join(', ')}`} = placeOf(acquisition, image, placement)
  const layers = image.platforms.reduce((sum, platform) => sum + platform.layers.length, 0)
  const names = image.platforms.map(({platform}) => (platform === undefined ? 'no platform' : formatPlatform(platform)))
  const platforms = few([...new Set(names)]).join(', ')
  const amount = `${String(layers)} ${layers === 1 ? 'layer' : 'layers'}, ${formatBytes(size ?? 0)}`
  const standIn = standInOf(acquisition)
  const inPlace = standIn === undefined ? '' : `, for which ${standIn.wanted.image.asked} stands in,`
  return `${acquisition.wanted.image.asked}${inPlace} -> ${reference} (verified: ${verified ?? ''}; ${platforms}; ${amount}; ${formatDuration(acquisition.elapsedMs)})`
}

/** The warning that something else than the registry that was named is used, and why; undefined when there is none to give. */
export const renderFailover = (
  acquisition: Acquisition,
  image: VerifiedImage
): {readonly title: string; readonly message: string} | undefined => {
  const {wanted, pin, stories, moved} = acquisition
  const failed = stories.filter(({failure}) => failure !== undefined)
  if (isOfPrimary(acquisition) && moved === undefined) return undefined
  const from = image.origins.join(', ')
  const lines = [
    ...renderCause(acquisition),
    ...failed.filter(story => !isOfMoved(story, moved)).map(story => renderStory(story, pin)),
    ...renderMoved(acquisition)
  ]
  const decision = renderMirrorDecision(pin, wanted.image)
  if (decision !== undefined) lines.push(decision)
  // A mirror that was preferred and did its work is no news.
  if (lines.length === 0) return undefined
  const title = moved === undefined ? `comes from ${from}` : `is another image at ${moved.registry} now`
  return {title: `${wanted.image.asked} ${title}`, message: [sayAcquired(acquisition), ...lines].join('\n')}
}

/** The error that nothing serves an image: every registry's story, the cause, and what to do. */
export const renderLost = (acquisition: Acquisition): {readonly title: string; readonly message: string} => {
  const {wanted, pin, stories, ended, moved, fallbacks = []} = acquisition
  const cause = renderCause(acquisition)
  // Of one that was called off nobody knows whether it could have served the image.
  const isTold = cause.length > 0 && (ended !== undefined || stories.every(({outcome}) => outcome !== 'aborted'))
  const lines = [
    ...(isTold ? [sayAcquired(acquisition)] : []),
    ...cause,
    ...stories.filter(story => !isOfMoved(story, moved)).map(story => renderStory(story, pin)),
    ...renderMoved(acquisition),
    ...(ended === undefined ? [] : [`The step ended: ${describeFailure(ended.failure)}.`]),
    ...fallbacks.flatMap(fallback => [
      `Nor can ${fallback.wanted.image.asked} stand in:`,
      ...fallback.stories.map(story => renderStory(story, fallback.pin))
    ])
  ]
  return {title: `No verified ${wanted.image.asked}`, message: lines.join('\n')}
}

/** The first sentence of what is told of it. */
export const sayAcquired = (acquisition: Acquisition): string =>
  sayImage(reportFacts(acquisition, 0, undefined), name => name)

/** The cause with its advice, and below it what the status pages of those that failed say. */
export const renderCause = (acquisition: Acquisition): readonly string[] => {
  const diagnosis = diagnose(acquisition)
  if (diagnosis === undefined) return []
  const words = new Map(
    acquisition.stories.flatMap(({statusWord}) => (statusWord === undefined ? [] : [[statusWord.page, statusWord]]))
  )
  return [
    `Cause: ${diagnosis.cause}. ${diagnosis.advice}`,
    ...[...words.values()].map(({page, says, at}) => `Hint: ${page} says: ${says}${at === undefined ? '' : ` (${at})`}`)
  ]
}
