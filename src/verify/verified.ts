// The types of verified content. Each carries a brand, and only this room casts to it: a value of these types was counted and
// hashed against a digest that was known before its bytes came.

import {type Digest} from '../oci/digest.ts'
import {type ImageConfig, type ImageIndex, type ImageManifest} from '../oci/manifest.ts'
import {type UncompressedLayer} from '../store/store.ts'
import {detachBuffer, ownsItsMemory} from '../http/array-buffer.ts'

declare const verified: unique symbol
type Verified = {readonly [verified]: true}

export type VerifiedManifest = Verified & {
  readonly digest: Digest
  readonly size: number
  readonly document: ImageManifest | ImageIndex
}

export type VerifiedConfig = Verified & {
  readonly digest: Digest
  readonly config: ImageConfig
}

export type VerifiedLayer = Verified & {
  readonly digest: Digest
  readonly size: number
  /** Undefined when the layer was not decompressed. */
  readonly uncompressed: UncompressedLayer | undefined
}

/** A verified document with its bytes. The caller stores them, if at all, and drops them before it fetches the next document. */
export type WithBytes<T> = T & {readonly bytes: Uint8Array}

/** Returns the document without its bytes and frees their memory now, not at the next garbage collection. */
export function dropBytes<T extends object>({bytes, ...document}: WithBytes<T>): T {
  if (ownsItsMemory(bytes)) detachBuffer(bytes)
  return document as unknown as T
}
