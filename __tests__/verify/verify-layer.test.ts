// Layers swept: every byte flipped and every length cut, and all of them refused.

import {constants, gzipSync, zstdCompressSync} from 'node:zlib'
import {describe, expect, it} from '@jest/globals'
import {createSemaphore} from '../../src/concurrency/semaphore.ts'
import {seededBytes} from '../support/tar.ts'
import {type Digest, digestOf} from '../../src/oci/digest.ts'
import type {Descriptor} from '../../src/oci/manifest.ts'
import {type VerifiedLayer} from '../../src/verify/verified.ts'
import {checkDiffId, createLayerVerifier} from '../../src/verify/verify-layer.ts'
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

describe('createLayerVerifier', () => {
  const bytes = gzipSync(LAYER)
  const expected = descriptorFor(bytes, 'layer')

  it('counts what it took, and is complete with the last byte', async () => {
    const verifier = createLayerVerifier(expected, 'gzip', 'sha256')
    expect([verifier.received(), verifier.isComplete()]).toEqual([0, false])
    await verifier.write(bytes.subarray(0, -1))
    expect([verifier.received(), verifier.isComplete()]).toEqual([bytes.length - 1, false])
    await verifier.write(bytes.subarray(-1))
    expect([verifier.received(), verifier.isComplete()]).toEqual([bytes.length, true])
    expect((await verifier.finish()).size).toBe(bytes.length)
  })

  it.each([
    {name: 'no algorithm is asked for', compression: 'gzip', algorithm: undefined},
    {name: 'nothing can decompress it', compression: 'opaque', algorithm: 'sha256'}
  ] as const)('does not decompress where $name', async ({compression, algorithm}) => {
    const verifier = createLayerVerifier(expected, compression, algorithm)
    await verifier.write(bytes)
    expect(await verifier.finish()).toEqual({digest: expected.digest, size: bytes.length, uncompressed: undefined})
  })

  it('quotes the first bytes of all pieces, where the registry sent them', async () => {
    const wrong = Buffer.from('a'.repeat(60) + 'b'.repeat(60))
    const verifier = createLayerVerifier({...expected, size: wrong.length}, 'none', undefined)
    for (let at = 0; at < wrong.length; at += 7) await verifier.write(wrong.subarray(at, at + 7))
    await expect(verifier.finish()).toFailWith('corrupt', {
      wanted: expected.digest,
      got: digestOf(wrong),
      wantedBytes: 120,
      gotBytes: 120,
      firstBytes: 'a'.repeat(60) + 'b'.repeat(36)
    })
  })

  it('holds no more of its first bytes than are quoted, whatever the size of its pieces', async () => {
    const wrong = Buffer.from(`${'a'.repeat(90)}${'b'.repeat(200)}`)
    const verifier = createLayerVerifier({...expected, size: wrong.length}, 'none', undefined)
    await verifier.write(wrong.subarray(0, 90))
    await verifier.write(wrong.subarray(90))
    await expect(verifier.finish()).toFailWith('corrupt', {firstBytes: `${'a'.repeat(90)}bbbbbb`})
  })

  it.each(['finish', 'discard', 'a byte too many'] as const)('gives the memory of a window back: %s', async end => {
    const content = seededBytes(1, 1_200_000)
    const zstd = zstdCompressSync(content, {params: {[constants.ZSTD_c_contentSizeFlag]: 0}})
    const {signal} = new AbortController()
    const windows = createSemaphore(1)
    const memory = {windows, signal}
    const verifier = createLayerVerifier({...descriptorFor(zstd, 'layer'), size: 1000}, 'zstd', 'sha256', memory)
    await verifier.write(zstd.subarray(0, 1000))
    if (end === 'finish') await expect(verifier.finish()).toFailWith('corrupt')
    else if (end === 'discard') verifier.discard()
    else await expect(() => verifier.write(Buffer.alloc(1))).toFailWith('too-large')
    await expect(windows.acquire(1, signal)).resolves.toBeInstanceOf(Function)
  })

  it('quotes nothing once a part has come from another host', async () => {
    const verifier = createLayerVerifier({...expected, size: 4}, 'none', undefined)
    await verifier.write(Buffer.from('ab'), {redirectedTo: 'storage.example.com'})
    await verifier.write(Buffer.from('cd'), {})
    await expect(verifier.finish()).toFailWith('corrupt', {firstBytes: expect.stringMatching(/^\(text; not shown/)})
  })

  it('refuses right bytes of another size than their descriptor says', async () => {
    const verifier = createLayerVerifier({...expected, size: bytes.length + 1}, 'gzip', 'sha256')
    await verifier.write(bytes)
    await expect(verifier.finish()).toFailWith('unusable', {
      detail: expect.stringContaining(`its descriptor says ${String(bytes.length + 1)}`)
    })
  })
})

describe('checkDiffId', () => {
  const layer = (diffId: Digest | undefined): VerifiedLayer =>
    ({uncompressed: diffId === undefined ? undefined : {diffId, size: 1}}) as unknown as VerifiedLayer
  const [right, wrong] = [digestOf(Buffer.from('a')), digestOf(Buffer.from('b'))]

  it('refuses a layer that decompresses to other bytes, and names the layer', async () => {
    await expect(() => {
      checkDiffId(layer(wrong), right, 'layer[1]')
    }).toFailWith('unusable', {object: 'layer[1]', detail: expect.stringContaining('diff_id mismatch')})
  })

  it.each([right, undefined])('takes one that decompresses to %s', diffId => {
    expect(() => {
      checkDiffId(layer(diffId), right, 'layer[1]')
    }).not.toThrow()
  })
})
