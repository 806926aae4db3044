// Digests of the OCI image specification (descriptor.md, "Digests"): parsed once and branded.
// Only this file makes a Digest, so a Digest is safe in a path, a URL and a comparison.

import {createHash} from 'node:crypto'
import {invalid, type Parsed, valid} from './parsed.ts'

declare const brand: unique symbol
export type Digest = string & {readonly [brand]: 'Digest'}

export type DigestAlgorithm = 'sha256' | 'sha512'

// blake3 is registered too, but node:crypto cannot compute it.
const HEX_LENGTH: Readonly<Record<DigestAlgorithm, number>> = {sha256: 64, sha512: 128}

/** Parses `algorithm:hex`, with sha256 (64 digits) or sha512 (128), lower case only. */
export function parseDigest(text: string): Parsed<Digest> {
  const colon = text.indexOf(':')
  if (colon < 0) return invalid('a digest has the form algorithm:hex, such as sha256:4f5e…')
  const algorithm = text.slice(0, colon)
  const hex = text.slice(colon + 1)
  if (!isAlgorithm(algorithm)) return invalid('the algorithm of a digest is sha256 or sha512')
  const length = HEX_LENGTH[algorithm]
  if (hex.length !== length)
    return invalid(`${algorithm} has ${String(length)} hexadecimal digits, not ${String(hex.length)}`)
  if (!/^[0-9a-f]+$/.test(hex)) return invalid('the hexadecimal digits of a digest are 0-9 and a-f, lower case')
  return valid(text as Digest)
}

function isAlgorithm(text: string): text is DigestAlgorithm {
  return text === 'sha256' || text === 'sha512'
}

export function algorithmOf(digest: Digest): DigestAlgorithm {
  return digest.startsWith('sha256:') ? 'sha256' : 'sha512'
}

export function digestOf(bytes: Uint8Array, algorithm: DigestAlgorithm = 'sha256'): Digest {
  return `${algorithm}:${createHash(algorithm).update(bytes).digest('hex')}` as Digest
}

/** Computes the digest of a stream. */
export type Digester = {
  readonly update: (chunk: Uint8Array) => void
  /** The digest of what came so far. More may follow. */
  readonly digestSoFar: () => Digest
  /** Ends the stream. It is called once. */
  readonly digest: () => Digest
}

export function createDigester(algorithm: DigestAlgorithm): Digester {
  const hash = createHash(algorithm)
  return {
    update: chunk => {
      hash.update(chunk)
    },
    digestSoFar: () => `${algorithm}:${hash.copy().digest('hex')}` as Digest,
    digest: () => `${algorithm}:${hash.digest('hex')}` as Digest
  }
}
