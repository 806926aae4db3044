// Which registry decides the digest, and that every registry is held to it.

import {describe, expect, it} from '@jest/globals'
import {
  IMAGE,
  NOT_FOUND,
  OTHER,
  SERVER_ERROR,
  acquire,
  acquireFixture,
  late,
  outcomes,
  publishAt,
  requestsTo
} from '../support/acquire-fixture.ts'
import {bodyOf, corruptedAt, type ScriptedResponse} from '../support/memory-registry.ts'

describe('trust', () => {
  it('lets the primary decide, and holds mirrors to it', async () => {
    const {registry, clock, deps} = acquireFixture()
    publishAt(registry, 'docker.io')
    registry.publish('ghcr.io/a/b', '1', OTHER)
    registry.failNext('docker.io', 'config', NOT_FOUND)
    const acquisition = await clock.until(acquire(deps, {level: 'config'}))
    expect(registry.requests).toEqual([
      'docker.io manifest 1',
      'docker.io config',
      'ghcr.io manifest @digest',
      'ghcr.io manifest 1'
    ])
    expect(acquisition.results[1]).toMatchObject({
      outcome: 'failed',
      failedObject: 'manifest',
      failure: {
        kind: 'digest-disagrees',
        wanted: IMAGE.manifest.digest,
        got: OTHER.manifest.digest,
        decidedBy: 'docker.io'
      }
    })
    expect(acquisition.image).toBeUndefined()
  })

  it('goes on behind a mirror with another digest', async () => {
    const {registry, clock, deps} = acquireFixture()
    publishAt(registry, 'docker.io', 'c.io')
    registry.publish('b.io/a/b', '1', OTHER)
    registry.failNext('docker.io', 'config', NOT_FOUND)
    const acquisition = await clock.until(acquire(deps, {mirrors: ['b.io', 'c.io'], level: 'config'}))
    expect(outcomes(acquisition)).toEqual([
      ['docker.io', 'failed', 'not-found', 'config'],
      ['b.io', 'failed', 'digest-disagrees', 'manifest'],
      ['c.io', 'verified', undefined, undefined]
    ])
  })

  it('never asks a public mirror by tag, not even when it lacks the digest', async () => {
    const {registry, clock, deps} = acquireFixture()
    publishAt(registry, 'docker.io')
    registry.publish('ghcr.io/a/b', '1', OTHER)
    registry.failNext('docker.io', 'config', NOT_FOUND)
    const acquisition = await clock.until(acquire(deps, {mirrors: ['public'], level: 'config'}))
    expect(requestsTo(registry, 'ghcr.io')).toEqual(['manifest @digest'])
    expect(outcomes(acquisition)[1]).toEqual(['ghcr.io', 'failed', 'not-found', 'manifest'])
  })

  it('leaves a public mirror unasked when nobody could say what the tag is', async () => {
    const {registry, clock, deps} = acquireFixture()
    publishAt(registry, 'ghcr.io')
    const acquisition = await clock.until(acquire(deps, {mirrors: ['public']}))
    expect(registry.requests).toEqual(['docker.io manifest 1'])
    expect(outcomes(acquisition)[1]).toEqual(['ghcr.io', 'not-asked', undefined, undefined])
  })

  it('asks a public mirror after a named mirror decided, wherever its line is', async () => {
    const {registry, clock, deps} = acquireFixture()
    publishAt(registry, 'ghcr.io', 'b.io')
    registry.failNext('b.io', 'config', NOT_FOUND)
    const acquisition = await clock.until(acquire(deps, {mirrors: ['public', 'b.io'], level: 'config'}))
    expect(registry.requests).toEqual([
      'docker.io manifest 1',
      'b.io manifest 1',
      'b.io config',
      'ghcr.io manifest @digest',
      'ghcr.io config'
    ])
    expect(acquisition.resolved).toMatchObject({digest: IMAGE.manifest.digest, decidedBy: 'mirror', registry: 'b.io'})
    expect(outcomes(acquisition)).toEqual([
      ['docker.io', 'failed', 'not-found', 'manifest'],
      ['b.io', 'failed', 'not-found', 'config'],
      ['ghcr.io', 'verified', undefined, undefined]
    ])
  })

  it('lets a named mirror decide when the primary could not say what the tag is', async () => {
    const {registry, clock, deps} = acquireFixture()
    registry.publish('ghcr.io/a/b', '1', OTHER)
    registry.failAlways('docker.io', SERVER_ERROR)
    const acquisition = await clock.until(acquire(deps, {level: 'config'}))
    expect(acquisition.resolved).toEqual({
      ...{digest: OTHER.manifest.digest, decidedBy: 'mirror', registry: 'ghcr.io'},
      unresolved: {kind: 'failed', failure: SERVER_ERROR}
    })
    expect(acquisition.image?.digest).toBe(OTHER.manifest.digest)
  })

  it('asks by digest only when the reference has one, a public mirror too', async () => {
    const {registry, clock, deps} = acquireFixture()
    publishAt(registry, 'ghcr.io')
    const image = `a/b@${IMAGE.manifest.digest}`
    const acquisition = await clock.until(acquire(deps, {image, mirrors: ['public'], level: 'config'}))
    expect(registry.requests).toEqual(['docker.io manifest @digest', 'ghcr.io manifest @digest', 'ghcr.io config'])
    expect(acquisition.resolved).toEqual({digest: IMAGE.manifest.digest, decidedBy: 'reference', registry: 'docker.io'})
  })

  it('refuses a primary whose tag is another image than the reference says', async () => {
    const {registry, clock, deps} = acquireFixture()
    registry.publish('docker.io/a/b', '1', OTHER)
    publishAt(registry, 'ghcr.io')
    const image = `a/b:1@${IMAGE.manifest.digest}`
    const acquisition = await clock.until(acquire(deps, {image, level: 'config'}))
    expect(acquisition.results[0]?.failure).toEqual({
      kind: 'digest-disagrees',
      wanted: IMAGE.manifest.digest,
      got: OTHER.manifest.digest,
      decidedBy: 'the reference'
    })
    expect(acquisition.image?.candidate.repository.registry).toBe('ghcr.io')
  })

  it('asks the primary by digest when the reference has a tag too', async () => {
    const {registry, clock, deps} = acquireFixture()
    publishAt(registry, 'docker.io')
    await clock.until(acquire(deps, {image: `a/b:1@${IMAGE.manifest.digest}`, level: 'config'}))
    expect(registry.requests).toEqual(['docker.io manifest @digest', 'docker.io config'])
  })

  const mistyped: ScriptedResponse = ({content}) => ({...content, mediaType: 'text/plain'})

  it('takes the digest, and not the image, from a primary whose Content-Type engines refuse', async () => {
    const {registry, clock, deps} = acquireFixture()
    publishAt(registry, 'docker.io', 'ghcr.io')
    registry.failNext('docker.io', 'manifest', mistyped, mistyped)
    const acquisition = await clock.until(acquire(deps, {mirrors: ['public'], level: 'config'}))
    expect(acquisition.resolved).toEqual({digest: IMAGE.manifest.digest, decidedBy: 'primary', registry: 'docker.io'})
    expect(outcomes(acquisition)).toEqual([
      ['docker.io', 'failed', 'protocol', 'manifest'],
      ['ghcr.io', 'verified', undefined, undefined]
    ])
  })

  it('takes nothing from a mirror whose Content-Type engines refuse', async () => {
    const {registry, clock, deps} = acquireFixture()
    registry.publish('b.io/a/b', '1', OTHER)
    publishAt(registry, 'c.io')
    registry.failNext('b.io', 'manifest', mistyped, mistyped)
    const acquisition = await clock.until(acquire(deps, {mirrors: ['b.io', 'c.io'], level: 'config'}))
    expect(acquisition.resolved).toMatchObject({digest: IMAGE.manifest.digest, registry: 'c.io'})
    expect(acquisition.results[1]).toMatchObject({outcome: 'failed', failure: {kind: 'protocol'}})
    expect(acquisition.results[1]).not.toHaveProperty('answered')
  })

  it('refuses a tag that moves between two tries', async () => {
    const {registry, clock, deps} = acquireFixture()
    publishAt(registry, 'docker.io')
    const moved: ScriptedResponse = ({content}) => ({
      ...content,
      contentLength: OTHER.manifest.size,
      digestHeader: OTHER.manifest.digest,
      body: bodyOf(OTHER.manifest.bytes)
    })
    registry.failNext('docker.io', 'manifest', mistyped, moved)
    const acquisition = await clock.until(acquire(deps, {mirrors: [], level: 'config'}))
    expect(acquisition.results[0]?.failure).toEqual({
      kind: 'digest-disagrees',
      wanted: IMAGE.manifest.digest,
      got: OTHER.manifest.digest,
      decidedBy: 'docker.io'
    })
    expect(acquisition.image).toBeUndefined()
  })

  it('asks a mirror that lacks the digest no more than once for its tag, and keeps the failure', async () => {
    for (const response of [NOT_FOUND, {...SERVER_ERROR}, mistyped]) {
      const {registry, clock, deps} = acquireFixture(undefined, {attempts: 1, firstMs: 1, maxMs: 1})
      publishAt(registry, 'docker.io')
      registry.publish('ghcr.io/a/b', '1', OTHER)
      registry.failNext('docker.io', 'config', NOT_FOUND)
      registry.failNext('ghcr.io', 'manifest', NOT_FOUND, response)
      const acquisition = await clock.until(acquire(deps, {level: 'config'}))
      expect(requestsTo(registry, 'ghcr.io')).toEqual(['manifest @digest', 'manifest 1'])
      expect(outcomes(acquisition)[1]).toEqual(['ghcr.io', 'failed', 'not-found', 'manifest'])
    }
  })

  it('does not ask a mirror for its tag that fails in another way', async () => {
    const {registry, clock, deps} = acquireFixture()
    publishAt(registry, 'docker.io', 'ghcr.io')
    registry.failNext('docker.io', 'config', NOT_FOUND)
    registry.failNext('ghcr.io', 'manifest', corruptedAt(), corruptedAt())
    const acquisition = await clock.until(acquire(deps, {level: 'config'}))
    expect(requestsTo(registry, 'ghcr.io')).toEqual(['manifest @digest', 'manifest @digest'])
    expect(outcomes(acquisition)[1]).toEqual(['ghcr.io', 'failed', 'corrupt', 'manifest'])
  })

  it('lets a bug through that shows while the tag of a mirror is asked for', async () => {
    const {registry, clock, deps} = acquireFixture()
    publishAt(registry, 'docker.io', 'ghcr.io')
    registry.failNext('docker.io', 'config', NOT_FOUND)
    registry.failNext('ghcr.io', 'manifest', NOT_FOUND, () => Promise.reject(new TypeError('a bug')))
    await expect(clock.until(acquire(deps, {level: 'config'}))).rejects.toThrow('a bug')
  })

  it('holds a mirror to the digest that was decided while its own answer was on its way', async () => {
    const {registry, clock, deps} = acquireFixture(3000)
    publishAt(registry, 'docker.io')
    registry.publish('ghcr.io/a/b', '1', OTHER)
    registry.failNext('docker.io', 'manifest', late(clock, 5000))
    registry.failNext('docker.io', 'config', late(clock, 10_000))
    registry.failNext('ghcr.io', 'manifest', late(clock, 4000))
    const acquisition = await clock.until(acquire(deps, {level: 'config'}))
    expect(requestsTo(registry, 'ghcr.io')).toEqual(['manifest 1', 'manifest @digest'])
    expect(acquisition.results[1]).toMatchObject({
      outcome: 'failed',
      failure: {kind: 'digest-disagrees', wanted: IMAGE.manifest.digest, got: OTHER.manifest.digest}
    })
    expect(acquisition.image?.digest).toBe(IMAGE.manifest.digest)
  })

  it('refuses a manifest with other bytes than the digest, whatever the mirror announces', async () => {
    const {registry, clock, deps} = acquireFixture()
    publishAt(registry, 'docker.io', 'ghcr.io')
    registry.failNext('docker.io', 'config', NOT_FOUND)
    const swapped: ScriptedResponse = ({content}) => ({
      ...content,
      contentLength: OTHER.manifest.size,
      body: bodyOf(OTHER.manifest.bytes)
    })
    registry.failNext('ghcr.io', 'manifest', swapped, swapped)
    const acquisition = await clock.until(acquire(deps, {level: 'config'}))
    expect(acquisition.results[1]?.failure).toMatchObject({
      kind: 'corrupt',
      wanted: IMAGE.manifest.digest,
      got: OTHER.manifest.digest
    })
    expect(acquisition.image).toBeUndefined()
  })
})
