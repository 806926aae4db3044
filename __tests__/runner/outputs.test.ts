// Outputs from a report: nothing is put out for an image that was not verified.

import {describe, expect, it} from '@jest/globals'
import type {ImageReport, Report} from '../../src/report/report-document.ts'
import {outputsOf} from '../../src/runner/outputs.ts'
import type {Digest} from '../../src/oci/digest.ts'

const DIGEST = `sha256:${'a'.repeat(64)}` as Digest

function verified(image: string, more: Partial<ImageReport> = {}): ImageReport {
  return {
    ...{
      image,
      name: `docker.io/library/${image}`,
      outcome: 'verified',
      reference: `docker.io/library/${image}@${DIGEST}`
    },
    ...{digest: DIGEST, registry: 'docker.io', source: 'primary', tag: '1', verified: 'full', size: 0, elapsedMs: 0},
    ...{buildContext: `${image}=docker-image://docker.io/library/${image}@${DIGEST}`, registries: []},
    platforms: [{digest: DIGEST, mediaType: 'm', imageId: DIGEST, layers: [], notes: [], verified: 'full', size: 0}],
    ...more
  }
}

function lost(image: string): ImageReport {
  return {
    ...{image, name: image, outcome: 'failed', digest: DIGEST, elapsedMs: 0, platforms: [], registries: []}
  }
}

function report(outcome: Report['outcome'], ...images: readonly ImageReport[]): Report {
  return {
    ...{schemaVersion: 1, action: {name: 'verified-image', version: '0'}, startedAt: '', elapsedMs: 0, outcome, images},
    ...{inputFaults: [], warnings: []}
  }
}

describe('outputsOf', () => {
  it('has everything of the first image, and all references', () => {
    expect(outputsOf(report('verified', verified('a'), verified('b', {verified: 'layers'})))).toEqual({
      reference: `docker.io/library/a@${DIGEST}`,
      references: JSON.stringify({a: `docker.io/library/a@${DIGEST}`, b: `docker.io/library/b@${DIGEST}`}),
      digest: DIGEST,
      'image-id': DIGEST,
      registry: 'docker.io',
      source: 'primary',
      tag: '1',
      size: '0',
      'build-contexts': `a=docker-image://docker.io/library/a@${DIGEST}\nb=docker-image://docker.io/library/b@${DIGEST}`,
      verified: 'layers'
    })
  })

  it('has nothing of a first image that was lost, and the level of none', () => {
    expect(outputsOf(report('failed', lost('a'), verified('b')))).toEqual({
      references: JSON.stringify({b: `docker.io/library/b@${DIGEST}`}),
      'build-contexts': `b=docker-image://docker.io/library/b@${DIGEST}`
    })
  })

  it.each(['failed', 'cancelled'] as const)('is empty for a run that %s before anything was verified', outcome => {
    expect([outputsOf(report(outcome)), outputsOf(report(outcome, lost('a')))]).toEqual([{}, {}])
  })

  it('names a build context once', () => {
    const twice = outputsOf(report('verified', verified('a'), verified('a')))
    expect(twice['build-contexts']?.split('\n')).toHaveLength(1)
  })

  it('names an image once that is asked for with and without its registry, or its tag latest', () => {
    const php = verified('php', {name: 'docker.io/library/php'})
    const lines = outputsOf(
      report(
        'verified',
        php,
        {...php, image: 'docker.io/library/php'},
        {...php, image: 'php:latest', name: 'docker.io/library/php:latest'}
      )
    )['build-contexts']?.split('\n')
    expect(lines).toHaveLength(1)
  })

  it('leaves two images under one name to be refused', () => {
    const other = verified('other', {namedContexts: [`a=docker-image://docker.io/library/other@${DIGEST}`]})
    const lines = outputsOf(report('verified', verified('a'), other))['build-contexts']?.split('\n')
    expect(lines?.filter(line => line.startsWith('a='))).toHaveLength(2)
  })
})
