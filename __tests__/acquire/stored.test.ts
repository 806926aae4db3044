// An image with a store, for `load` and `layout`: what is there already is not requested, and what one registry lacks comes from another.

import {describe, expect, it} from '@jest/globals'
import {type AcquireDeps} from '../../src/acquire/acquisition.ts'
import {VerifiedImageError} from '../../src/failure/error.ts'
import {createBlobFetcher} from '../../src/fetch/blob-fetcher.ts'
import {createVerifiedStore} from '../../src/fetch/verified-store.ts'
import {type BlobStorePort} from '../../src/store/store.ts'
import {
  acquire,
  acquireFixture,
  type AcquireFixture,
  IMAGE,
  NOT_FOUND,
  outcomes,
  publishAt,
  requestsTo
} from '../support/acquire-fixture.ts'
import {blobsOf, makePublished, manifestsOf} from '../support/images.ts'
import {flipped, silent} from '../support/memory-registry.ts'
import {createMemoryStore} from '../support/memory-store.ts'

const CONTENT = [...manifestsOf(IMAGE), ...blobsOf(IMAGE)]
const PINNED = `a/b:1@${IMAGE.manifest.digest}`

function withStore({deps, registry}: AcquireFixture, port: BlobStorePort): AcquireDeps {
  const store = createVerifiedStore(port)
  return {...deps, store, blobs: createBlobFetcher(registry, store)}
}

describe('an image that is in the store', () => {
  it('is verified without any request', async () => {
    const fixture = acquireFixture()
    const {clock, registry, events} = fixture
    await clock.advance(1000)
    const acquisition = await clock.until(
      acquire(withStore(fixture, createMemoryStore(...CONTENT)), {image: PINNED, level: 'full'})
    )
    expect(registry.requests).toEqual([])
    expect(acquisition.image).toMatchObject({
      digest: IMAGE.manifest.digest,
      candidate: {role: 'primary'},
      origins: ['cache'],
      platforms: [{level: 'full', imageId: IMAGE.config.digest}]
    })
    expect(outcomes(acquisition).map(outcome => (outcome as unknown[])[1])).toEqual(['not-asked', 'not-asked'])
    expect(acquisition.elapsedMs).toBe(0)
    expect(events).toEqual([{type: 'note', text: 'The complete image is in the cache. No registry is queried'}])
  })

  it('is found by the digest in the lock file, and the log says where the digest comes from', async () => {
    const fixture = acquireFixture()
    const locked = {digest: IMAGE.manifest.digest, mayBeUpdated: false}
    const deps = withStore(fixture, createMemoryStore(...CONTENT))
    await fixture.clock.until(acquire(deps, {locked}))
    expect(fixture.registry.requests).toEqual([])
    expect(fixture.events[0]).toEqual({
      type: 'pinned',
      pin: {digest: IMAGE.manifest.digest, decidedBy: 'lock', registry: 'docker.io'},
      tag: '1'
    })
  })

  it('is requested by its tag where no digest is known: the tag may have moved', async () => {
    const fixture = acquireFixture()
    publishAt(fixture.registry, 'docker.io')
    const acquisition = await fixture.clock.until(acquire(withStore(fixture, createMemoryStore(...CONTENT))))
    expect(fixture.registry.requests).toEqual(['docker.io manifest 1'])
    expect(acquisition.image?.origins).toEqual(['docker.io', 'cache'])
  })

  it.each([
    {name: 'nothing', content: [], requests: ['manifest @digest', 'config', 'layer[1]', 'layer[0]']},
    {
      name: 'all but one layer',
      content: CONTENT.filter(({digest}) => digest !== IMAGE.layers[0]?.digest),
      requests: ['layer[0]']
    },
    {
      name: 'a config with one wrong bit',
      content: CONTENT.map(blob =>
        blob.digest === IMAGE.config.digest ? {digest: blob.digest, bytes: flipped(blob.bytes, 9)} : blob
      ),
      requests: ['config']
    }
  ])('is completed by the registry where the store has $name', async ({content, requests}) => {
    const fixture = acquireFixture()
    publishAt(fixture.registry, 'docker.io')
    const deps = withStore(fixture, createMemoryStore(...content))
    const acquisition = await fixture.clock.until(acquire(deps, {image: PINNED}))
    expect(acquisition.image?.digest).toBe(IMAGE.manifest.digest)
    expect(requestsTo(fixture.registry, 'docker.io')).toEqual(requests)
  })

  it('does not hide a bug of the store', async () => {
    const fixture = acquireFixture()
    publishAt(fixture.registry, 'docker.io')
    const port = createMemoryStore(...CONTENT)
    let isFirst = true
    const broken: BlobStorePort = {
      ...port,
      open: (digest, size) => {
        if (!isFirst) return port.open(digest, size)
        isFirst = false
        return Promise.reject(new TypeError('a bug'))
      }
    }
    await expect(fixture.clock.until(acquire(withStore(fixture, broken), {image: PINNED}))).rejects.toThrow('a bug')
  })

  it('is left when the run is canceled while it is read', async () => {
    const fixture = acquireFixture()
    const port = createMemoryStore(...CONTENT)
    const canceling: BlobStorePort = {
      ...port,
      open: (digest, size) => {
        if (digest === IMAGE.config.digest) fixture.controller.abort(new Error('canceled'))
        return port.open(digest, size)
      }
    }
    const acquisition = await fixture.clock.until(acquire(withStore(fixture, canceling), {image: PINNED}))
    expect([acquisition.image, acquisition.runError, fixture.registry.requests]).toEqual([undefined, undefined, []])
  })
})

describe('an image with a store that two registries have in part', () => {
  it('is complete once the primary, which lacks a manifest, is asked again for the blobs', async () => {
    const fixture = acquireFixture()
    const {registry, clock} = fixture
    const published = makePublished()
    registry.publish('docker.io/a/b', '1', published)
    registry.publish('ghcr.io/a/b', '1', published)
    registry.failNext('docker.io', 'child', NOT_FOUND)
    registry.failNext('ghcr.io', 'layer[1]', NOT_FOUND)
    const acquisition = await clock.until(acquire(withStore(fixture, createMemoryStore()), {level: 'full'}))
    expect(requestsTo(registry, 'docker.io')).toEqual(['manifest 1', 'child @digest', 'layer[1]'])
    expect(requestsTo(registry, 'ghcr.io')).toEqual(['child @digest', 'config', 'layer[1]', 'layer[0]'])
    expect(outcomes(acquisition)).toEqual([
      // What it failed with before says nothing of the image that it served.
      ['docker.io', 'verified', 'not-found', 'child'],
      ['ghcr.io', 'failed', 'not-found', 'layer[1]']
    ])
    expect(acquisition.image?.origins.toSorted()).toEqual(['docker.io', 'ghcr.io'])
  })

  it('is asked for by the locked digest again, not by the tag that the primary lacks', async () => {
    const fixture = acquireFixture()
    const {registry, clock} = fixture
    publishAt(registry, 'docker.io', 'ghcr.io')
    registry.failNext('docker.io', 'manifest', NOT_FOUND, NOT_FOUND)
    registry.failNext('ghcr.io', 'layer[1]', NOT_FOUND)
    const acquisition = await clock.until(
      acquire(withStore(fixture, createMemoryStore()), {
        locked: {digest: IMAGE.manifest.digest, mayBeUpdated: true}
      })
    )
    expect(acquisition.image?.digest).toBe(IMAGE.manifest.digest)
    expect(acquisition.resolved).toMatchObject({decidedBy: 'lock', unresolved: {kind: 'failed'}})
    expect(requestsTo(registry, 'docker.io').at(-1)).toBe('layer[1]')
  })

  it('asks each of them again once at most, however much other images put into the store meanwhile', async () => {
    const fixture = acquireFixture()
    const {registry, clock} = fixture
    const published = makePublished()
    registry.publish('docker.io/a/b', '1', published)
    registry.publish('ghcr.io/a/b', '1', published)
    const missing = Array<typeof NOT_FOUND>(20).fill(NOT_FOUND)
    registry.failNext('docker.io', 'child', ...missing)
    registry.failNext('ghcr.io', 'child', ...missing)
    const deps = withStore(fixture, createMemoryStore())
    let size = 0
    const store = deps.store === undefined ? undefined : {...deps.store, size: () => ++size}
    const acquisition = await clock.until(acquire({...deps, store}))
    expect(acquisition.image).toBeUndefined()
    expect(requestsTo(registry, 'docker.io').filter(request => request.startsWith('child'))).toHaveLength(2)
    expect(requestsTo(registry, 'ghcr.io').filter(request => request.startsWith('child'))).toHaveLength(2)
  })

  it('ends at a disk that takes no more, without asking another registry', async () => {
    const fixture = acquireFixture()
    const {registry, clock} = fixture
    publishAt(registry, 'docker.io', 'b.io', 'c.io')
    registry.failAlways('docker.io', {kind: 'server-error', status: 503, detail: ''})
    registry.failNext('b.io', 'config', () =>
      Promise.reject(new VerifiedImageError({kind: 'local-io', detail: 'no space left on device'}))
    )
    registry.failNext('c.io', 'manifest', silent)
    const acquisition = await clock.until(acquire(fixture.deps, {mirrors: ['b.io', 'c.io']}))
    expect(outcomes(acquisition).slice(1)).toEqual([
      ['b.io', 'failed', 'local-io', 'config'],
      ['c.io', 'not-asked', undefined, undefined]
    ])
  })
})
