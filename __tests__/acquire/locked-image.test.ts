// What a lock asks of the images of a run, and what a run that renews it writes.

import {describe, expect, it} from '@jest/globals'
import type {Acquisition} from '../../src/acquire/acquire.ts'
import {parseFallbackTag} from '../../src/acquire/fallback.ts'
import type {PlatformImage, VerifiedImage} from '../../src/acquire/image.ts'
import type {Lock, LockedImage} from '../../src/acquire/lock.ts'
import {
  faultsOfMangled,
  lockNameOf,
  lockUpdatesOf,
  type LockMode,
  pinImages,
  type PinnedImages,
  warningOfKept
} from '../../src/acquire/locked-image.ts'
import {type Pin, planCandidates, type WantedImage, wantImage} from '../../src/acquire/plan.ts'
import {adviseOnFloating} from '../../src/acquire/stand-in.ts'
import type {Digest} from '../../src/oci/digest.ts'
import type {Platform} from '../../src/oci/platform.ts'
import type {VerifiedManifest} from '../../src/acquire/verify.ts'

// Of what no test here looks at.
const MANIFEST = {
  bytes: new Uint8Array(),
  document: {kind: 'index', mediaType: '', children: []}
} as unknown as VerifiedManifest

const digest = (letter: string): Digest => `sha256:${letter.repeat(64)}` as Digest
const INDEX = 'application/vnd.oci.image.index.v1+json'
const FILE = 'image-lock.json'

const wanted = (asked: string): WantedImage => {
  const image = wantImage(asked)
  if (!image.ok) throw new Error(image.why)
  return image.value
}
const entry = (letter: string, platforms: LockedImage['platforms'] = new Map()): LockedImage => ({
  ...{digest: digest(letter), mediaType: INDEX, size: 10},
  platforms
})
const lock: Lock = {schema: undefined, images: new Map([['docker.io/library/php:8.3.8', entry('a')]])}

const pinned = (mode: LockMode, images: readonly string[], ...tags: readonly string[]): PinnedImages =>
  pinImages(
    images.map(wanted),
    tags.flatMap(text => {
      const tag = parseFallbackTag(text)
      return tag.ok ? [tag.value] : []
    }),
    {lock: mode === 'off' ? undefined : lock, mode, file: FILE}
  )

describe('lockNameOf', () => {
  it.each([
    ['php:8.3.8', 'docker.io/library/php:8.3.8'],
    ['docker.io/library/php:8.3.8', 'docker.io/library/php:8.3.8'],
    ['index.docker.io/php:8.3.8', 'docker.io/library/php:8.3.8'],
    ['php', 'docker.io/library/php:latest'],
    [`GHCR.io/a/b:1@${digest('a')}`, 'ghcr.io/a/b:1'],
    [`php@${digest('a')}`, undefined]
  ])('of %s is %s', (asked, name) => {
    expect(lockNameOf(wanted(asked))).toBe(name)
  })
})

describe('pinImages', () => {
  it.each(['php:8.3.8', 'docker.io/library/php:8.3.8', 'library/php:8.3.8'])('finds %s in the lock', asked => {
    expect(pinned('enforce', [asked])).toMatchObject({
      images: [{locked: {digest: digest('a'), yieldsToPrimary: false}}],
      ...{faults: [], warnings: []}
    })
    expect(pinned('update', [asked]).images[0]?.locked?.yieldsToPrimary).toBe(true)
    expect(pinned('off', [asked]).images[0]).not.toHaveProperty('locked')
  })

  it('tells of every image and fallback that is missing, together, but when the lock is renewed', () => {
    const {faults} = pinned('enforce', ['php:8.3.8', 'redis:7.2.1', 'ghcr.io/a/b:1'], 'php=8.3.7')
    expect(faults.map(({input, written}) => [input, written])).toEqual([
      ['image', 'redis:7.2.1'],
      ['image', 'ghcr.io/a/b:1'],
      ['fallback-tags', '8.3.7']
    ])
    expect(pinned('update', ['redis:7.2.1'], '7.2.0').faults).toEqual([])
  })

  it('leaves a digest in the reference alone, and tells of a lock that says otherwise', () => {
    const same = pinned('enforce', [`php:8.3.8@${digest('a')}`, `redis:7@${digest('b')}`])
    expect(same).toMatchObject({faults: [], warnings: []})
    const other = pinned('enforce', [`php:8.3.8@${digest('b')}`], '8.3.7')
    expect(other.images[0]).not.toHaveProperty('locked')
    expect(other.faults).toEqual([])
    expect(other.warnings).toEqual([
      expect.stringContaining('One of the two is out of date'),
      expect.stringContaining('"8.3.7" is for none of the images')
    ])
  })
})

const platformImage = (letter: string, platform?: Platform, version?: string): PlatformImage => ({
  ...{digest: digest(letter), mediaType: '', imageId: digest('e'), layers: [], level: 'full', notes: []},
  ...{manifest: MANIFEST, missing: [], uncompressed: new Map()},
  ...(platform === undefined ? {} : {platform}),
  ...(version === undefined ? {} : {version})
})

const acquisition = (
  asked: string | WantedImage,
  platforms: readonly PlatformImage[],
  decidedBy: Pin['decidedBy'] = 'primary'
): Acquisition => {
  const image = typeof asked === 'string' ? wanted(asked) : asked
  const candidates = planCandidates(image.reference, {mirrors: [], publicMirrors: []}, 'primary')
  const [candidate] = candidates
  if (candidate === undefined) throw new Error('there is a primary')
  const verified: VerifiedImage = {
    ...{candidate, digest: digest('a'), mediaType: INDEX, size: 10, platforms},
    ...{top: MANIFEST, origins: [candidate.repository.registry], attestations: []}
  }
  return {
    wanted: {image, candidates, platforms: {kind: 'all'}, level: 'full'},
    ...{stories: [], ended: undefined, image: verified, elapsedMs: 0},
    pin: {digest: digest('a'), decidedBy, registry: 'mirror.example'}
  }
}
const windows = (osVersion: string): Platform => ({os: 'windows', architecture: 'amd64', osVersion})

describe('lockUpdatesOf', () => {
  it('tells Windows from Windows, and takes the first of two for one platform', () => {
    const updates = lockUpdatesOf([
      acquisition('php:8.3.8', [
        platformImage('1', windows('10.0.17763.1')),
        platformImage('2', windows('10.0.20348.1')),
        platformImage('3', {os: 'linux', architecture: 'arm', variant: 'v7'}),
        platformImage('4', {os: 'linux', architecture: 'arm', variant: 'v7'}),
        platformImage('5')
      ])
    ])
    const platforms = updates.get('docker.io/library/php:8.3.8')?.platforms ?? new Map()
    expect([...platforms.keys()]).toEqual([
      'windows(10.0.17763.1)/amd64',
      'windows(10.0.20348.1)/amd64',
      'linux/arm/v7',
      'unknown'
    ])
    expect(platforms.get('linux/arm/v7')).toEqual({digest: digest('3'), imageId: digest('e')})
  })

  it('leaves out what was not verified, what a digest pins, and what stands in for another', () => {
    const fine = acquisition('php:8.3.8', [])
    expect(lockUpdatesOf([{...fine, image: undefined}]).size).toBe(0)
    expect(lockUpdatesOf([acquisition(`php:8@${digest('a')}`, [], 'reference')]).size).toBe(0)
    expect(lockUpdatesOf([{...fine, fallbacks: [acquisition('php:8.3.7', [])]}]).size).toBe(0)
  })
})

describe('faultsOfMangled', () => {
  const amd64 = platformImage('1', {os: 'linux', architecture: 'amd64'})
  const lockWith = (change: Partial<LockedImage>): Lock => ({
    schema: undefined,
    images: new Map([['docker.io/library/php:8.3.8', {...entry('a'), ...change}]])
  })

  it.each<{readonly name: string; readonly change: Partial<LockedImage>; readonly says: string | undefined}>([
    {name: 'nothing but the digest', change: {}, says: undefined},
    {
      name: 'another platform',
      change: {platforms: new Map([['linux/s390x', {digest: digest('9'), imageId: digest('9')}]])},
      says: undefined
    },
    {name: 'another size', change: {size: 11}, says: 'size is 11 and not 10'},
    {name: 'another type', change: {mediaType: 'x'}, says: 'mediaType is x'},
    {
      name: 'another image id',
      change: {platforms: new Map([['linux/amd64', {digest: digest('1'), imageId: digest('9')}]])},
      says: `imageId is ${digest('9')} and not ${digest('e')}`
    }
  ])('looks at $name', ({change, says}) => {
    const rules = faultsOfMangled(acquisition('php:8.3.8', [amd64]), lockWith(change), FILE).map(({rule}) => rule)
    expect(rules).toEqual(says === undefined ? [] : [expect.stringContaining(says)])
  })
})

describe('warningOfKept', () => {
  it('says who was believed when the primary could not say', () => {
    expect(warningOfKept(acquisition('php:8.3.8', []), FILE)).toBeUndefined()
    expect(warningOfKept(acquisition('php:8.3.8', [], 'mirror'), FILE)).toContain(
      'what mirror.example says was written'
    )
    const [image] = pinned('update', ['php:8.3.8']).images
    if (image === undefined) throw new Error('there is one')
    expect(warningOfKept(acquisition(image, [], 'lock'), FILE)).toContain(`stays as it was: ${digest('a')}`)
  })
})

describe('adviseOnFloating', () => {
  it.each(['php:8', 'php:8.3', 'php:8.3-cli', 'alpine:3', 'debian:bookworm', 'php', 'php:v8', 'php:cli'])(
    'advises on %s',
    asked => {
      expect(adviseOnFloating([acquisition(asked, [])], FILE)).toContain('lock: update')
    }
  )

  it.each([
    'php:8.3.8',
    'php:8.3.8-cli',
    'debian:bookworm-20240612',
    'app:20240612',
    'app:sha-4f5e0c2a91b3',
    `php:8@${digest('a')}`
  ])('has no advice on %s', asked => {
    expect(
      adviseOnFloating([acquisition(asked, [], asked.includes('@') ? 'reference' : 'primary')], FILE)
    ).toBeUndefined()
  })

  it('is one for all of them, says what they are now where the image says so, and leaves out what is locked or lost', () => {
    const amd64 = {os: 'linux', architecture: 'amd64'}
    const advice = adviseOnFloating(
      [
        acquisition('php:8.3', [platformImage('1', amd64, '8.3.24')]),
        acquisition('alpine:3', []),
        acquisition('redis:7', [], 'lock'),
        {...acquisition('nginx:1', []), image: undefined}
      ],
      FILE
    )
    expect(advice).toContain('php:8.3 (8.3.24 at the moment), alpine:3 may become')
    expect(advice).not.toMatch(/redis|nginx/)
  })
})
