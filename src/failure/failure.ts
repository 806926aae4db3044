// Everything that can go wrong, as data: a closed union of kinds. fetch/retry-policy.ts says what to do about each kind.
// Raw errors are translated into these once, where they come in.

import type {Digest} from '../oci/digest.ts'

/**
 * The object of a request. `manifest` is what the reference names, which may be an index. `child` is the manifest of one platform in
 * the index. `layer[3]` is the fourth layer.
 */
export type ObjectName = 'token' | 'manifest' | 'child' | 'config' | `layer[${number}]`

/** An input that sets a time limit, and its value. */
export type Limit = {
  readonly input: 'connect-timeout' | 'stall-timeout' | 'hedge-after' | 'timeout'
  readonly afterMs: number
}

/** `pace`: too slow, and another registry finished first. */
export type TimeoutPhase = 'connect' | 'headers' | 'body' | 'pace' | 'everything'

/** A line of a file, counted from 1. The path is relative to the workspace. */
export type SourceLocation = {readonly file: string; readonly line: number}

export type InputIssue = {
  readonly input: string
  readonly value: string
  readonly reason: string
  readonly example: string
  /** The line of a file that has the value. */
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
