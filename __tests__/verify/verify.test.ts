// Verification swept: every byte of a small layer, config and manifest flipped, every length cut, all refused.

import {gzipSync, zstdCompressSync} from 'node:zlib'
import {describe, expect, it} from '@jest/globals'
import {type Failure} from '../../src/failure/failure.ts'
import type {RegistryResponse} from '../../src/registry/registry.ts'
import {
  createLayerVerifier,
  requireContentType,
  type VerifiedLayer,
  verifyConfig,
  verifyManifest
} from '../../src/verify/verify.ts'
import {digestOf} from '../../src/oci/digest.ts'
import type {Descriptor} from '../../src/oci/manifest.ts'
import {makeImage, makeIndex, mediaTypesOf} from '../support/images.ts'
import {VerifiedImageError} from '../../src/failure/error.ts'

const LAYER = Buffer.from('the uncompressed bytes of a small layer')
const IMAGE = makeImage()
const OCI = mediaTypesOf('oci')
const DOCKER = mediaTypesOf('docker')

function descriptorOf(bytes: Uint8Array, mediaType: string): Descriptor {
  return {
    mediaType,
    digest: digestOf(bytes),
    size: bytes.length
  }
}

function contentOf(...chunks: readonly Uint8Array[]): RegistryResponse {
  return {
    mediaType: undefined,
    digestHeader: undefined,
    contentLength: undefined,
    offset: 0,
    mayBeCutShort: false,
    // eslint-disable-next-line @typescript-eslint/require-await -- a body is read asynchronously
    body: (async function* () {
      yield* chunks
    })()
  }
}

async function failureOf(run: () => Promise<unknown>): Promise<Failure> {
  try {
    await run()
  } catch (error) {
    if (error instanceof VerifiedImageError) return error.failure
    throw error
  }
  throw new Error('it did not fail')
}

async function verifyLayer(
  bytes: Uint8Array,
  wanted: Descriptor,
  compression: 'gzip' | 'zstd' | 'none'
): Promise<VerifiedLayer> {
  const verifier = createLayerVerifier(wanted, compression, 'sha256')
  await verifier.write(bytes)
  return verifier.finish()
}

const LAYERS = [
  {compression: 'gzip', bytes: gzipSync(LAYER)},
  {compression: 'zstd', bytes: zstdCompressSync(LAYER)},
  {compression: 'none', bytes: LAYER}
] as const

function flipped(bytes: Uint8Array, at: number): Buffer {
  const copy = Buffer.from(bytes)
  copy[at] = (copy[at] ?? 0) ^ 1
  return copy
}

describe.each(LAYERS)('a layer with compression $compression', ({compression, bytes}) => {
  const wanted = descriptorOf(bytes, 'layer')

  it('has the digest of its uncompressed bytes', async () => {
    const layer = await verifyLayer(bytes, wanted, compression)
    expect(layer).toEqual({
      digest: wanted.digest,
      size: bytes.length,
      uncompressed: {diffId: digestOf(LAYER), size: LAYER.length}
    })
  })

  it('is corrupt with any byte flipped', async () => {
    for (const at of bytes.keys()) {
      expect(await failureOf(() => verifyLayer(flipped(bytes, at), wanted, compression))).toMatchObject({
        kind: 'corrupt',
        wanted: wanted.digest
      })
    }
  })

  it('is corrupt when cut at any length', async () => {
    for (const length of bytes.keys()) {
      expect(await failureOf(() => verifyLayer(bytes.subarray(0, length), wanted, compression))).toMatchObject({
        kind: 'corrupt',
        gotBytes: length
      })
    }
  })

  it('is too large with one byte more', async () => {
    const failure = await failureOf(() => verifyLayer(Buffer.concat([bytes, Buffer.of(0)]), wanted, compression))
    expect(failure).toMatchObject({kind: 'too-large', limitBytes: bytes.length})
  })
})

describe('a layer whose digest is right', () => {
  it.each([
    {name: 'is no gzip', bytes: LAYER, compression: 'gzip'},
    {name: 'is a gzip that ends early', bytes: gzipSync(LAYER).subarray(0, 30), compression: 'gzip'},
    {name: 'is no zstd', bytes: LAYER, compression: 'zstd'}
  ] as const)('is unusable when it $name', async ({bytes, compression}) => {
    const failure = await failureOf(() => verifyLayer(bytes, descriptorOf(bytes, 'layer'), compression))
    expect(failure.kind).toBe('unusable')
  })

  it.each([
    {name: 'gzip members', bytes: Buffer.concat([gzipSync(LAYER), gzipSync(LAYER)]), compression: 'gzip'},
    {name: 'zstd frames', bytes: Buffer.concat([zstdCompressSync(LAYER), zstdCompressSync(LAYER)]), compression: 'zstd'}
  ] as const)('may have several $name', async ({bytes, compression}) => {
    const layer = await verifyLayer(bytes, descriptorOf(bytes, 'layer'), compression)
    expect(layer.uncompressed).toEqual({diffId: digestOf(Buffer.concat([LAYER, LAYER])), size: 2 * LAYER.length})
  })
})

describe('verifyConfig and verifyManifest', () => {
  const {config, manifest} = IMAGE
  const sweeps = [
    {
      name: 'a config',
      bytes: IMAGE.config.bytes,
      verify: (bytes: Uint8Array) => verifyConfig(contentOf(bytes), config)
    },
    {
      name: 'a manifest',
      bytes: IMAGE.manifest.bytes,
      verify: (bytes: Uint8Array) => verifyManifest(contentOf(bytes), manifest)
    }
  ]

  it.each(sweeps)(
    'take $name as it is, and refuse it with any byte flipped or cut at any length',
    async ({bytes, verify}) => {
      expect((await verify(bytes)).digest).toBe(digestOf(bytes))
      for (const at of bytes.keys()) {
        expect(await failureOf(() => verify(flipped(bytes, at)))).toMatchObject({kind: 'corrupt'})
        expect(await failureOf(() => verify(bytes.subarray(0, at)))).toMatchObject({kind: 'corrupt', gotBytes: at})
      }
    }
  )

  it('refuse a tag whose bytes are not what Docker-Content-Digest says', async () => {
    const content = {...contentOf(IMAGE.manifest.bytes), digestHeader: IMAGE.config.digest}
    expect(await failureOf(() => verifyManifest(content, undefined))).toMatchObject({
      kind: 'corrupt',
      wanted: IMAGE.config.digest,
      got: IMAGE.manifest.digest
    })
  })

  it('ignore Docker-Content-Digest beside a known digest', async () => {
    const content = {...contentOf(IMAGE.manifest.bytes), digestHeader: IMAGE.config.digest}
    expect((await verifyManifest(content, manifest)).digest).toBe(manifest.digest)
  })

  it('take a locked tag that moved for what it is, whatever Docker-Content-Digest says', async () => {
    const moved = makeImage({layers: [{content: {seed: 1, size: 9}}]}).manifest
    const locked = IMAGE.manifest.digest
    for (const digestHeader of [undefined, locked, IMAGE.config.digest, moved.digest, 'sha256:x'])
      expect((await verifyManifest({...contentOf(moved.bytes), digestHeader}, undefined, locked)).digest).toBe(
        moved.digest
      )
  })

  it('take a locked tag whose bytes are no manifest, against the header, for damaged', async () => {
    const damaged = IMAGE.manifest.bytes.subarray(1)
    const digestHeader = IMAGE.manifest.digest
    expect(
      await failureOf(() => verifyManifest({...contentOf(damaged), digestHeader}, undefined, digestHeader))
    ).toMatchObject({kind: 'corrupt', wanted: digestHeader})
    expect(await failureOf(() => verifyManifest(contentOf(damaged), undefined, digestHeader))).toMatchObject({
      kind: 'protocol'
    })
  })

  const untyped = makeImage({
    editManifest: ({schemaVersion, config: right, layers}) => ({schemaVersion, config: right, layers})
  })

  it('read the bytes and no Content-Type', async () => {
    for (const mediaType of [undefined, 'text/html', OCI.index, DOCKER.manifest]) {
      const {document} = await verifyManifest({...contentOf(untyped.manifest.bytes), mediaType}, untyped.manifest)
      expect(document).toMatchObject({kind: 'manifest', mediaType: OCI.manifest})
    }
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
      const content = {...contentOf(bytes), mediaType}
      const manifest = await verifyManifest(content, {digest})
      const check = (): Promise<void> =>
        Promise.resolve().then(() => {
          requireContentType(content, manifest)
        })
      if (mediaType === pulled) await check()
      else expect(await failureOf(check)).toMatchObject({kind: 'protocol', isHtml: false})
    }
  })
})
