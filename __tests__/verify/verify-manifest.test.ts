// Manifests: the digest decides, a header only where no digest is known, and a Content-Type only for a pull by an engine.

import {describe, expect, it} from '@jest/globals'
import {
  MAX_MANIFEST_BYTES,
  requireContentType,
  verifyManifest,
  verifyTaggedManifest
} from '../../src/verify/verify-manifest.ts'
import {digestOf} from '../../src/oci/digest.ts'
import type {FailureKind} from '../../src/failure/failure.ts'
import type {RegistryResponse} from '../../src/registry/registry.ts'
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

  it('refuses another size than the index says, and a size over the limit before anything is held', async () => {
    const {digest} = manifest
    const size = manifest.bytes.length
    await expect(verifyManifest(responseWith(manifest.bytes), {digest, size: size + 1})).toFailWith('unusable')
    await expect(verifyManifest(responseWith(manifest.bytes), {digest, size: size - 1})).toFailWith('too-large', {
      limitBytes: size - 1
    })
    for (const wanted of [undefined, MAX_MANIFEST_BYTES + 1]) {
      const response = {...responseWith(), contentLength: MAX_MANIFEST_BYTES + 1}
      await expect(verifyManifest(response, {digest, ...(wanted && {size: wanted})})).toFailWith('too-large', {
        limitBytes: 4_194_304
      })
    }
  })

  it('refuses another media type than the index says', async () => {
    const {digest} = manifest
    const response = (): RegistryResponse => responseWith(manifest.bytes)
    expect((await verifyManifest(response(), {digest, mediaType: OCI.manifest})).digest).toBe(digest)
    await expect(verifyManifest(response(), {digest, mediaType: DOCKER.manifest})).toFailWith('unusable', {
      detail: `its media type is ${OCI.manifest}, but the index says ${DOCKER.manifest} (${digest})`
    })
  })

  it('refuses what is not a manifest, and names its digest', async () => {
    const bytes = Buffer.from('{"schemaVersion":2}')
    const digest = digestOf(bytes)
    await expect(verifyManifest(responseWith(bytes), {digest})).toFailWith('unusable', {
      detail: `config is missing, not a descriptor (${digest})`
    })
  })

  it.each([1000, 1001])('takes no more than 1000 layers: %i', async count => {
    const [layer] = IMAGE.layers
    const {mediaType, digest, size} = layer ?? config
    const many = makeImage({
      editManifest: right => ({...right, layers: Array.from({length: count}, () => ({mediaType, digest, size}))})
    }).manifest
    const verified = verifyManifest(responseWith(many.bytes), {digest: many.digest})
    if (count === 1000) await expect(verified).resolves.toMatchObject({digest: many.digest})
    else
      await expect(verified).toFailWith('unusable', {
        detail: 'it has 1001 layers, and the limit is 1000; no engine runs an image with more than 500'
      })
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

  it.each(['sha256', 'sha512'] as const)('brands a tag with the digest that is known: %s', async algorithm => {
    const known = digestOf(manifest.bytes, algorithm)
    const named = {...responseWith(manifest.bytes), digestHeader: known}
    expect((await verifyTaggedManifest(named, undefined)).digest).toBe(known)
    expect((await verifyTaggedManifest(responseWith(manifest.bytes), known)).digest).toBe(known)
    expect((await verifyTaggedManifest(responseWith(manifest.bytes), undefined)).digest).toBe(manifest.digest)
    expect((await verifyTaggedManifest(responseWith(manifest.bytes), undefined)).size).toBe(manifest.bytes.length)
  })

  it.each([
    {name: 'a list', text: '[]', failure: {kind: 'protocol', isHtml: false, detail: 'the response is not JSON: []'}},
    {
      name: 'JSON of something else',
      text: '{"a":1}',
      failure: {kind: 'protocol', isHtml: false, detail: 'the response is not a manifest: {"a":1}'}
    },
    {
      name: 'an error that says so',
      text: '{"errors":[{"code":"TOOMANYREQUESTS"}]}',
      failure: {kind: 'throttled', status: 200, detail: '{"errors":[{"code":"TOOMANYREQUESTS"}]}'}
    },
    {
      name: 'a manifest of another kind',
      text: '{"schemaVersion":1}',
      failure: {kind: 'unusable', detail: expect.stringContaining('schema 1')}
    }
  ])('tells $name from a manifest', async ({text, failure: {kind, ...fields}}) => {
    await expect(verifyTaggedManifest(responseWith(Buffer.from(text)), undefined)).toFailWith(
      kind as FailureKind,
      fields
    )
  })

  it('believes no sha512 header about bytes that are not a manifest, under a locked tag', async () => {
    const page = Buffer.from('<html>')
    const response = {...responseWith(page), digestHeader: digestOf(Buffer.from('x'), 'sha512')}
    await expect(verifyTaggedManifest(response, manifest.digest)).toFailWith('protocol', {isHtml: true})
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
      else
        await expect(check()).toFailWith('protocol', {
          isHtml: false,
          detail: expect.stringContaining(`got ${mediaType === undefined ? 'none' : `"${mediaType}"`}; Docker`)
        })
    }
  })
})
