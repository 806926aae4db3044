// What a failure of a request says about the object that was requested, for an audit.
// One table over all kinds, like the retry policy.

import type {Failure, FailureKind} from '../failure/failure.ts'
import {describeFailure} from '../failure/describe-failure.ts'

/** `broken-run` is a failure of this machine or of this action: it says nothing about a registry. */
export type FailureClass = 'gone' | 'corrupt' | 'unusable' | 'denied' | 'unreachable' | 'broken-run'

// `signature` is a verdict of this run, and no failure of a request.
const CLASSES: Readonly<Record<FailureKind, FailureClass>> = {
  'not-found': 'gone',
  corrupt: 'corrupt',
  'too-large': 'corrupt',
  truncated: 'corrupt',
  unusable: 'unusable',
  'platform-missing': 'unusable',
  'digest-disagrees': 'corrupt',
  unauthorized: 'denied',
  denied: 'denied',
  unreachable: 'unreachable',
  'timed-out': 'unreachable',
  throttled: 'unreachable',
  'server-error': 'unreachable',
  protocol: 'unreachable',
  'invalid-input': 'broken-run',
  'local-io': 'broken-run',
  docker: 'broken-run',
  bug: 'broken-run',
  signature: 'broken-run'
}

export function failureClassOf(failure: Failure): FailureClass {
  // Right bytes under a Content-Type that engines refuse: `docker pull` from there does not work.
  if (failure.kind === 'protocol' && failure.reason === 'content-type') return 'unusable'
  return CLASSES[failure.kind]
}

/** The failure in words, at most one line. */
export function describeObservedFailure(failure: Failure): string {
  return describeFailure(failure).split('\n', 1)[0] ?? ''
}
