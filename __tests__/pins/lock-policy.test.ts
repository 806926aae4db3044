// What a lock asks of the images of a run, and what a run that renews it writes.

import {describe, expect, it} from '@jest/globals'
import type {Lock, LockedImage} from '../../src/pins/lock.ts'
import {
  inconsistentEntries,
  lockKey,
  lockEntries,
  type LockMode,
  applyLock,
  type LockedRequests
} from '../../src/pins/lock-policy.ts'
import {
  type ResolvedDigest,
  planCandidates,
  type Unresolved,
  type ImageRequest,
  parseImageRequest
} from '../../src/acquire/plan.ts'
import {floatingTagAdvice} from '../../src/report/lock-advice.ts'
import type {Digest} from '../../src/oci/digest.ts'
import type {Platform} from '../../src/oci/platform.ts'
import type {VerifiedManifest} from '../../src/verify/verified.ts'
import {type PlatformImage, type VerifiedImage} from '../../src/fetch/verified-image.ts'
import {parseFallbackTag} from '../../src/pins/fallback-tags.ts'
import {notUpdatedWarning} from '../../src/report/lock-advice.ts'
import {type Acquisition} from '../../src/acquire/acquisition.ts'

// Of what no test here looks at.
const MANIFEST = {
  bytes: new Uint8Array(),
  document: {kind: 'index', mediaType: '', children: []}
} as unknown as VerifiedManifest

function digest(letter: string): Digest {
  return `sha256:${letter.repeat(64)}` as Digest
}
const INDEX = 'application/vnd.oci.image.index.v1+json'
const FILE = 'image-lock.json'

function wanted(asked: string): ImageRequest {
  const image = parseImageRequest(asked)
  if (!image.ok) throw new Error(image.reason)
  return image.value
}
function entry(letter: string, platforms: LockedImage['platforms'] = new Map()): LockedImage {
  return {
    ...{digest: digest(letter), mediaType: INDEX, size: 10},
    platforms
  }
}
const lock: Lock = {schema: undefined, images: new Map([['docker.io/library/php:8.3.8', entry('a')]])}

function pinned(mode: LockMode, images: readonly string[], ...tags: readonly string[]): LockedRequests {
  return applyLock(
    images.map(wanted),
    tags.flatMap(text => {
      const tag = parseFallbackTag(text)
      return tag.ok ? [tag.value] : []
    }),
    {lock: mode === 'off' ? undefined : lock, mode, file: FILE}
  )
}

describe('lockNameOf', () => {
  it.each([
    ['php:8.3.8', 'docker.io/library/php:8.3.8'],
    ['docker.io/library/php:8.3.8', 'docker.io/library/php:8.3.8'],
    ['index.docker.io/php:8.3.8', 'docker.io/library/php:8.3.8'],
    ['php', 'docker.io/library/php:latest'],
    [`GHCR.io/a/b:1@${digest('a')}`, 'ghcr.io/a/b:1'],
    [`php@${digest('a')}`, undefined]
  ])('of %s is %s', (asked, name) => {
    expect(lockKey(wanted(asked))).toBe(name)
  })
})

describe('pinImages', () => {
  it.each(['php:8.3.8', 'docker.io/library/php:8.3.8', 'library/php:8.3.8'])('finds %s in the lock', asked => {
    expect(pinned('enforce', [asked])).toMatchObject({
      images: [{locked: {digest: digest('a'), mayBeUpdated: false}}],
      ...{faults: [], warnings: []}
    })
    expect(pinned('update', [asked]).images[0]?.locked?.mayBeUpdated).toBe(true)
    expect(pinned('off', [asked]).images[0]).not.toHaveProperty('locked')
  })

  it('tells of every image and fallback that is missing, together, but when the lock is renewed', () => {
    const {faults} = pinned('enforce', ['php:8.3.8', 'redis:7.2.1', 'ghcr.io/a/b:1'], 'php=8.3.7')
    expect(faults.map(({input, value}) => [input, value])).toEqual([
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
      expect.stringContaining('"8.3.7" applies to none of the images')
    ])
  })
})

function platformImage(letter: string, platform?: Platform, version?: string): PlatformImage {
  return {
    ...{
      digest: digest(letter),
      mediaType: '',
      imageId: digest('e'),
      layers: [],
      level: 'full',
      warnings: [],
      remarks: []
    },
    ...{manifest: MANIFEST, unavailableLayers: [], uncompressed: new Map()},
    ...(platform === undefined ? {} : {platform}),
    ...(version === undefined ? {} : {version})
  }
}

function acquisition(
  asked: string | ImageRequest,
  platforms: readonly PlatformImage[],
  decidedBy: ResolvedDigest['decidedBy'] = 'primary',
  unresolved?: Unresolved
): Acquisition {
  const image = typeof asked === 'string' ? wanted(asked) : asked
  const candidates = planCandidates(image.reference, {mirrors: [], publicMirrors: []}, 'primary')
  const [candidate] = candidates
  if (candidate === undefined) throw new Error('there is a primary')
  const verified: VerifiedImage = {
    ...{candidate, digest: digest('a'), mediaType: INDEX, size: 10, platforms},
    ...{root: MANIFEST, origins: [candidate.repository.registry], attestations: []}
  }
  return {
    request: {image, candidates, platforms: {kind: 'all'}, level: 'full'},
    ...{results: [], runError: undefined, image: verified, elapsedMs: 0},
    resolved: {
      digest: digest('a'),
      decidedBy,
      registry: 'mirror.example',
      ...(unresolved === undefined ? {} : {unresolved})
    }
  }
}
function windows(osVersion: string): Platform {
  return {os: 'windows', architecture: 'amd64', osVersion}
}

describe('lockUpdatesOf', () => {
  it('tells Windows from Windows, and takes the first of two for one platform', () => {
    const updates = lockEntries([
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
    expect(lockEntries([{...fine, image: undefined}]).size).toBe(0)
    expect(lockEntries([acquisition(`php:8@${digest('a')}`, [], 'reference')]).size).toBe(0)
    expect(lockEntries([fine]).size).toBe(1)
    expect(lockEntries([acquisition('php:8.3.8', [], 'mirror', {kind: 'silent', forMs: 1})]).size).toBe(0)
    expect(lockEntries([{...fine, fallbacks: [acquisition('php:8.3.7', [])]}]).size).toBe(0)
  })
})

describe('faultsOfMangled', () => {
  const amd64 = platformImage('1', {os: 'linux', architecture: 'amd64'})
  const lockWith = (change: Partial<LockedImage>): Lock => ({
    schema: undefined,
    images: new Map([['docker.io/library/php:8.3.8', {...entry('a'), ...change}]])
  })

  it.each<{readonly name: string; readonly change: Partial<LockedImage>; readonly says: string | undefined}>([
    {
      name: 'the platform that was verified, beside another one',
      change: {
        platforms: new Map([
          ['linux/amd64', {digest: digest('1'), imageId: digest('e')}],
          ['linux/s390x', {digest: digest('9'), imageId: digest('9')}]
        ])
      },
      says: undefined
    },
    {
      name: 'nothing but the digest',
      change: {platforms: new Map()},
      says: 'platforms has no linux/amd64, which this run verified; it lists none'
    },
    {
      name: 'another platform alone',
      change: {platforms: new Map([['linux/s390x', {digest: digest('1'), imageId: digest('e')}]])},
      says: 'platforms has no linux/amd64, which this run verified; it lists linux/s390x. Run this step once with lock: update'
    },
    {
      name: 'no platform, as a run with verify: manifest writes it',
      change: {platforms: new Map([['unknown', {digest: digest('1'), imageId: digest('e')}]])},
      says: undefined
    },
    {
      name: 'no platform with other digests',
      change: {platforms: new Map([['unknown', {digest: digest('9'), imageId: digest('e')}]])},
      says: 'platforms has no linux/amd64'
    },
    {name: 'another size', change: {size: 11}, says: 'size is 11 and not 10'},
    {name: 'another type', change: {mediaType: 'x'}, says: 'mediaType is x'},
    {
      name: 'another image id',
      change: {platforms: new Map([['linux/amd64', {digest: digest('1'), imageId: digest('9')}]])},
      says: `imageId is ${digest('9')} and not ${digest('e')}`
    }
  ])('looks at $name', ({change, says}) => {
    const complete = {platforms: new Map([['linux/amd64', {digest: digest('1'), imageId: digest('e')}]]), ...change}
    const rules = inconsistentEntries(acquisition('php:8.3.8', [amd64]), lockWith(complete), FILE).map(
      ({reason}) => reason
    )
    expect(rules).toEqual(says === undefined ? [] : [expect.stringContaining(says)])
    for (const rule of rules) expect(rule).toContain('images["docker.io/library/php:8.3.8"]')
  })

  it('says nothing of an image that was not verified, that has no entry, or that another digest pins', () => {
    const edited = lockWith({size: 11})
    const verified = acquisition('php:8.3.8', [amd64])
    expect(inconsistentEntries({...verified, image: undefined}, edited, FILE)).toEqual([])
    expect(inconsistentEntries(acquisition('php:8.3.9', [amd64]), edited, FILE)).toEqual([])
    expect(inconsistentEntries(verified, lockWith({digest: digest('b'), size: 11}), FILE)).toEqual([])
  })

  it('takes an image whose platform is unknown by its digests', () => {
    const platforms = new Map([['linux/amd64', {digest: digest('1'), imageId: digest('e')}]])
    const faults = (letter: string): number =>
      inconsistentEntries(acquisition('php:8.3.8', [platformImage(letter)]), lockWith({platforms}), FILE).length
    expect([faults('1'), faults('2')]).toEqual([0, 1])
  })

  it('looks at the entry of the fallback tag that is used', () => {
    const older = acquisition('php:8.3.7', [amd64])
    const used = {...acquisition('php:8.3.8', [amd64]), fallbacks: [older]}
    const images = new Map([['docker.io/library/php:8.3.7', entry('a')]])
    const rules = inconsistentEntries(used, {schema: undefined, images}, FILE).map(({reason}) => reason)
    expect(rules).toEqual([
      expect.stringContaining('images["docker.io/library/php:8.3.7"].platforms has no linux/amd64')
    ])
  })
})

describe('notUpdatedWarning', () => {
  const silent: Unresolved = {kind: 'silent', forMs: 20_000}
  const gone: Unresolved = {kind: 'failed', failure: {kind: 'not-found', status: 404, detail: ''}}

  it('says why nothing was written, and what the file says still', () => {
    expect(notUpdatedWarning(acquisition('php:8.3.8', []), FILE)).toBeUndefined()
    expect(notUpdatedWarning(acquisition('php:8.3.8', [], 'mirror', silent), FILE)).toMatch(
      /docker\.io sent no response .* for 20 s .* was not added: a digest that a mirror \(mirror\.example\) resolved is never locked/
    )
    const [image] = pinned('update', ['php:8.3.8']).images
    if (image === undefined) throw new Error('there is one')
    const kept = notUpdatedWarning(acquisition(image, [], 'lock', gone), FILE)
    expect(kept).toContain(`keeps its digest ${digest('a')}`)
    expect(kept).toContain('docker.io does not have the tag 8.3.8')
  })

  it('says nothing where the image was in the cache, so that nothing was asked', () => {
    expect(notUpdatedWarning(acquisition('php:8.3.8', [], 'lock'), FILE)).toBeUndefined()
  })
})

describe('floatingTagAdvice', () => {
  it.each(['php:8', 'php:8.3', 'php:8.3-cli', 'alpine:3', 'debian:bookworm', 'php', 'php:v8', 'php:cli'])(
    'advises on %s',
    asked => {
      expect(floatingTagAdvice([acquisition(asked, [])], FILE)).toContain('lock: update')
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
      floatingTagAdvice([acquisition(asked, [], asked.includes('@') ? 'reference' : 'primary')], FILE)
    ).toBeUndefined()
  })

  it('is one for all of them, says what they are now where the image says so, and leaves out what is locked or lost', () => {
    const amd64 = {os: 'linux', architecture: 'amd64'}
    const advice = floatingTagAdvice(
      [
        acquisition('php:8.3', [platformImage('1', amd64, '8.3.24')]),
        acquisition('alpine:3', []),
        acquisition('redis:7', [], 'lock'),
        {...acquisition('nginx:1', []), image: undefined}
      ],
      FILE
    )
    expect(advice).toContain('php:8.3 (now 8.3.24), alpine:3 may point to')
    expect(advice).not.toMatch(/redis|nginx/)
  })
})
