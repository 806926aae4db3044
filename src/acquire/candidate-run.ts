// One registry at work on one image: resolve, fetch, verify.
// A run reports to the race through events, and ends with a finished result.

import {
  type ActiveCandidate,
  candidateSource,
  LostRace,
  type RaceContext,
  type RaceEvent,
  type RunResult
} from './active-candidate.ts'
import {accessOf} from './disclosure.ts'
import {type Failure, type ObjectName} from '../failure/failure.ts'
import {describeFailure} from '../failure/describe-failure.ts'
import {fetchImage} from '../fetch/fetch-image.ts'
import {inspectMovedTag} from './moved-tag.ts'
import {omitUndefined} from '../oci/omit-undefined.ts'
import type {Access} from '../registry/registry.ts'
import {fetchResolved, resolve, type ResolvedManifest} from './resolve.ts'
import {type Candidate} from '../registry/candidate.ts'
import {VerifiedImageError} from '../failure/error.ts'
import {type ImageSource} from '../fetch/fetch-manifest.ts'

/** Runs one registry until it has served the image or failed. Rejects only for a bug. */
export async function runCandidate(
  active: ActiveCandidate,
  context: RaceContext,
  emit: (event: RaceEvent) => void
): Promise<RunResult> {
  const {request, deps, resolution} = context
  const {candidate, cancellation} = active
  const signal = AbortSignal.any([deps.signal, cancellation.signal])
  const source = candidateSource(active, context, signal, emit)
  let learned: Pick<RunResult, 'moved' | 'resolvedManifest'> = {}
  try {
    const withheld = await whyWithheld(active, context, signal)
    if (withheld !== undefined) return {outcome: undefined, withheld}
    deps.log({type: 'asking', candidate})

    // Resolve.
    const resolved = await resolveOnce(active, source, context)
    logTag(candidate, resolved, context)
    learned = learnedFrom(resolved, source, context)
    if (active.purpose === 'resolution') return {outcome: undefined, ...learned}
    let manifest = resolved.manifest ?? (await fetchResolved(source, request.image, resolution, resolved))

    // Another registry may have decided while this manifest was on its way.
    const decided = resolution.resolved?.digest
    if (decided !== undefined && decided !== manifest.digest)
      manifest = await fetchResolved(source, request.image, resolution, {digest: decided})
    active.digest = manifest.digest

    // Fetch and verify.
    const image = await fetchImage(source, manifest, request.platforms, request.level)
    for (const remark of image.platforms.flatMap(({remarks}) => remarks)) deps.log({type: 'note', text: remark})
    return {outcome: 'verified', image, ...learned}
  } catch (error) {
    if (signal.aborted)
      return {outcome: 'aborted', ...recordFailureOf(active, failureOfLoser(active, context)), ...learned}
    if (!(error instanceof VerifiedImageError)) throw error
    return {outcome: 'failed', ...recordFailureOf(active, error.failure, error.object), ...learned}
  } finally {
    cancellation.abort(new LostRace())
  }
}

function resolveOnce(
  {resolvedManifest}: ActiveCandidate,
  source: ImageSource,
  {request, resolution}: RaceContext
): Promise<ResolvedManifest> {
  return resolvedManifest === undefined
    ? resolve(source, request.image, resolution)
    : Promise.resolve({digest: resolvedManifest.digest, manifest: resolvedManifest})
}

function logTag({repository: {registry}}: Candidate, resolved: ResolvedManifest, context: RaceContext): void {
  const {request, deps, resolution} = context
  const {moved, gone, tagDigest, digest} = resolved
  const tag = request.image.tag ?? ''
  const known = resolution.resolved
  const note = (text: string): void => {
    const source = known?.decidedBy === 'lock' ? 'in the lock file' : `that ${known?.registry ?? ''} resolved`
    deps.log({type: 'note', text: `${registry}: ${text}. Requesting the digest ${source}`})
  }
  if (moved !== undefined) note(`${tag} is ${moved.digest} now`)
  else if (tagDigest !== undefined && tagDigest !== digest) note(`${tag} is ${tagDigest} there`)
  const without = known?.decidedBy === 'lock' ? 'no longer points to an image' : 'is not served'
  if (gone !== undefined) note(`the tag ${tag} ${without} (${describeFailure(gone)})`)
}

/** What is worth keeping beyond this run. */
function learnedFrom(
  {moved, manifest}: ResolvedManifest,
  source: ImageSource,
  {request, deps, resolution}: RaceContext
): Pick<RunResult, 'moved' | 'resolvedManifest'> {
  if (manifest !== undefined && source.candidate.role === 'primary' && resolution.resolved?.decidedBy === 'primary')
    return {resolvedManifest: manifest}
  if (moved === undefined) return {}
  // What the tag points to now is inspected beside the work on the locked image.
  const inspection = inspectMovedTag(source, moved, request.platforms, deps)
  // A bug in there is thrown where the result is awaited.
  inspection.catch(() => undefined)
  return {moved: inspection}
}

/** Why a public mirror must not learn the name of the image; undefined if it may. */
async function whyWithheld(
  {candidate, primary}: ActiveCandidate,
  {deps, resolution, request}: RaceContext,
  signal: AbortSignal
): Promise<Exclude<Access, 'public'> | undefined> {
  if (candidate.role !== 'public-mirror' || primary === undefined) return undefined
  const reference = resolution.resolved?.digest ?? request.image.tag ?? ''
  const access = await accessOf({port: deps.access, primary, reference, signal})
  if (access === 'public') return undefined
  const {registry} = candidate.repository
  const reason = access === 'private' ? 'The image is not public' : 'It is not known whether the image is public'
  deps.log({
    type: 'note',
    text: `${registry}: skipped. ${reason}, and names of private images are not disclosed to public mirrors`
  })
  return access
}

function recordFailureOf(
  {attempts}: ActiveCandidate,
  failure: Failure | undefined,
  object?: ObjectName
): Pick<RunResult, 'failure' | 'failedObject'> {
  if (failure === undefined) return {}
  const failedObject = object ?? attempts.findLast(attempt => attempt.failure === failure)?.object
  return omitUndefined({failure, failedObject})
}

/** Why a registry that was canceled was behind: it was silent, or its last failure, or it was slow. */
function failureOfLoser(
  {candidate, attempts, isSlow, digest}: ActiveCandidate,
  {deps, resolution}: RaceContext
): Failure | undefined {
  const {resolved} = resolution
  if (candidate.role === 'primary' && resolved?.unresolved?.kind === 'silent')
    return {kind: 'timed-out', phase: 'headers', limit: {input: 'stall-timeout', afterMs: resolved.unresolved.forMs}}
  // It was canceled because another digest was decided, not because it was slow.
  if (digest !== undefined && digest !== resolved?.digest) return undefined
  const last = attempts.findLast(({failure}) => failure !== undefined)?.failure
  if (last !== undefined || !isSlow || deps.hedgeAfterMs === undefined) return last
  return {kind: 'timed-out', phase: 'pace', limit: {input: 'hedge-after', afterMs: deps.hedgeAfterMs}}
}
