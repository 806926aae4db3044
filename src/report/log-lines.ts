// Lines of one image's log, each event once and in order.
// Pure. Registry names lead the lines, digests are short, and the full digest is in the result.

import {type Acquisition} from '../acquire/acquisition.ts'
import type {CandidateResult, Event} from '../acquire/candidate-result.ts'
import {fallbackUsed} from '../acquire/fallback.ts'
import {describeFailure, describeObjectFailure, formatObject} from '../failure/describe-failure.ts'
import {describeDifference, describeParts} from './describe-candidate.ts'
import {formatBytes, formatDuration, shortenDigests} from '../failure/format.ts'
import {few} from '../failure/shorten-list.ts'
import {type Attempt} from '../fetch/retry.ts'
import type {Progress} from '../fetch/progress.ts'
import {type VerifiedImage} from '../fetch/verified-image.ts'
import {lowestLevel, type Level} from '../fetch/verify-level.ts'
import {formatPlatform} from '../oci/platform.ts'
import {formatReference, formatRepository} from '../oci/reference.ts'
import {failedAttempts} from './describe-candidate.ts'
import {describeCheck} from '../signature/describe-check.ts'
import type {SignatureCheck} from '../signature/outcome.ts'
import {signerRuleOf} from '../signature/signer.ts'

/** The level of a log line; a runner shows it as a color. */
export type LogLevel = 'plain' | 'success' | 'warning' | 'error'

/** Renders an event as a log line; undefined for an event that adds nothing to the lines before it. */
export function renderEvent(event: Event): string | undefined {
  switch (event.type) {
    case 'asking': {
      const {role, repository} = event.candidate
      if (role === 'primary') return undefined
      return `Trying ${role === 'mirror' ? 'mirror' : 'public mirror'} ${formatRepository(repository)}`
    }
    case 'pinned': {
      const {decidedBy, registry, digest} = event.pin
      return shortenDigests(`${decidedBy === 'lock' ? 'Lock file' : registry}: ${event.tag ?? ''} is ${digest}`)
    }
    case 'attempt-failed': {
      const {attempt, candidate, againInMs} = event
      // The last attempt is in the line about the end of its registry.
      if (attempt.failure === undefined || againInMs === undefined) return undefined
      const failed = describeObjectFailure(attempt.failedObject ?? attempt.object, attempt.failure)
      const when = againInMs < 1 ? '' : ` in ${formatDuration(againInMs)}`
      return shortenDigests(`${candidate.repository.registry}: ${failed}; retrying${when}`)
    }
    case 'candidate-failed': {
      const text = renderCandidateFailed(event.result)
      return text === undefined ? undefined : shortenDigests(`${event.result.candidate.repository.registry}: ${text}`)
    }
    case 'note':
      return shortenDigests(event.text)
    case 'attempted':
      return renderDifference(event.attempt)
  }
}

function renderDifference(attempt: Attempt): string | undefined {
  const text = describeDifference(attempt)
  return text === undefined ? undefined : `${formatObject(attempt.object)}: ${text}`
}

export function levelOf({type}: Event): LogLevel {
  return type === 'attempt-failed' || type === 'candidate-failed' ? 'warning' : 'plain'
}

function renderCandidateFailed(result: CandidateResult): string | undefined {
  const {failure, failedObject, attempts} = result
  if (failure === undefined) return undefined
  const count = failedAttempts(result, failure)
  const after = count > 1 ? `giving up after ${String(count)} attempts` : undefined
  const texts = attempts.flatMap(attempt => (attempt.failure === undefined ? [] : [describeFailure(attempt.failure)]))
  // A moved tag is reported by a note. The failure here is about the locked digest.
  const isPrinted = failure.kind !== 'digest-disagrees' && texts.indexOf(describeFailure(failure)) < texts.length - 1
  if (isPrinted)
    return after?.replace('giving up', `giving up on the ${formatObject(failedObject ?? 'image')}`) ?? 'giving up'
  return [describeObjectFailure(failedObject, failure), ...(after === undefined ? [] : [after])].join('; ')
}

/** The result of one image: a line for its group in the log, and the line below the group. */
export type ImageResult = {readonly detail: string | undefined; readonly outcome: string; readonly level: LogLevel}

/** `isExported`: load or layout was requested, so that the reference is not known yet. */
export function renderResult(acquisition: Acquisition, isExported: boolean): ImageResult {
  const {image, request, results, moved} = acquisition
  const {input} = request.image
  if (image === undefined) return {detail: undefined, outcome: `✗ ${input} could not be verified`, level: 'error'}
  const pulled = formatReference({...image.candidate.repository, digest: image.digest})
  const reference = isExported ? image.digest : pulled
  const fallback = fallbackUsed(acquisition)
  const name =
    fallback === undefined ? input : `${input} is not available; fallback tag ${fallback.request.image.input}`
  const isMirror = image.candidate.role !== 'primary'
  const from = `${isMirror ? 'mirror ' : ''}${image.origins.join(', ')}`
  const isMoved = moved === undefined ? '' : ' at the locked digest (the tag has moved)'
  const isSecondChoice = isMirror && results.some(({failure}) => failure !== undefined)
  const isWarning = isSecondChoice || fallback !== undefined || moved !== undefined
  return {
    detail: renderDetail(image, acquisition.elapsedMs),
    outcome: `${isWarning ? '⚠' : '✓'} ${name} verified from ${from}${isMoved}: ${reference}`,
    level: isWarning ? 'warning' : 'success'
  }
}

// `Verified manifest, config, and 5 layers (120 MB) in 2.1 s`
function renderDetail({platforms}: VerifiedImage, elapsedMs: number): string {
  const layers = platforms.flatMap(platform => platform.layers)
  const size = formatBytes(layers.reduce((sum, layer) => sum + layer.size, 0))
  const count = layers.length === 1 ? '1 layer' : `${String(layers.length)} layers`
  const parts: Readonly<Record<Level, string>> = {
    manifest: 'manifest',
    config: 'manifest and config',
    layers: `manifest, config, and ${count} (${size}, not decompressed)`,
    full: `manifest, config, and ${count} (${size})`
  }
  const names = [
    ...new Set(platforms.flatMap(({platform}) => (platform === undefined ? [] : [formatPlatform(platform)])))
  ]
  const of = platforms.length === 1 ? '' : ` of ${few(names).join(', ')}`
  return `Verified ${parts[lowestLevel(platforms.map(({level}) => level))]}${of} in ${formatDuration(elapsedMs)}`
}

/** `Signed by github:acme/images (refs/tags/v1), found at ghcr.io/acme/app`; the problem where it is not signed as required. */
export function renderCheck(check: SignatureCheck): string {
  const [signer] = check.signers
  const words = describeCheck(check)
  if (signer === undefined || words !== undefined) return `Signature: ${check.outcome}: ${words?.detail ?? ''}`
  const ref = signer.ref === undefined ? '' : ` (${signer.ref})`
  return `Signed by ${signerRuleOf(signer)}${ref}, found at ${signer.place}`
}

/** Lines for a runner in debug mode: each request, its host, and the result of each attempt. Query strings are left out. */
export function renderDebug(event: Event): readonly string[] {
  if (event.type !== 'attempted') return []
  const {candidate, attempt} = event
  const {object, number, outcome, bytes, elapsedMs, waitedMs} = attempt
  const waited = waitedMs === 0 ? '' : `, after waiting ${formatDuration(waitedMs)}`
  const parts = describeParts(attempt)
  return [
    ...attempt.exchanges.map(renderExchange),
    `${candidate.repository.registry}: ${object}: attempt ${String(number)} ${outcome}, ${formatBytes(bytes)} in ${formatDuration(elapsedMs)}${waited}`,
    ...(parts === undefined ? [] : [`${candidate.repository.registry}: ${object}: ${parts}`])
  ]
}

function renderExchange(exchange: Attempt['exchanges'][number]): string {
  const {object, method, host, path, status, elapsedMs, requestIds, count} = exchange
  const ids = Object.entries(requestIds).map(([name, value]) => `${name}: ${value}`)
  const answer = status === undefined ? 'no response' : `HTTP ${String(status)}`
  if (count !== undefined) ids.unshift(`${String(count)} requests for parts`)
  return `${object}: ${method} ${host}${path}: ${[`${answer} after ${formatDuration(elapsedMs)}`, ...ids].join(', ')}`
}

// A longer estimate says more about a stalled moment than about the download.
const LONGEST_ESTIMATE_MS = 3_600_000

/** `3 of 8 layers, 40 MB of 120 MB, 12 MB/s, 7 s left`. `bytesBefore` is what had arrived `elapsedMs` ago. */
export function renderProgress(
  {layers, layersDone, bytes, bytesDone}: Progress,
  bytesBefore: number,
  elapsedMs: number
): string {
  const perSecond = ((bytesDone - bytesBefore) / Math.max(elapsedMs, 1)) * 1000
  const leftMs = perSecond > 0 ? ((bytes - bytesDone) / perSecond) * 1000 : Infinity
  const left = leftMs > LONGEST_ESTIMATE_MS ? '' : `, ${formatDuration(leftMs)} left`
  return `${String(layersDone)} of ${String(layers)} layers, ${formatBytes(bytesDone)} of ${formatBytes(bytes)}, ${formatBytes(perSecond)}/s${left}`
}
