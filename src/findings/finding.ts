// Findings as data: a closed union of kinds, with the severity that each usually has.
// The names of the kinds are public: they are in the input `fail-on`, in the outputs, and in the report.

import type {Failure, SourceLocation} from '../failure/failure.ts'
import type {Digest} from '../oci/digest.ts'
import type {Exchange} from '../registry/registry.ts'
import type {ObservedSigner, SignatureVerdict} from './signature-port.ts'

/** The least one first. */
export const SEVERITIES = ['notice', 'warning', 'error'] as const
export type Severity = (typeof SEVERITIES)[number]

/** What was found, by kind. */
export type FindingFacts =
  | {
      readonly kind: 'digest-gone'
      readonly wanted: Digest
      readonly pinnedBy: 'reference' | 'lock'
      /** Registries that have it. */
      readonly alsoAt: readonly string[]
    }
  | {readonly kind: 'child-gone' | 'content-corrupt'; readonly objects: readonly FaultyObject[]}
  | {readonly kind: 'image-unusable'; readonly object: string; readonly detail: string}
  | {readonly kind: 'platform-missing'; readonly wanted: string; readonly offered: readonly string[]}
  | {readonly kind: 'mirror-lacks'; readonly wanted: Digest}
  | {
      readonly kind: 'mirror-disagrees'
      /** The tag at the registry of the reference, or the pinned digest if that registry did not answer. */
      readonly wanted: Digest
      readonly got: Digest
      /** The pinned digest, which a build uses whatever the tag is. */
      readonly pinned?: Digest
    }
  | {
      readonly kind: 'tag-moved'
      readonly wanted: Digest
      readonly got: Digest
      readonly comparedWith: 'lock' | 'reference' | 'last-run'
      readonly platformsLost: readonly string[]
    }
  | {readonly kind: 'tag-gone'; readonly wanted?: Digest}
  | {readonly kind: 'unreachable' | 'denied'; readonly object: string; readonly failure: Failure}
  | {
      readonly kind: 'limit-low'
      readonly remaining: number
      readonly limit?: number
      /** Manifests that this run downloaded there. */
      readonly downloads: number
      /** Images whose platforms were not all checked for this reason. */
      readonly partialImages: number
    }
  | {readonly kind: 'lock-unused'; readonly names: readonly string[]}
  | {
      readonly kind: SignatureFindingKind
      readonly rule: string
      readonly detail: string
      readonly advice?: string
      readonly signers: readonly ObservedSigner[]
    }

export type SignatureFindingKind =
  | 'signature-missing'
  | 'signed-by-another'
  | 'signature-broken'
  | 'signature-unreachable'
  | 'signature-unusable'
  | 'root-stale'

/** The kind of finding for each verdict; a verdict that is not here is none. */
export const SIGNATURE_FINDINGS: Readonly<Partial<Record<SignatureVerdict, SignatureFindingKind>>> = {
  unsigned: 'signature-missing',
  'signed-by-another': 'signed-by-another',
  'signature-broken': 'signature-broken',
  'signature-unreachable': 'signature-unreachable',
  'signature-unusable': 'signature-unusable',
  'root-stale': 'root-stale'
}

export type FaultyObject = {
  readonly object: string
  readonly wanted: Digest
  readonly got?: Digest
  readonly detail: string
}

export type FindingKind = FindingFacts['kind']

/** Where it was found. A finding about a registry or the lock file has no image. */
export type FindingSubject = {
  /** As the inputs name it. */
  readonly image?: string
  /** `registry/repository`. */
  readonly place?: string
  readonly registry?: string
  /** Lines of files that name the image. */
  readonly locations: readonly SourceLocation[]
}

export type Finding = FindingSubject & {
  readonly severity: Severity
  readonly facts: FindingFacts
  /** The last request, for a ticket. */
  readonly exchange?: Exchange
  /** The same in every run that finds it. */
  readonly fingerprint: string
  /** When an audit first found it, and in how many runs; known from the tracking issue alone. */
  readonly since?: string
  readonly runs?: number
}

/** The severity that a finding of each kind usually has, in the order of the documentation. */
export const USUAL_SEVERITY: Readonly<Record<FindingKind, Severity>> = {
  'digest-gone': 'error',
  'child-gone': 'error',
  'content-corrupt': 'error',
  'image-unusable': 'error',
  'platform-missing': 'error',
  'signature-missing': 'error',
  'signed-by-another': 'error',
  'signature-broken': 'error',
  'signature-unusable': 'error',
  'signature-unreachable': 'warning',
  'mirror-disagrees': 'error',
  'mirror-lacks': 'warning',
  'tag-gone': 'warning',
  unreachable: 'warning',
  denied: 'warning',
  'tag-moved': 'notice',
  'limit-low': 'notice',
  'root-stale': 'notice',
  'lock-unused': 'notice'
}

export const FINDING_KINDS = Object.keys(USUAL_SEVERITY) as readonly FindingKind[]

/** Whether a text names a kind of finding. */
export function isFindingKind(text: string): text is FindingKind {
  return (FINDING_KINDS as readonly string[]).includes(text)
}

/** What no healthy image ever has. A rebuilt tag, a mirror that lags, or a registry that is down for an hour is not in it. */
export const DEFAULT_FAIL_ON: readonly FindingKind[] = [
  'digest-gone',
  'child-gone',
  'content-corrupt',
  'image-unusable',
  'platform-missing',
  'signature-missing',
  'signed-by-another',
  'signature-broken',
  'signature-unusable',
  'mirror-disagrees'
]

/**
 * Whether a finding fails the step: its kind is listed, and it is not milder than usual. A mirror whose tag lags behind a pinned
 * digest is milder: no build notices it.
 */
export function failsRun({facts, severity}: Finding, failOn: readonly FindingKind[]): boolean {
  return failOn.includes(facts.kind) && SEVERITIES.indexOf(severity) >= SEVERITIES.indexOf(USUAL_SEVERITY[facts.kind])
}

/** The findings, the worst first, and otherwise in their order. */
export function worstFirst(findings: readonly Finding[]): readonly Finding[] {
  return findings.toSorted((a, b) => SEVERITIES.indexOf(b.severity) - SEVERITIES.indexOf(a.severity))
}

/** The worst severity; undefined without findings. */
export function worstOf(findings: readonly Finding[]): Severity | undefined {
  return worstFirst(findings)[0]?.severity
}

/** How often each kind was found; other kinds are absent. */
export function countKinds(kinds: readonly FindingKind[]): Readonly<Partial<Record<FindingKind, number>>> {
  const counts: Partial<Record<FindingKind, number>> = {}
  for (const kind of FINDING_KINDS) {
    const count = kinds.filter(found => found === kind).length
    if (count > 0) counts[kind] = count
  }
  return counts
}
