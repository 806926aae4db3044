// The report of an audit: every field is in audit.schema.json, and nothing that an internal record has beside its fields is in it.

import {readFileSync} from 'node:fs'
import {describe, expect, it} from '@jest/globals'
import {Ajv2020} from 'ajv/dist/2020.js'
import {parseImageRequest} from '../../src/acquire/plan.ts'
import {type AuditEvidence, buildAuditReport} from '../../src/audit-report/build-audit-report.ts'
import {FINDING_KINDS} from '../../src/findings/finding.ts'
import {makeFinding} from '../../src/findings/judge-image.ts'
import type {ImageObservation} from '../../src/findings/observation.ts'
import type {Digest} from '../../src/oci/digest.ts'
import {auditedImage, auditReport, everyFinding} from '../support/audit-reports.ts'

const schema = JSON.parse(readFileSync('audit.schema.json', 'utf8')) as {$defs: {kind: {enum: readonly string[]}}}
const validate = new Ajv2020({strict: false, validateFormats: false}).compile(schema)

function problemsOf(report: unknown): readonly unknown[] {
  // As it is written: without undefined fields.
  return validate(JSON.parse(JSON.stringify(report))) ? [] : (validate.errors ?? [])
}

const DIGEST = `sha256:${'1'.repeat(64)}` as Digest
const EXTRA = {secret: 'must not appear'}

function observation(): ImageObservation {
  const image = parseImageRequest('acme/app:1')
  if (!image.ok) throw new Error(image.reason)
  return {
    image: {...image.value, locations: [{file: 'Dockerfile', line: 1}]},
    expected: {digest: DIGEST, decidedBy: 'primary'},
    platforms: ['linux/amd64'],
    places: [
      {
        candidate: {role: 'primary', repository: {registry: 'docker.io', path: 'acme/app'}, mayResolve: true},
        tag: {kind: 'digest', digest: DIGEST},
        root: 'present',
        faults: [],
        objects: 3,
        ...EXTRA
      }
    ],
    level: 'manifest',
    isPartial: false,
    signatures: {
      verdict: 'signed',
      rule: 'github:acme/app',
      detail: 'signed',
      signers: [{kind: 'github', identity: 'a', issuer: 'b', repository: 'c', key: 'd', foundAt: 'e', ...EXTRA}]
    },
    ...EXTRA
  }
}

function evidence(): AuditEvidence {
  const at = {image: 'acme/app:1', place: 'docker.io/acme/app', registry: 'docker.io', locations: []}
  const exchange = {
    ...{object: 'manifest' as const, method: 'HEAD', host: 'docker.io', path: '/v2/', status: 404, elapsedMs: 1},
    requestIds: {'x-request-id': 'abc'},
    ...EXTRA
  }
  const objects = [{object: 'layer 1', wanted: DIGEST, got: DIGEST, detail: 'wrong', ...EXTRA}]
  return {
    version: '1.0.0',
    startedAt: '2026-03-02T05:00:00.000Z',
    elapsedMs: 5,
    isCancelled: false,
    failOn: ['content-corrupt'],
    findings: [makeFinding(at, {kind: 'content-corrupt', objects}, {exchange})],
    observations: [observation()],
    uses: [
      {
        registry: 'docker.io',
        requests: 1,
        downloads: 1,
        partialImages: 0,
        pullLimit: {remaining: 1, limit: 2, ...EXTRA},
        ...EXTRA
      }
    ],
    warnings: ['a warning'],
    issue: {number: 1, url: 'https://github.com/acme/app/issues/1', state: 'open'},
    failure: undefined
  }
}

describe('buildAuditReport', () => {
  it('is as audit.schema.json says, and takes over no other field', () => {
    const report = buildAuditReport(evidence())
    expect(problemsOf(report)).toEqual([])
    expect(JSON.stringify(report)).not.toContain('must not appear')
    expect(report).toMatchObject({
      outcome: 'findings',
      findings: [{kind: 'content-corrupt', fails: true, evidence: {host: 'docker.io', status: 404}}],
      images: [{worst: 'error', places: [{outcome: 'error'}], signatures: {verdict: 'signed'}}]
    })
  })

  it('is as the schema says when the audit failed', () => {
    const failure = {
      kind: 'invalid-input' as const,
      faults: [{input: 'image', value: 'A', reason: 'lowercase', example: 'a:1', location: {file: 'f', line: 1}}]
    }
    const report = buildAuditReport({...evidence(), findings: [], observations: [], failure})
    expect(problemsOf(report)).toEqual([])
    expect([report.outcome, report.inputFaults.length]).toEqual(['failed', 1])
  })
})

describe('audit.schema.json', () => {
  it('knows each kind of finding, with all of its fields', () => {
    expect(schema.$defs.kind.enum).toEqual(FINDING_KINDS)
    expect(problemsOf(auditReport({findings: everyFinding(), images: [auditedImage()]}))).toEqual([])
  })

  it('rejects what it does not know', () => {
    expect(problemsOf({...auditReport(), more: 1})).not.toEqual([])
    expect(problemsOf(auditReport({images: [{...auditedImage(), level: 'deep' as never}]}))).not.toEqual([])
  })
})
