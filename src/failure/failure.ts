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
export type TimeoutPhase = 'connect' | 'headers' | 'body' | 'pace' | 'everything'

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
