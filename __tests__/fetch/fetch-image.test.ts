// One image from one registry: which parts are requested, in which order, what a missing part does to the others, and what is kept.

import {describe, expect, it} from '@jest/globals'
import {VerifiedImageError} from '../../src/failure/error.ts'
import type {Failure} from '../../src/failure/failure.ts'
import type {BackoffPolicy} from '../../src/fetch/backoff.ts'
import {createBlobFetcher} from '../../src/fetch/blob-fetcher.ts'
import {fetchImage} from '../../src/fetch/fetch-image.ts'
import {fetchManifest, fetchTag, type ImageSource} from '../../src/fetch/fetch-manifest.ts'
import type {Progress} from '../../src/fetch/progress.ts'
import type {Attempt} from '../../src/fetch/retry.ts'
import {createThrottle} from '../../src/fetch/throttle.ts'
import type {VerifiedImage} from '../../src/fetch/verified-image.ts'
import {createVerifiedStore} from '../../src/fetch/verified-store.ts'
import type {Level} from '../../src/fetch/verify-level.ts'
import type {DigestAlgorithm} from '../../src/oci/digest.ts'
import type {PlatformChoice} from '../../src/oci/platform.ts'
import {
  descriptorOf,
  type DescriptorDocument,
  digestBytes,
  type Image,
  type Index,
  isIndex,
  makeImage,
  makeIndex,
  makePublished,
  mediaTypesOf
} from '../support/images.ts'
import {createManualClock, type ManualClock} from '../support/manual-clock.ts'
import {
  bodyOf,
  createMemoryRegistry,
  type MemoryRegistry,
  type ScriptedResponse,
  silent,
  truncatedAt
} from '../support/memory-registry.ts'
import {createMemoryStore, type MemoryStore} from '../support/memory-store.ts'
import '../support/matchers.ts'

const HOST = 'docker.io'
const BACKOFF: BackoffPolicy = {attempts: 4, firstMs: 500, maxMs: 30_000}
const AMD64 = {os: 'linux', architecture: 'amd64'}
const NAMED: PlatformChoice = {kind: 'named', platforms: [AMD64]}
const ALL: PlatformChoice = {kind: 'all'}
const NOT_FOUND: Failure = {kind: 'not-found', status: 404, detail: ''}
const UNAUTHORIZED: Failure = {kind: 'unauthorized', status: 401, detail: '', credentials: 'none'}
const LOCAL_IO: Failure = {kind: 'local-io', detail: 'no space left'}
const UNKNOWN = {os: 'unknown', architecture: 'unknown'}
const FOREIGN = 'application/vnd.oci.image.layer.nondistributable.v1.tar+gzip'

type Options = {
  readonly level?: Level
  readonly choice?: PlatformChoice
  readonly concurrency?: number
}

type Fixture = {
  readonly registry: MemoryRegistry
  readonly clock: ManualClock
  readonly store: MemoryStore
  readonly source: ImageSource
  readonly attempts: readonly Attempt[]
  readonly progress: () => Progress
  /** Writers of the store that are open. */
  readonly writers: () => number
  /** The objects of the requests below the root. */
  readonly requested: () => readonly string[]
  readonly fetch: (what: Image | Index, options?: Options) => Promise<VerifiedImage>
}

function setup(keeps: 'stored' | 'not stored', concurrency?: number): Fixture {
  const clock = createManualClock()
  const registry = createMemoryRegistry()
  const store = createMemoryStore()
  let writers = 0
  const create: MemoryStore['create'] = async digest => {
    const writer = await store.create(digest)
    writers++
    return {
      ...writer,
      discard: () => {
        writers--
        return writer.discard()
      }
    }
  }
  const verified = keeps === 'stored' ? createVerifiedStore({...store, create}) : undefined
  const attempts: Attempt[] = []
  const blobs = createBlobFetcher(registry, verified, concurrency)
  const source: ImageSource = {
    ...{registry, blobs, store: verified},
    candidate: {role: 'primary', repository: {registry: HOST, path: 'a/b'}, mayResolve: true},
    retry: {
      ...{clock, random: () => 0.5, backoff: BACKOFF, signal: new AbortController().signal},
      record: attempt => attempts.push(attempt),
      addBytes: () => undefined,
      throttle: createThrottle(clock, BACKOFF, () => 0.5)
    }
  }
  return {
    ...{registry, clock, store, source, attempts, progress: blobs.progress, writers: () => writers},
    requested: () => registry.requests.slice(1).map(request => request.replace(`${HOST} `, '')),
    fetch: async (what, {level = 'layers', choice = NAMED} = {}) => {
      registry.publish(`${HOST}/a/b`, '1', what)
      const root = isIndex(what) ? what.index : what.manifest
      const manifest = await clock.until(fetchManifest(source, 'manifest', root))
      return clock.until(fetchImage(source, manifest, choice, level))
    }
  }
}

const correct: ScriptedResponse = ({content}) => content

/** Three layers, the largest in the middle. */
const IMAGE = makeImage({layers: [3000, 30_000, 9000].map((size, seed) => ({content: {seed, size}}))})

function withForeignLayer(): Image {
  return makeImage({
    layers: [
      {content: {seed: 1, size: 100}, mediaType: FOREIGN},
      {content: {seed: 2, size: 9000}},
      {content: {seed: 3, size: 20_000}}
    ]
  })
}

describe('the parts of an image', () => {
  it('are requested with the largest layer first, and are all decompressed at the level full', async () => {
    const {fetch, requested, progress} = setup('not stored')
    const image = await fetch(IMAGE, {level: 'full'})
    expect(requested()).toEqual(['config', 'layer[1]', 'layer[2]', 'layer[0]'])
    expect(image).toMatchObject({digest: IMAGE.manifest.digest, origins: [HOST], attestations: []})
    const [platform] = image.platforms
    expect(platform).toMatchObject({level: 'full', unavailableLayers: [], warnings: [], platform: AMD64})
    expect(IMAGE.layers.map(({digest}) => platform?.uncompressed.get(digest)?.diffId)).toEqual(
      IMAGE.layers.map(({diffId}) => diffId)
    )
    const bytes = IMAGE.layers.reduce((sum, {size}) => sum + size, 0)
    expect(progress()).toEqual({layers: 3, layersDone: 3, bytes, bytesDone: bytes})
  })

  it.each<{readonly level: Level; readonly requests: number}>([
    {level: 'manifest', requests: 0},
    {level: 'config', requests: 1},
    {level: 'layers', requests: 4}
  ])('are those of the level $level', async ({level, requests}) => {
    const {fetch, requested} = setup('not stored')
    const [platform] = (await fetch(IMAGE, {level})).platforms
    expect(requested()).toHaveLength(requests)
    expect(platform).toMatchObject({level, warnings: [], remarks: []})
    expect(platform?.uncompressed.size).toBe(0)
  })

  it.each([1, 2])('are as many at a time as connections: %d', async connections => {
    const {fetch, registry, requested} = setup('not stored', connections)
    let [open, most] = [0, 0]
    for (const layer of [0, 1, 2] as const)
      registry.failNext(HOST, `layer[${layer}]`, ({content}) => ({
        ...content,
        body: (async function* () {
          most = Math.max(most, ++open)
          yield* content.body
          open--
        })()
      }))
    await fetch(IMAGE)
    expect([most, requested().length]).toEqual([connections, 4])
  })

  it.each<{readonly layer: DigestAlgorithm; readonly diffId: DigestAlgorithm; readonly downloads: number}>([
    {layer: 'sha256', diffId: 'sha256', downloads: 1},
    {layer: 'sha512', diffId: 'sha512', downloads: 1},
    {layer: 'sha512', diffId: 'sha256', downloads: 1},
    {layer: 'sha256', diffId: 'sha512', downloads: 2}
  ])(
    'with a $layer digest and a $diffId diff_id take this many downloads: $downloads',
    async ({layer, diffId, downloads}) => {
      const content = {seed: 1, size: 3000}
      const plain = makeImage({layers: [{content}]})
      const image = makeImage({
        layers: [{content}],
        algorithm: layer,
        editConfig: right => ({
          ...right,
          rootfs: {type: 'layers', diff_ids: plain.layers.map(({uncompressed}) => digestBytes(uncompressed, diffId))}
        })
      })
      const {fetch, requested} = setup('not stored')
      const [platform] = (await fetch(image, {level: 'full'})).platforms
      expect(requested()).toEqual(['config', ...new Array<string>(downloads).fill('layer[0]')])
      expect([...(platform?.uncompressed.values() ?? [])].map(one => one.diffId.split(':')[0])).toEqual([diffId])
    }
  )

  it('with a sha512 digest are stored when the config is missing: another registry may have it', async () => {
    const image = makeImage({layers: [{content: {seed: 1, size: 3000}}], algorithm: 'sha512'})
    const {fetch, registry, store} = setup('stored')
    registry.failNext(HOST, 'config', NOT_FOUND)
    await expect(fetch(image, {level: 'full'})).toFailWith('not-found')
    expect([...store.kept.keys()]).toContain(image.layers[0]?.digest)
  })

  it('are not requested when the config is larger than any config may be', async () => {
    const image = makeImage({editManifest: right => ({...right, config: {...right.config, size: 1e9}})})
    const {fetch, requested} = setup('not stored')
    await expect(fetch(image)).toFailWith('unusable', {object: 'config'})
    expect(requested()).toEqual([])
  })
})

describe('a part that is missing', () => {
  it('is left out when registries need not have it, with a warning', async () => {
    const image = withForeignLayer()
    const {fetch, registry, store} = setup('stored')
    registry.failNext(HOST, 'layer[0]', NOT_FOUND)
    const {platforms, origins} = await fetch(image)
    const [platform] = platforms
    expect(origins).toStrictEqual([HOST])
    expect(platform).toMatchObject({level: 'config', unavailableLayers: [image.layers[0]?.digest]})
    expect(platform?.warnings).toEqual([expect.stringMatching(/^layer\[0\]: not verified/)])
    expect(store.kept.has(image.layers[0]?.digest ?? '')).toBe(false)
  })

  it('fails the image when registries must have it, or when it is there and not served', async () => {
    const missing = setup('not stored')
    missing.registry.failNext(HOST, 'layer[1]', NOT_FOUND)
    await expect(missing.fetch(IMAGE)).toFailWith('not-found')
    const refused = setup('not stored')
    refused.registry.failNext(HOST, 'layer[0]', UNAUTHORIZED, UNAUTHORIZED)
    await expect(refused.fetch(withForeignLayer())).toFailWith('unauthorized')
  })

  it('cancels the others without a store, and not with one', async () => {
    const plain = setup('not stored')
    plain.registry.failNext(HOST, 'layer[0]', NOT_FOUND)
    plain.registry.failNext(HOST, 'layer[1]', silent)
    await expect(plain.fetch(IMAGE)).toFailWith('not-found')
    // The layer that was done before; the two others no longer count.
    const {size} = IMAGE.layers[2] ?? {size: 0}
    expect(plain.progress()).toEqual({layers: 1, layersDone: 1, bytes: size, bytesDone: size})
    const stored = setup('stored')
    stored.registry.failNext(HOST, 'layer[0]', NOT_FOUND)
    stored.registry.failNext(HOST, 'layer[1]', async ({content, request}) => {
      await stored.clock.wait(60_000, request.signal)
      return content
    })
    await expect(stored.fetch(IMAGE)).toFailWith('not-found')
    expect(stored.writers()).toBe(0)
    expect(stored.store.kept.has(IMAGE.layers[1]?.digest ?? '')).toBe(true)
  })

  it('cancels the others when the registry serves none', async () => {
    const {fetch, registry} = setup('stored')
    registry.failNext(HOST, 'layer[0]', UNAUTHORIZED, UNAUTHORIZED)
    registry.failNext(HOST, 'layer[1]', silent)
    await expect(fetch(IMAGE)).toFailWith('unauthorized')
  })

  it('leaves the other platforms complete in the store', async () => {
    const children = ['linux/amd64', 'linux/arm64'].map((platform, seed) =>
      makeImage({platform, layers: [{content: {seed, size: 3000}}]})
    )
    const {fetch, registry, store, clock} = setup('stored')
    registry.failNext(HOST, 'layer[0]', NOT_FOUND, async ({content, request}) => {
      await clock.wait(60_000, request.signal)
      return content
    })
    await expect(fetch(makeIndex({children}), {choice: ALL})).toFailWith('not-found')
    expect(store.kept.has(children[1]?.layers[0]?.digest ?? '')).toBe(true)
  })
})

describe('a range', () => {
  it('that is answered wrongly makes a request for the whole, in the same attempt', async () => {
    const image = makeImage({layers: [{content: {seed: 1, size: 9000}}]})
    const {fetch, registry, requested} = setup('not stored')
    registry.failNext(HOST, 'layer[0]', truncatedAt(1), {kind: 'protocol', detail: '', isHtml: false})
    await fetch(image)
    expect(requested()).toEqual(['config', 'layer[0]', 'layer[0]@1', 'layer[0]'])
  })

  it.each<{readonly failure: Failure; readonly at: number}>([
    {failure: {kind: 'protocol', detail: '', isHtml: false}, at: 0},
    {failure: NOT_FOUND, at: 1}
  ])('that fails otherwise does not: $failure.kind at $at', async ({failure, at}) => {
    const image = makeImage({layers: [{content: {seed: 1, size: 9000}}]})
    const {fetch, registry, requested} = setup('not stored')
    registry.failNext(HOST, 'layer[0]', ...(at === 0 ? [] : [truncatedAt(at)]), failure, failure)
    await expect(fetch(image)).toFailWith(failure.kind)
    expect(requested().filter(request => request === 'layer[0]').length).toBe(at === 0 ? 2 : 1)
  })

  it('is not requested when the connection was silent after the last byte', async () => {
    const image = makeImage({layers: [{content: {seed: 1, size: 9000}}]})
    const {fetch, registry, requested} = setup('not stored')
    registry.failNext(HOST, 'layer[0]', ({bytes, content}) => ({
      ...content,
      body: bodyOf(bytes, {kind: 'timed-out', phase: 'body', limit: {input: 'stall-timeout', afterMs: 1}})
    }))
    await fetch(image)
    expect(requested()).toEqual(['config', 'layer[0]'])
  })
})

describe('an index', () => {
  const chart = makeImage({
    platform: 'linux/s390x',
    editManifest: right => ({
      ...right,
      config: {...right.config, mediaType: 'application/vnd.cncf.helm.config.v1+json'}
    })
  })
  const amd64 = makeImage()

  it('is kept with its attestations, where all platforms are stored', async () => {
    const index = makePublished()
    const stored = await setup('stored').fetch(index, {choice: ALL})
    expect(stored.attestations.map(({digest}) => digest)).toEqual(
      index.attestations.map(({manifest}) => manifest.digest)
    )
    expect(stored.origins).toEqual([HOST])
    const plain = setup('not stored')
    expect((await plain.fetch(index, {choice: ALL})).attestations).toEqual([])
    expect((await setup('stored').fetch(index)).attestations).toEqual([])
  })

  it('is kept without an attestation that is missing, or is an index', async () => {
    const {fetch, registry} = setup('stored')
    registry.failNext(HOST, 'child', correct, NOT_FOUND)
    expect((await fetch(makeIndex({children: [amd64], attestations: true}), {choice: ALL})).attestations).toEqual([])
    const inner = makeIndex({children: [amd64]})
    const nested = setup('stored')
    nested.registry.publish(`${HOST}/a/b`, undefined, inner)
    const index = makeIndex({
      children: [amd64],
      editIndex: right => ({...right, manifests: [...right.manifests, attestation(descriptorOf(inner.index))]})
    })
    expect((await nested.fetch(index, {choice: ALL})).attestations).toEqual([])
  })

  it('fails with an attestation when the disk does, and when there is a bug', async () => {
    const index = makeIndex({children: [amd64], attestations: true})
    const full = setup('stored')
    full.registry.failNext(HOST, 'child', correct, LOCAL_IO)
    await expect(full.fetch(index, {choice: ALL})).toFailWith('local-io')
    const broken = setup('stored')
    broken.registry.failNext(HOST, 'child', correct, () => {
      throw new TypeError('a bug')
    })
    await expect(broken.fetch(index, {choice: ALL})).rejects.toThrow(TypeError)
  })

  function attestation(descriptor: DescriptorDocument): DescriptorDocument {
    const annotations = {
      'vnd.docker.reference.type': 'attestation-manifest',
      'vnd.docker.reference.digest': amd64.manifest.digest
    }
    return {...descriptor, platform: UNKNOWN, annotations}
  }

  function descriptorsOf(count: number): readonly DescriptorDocument[] {
    const mediaType = mediaTypesOf('oci').manifest
    return Array.from({length: count}, (_, at) => ({
      ...{mediaType, size: 4, platform: AMD64},
      digest: `sha256:${String(at).padStart(64, '0')}`
    }))
  }

  it.each([
    {count: 1000, kind: 'not-found'},
    {count: 1001, kind: 'unusable'}
  ] as const)('of $count images fails as $kind', async ({count, kind}) => {
    const index = makeIndex({children: [], editIndex: right => ({...right, manifests: [...descriptorsOf(count)]})})
    await expect(setup('not stored').fetch(index, {choice: ALL, level: 'manifest'})).toFailWith(kind)
  })

  it('of more attestations than manifests may be is unusable', async () => {
    const more = descriptorsOf(1001).map(attestation)
    const index = makeIndex({
      children: [amd64],
      editIndex: right => ({...right, manifests: [...right.manifests, ...more]})
    })
    await expect(setup('stored').fetch(index, {choice: ALL})).toFailWith('unusable')
  })

  it('is kept without a child that is not an image, unless that is all it has', async () => {
    const {platforms} = await setup('not stored').fetch(makeIndex({children: [amd64, chart]}), {choice: ALL})
    expect(platforms.map(({digest}) => digest)).toEqual([amd64.manifest.digest])
    await expect(setup('not stored').fetch(makeIndex({children: [chart]}), {choice: ALL})).toFailWith(
      'platform-missing',
      {wanted: 'platform', offered: [], object: 'manifest'}
    )
  })

  it('fails with a child that is not an image and was named, and with one that is not usable', async () => {
    const choice: PlatformChoice = {kind: 'named', platforms: [{os: 'linux', architecture: 's390x'}]}
    await expect(setup('not stored').fetch(makeIndex({children: [chart]}), {choice})).toFailWith('unusable')
    const wrong = makeImage({editManifest: right => ({...right, schemaVersion: 3})})
    await expect(setup('not stored').fetch(makeIndex({children: [wrong]}), {choice: ALL})).toFailWith('unusable')
    const refused = setup('not stored')
    refused.registry.failNext(HOST, 'child', NOT_FOUND)
    await expect(refused.fetch(makeIndex({children: [amd64]}), {choice: ALL})).toFailWith('not-found')
  })

  it('puts what is unusual about the choice before what is unusual about the image', async () => {
    const choice: PlatformChoice = {kind: 'machine', platform: AMD64}
    const i386 = makeImage({platform: 'linux/386'})
    const {platforms} = await setup('not stored').fetch(makeIndex({children: [i386]}), {choice})
    expect(platforms[0]?.warnings).toEqual([expect.stringContaining('its linux/386 image runs on this machine')])
    const right = await setup('not stored').fetch(makeIndex({children: [amd64]}), {choice})
    expect(right.platforms[0]?.warnings).toStrictEqual([])
  })

  it.each([
    {depth: 3, kind: undefined},
    {depth: 4, kind: 'unusable'}
  ] as const)('may be nested $depth deep: $kind', async ({depth, kind}) => {
    const {fetch, registry} = setup('not stored')
    let index = makeIndex({children: [amd64]})
    for (let at = 1; at < depth; at++) {
      registry.publish(`${HOST}/a/b`, undefined, index)
      const inner = descriptorOf(index.index)
      index = makeIndex({children: [], editIndex: right => ({...right, manifests: [inner]})})
    }
    const fetched = fetch(index, {level: 'manifest'})
    if (kind === undefined) expect((await fetched).platforms).toHaveLength(1)
    else await expect(fetched).toFailWith(kind, {detail: expect.stringContaining('nested 4 deep')})
  })
})

describe('a manifest', () => {
  const octets: ScriptedResponse = ({content}) => ({...content, mediaType: 'application/octet-stream'})

  it('under a Content-Type that engines reject is usable with a store alone', async () => {
    for (const keeps of ['stored', 'not stored'] as const) {
      const {fetch, registry} = setup(keeps)
      registry.failNext(HOST, 'manifest', octets, octets, octets, octets)
      const fetched = fetch(IMAGE).catch((error: unknown) => error)
      expect((await fetched) instanceof VerifiedImageError).toBe(keeps === 'not stored')
    }
  })

  it('that a tag points to is usable in the same way', async () => {
    for (const keeps of ['stored', 'not stored'] as const) {
      const {registry, source, clock} = setup(keeps)
      registry.publish(`${HOST}/a/b`, '1', IMAGE)
      registry.failNext(HOST, 'manifest', octets, octets, octets, octets)
      const {rejected} = await clock.until(fetchTag(source, '1'))
      expect(rejected === undefined).toBe(keeps === 'stored')
    }
  })

  it('is recorded with each attempt that it came in, and with no other', async () => {
    const {registry, source, attempts, clock} = setup('not stored')
    registry.publish(`${HOST}/a/b`, '1', IMAGE)
    registry.failNext(HOST, 'manifest', octets, {kind: 'server-error', status: 500, detail: ''})
    await clock.until(fetchTag(source, '1'))
    const {digest} = IMAGE.manifest
    expect(attempts.map(({tagDigest}) => tagDigest ?? 'none')).toEqual([digest, 'none', digest])
  })
})
