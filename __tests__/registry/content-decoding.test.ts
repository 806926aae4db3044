// Bodies with a Content-Encoding: whichever of the bytes and their decoded form has the digest is the content.

import {randomBytes} from 'node:crypto'
import {brotliCompressSync, deflateSync, gzipSync, zstdCompressSync} from 'node:zlib'
import {describe, expect, it} from '@jest/globals'
import {VerifiedImageError} from '../../src/failure/error.ts'
import type {ContentCoding} from '../../src/http/decode.ts'
import {digestOf} from '../../src/oci/digest.ts'
import {decodeContent, type EncodedContent, rejectPage} from '../../src/registry/content-decoding.ts'
import {MAX_ERROR_BYTES} from '../../src/registry/response.ts'
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
          reason: 'rewritten',
          isHtml: false
        })
    })
  })

  // A layer of the eStargz or zstd:chunked kind may begin with a skippable frame (RFC 8878 §3.1.2).
  it.each([
    {name: 'gzip', start: [0x1f, 0x8b, 0, 0]},
    {name: 'zstd', start: [0x28, 0xb5, 0x2f, 0xfd]},
    {name: 'the first skippable frame', start: [0x50, 0x2a, 0x4d, 0x18]},
    {name: 'the last skippable frame', start: [0x5f, 0x2a, 0x4d, 0x18]}
  ])('decodes what begins like $name at once', async ({start}) => {
    const layer = Buffer.concat([Buffer.from(start), TAR])
    const content = await contentOf(gzipSync(layer), {digest: digestOf(layer)})
    expect(content.equals(layer)).toBe(true)
  })

  it.each([
    [0x1f, 0x8c, 0, 0],
    [0x1e, 0x8b, 0, 0],
    [0x29, 0xb5, 0x2f, 0xfd],
    [0x28, 0xb4, 0x2f, 0xfd],
    [0x28, 0xb5, 0x2e, 0xfd],
    [0x28, 0xb5, 0x2f, 0xfc],
    [0x4f, 0x2a, 0x4d, 0x18],
    [0x60, 0x2a, 0x4d, 0x18],
    [0x50, 0x2b, 0x4d, 0x18],
    [0x50, 0x29, 0x4d, 0x18],
    [0x50, 0x2a, 0x4e, 0x18],
    [0x50, 0x2a, 0x4c, 0x18],
    [0x50, 0x2a, 0x4d, 0x19],
    [0x50, 0x2a, 0x4d, 0x17]
  ])('takes what does not, %j, for a plain layer that may be published as it is', async (...start) => {
    const encoded = gzipSync(Buffer.concat([Buffer.from(start), TAR]))
    expect((await contentOf(encoded, {digest: digestOf(encoded)})).equals(encoded)).toBe(true)
  })

  it('hands on long bodies in either form, whole and in order', async () => {
    // Incompressible, and longer than what is kept to read a body again.
    const long = Buffer.concat([JSON_TEXT, randomBytes(1_500_000)])
    for (const bytes of [long, gzipSync(long)])
      expect((await contentOf(bytes, {digest: digestOf(long)})).equals(long)).toBe(true)
  })

  it('hands on a body in small chunks that was not encoded, in order', async () => {
    const text = Buffer.from(JSON.stringify({schemaVersion: 2, layers: Array.from({length: 200}, (_, at) => at)}))
    for (const codings of CODINGS.map(coding => [coding])) {
      const chunks: Uint8Array[] = []
      const {body} = sourceOf(text, {chunk: 7})
      for await (const chunk of decodeContent(body, {codings, digest: digestOf(text), isRetry: false}))
        chunks.push(Buffer.from(chunk))
      expect(Buffer.concat(chunks)).toEqual(text)
    }
  })

  it('reads no more than a MiB of an encoding without content', async () => {
    // A skippable frame of zstd decodes to nothing.
    const frame = Buffer.alloc(8_000_000)
    frame.writeUInt32LE(0x184d2a50, 0)
    frame.writeUInt32LE(frame.length - 8, 4)
    const source = sourceOf(frame, {chunk: 10_000})
    const content = decodeContent(source.body, {codings: ['zstd'], digest: digestOf(TAR), isRetry: false})
    await expect(content[Symbol.asyncIterator]().next()).toFailWith('protocol', {reason: 'rewritten'})
    expect(source.read()).toBeLessThan(1_200_000)
    expect(source.isDiscarded()).toBe(true)
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

  it.each<ContentCoding>(['deflate', 'br'])(
    'decodes a plain layer at once that no layer has as its coding: %s',
    async coding => {
      const content = await contentOf(ENCODERS[coding](TAR), {codings: [coding], digest: digestOf(TAR)})
      expect(content.equals(TAR)).toBe(true)
    }
  )

  it('hands on a compressed layer that was labelled with its own coding, whole, though it comes slowly', async () => {
    // Incompressible: a decoder that reads on takes bytes away.
    const layer = gzipSync(Buffer.concat([Buffer.from('tar'), randomBytes(300_000)]))
    async function* arrive(): AsyncGenerator<Uint8Array> {
      for (let at = 0; at < layer.length; at += 1000) {
        await new Promise(resolve => setImmediate(resolve))
        yield layer.subarray(at, at + 1000)
      }
    }
    const body: Body = Object.assign(arrive(), {discard: () => undefined})
    const chunks: Uint8Array[] = []
    for await (const chunk of decodeContent(body, {codings: ['gzip'], digest: digestOf(layer), isRetry: false}))
      chunks.push(Buffer.from(chunk))
    expect(Buffer.concat(chunks).equals(layer)).toBe(true)
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

describe('rejectPage', () => {
  const PAGE = Buffer.from(`<!DOCTYPE html><title>Log in</title>${'x'.repeat(3000)}`)
  type Read = {readonly content: Buffer; readonly source: Source; readonly described: readonly string[]}

  async function read(bytes: Buffer, digest = digestOf(TAR) as ReturnType<typeof digestOf> | undefined): Promise<Read> {
    const source = sourceOf(bytes)
    const described: string[] = []
    const describePage = (page: Uint8Array): string => {
      described.push(Buffer.from(page).toString())
      return `a page of ${String(page.length)} bytes`
    }
    const chunks: Uint8Array[] = []
    for await (const chunk of rejectPage(source.body, {digest, describe: describePage})) chunks.push(Buffer.from(chunk))
    expect(source.isDiscarded()).toBe(true)
    return {content: Buffer.concat(chunks), source, described}
  }

  it.each([{digest: digestOf(TAR)}, {digest: undefined}])(
    'fails for a page, and describes all of it',
    async ({digest}) => {
      const source = sourceOf(PAGE)
      const pages: string[] = []
      const content = rejectPage(source.body, {
        digest,
        describe: page => {
          pages.push(Buffer.from(page).toString())
          return 'a page'
        }
      })
      await expect(content.next()).toFailWith('protocol', {detail: 'a page', isHtml: true})
      expect(pages).toEqual([PAGE.toString()])
      expect(source.isDiscarded()).toBe(true)
    }
  )

  it('hands on a page that has the digest: the layer of an image may be one', async () => {
    const {content, described} = await read(PAGE, digestOf(PAGE))
    expect(content.equals(PAGE)).toBe(true)
    expect(described).toEqual([])
  })

  it('hands on what is a byte longer than a page', async () => {
    const bytes = Buffer.concat([PAGE, Buffer.alloc(MAX_ERROR_BYTES + 1 - PAGE.length, 'x')])
    const chunks: Uint8Array[] = []
    const {body} = sourceOf(bytes, {chunk: MAX_ERROR_BYTES})
    for await (const chunk of rejectPage(body, {digest: undefined, describe: () => 'a page'}))
      chunks.push(Buffer.from(chunk))
    expect(Buffer.concat(chunks).equals(bytes)).toBe(true)
  })

  it.each([
    {name: 'what is not a page', bytes: JSON_TEXT},
    {name: 'what becomes a page later', bytes: Buffer.concat([Buffer.alloc(1000, ' '), PAGE])},
    {name: 'nothing', bytes: Buffer.alloc(0)},
    {name: 'what is longer than a page, for its verifier', bytes: Buffer.concat([PAGE, randomBytes(200_000)])}
  ])('hands on $name', async ({bytes}) => {
    const {content, described} = await read(bytes, undefined)
    expect(content.equals(bytes)).toBe(true)
    expect(described).toEqual([])
  })
})
