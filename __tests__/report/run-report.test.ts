// The report of a whole run and its annotations: what is said once, how many are shown, and which outcome the run has.

import {describe, expect, it} from '@jest/globals'
import {type Acquisition} from '../../src/acquire/acquisition.ts'
import {newResult} from '../../src/acquire/candidate-result.ts'
import {parseImageRequest, planCandidates} from '../../src/acquire/plan.ts'
import type {VerifiedImage} from '../../src/fetch/verified-image.ts'
import type {Digest} from '../../src/oci/digest.ts'
import {buildReport, moreWarnings, type RunEvidence, warningsOfImages} from '../../src/report/run-report.ts'

const DIGEST = `sha256:${'a'.repeat(64)}` as Digest

type Options = {
  readonly isVerified?: boolean
  readonly notes?: readonly string[]
}

function acquisitionOf(text: string, {isVerified = true, notes = []}: Options = {}): Acquisition {
  const image = parseImageRequest(text)
  if (!image.ok) throw new Error(image.reason)
  const candidates = planCandidates(image.value.reference, {mirrors: [], publicMirrors: []}, 'primary')
  const [candidate] = candidates
  const verified = {
    candidate,
    origins: ['docker.io'],
    digest: DIGEST,
    mediaType: '',
    size: 1,
    platforms: [
      {
        platform: {os: 'linux', architecture: 'amd64'},
        digest: DIGEST,
        layers: [],
        level: 'full',
        warnings: notes,
        remarks: []
      }
    ]
  } as unknown as VerifiedImage
  return {
    request: {image: image.value, candidates, platforms: {kind: 'all'}, level: 'full'},
    results: candidates.map(primary => ({
      ...newResult(primary),
      ...(isVerified
        ? {outcome: 'verified' as const}
        : {outcome: 'failed' as const, failure: {kind: 'not-found', status: 404, detail: ''} as const})
    })),
    resolved: isVerified ? {digest: DIGEST, decidedBy: 'primary', registry: 'docker.io'} : undefined,
    image: isVerified ? verified : undefined,
    runError: undefined,
    elapsedMs: 1
  }
}

function evidence(more: Partial<RunEvidence> = {}): RunEvidence {
  return {
    version: '1.0.0',
    startedAt: '2025-06-04T12:00:00.000Z',
    startedMs: 0,
    elapsedMs: 5,
    isCancelled: false,
    isComplete: true,
    acquisitions: [acquisitionOf('php:8.3.8')],
    exports: new Map(),
    layout: '/work/layout',
    warnings: ['of the run'],
    lock: undefined,
    advice: undefined,
    failure: undefined,
    ...more
  }
}

describe('buildReport', () => {
  it('is of a verified run when every image is verified and every step is done', () => {
    const report = buildReport(evidence())
    expect(report).toMatchObject({
      schemaVersion: 1,
      action: {name: 'verified-image', version: '1.0.0'},
      outcome: 'verified',
      elapsedMs: 5,
      layout: '/work/layout',
      inputFaults: [],
      warnings: ['of the run']
    })
    for (const absent of ['lock', 'advice', 'failure']) expect(report).not.toHaveProperty(absent)
  })

  it.each<{readonly name: string; readonly more: Partial<RunEvidence>; readonly outcome: string}>([
    {name: 'a step was not done', more: {isComplete: false}, outcome: 'failed'},
    {name: 'the job was cancelled', more: {isComplete: false, isCancelled: true}, outcome: 'cancelled'},
    {
      name: 'an image was not verified',
      more: {acquisitions: [acquisitionOf('php:8.3.8', {isVerified: false})]},
      outcome: 'failed'
    }
  ])('is $outcome, without a layout, when $name', ({more, outcome}) => {
    const report = buildReport(evidence(more))
    expect(report.outcome).toBe(outcome)
    expect(report).not.toHaveProperty('layout')
  })

  it('fails an image that was not exported', () => {
    const acquisitions = [acquisitionOf('php:8.3.8')]
    const exports = new Map(acquisitions.map(acquisition => [acquisition, 'not-exported'] as const))
    expect(buildReport(evidence({acquisitions, exports}))).toMatchObject({
      outcome: 'failed',
      images: [{outcome: 'failed'}]
    })
  })

  it('lists invalid inputs beside the failure', () => {
    const issue = {input: 'image', value: 'PHP', reason: 'it is not lowercase', example: 'php:8.3.8'}
    const report = buildReport(evidence({isComplete: false, failure: {kind: 'invalid-input', faults: [issue]}}))
    expect(report.inputFaults).toEqual([
      {input: 'image', written: 'PHP', rule: 'it is not lowercase', example: 'php:8.3.8'}
    ])
    expect(report.failure?.kind).toBe('invalid-input')
    expect(buildReport(evidence({failure: {kind: 'docker', detail: ''}})).inputFaults).toEqual([])
  })

  it('has the warnings of images behind those of the run', () => {
    const acquisitions = [acquisitionOf('php:8.3.8', {notes: ['a note']})]
    expect(buildReport(evidence({acquisitions})).warnings).toEqual(['of the run', 'a note'])
  })
})

describe('warningsOfImages', () => {
  it('has the notes of the platforms under the name of the image', () => {
    const {images} = buildReport(evidence({acquisitions: [acquisitionOf('php:8.3.8', {notes: ['a note']})]}))
    expect(warningsOfImages(images)).toEqual([{title: 'php:8.3.8', message: 'a note'}])
  })

  it('shows ten of a kind, and says how many more there are', () => {
    const acquisitions = Array.from({length: 12}, (_none, at) =>
      acquisitionOf(`php:${String(at)}`, {notes: ['a note']})
    )
    const warnings = warningsOfImages(buildReport(evidence({acquisitions})).images)
    expect(warnings).toHaveLength(11)
    expect(warnings.at(-1)).toEqual({
      title: 'Notes on images',
      message: 'Notes on images: 2 more warnings of this kind'
    })
  })
})

describe('moreWarnings', () => {
  it('says nothing about ten', () => {
    expect([moreWarnings('A kind', 10), moreWarnings('A kind', 11).length]).toEqual([[], 1])
  })
})
