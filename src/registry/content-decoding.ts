// What a response claims about its bytes: Content-Encoding and text/html. The client accepts identity only, but proxies encode all the
// same, and registries label content with the layer's own coding. The bytes decide, and the digest has the last word.

import {fail} from '../failure/error.ts'
import type {HttpBody} from '../http/body.ts'
import {type ContentCoding, decodeBody, DecodeError} from '../http/decode.ts'
import {derivedBody} from '../http/body.ts'
import {algorithmOf, createDigester, type Digest, digestOf} from '../oci/digest.ts'
import {isHtmlStart, MAX_ERROR_BYTES} from './response.ts'

export type EncodedContent = {
  /** In the order in which they were applied; not empty. */
  readonly codings: readonly ContentCoding[]
  /** The digest of the requested content; undefined for a tag. */
  readonly digest: Digest | undefined
  /** An earlier attempt got other bytes than these. */
  readonly isRetry: boolean
}

/**
 * The content of a body that claims to be encoded: its bytes as they are, or decoded. Ends with a `protocol` failure when they do not
 * have the digest.
 */
export function decodeContent(body: HttpBody, encoded: EncodedContent): AsyncIterable<Uint8Array> {
  return derivedBody(body, contentIn(body, encoded))
}

async function* contentIn(
  body: HttpBody,
  {codings, digest, isRetry}: EncodedContent
): AsyncGenerator<Uint8Array, undefined> {
  const recording = new Recording(body)
  const decoded = decodeBody(recording.record(), codings)
  try {
    const start = await startOf(decoded)
    const form = chooseForm(recording.start(), start)
    const isDecoded = form === 'decoded' || (form === 'ambiguous' && isRetry)
    if (isDecoded) recording.drop()
    else await decoded.return(undefined)
    const content = isDecoded ? prepend(start, decoded) : recording.replay()
    // The verifier reports corrupt bytes of an ambiguous form, and the retry takes the other form.
    const expected = form === 'ambiguous' && !isRetry ? undefined : digest
    yield* checkDigest(content, expected)
  } catch (error) {
    if (error instanceof DecodeError || error instanceof WrongDigest) rejectRewritten(codings)
    throw error
  } finally {
    body.discard()
  }
  return undefined
}

/** The first decoded chunk; undefined when there is none. A broken connection rejects. */
async function startOf(decoded: AsyncGenerator<Uint8Array>): Promise<Uint8Array | undefined> {
  try {
    const first = await decoded.next()
    return first.done === true ? undefined : first.value
  } catch (error) {
    if (error instanceof DecodeError) return undefined
    throw error
  }
}

/**
 * Content is JSON, or a layer that is mostly compressed. A plain tar has no such first bytes: under a compressed form it is the layer
 * as published, labelled with its own coding, or a plain layer that was encoded on its way.
 */
function chooseForm(raw: Uint8Array, decoded: Uint8Array | undefined): 'raw' | 'decoded' | 'ambiguous' {
  if (decoded === undefined || isJson(raw)) return 'raw'
  if (isJson(decoded) || isCompressed(decoded)) return 'decoded'
  return isCompressed(raw) ? 'ambiguous' : 'decoded'
}

function isJson(bytes: Uint8Array): boolean {
  return /^\s*\{/.test(Buffer.from(bytes.subarray(0, 64)).toString('latin1'))
}

// gzip (RFC 1952 §2.3.1), zstd and its skippable frames (RFC 8878 §3.1).
function isCompressed([first, second, third, fourth]: Uint8Array): boolean {
  if (first === 0x1f && second === 0x8b) return true
  if (first === 0x28 && second === 0xb5 && third === 0x2f && fourth === 0xfd) return true
  return first !== undefined && first >> 4 === 5 && second === 0x2a && third === 0x4d && fourth === 0x18
}

async function* prepend(first: Uint8Array | undefined, rest: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  if (first !== undefined) yield first
  yield* rest
}

class WrongDigest extends Error {}

async function* checkDigest(
  content: AsyncIterable<Uint8Array>,
  digest: Digest | undefined
): AsyncGenerator<Uint8Array> {
  if (digest === undefined) {
    yield* content
    return
  }
  const digester = createDigester(algorithmOf(digest))
  for await (const chunk of content) {
    digester.update(chunk)
    yield chunk
  }
  if (digester.digest() !== digest) throw new WrongDigest()
}

function rejectRewritten(codings: readonly ContentCoding[]): never {
  fail({
    kind: 'protocol',
    reason: 'rewritten',
    detail: `the bytes are encoded (Content-Encoding: ${codings.join(', ')}) and do not have the digest, decoded or not`,
    isHtml: false
  })
}

// A decoder has a chunk or an error after less than this: a block of zstd has at most 128 KiB (RFC 8878 §3.1.1.2).
const MAX_RECORDED_BYTES = 1024 * 1024

/** Reads a body and keeps its first bytes, so that it can be read from its start again. */
class Recording {
  readonly #iterator: AsyncIterator<Uint8Array>
  readonly #chunks: Uint8Array[] = []
  #bytes = 0
  #isKept = true
  #last: Promise<IteratorResult<Uint8Array>> | undefined

  constructor(body: AsyncIterable<Uint8Array>) {
    this.#iterator = body[Symbol.asyncIterator]()
  }

  /** The first bytes. */
  start(): Uint8Array {
    return this.#chunks[0] ?? new Uint8Array()
  }

  /** The bytes are not needed again. */
  drop(): void {
    this.#isKept = false
    this.#chunks.length = 0
  }

  async *record(): AsyncGenerator<Uint8Array> {
    for (let next = await this.#read(); next.done !== true; next = await this.#read()) yield next.value
  }

  /** The recorded bytes, then the rest of the body. */
  async *replay(): AsyncGenerator<Uint8Array> {
    // The reader of record() may have ended within a read.
    const last = await this.#last
    yield* this.#chunks
    this.drop()
    if (last?.done === true) return
    for (let next = await this.#read(); next.done !== true; next = await this.#read()) yield next.value
  }

  #read(): Promise<IteratorResult<Uint8Array>> {
    this.#last = this.#iterator.next().then(next => {
      if (next.done === true) return next
      // The memory of a chunk is reused once the next one is requested.
      const chunk = Buffer.from(next.value)
      if (this.#isKept) {
        this.#bytes += chunk.length
        if (this.#bytes > MAX_RECORDED_BYTES) throw new DecodeError('an encoded body without content')
        this.#chunks.push(chunk)
      }
      return {done: false, value: chunk}
    })
    return this.#last
  }
}

export type PageCheck = {
  /** The digest of the requested content; undefined for a tag. */
  readonly digest: Digest | undefined
  /** Describes the page for a message. */
  readonly describe: (page: Uint8Array) => string
}

/**
 * The body, unless it is an HTML page without the digest: then it ends with a `protocol` failure before its first byte.
 * Captive portals, filters and login pages answer in a registry's place. The Content-Type alone does not tell: right bytes stay right
 * under it.
 */
export async function* rejectPage(
  body: HttpBody,
  {digest, describe}: PageCheck
): AsyncGenerator<Uint8Array, undefined> {
  const iterator = body[Symbol.asyncIterator]()
  const chunks: Uint8Array[] = []
  let bytes = 0
  try {
    let next = await iterator.next()
    // A page is short. A longer body is left to its verifier.
    while (next.done !== true && bytes < MAX_ERROR_BYTES && (bytes > 0 || isHtmlStart(next.value))) {
      // The memory of a chunk is reused once the next one is requested.
      chunks.push(Buffer.from(next.value))
      bytes += next.value.length
      next = await iterator.next()
    }
    const page = Buffer.concat(chunks)
    if (bytes > 0 && next.done === true && (digest === undefined || digestOf(page, algorithmOf(digest)) !== digest))
      fail({kind: 'protocol', detail: describe(page), isHtml: true})
    yield* chunks
    for (; next.done !== true; next = await iterator.next()) yield next.value
  } finally {
    body.discard()
  }
  return undefined
}
