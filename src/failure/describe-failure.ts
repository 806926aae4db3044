// Failures in words: what each kind says in a log line, an annotation, and the report.
// Pure.

import {type Failure, type TimeoutPhase, type Limit, type InputIssue} from './failure.ts'
import {formatBytes, formatDuration, formatLocation} from './format.ts'

/** One sentence part: what was wrong, wanted and got. Completes "config from docker.io: …". */
export function describeFailure(failure: Failure): string {
  switch (failure.kind) {
    case 'unreachable':
      return failure.detail
    case 'timed-out':
      return describeTimeout(failure.phase, failure.limit)
    case 'throttled':
      return `throttled with status ${String(failure.status)}${describeRetryAfter(failure.retryAfterMs)}${detail(failure.detail)}`
    case 'server-error':
      return `answered status ${String(failure.status)}${describeRetryAfter(failure.retryAfterMs)}${detail(failure.detail)}`
    case 'not-found':
      return `not there (status ${String(failure.status)})${detail(failure.detail)}`
    case 'unauthorized':
    case 'denied':
      return `${failure.kind === 'denied' ? 'access denied' : 'not authorized'} (status ${String(failure.status)}), ${failure.credentials === 'none' ? 'asked without credentials' : 'the credentials were refused'}${detail(failure.detail)}`
    case 'truncated':
      return `the connection ended after ${formatBytes(failure.gotBytes)}${failure.wantedBytes === undefined ? '' : ` of ${formatBytes(failure.wantedBytes)}`}`
    case 'corrupt':
      return describeCorrupt(failure)
    case 'platform-missing':
      return `it has no ${failure.wanted}; it has ${failure.offered.length === 0 ? 'no platforms at all' : failure.offered.join(', ')}`
    case 'digest-disagrees':
      return `says ${failure.got}; ${failure.decidedBy} says ${failure.wanted}`
    case 'invalid-input':
      return failure.faults.map(describeIssue).join('\n')
    case 'too-large':
    case 'protocol':
    case 'unusable':
    case 'local-io':
    case 'docker':
    case 'bug':
      return failure.detail
  }
}

export function detail(text: string): string {
  return text === '' ? '' : `: ${text}`
}

function describeRetryAfter(retryAfterMs: number | undefined): string {
  return retryAfterMs === undefined ? '' : `, to be asked again in ${formatDuration(retryAfterMs)}`
}

function describeTimeout(phase: TimeoutPhase, {input, afterMs}: Limit): string {
  const after = `${formatDuration(afterMs)} (input ${input})`
  if (phase === 'connect') return `no connection within ${after}`
  if (phase === 'headers') return `no answer within ${after}`
  if (phase === 'body') return `the answer came to a halt: less than 1 KiB/s for ${after}`
  if (phase === 'pace') return `less than 1 KiB/s for ${after}, and another registry was done first`
  return `time was up after ${after}`
}

function describeCorrupt({wanted, got, wantedBytes, gotBytes}: Extract<Failure, {kind: 'corrupt'}>): string {
  if (gotBytes === 0) return `an empty body (0 B); wanted ${wanted}, got ${got}`
  const sizes =
    wantedBytes === undefined || wantedBytes === gotBytes
      ? formatBytes(gotBytes)
      : `${formatBytes(gotBytes)} instead of ${formatBytes(wantedBytes)}`
  return `wrong bytes (${sizes}); wanted ${wanted}, got ${got}`
}

/** One line for one fault in the inputs. */
export function describeIssue({input, value, reason, example, location}: InputIssue): string {
  return `${input}: ${location === undefined ? '' : `${formatLocation(location)}: `}${JSON.stringify(value)} is not valid: ${reason}. Example: ${example}`
}
