// Layers swept: every byte flipped and every length cut, and all of them refused.

import {gzipSync, zstdCompressSync} from 'node:zlib'
import {describe, expect, it} from '@jest/globals'
import {digestOf} from '../../src/oci/digest.ts'
import type {Descriptor} from '../../src/oci/manifest.ts'
import {type VerifiedLayer} from '../../src/verify/verified.ts'
import {createLayerVerifier} from '../../src/verify/verify-layer.ts'
import '../support/matchers.ts'
import {descriptorFor, flippedAt} from '../support/responses.ts'

const LAYER = Buffer.from('the uncompressed bytes of a small layer')

async function verifyLayer(
  bytes: Uint8Array,
  expected: Descriptor,
  compression: 'gzip' | 'zstd' | 'none'
): Promise<VerifiedLayer> {
  const verifier = createLayerVerifier(expected, compression, 'sha256')
  await verifier.write(bytes)
  return verifier.finish()
}

const LAYERS = [
  {compression: 'gzip', bytes: gzipSync(LAYER)},
  {compression: 'zstd', bytes: zstdCompressSync(LAYER)},
  {compression: 'none', bytes: LAYER}
] as const

describe.each(LAYERS)('a layer with compression $compression', ({compression, bytes}) => {
  const expected = descriptorFor(bytes, 'layer')

  it('has the digest of its decompressed bytes', async () => {
    expect(await verifyLayer(bytes, expected, compression)).toEqual({
      digest: expected.digest,
      size: bytes.length,
      uncompressed: {diffId: digestOf(LAYER), size: LAYER.length}
    })
  })

  it('is corrupt with any byte flipped', async () => {
    for (const at of bytes.keys()) {
      await expect(verifyLayer(flippedAt(bytes, at), expected, compression)).toFailWith('corrupt', {
        wanted: expected.digest
      })
    }
  })

  it('is corrupt when it is cut at any length', async () => {
    for (const length of bytes.keys()) {
      await expect(verifyLayer(bytes.subarray(0, length), expected, compression)).toFailWith('corrupt', {
        gotBytes: length
      })
    }
  })

  it('is too large with one more byte', async () => {
    const larger = Buffer.concat([bytes, Buffer.of(0)])
    await expect(verifyLayer(larger, expected, compression)).toFailWith('too-large', {limitBytes: bytes.length})
  })
})

describe('a layer whose digest is right', () => {
  it.each([
    {name: 'is not gzip', bytes: LAYER, compression: 'gzip'},
    {name: 'is a gzip stream that ends early', bytes: gzipSync(LAYER).subarray(0, 30), compression: 'gzip'},
    {name: 'is not zstd', bytes: LAYER, compression: 'zstd'}
  ] as const)('is unusable when it $name', async ({bytes, compression}) => {
    await expect(verifyLayer(bytes, descriptorFor(bytes, 'layer'), compression)).toFailWith('unusable')
  })

  it.each([
    {name: 'gzip members', bytes: Buffer.concat([gzipSync(LAYER), gzipSync(LAYER)]), compression: 'gzip'},
    {name: 'zstd frames', bytes: Buffer.concat([zstdCompressSync(LAYER), zstdCompressSync(LAYER)]), compression: 'zstd'}
  ] as const)('may have several $name', async ({bytes, compression}) => {
    const layer = await verifyLayer(bytes, descriptorFor(bytes, 'layer'), compression)
    expect(layer.uncompressed).toEqual({diffId: digestOf(Buffer.concat([LAYER, LAYER])), size: 2 * LAYER.length})
  })
})
