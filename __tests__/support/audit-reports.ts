// Reports of audits for tests of what is made from them: with every kind of finding, with hostile texts, and large ones.

import type {AuditedImageReport, AuditReport, FindingReport} from '../../src/audit-report/audit-document.ts'
import {DEFAULT_FAIL_ON, FINDING_KINDS, USUAL_SEVERITY} from '../../src/findings/finding.ts'

const DIGEST = `sha256:${'1'.repeat(64)}`
const OTHER = `sha256:${'2'.repeat(64)}`

export function auditReport(more: Partial<AuditReport> = {}): AuditReport {
  return {
    schemaVersion: 1,
    action: {name: 'verified-image/audit', version: '1.0.0'},
    startedAt: '2026-03-02T05:00:00.000Z',
    elapsedMs: 61_000,
    outcome: 'findings',
    failOn: DEFAULT_FAIL_ON,
    findings: [],
    images: [],
    registries: [{registry: 'docker.io', requests: 12, downloads: 3, pullLimit: {remaining: 97, limit: 100}}],
    inputFaults: [],
    warnings: [],
    ...more
  }
}

/** One finding of each kind, with all fields, about an image that `text` names. */
export function everyFinding(text = 'docker.io/acme/app:1.2.3'): readonly FindingReport[] {
  return FINDING_KINDS.map((kind, at): FindingReport => ({
    kind,
    severity: USUAL_SEVERITY[kind],
    fails: DEFAULT_FAIL_ON.includes(kind),
    message: `What was found: ${text}.`,
    advice: 'Do something about it.',
    image: text,
    place: `docker.io/${text}`,
    registry: 'docker.io',
    locations: [{file: 'build/Docker file', line: 3}],
    wanted: DIGEST,
    got: OTHER,
    objects: [{object: 'layer 1', wanted: DIGEST, got: OTHER, detail: text}],
    failure: {kind: 'server-error', status: 500, detail: text, message: text},
    evidence: {host: 'docker.io', path: '/v2/', status: 500, requestIds: {'x-request-id': 'abc'}},
    fingerprint: at.toString(16).padStart(16, '0'),
    since: '2026-02-02T05:00:00.000Z',
    runs: 3
  }))
}

export function auditedImage(more: Partial<AuditedImageReport> = {}): AuditedImageReport {
  return {
    image: 'acme/app:1.2.3',
    name: 'docker.io/acme/app:1.2.3',
    tag: '1.2.3',
    digest: DIGEST,
    decidedBy: 'lock',
    level: 'manifest',
    isPartial: false,
    platforms: ['linux/amd64'],
    locations: [],
    places: ['docker.io', 'ghcr.io', 'mirror.example.com'].map((registry, at) => ({
      place: `${registry}/acme/app`,
      registry,
      role: at === 0 ? ('primary' as const) : ('mirror' as const),
      outcome: 'right' as const,
      objects: 5
    })),
    ...more
  }
}
