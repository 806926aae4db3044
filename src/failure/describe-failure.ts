// Failures in words: what each kind says in a log line, an annotation, and the report.
// Pure. Messages use the words that people search for.

import {
  type CredentialsOutcome,
  type Failure,
  type InputIssue,
  type Limit,
  type ObjectName,
  type TimeoutPhase
} from './failure.ts'
import {formatBytes, formatDuration, formatLocation} from './format.ts'

/** Describes a failure without its object and registry: `digest mismatch: expected …`, `not found (HTTP 404)`. */
export function describeFailure(failure: Failure): string {
  switch (failure.kind) {
    case 'unreachable':
    case 'too-large':
    case 'protocol':
    case 'unusable':
    case 'local-io':
    case 'docker':
    case 'bug':
      return failure.detail
    case 'signature':
      return `${failure.problem}: ${failure.detail}`
    case 'timed-out':
      return describeTimeout(failure.phase, failure.limit)
    case 'throttled':
      return `rate limited ${status(failure)}${retryAfter(failure)}${suffix(failure.detail)}`
    case 'server-error':
      return `server error ${status(failure)}${retryAfter(failure)}${suffix(failure.detail)}`
    case 'not-found':
      return `not found ${status(failure)}${suffix(failure.detail)}`
    case 'unauthorized':
      return `authentication required ${status(failure)}, ${credentials(failure)}${suffix(failure.detail)}`
    case 'denied':
      return `access denied ${status(failure)}, ${credentials(failure)}${suffix(failure.detail)}`
    case 'truncated':
      return describeTruncated(failure)
    case 'corrupt':
      return describeCorrupt(failure)
    case 'platform-missing':
      return `no image for ${failure.wanted}; available: ${failure.offered.length === 0 ? 'no platforms' : failure.offered.join(', ')}`
    case 'digest-disagrees':
      return `tag resolves to ${failure.got}, expected ${failure.wanted} (from ${failure.decidedBy})`
    case 'invalid-input':
      return failure.faults.map(describeIssue).join('\n')
  }
}

/**
 * Describes a failure with the object that failed: `config digest mismatch: expected …`, `layer 2: server error (HTTP 503)`.
 * The manifest is only named where the sentence needs it, because it stands for the image.
 */
export function describeObjectFailure(object: ObjectName | undefined, failure: Failure): string {
  const text = describeFailure(failure)
  const isContent = failure.kind === 'corrupt' || failure.kind === 'truncated'
  if (object === undefined || (object === 'manifest' && !isContent)) return text
  return `${formatObject(object)}${isContent || failure.kind === 'not-found' ? '' : ':'} ${text}`
}

/** Names an object for readers: `platform manifest`, and `layer 2` for `layer[1]`. */
export function formatObject(object: string): string {
  if (object === 'child') return 'platform manifest'
  const layer = /^layer\[(\d+)\]$/.exec(object)?.[1]
  return layer === undefined ? object : `layer ${String(Number(layer) + 1)}`
}

/** Describes one invalid input in one line: `timeout "10": needs a unit. Example: 10m`. */
export function describeIssue({input, value, reason, example, location}: InputIssue): string {
  const at = location === undefined ? '' : ` (${formatLocation(location)})`
  return `${input}${at}${value === '' ? '' : ` ${JSON.stringify(value)}`}: ${reason}. Example: ${example}`
}

function suffix(text: string): string {
  return text === '' ? '' : `: ${text}`
}

function status(failure: {readonly status: number}): string {
  return `(HTTP ${String(failure.status)})`
}

function retryAfter({retryAfterMs}: {readonly retryAfterMs?: number}): string {
  return retryAfterMs === undefined ? '' : `, retry after ${formatDuration(retryAfterMs)}`
}

function credentials(failure: {readonly credentials: CredentialsOutcome}): string {
  switch (failure.credentials) {
    case 'none':
      return 'no credentials sent'
    case 'refused':
      return 'credentials rejected'
    case 'not-requested':
      return 'credentials not requested by the registry'
  }
}

function describeTimeout(phase: TimeoutPhase, {input, afterMs}: Limit): string {
  const limit = `${formatDuration(afterMs)} (input ${input})`
  switch (phase) {
    case 'connect':
      return `connection timed out after ${limit}`
    case 'headers':
      return `no response within ${limit}`
    case 'body':
      return `download stalled: less than 1 KiB/s for ${limit}`
    case 'pace':
      return `less than 1 KiB/s for ${limit}, and another registry finished first`
    case 'everything':
      return `timed out after ${limit}`
  }
}

function describeTruncated({gotBytes, wantedBytes}: Extract<Failure, {kind: 'truncated'}>): string {
  return `truncated: connection closed after ${formatBytes(gotBytes)}${wantedBytes === undefined ? '' : ` of ${formatBytes(wantedBytes)}`}`
}

function describeCorrupt({wanted, got, wantedBytes, gotBytes}: Extract<Failure, {kind: 'corrupt'}>): string {
  const expectedSize =
    wantedBytes === undefined || wantedBytes === gotBytes ? '' : `, expected ${formatBytes(wantedBytes)}`
  return `digest mismatch: expected ${wanted}, got ${got} (${gotBytes === 0 ? 'empty body, ' : ''}${formatBytes(gotBytes)}${expectedSize})`
}
