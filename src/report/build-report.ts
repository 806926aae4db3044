// Builds the report of one image (report.schema.json is its contract). Log, annotations, summary, and outputs read this report.
// Pure: nothing is fetched, decided, or measured here.

import {type Acquisition} from '../acquire/acquisition.ts'
import type {CandidateOutcome} from '../acquire/candidate-result.ts'
import {fallbackUsed} from '../acquire/fallback.ts'
import {createdOf} from '../acquire/moved-tag.ts'
import {lowestLevel} from '../fetch/verify-level.ts'
import {type VerifiedImage} from '../fetch/verified-image.ts'
import {omitUndefined} from '../oci/omit-undefined.ts'
import {asWritten, formatFamiliar, formatPulled, formatReference} from '../oci/reference.ts'
import {type Role} from '../registry/candidate.ts'
import {CACHE} from '../store/store.ts'
import {describeCandidate} from './describe-candidate.ts'
import {diagnose} from './diagnose.ts'
import {imageWarning} from './image-warning.ts'
import type {ImageReport, RegistryReport} from './report-document.ts'
import {
  reportAttempt,
  reportDiagnosis,
  reportFailure,
  reportMoved,
  reportPlace,
  reportPlatform,
  reportSignature,
  reportStatusPage,
  sizeOf
} from './report-fields.ts'
import {mirrorDecision} from './unresolved.ts'

/** What load or layout made of an image on this machine. */
export type ExportedImage = {
  readonly reference: string
  /** The value of a build context for BuildKit. */
  readonly context: string
}

/** `not-exported`: load or layout was requested, and the image was not exported. It has no reference then. */
export type ExportResult = ExportedImage | 'not-exported'

/** Times in the report count from `runStartedMs` on the run's clock. */
export function buildImageReport(
  acquisition: Acquisition,
  runStartedMs: number,
  exported: ExportResult | undefined
): ImageReport {
  const report = imageReport(acquisition, runStartedMs, exported)
  return omitUndefined({...report, warning: imageWarning(report, mirrorDecision(acquisition))})
}

function imageReport(
  acquisition: Acquisition,
  runStartedMs: number,
  exported: ExportResult | undefined
): Omit<ImageReport, 'warning'> {
  const {request, resolved, image, runError, moved, fallbacks, signature} = acquisition
  const {input, reference, locations} = request.image
  // Registries that failed before did not keep a signed image from being used.
  const diagnosis = runError?.failure.kind === 'signature' ? undefined : diagnose(acquisition)
  const fallbackExported = exported === undefined ? undefined : 'not-exported'
  return omitUndefined({
    image: input,
    name: formatReference(reference),
    places: locations?.map(reportPlace),
    outcome: image === undefined || exported === 'not-exported' ? 'failed' : 'verified',
    digest: resolved?.digest,
    decidedBy: resolved?.decidedBy,
    locked: request.image.locked?.digest,
    moved: moved && reportMoved(moved, createdOf(image)),
    ...(image === undefined || exported === 'not-exported'
      ? {}
      : {...verifiedFields(acquisition, image), ...exportedFields(acquisition, image, exported)}),
    signature: signature && reportSignature(signature),
    platforms: image?.platforms.map(reportPlatform) ?? [],
    elapsedMs: acquisition.elapsedMs,
    diagnosis: diagnosis && reportDiagnosis(diagnosis),
    failure: runError && reportFailure(runError.failure),
    registries: registryReports(acquisition, runStartedMs),
    fallbacks: fallbacks?.map(fallback => imageReport(fallback, runStartedMs, fallbackExported))
  })
}

function verifiedFields(acquisition: Acquisition, image: VerifiedImage): Partial<ImageReport> {
  const {origins, mediaType, platforms, candidate} = image
  const {image: request, candidates} = acquisition.request
  const primary = candidates.find(({role}) => role === 'primary')?.repository.registry
  // If several registries served parts of the image, a mirror is named before the primary. Cached bytes have no registry.
  const registries = origins.filter(origin => origin !== CACHE)
  const registry = registries.find(origin => origin !== primary) ?? registries[0]
  const isPrimary = candidate.role === 'primary' && registry === primary
  return omitUndefined({
    mediaType,
    origins,
    registry,
    source: registry === undefined ? undefined : isPrimary ? 'primary' : 'mirror',
    tag: fallbackUsed(acquisition)?.request.image.tag ?? request.tag,
    verified: lowestLevel(platforms.map(({level}) => level)),
    size: platforms.reduce((sum, platform) => sum + sizeOf(platform), 0)
  })
}

function exportedFields(
  {request: {image: request}}: Acquisition,
  image: VerifiedImage,
  exported: ExportedImage | undefined
): Partial<ImageReport> {
  const pulled = formatPulled(image.candidate.repository, image.digest, request.reference)
  const {reference, context} = exported ?? {reference: pulled, context: `docker-image://${pulled}`}
  return omitUndefined({
    reference,
    buildContext:
      request.shadowsStage === true ? undefined : `${formatFamiliar(asWritten(request.reference))}=${context}`,
    namedContexts: request.contexts?.map(name => `${name}=${context}`)
  })
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

function registryReports(
  {results, resolved, requestedDigest, fallbacks, image}: Acquisition,
  runStartedMs: number
): readonly RegistryReport[] {
  // With a fallback tag, `resolved` is the digest of that tag.
  const known = image !== undefined && fallbacks !== undefined ? requestedDigest : resolved
  return results.map(result =>
    omitUndefined({
      registry: result.candidate.repository.registry,
      repository: result.candidate.repository.path,
      role: ROLES[result.candidate.role],
      outcome: OUTCOMES[result.outcome],
      did: describeCandidate(result, known),
      object: result.failedObject,
      failure: result.failure && reportFailure(result.failure),
      statusPage: result.statusNotice && reportStatusPage(result.statusNotice),
      attempts: result.attempts
        .toSorted((a, b) => a.startedMs - b.startedMs)
        .map(attempt => reportAttempt(attempt, runStartedMs))
    })
  )
}
