// The JSON report of the action `mirror`; mirror-report.schema.json is its contract.
// Field names are public: a name inside may change, and these do not.

import type {Digest} from '../oci/digest.ts'
import type {FailureReport, ImageReport, InputFaultReport} from '../report/report-document.ts'

export type MirrorReport = {
  readonly schemaVersion: 1
  readonly action: {readonly name: string; readonly version: string}
  /** ISO 8601, UTC. */
  readonly startedAt: string
  readonly elapsedMs: number
  readonly outcome: 'copied' | 'planned' | 'failed' | 'cancelled'
  readonly images: readonly MirroredImageReport[]
  readonly inputFaults: readonly InputFaultReport[]
  readonly warnings: readonly string[]
  readonly failure?: FailureReport
}

export type MirroredImageReport = {
  /** As requested. */
  readonly image: string
  readonly outcome: 'copied' | 'planned' | 'failed'
  readonly digest?: Digest
  readonly targets: readonly TargetReport[]
  /** Why nothing of it was copied, unless the source says it. */
  readonly failure?: FailureReport
  readonly advice?: string
  /** How it was verified, and who signed it, as in report.schema.json. */
  readonly source?: ImageReport
}

export type TargetReport = {
  /** With the tag. */
  readonly target: string
  readonly outcome: 'copied' | 'present' | 'planned' | 'failed'
  /** With the digest; set if everything is there. */
  readonly reference?: string
  readonly blobs?: {readonly sent: number; readonly mounted: number; readonly present: number}
  /** Of the blobs that were sent, or that would be. */
  readonly bytes?: number
  /** That the target lists. */
  readonly attachments?: number
  /** The tag that keeps the former digest. */
  readonly formerTag?: string
  readonly warnings: readonly string[]
  readonly failure?: FailureReport
  readonly advice?: string
}
