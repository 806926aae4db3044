// Builds the report of an audit from what was observed and found. Pure.
// Each field is mapped by itself, so that no internal field becomes public by accident.

import type {Failure} from '../failure/failure.ts'
import {failsRun, type Finding, type FindingKind, worstFirst, worstOf} from '../findings/finding.ts'
import {findingAdvice, findingSentence} from '../findings/describe-finding.ts'
import {fullNameOf} from '../findings/judge-image.ts'
import type {RegistryUse} from '../findings/judge-run.ts'
import type {ImageObservation, PlaceObservation} from '../findings/observation.ts'
import type {ObservedSigner} from '../findings/signature-port.ts'
import {omitUndefined} from '../oci/omit-undefined.ts'
import {formatRepository} from '../oci/reference.ts'
import {reportFailure, reportInputFault, reportPlace} from '../report/report-fields.ts'
import type {
  AuditedImageReport,
  AuditReport,
  FindingReport,
  PlaceOutcome,
  PlaceReport,
  RegistryUseReport,
  AuditSignerReport
} from './audit-document.ts'

export type AuditEvidence = {
  readonly version: string
  readonly startedAt: string
  readonly elapsedMs: number
  readonly isCancelled: boolean
  readonly failOn: readonly FindingKind[]
  readonly findings: readonly Finding[]
  readonly observations: readonly ImageObservation[]
  readonly uses: readonly RegistryUse[]
  readonly warnings: readonly string[]
  readonly issue: AuditReport['issue'] | undefined
  readonly failure: Failure | undefined
}

export function buildAuditReport(audit: AuditEvidence): AuditReport {
  const {failure, findings} = audit
  const outcome = audit.isCancelled
    ? 'cancelled'
    : failure !== undefined
      ? 'failed'
      : findings.length === 0
        ? 'clean'
        : 'findings'
  return {
    schemaVersion: 1,
    action: {name: 'verified-image/audit', version: audit.version},
    startedAt: audit.startedAt,
    elapsedMs: audit.elapsedMs,
    outcome,
    failOn: audit.failOn,
    findings: worstFirst(findings).map(finding => reportFinding(finding, audit.failOn)),
    images: audit.observations.map(observation => reportImage(observation, findings)),
    registries: audit.uses.map(reportUse),
    inputFaults: failure?.kind === 'invalid-input' ? failure.faults.map(reportInputFault) : [],
    warnings: audit.warnings,
    ...omitUndefined({issue: audit.issue, failure: failure === undefined ? undefined : reportFailure(failure)})
  }
}

function reportFinding(finding: Finding, failOn: readonly FindingKind[]): FindingReport {
  const {facts, exchange} = finding
  return omitUndefined({
    kind: facts.kind,
    severity: finding.severity,
    fails: failsRun(finding, failOn),
    message: findingSentence(finding),
    advice: findingAdvice(finding),
    image: finding.image,
    place: finding.place,
    registry: finding.registry,
    locations: finding.locations.map(reportPlace),
    wanted: 'wanted' in facts ? facts.wanted : undefined,
    got: 'got' in facts ? facts.got : undefined,
    objects:
      'objects' in facts
        ? facts.objects.map(({object, wanted, got, detail}) => omitUndefined({object, wanted, got, detail}))
        : undefined,
    failure: 'failure' in facts ? reportFailure(facts.failure) : undefined,
    evidence:
      exchange === undefined
        ? undefined
        : omitUndefined({
            host: exchange.host,
            path: exchange.path,
            status: exchange.status,
            requestIds: exchange.requestIds
          }),
    fingerprint: finding.fingerprint,
    since: finding.since,
    runs: finding.runs
  })
}

function reportImage(observation: ImageObservation, findings: readonly Finding[]): AuditedImageReport {
  const {image, expected, level, isPartial, platforms, places, signatures} = observation
  const own = findings.filter(finding => finding.image === image.input)
  return omitUndefined({
    image: image.input,
    name: fullNameOf(observation),
    tag: image.tag,
    digest: expected?.digest,
    decidedBy: expected?.decidedBy,
    worst: worstOf(own),
    level,
    isPartial,
    platforms,
    locations: (image.locations ?? []).map(reportPlace),
    places: places.map(place => reportPlaceOf(place, own)),
    signatures:
      signatures === undefined
        ? undefined
        : omitUndefined({
            verdict: signatures.verdict,
            rule: signatures.rule,
            detail: signatures.detail,
            signers: signatures.signers.map(reportSigner)
          })
  })
}

function reportSigner({kind, identity, issuer, repository, key, foundAt}: ObservedSigner): AuditSignerReport {
  return omitUndefined({kind, identity, issuer, repository, key, foundAt})
}

function reportPlaceOf(observation: PlaceObservation, findings: readonly Finding[]): PlaceReport {
  const {candidate, tag, objects} = observation
  const place = formatRepository(candidate.repository)
  return omitUndefined({
    place,
    registry: candidate.repository.registry,
    role: candidate.role,
    outcome: outcomeOf(
      observation,
      findings.filter(finding => finding.place === place)
    ),
    objects,
    tagDigest: tag.kind === 'digest' ? tag.digest : undefined
  })
}

function outcomeOf({withheld, root, tag}: PlaceObservation, findings: readonly Finding[]): PlaceOutcome {
  if (withheld !== undefined) return 'withheld'
  const isAway = findings.some(({facts}) => facts.kind === 'unreachable' || facts.kind === 'denied')
  const worst = worstOf(findings.filter(({facts}) => facts.kind !== 'unreachable' && facts.kind !== 'denied'))
  if (worst !== undefined) return worst
  if (isAway) return 'unknown'
  if (root === 'present') return 'right'
  if (root === 'absent' || root === 'failed') return 'absent'
  return tag.kind === 'digest' ? 'right' : 'not-checked'
}

function reportUse({registry, requests, downloads, pullLimit}: RegistryUse): RegistryUseReport {
  return omitUndefined({
    registry,
    requests,
    downloads,
    pullLimit:
      pullLimit === undefined ? undefined : omitUndefined({remaining: pullLimit.remaining, limit: pullLimit.limit})
  })
}
