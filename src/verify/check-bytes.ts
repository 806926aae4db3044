// The checks that manifests, configs, and layers share: the number of bytes, and their digest.
// A document is read into memory only up to its limit.

import {algorithmOf, type Digest, digestOf} from '../oci/digest.ts'
import {type Descriptor} from '../oci/manifest.ts'
import {detachBuffer} from '../http/array-buffer.ts'
import type {RegistryResponse} from '../registry/registry.ts'
import {formatBytes} from '../failure/format.ts'
import {fail} from '../failure/error.ts'
import {omitUndefined} from '../oci/omit-undefined.ts'
import {quoteFirstBytes, type ResponseOrigin} from './first-bytes.ts'

// Most manifests are smaller.
const FIRST_BUFFER_BYTES = 16 * 1024

/**
 * Reads a whole document of `size` bytes, or of any size where that is undefined. Fails with `too-large` at the first byte over
 * `maxBytes`, and with `truncated` where only the end of the connection says that the body is over.
 */
export async function readDocument(
  response: RegistryResponse,
  size: number | undefined,
  maxBytes: number
): Promise<Uint8Array> {
  checkContentLength(response, maxBytes)
  let buffer = new Uint8Array(size ?? response.contentLength ?? FIRST_BUFFER_BYTES)
  let received = 0
  for await (const chunk of response.body) {
    const end = received + chunk.length
    if (end > maxBytes) failTooLarge(maxBytes)
    if (end > buffer.length) buffer = enlarge(buffer, Math.min(maxBytes, Math.max(end, 2 * buffer.length)))
    buffer.set(chunk, received)
    received = end
  }
  if (response.mayBeCutShort && size !== undefined && received < size)
    fail({kind: 'truncated', gotBytes: received, wantedBytes: size})
  return buffer.subarray(0, received)
}

function enlarge(buffer: Uint8Array, size: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(size)
  larger.set(buffer)
  detachBuffer(buffer)
  return larger
}

/** Fails with `too-large` before a body is read whose Content-Length is over the limit. */
export function checkContentLength({contentLength}: RegistryResponse, maxBytes: number): void {
  if (contentLength !== undefined && contentLength > maxBytes) failTooLarge(maxBytes, contentLength)
}

export function failTooLarge(maxBytes: number, announcedBytes?: number): never {
  const what = announcedBytes === undefined ? 'more bytes' : `${formatBytes(announcedBytes)} announced, more`
  fail({kind: 'too-large', limitBytes: maxBytes, detail: `${what} than the limit of ${formatBytes(maxBytes)}`})
}

/** Fails with `corrupt` unless the bytes have the digest. `size` is the number that a descriptor promises, for the message. */
export function checkDigest(bytes: Uint8Array, expected: Digest, size: number | undefined, from: ResponseOrigin): void {
  const actual = digestOf(bytes, algorithmOf(expected))
  if (actual === expected) return
  failCorrupt({
    wanted: expected,
    got: actual,
    wantedBytes: size,
    gotBytes: bytes.length,
    firstBytes: quoteFirstBytes(bytes, from)
  })
}

type Mismatch = {
  readonly wanted: Digest
  readonly got: Digest
  readonly wantedBytes: number | undefined
  readonly gotBytes: number
  readonly firstBytes: string
}

export function failCorrupt(mismatch: Mismatch): never {
  fail({kind: 'corrupt', ...omitUndefined(mismatch)})
}

/** Fails with `unusable` when bytes with the right digest have another size than the descriptor promises. */
export function checkSize(actualBytes: number, {size, digest}: Pick<Descriptor, 'size' | 'digest'>): void {
  if (actualBytes === size) return
  fail({
    kind: 'unusable',
    detail: `${digest} has ${String(actualBytes)} bytes, but its descriptor says ${String(size)}`
  })
}
