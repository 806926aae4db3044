// What a layout and an archive hold, document by document: which blobs, under which root, and by which names.
// Images are acquired from a registry in memory, so that what is composed is what an acquisition gives.

import {describe, expect, it} from '@jest/globals'
import {acquireImage} from '../../src/acquire/acquire.ts'
import {createBlobFetcher} from '../../src/fetch/blob-fetcher.ts'
import {
  blobPath,
  buildArchive,
  buildLayout,
  engineReference,
  type ImageToExport
} from '../../src/action/image-layout.ts'
import {planCandidates, parseImageRequest} from '../../src/acquire/plan.ts'
import {digestOf} from '../../src/oci/digest.ts'
import type {Platform, PlatformChoice} from '../../src/oci/platform.ts'
import {type Image, type Index, makeImage, makeIndex, makePublished, mediaTypesOf} from '../support/images.ts'
import {createManualClock} from '../support/manual-clock.ts'
import {createMemoryRegistry} from '../support/memory-registry.ts'
import '../support/matchers.ts'

const OCI = mediaTypesOf('oci')
const ALL: PlatformChoice = {kind: 'all'}
const AMD64: Platform = {os: 'linux', architecture: 'amd64'}
const ARM64: Platform = {os: 'linux', architecture: 'arm64'}
function named(...platforms: readonly Platform[]): PlatformChoice {
  return {kind: 'named', platforms}
}

/** The image as `asked`, acquired in full. */
async function acquire(asked: string, what: Image | Index, platforms: PlatformChoice = ALL): Promise<ImageToExport> {
  const request = parseImageRequest(asked)
  if (!request.ok) throw new Error(request.reason)
  const {reference, tag} = request.value
  const registry = createMemoryRegistry()
  registry.publish(`${reference.registry}/${reference.path}`, tag, what)
  const candidates = planCandidates(reference, {mirrors: [], publicMirrors: []}, 'primary')
  const {image} = await acquireImage(
    {image: request.value, candidates, platforms, level: 'full'},
    {
      registry,
      access: registry,
      stallTimeoutMs: 20_000,
      blobs: createBlobFetcher(registry),
      clock: createManualClock(),
      random: () => 0.5,
      backoff: {attempts: 1, firstMs: 1, maxMs: 1},
      hedgeAfterMs: undefined,
      shared: new Map(),
      log: () => undefined,
      signal: new AbortController().signal
    }
  )
  if (image === undefined) throw new Error('it was not acquired')
  return {request: request.value, image}
}

/** The same with its attestations, which are kept where all platforms are. */
async function acquireWhole(asked: string, what: Index): Promise<ImageToExport> {
  const {request, image} = await acquire(asked, what)
  const kept = await Promise.all(what.attestations.map(attestation => acquire('ghcr.io/a/attestation:1', attestation)))
  return {request, image: {...image, attestations: kept.flatMap(attestation => attestation.image.platforms)}}
}

function read(documents: Readonly<Record<string, Uint8Array>>, path: string): unknown {
  const bytes = documents[path]
  return bytes === undefined ? undefined : (JSON.parse(Buffer.from(bytes).toString()) as unknown)
}

/** Manifest, config and layers. */
function digestsOf(...images: readonly Image[]): readonly string[] {
  return images.flatMap(({manifest, config, layers}) => [manifest, config, ...layers].map(({digest}) => digest))
}

function childOf({children}: Index, at: number): Image {
  const child = children[at]
  if (child === undefined) throw new Error('it has no such child')
  return child
}

const PUBLISHED = makePublished()
const THREE = makePublished({platforms: ['linux/amd64', 'linux/arm64', 'linux/arm/v6'], seed: 2})
const SINGLE = makeImage()

describe('nameInEngine', () => {
  const digest = `sha256:${'a'.repeat(64)}`

  it.each([
    {asked: 'php:8.3.8', name: 'docker.io/library/php:8.3.8'},
    {asked: `ghcr.io/a/b:1@${digest}`, name: 'ghcr.io/a/b:1'},
    {asked: `ghcr.io/a/b@${digest}`, name: `ghcr.io/a/b@${digest}`}
  ])('of $asked is $name', ({asked, name}) => {
    const request = parseImageRequest(asked)
    expect(request.ok && engineReference(request.value)).toBe(name)
  })
})

describe('composeLayout', () => {
  it('keeps the published index where everything that it names is there, attestations included', async () => {
    const {documents, blobs, roots} = buildLayout([await acquireWhole('php:8.3.8', PUBLISHED)])
    expect(read(documents, 'oci-layout')).toEqual({imageLayoutVersion: '1.0.0'})
    expect(read(documents, 'index.json')).toEqual({
      schemaVersion: 2,
      mediaType: OCI.index,
      manifests: [
        {
          mediaType: OCI.index,
          digest: PUBLISHED.index.digest,
          size: PUBLISHED.index.size,
          annotations: {
            'io.containerd.image.name': 'docker.io/library/php:8.3.8',
            'org.opencontainers.image.ref.name': '8.3.8'
          }
        }
      ]
    })
    expect(Object.keys(documents).toSorted()).toEqual(['index.json', 'oci-layout'])
    expect(roots).toEqual([PUBLISHED.index.digest])
    const all = [PUBLISHED.index.digest, ...digestsOf(...PUBLISHED.children, ...PUBLISHED.attestations)]
    expect(blobs.toSorted()).toEqual([...new Set(all)].toSorted())
  })

  it('makes an index without attestations that are not there, since the published one could not be copied whole', async () => {
    const {roots, documents} = buildLayout([await acquire('php:8.3.8', PUBLISHED)])
    expect(roots).not.toEqual([PUBLISHED.index.digest])
    expect(read(documents, blobPath(roots[0] ?? PUBLISHED.index.digest))).toMatchObject({
      manifests: PUBLISHED.children.map(({manifest: {digest}}) => ({digest}))
    })
  })

  it('puts a single platform of an index under its own manifest', async () => {
    const child = childOf(PUBLISHED, 1)
    const {documents, blobs, roots} = buildLayout([await acquire('php:8.3.8', PUBLISHED, named(ARM64))])
    expect(read(documents, 'index.json')).toMatchObject({
      manifests: [
        {
          mediaType: OCI.manifest,
          digest: child.manifest.digest,
          size: child.manifest.size,
          platform: {os: 'linux', architecture: 'arm64'}
        }
      ]
    })
    expect(roots).toEqual([child.manifest.digest])
    expect(blobs.toSorted()).toEqual(digestsOf(child).toSorted())
  })

  it('makes an index of its own for some of the platforms, with its right digest and size', async () => {
    const chosen = [childOf(THREE, 0), childOf(THREE, 2)]
    const armV6: Platform = {os: 'linux', architecture: 'arm', variant: 'v6'}
    const {documents, blobs, roots} = buildLayout([await acquire('php:8.3.8', THREE, named(AMD64, armV6))])
    const [root] = roots
    if (root === undefined) throw new Error('it has no root')
    const bytes = documents[blobPath(root)] ?? new Uint8Array()
    expect(digestOf(bytes)).toBe(root)
    expect(root).not.toBe(THREE.index.digest)
    expect(read(documents, 'index.json')).toMatchObject({
      manifests: [{mediaType: OCI.index, digest: root, size: bytes.length}]
    })
    expect(read(documents, blobPath(root))).toEqual({
      schemaVersion: 2,
      mediaType: OCI.index,
      manifests: [
        {
          mediaType: OCI.manifest,
          digest: chosen[0]?.manifest.digest,
          size: chosen[0]?.manifest.size,
          platform: {architecture: 'amd64', os: 'linux'}
        },
        {
          mediaType: OCI.manifest,
          digest: chosen[1]?.manifest.digest,
          size: chosen[1]?.manifest.size,
          platform: {architecture: 'arm', os: 'linux', variant: 'v6'}
        }
      ]
    })
    expect(blobs.toSorted()).toEqual([...new Set(digestsOf(...chosen))].toSorted())
  })

  it('writes the platforms of its own index as the specification names them', async () => {
    const builds = ['amd64', 'arm64', 's390x'].map(architecture => ({architecture, os: 'linux', 'os.version': '10.0'}))
    const index = makeIndex({
      children: builds.map(({architecture}) => makeImage({platform: `linux/${architecture}`})),
      editIndex: right => ({
        ...right,
        manifests: right.manifests.map((child, at) => ({...child, platform: builds[at]}))
      })
    })
    const {documents, roots} = buildLayout([await acquire('php:8.3.8', index, named(AMD64, ARM64))])
    const own = read(documents, blobPath(roots[0] ?? index.index.digest)) as {manifests: readonly unknown[]}
    expect(own.manifests).toMatchObject(builds.slice(0, 2).map(platform => ({platform})))
  })

  it('puts an image without an index under its manifest, with the platform of its config', async () => {
    const {documents, blobs} = buildLayout([await acquire('ghcr.io/a/b:1', SINGLE)])
    expect(read(documents, 'index.json')).toMatchObject({
      manifests: [{digest: SINGLE.manifest.digest, platform: {architecture: 'amd64', os: 'linux'}}]
    })
    expect(blobs).toEqual(digestsOf(SINGLE))
  })

  it('says the version of Windows that an image was made for', async () => {
    const child = makeImage({
      platform: 'windows/amd64',
      editConfig: right => ({...right, 'os.version': '10.0.20348.1'})
    })
    const {documents} = buildLayout([await acquire('ghcr.io/a/b:1', child)])
    expect(read(documents, 'index.json')).toMatchObject({
      manifests: [{platform: {architecture: 'amd64', os: 'windows', 'os.version': '10.0.20348.1'}}]
    })
  })

  it('says no platform where neither index nor config names one', async () => {
    const none = makeImage({editConfig: ({rootfs}) => ({rootfs})})
    const {documents} = buildLayout([await acquire('ghcr.io/a/b:1', none)])
    expect(read(documents, 'index.json')).not.toMatchObject({manifests: [{platform: expect.anything()}]})
  })

  it('names images by their tags while these differ, and by their whole names when two are the same', async () => {
    const refNames = (documents: Readonly<Record<string, Uint8Array>>): unknown =>
      (read(documents, 'index.json') as {manifests: {annotations: Record<string, string>}[]}).manifests.map(
        ({annotations}) => annotations['org.opencontainers.image.ref.name']
      )
    const php = await acquire('php:8.3.8', SINGLE)
    const other = await acquire('ghcr.io/a/b:1', SINGLE)
    const same = await acquire('ghcr.io/a/b:8.3.8', SINGLE)
    expect(refNames(buildLayout([php, other]).documents)).toEqual(['8.3.8', '1'])
    expect(refNames(buildLayout([php, same]).documents)).toEqual(['docker.io/library/php:8.3.8', 'ghcr.io/a/b:8.3.8'])
  })

  it('has no tag for an image that is asked for by its digest', async () => {
    const {documents} = buildLayout([await acquire(`ghcr.io/a/b@${SINGLE.manifest.digest}`, SINGLE)])
    expect(read(documents, 'index.json')).toMatchObject({
      manifests: [{annotations: {'io.containerd.image.name': `ghcr.io/a/b@${SINGLE.manifest.digest}`}}]
    })
    expect(JSON.stringify(read(documents, 'index.json'))).not.toContain('org.opencontainers.image.ref.name')
  })

  it('holds a blob once that two images share', async () => {
    const {blobs, roots} = buildLayout([await acquire('ghcr.io/a/b:1', SINGLE), await acquire('ghcr.io/a/c:2', SINGLE)])
    expect(blobs).toEqual(digestsOf(SINGLE))
    expect(roots).toEqual([SINGLE.manifest.digest, SINGLE.manifest.digest])
  })

  it('leaves out a layer that registries need not hold and that none has', async () => {
    const [first, second] = SINGLE.layers
    if (first === undefined || second === undefined) throw new Error('it has two layers')
    const exported = await acquire('ghcr.io/a/b:1', SINGLE)
    const platforms = exported.image.platforms.map(platform => ({...platform, unavailableLayers: [second.digest]}))
    const {blobs} = buildLayout([{...exported, image: {...exported.image, platforms}}])
    expect(blobs).toEqual([SINGLE.manifest.digest, SINGLE.config.digest, first.digest])
  })
})

describe('composeArchive', () => {
  const manifestOf = (image: Image): unknown => image.layers.map(({digest}) => blobPath(digest))

  it('gives the classic store decompressed layers, the config, and a name', async () => {
    const {documents, blobs, images} = buildArchive([await acquire('php:8.3.8', PUBLISHED)], ARM64, 'classic')
    const child = childOf(PUBLISHED, 1)
    expect(Object.keys(documents)).toEqual(['manifest.json'])
    expect(read(documents, 'manifest.json')).toEqual([
      {
        Config: blobPath(child.config.digest),
        RepoTags: ['docker.io/library/php:8.3.8'],
        Layers: child.layers.map(({diffId}) => blobPath(diffId))
      }
    ])
    expect(blobs).toEqual([
      {path: blobPath(child.config.digest), digest: child.config.digest},
      ...child.layers.map(({digest, diffId, uncompressed}) => ({
        path: blobPath(diffId),
        digest,
        decompress: {compression: 'gzip', size: uncompressed.length}
      }))
    ])
    expect(images).toMatchObject([{name: 'docker.io/library/php:8.3.8'}])
    expect(images[0]?.ids[0]).toBe(child.config.digest)
  })

  it('gives the containerd store compressed layers under the published index', async () => {
    const exported = await acquire('php:8.3.8', PUBLISHED)
    const {documents, blobs, images} = buildArchive([exported], AMD64, 'containerd')
    const child = childOf(PUBLISHED, 0)
    expect(read(documents, 'manifest.json')).toMatchObject([{Layers: manifestOf(child)}])
    expect(read(documents, 'index.json')).toMatchObject({
      manifests: [
        {
          digest: PUBLISHED.index.digest,
          annotations: {
            'io.containerd.image.name': 'docker.io/library/php:8.3.8',
            'org.opencontainers.image.ref.name': '8.3.8'
          }
        }
      ]
    })
    expect(blobs.map(({digest}) => digest)).toEqual([PUBLISHED.index.digest, ...digestsOf(child)])
    expect(blobs.every(({decompress}) => decompress === undefined)).toBe(true)
    expect(images[0]?.ids).toEqual([child.config.digest, PUBLISHED.index.digest])
  })

  it('gives the containerd store a platform of another machine under its own manifest', async () => {
    const exported = await acquire('php:8.3.8', PUBLISHED, named(ARM64))
    const {documents, blobs, images} = buildArchive([exported], AMD64, 'containerd')
    const child = childOf(PUBLISHED, 1)
    expect(read(documents, 'index.json')).toMatchObject({manifests: [{digest: child.manifest.digest}]})
    expect(blobs.map(({digest}) => digest)).toEqual(digestsOf(child))
    expect(images[0]?.ids).toEqual([child.config.digest, child.manifest.digest])
  })

  it('takes the first platform where none is the machine’s', async () => {
    const exported = await acquire('php:8.3.8', PUBLISHED)
    const {images} = buildArchive([exported], {os: 'linux', architecture: 's390x'}, 'classic')
    expect(images[0]?.ids[0]).toBe(childOf(PUBLISHED, 0).config.digest)
  })

  it('takes an image that names no platform, and gives it to containerd under its manifest', async () => {
    const none = makeImage({editConfig: ({rootfs}) => ({rootfs})})
    const {documents, images} = buildArchive([await acquire('ghcr.io/a/b:1', none)], AMD64, 'containerd')
    expect(read(documents, 'index.json')).toMatchObject({manifests: [{digest: none.manifest.digest}]})
    expect(images[0]?.ids).toEqual([none.config.digest, none.manifest.digest])
  })

  it.each([
    {name: 'a layer that is not compressed', compression: 'none' as const, isDecompressed: false},
    {name: 'zstd', compression: 'zstd' as const, isDecompressed: true},
    {name: 'gzip', compression: 'gzip' as const, isDecompressed: true}
  ])('decompresses for the classic store what needs it: $name', async ({compression, isDecompressed}) => {
    const image = makeImage({layers: [{content: {seed: 3, size: 5000}, compression}]})
    const {blobs} = buildArchive([await acquire('ghcr.io/a/b:1', image)], AMD64, 'classic')
    const [layer] = image.layers
    const size = layer?.uncompressed.length
    expect(blobs.at(-1)).toEqual(
      isDecompressed
        ? {path: blobPath(layer?.diffId ?? image.config.digest), digest: layer?.digest, decompress: {compression, size}}
        : {path: blobPath(layer?.digest ?? image.config.digest), digest: layer?.digest}
    )
  })

  it('leaves a layer compressed of which nothing is known', async () => {
    const exported = await acquire('ghcr.io/a/b:1', SINGLE)
    const platforms = exported.image.platforms.map(platform => ({...platform, uncompressed: new Map()}))
    const {blobs} = buildArchive([{...exported, image: {...exported.image, platforms}}], AMD64, 'classic')
    expect(blobs.slice(1)).toEqual(SINGLE.layers.map(({digest}) => ({path: blobPath(digest), digest})))
  })

  it('has no name for an image that is asked for by its digest', async () => {
    const exported = await acquire(`ghcr.io/a/b@${SINGLE.manifest.digest}`, SINGLE)
    const {documents} = buildArchive([exported], AMD64, 'containerd')
    expect(read(documents, 'manifest.json')).toMatchObject([{RepoTags: null}])
    expect(JSON.stringify(read(documents, 'index.json'))).not.toContain('org.opencontainers.image.ref.name')
  })

  it('holds a path once that two images share', async () => {
    const {blobs, images} = buildArchive(
      [await acquire('ghcr.io/a/b:1', SINGLE), await acquire('ghcr.io/a/c:2', SINGLE)],
      AMD64,
      'containerd'
    )
    expect(blobs.map(({digest}) => digest)).toEqual(digestsOf(SINGLE))
    expect(images.map(({name}) => name)).toEqual(['ghcr.io/a/b:1', 'ghcr.io/a/c:2'])
  })

  it('refuses an image of which a layer is missing, and names the layer', async () => {
    const exported = await acquire('ghcr.io/a/b:1', SINGLE)
    const [layer] = SINGLE.layers
    const unavailableLayers = layer === undefined ? [] : [layer.digest]
    const platforms = exported.image.platforms.map(platform => ({...platform, unavailableLayers}))
    await expect(() =>
      buildArchive([{...exported, image: {...exported.image, platforms}}], AMD64, 'classic')
    ).toFailWith('docker', {
      detail: expect.stringContaining(
        `ghcr.io/a/b:1 cannot be loaded: registries need not hold its layer ${String(layer?.digest)}`
      )
    })
  })

  it('keeps the index of a single child', async () => {
    const lonely = makeIndex({children: [SINGLE]})
    const {images} = buildArchive([await acquire('ghcr.io/a/b:1', lonely)], AMD64, 'containerd')
    expect(images[0]?.ids).toEqual([SINGLE.config.digest, lonely.index.digest])
  })
})
