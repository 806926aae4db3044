// Layers swept: every byte flipped and every length cut, and all of them refused.

import {gzipSync, zstdCompressSync} from 'node:zlib'
import {describe, expect, it} from '@jest/globals'
import {digestOf} from '../../src/oci/digest.ts'
import {layerFormatOf} from '../../src/oci/layer-format.ts'
import type {Descriptor} from '../../src/oci/manifest.ts'
import {type VerifiedLayer} from '../../src/verify/verified.ts'
import {createLayerVerifier} from '../../src/verify/verify-layer.ts'
import '../support/matchers.ts'
import {descriptorFor, flippedAt} from '../support/responses.ts'
import {repeatedBlocks} from '../support/zstd-frames.ts'

const LAYER = Buffer.from('the uncompressed bytes of a small layer')

const GZIP = 'application/vnd.oci.image.layer.v1.tar+gzip'

async function verifyLayer(bytes: Uint8Array, expected: Descriptor): Promise<VerifiedLayer> {
  const verifier = createLayerVerifier(expected, layerFormatOf(expected.mediaType), 'sha256')
  await verifier.write(bytes)
  return verifier.finish()
}

const LAYERS = [
  {compression: 'gzip', bytes: gzipSync(LAYER)},
  {compression: 'zstd', bytes: zstdCompressSync(LAYER)},
  {compression: 'none', bytes: LAYER}
] as const

describe.each(LAYERS)('a layer of $compression under the type of gzip', ({compression, bytes}) => {
  const expected = descriptorFor(bytes, GZIP)

  it('has the digest of its decompressed bytes', async () => {
    expect(await verifyLayer(bytes, expected)).toEqual({
      digest: expected.digest,
      size: bytes.length,
      uncompressed: {diffId: digestOf(LAYER), size: LAYER.length, compression},
      windowBytes: undefined
    })
  })

  it('is corrupt with any byte flipped', async () => {
    for (const at of bytes.keys()) {
      await expect(verifyLayer(flippedAt(bytes, at), expected)).toFailWith('corrupt', {
        wanted: expected.digest
      })
    }
  })

  it('is corrupt when it is cut at any length', async () => {
    for (const length of bytes.keys()) {
      await expect(verifyLayer(bytes.subarray(0, length), expected)).toFailWith('corrupt', {
        gotBytes: length
      })
    }
  })

  it('is too large with one more byte', async () => {
    const larger = Buffer.concat([bytes, Buffer.of(0)])
    await expect(verifyLayer(larger, expected)).toFailWith('too-large', {limitBytes: bytes.length})
  })
})

describe('a layer whose digest is right', () => {
  it('has a window and no uncompressed bytes where it needs too much memory', async () => {
    const bytes = repeatedBlocks(28, 129)
    const expected = descriptorFor(bytes, GZIP)
    expect(await verifyLayer(bytes, expected)).toEqual({
      digest: expected.digest,
      size: bytes.length,
      uncompressed: undefined,
      windowBytes: 256 * 1024 * 1024
    })
  })

  it.each([
    {name: 'a gzip stream that ends early', bytes: gzipSync(LAYER).subarray(0, 30), reason: undefined},
    {name: 'bzip2', bytes: Buffer.from('BZh91AY&SY and more'), reason: 'unsupported'},
    {name: 'xz', bytes: Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0, 1, 2]), reason: 'unsupported'}
  ])('is unusable when it is $name', async ({bytes, reason}) => {
    await expect(verifyLayer(bytes, descriptorFor(bytes, GZIP))).toFailWith('unusable', {reason})
  })

  it.each([gzipSync(LAYER), zstdCompressSync(LAYER)])(
    "is unusable when it is compressed under OCI's type for an uncompressed layer",
    async bytes => {
      const expected = descriptorFor(bytes, 'application/vnd.oci.image.layer.v1.tar')
      await expect(verifyLayer(bytes, expected)).toFailWith('unusable', {reason: 'unsupported'})
    }
  )

  it.each([
    {name: 'gzip members', bytes: Buffer.concat([gzipSync(LAYER), gzipSync(LAYER)])},
    {name: 'zstd frames', bytes: Buffer.concat([zstdCompressSync(LAYER), zstdCompressSync(LAYER)])}
  ] as const)('may have several $name', async ({bytes}) => {
    const layer = await verifyLayer(bytes, descriptorFor(bytes, GZIP))
    expect(layer.uncompressed).toMatchObject({diffId: digestOf(Buffer.concat([LAYER, LAYER])), size: 2 * LAYER.length})
  })
})
