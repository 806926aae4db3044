// The shape of the audit's JSON report; audit.schema.json is its contract. Field names are public: build-audit-report.ts maps internal
// records to them one field at a time. Summary, issue, and SARIF are made from it.

import type {FindingKind, Severity} from '../findings/finding.ts'
import type {Level} from '../fetch/verify-level.ts'
import type {FailureReport, InputFaultReport, LocationReport} from '../report/report-document.ts'

export type AuditReport = {
  readonly schemaVersion: 1
  readonly action: {readonly name: string; readonly version: string}
  /** ISO 8601, UTC. */
  readonly startedAt: string
  readonly elapsedMs: number
  /** `findings`: one or more of any severity. `failed`: the audit itself, whatever was found. */
  readonly outcome: 'clean' | 'findings' | 'failed' | 'cancelled'
  /** Kinds of findings that fail the step. */
  readonly failOn: readonly FindingKind[]
  /** The worst first. */
  readonly findings: readonly FindingReport[]
  readonly images: readonly AuditedImageReport[]
  readonly registries: readonly RegistryUseReport[]
  readonly inputFaults: readonly InputFaultReport[]
  readonly warnings: readonly string[]
  readonly issue?: {readonly number: number; readonly url: string; readonly state: 'open' | 'closed'}
  readonly failure?: FailureReport
}

export type FindingReport = {
  readonly kind: FindingKind
  readonly severity: Severity
  /** Whether it fails the step. */
  readonly fails: boolean
  readonly message: string
  readonly advice: string
  readonly image?: string
  /** `registry/repository`. */
  readonly place?: string
  readonly registry?: string
  readonly locations: readonly LocationReport[]
  readonly wanted?: string
  readonly got?: string
  readonly objects?: readonly {
    readonly object: string
    readonly wanted: string
    readonly got?: string
    readonly detail: string
  }[]
  readonly failure?: FailureReport
  readonly evidence?: {
    readonly host: string
    readonly path: string
    readonly status?: number
    readonly requestIds: Readonly<Record<string, string>>
  }
  readonly fingerprint: string
  readonly since?: string
  readonly runs?: number
}

/** `right`: everything that was requested is there. `absent`: it need not be there. */
export type PlaceOutcome = 'right' | 'notice' | 'warning' | 'error' | 'unknown' | 'absent' | 'withheld' | 'not-checked'

export type AuditedImageReport = {
  readonly image: string
  /** The full name, with the tag. */
  readonly name: string
  readonly tag?: string
  readonly digest?: string
  readonly decidedBy?: 'reference' | 'lock' | 'primary' | 'mirror' | 'last-run'
  readonly worst?: Severity
  readonly level: Level
  /** Not all platforms were read, to save a pull limit. */
  readonly isPartial: boolean
  readonly platforms: readonly string[]
  readonly locations: readonly LocationReport[]
  readonly places: readonly PlaceReport[]
  readonly signatures?: {
    readonly verdict: string
    readonly rule?: string
    readonly detail: string
    readonly signers: readonly AuditSignerReport[]
  }
}

export type AuditSignerReport = {
  readonly kind: string
  readonly identity?: string
  readonly issuer?: string
  readonly repository?: string
  readonly key?: string
  readonly foundAt?: string
}

export type PlaceReport = {
  readonly place: string
  readonly registry: string
  readonly role: 'primary' | 'mirror' | 'public-mirror'
  readonly outcome: PlaceOutcome
  /** Objects that were found right. */
  readonly objects: number
  /** What the tag names there. */
  readonly tagDigest?: string
}

export type RegistryUseReport = {
  readonly registry: string
  readonly requests: number
  /** Manifests that were downloaded. */
  readonly downloads: number
  readonly pullLimit?: {readonly remaining: number; readonly limit?: number}
}
