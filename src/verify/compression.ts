// Recognizes the compression of a layer by its first bytes, as container engines do. The media type is only a claim.
// containerd (pkg/archive/compression) recognizes gzip and zstd, and takes everything else for a tar.

import {type LayerFormat} from '../oci/layer-format.ts'
import {fail} from '../failure/error.ts'

export type Compression = 'gzip' | 'zstd' | 'none'

/** The number of first bytes that decide. */
export const MAGIC_BYTES = 6

const MAGIC: readonly (readonly [Compression | 'bzip2' | 'xz', readonly number[]])[] = [
  ['gzip', [0x1f, 0x8b]],
  ['zstd', [0x28, 0xb5, 0x2f, 0xfd]],
  ['bzip2', [0x42, 0x5a, 0x68]],
  ['xz', [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]]
]

/** Returns the compression of bytes that begin like these. */
export function detectCompression(firstBytes: Uint8Array): Compression | 'bzip2' | 'xz' {
  const found = MAGIC.find(([, magic]) => magic.every((byte, at) => firstBytes[at] === byte))
  if (found !== undefined) return found[0]
  // A skippable frame of zstd (RFC 8878, section 3.1.2), whose first four bits are free.
  const [first = 0, ...rest] = firstBytes
  const isSkippable = first >> 4 === 5 && rest[0] === 0x2a && rest[1] === 0x4d && rest[2] === 0x18
  return isSkippable ? 'zstd' : 'none'
}

/**
 * Returns the compression. Fails with `unusable` for one that engines refuse. To be called once the digest of the bytes is known to be
 * right.
 */
export function checkCompression(actual: Compression | 'bzip2' | 'xz', {mustBeUncompressed}: LayerFormat): Compression {
  if (actual === 'bzip2' || actual === 'xz')
    return fail({
      kind: 'unusable',
      reason: 'unsupported',
      detail: `it is compressed with ${actual}, which containerd does not read`
    })
  if (mustBeUncompressed && actual !== 'none') {
    fail({
      kind: 'unusable',
      reason: 'unsupported',
      detail: `it is compressed with ${actual} under the media type of an uncompressed layer, which containerd refuses`
    })
  }
  return actual
}
