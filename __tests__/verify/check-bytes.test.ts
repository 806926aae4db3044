// Documents read into memory: of any length and in any pieces, up to their limit and not one byte more.

import {describe, expect, it} from '@jest/globals'
import {checkDigest, checkSize, readDocument} from '../../src/verify/check-bytes.ts'
import {dropBytes, type VerifiedConfig, type WithBytes} from '../../src/verify/verified.ts'
import {digestOf} from '../../src/oci/digest.ts'
import {seededBytes} from '../support/tar.ts'
import type {Failure} from '../../src/failure/failure.ts'
import {bodyOf} from '../support/memory-registry.ts'
import {responseWith} from '../support/responses.ts'
import '../support/matchers.ts'

function piecesOf(bytes: Uint8Array, size: number): readonly Uint8Array[] {
  return Array.from({length: Math.ceil(bytes.length / size)}, (_, at) => bytes.subarray(at * size, (at + 1) * size))
}

describe('readDocument', () => {
  it.each([
    {length: 0, step: 1},
    {length: 1, step: 1},
    {length: 16_384, step: 16_384},
    {length: 16_385, step: 1000},
    {length: 40_000, step: 7},
    {length: 100_000, step: 100_000},
    {length: 100_000, step: 60_000}
  ])('reads $length bytes of unknown size in pieces of $step', async ({length, step}) => {
    const bytes = seededBytes(1, length)
    for (const contentLength of [undefined, length, 10]) {
      const response = {...responseWith(...piecesOf(bytes, step)), contentLength}
      expect(Buffer.from(await readDocument(response, undefined, 100_000)).equals(bytes)).toBe(true)
    }
  })

  it('takes as much memory as it needs for a document of a known size', async () => {
    const bytes = seededBytes(1, 1000)
    for (const [size, contentLength] of [
      [1000, 4000],
      [undefined, 1000]
    ] as const) {
      const read = await readDocument({...responseWith(bytes), contentLength}, size, 4000)
      expect(read.buffer.byteLength).toBe(1000)
    }
  })

  it('takes no more memory than its limit for a document that grows', async () => {
    const bytes = seededBytes(1, 20_000)
    const read = await readDocument(responseWith(...piecesOf(bytes, 1000)), undefined, 20_000)
    expect(read.buffer.byteLength).toBe(20_000)
  })

  it('doubles its memory, so that small pieces are not copied again and again', async () => {
    const read = await readDocument(responseWith(...piecesOf(seededBytes(1, 16_400), 100)), undefined, 1_000_000)
    expect(read.buffer.byteLength).toBe(32_768)
  })

  it('refuses the first byte over its limit', async () => {
    const bytes = seededBytes(1, 11)
    await expect(readDocument(responseWith(bytes.subarray(0, 10)), undefined, 10)).resolves.toHaveLength(10)
    await expect(readDocument(responseWith(...piecesOf(bytes, 1)), undefined, 10)).toFailWith('too-large', {
      limitBytes: 10
    })
  })

  it.each([
    {name: 'fewer bytes', size: 11, mayBeCutShort: true, isTruncated: true},
    {name: 'as many bytes', size: 10, mayBeCutShort: true, isTruncated: false},
    {name: 'an unknown size', size: undefined, mayBeCutShort: true, isTruncated: false},
    {name: 'fewer bytes in a body with an end of its own', size: 11, mayBeCutShort: false, isTruncated: false}
  ])('says that a body was cut only for $name: $isTruncated', async ({size, mayBeCutShort, isTruncated}) => {
    const read = readDocument({...responseWith(seededBytes(1, 10)), mayBeCutShort}, size, 20)
    if (isTruncated) await expect(read).toFailWith('truncated', {gotBytes: 10, wantedBytes: 11})
    else await expect(read).resolves.toHaveLength(10)
  })
})

describe('checkDigest', () => {
  it.each(['sha256', 'sha512'] as const)('compares by the algorithm of the digest: %s', async algorithm => {
    const bytes = Buffer.from('a')
    const digest = digestOf(bytes, algorithm)
    expect(() => {
      checkDigest(bytes, digest, undefined, {})
    }).not.toThrow()
    await expect(() => {
      checkDigest(Buffer.from('b'), digest, 1, {})
    }).toFailWith('corrupt', {
      wanted: digest,
      got: digestOf(Buffer.from('b'), algorithm),
      wantedBytes: 1,
      gotBytes: 1,
      firstBytes: 'b'
    })
  })
})

describe('checkSize', () => {
  it('refuses right bytes of another size than their descriptor says', async () => {
    const digest = digestOf(Buffer.from('a'))
    expect(() => {
      checkSize(1, {digest, size: 1})
    }).not.toThrow()
    await expect(() => {
      checkSize(1, {digest, size: 2})
    }).toFailWith('unusable', {detail: `${digest} has 1 bytes, but its descriptor says 2`})
  })
})

describe('dropBytes', () => {
  const document = (bytes: Uint8Array): WithBytes<VerifiedConfig> =>
    ({digest: digestOf(bytes), bytes}) as unknown as WithBytes<VerifiedConfig>

  it('frees the memory that a document has for itself', () => {
    const bytes = new Uint8Array(100_000)
    expect(dropBytes(document(bytes))).not.toHaveProperty('bytes')
    expect(bytes.byteLength).toBe(0)
  })

  it('leaves memory that a document shares with others', () => {
    const bytes = new Uint8Array(200_000)
    for (const part of [bytes.subarray(10), bytes.subarray(0, 5)].map(view => Buffer.from(view.buffer, 10, 5)))
      dropBytes(document(part))
    expect(bytes.byteLength).toBe(200_000)
  })
})

describe('a document whose connection breaks', () => {
  const bytes = seededBytes(1, 100)
  const truncated: Failure = {kind: 'truncated', gotBytes: 100, wantedBytes: 101}

  it.each<{readonly size: number | undefined; readonly failure: Failure; readonly isRead: boolean}>([
    {size: 100, failure: truncated, isRead: true},
    {size: 100, failure: {kind: 'unreachable', reason: 'reset', detail: ''}, isRead: true},
    {size: 100, failure: {kind: 'protocol', detail: '', isHtml: false}, isRead: false},
    {size: 101, failure: truncated, isRead: false},
    {size: undefined, failure: truncated, isRead: false}
  ])('is read when all of it came: $size $failure.kind $isRead', async ({size, failure, isRead}) => {
    const read = readDocument({...responseWith(), body: bodyOf(bytes, failure)}, size, 200)
    if (isRead) expect(Buffer.from(await read).equals(bytes)).toBe(true)
    else await expect(read).toFailWith(failure.kind)
  })

  it('is not read when there is a bug', async () => {
    const body = (async function* () {
      yield await Promise.resolve(bytes)
      throw new TypeError('a bug')
    })()
    await expect(readDocument({...responseWith(), body}, 100, 200)).rejects.toThrow('a bug')
  })
})
