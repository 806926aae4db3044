// What each kind of failure asks for: another attempt, a backoff, the next registry.
// One table over all kinds. Nothing else decides whether to retry.

import {type FailureKind, type Failure} from '../failure/failure.ts'

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
export function retryPolicyOf(failure: Failure): RetryPolicy {
  const policy = RETRY_POLICIES[failure.kind]
  // A wrong certificate stays wrong. The rest of TLS may be a broken connection.
  return failure.kind === 'unreachable' && failure.reason === 'tls-identity' ? {...policy, retry: 'never'} : policy
}
