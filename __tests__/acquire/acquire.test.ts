// One image from its registry or a mirror: the requests that are made, and the results of all registries.

import {gzipSync} from 'node:zlib'
import {describe, expect, it} from '@jest/globals'
import type {Log} from '../../src/acquire/candidate-result.ts'
import {VerifiedImageError} from '../../src/failure/error.ts'
import {
  DIGEST,
  IMAGE,
  NOT_FOUND,
  acquire,
  acquireFixture,
  outcomes,
  publishAt,
  requestsTo
} from '../support/acquire-fixture.ts'
import {makeImage, makePublished, type Image} from '../support/images.ts'
import {silent, corruptedAt} from '../support/memory-registry.ts'

describe('acquireImage', () => {
  it('hands every attempt to the debug log', async () => {
    const {registry, clock, deps} = acquireFixture()
    publishAt(registry, 'docker.io')
    registry.failNext('docker.io', 'config', NOT_FOUND, NOT_FOUND)
    const attempts: unknown[] = []
    const log: Log = event => {
      if (event.type === 'attempted') attempts.push(event.attempt)
    }
    const acquisition = await clock.until(acquire({...deps, log}, {level: 'config', mirrors: []}))
    expect(attempts).toHaveLength(2)
    expect(acquisition.results[0]?.attempts).toEqual(attempts)
  })

  it('says in the log what is unusual about a layer that engines accept', async () => {
    const {registry, clock, deps, events} = acquireFixture()
    const mediaType = 'application/vnd.oci.image.layer.v1.tar+gzip'
    const image = makeImage({layers: [{content: {files: {a: 'b'}}, compression: 'none', mediaType}]})
    registry.publish('docker.io/a/b', '1', image)
    await clock.until(acquire(deps, {level: 'full'}))
    expect(events).toContainEqual({
      type: 'note',
      text: `layer[0]: an uncompressed tar under the media type ${mediaType}; engines go by the bytes`
    })
  })

  it('asks nobody else when the primary serves it', async () => {
    const {registry, clock, deps, events} = acquireFixture()
    publishAt(registry, 'docker.io', 'ghcr.io')
    const acquisition = await clock.until(acquire(deps, {level: 'full'}))
    expect(registry.requests).toEqual([
      'docker.io manifest 1',
      'docker.io config',
      'docker.io layer[1]',
      'docker.io layer[0]'
    ])
    expect(outcomes(acquisition)).toEqual([
      ['docker.io', 'verified', undefined, undefined],
      ['ghcr.io', 'not-asked', undefined, undefined]
    ])
    expect(acquisition.image).toMatchObject({
      digest: IMAGE.manifest.digest,
      size: IMAGE.manifest.size,
      candidate: {role: 'primary'},
      platforms: [{imageId: IMAGE.config.digest, level: 'full'}]
    })
    expect(acquisition.resolved).toEqual({digest: IMAGE.manifest.digest, decidedBy: 'primary', registry: 'docker.io'})
    expect(acquisition.runError).toBeUndefined()
    expect(events.map(({type}) => type)).toEqual(['asking', 'pinned'])
    expect(clock.waits).toEqual([])
  })

  it("moves to ghcr.io when docker.io's config does not hash to its digest", async () => {
    const {registry, clock, deps, events} = acquireFixture()
    publishAt(registry, 'docker.io', 'ghcr.io')
    registry.failNext('docker.io', 'config', corruptedAt(3), corruptedAt(3))
    const acquisition = await clock.until(acquire(deps, {mirrors: ['public'], level: 'config'}))
    expect(registry.requests).toEqual([
      'docker.io manifest 1',
      'docker.io config',
      'docker.io config',
      'ghcr.io manifest @digest',
      'ghcr.io config'
    ])
    expect(outcomes(acquisition)).toEqual([
      ['docker.io', 'failed', 'corrupt', 'config'],
      ['ghcr.io', 'verified', undefined, undefined]
    ])
    expect(acquisition.image?.candidate).toEqual({
      role: 'public-mirror',
      repository: {registry: 'ghcr.io', path: 'a/b'},
      mayResolve: false
    })
    expect(acquisition.resolved).toEqual({digest: IMAGE.manifest.digest, decidedBy: 'primary', registry: 'docker.io'})
    expect(events.map(({type}) => type)).toEqual([
      'asking',
      'pinned',
      'attempt-failed',
      'attempt-failed',
      'candidate-failed',
      'asking'
    ])
  })

  it.each(['manifest', 'child', 'config', 'layer[0]', 'layer[1]'] as const)(
    'takes all of the image from the next registry when %s is missing',
    async object => {
      const {registry, clock, deps} = acquireFixture()
      const published = makePublished()
      registry.publish('docker.io/a/b', '1', published)
      registry.publish('ghcr.io/a/b', '1', published)
      registry.failNext('docker.io', object, NOT_FOUND)
      const acquisition = await clock.until(acquire(deps, {level: 'full'}))
      expect(outcomes(acquisition)).toEqual([
        ['docker.io', 'failed', 'not-found', object],
        ['ghcr.io', 'verified', undefined, undefined]
      ])
      expect(requestsTo(registry, 'ghcr.io')).toEqual([
        object === 'manifest' ? 'manifest 1' : 'manifest @digest',
        'child @digest',
        'config',
        'layer[1]',
        'layer[0]'
      ])
      expect(acquisition.image?.digest).toBe(published.index.digest)
      expect(registry.unused()).toEqual([])
    }
  )

  it('asks one registry after the other, and none behind the one that serves it', async () => {
    const {registry, clock, deps} = acquireFixture()
    publishAt(registry, 'c.io', 'd.io')
    const acquisition = await clock.until(acquire(deps, {mirrors: ['b.io', 'c.io', 'd.io'], level: 'manifest'}))
    expect(registry.requests).toEqual(['docker.io manifest 1', 'b.io manifest 1', 'c.io manifest 1'])
    expect(outcomes(acquisition)).toEqual([
      ['docker.io', 'failed', 'not-found', 'manifest'],
      ['b.io', 'failed', 'not-found', 'manifest'],
      ['c.io', 'verified', undefined, undefined],
      ['d.io', 'not-asked', undefined, undefined]
    ])
  })

  it('has no image, and every story, when nobody serves it', async () => {
    const {registry, clock, deps} = acquireFixture()
    const acquisition = await clock.until(acquire(deps))
    expect([acquisition.image, acquisition.resolved, acquisition.runError]).toEqual([undefined, undefined, undefined])
    expect(outcomes(acquisition)).toEqual([
      ['docker.io', 'failed', 'not-found', 'manifest'],
      ['ghcr.io', 'failed', 'not-found', 'manifest']
    ])
    expect(registry.requests).toEqual(['docker.io manifest 1', 'ghcr.io manifest 1'])
  })

  it('blames the token when that is what failed', async () => {
    const {registry, clock, deps} = acquireFixture()
    publishAt(registry, 'docker.io')
    registry.failNext('docker.io', 'config', () =>
      Promise.reject(new VerifiedImageError({kind: 'bug', detail: ''}, {object: 'token'}))
    )
    const acquisition = await clock.until(acquire(deps, {level: 'config'}))
    expect(outcomes(acquisition)[0]).toEqual(['docker.io', 'failed', 'bug', 'token'])
  })

  it('lets a bug through, once everything has ended', async () => {
    const {registry, clock, deps} = acquireFixture(3000)
    publishAt(registry, 'docker.io', 'ghcr.io')
    registry.failNext('docker.io', 'manifest', silent)
    registry.failNext('ghcr.io', 'manifest', () => Promise.reject(new TypeError('a bug')))
    await expect(clock.until(acquire(deps))).rejects.toThrow(new TypeError('a bug'))
    expect(clock.waiting()).toBe(0)
  })

  it.each<{readonly name: string; readonly image: Image; readonly object: string; readonly detail: string}>([
    {
      name: 'a config with too few diff_ids',
      image: makeImage({editConfig: right => ({...right, rootfs: {type: 'layers', diff_ids: []}})}),
      object: 'config',
      detail: 'it has 0 diff_ids for 2 layers'
    },
    {
      name: 'a manifest that is an artifact',
      image: makeImage({editManifest: right => ({...right, config: {...right.config, mediaType: 'application/x'}})}),
      object: 'manifest',
      detail: 'it is an artifact ("application/x"), not a container image'
    },
    {
      name: 'a layer that is a gzip stream without an end',
      image: makeImage({
        layers: [
          {
            content: gzipSync('compressed').subarray(0, 20),
            compression: 'none',
            mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip'
          }
        ]
      }),
      object: 'layer[0]',
      detail: 'it is not gzip throughout'
    },
    {
      name: 'a diff_id of other bytes',
      image: makeImage({
        layers: [{content: {files: {a: 'b'}}}],
        editConfig: right => ({...right, rootfs: {type: 'layers', diff_ids: [DIGEST]}})
      }),
      object: 'layer[0]',
      detail: `diff_id mismatch: the config says ${DIGEST}`
    }
  ])('stops without asking mirrors for $name', async ({image, object, detail}) => {
    const {registry, clock, deps} = acquireFixture()
    registry.publish('docker.io/a/b', '1', image)
    registry.publish('ghcr.io/a/b', '1', image)
    const acquisition = await clock.until(acquire(deps, {level: 'full'}))
    expect(outcomes(acquisition)).toEqual([
      ['docker.io', 'failed', 'unusable', object],
      ['ghcr.io', 'not-asked', undefined, undefined]
    ])
    expect(acquisition.results[0]?.failure).toMatchObject({detail: expect.stringContaining(detail)})
    expect([acquisition.image, requestsTo(registry, 'ghcr.io')]).toEqual([undefined, []])
  })
})
