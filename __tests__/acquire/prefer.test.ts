// prefer: mirrors changes which registry serves the image, and not which one resolves the tag.

import {describe, expect, it} from '@jest/globals'
import {IMAGE, NOT_FOUND, OTHER, acquire, acquireFixture, outcomes, publishAt} from '../support/acquire-fixture.ts'

describe('preferred mirrors', () => {
  it('serve the bytes, while the primary is asked for the digest only', async () => {
    const {registry, clock, deps} = acquireFixture()
    publishAt(registry, 'docker.io', 'ghcr.io')
    const acquisition = await clock.until(acquire(deps, {prefer: 'mirrors', level: 'config'}))
    expect(registry.requests).toEqual(['docker.io manifest 1', 'ghcr.io manifest @digest', 'ghcr.io config'])
    expect(acquisition.image?.candidate.role).toBe('mirror')
    expect(acquisition.resolved).toEqual({digest: IMAGE.manifest.digest, decidedBy: 'primary', registry: 'docker.io'})
    expect(outcomes(acquisition)).toEqual([
      ['ghcr.io', 'verified', undefined, undefined],
      ['docker.io', 'not-asked', undefined, undefined]
    ])
  })

  it('leave the primary alone when the reference has a digest', async () => {
    const {registry, clock, deps} = acquireFixture()
    publishAt(registry, 'docker.io', 'ghcr.io')
    const image = `a/b:1@${IMAGE.manifest.digest}`
    await clock.until(acquire(deps, {image, prefer: 'mirrors', level: 'config'}))
    expect(registry.requests).toEqual(['ghcr.io manifest @digest', 'ghcr.io config'])
  })

  it('hand over to the primary, which need not be asked for its manifest again', async () => {
    const {registry, clock, deps} = acquireFixture()
    publishAt(registry, 'docker.io')
    const acquisition = await clock.until(acquire(deps, {prefer: 'mirrors', level: 'config'}))
    expect(registry.requests).toEqual([
      'docker.io manifest 1',
      'ghcr.io manifest @digest',
      'ghcr.io manifest 1',
      'docker.io config'
    ])
    expect(outcomes(acquisition)).toEqual([
      ['ghcr.io', 'failed', 'not-found', 'manifest'],
      ['docker.io', 'verified', undefined, undefined]
    ])
  })

  it('decide when the primary cannot, which then is not asked again', async () => {
    const {registry, clock, deps} = acquireFixture()
    registry.publish('ghcr.io/a/b', '1', OTHER)
    registry.failNext('ghcr.io', 'config', NOT_FOUND)
    const acquisition = await clock.until(acquire(deps, {prefer: 'mirrors', level: 'config'}))
    expect(registry.requests).toEqual(['docker.io manifest 1', 'ghcr.io manifest 1', 'ghcr.io config'])
    expect(acquisition.resolved?.decidedBy).toBe('mirror')
    expect(outcomes(acquisition)).toEqual([
      ['ghcr.io', 'failed', 'not-found', 'config'],
      ['docker.io', 'failed', 'not-found', 'manifest']
    ])
  })

  it('come before the primary, and public mirrors after it', async () => {
    const {registry, clock, deps} = acquireFixture()
    publishAt(registry, 'docker.io', 'ghcr.io')
    registry.failNext('docker.io', 'config', NOT_FOUND)
    const acquisition = await clock.until(
      acquire(deps, {prefer: 'mirrors', mirrors: ['public', 'b.io'], level: 'config'})
    )
    expect(registry.requests).toEqual([
      'docker.io manifest 1',
      'b.io manifest @digest',
      'b.io manifest 1',
      'docker.io config',
      'ghcr.io manifest @digest',
      'ghcr.io config'
    ])
    expect(acquisition.image?.candidate.role).toBe('public-mirror')
  })

  it('never decide when they are public', async () => {
    const {registry, clock, deps} = acquireFixture()
    publishAt(registry, 'ghcr.io')
    const acquisition = await clock.until(acquire(deps, {prefer: 'mirrors', mirrors: ['public']}))
    expect(registry.requests).toEqual(['docker.io manifest 1'])
    expect(acquisition.image).toBeUndefined()
  })
})
