// The shape of the JSON report; report.schema.json is its contract. Field names are public: report-fields.ts maps internal records to
// them one field at a time.

import type {Digest} from '../oci/digest.ts'
import type {Cause} from './cause.ts'
import {type Level} from '../fetch/verify-level.ts'

export type Report = {
  readonly schemaVersion: 1
  readonly action: {readonly name: string; readonly version: string}
  /** ISO 8601, UTC. */
  readonly startedAt: string
  readonly elapsedMs: number
  readonly outcome: 'verified' | 'failed' | 'cancelled'
  readonly images: readonly ImageReport[]
  readonly inputFaults: readonly InputFaultReport[]
  readonly warnings: readonly string[]
  /** The directory that the images were written to. */
  readonly layout?: string
  /** What makes the next run safer. Not a warning. */
  readonly advice?: readonly string[]
  /** The lock file, when one was read or written. */
  readonly lock?: LockReport
  /** What ended the run, unless a registry did. */
  readonly failure?: FailureReport
}

export type LocationReport = {readonly file: string; readonly line: number}

export type InputFaultReport = {
  readonly input: string
  readonly written: string
  readonly rule: string
  readonly example: string
  readonly place?: LocationReport
}

export type LockReport = {
  /** As the input names it. */
  readonly file: string
  readonly mode: 'enforce' | 'require' | 'update'
  readonly changes: readonly LockChangeReport[]
}

export type LockChangeReport = {
  readonly name: string
  readonly change: 'added' | 'changed' | 'extended' | 'signer' | 'unchanged'
  readonly from?: Digest
  readonly to: Digest
}

/** `message` is the other fields as text. */
export type FailureReport = {readonly message: string} & (
  | {readonly kind: 'unreachable'; readonly reason: UnreachableReason; readonly detail: string}
  | {readonly kind: 'timed-out'; readonly phase: TimeoutPhase; readonly limit: LimitReport}
  | {
      readonly kind: 'throttled' | 'server-error' | 'not-found'
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
  | {readonly kind: 'platform-missing'; readonly wanted: string; readonly offered: readonly string[]}
  | {readonly kind: 'digest-disagrees'; readonly wanted: Digest; readonly got: Digest; readonly decidedBy: string}
  | {readonly kind: 'invalid-input'; readonly faults: readonly InputFaultReport[]}
  | {
      readonly kind: 'signature'
      readonly problem: SignatureProblemReport
      readonly detail: string
      readonly advice: string
    }
  | {readonly kind: 'unusable' | 'local-io' | 'docker' | 'bug'; readonly detail: string}
)

export type SignatureProblemReport =
  'unsigned' | 'signed-by-another' | 'signature-broken' | 'signature-unreachable' | 'root-stale' | 'signature-unusable'

type UnreachableReason = 'dns' | 'refused' | 'reset' | 'tls-identity' | 'tls' | 'not-http' | 'proxy' | 'network'

type TimeoutPhase = 'connect' | 'headers' | 'body' | 'pace' | 'everything'

type LimitReport = {
  readonly input: 'connect-timeout' | 'stall-timeout' | 'hedge-after' | 'timeout'
  readonly afterMs: number
}

export type ImageReport = {
  /** As requested. */
  readonly image: string
  readonly name: string
  /** Lines of files that use it. */
  readonly places?: readonly LocationReport[]
  readonly outcome: 'verified' | 'failed'
  readonly reference?: string
  readonly digest?: Digest
  readonly mediaType?: string
  readonly registry?: string
  readonly source?: 'primary' | 'mirror'
  /** Sources of its bytes: registries, and `cache`. */
  readonly origins?: readonly string[]
  readonly tag?: string
  /** Where the digest comes from: reference, lock, primary, or mirror. */
  readonly decidedBy?: string
  /** The digest in the lock file. */
  readonly locked?: Digest
  /** The image that a locked tag points to now, if that is a different one. */
  readonly moved?: MovedReport
  /** Fallback tags that were tried, in order. If there is a reference, it is the last one's. */
  readonly fallbacks?: readonly Omit<ImageReport, 'warning'>[]
  readonly verified?: Level
  /** Bytes of the compressed layers of all platforms. */
  readonly size?: number
  readonly buildContext?: string
  /** The same under the context names that files use. */
  readonly namedContexts?: readonly string[]
  /** Who signed it, for an image with a rule in `signed-by`. */
  readonly signature?: SignatureReport
  readonly platforms: readonly PlatformReport[]
  readonly elapsedMs: number
  readonly diagnosis?: DiagnosisReport
  /** Says that a mirror, a fallback tag, or a locked image is used, and why. */
  readonly warning?: string
  readonly failure?: FailureReport
  readonly registries: readonly RegistryReport[]
}

export type SignatureReport = {
  readonly outcome: 'signed' | SignatureProblemReport
  /** Rules of `signed-by` for this image; one of them has to be satisfied. */
  readonly rules: readonly string[]
  readonly signers: readonly SignerReport[]
  /** What was found instead, and what to do. */
  readonly detail?: string
  readonly advice?: string
  readonly candidates: readonly SignatureCandidateReport[]
  readonly places: readonly SignaturePlaceReport[]
}

export type SignerReport = {
  readonly kind: 'github' | 'identity' | 'key'
  readonly identity?: string
  readonly issuer?: string
  readonly repository?: string
  readonly ref?: string
  readonly commit?: string
  readonly workflow?: string
  readonly run?: string
  readonly key?: string
  readonly keyDigest?: string
  readonly signedAt?: string
  readonly logIndex?: string
  /** Where the signature was found: a repository, or the host of GitHub's API. */
  readonly foundAt: string
  /** The index or manifest that it covers. */
  readonly digest: Digest
}

export type SignatureCandidateReport = {
  readonly place: string
  readonly digest: Digest
  readonly outcome: string
  readonly detail?: string
  readonly signer?: Omit<SignerReport, 'foundAt' | 'digest'>
}

export type SignaturePlaceReport = {
  readonly place: string
  readonly digest: Digest
  readonly outcome: 'searched' | 'failed' | 'skipped'
  readonly detail?: string
}

export type MovedReport = {
  readonly registry: string
  readonly digest: Digest
  readonly created?: string
  readonly lockedCreated?: string
}

export type PlatformReport = {
  readonly digest: Digest
  readonly mediaType: string
  readonly imageId: Digest
  readonly layers: readonly {readonly mediaType: string; readonly digest: Digest; readonly size: number}[]
  readonly notes: readonly string[]
  readonly created?: string
  readonly version?: string
  readonly platform?: string
  readonly verified: Level
  readonly size: number
}

export type DiagnosisReport = {
  readonly cause: Cause
  readonly what: string
  readonly advice: string
  readonly evidence: EvidenceReport
}

export type EvidenceReport = {
  readonly registry: string
  readonly object: string
  readonly host?: string
  readonly path?: string
  readonly status?: number
  readonly requestIds: Readonly<Record<string, string>>
  readonly wantedDigest?: string
  readonly gotDigests: readonly string[]
  readonly wantedBytes?: number
  readonly gotBytes?: number
  readonly firstBytes?: string
  readonly rateLimit?: Readonly<Record<string, string>>
}

export type RegistryReport = {
  readonly registry: string
  readonly repository: string
  readonly role: 'primary' | 'mirror' | 'public-mirror'
  readonly outcome: 'verified' | 'failed' | 'aborted' | 'not-asked'
  /** What it did, in one line without its name. */
  readonly did: string
  readonly object?: string
  readonly failure?: FailureReport
  readonly statusPage?: {readonly page: string; readonly says: string; readonly at?: string}
  readonly attempts: readonly AttemptReport[]
}

export type AttemptReport = {
  readonly object: string
  readonly ordinal: number
  /** Since the start of the run. */
  readonly startedMs: number
  readonly elapsedMs: number
  readonly waitedMs: number
  readonly bytes: number
  readonly outcome: 'verified' | 'failed' | 'aborted'
  readonly failure?: FailureReport
  readonly failedObject?: string
  /** The layer came in parts. */
  readonly parts?: PartsReport
  /** The first bytes that differ from those of the attempt before, and who sent those. */
  readonly differs?: DifferenceReport
  readonly exchanges: readonly ExchangeReport[]
}

export type PartsReport = {
  readonly count: number
  readonly connections: number
  readonly bytes: number
  readonly stragglers: number
  readonly resumed: number
  /** Why no more parts were requested. */
  readonly ended?: string
}

/** `end` is not among the bytes. */
export type DifferenceReport = {
  readonly start: number
  readonly end: number
  readonly host?: string
  readonly requestIds: Readonly<Record<string, string>>
}

export type ExchangeReport = {
  readonly object: string
  readonly method: string
  readonly host: string
  readonly path: string
  readonly status?: number
  readonly elapsedMs: number
  /** Requests for parts that got the same answer. */
  readonly count?: number
  readonly requestIds: Readonly<Record<string, string>>
  readonly rateLimit?: Readonly<Record<string, string>>
}
