// Responses of a registry with given bytes, and bytes with one fault, for the tests of the room that verifies.
// Headers are absent unless a test sets them.

import type {RegistryResponse} from '../../src/registry/registry.ts'
import {digestOf} from '../../src/oci/digest.ts'
import type {Descriptor} from '../../src/oci/manifest.ts'

export function responseWith(...chunks: readonly Uint8Array[]): RegistryResponse {
  return {
    mediaType: undefined,
    digestHeader: undefined,
    contentLength: undefined,
    offset: 0,
    mayBeCutShort: false,
    acceptsRanges: false,
    // eslint-disable-next-line @typescript-eslint/require-await -- a body is read asynchronously
    body: (async function* () {
      yield* chunks
    })()
  }
}

export function descriptorFor(bytes: Uint8Array, mediaType: string): Descriptor {
  return {mediaType, digest: digestOf(bytes), size: bytes.length}
}

/** The bytes with the lowest bit of one of them flipped. */
export function flippedAt(bytes: Uint8Array, at: number): Buffer {
  const copy = Buffer.from(bytes)
  copy[at] = (copy[at] ?? 0) ^ 1
  return copy
}
