// Images of one run share layers, throttles, and the speed that a registry has shown.

import {describe, expect, it} from '@jest/globals'
import {IMAGE, acquire, acquireFixture, publishAt} from '../support/acquire-fixture.ts'
import {makeImage, makePublished} from '../support/images.ts'
import {truncatedAt, corruptedAt} from '../support/memory-registry.ts'

describe('several images of a run', () => {
  const SIBLING = makeImage({editConfig: right => ({...right, created: '2026-01-01T00:00:00Z'})})

  it('fetch the layers that they share once', async () => {
    const {registry, clock, deps} = acquireFixture()
    registry.publish('docker.io/a/b', '1', IMAGE)
    registry.publish('docker.io/c/d', '2', SIBLING)
    const both = [acquire(deps, {level: 'full'}), acquire(deps, {image: 'c/d:2', level: 'full'})]
    const done = await clock.until(Promise.all(both))
    expect(done.map(({image}) => image?.digest)).toEqual([IMAGE.manifest.digest, SIBLING.manifest.digest])
    expect([...registry.requests].sort()).toEqual([
      'docker.io config',
      'docker.io config',
      'docker.io layer[0]',
      'docker.io layer[1]',
      'docker.io manifest 1',
      'docker.io manifest 2'
    ])
  })

  it('fetch nothing again that an image before them had verified', async () => {
    const {registry, clock, deps} = acquireFixture()
    registry.publish('docker.io/a/b', '1', IMAGE)
    registry.publish('docker.io/a/b', '2', IMAGE)
    await clock.until(acquire(deps))
    await clock.until(acquire(deps, {image: 'a/b:2'}))
    expect(registry.requests.slice(4)).toEqual(['docker.io manifest 2'])
  })

  it('fetch equal layers of all platforms once', async () => {
    const {registry, clock, deps} = acquireFixture()
    registry.publish('docker.io/a/b', '1', makePublished())
    const {image} = await clock.until(acquire(deps, {platforms: {kind: 'all'}, level: 'full'}))
    expect(image?.platforms.map(({level}) => level)).toEqual(['full', 'full'])
    expect([...registry.requests].sort()).toEqual([
      'docker.io child @digest',
      'docker.io child @digest',
      'docker.io config',
      'docker.io config',
      'docker.io layer[0]',
      'docker.io layer[1]',
      'docker.io layer[1]',
      'docker.io manifest 1'
    ])
  })

  it('both go on elsewhere when a layer that they share is corrupt', async () => {
    const {registry, clock, deps} = acquireFixture()
    for (const place of ['docker.io', 'ghcr.io']) {
      registry.publish(`${place}/a/b`, '1', IMAGE)
      registry.publish(`${place}/c/d`, '2', SIBLING)
    }
    registry.failNext('docker.io', 'layer[1]', corruptedAt(), corruptedAt())
    const both = [acquire(deps), acquire(deps, {image: 'c/d:2'})]
    const done = await clock.until(Promise.all(both))
    expect(done.map(({image}) => image?.candidate.repository.registry)).toEqual(['ghcr.io', 'ghcr.io'])
    expect(registry.requests.filter(request => request.endsWith('layer[1]')).sort()).toEqual([
      'docker.io layer[1]',
      'docker.io layer[1]',
      'ghcr.io layer[1]'
    ])
  })

  it('keep away from a registry that throttled one of them, for as long as it asked for', async () => {
    const {registry, clock, deps} = acquireFixture()
    registry.publish('docker.io/a/b', '1', IMAGE)
    registry.publish('docker.io/c/d', '2', SIBLING)
    registry.failNext('docker.io', 'manifest', {kind: 'throttled', status: 429, detail: '', retryAfterMs: 20_000})
    const first = acquire(deps)
    await clock.advance(1)
    const second = acquire(deps, {image: 'c/d:2'})
    await clock.advance(20_000)
    expect(registry.requests).toEqual(['docker.io manifest 1'])
    const done = await clock.until(Promise.all([first, second]))
    expect(done.map(({image}) => image?.candidate.role)).toEqual(['primary', 'primary'])
    expect(clock.nowMs()).toBe(20_075)
  })

  it('resume what broke without asking for the rest of the image again', async () => {
    const {registry, clock, deps} = acquireFixture()
    publishAt(registry, 'docker.io', 'ghcr.io')
    registry.failNext('docker.io', 'layer[1]', truncatedAt(4096))
    await clock.until(acquire(deps))
    expect(registry.requests).toEqual([
      'docker.io manifest 1',
      'docker.io config',
      'docker.io layer[1]',
      'docker.io layer[0]',
      'docker.io layer[1]@4096'
    ])
  })
})
