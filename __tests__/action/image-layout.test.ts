// What a layout and an archive hold, document by document: which blobs, under which root, and by which names.
// Images are acquired from a registry in memory, so that what is composed is what an acquisition gives.

import {describe, expect, it} from '@jest/globals'
import {
  blobPath,
  buildArchive,
  buildLayout,
  engineReference,
  type ImageToExport
} from '../../src/action/image-layout.ts'
import {parseImageRequest} from '../../src/acquire/plan.ts'
import {digestOf} from '../../src/oci/digest.ts'
import type {Platform, PlatformChoice} from '../../src/oci/platform.ts'
import {createAcquireFixture} from '../support/acquire-fixture.ts'
import {type Image, type Index, makeImage, makeIndex, makePublished, mediaTypesOf} from '../support/images.ts'
import '../support/matchers.ts'

const OCI = mediaTypesOf('oci')
const ALL: PlatformChoice = {kind: 'all'}
const AMD64: Platform = {os: 'linux', architecture: 'amd64'}
const ARM64: Platform = {os: 'linux', architecture: 'arm64'}
function named(...platforms: readonly Platform[]): PlatformChoice {
  return {kind: 'named', platforms}
}

/** The image as `asked`, acquired in full. */
async function place(asked: string, what: Image | Index, platforms: PlatformChoice = ALL): Promise<ImageToExport> {
  const wanted = parseImageRequest(asked)
  if (!wanted.ok) throw new Error(wanted.reason)
  const {reference, tag} = wanted.value
  const {registry, clock, acquire} = createAcquireFixture()
  registry.publish(`${reference.registry}/${reference.path}`, tag, what)
  const {image} = await clock.until(acquire({image: asked, mirrors: [], platforms, level: 'full'}))
  if (image === undefined) throw new Error('it was not acquired')
  return {wanted: wanted.value, image}
}

/** The same with its attestations, which are kept where all platforms are. */
async function placeWhole(asked: string, what: Index): Promise<ImageToExport> {
  const {wanted, image} = await place(asked, what)
  const kept = await Promise.all(what.attestations.map(attestation => place('ghcr.io/a/attestation:1', attestation)))
  return {wanted, image: {...image, attestations: kept.flatMap(attestation => attestation.image.platforms)}}
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
    const wanted = parseImageRequest(asked)
    expect(wanted.ok && engineReference(wanted.value)).toBe(name)
  })
})

describe('composeLayout', () => {
  it('keeps the published index where everything that it names is there, attestations included', async () => {
    const {documents, blobs, roots} = buildLayout([await placeWhole('php:8.3.8', PUBLISHED)])
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
    const {roots, documents} = buildLayout([await place('php:8.3.8', PUBLISHED)])
    expect(roots).not.toEqual([PUBLISHED.index.digest])
    expect(read(documents, blobPath(roots[0] ?? PUBLISHED.index.digest))).toMatchObject({
      manifests: PUBLISHED.children.map(({manifest: {digest}}) => ({digest}))
    })
  })

  it('puts a single platform of an index under its own manifest', async () => {
    const child = childOf(PUBLISHED, 1)
    const {documents, blobs, roots} = buildLayout([await place('php:8.3.8', PUBLISHED, named(ARM64))])
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
    const {documents, blobs, roots} = buildLayout([await place('php:8.3.8', THREE, named(AMD64, armV6))])
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

  it('puts an image without an index under its manifest, with the platform of its config', async () => {
    const {documents, blobs} = buildLayout([await place('ghcr.io/a/b:1', SINGLE)])
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
    const {documents} = buildLayout([await place('ghcr.io/a/b:1', child)])
    expect(read(documents, 'index.json')).toMatchObject({
      manifests: [{platform: {architecture: 'amd64', os: 'windows', 'os.version': '10.0.20348.1'}}]
    })
  })

  it('says no platform where neither index nor config names one', async () => {
    const none = makeImage({editConfig: ({rootfs}) => ({rootfs})})
    const {documents} = buildLayout([await place('ghcr.io/a/b:1', none)])
    expect(read(documents, 'index.json')).not.toMatchObject({manifests: [{platform: expect.anything()}]})
  })

  it('names images by their tags while these differ, and by their whole names when two are the same', async () => {
    const refNames = (documents: Readonly<Record<string, Uint8Array>>): unknown =>
      (read(documents, 'index.json') as {manifests: {annotations: Record<string, string>}[]}).manifests.map(
        ({annotations}) => annotations['org.opencontainers.image.ref.name']
      )
    const php = await place('php:8.3.8', SINGLE)
    const other = await place('ghcr.io/a/b:1', SINGLE)
    const same = await place('ghcr.io/a/b:8.3.8', SINGLE)
    expect(refNames(buildLayout([php, other]).documents)).toEqual(['8.3.8', '1'])
    expect(refNames(buildLayout([php, same]).documents)).toEqual(['docker.io/library/php:8.3.8', 'ghcr.io/a/b:8.3.8'])
  })

  it('has no tag for an image that is asked for by its digest', async () => {
    const {documents} = buildLayout([await place(`ghcr.io/a/b@${SINGLE.manifest.digest}`, SINGLE)])
    expect(read(documents, 'index.json')).toMatchObject({
      manifests: [{annotations: {'io.containerd.image.name': `ghcr.io/a/b@${SINGLE.manifest.digest}`}}]
    })
    expect(JSON.stringify(read(documents, 'index.json'))).not.toContain('org.opencontainers.image.ref.name')
  })

  it('holds a blob once that two images share', async () => {
    const {blobs, roots} = buildLayout([await place('ghcr.io/a/b:1', SINGLE), await place('ghcr.io/a/c:2', SINGLE)])
    expect(blobs).toEqual(digestsOf(SINGLE))
    expect(roots).toEqual([SINGLE.manifest.digest, SINGLE.manifest.digest])
  })

  it('leaves out a layer that registries need not hold and that none has', async () => {
    const [first, second] = SINGLE.layers
    if (first === undefined || second === undefined) throw new Error('it has two layers')
    const placed = await place('ghcr.io/a/b:1', SINGLE)
    const platforms = placed.image.platforms.map(platform => ({...platform, unavailableLayers: [second.digest]}))
    const {blobs} = buildLayout([{...placed, image: {...placed.image, platforms}}])
    expect(blobs).toEqual([SINGLE.manifest.digest, SINGLE.config.digest, first.digest])
  })
})

describe('composeArchive', () => {
  const manifestOf = (image: Image): unknown => image.layers.map(({digest}) => blobPath(digest))

  it('gives the classic store inflated layers, the config, and a name', async () => {
    const {documents, blobs, images} = buildArchive([await place('php:8.3.8', PUBLISHED)], ARM64, 'classic')
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
        inflate: {compression: 'gzip', size: uncompressed.length}
      }))
    ])
    expect(images).toMatchObject([{name: 'docker.io/library/php:8.3.8'}])
    expect(images[0]?.ids[0]).toBe(child.config.digest)
  })

  it('gives the containerd store compressed layers under the published index', async () => {
    const placed = await place('php:8.3.8', PUBLISHED)
    const {documents, blobs, images} = buildArchive([placed], AMD64, 'containerd')
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
    expect(blobs.every(({inflate}) => inflate === undefined)).toBe(true)
    expect(images[0]?.ids).toEqual([child.config.digest, PUBLISHED.index.digest])
  })

  it('gives the containerd store a platform of another machine under its own manifest', async () => {
    const placed = await place('php:8.3.8', PUBLISHED, named(ARM64))
    const {documents, blobs, images} = buildArchive([placed], AMD64, 'containerd')
    const child = childOf(PUBLISHED, 1)
    expect(read(documents, 'index.json')).toMatchObject({manifests: [{digest: child.manifest.digest}]})
    expect(blobs.map(({digest}) => digest)).toEqual(digestsOf(child))
    expect(images[0]?.ids).toEqual([child.config.digest, child.manifest.digest])
  })

  it('takes the first platform where none is the machine’s', async () => {
    const placed = await place('php:8.3.8', PUBLISHED)
    const {images} = buildArchive([placed], {os: 'linux', architecture: 's390x'}, 'classic')
    expect(images[0]?.ids[0]).toBe(childOf(PUBLISHED, 0).config.digest)
  })

  it('takes an image that names no platform, and gives it to containerd under its manifest', async () => {
    const none = makeImage({editConfig: ({rootfs}) => ({rootfs})})
    const {documents, images} = buildArchive([await place('ghcr.io/a/b:1', none)], AMD64, 'containerd')
    expect(read(documents, 'index.json')).toMatchObject({manifests: [{digest: none.manifest.digest}]})
    expect(images[0]?.ids).toEqual([none.config.digest, none.manifest.digest])
  })

  it.each([
    {name: 'a layer that is not compressed', compression: 'none' as const, isInflated: false},
    {name: 'zstd', compression: 'zstd' as const, isInflated: true},
    {name: 'gzip', compression: 'gzip' as const, isInflated: true}
  ])('inflates for the classic store what needs it: $name', async ({compression, isInflated}) => {
    const image = makeImage({layers: [{content: {seed: 3, size: 5000}, compression}]})
    const {blobs} = buildArchive([await place('ghcr.io/a/b:1', image)], AMD64, 'classic')
    const [layer] = image.layers
    const size = layer?.uncompressed.length
    expect(blobs.at(-1)).toEqual(
      isInflated
        ? {path: blobPath(layer?.diffId ?? image.config.digest), digest: layer?.digest, inflate: {compression, size}}
        : {path: blobPath(layer?.digest ?? image.config.digest), digest: layer?.digest}
    )
  })

  it('leaves a layer compressed of which nothing is known', async () => {
    const placed = await place('ghcr.io/a/b:1', SINGLE)
    const platforms = placed.image.platforms.map(platform => ({...platform, uncompressed: new Map()}))
    const {blobs} = buildArchive([{...placed, image: {...placed.image, platforms}}], AMD64, 'classic')
    expect(blobs.slice(1)).toEqual(SINGLE.layers.map(({digest}) => ({path: blobPath(digest), digest})))
  })

  it('has no name for an image that is asked for by its digest', async () => {
    const placed = await place(`ghcr.io/a/b@${SINGLE.manifest.digest}`, SINGLE)
    const {documents} = buildArchive([placed], AMD64, 'containerd')
    expect(read(documents, 'manifest.json')).toMatchObject([{RepoTags: null}])
    expect(JSON.stringify(read(documents, 'index.json'))).not.toContain('org.opencontainers.image.ref.name')
  })

  it('holds a path once that two images share', async () => {
    const {blobs, images} = buildArchive(
      [await place('ghcr.io/a/b:1', SINGLE), await place('ghcr.io/a/c:2', SINGLE)],
      AMD64,
      'containerd'
    )
    expect(blobs.map(({digest}) => digest)).toEqual(digestsOf(SINGLE))
    expect(images.map(({name}) => name)).toEqual(['ghcr.io/a/b:1', 'ghcr.io/a/c:2'])
  })

  it('refuses an image of which a layer is missing, and names the layer', async () => {
    const placed = await place('ghcr.io/a/b:1', SINGLE)
    const [layer] = SINGLE.layers
    const unavailableLayers = layer === undefined ? [] : [layer.digest]
    const platforms = placed.image.platforms.map(platform => ({...platform, unavailableLayers}))
    await expect(() => buildArchive([{...placed, image: {...placed.image, platforms}}], AMD64, 'classic')).toFailWith(
      'docker',
      {detail: expect.stringContaining(`ghcr.io/a/b:1 cannot be loaded: its layer ${String(layer?.digest)}`)}
    )
  })

  it('keeps the index of a single child', async () => {
    const lonely = makeIndex({children: [SINGLE]})
    const {images} = buildArchive([await place('ghcr.io/a/b:1', lonely)], AMD64, 'containerd')
    expect(images[0]?.ids).toEqual([SINGLE.config.digest, lonely.index.digest])
  })
})
