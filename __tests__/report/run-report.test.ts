// The report of a whole run and its annotations: what is said once, how many are shown, and which outcome the run has.

import {describe, expect, it} from '@jest/globals'
import {type Acquisition} from '../../src/acquire/acquisition.ts'
import {newResult} from '../../src/acquire/candidate-result.ts'
import {parseImageRequest, planCandidates} from '../../src/acquire/plan.ts'
import type {SourceLocation} from '../../src/failure/failure.ts'
import type {VerifiedImage} from '../../src/fetch/verified-image.ts'
import type {Digest} from '../../src/oci/digest.ts'
import {
  annotateImage,
  buildReport,
  moreWarnings,
  type ImageAnnotations,
  type RunEvidence,
  warningsOfImages
} from '../../src/report/run-report.ts'

const DIGEST = `sha256:${'a'.repeat(64)}` as Digest

type Options = {
  readonly isVerified?: boolean
  readonly notes?: readonly string[]
  readonly locations?: readonly SourceLocation[]
}

function acquisitionOf(text: string, {isVerified = true, notes = [], locations = []}: Options = {}): Acquisition {
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
      {platform: {os: 'linux', architecture: 'amd64'}, digest: DIGEST, layers: [], level: 'full', warnings: notes}
    ]
  } as unknown as VerifiedImage
  return {
    request: {image: {...image.value, locations}, candidates, platforms: {kind: 'all'}, level: 'full'},
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
    images: [annotateImage(acquisitionOf('php:8.3.8'))],
    exports: new Map(),
    layout: '/work/layout',
    warnings: ['of the run'],
    lock: undefined,
    advice: undefined,
    failure: undefined,
    ...more
  }
}

function verifiedWith(count: number, warning: string): readonly ImageAnnotations[] {
  return Array.from({length: count}, (_none, at) => ({
    ...annotateImage(acquisitionOf(`php:${String(at)}`)),
    warning: {title: warning, message: `${warning} ${String(at)}`}
  }))
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
      more: {images: [annotateImage(acquisitionOf('php:8.3.8', {isVerified: false}))]},
      outcome: 'failed'
    }
  ])('is $outcome, without a layout, when $name', ({more, outcome}) => {
    const report = buildReport(evidence(more))
    expect(report.outcome).toBe(outcome)
    expect(report).not.toHaveProperty('layout')
  })

  it('fails an image that was not exported', () => {
    const images = [annotateImage(acquisitionOf('php:8.3.8'))]
    const exports = new Map(images.map(({acquisition}) => [acquisition, 'not-exported'] as const))
    expect(buildReport(evidence({images, exports}))).toMatchObject({outcome: 'failed', images: [{outcome: 'failed'}]})
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
    const report = buildReport(evidence({images: verifiedWith(1, 'a mirror was used')}))
    expect(report.warnings).toEqual(['of the run', 'a mirror was used 0'])
    expect(report.images[0]?.warning).toBe('a mirror was used 0')
  })
})

describe('annotateImage', () => {
  const locations = [
    {file: 'Dockerfile', line: 1},
    {file: 'compose.yaml', line: 7}
  ]

  it('says nothing about an image from its own registry', () => {
    const {warning, notes, error} = annotateImage(acquisitionOf('php:8.3.8', {locations}))
    expect([warning, notes, error]).toEqual([undefined, undefined, undefined])
  })

  it('has the notes of the platforms under the name of the image', () => {
    const {notes} = annotateImage(acquisitionOf('php:8.3.8', {notes: ['a note']}))
    expect(notes).toEqual({title: 'php:8.3.8', message: 'a note'})
  })

  it('has the error at the first location, and names the others', () => {
    const {error} = annotateImage(acquisitionOf('php:8.3.8', {isVerified: false, locations}))
    expect(error?.location).toEqual(locations[0])
    expect(error?.message).toMatch(/\nAlso named at compose\.yaml:7\.$/)
    const alone = annotateImage(acquisitionOf('php:8.3.8', {isVerified: false, locations: locations.slice(0, 1)}))
    expect(alone.error?.message).not.toContain('Also named')
    const nowhere = annotateImage(acquisitionOf('php:8.3.8', {isVerified: false}))
    expect(nowhere.error).not.toHaveProperty('location')
  })
})

describe('warningsOfImages', () => {
  it('shows ten of a kind', () => {
    expect(warningsOfImages(verifiedWith(10, 'w'))).toHaveLength(10)
    const shown = warningsOfImages(verifiedWith(12, 'w'))
    expect(shown).toHaveLength(11)
    expect(shown.at(-1)?.message).toMatch(/: 2 more warnings like the ones above$/)
  })

  it('counts notes apart from warnings', () => {
    const images = verifiedWith(11, 'w').map(image => ({...image, notes: {title: 'n', message: 'note'}}))
    const shown = warningsOfImages(images)
    expect(shown.filter(({title}) => title === 'n')).toHaveLength(10)
    expect(shown.at(-1)?.message).toBe('Notes on images: 1 more warnings like the ones above')
  })
})

describe('moreWarnings', () => {
  it.each([
    [10, 0],
    [11, 1]
  ])('for %d of a kind are %d', (count, more) => {
    expect(moreWarnings('a kind', count)).toHaveLength(more)
  })
})
