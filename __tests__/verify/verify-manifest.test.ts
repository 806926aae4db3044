// Manifests: the digest decides, a header only where no digest is known, and a Content-Type only for a pull by an engine.

import {describe, expect, it} from '@jest/globals'
import {requireContentType, verifyManifest, verifyTaggedManifest} from '../../src/verify/verify-manifest.ts'
import {makeImage, makeIndex, mediaTypesOf} from '../support/images.ts'
import '../support/matchers.ts'
import {flippedAt, responseWith} from '../support/responses.ts'

const IMAGE = makeImage()
const {config, manifest} = IMAGE
const OCI = mediaTypesOf('oci')
const DOCKER = mediaTypesOf('docker')

describe('verifyManifest', () => {
  it('takes the manifest, and refuses it with any byte flipped or cut at any length', async () => {
    expect((await verifyManifest(responseWith(manifest.bytes), manifest)).digest).toBe(manifest.digest)
    for (const at of manifest.bytes.keys()) {
      await expect(verifyManifest(responseWith(flippedAt(manifest.bytes, at)), manifest)).toFailWith('corrupt')
      const cut = responseWith(manifest.bytes.subarray(0, at))
      await expect(verifyManifest(cut, manifest)).toFailWith('corrupt', {gotBytes: at})
    }
  })

  it('ignores Docker-Content-Digest beside a known digest', async () => {
    const response = {...responseWith(manifest.bytes), digestHeader: config.digest}
    expect((await verifyManifest(response, manifest)).digest).toBe(manifest.digest)
  })

  it('reads the bytes and ignores the Content-Type', async () => {
    const untyped = makeImage({
      editManifest: ({schemaVersion, config: right, layers}) => ({schemaVersion, config: right, layers})
    })
    for (const mediaType of [undefined, 'text/html', OCI.index, DOCKER.manifest]) {
      const response = {...responseWith(untyped.manifest.bytes), mediaType}
      const {document} = await verifyManifest(response, untyped.manifest)
      expect(document).toMatchObject({kind: 'manifest', mediaType: OCI.manifest})
    }
  })
})

describe('verifyTaggedManifest', () => {
  it('refuses a tag whose bytes are not those that Docker-Content-Digest names', async () => {
    const response = {...responseWith(manifest.bytes), digestHeader: config.digest}
    await expect(verifyTaggedManifest(response, undefined)).toFailWith('corrupt', {
      wanted: config.digest,
      got: manifest.digest
    })
  })

  it('takes another manifest under a locked tag for a moved tag, whatever Docker-Content-Digest says', async () => {
    const moved = makeImage({layers: [{content: {seed: 1, size: 9}}]}).manifest
    const locked = manifest.digest
    for (const digestHeader of [undefined, locked, config.digest, moved.digest, 'sha256:x']) {
      const response = {...responseWith(moved.bytes), digestHeader}
      expect((await verifyTaggedManifest(response, locked)).digest).toBe(moved.digest)
    }
  })

  it('takes bytes that are not a manifest, under a locked tag and against the header, for damaged', async () => {
    const damaged = manifest.bytes.subarray(1)
    const locked = manifest.digest
    const response = {...responseWith(damaged), digestHeader: locked}
    await expect(verifyTaggedManifest(response, locked)).toFailWith('corrupt', {wanted: locked})
    await expect(verifyTaggedManifest(responseWith(damaged), locked)).toFailWith('protocol')
  })

  it('takes a web page without a digest for a response of another server, also after line breaks', async () => {
    const page = Buffer.from('\r\n  <!DOCTYPE html><title>Log in</title>')
    await expect(verifyTaggedManifest(responseWith(page), undefined)).toFailWith('protocol', {isHtml: true})
  })
})

// Tried with Docker Engine 26 (both image stores) and skopeo 1.9 against a registry that serves each document under each type.
describe('requireContentType', () => {
  const plain = (right: object): object =>
    Object.fromEntries(Object.entries(right).filter(([key]) => key !== 'mediaType'))
  const documents = {
    'an OCI manifest': makeImage().manifest,
    'a Docker manifest': makeImage({mediaTypes: 'docker'}).manifest,
    'a manifest without a type': makeImage({editManifest: plain}).manifest,
    'an OCI index': makeIndex({children: [IMAGE]}).index,
    'a Docker list': makeIndex({children: [IMAGE], mediaTypes: 'docker'}).index,
    'an index without a type': makeIndex({children: [IMAGE], editIndex: plain}).index
  }
  const TYPES = [OCI.manifest, DOCKER.manifest, OCI.index, DOCKER.index]
  const OTHERS = [undefined, '', 'text/html', 'text/plain', 'application/json', 'application/octet-stream']

  it.each([
    {name: 'an OCI manifest', pulled: OCI.manifest},
    {name: 'a Docker manifest', pulled: DOCKER.manifest},
    {name: 'a manifest without a type', pulled: OCI.manifest},
    {name: 'an OCI index', pulled: OCI.index},
    {name: 'a Docker list', pulled: DOCKER.index},
    {name: 'an index without a type', pulled: OCI.index}
  ] as const)('lets $name come as $pulled, and as nothing else', async ({name, pulled}) => {
    const {bytes, digest} = documents[name]
    for (const mediaType of [...TYPES, ...OTHERS]) {
      const response = {...responseWith(bytes), mediaType}
      const verified = await verifyManifest(response, {digest})
      const check = (): Promise<void> =>
        Promise.resolve().then(() => {
          requireContentType(response, verified)
        })
      if (mediaType === pulled) await check()
      else await expect(check()).toFailWith('protocol', {isHtml: false})
    }
  })
})

describe('a manifest of schema 1', () => {
  const V1 = 'application/vnd.docker.distribution.manifest.v1+prettyjws'
  const old = Buffer.from('{"schemaVersion":1,"fsLayers":[]}')
  const unversioned = Buffer.from('{"name":"a/b"}')

  it.each([
    {name: 'by its fields', bytes: old, mediaType: undefined},
    {name: 'by its Content-Type', bytes: unversioned, mediaType: V1}
  ])('is refused $name, and says nothing about the digest', async ({bytes, mediaType}) => {
    const response = (): ReturnType<typeof responseWith> => ({...responseWith(bytes), mediaType})
    await expect(verifyManifest(response(), {digest: manifest.digest})).toFailWith('unusable', {
      reason: 'old-response',
      detail: expect.stringContaining(`schema 1 in response to ${manifest.digest}, which`)
    })
    await expect(verifyTaggedManifest(response(), undefined)).toFailWith('unusable', {
      reason: 'old',
      detail: expect.stringContaining('schema 1, which Docker no longer pulls')
    })
  })

  it('is not what has layers, whatever its Content-Type says', async () => {
    const response = {...responseWith(flippedAt(manifest.bytes, 5)), mediaType: V1}
    await expect(verifyManifest(response, {digest: manifest.digest})).toFailWith('corrupt')
    const right = {...responseWith(manifest.bytes), mediaType: V1}
    expect((await verifyTaggedManifest(right, undefined)).digest).toBe(manifest.digest)
  })
})

describe('what an index says of a manifest', () => {
  it('is its kind, of either family', async () => {
    const {index} = makeIndex({children: [IMAGE]})
    for (const mediaType of [OCI.manifest, DOCKER.manifest])
      expect((await verifyManifest(responseWith(manifest.bytes), {...manifest, mediaType})).digest).toBe(
        manifest.digest
      )
    for (const mediaType of [OCI.index, DOCKER.index])
      expect((await verifyManifest(responseWith(index.bytes), {...index, mediaType})).digest).toBe(index.digest)
    await expect(verifyManifest(responseWith(manifest.bytes), {...manifest, mediaType: OCI.index})).toFailWith(
      'unusable',
      {detail: expect.stringContaining('but the index says')}
    )
    await expect(verifyManifest(responseWith(index.bytes), {...index, mediaType: OCI.manifest})).toFailWith('unusable')
  })

  it('is not a thousand layers and one', async () => {
    const [layer] = IMAGE.layers
    if (layer === undefined) throw new Error('no layer was made')
    for (const count of [1000, 1001]) {
      const layers = Array.from({length: count}, () => ({mediaType: layer.mediaType, digest: layer.digest, size: 1}))
      const many = makeImage({editManifest: right => ({...right, layers})}).manifest
      const verified = verifyManifest(responseWith(many.bytes), many)
      if (count === 1000) await expect(verified).resolves.toMatchObject({digest: many.digest})
      else await expect(verified).toFailWith('unusable', {reason: 'unsupported'})
    }
  })
})
