// The first bytes of the first part, as the one response has them. A server or a proxy that answers every range with the bytes of another
// one is found by them, before anything depends on its parts.

import type {Part} from './part.ts'

export class Overlap {
  readonly #bytes: number
  #kept: Uint8Array | undefined
  #length = 0

  /** `bytes`: at most a block of a part. */
  constructor(bytes: number) {
    this.#bytes = bytes
  }

  /** Keeps what a chunk of the response, which begins at `position`, has of the first part. */
  keep(chunk: Uint8Array, position: number, first: Part | undefined): void {
    if (first === undefined) return
    const from = Math.max(0, first.range.start + this.#length - position)
    const bytes = chunk.subarray(from, from + this.#bytes - this.#length)
    if (bytes.length === 0) return
    this.#kept ??= new Uint8Array(this.#bytes)
    this.#kept.set(bytes, this.#length)
    this.#length += bytes.length
  }

  /** `unknown` until both have come. */
  compare(first: Part): 'equal' | 'different' | 'unknown' {
    const theirs = first.bytesFrom(first.range.start).subarray(0, this.#bytes)
    if (this.#length < this.#bytes || theirs.length < this.#bytes) return 'unknown'
    return this.#kept !== undefined && Buffer.compare(this.#kept, theirs) === 0 ? 'equal' : 'different'
  }
}
