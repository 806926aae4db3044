// What each kind of failure asks for: another attempt, a backoff, the next registry.
// One table over all kinds. Nothing else decides whether to retry.

import {type FailureKind, type Failure} from '../failure/failure.ts'

/** How often the same registry is retried: not, once, or as often as `attempts` allows. */
export type RetryLimit = 'never' | 'once' | 'attempts'

export type RetryPolicy = {
  readonly retry: RetryLimit
  /** What the next attempt must not reuse. */
  readonly refresh?: 'token' | 'connection'
  /** Whether to wait before the next attempt. Waiting helps against load, not against wrong bytes. */
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
  signature: {retry: 'never', backoff: false, tryNextRegistry: false},
  'local-io': {retry: 'never', backoff: false, tryNextRegistry: false},
  docker: {retry: 'never', backoff: false, tryNextRegistry: false},
  bug: {retry: 'never', backoff: false, tryNextRegistry: false}
}

/** Returns what to do after a failure: retry here, try the next registry, or stop. */
export function retryPolicyOf(failure: Failure): RetryPolicy {
  const policy = RETRY_POLICIES[failure.kind]
  // It is no word on what another registry has under the digest.
  if (failure.kind === 'unusable' && failure.reason === 'old-response') return {...policy, tryNextRegistry: true}
  // A wrong certificate stays wrong. Any other TLS failure may be a broken connection.
  return failure.kind === 'unreachable' && failure.reason === 'tls-identity' ? {...policy, retry: 'never'} : policy
}

// One object may be missing or wrong where all others are right. A registry that is unreachable or throttling serves none.
const ONE_OBJECT_KINDS: readonly FailureKind[] = [
  'not-found',
  'corrupt',
  'too-large',
  'truncated',
  'protocol',
  'server-error',
  'denied'
]

/** Whether the registry may still serve other objects of the image. */
export function affectsOneObject({kind}: Failure): boolean {
  return ONE_OBJECT_KINDS.includes(kind)
}
