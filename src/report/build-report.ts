// What happened, as the JSON report (report.schema.json is its contract).
// Pure rendering of evidence: nothing is fetched, decided or measured here.

import {formatFamiliar, formatReference, formatRepository} from '../oci/reference.ts'
import {describeFailedCandidate, diagnose} from './diagnose.ts'
import type {CandidateResult, CandidateOutcome} from '../acquire/candidate-result.ts'
import {fallbackUsed} from '../acquire/fallback.ts'
import {createdOf} from '../acquire/moved-tag.ts'
import type {ResolvedDigest} from '../acquire/plan.ts'
import type {ImageReport, RegistryReport} from './report-document.ts'
import {
  reportAttempt,
  reportDiagnosis,
  reportFailure,
  reportMoved,
  reportPlace,
  reportPlatform,
  reportStatusPage,
  sizeOf
} from './report-fields.ts'
import {CACHE} from '../store/store.ts'
import {type Role} from '../registry/candidate.ts'
import {lowestLevel} from '../fetch/verify-level.ts'
import {type VerifiedImage} from '../fetch/verified-image.ts'
import {type Acquisition} from '../acquire/acquisition.ts'

/** An image that `load` or `layout` exported on this machine. */
export type ExportedImage = {
  readonly reference: string
  /** The value of a build context for BuildKit. */
  readonly context: string
}

/** `not-exported`: the image was to be exported and was not, so it has no reference. */
export type ExportResult = ExportedImage | 'not-exported'

/**
 * Builds the report of an image. Times in it are counted from `runStartedMs` on the run's clock. `exported` is undefined where
 * neither `load` nor `layout` is set. `warning` is the text of its annotation.
 */
export function buildImageReport(
  acquisition: Acquisition,
  runStartedMs: number,
  exported: ExportResult | undefined,
  warning: string | undefined
): ImageReport {
  return {
    ...reportFacts(acquisition, runStartedMs, exported),
    ...(warning === undefined ? {} : {warning})
  }
}

/** All but the warning, which is made from this; an older tag that was tried has none of its own. */
type ImageFacts = Omit<ImageReport, 'warning'>

export function reportFacts(
  acquisition: Acquisition,
  runStartedMs: number,
  exported: ExportResult | undefined
): ImageFacts {
  const {request, resolved, image, results, runError, moved, fallbacks} = acquisition
  const {input, reference, locations} = request.image
  const diagnosis = diagnose(acquisition)
  const lockedCreated = createdOf(image)
  return {
    image: input,
    name: formatReference(reference),
    ...(locations === undefined ? {} : {places: locations.map(reportPlace)}),
    outcome: image === undefined || exported === 'not-exported' ? 'failed' : 'verified',
    ...(resolved === undefined ? {} : {digest: resolved.digest, decidedBy: resolved.decidedBy}),
    ...(request.image.locked === undefined ? {} : {locked: request.image.locked.digest}),
    ...(moved === undefined ? {} : {moved: reportMoved(moved, lockedCreated)}),
    ...(image === undefined || exported === 'not-exported'
      ? {}
      : {...reportVerified(acquisition, image), ...exportedReference(acquisition, image, exported)}),
    platforms: image?.platforms.map(reportPlatform) ?? [],
    elapsedMs: acquisition.elapsedMs,
    ...(diagnosis === undefined ? {} : {diagnosis: reportDiagnosis(diagnosis)}),
    ...(runError === undefined ? {} : {failure: reportFailure(runError.failure)}),
    registries: results.map(story => reportRegistry(story, runStartedMs, resolved)),
    ...(fallbacks === undefined
      ? {}
      : {
          fallbacks: fallbacks.map(fallback =>
            reportFacts(fallback, runStartedMs, exported === undefined ? undefined : 'not-exported')
          )
        })
  }
}

export function reportVerified(acquisition: Acquisition, image: VerifiedImage): Partial<ImageReport> {
  const {origins, mediaType, platforms, candidate} = image
  const {image: wanted, candidates} = acquisition.request
  const tag = fallbackUsed(acquisition)?.request.image.tag ?? wanted.tag
  const primary = candidates.find(({role}) => role === 'primary')?.repository.registry
  // A mirror that had a part in it is the one to name; what is all from the cache was served by nobody.
  const registries = origins.filter(origin => origin !== CACHE)
  const registry = registries.find(origin => origin !== primary) ?? registries[0]
  const isPrimary = candidate.role === 'primary' && registry === primary
  return {
    mediaType,
    origins,
    ...(registry === undefined ? {} : {registry, source: isPrimary ? 'primary' : 'mirror'}),
    ...(tag === undefined ? {} : {tag}),
    verified: lowestLevel(platforms.map(({level}) => level)),
    size: platforms.reduce((sum, platform) => sum + sizeOf(platform), 0)
  }
}

export function exportedReference(
  {request: {image: wanted}}: Acquisition,
  image: VerifiedImage,
  exported: ExportResult | undefined
): Partial<ImageReport> {
  if (exported === 'not-exported') return {}
  const pulled = formatReference({...image.candidate.repository, digest: image.digest})
  const {reference, context} = exported ?? {reference: pulled, context: `docker-image://${pulled}`}
  return {
    reference,
    ...(wanted.shadowsStage === true ? {} : {buildContext: `${formatFamiliar(wanted.reference)}=${context}`}),
    ...(wanted.contexts === undefined ? {} : {namedContexts: wanted.contexts.map(name => `${name}=${context}`)})
  }
}

const ROLES: Readonly<Record<Role, RegistryReport['role']>> = {
  primary: 'primary',
  mirror: 'mirror',
  'public-mirror': 'public-mirror'
}

const OUTCOMES: Readonly<Record<CandidateOutcome, RegistryReport['outcome']>> = {
  verified: 'verified',
  failed: 'failed',
  aborted: 'aborted',
  'not-asked': 'not-asked'
}

function reportRegistry(story: CandidateResult, runStartedMs: number, pin: ResolvedDigest | undefined): RegistryReport {
  return {
    registry: story.candidate.repository.registry,
    repository: story.candidate.repository.path,
    role: ROLES[story.candidate.role],
    outcome: OUTCOMES[story.outcome],
    did: describeCandidate(story, pin),
    ...(story.failedObject === undefined ? {} : {object: story.failedObject}),
    ...(story.failure === undefined ? {} : {failure: reportFailure(story.failure)}),
    ...(story.statusNotice === undefined ? {} : {statusPage: reportStatusPage(story.statusNotice)}),
    attempts: story.attempts
      .toSorted((a, b) => a.startedMs - b.startedMs)
      .map(attempt => reportAttempt(attempt, runStartedMs))
  }
}

/** What one registry did, in a line. With a `pin` the digest was known in the end, so that it could have been asked. */
export function describeCandidate(story: CandidateResult, pin: ResolvedDigest | undefined): string {
  const {failure, outcome, candidate, attempts} = story
  if (failure !== undefined) {
    const tries = attempts.filter(
      ({object, outcome: ended}) =>
        object === attempts.findLast(attempt => attempt.failure === failure)?.object && ended === 'failed'
    ).length
    return `${describeFailedCandidate(story, failure)}${tries > 1 ? ` (${String(tries)} tries)` : ''}`
  }
  const name = formatRepository(candidate.repository)
  const {withheld, answered} = story
  if (withheld === 'private')
    return `${name}: not asked, as the image cannot be read without a login, and a public mirror is not told the name of a private image`
  if (withheld === 'unknown')
    return `${name}: not asked, as there are credentials for the image's registry and it could not be found out whether anyone can read it without them; list this mirror in mirrors to have it asked`
  if (outcome === 'not-asked' && !candidate.mayResolve && pin === undefined)
    return `${name}: not asked, as the digest of the tag is unknown and public mirrors are only queried by digest; write a digest into the reference, or keep a lock file`
  if (answered !== undefined && pin !== undefined && answered !== pin.digest)
    return `${name}: not used; its tag is ${answered}, and ${pin.registry} says ${pin.digest}`
  return `${name}: ${describeOutcome(story)}`
}

function describeOutcome({outcome, attempts}: CandidateResult): string {
  if (outcome === 'not-asked') return 'not asked'
  if (outcome === 'verified') return 'verified'
  const left = attempts.findLast(attempt => attempt.outcome === 'aborted')?.object
  return left === undefined ? 'called off' : `was still at ${left}`
}
