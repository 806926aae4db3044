// Every failure as data: a closed union of kinds.
// fetch/retry-policy.ts decides by the kind whether to retry or to try the next registry.

import type {Digest} from '../oci/digest.ts'

/**
 * The object of a request. `manifest` is the manifest or index that the reference names, `child` the manifest of one platform in an
 * index, and `layer[3]` the fourth layer. `referrers` is a list of what is attached to an image, `signature` a signature with its bytes.
 * `blob` is a config or layer that is pushed.
 */
export type ObjectName =
  'token' | 'manifest' | 'child' | 'config' | `layer[${number}]` | 'referrers' | 'signature' | 'blob'

/** The limit that an input sets. */
export type Limit = {
  readonly input: 'connect-timeout' | 'stall-timeout' | 'hedge-after' | 'timeout'
  readonly afterMs: number
}

/** `pace`: it was slow, and another registry finished first. `everything`: the whole step. */
export type TimeoutPhase = 'connect' | 'headers' | 'body' | 'pace' | 'everything'

/** A line, from 1, of a file whose path is relative to the workspace. */
export type SourceLocation = {readonly file: string; readonly line: number}

export type InputIssue = {
  readonly input: string
  readonly value: string
  readonly reason: string
  readonly example: string
  /** Set when the value comes from a file. */
  readonly location?: SourceLocation
}

/**
 * What became of the user's credentials: there are none to send; the server rejected them; or there are some, and the server denied
 * access without requesting them, so that they were not sent.
 */
export type CredentialsOutcome = 'none' | 'refused' | 'not-requested'

/**
 * `credentials`: those of the user, not the job's token. `firstBytes` is printable. A `detail` is one line, in which text
 * from outside is quoted and cut.
 */
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
      readonly credentials: CredentialsOutcome
      /** The host that issued the token which the registry rejected right after. */
      readonly tokenServer?: string
    }
  | {
      readonly kind: 'protocol'
      readonly detail: string
      readonly isHtml: boolean
      readonly status?: number
      /** `content-type`: a right manifest under a type that engines refuse. `rewritten`: bytes that were encoded on their way. */
      readonly reason?: 'content-type' | 'rewritten'
    }
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
  | {
      readonly kind: 'unusable'
      readonly detail: string
      /** Absent for an image that contradicts itself. */
      readonly reason?: UnusableReason
    }
  | {readonly kind: 'platform-missing'; readonly wanted: string; readonly offered: readonly string[]}
  | {readonly kind: 'digest-disagrees'; readonly wanted: Digest; readonly got: Digest; readonly decidedBy: string}
  | {readonly kind: 'invalid-input'; readonly faults: readonly InputIssue[]}
  /** The bytes are right, and the required signer did not sign them. */
  | {
      readonly kind: 'signature'
      readonly problem: SignatureProblem
      readonly detail: string
      readonly advice: string
    }
  | {readonly kind: 'local-io' | 'docker' | 'bug'; readonly detail: string}

/**
 * `artifact`: not a container image. `old`: schema 1. `old-response`: a manifest of schema 1 in response to a digest that it does not
 * have, which says nothing about the image at another registry. `unsupported`: engines, or this action, do not take it.
 */
export type UnusableReason = 'artifact' | 'old' | 'old-response' | 'unsupported'

/** Why an image does not have the required signature. */
export type SignatureProblem =
  'unsigned' | 'signed-by-another' | 'signature-broken' | 'signature-unreachable' | 'root-stale' | 'signature-unusable'

export type FailureKind = Failure['kind']
