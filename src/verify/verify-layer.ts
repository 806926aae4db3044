// Verifies layers while they stream: no byte is taken beyond the size of the descriptor, and none is kept in memory.
// The compressed bytes are hashed against the descriptor, the decompressed ones against the config's diff_id.

import {algorithmOf, createDigester, type Digest, type DigestAlgorithm} from '../oci/digest.ts'
import {type LayerFormat} from '../oci/layer-format.ts'
import {type Descriptor} from '../oci/manifest.ts'
import {type ObjectName} from '../failure/failure.ts'
import {fail} from '../failure/error.ts'
import {checkSize, failCorrupt, failTooLarge} from './check-bytes.ts'
import {openDecompressor} from './decompress.ts'
import {FIRST_BYTES, quoteFirstBytes, type ResponseOrigin} from './first-bytes.ts'
import {type VerifiedLayer} from './verified.ts'
import {type WindowMemory} from './zstd-decoder.ts'

/** Takes a layer's bytes in order. It outlives the connection that carries them, so that a broken download can resume. */
export type LayerVerifier = {
  /** Returns the number of bytes taken: the offset at which a download resumes. */
  readonly received: () => number
  /** Takes the next bytes and resolves when it can take more; the chunk must not change before that. */
  readonly write: (chunk: Uint8Array, from?: ResponseOrigin) => Promise<void> | void
  /** The digest of the bytes taken so far: two downloads that differ can be compared on the way. */
  readonly digestSoFar: () => Digest
  /** Whether as many bytes as the descriptor promises were taken. */
  readonly isComplete: () => boolean
  /** Checks the digest and size of all bytes, and resolves to what they decompress to where that was requested. */
  readonly finish: () => Promise<VerifiedLayer>
  /** Frees what it holds. */
  readonly discard: () => void
}

/**
 * Opens a verifier. With `diffIdAlgorithm`, the decompressed bytes are hashed too, with the algorithm of the config's diff_id;
 * without it, and for a layer that cannot be decompressed, `uncompressed` is undefined.
 */
export function createLayerVerifier(
  expected: Descriptor,
  format: LayerFormat,
  diffIdAlgorithm: DigestAlgorithm | undefined,
  memory?: WindowMemory
): LayerVerifier {
  const digester = createDigester(algorithmOf(expected.digest))
  const decompressor =
    diffIdAlgorithm === undefined || format.compression === 'opaque'
      ? undefined
      : openDecompressor(format, diffIdAlgorithm, memory)
  let received = 0
  let firstBytes: Uint8Array = new Uint8Array()
  let origin: ResponseOrigin = {}

  function discard(): void {
    decompressor?.discard()
  }

  return {
    received: () => received,
    digestSoFar: digester.digestSoFar,
    isComplete: () => received === expected.size,
    write: (chunk, from = {}) => {
      if (from.redirectedTo !== undefined) origin = from
      received += chunk.length
      if (received > expected.size) {
        discard()
        failTooLarge(expected.size)
      }
      digester.update(chunk)
      if (firstBytes.length < FIRST_BYTES)
        firstBytes = Buffer.concat([firstBytes, chunk.subarray(0, FIRST_BYTES - firstBytes.length)])
      return decompressor?.write(chunk)
    },
    finish: async () => {
      const digest = digester.digest()
      try {
        if (digest !== expected.digest) {
          failCorrupt({
            wanted: expected.digest,
            got: digest,
            wantedBytes: expected.size,
            gotBytes: received,
            firstBytes: quoteFirstBytes(firstBytes, origin)
          })
        }
        checkSize(received, expected)
        const decompressed = await decompressor?.finish()
        return {
          digest,
          size: received,
          uncompressed: decompressed?.kind === 'uncompressed' ? decompressed.layer : undefined,
          windowBytes: decompressed?.kind === 'window-too-large' ? decompressed.windowBytes : undefined
        } as VerifiedLayer
      } finally {
        discard()
      }
    },
    discard
  }
}

/** Fails with `unusable` when a layer decompresses to other bytes than those that the config was made for. */
export function checkDiffId({uncompressed}: VerifiedLayer, expected: Digest, object: ObjectName): void {
  if (uncompressed === undefined || uncompressed.diffId === expected) return
  fail(
    {
      kind: 'unusable',
      detail: `diff_id mismatch: the config says ${expected}, the layer decompresses to ${uncompressed.diffId}`
    },
    {object}
  )
}
