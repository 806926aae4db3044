// Everything that can go wrong, as data: a closed union of kinds, and one table that says what each kind asks for.
// Adapters translate raw errors into these once, at the edge; nobody above them looks at an errno or a message again.

import type {Digest} from '../oci/digest.ts'

/**
 * What a request was for. The manifest is what the reference names, an index perhaps; the child is the manifest of one
 * platform in it; `layer[3]` is the fourth layer.
 */
export type ObjectName = 'token' | 'manifest' | 'child' | 'config' | `layer[${number}]`

/** An input that sets a limit, with the limit in force. */
export type Limit = {
  readonly input: 'connect-timeout' | 'stall-timeout' | 'hedge-after' | 'timeout'
  readonly afterMs: number
}

/** `pace`: it was left behind, since another registry was done first. */
type TimeoutPhase = 'connect' | 'headers' | 'body' | 'pace' | 'everything'

/** A line of a file that the workflow named, from 1; the file is relative to the workspace. */
export type SourceLocation = {readonly file: string; readonly line: number}

export type InputIssue = {
  readonly input: string
  readonly value: string
  readonly reason: string
  readonly example: string
  /** Where it stands, when that is in a file. */
  readonly location?: SourceLocation
}

export type Failure =
  | {
      readonly kind: 'unreachable'
      readonly reason: 'dns' | 'refused' | 'reset' | 'tls-identity' | 'tls' | 'not-http' | 'proxy' | 'network'
      readonly detail: string
    }
  | {readonly kind: 'timed-out'; readonly phase: TimeoutPhase; readonly limit: Limit}
  | {readonly kind: 'throttled'; readonly status: number; readonly detail: string; readonly retryAfterMs?: number}
  | {
      readonly kind: 'server-error' | 'not-found'
      readonly status: number
      readonly detail: string
      readonly retryAfterMs?: number
    }
  | {
      readonly kind: 'unauthorized' | 'denied'
      readonly status: number
      readonly detail: string
      readonly credentials: 'none' | 'refused'
    }
  | {readonly kind: 'protocol'; readonly detail: string; readonly isHtml: boolean; readonly status?: number}
  | {readonly kind: 'truncated'; readonly gotBytes: number; readonly wantedBytes?: number}
  | {
      readonly kind: 'corrupt'
      readonly wanted: Digest
      readonly got: Digest
      readonly wantedBytes?: number
      readonly gotBytes: number
      readonly firstBytes: string
    }
  | {readonly kind: 'too-large'; readonly limitBytes: number; readonly detail: string}
  | {readonly kind: 'unusable'; readonly detail: string}
  | {readonly kind: 'platform-missing'; readonly wanted: string; readonly offered: readonly string[]}
  | {readonly kind: 'digest-disagrees'; readonly wanted: Digest; readonly got: Digest; readonly decidedBy: string}
  | {readonly kind: 'invalid-input'; readonly faults: readonly InputIssue[]}
  | {readonly kind: 'local-io' | 'docker' | 'bug'; readonly detail: string}

export type FailureKind = Failure['kind']

export class VerifiedImageError extends Error {
  readonly failure: Failure
  /** What was being fetched when it failed, where that is not what the caller asked for (a token, say). */
  readonly object: ObjectName | undefined

  constructor(failure: Failure, options: {readonly cause?: unknown; readonly object?: ObjectName} = {}) {
    super(describeFailure(failure), {cause: options.cause})
    this.name = 'VerifiedImageError'
    this.failure = failure
    this.object = options.object
  }
}

export const fail = (failure: Failure, options?: {readonly cause?: unknown; readonly object?: ObjectName}): never => {
  throw new VerifiedImageError(failure, options)
}

/** How often to ask the same registry again: not, once more, or as often as `attempts` allows. */
export type RetryLimit = 'never' | 'once' | 'attempts'

export type RetryPolicy = {
  readonly retry: RetryLimit
  /** What is to be made new before asking again. */
  readonly refresh?: 'token' | 'connection'
  /** Whether to wait before asking again. Waiting mends load, not wrong bytes. */
  readonly backoff: boolean
  readonly tryNextRegistry: boolean
}

const RETRY_POLICIES: Readonly<Record<FailureKind, RetryPolicy>> = {
  unreachable: {retry: 'attempts', backoff: true, tryNextRegistry: true},
  'timed-out': {retry: 'attempts', backoff: true, tryNextRegistry: true},
  throttled: {retry: 'attempts', backoff: true, tryNextRegistry: true},
  'server-error': {retry: 'attempts', backoff: true, tryNextRegistry: true},
  unauthorized: {retry: 'once', refresh: 'token', backoff: false, tryNextRegistry: true},
  denied: {retry: 'once', refresh: 'token', backoff: false, tryNextRegistry: true},
  'not-found': {retry: 'never', backoff: false, tryNextRegistry: true},
  protocol: {retry: 'once', backoff: true, tryNextRegistry: true},
  truncated: {retry: 'attempts', backoff: true, tryNextRegistry: true},
  corrupt: {retry: 'once', refresh: 'connection', backoff: false, tryNextRegistry: true},
  'too-large': {retry: 'once', refresh: 'connection', backoff: false, tryNextRegistry: true},
  unusable: {retry: 'never', backoff: false, tryNextRegistry: false},
  'platform-missing': {retry: 'never', backoff: false, tryNextRegistry: false},
  'digest-disagrees': {retry: 'never', backoff: false, tryNextRegistry: true},
  'invalid-input': {retry: 'never', backoff: false, tryNextRegistry: false},
  'local-io': {retry: 'never', backoff: false, tryNextRegistry: false},
  docker: {retry: 'never', backoff: false, tryNextRegistry: false},
  bug: {retry: 'never', backoff: false, tryNextRegistry: false}
}

/** What a failure asks for: again here, the next registry, or an end. */
export const retryPolicyOf = (failure: Failure): RetryPolicy => {
  const policy = RETRY_POLICIES[failure.kind]
  // A wrong certificate stays wrong. The rest of TLS may be a broken connection.
  return failure.kind === 'unreachable' && failure.reason === 'tls-identity' ? {...policy, retry: 'never'} : policy
}

/** One sentence part: what was wrong, wanted and got. Completes "config from docker.io: …". */
export const describeFailure = (failure: Failure): string => {
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

const detail = (text: string): string => (text === '' ? '' : `: ${text}`)

const describeRetryAfter = (retryAfterMs: number | undefined): string =>
  retryAfterMs === undefined ? '' : `, to be asked again in ${formatDuration(retryAfterMs)}`

const describeTimeout = (phase: TimeoutPhase, {input, afterMs}: Limit): string => {
  const after = `${formatDuration(afterMs)} (input ${input})`
  if (phase === 'connect') return `no connection within ${after}`
  if (phase === 'headers') return `no answer within ${after}`
  if (phase === 'body') return `the answer came to a halt: less than 1 KiB/s for ${after}`
  if (phase === 'pace') return `less than 1 KiB/s for ${after}, and another registry was done first`
  return `time was up after ${after}`
}

const describeCorrupt = ({wanted, got, wantedBytes, gotBytes}: Extract<Failure, {kind: 'corrupt'}>): string => {
  if (gotBytes === 0) return `an empty body (0 B); wanted ${wanted}, got ${got}`
  const sizes =
    wantedBytes === undefined || wantedBytes === gotBytes
      ? formatBytes(gotBytes)
      : `${formatBytes(gotBytes)} instead of ${formatBytes(wantedBytes)}`
  return `wrong bytes (${sizes}); wanted ${wanted}, got ${got}`
}

/** One line for one fault in the inputs. */
export const describeIssue = ({input, value, reason, example, location}: InputIssue): string =>
  `${input}: ${location === undefined ? '' : `${formatLocation(location)}: `}${JSON.stringify(value)} is not valid: ${reason}. Example: ${example}`

/** `docker/Dockerfile:3`. */
export const formatLocation = ({file, line}: SourceLocation): string => `${file}:${String(line)}`

/** `512 B`, `1.5 kB`, `120 MB`: decimal units, as registries and `docker images` print them. */
export const formatBytes = (bytes: number): string => {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  const power = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(bytes, 1)) / 3))
  const value = bytes / 1000 ** power
  return `${power === 0 || value >= 100 ? String(Math.round(value)) : String(Number(value.toPrecision(3)))} ${units[power] ?? ''}`
}

/** `40 ms`, `3.2 s`, `2 min 5 s`, `6 h 0 min`. */
export const formatDuration = (ms: number): string => {
  if (ms < 1000) return `${String(Math.round(ms))} ms`
  const seconds = Math.round(ms / 1000)
  if (seconds < 60) return `${String(Number((ms / 1000).toFixed(1)))} s`
  if (seconds < 3600) return `${String(Math.floor(seconds / 60))} min ${String(seconds % 60)} s`
  return `${String(Math.floor(seconds / 3600))} h ${String(Math.floor((seconds % 3600) / 60))} min`
}
