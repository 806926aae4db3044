// Bodies with a Content-Encoding: whichever of the bytes and their decoded form has the digest is the content.

import {brotliCompressSync, deflateSync, gzipSync, zstdCompressSync} from 'node:zlib'
import {describe, expect, it} from '@jest/globals'
import {VerifiedImageError} from '../../src/failure/error.ts'
import type {ContentCoding} from '../../src/http/decode.ts'
import {digestOf} from '../../src/oci/digest.ts'
import {decodeContent, type EncodedContent} from '../../src/registry/content-decoding.ts'
import '../support/matchers.ts'

const ENCODERS: Readonly<Record<ContentCoding, (bytes: Buffer) => Buffer>> = {
  gzip: bytes => gzipSync(bytes),
  deflate: bytes => deflateSync(bytes),
  br: bytes => brotliCompressSync(bytes),
  zstd: bytes => zstdCompressSync(bytes)
}
const CODINGS = Object.keys(ENCODERS) as readonly ContentCoding[]

const JSON_TEXT = Buffer.from('{"schemaVersion": 2}')
const TAR = Buffer.alloc(300_000, 'tar')
const LAYERS = [gzipSync(TAR), zstdCompressSync(TAR)]

type Body = Parameters<typeof decodeContent>[0]
type Source = {readonly body: Body; readonly isDiscarded: () => boolean; readonly read: () => number}

function sourceOf(
  bytes: Buffer,
  {chunk = 1000, error}: {readonly chunk?: number; readonly error?: Error} = {}
): Source {
  let isDiscarded = false
  let read = 0
  async function* generate(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < bytes.length; at += chunk) {
      read = at + chunk
      const lent = Buffer.from(bytes.subarray(at, at + chunk))
      yield await Promise.resolve(lent)
      // A chunk is only valid until the next one is requested.
      lent.fill(0)
    }
    if (error !== undefined) throw error
  }
  const generator = generate()
  const body: Body = {
    [Symbol.asyncIterator]: () => generator,
    discard: () => {
      isDiscarded = true
    }
  }
  return {body, isDiscarded: () => isDiscarded, read: () => read}
}

async function contentOf(bytes: Buffer, encoded: Partial<EncodedContent>): Promise<Buffer> {
  const source = sourceOf(bytes)
  const chunks: Uint8Array[] = []
  const all: EncodedContent = {...{codings: ['gzip'], digest: undefined, isRetry: false}, ...encoded}
  for await (const chunk of decodeContent(source.body, all)) chunks.push(Buffer.from(chunk))
  expect(source.isDiscarded()).toBe(true)
  return Buffer.concat(chunks)
}

describe('decodeContent', () => {
  describe.each(CODINGS)('with Content-Encoding %s', coding => {
    it.each([JSON_TEXT, ...LAYERS])('decodes JSON and compressed layers', async bytes => {
      const content = await contentOf(ENCODERS[coding](bytes), {codings: [coding], digest: digestOf(bytes)})
      expect(content.equals(bytes)).toBe(true)
    })

    it.each([JSON_TEXT, ...LAYERS])('leaves bytes that were not encoded', async bytes => {
      const content = await contentOf(bytes, {codings: [coding], digest: digestOf(bytes)})
      expect(content.equals(bytes)).toBe(true)
    })

    it('fails for bytes that have the digest in neither form', async () => {
      const encoded = ENCODERS[coding](JSON_TEXT)
      for (const bytes of [encoded, Buffer.from('junk'), encoded.subarray(0, -4), Buffer.alloc(0)])
        await expect(contentOf(bytes, {codings: [coding], digest: digestOf(TAR)})).toFailWith('protocol', {
          reason: 'rewritten'
        })
    })
  })

  it('decodes several codings in reverse order', async () => {
    const encoded = gzipSync(brotliCompressSync(JSON_TEXT))
    expect(await contentOf(encoded, {codings: ['br', 'gzip'], digest: digestOf(JSON_TEXT)})).toEqual(JSON_TEXT)
  })

  it('takes an encoded plain layer for a compressed one first, and decodes it in the retry', async () => {
    const encoded = gzipSync(TAR)
    for (const isRetry of [false, true]) {
      const content = await contentOf(encoded, {digest: digestOf(TAR), isRetry})
      expect(content.equals(isRetry ? TAR : encoded)).toBe(true)
    }
  })

  it('decodes a tag without a digest', async () => {
    expect(await contentOf(gzipSync(JSON_TEXT), {})).toEqual(JSON_TEXT)
    expect(await contentOf(JSON_TEXT, {})).toEqual(JSON_TEXT)
  })

  it.each([{bytes: gzipSync(JSON_TEXT)}, {bytes: LAYERS[0] ?? TAR}])(
    'passes on a broken connection',
    async ({bytes}) => {
      const error = new VerifiedImageError({kind: 'truncated', gotBytes: 1})
      const {body} = sourceOf(bytes.subarray(0, bytes.length - 4), {error})
      const read = async (): Promise<void> => {
        for await (const chunk of decodeContent(body, {codings: ['gzip'], digest: digestOf(TAR), isRetry: false}))
          expect(chunk.length).toBeGreaterThan(0)
      }
      await expect(read()).rejects.toBe(error)
    }
  )

  it('decodes no further than its reader reads', async () => {
    const bomb = gzipSync(Buffer.concat([JSON_TEXT, Buffer.alloc(100_000_000)]), {level: 1})
    const source = sourceOf(bomb)
    for await (const chunk of decodeContent(source.body, {codings: ['gzip'], digest: digestOf(TAR), isRetry: false})) {
      expect(chunk.length).toBeLessThan(1_000_000)
      break
    }
    expect(source.isDiscarded()).toBe(true)
    expect(source.read()).toBeLessThan(bomb.length)
  })

  it('ends a body that was not read', async () => {
    const source = sourceOf(JSON_TEXT)
    const content = decodeContent(source.body, {codings: ['gzip'], digest: undefined, isRetry: false})
    await content[Symbol.asyncIterator]().return?.()
    expect(source.isDiscarded()).toBe(true)
  })

  it('fails for an encoding without content, whatever its length', async () => {
    const empty = gzipSync(Buffer.alloc(0))
    const many = Buffer.concat(Array.from({length: 60_000}, () => empty))
    await expect(contentOf(many, {digest: digestOf(TAR)})).toFailWith('protocol', {reason: 'rewritten'})
  })
})
