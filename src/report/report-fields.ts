// Maps internal records to the report's, one field at a time: renaming a field inside does not rename one outside.
// The shapes are in report-document.ts.

import type {Descriptor} from '../oci/manifest.ts'
import {omitUndefined} from '../oci/omit-undefined.ts'
import {formatPlatform} from '../oci/platform.ts'
import type {Diagnosis, Evidence} from './diagnose.ts'
import {type Failure, type InputIssue, type SourceLocation} from '../failure/failure.ts'
import type {LockChange} from '../pins/lock.ts'
import type {MovedTag} from '../acquire/moved-tag.ts'
import type {Exchange} from '../registry/registry.ts'
import type {
  AttemptReport,
  DifferenceReport,
  DiagnosisReport,
  EvidenceReport,
  ExchangeReport,
  FailureReport,
  InputFaultReport,
  LocationReport,
  LockChangeReport,
  MovedReport,
  PlatformReport,
  PartsReport,
  RegistryReport,
  SignatureCandidateReport,
  SignaturePlaceReport,
  SignatureReport,
  SignerReport
} from './report-document.ts'
import {describeFailure} from '../failure/describe-failure.ts'
import {describeCheck} from '../signature/describe-check.ts'
import type {JudgedCandidate, SearchedPlace, SignatureCheck} from '../signature/outcome.ts'
import {type FoundSigner} from '../signature/signer.ts'
import {type PlatformImage} from '../fetch/verified-image.ts'
import {type StatusNotice} from '../status-pages/status-format.ts'
import {type Attempt} from '../fetch/retry.ts'

type FailureFields<F = FailureReport> = F extends unknown ? Omit<F, 'message'> : never

export function reportFailure(failure: Failure): FailureReport {
  return {...failureFields(failure), message: describeFailure(failure)}
}

function failureFields(failure: Failure): FailureFields {
  switch (failure.kind) {
    case 'unreachable':
      return {kind: failure.kind, reason: failure.reason, detail: failure.detail}
    case 'timed-out':
      return {
        kind: failure.kind,
        phase: failure.phase,
        limit: {input: failure.limit.input, afterMs: failure.limit.afterMs}
      }
    case 'throttled':
    case 'server-error':
    case 'not-found':
      return omitUndefined({
        kind: failure.kind,
        status: failure.status,
        detail: failure.detail,
        retryAfterMs: failure.retryAfterMs
      })
    case 'unauthorized':
    case 'denied':
      return {
        kind: failure.kind,
        status: failure.status,
        detail: failure.detail,
        credentials: failure.credentials === 'refused' ? 'refused' : 'none'
      }
    case 'protocol':
      return omitUndefined({
        kind: failure.kind,
        detail: failure.detail,
        isHtml: failure.isHtml,
        status: failure.status
      })
    case 'truncated':
      return omitUndefined({kind: failure.kind, gotBytes: failure.gotBytes, wantedBytes: failure.wantedBytes})
    case 'corrupt':
      return omitUndefined({
        kind: failure.kind,
        wanted: failure.wanted,
        got: failure.got,
        wantedBytes: failure.wantedBytes,
        gotBytes: failure.gotBytes,
        firstBytes: failure.firstBytes
      })
    case 'too-large':
      return {kind: failure.kind, limitBytes: failure.limitBytes, detail: failure.detail}
    case 'platform-missing':
      return {kind: failure.kind, wanted: failure.wanted, offered: failure.offered}
    case 'digest-disagrees':
      return {kind: failure.kind, wanted: failure.wanted, got: failure.got, decidedBy: failure.decidedBy}
    case 'invalid-input':
      return {kind: failure.kind, faults: failure.faults.map(reportInputFault)}
    case 'signature':
      return {kind: failure.kind, problem: failure.problem, detail: failure.detail, advice: failure.advice}
    case 'unusable':
    case 'local-io':
    case 'docker':
    case 'bug':
      return {kind: failure.kind, detail: failure.detail}
  }
}

export function reportInputFault({input, value, reason, example, location}: InputIssue): InputFaultReport {
  return omitUndefined({input, written: value, rule: reason, example, place: location && reportPlace(location)})
}

export function reportPlace({file, line}: SourceLocation): LocationReport {
  return {file, line}
}

export function reportLockChange({name, change, from, to}: LockChange): LockChangeReport {
  return omitUndefined({name, change, from, to})
}

/** `lockedCreated`: when the locked image says that it was made. */
export function reportMoved({registry, digest, created}: MovedTag, lockedCreated: string | undefined): MovedReport {
  return omitUndefined({registry, digest, created, lockedCreated})
}

export function reportPlatform(image: PlatformImage): PlatformReport {
  return omitUndefined({
    digest: image.digest,
    mediaType: image.mediaType,
    imageId: image.imageId,
    layers: image.layers.map(reportDescriptor),
    notes: image.warnings,
    created: image.created,
    version: image.version,
    platform: image.platform && formatPlatform(image.platform),
    verified: image.level,
    size: sizeOf(image)
  })
}

/** Bytes of its compressed layers. */
export function sizeOf({layers}: PlatformImage): number {
  return layers.reduce((sum, {size}) => sum + size, 0)
}

function reportDescriptor({mediaType, digest, size}: Descriptor): PlatformReport['layers'][number] {
  return {mediaType, digest, size}
}

export function reportDiagnosis({cause, what, advice, evidence}: Diagnosis): DiagnosisReport {
  return {cause, what, advice, evidence: reportEvidence(evidence)}
}

function reportEvidence(evidence: Evidence): EvidenceReport {
  return omitUndefined({
    registry: evidence.registry,
    object: evidence.object,
    requestIds: evidence.requestIds,
    gotDigests: evidence.gotDigests,
    host: evidence.host,
    path: evidence.path,
    status: evidence.status,
    wantedDigest: evidence.wantedDigest,
    wantedBytes: evidence.wantedBytes,
    gotBytes: evidence.gotBytes,
    firstBytes: evidence.firstBytes,
    rateLimit: evidence.rateLimit
  })
}

export function reportStatusPage({page, text, at}: StatusNotice): NonNullable<RegistryReport['statusPage']> {
  return omitUndefined({page, says: text, at})
}

/** Times count from `runStartedMs` on the run's clock. */
export function reportAttempt(attempt: Attempt, runStartedMs: number): AttemptReport {
  return omitUndefined({
    object: attempt.object,
    ordinal: attempt.number,
    startedMs: attempt.startedMs - runStartedMs,
    elapsedMs: attempt.elapsedMs,
    waitedMs: attempt.waitedMs,
    bytes: attempt.bytes,
    outcome: attempt.outcome,
    failure: attempt.failure && reportFailure(attempt.failure),
    failedObject: attempt.failedObject,
    parts: attempt.parts && reportParts(attempt.parts),
    differs: attempt.differs && reportDifference(attempt.differs),
    exchanges: attempt.exchanges.map(reportExchange)
  })
}

function reportParts(parts: NonNullable<Attempt['parts']>): PartsReport {
  return omitUndefined({
    count: parts.count,
    connections: parts.connections,
    bytes: parts.bytes,
    stragglers: parts.stragglers,
    resumed: parts.resumed,
    ended: parts.ended
  })
}

function reportDifference(range: NonNullable<Attempt['differs']>): DifferenceReport {
  return omitUndefined({start: range.start, end: range.end, host: range.host, requestIds: range.requestIds})
}

function reportExchange(exchange: Exchange): ExchangeReport {
  return omitUndefined({
    object: exchange.object,
    method: exchange.method,
    host: exchange.host,
    path: exchange.path,
    status: exchange.status,
    elapsedMs: exchange.elapsedMs,
    count: exchange.count,
    requestIds: exchange.requestIds,
    rateLimit: exchange.rateLimit
  })
}

export function reportSignature(check: SignatureCheck): SignatureReport {
  const words = describeCheck(check)
  return omitUndefined({
    outcome: check.outcome,
    rules: check.rules,
    signers: check.signers.map(reportSigner),
    detail: words?.detail,
    advice: words?.advice,
    candidates: check.candidates.map(reportCandidate),
    places: check.places.map(reportSearchedPlace)
  })
}

export function reportSigner(signer: SignatureCheck['signers'][number]): SignerReport {
  return {...signerFields(signer), foundAt: signer.place, digest: signer.subject}
}

function signerFields(signer: FoundSigner): Omit<SignerReport, 'foundAt' | 'digest'> {
  return omitUndefined({
    kind: signer.kind,
    identity: signer.identity,
    issuer: signer.issuer,
    repository: signer.repository,
    ref: signer.ref,
    commit: signer.commit,
    workflow: signer.workflow,
    run: signer.runUrl,
    key: signer.key,
    keyDigest: signer.keyDigest,
    signedAt: signer.signedAt,
    logIndex: signer.logIndex
  })
}

function reportCandidate({place, subject, verdict}: JudgedCandidate): SignatureCandidateReport {
  return omitUndefined({
    place,
    digest: subject,
    outcome: verdict.outcome,
    detail: 'detail' in verdict ? verdict.detail : undefined,
    signer: 'signer' in verdict ? signerFields(verdict.signer) : undefined
  })
}

function reportSearchedPlace({place, subject, outcome, detail}: SearchedPlace): SignaturePlaceReport {
  return omitUndefined({place, digest: subject, outcome, detail})
}
