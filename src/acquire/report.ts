// What happened, as the JSON report (report.schema.json is its contract once published) and as lines for the log.
// Pure rendering of evidence: nothing is fetched, decided or measured here.

import type {Digest} from '../oci/digest.ts'
import {formatPlatform} from '../oci/platform.ts'
import {formatFamiliar, formatReference, formatRepository} from '../oci/reference.ts'
import type {Acquisition} from './acquire.ts'
import {diagnose, type Diagnosis, describeStory} from './diagnose.ts'
import type {Attempt, Story, StoryOutcome} from './event.ts'
import {describeFailure, type Failure, formatBytes, formatDuration, type InputFault} from './failure.ts'
import {leastLevel, type Level, type PlatformImage, type VerifiedImage} from './image.ts'
import {sayImage} from './plain-words.ts'
import type {Role} from './plan.ts'

export type Report = {
  readonly schemaVersion: 1
  readonly action: {readonly name: string; readonly version: string}
  /** ISO 8601, UTC. */
  readonly startedAt: string
  readonly elapsedMs: number
  readonly outcome: 'verified' | 'failed' | 'cancelled'
  readonly images: readonly ImageReport[]
  readonly inputFaults: readonly InputFault[]
  readonly warnings: readonly string[]
  /** What ended the run where it was no registry. */
  readonly failure?: FailureReport
}

export type FailureReport = Failure & {readonly message: string}

export type ImageReport = {
  /** As it was asked for. */
  readonly image: string
  readonly name: string
  readonly outcome: 'verified' | 'failed'
  readonly reference?: string
  readonly digest?: Digest
  readonly mediaType?: string
  readonly registry?: string
  readonly source?: 'primary' | 'mirror'
  readonly tag?: string
  /** Who decided the digest. */
  readonly decidedBy?: 'reference' | 'primary' | 'mirror'
  readonly verified?: Level
  /** Bytes of the compressed layers of all platforms. */
  readonly size?: number
  readonly buildContext?: string
  readonly platforms: readonly PlatformReport[]
  readonly elapsedMs: number
  readonly diagnosis?: Diagnosis
  /** That and why something else than the registry that was named is used. */
  readonly warning?: string
  readonly failure?: FailureReport
  readonly registries: readonly RegistryReport[]
}

type PlatformReport = Omit<PlatformImage, 'platform' | 'level'> & {
  readonly platform?: string
  readonly verified: Level
  readonly size: number
}

export type RegistryReport = {
  readonly registry: string
  readonly repository: string
  readonly role: Role
  readonly outcome: StoryOutcome
  /** What it did, in a line of words. */
  readonly did: string
  readonly object?: string
  readonly failure?: FailureReport
  readonly attempts: readonly (Omit<Attempt, 'failure'> & {readonly failure?: FailureReport})[]
}

export const reportFailure = (failure: Failure): FailureReport => ({...failure, message: describeFailure(failure)})

/** Times in it are counted from `runStartedMs` on the run's clock. */
export const reportImage = (acquisition: Acquisition, runStartedMs: number): ImageReport => {
  const warning = acquisition.image === undefined ? undefined : renderFailover(acquisition, acquisition.image)?.message
  return {...reportFacts(acquisition, runStartedMs), ...(warning === undefined ? {} : {warning})}
}

/** All but the warning, which is made from this. */
export type ImageFacts = Omit<ImageReport, 'warning'>

const reportFacts = (acquisition: Acquisition, runStartedMs: number): ImageFacts => {
  const {wanted, pin, image, stories, ended} = acquisition
  const {asked, reference} = wanted.image
  const diagnosis = diagnose(acquisition)
  return {
    image: asked,
    name: formatReference(reference),
    outcome: image === undefined ? 'failed' : 'verified',
    ...(pin === undefined ? {} : {digest: pin.digest, decidedBy: pin.decidedBy}),
    ...(image === undefined ? {} : reportVerified(acquisition, image)),
    platforms: image?.platforms.map(reportPlatform) ?? [],
    elapsedMs: acquisition.elapsedMs,
    ...(diagnosis === undefined ? {} : {diagnosis}),
    ...(ended === undefined ? {} : {failure: reportFailure(ended.failure)}),
    registries: stories.map(story => reportRegistry(story, runStartedMs))
  }
}

const reportVerified = ({wanted: {image: wantedImage}}: Acquisition, image: VerifiedImage): Partial<ImageReport> => {
  const {repository, role} = image.candidate
  const pulled = formatReference({...repository, digest: image.digest})
  return {
    reference: pulled,
    mediaType: image.mediaType,
    registry: repository.registry,
    source: role === 'primary' ? 'primary' : 'mirror',
    ...(wantedImage.tag === undefined ? {} : {tag: wantedImage.tag}),
    verified: leastLevel(image.platforms.map(({level}) => level)),
    size: image.platforms.reduce((sum, platform) => sum + sizeOf(platform), 0),
    buildContext: `${formatFamiliar(wantedImage.reference)}=docker-image://${pulled}`
  }
}

const sizeOf = ({layers}: PlatformImage): number => layers.reduce((sum, {size}) => sum + size, 0)

const reportPlatform = (image: PlatformImage): PlatformReport => {
  const {platform, level, ...rest} = image
  return {
    ...rest,
    ...(platform === undefined ? {} : {platform: formatPlatform(platform)}),
    verified: level,
    size: sizeOf(image)
  }
}

const reportRegistry = (story: Story, runStartedMs: number): RegistryReport => ({
  registry: story.candidate.repository.registry,
  repository: story.candidate.repository.path,
  role: story.candidate.role,
  outcome: story.outcome,
  did: renderStory(story),
  ...(story.failedObject === undefined ? {} : {object: story.failedObject}),
  ...(story.failure === undefined ? {} : {failure: reportFailure(story.failure)}),
  attempts: story.attempts
    .toSorted((a, b) => a.startedMs - b.startedMs)
    .map(({failure: failed, startedMs, ...attempt}) => ({
      ...attempt,
      startedMs: startedMs - runStartedMs,
      ...(failed === undefined ? {} : {failure: reportFailure(failed)})
    }))
})

/** One line that says what is used, for the log. */
export const renderVerified = (acquisition: Acquisition, image: VerifiedImage): string => {
  const {reference, verified, size} = reportVerified(acquisition, image)
  const layers = image.platforms.reduce((sum, platform) => sum + platform.layers.length, 0)
  const platforms = image.platforms
    .map(({platform}) => (platform === undefined ? 'no platform' : formatPlatform(platform)))
    .join(', ')
  const amount = `${String(layers)} ${layers === 1 ? 'layer' : 'layers'}, ${formatBytes(size ?? 0)}`
  return `${acquisition.wanted.image.asked} -> ${reference ?? ''} (verified: ${verified ?? ''}; ${platforms}; ${amount}; ${formatDuration(acquisition.elapsedMs)})`
}

/** The warning that something else than the registry that was named is used, and why; undefined when there is none to give. */
export const renderFailover = (
  acquisition: Acquisition,
  image: VerifiedImage
): {readonly title: string; readonly message: string} | undefined => {
  const {wanted, pin, stories} = acquisition
  const failed = stories.filter(({failure}) => failure !== undefined)
  if (image.candidate.role === 'primary' && failed.length === 0) return undefined
  const from = image.candidate.repository.registry
  const lines = [...renderCause(acquisition), ...failed.map(story => renderStory(story))]
  if (pin?.decidedBy === 'mirror') {
    const {registry} = wanted.image.reference
    lines.push(
      `${registry} could not say what ${wanted.image.tag ?? ''} is: ${pin.registry} decided, because mirrors names it. A digest in the reference leaves nothing to decide.`
    )
  }
  // A mirror that was preferred and did its work is no news.
  if (lines.length === 0) return undefined
  return {title: `${wanted.image.asked} comes from ${from}`, message: [sayAcquired(acquisition), ...lines].join('\n')}
}

/** The error that nothing serves an image: every registry's story, the cause, and what to do. */
export const renderLost = (acquisition: Acquisition): {readonly title: string; readonly message: string} => {
  const {wanted, stories, ended} = acquisition
  const cause = renderCause(acquisition)
  // Of one that was called off nobody knows whether it could have served the image.
  const isTold = cause.length > 0 && (ended !== undefined || stories.every(({outcome}) => outcome !== 'aborted'))
  const lines = [
    ...(isTold ? [sayAcquired(acquisition)] : []),
    ...cause,
    ...stories.map(story => renderStory(story)),
    ...(ended === undefined ? [] : [`The step ended: ${describeFailure(ended.failure)}.`])
  ]
  return {title: `No verified ${wanted.image.asked}`, message: lines.join('\n')}
}

const sayAcquired = (acquisition: Acquisition): string => sayImage(reportFacts(acquisition, 0), name => name)

const renderCause = (acquisition: Acquisition): readonly string[] => {
  const diagnosis = diagnose(acquisition)
  return diagnosis === undefined ? [] : [`Cause: ${diagnosis.cause}. ${diagnosis.advice}`]
}

/** What one registry did, in a line. */
export const renderStory = (story: Story): string => {
  const {failure, outcome, candidate, attempts} = story
  if (failure !== undefined) {
    const tries = attempts.filter(
      ({object, outcome: ended}) =>
        object === attempts.findLast(attempt => attempt.failure === failure)?.object && ended === 'failed'
    ).length
    return `${describeStory(story, failure)}${tries > 1 ? ` (${String(tries)} tries)` : ''}`
  }
  if (outcome === 'not-asked' && !candidate.mayResolve) {
    return `${formatRepository(candidate.repository)}: not asked, as nobody could say which digest the tag has, and a built-in mirror is asked by digest only; naming it in mirrors lets it decide`
  }
  return `${formatRepository(candidate.repository)}: ${describeOutcome(story)}`
}

const describeOutcome = ({outcome, attempts}: Story): string => {
  if (outcome === 'not-asked') return 'not asked'
  if (outcome === 'verified') return 'verified'
  const left = attempts.findLast(attempt => attempt.outcome === 'aborted')?.object
  return left === undefined ? 'called off' : `was still at ${left}`
}
