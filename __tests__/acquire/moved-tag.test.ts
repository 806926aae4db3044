// What is learned of the image that a moved tag points to now. It never influences the locked image.

import {describe, expect, it} from '@jest/globals'
import type {Acquisition} from '../../src/acquire/acquisition.ts'
import {newResult} from '../../src/acquire/candidate-result.ts'
import {createdOf, isMovedTagFailure} from '../../src/acquire/moved-tag.ts'
import type {Failure} from '../../src/failure/failure.ts'
import type {PlatformChoice} from '../../src/oci/platform.ts'
import {
  acquire,
  acquireFixture,
  type AcquireFixture,
  DIGEST,
  IMAGE,
  OTHER_DIGEST,
  requestsTo,
  SERVER_ERROR
} from '../support/acquire-fixture.ts'
import {type Image, type Index, isIndex, makeImage, makeIndex} from '../support/images.ts'

const LOCKED = IMAGE.manifest.digest

function imageFor(platform: string, created: string | undefined): Image {
  return makeImage({platform, editConfig: config => ({...config, created})})
}

const AMD64 = imageFor('linux/amd64', '2026-01-01T00:00:00Z')
const ARM64 = imageFor('linux/arm64', '2026-02-02T00:00:00Z')

function platform(architecture: string): {readonly os: string; readonly architecture: string} {
  return {os: 'linux', architecture}
}

/** Acquires the locked image while the tag points to another one. */
async function acquireMoved(
  fixture: AcquireFixture,
  moved: Image | Index,
  platforms: PlatformChoice = {kind: 'named', platforms: [platform('amd64')]}
): Promise<Acquisition> {
  const {registry, clock, deps} = fixture
  registry.publish('docker.io/a/b', undefined, IMAGE)
  registry.publish('docker.io/a/b', '1', moved)
  const acquisition = await clock.until(
    acquire(deps, {level: 'config', platforms, locked: {digest: LOCKED, mayBeUpdated: false}})
  )
  expect(acquisition.image?.digest).toBe(LOCKED)
  expect(acquisition.moved?.digest).toBe(isIndex(moved) ? moved.index.digest : moved.manifest.digest)
  // Nothing of the inspection outlives it.
  expect(clock.waiting()).toBe(0)
  return acquisition
}

describe('a moved tag', () => {
  it.each<{readonly name: string; readonly choice: PlatformChoice; readonly created: string}>([
    {
      name: 'the first of the wanted platforms',
      choice: {kind: 'named', platforms: [platform('arm64'), platform('amd64')]},
      created: '2026-02-02T00:00:00Z'
    },
    {
      name: 'the platform of the machine',
      choice: {kind: 'machine', platform: platform('arm64')},
      created: '2026-02-02T00:00:00Z'
    },
    {name: 'the first that is an image, of all', choice: {kind: 'all'}, created: '2026-01-01T00:00:00Z'}
  ])('has the date of $name, for two requests', async ({choice, created}) => {
    const fixture = acquireFixture()
    // BuildKit writes attestations last. The specification does not say so.
    const moved = makeIndex({
      children: [AMD64, ARM64],
      attestations: true,
      editIndex: index => ({...index, manifests: [...index.manifests.slice(2), ...index.manifests.slice(0, 2)]})
    })
    // The locked image is for amd64 alone, so that its platforms are never in the way.
    fixture.registry.publish('docker.io/a/b', undefined, IMAGE)
    const {registry, clock, deps} = fixture
    registry.publish('docker.io/a/b', '1', moved)
    const acquisition = await clock.until(
      acquire(deps, {level: 'manifest', platforms: choice, locked: {digest: LOCKED, mayBeUpdated: false}})
    )
    expect(acquisition.moved).toEqual({registry: 'docker.io', digest: moved.index.digest, created})
    expect(requestsTo(registry, 'docker.io').toSorted()).toEqual([
      'child @digest',
      'config',
      'manifest 1',
      'manifest @digest'
    ])
  })

  it('has the date of an image without an index, with all platforms too', async () => {
    const acquisition = await acquireMoved(acquireFixture(), AMD64, {kind: 'all'})
    expect(acquisition.moved?.created).toBe('2026-01-01T00:00:00Z')
  })

  it('has the date of an index that names no platforms', async () => {
    const moved = makeIndex({
      children: [AMD64],
      editIndex: index => ({
        ...index,
        manifests: index.manifests.map(({mediaType, digest, size}) => ({mediaType, digest, size}))
      })
    })
    const acquisition = await acquireMoved(acquireFixture(), moved, {kind: 'all'})
    expect(acquisition.moved?.created).toBe('2026-01-01T00:00:00Z')
  })

  it('has no date where its config has none', async () => {
    const acquisition = await acquireMoved(acquireFixture(), imageFor('linux/amd64', undefined))
    expect(acquisition.moved).not.toHaveProperty('created')
  })

  it('is inspected once, and not again after a failure', async () => {
    const fixture = acquireFixture()
    // The configs of both images are requested at the same time, that of the moved one first.
    fixture.registry.failNext('docker.io', 'config', SERVER_ERROR)
    const acquisition = await acquireMoved(fixture, AMD64)
    expect(acquisition.moved).not.toHaveProperty('created')
    expect(requestsTo(fixture.registry, 'docker.io').filter(request => request === 'config')).toHaveLength(2)
  })

  it('does not hide a bug of its inspection', async () => {
    const fixture = acquireFixture()
    fixture.registry.failNext('docker.io', 'config', () => Promise.reject(new TypeError('a bug')))
    await expect(acquireMoved(fixture, AMD64)).rejects.toThrow('a bug')
  })

  it('is told in the log, with the digest that is requested instead', async () => {
    const fixture = acquireFixture()
    await acquireMoved(fixture, AMD64)
    expect(fixture.events).toContainEqual({
      type: 'note',
      text: `docker.io: 1 is ${AMD64.manifest.digest} now. Requesting the digest in the lock file`
    })
  })
})

describe('a locked tag that is gone', () => {
  it('is told in the log, with the reason', async () => {
    const {registry, clock, deps, events} = acquireFixture()
    registry.publish('docker.io/a/b', undefined, IMAGE)
    const acquisition = await clock.until(acquire(deps, {locked: {digest: LOCKED, mayBeUpdated: false}}))
    expect(acquisition.image?.digest).toBe(LOCKED)
    expect(acquisition).not.toHaveProperty('moved')
    expect(events).toContainEqual({
      type: 'note',
      text: expect.stringMatching(
        /^docker\.io: the tag 1 no longer points to an image \(.*404.*\)\. Requesting the digest in the lock file$/
      )
    })
  })
})

describe('createdOf', () => {
  it('is undefined without an image', () => {
    expect(createdOf(undefined)).toBeUndefined()
  })
})

describe('isMovedTagFailure', () => {
  const disagrees: Failure = {kind: 'digest-disagrees', wanted: DIGEST, got: OTHER_DIGEST, decidedBy: 'the lock file'}
  const moved = {registry: 'docker.io', digest: OTHER_DIGEST}
  const result = (role: 'primary' | 'mirror', failure?: Failure): Parameters<typeof isMovedTagFailure>[0] => ({
    ...newResult({role, repository: {registry: 'docker.io', path: 'a/b'}, mayResolve: true}),
    ...(failure === undefined ? {} : {failure})
  })

  it('is the answer of the primary with the digest of the moved tag, and nothing else', () => {
    expect(isMovedTagFailure(result('primary', disagrees), moved)).toBe(true)
    expect(isMovedTagFailure(result('primary', disagrees), undefined)).toBe(false)
    expect(isMovedTagFailure(result('mirror', disagrees), moved)).toBe(false)
    expect(isMovedTagFailure(result('primary', {...disagrees, got: DIGEST}), moved)).toBe(false)
    expect(isMovedTagFailure(result('primary', SERVER_ERROR), moved)).toBe(false)
    expect(isMovedTagFailure(result('primary'), moved)).toBe(false)
  })
})
