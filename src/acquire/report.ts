// What happened, as the JSON report (report.schema.json is its contract once published) and as lines for the log.
// Pure rendering of evidence: nothing is fetched, decided or measured here.

import type {Digest} from '../oci/digest.ts'
import {formatPlatform} from '../oci/platform.ts'
import {formatFamiliar, formatReference, formatRepository} from '../oci/reference.ts'
import type {Acquisition} from './acquire.ts'
import {diagnose, type Diagnosis, describeStory} from './diagnose.ts'
import {CACHE} from './keeper.ts'
import type {Attempt, Story, StoryOutcome} from './event.ts'
import {describeFailure, type Failure, formatBytes, formatDuration, type InputFault} from './failure.ts'
import {leastLevel, type Level, type PlatformImage, type VerifiedImage} from './image.ts'
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
  /** The folder that the images were written to. */
  readonly layout?: string
  /** What ended the run where it was no registry. */
  readonly failure?: FailureReport
}

/** What load or layout made of an image on this machine. */
export type Placement = {readonly reference: string; readonly buildContext: string}

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
  /** Who served its bytes: registries, and `cache`. */
  readonly origins?: readonly string[]
  readonly tag?: string
  /** Who decided the digest. */
  readonly decidedBy?: 'reference' | 'primary' | 'mirror'
  readonly verified?: Level
  /** Bytes of the compressed layers of all platforms. */
  readonly size?: number
  readonly buildContext?: string
  readonly platforms: readonly PlatformReport[]
  readonly diagnosis?: Diagnosis
  readonly failure?: FailureReport
  readonly registries: readonly RegistryReport[]
}

type PlatformReport = Omit<PlatformImage, 'platform' | 'level' | 'manifest' | 'missing'> & {
  readonly platform?: string
  readonly verified: Level
  readonly size: number
}

type RegistryReport = {
  readonly registry: string
  readonly repository: string
  readonly role: Role
  readonly outcome: StoryOutcome
  readonly object?: string
  readonly failure?: FailureReport
  readonly attempts: readonly (Omit<Attempt, 'failure'> & {readonly failure?: FailureReport})[]
}

export const reportFailure = (failure: Failure): FailureReport => ({...failure, message: describeFailure(failure)})

/** `placement` is where it was put, `unplaced` that it was to be put somewhere and was not: it has no reference then. */
export const reportImage = (acquisition: Acquisition, placement?: Placement | 'unplaced'): ImageReport => {
  const {wanted, pin, image, stories, ended} = acquisition
  const {asked, reference} = wanted.image
  const diagnosis = diagnose(acquisition)
  return {
    image: asked,
    name: formatReference(reference),
    outcome: image === undefined ? 'failed' : 'verified',
    ...(pin === undefined ? {} : {digest: pin.digest, decidedBy: pin.decidedBy}),
    ...(image === undefined ? {} : {...reportVerified(acquisition, image), ...placeOf(acquisition, image, placement)}),
    platforms: image?.platforms.map(reportPlatform) ?? [],
    ...(diagnosis === undefined ? {} : {diagnosis}),
    ...(ended === undefined ? {} : {failure: reportFailure(ended.failure)}),
    registries: stories.map(reportRegistry)
  }
}

const reportVerified = (
  {wanted: {image: wanted, candidates}}: Acquisition,
  {origins, mediaType, platforms, candidate}: VerifiedImage
): Partial<ImageReport> => {
  const primary = candidates.find(({role}) => role === 'primary')?.repository.registry
  // A mirror that had a part in it is the one to name; what is all from the cache was served by nobody.
  const registries = origins.filter(origin => origin !== CACHE)
  const registry = registries.find(origin => origin !== primary) ?? registries[0]
  const isPrimary = candidate.role === 'primary' && registry === primary
  return {
    mediaType,
    origins,
    ...(registry === undefined ? {} : {registry, source: isPrimary ? 'primary' : 'mirror'}),
    ...(wanted.tag === undefined ? {} : {tag: wanted.tag}),
    verified: leastLevel(platforms.map(({level}) => level)),
    size: platforms.reduce((sum, platform) => sum + sizeOf(platform), 0)
  }
}

const placeOf = (
  {wanted: {image: wanted}}: Acquisition,
  image: VerifiedImage,
  placement: Placement | 'unplaced' | undefined
): Partial<ImageReport> => {
  if (placement === 'unplaced') return {}
  if (placement !== undefined) return placement
  const reference = formatReference({...image.candidate.repository, digest: image.digest})
  return {reference, buildContext: `${formatFamiliar(wanted.reference)}=docker-image://${reference}`}
}

const sizeOf = ({layers}: PlatformImage): number => layers.reduce((sum, {size}) => sum + size, 0)

const reportPlatform = (image: PlatformImage): PlatformReport => {
  const {platform, level, digest, mediaType, imageId, layers, notes} = image
  return {
    ...{digest, mediaType, imageId, layers, notes},
    ...(platform === undefined ? {} : {platform: formatPlatform(platform)}),
    verified: level,
    size: sizeOf(image)
  }
}

const reportRegistry = ({candidate, outcome, failure, failedObject, attempts}: Story): RegistryReport => ({
  registry: candidate.repository.registry,
  repository: candidate.repository.path,
  role: candidate.role,
  outcome,
  ...(failedObject === undefined ? {} : {object: failedObject}),
  ...(failure === undefined ? {} : {failure: reportFailure(failure)}),
  attempts: attempts.map(({failure: failed, ...attempt}) => ({
    ...attempt,
    ...(failed === undefined ? {} : {failure: reportFailure(failed)})
  }))
})

/** One line that says what is used, for the log. */
export const renderVerified = (
  acquisition: Acquisition,
  image: VerifiedImage,
  elapsedMs: number,
  placement: 'unplaced' | undefined
): string => {
  const {verified, size} = reportVerified(acquisition, image)
  const {reference = `${image.digest} from ${image.origins.join(', ')}`} = placeOf(acquisition, image, placement)
  const layers = image.platforms.reduce((sum, platform) => sum + platform.layers.length, 0)
  const platforms = image.platforms
    .map(({platform}) => (platform === undefined ? 'no platform' : formatPlatform(platform)))
    .join(', ')
  const amount = `${String(layers)} ${layers === 1 ? 'layer' : 'layers'}, ${formatBytes(size ?? 0)}`
  return `${acquisition.wanted.image.asked} -> ${reference} (verified: ${verified ?? ''}; ${platforms}; ${amount}; ${formatDuration(elapsedMs)})`
}

/** The warning that something else than the registry that was named is used, and why; undefined when there is none to give. */
export const renderFailover = (
  acquisition: Acquisition,
  image: VerifiedImage
): {readonly title: string; readonly message: string} | undefined => {
  const {wanted, pin, stories} = acquisition
  const failed = stories.filter(({failure}) => failure !== undefined)
  if (image.candidate.role === 'primary' && failed.length === 0) return undefined
  const from = image.origins.join(', ')
  const lines = failed.map(story => renderStory(story))
  const diagnosis = diagnose(acquisition)
  if (diagnosis !== undefined)
    lines.push(
      `${from} ${image.origins.length === 1 ? 'serves it' : 'have it between them'}, verified against ${image.digest}.`,
      `Cause: ${diagnosis.cause}. ${diagnosis.advice}`
    )
  if (pin?.decidedBy === 'mirror') {
    const {registry} = wanted.image.reference
    lines.push(
      `${registry} could not say what ${wanted.image.tag ?? ''} is: ${pin.registry} decided, because mirrors names it. A digest in the reference leaves nothing to decide.`
    )
  }
  // A mirror that was preferred and did its work is no news.
  return lines.length === 0 ? undefined : {title: `${wanted.image.asked} comes from ${from}`, message: lines.join('\n')}
}

/** The error that nothing serves an image: every registry's story, the cause, and what to do. */
export const renderLost = (acquisition: Acquisition): {readonly title: string; readonly message: string} => {
  const {wanted, stories, ended} = acquisition
  const diagnosis = diagnose(acquisition)
  const lines = [
    ...stories.map(story => renderStory(story)),
    ...(ended === undefined ? [] : [`The step ended: ${describeFailure(ended.failure)}.`]),
    ...(diagnosis === undefined ? [] : [`Cause: ${diagnosis.cause}. ${diagnosis.advice}`])
  ]
  return {title: `No verified ${wanted.image.asked}`, message: lines.join('\n')}
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
