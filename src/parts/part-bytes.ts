// The bytes of one part that came, in blocks: memory is taken as they come, and given back as they are read.
// A server that sends one byte at a time gets no block for each of them.

import type {Blocks} from './part-memory.ts'

const NO_BYTES = new Uint8Array()

export class PartBytes {
  readonly #memory: Blocks
  /** In order. Those that were given back are undefined. */
  readonly #blocks: (Uint8Array | undefined)[] = []
  #length = 0
  #released = 0

  constructor(memory: Blocks) {
    this.#memory = memory
  }

  get length(): number {
    return this.#length
  }

  append(chunk: Uint8Array): void {
    const {blockBytes} = this.#memory
    for (let at = 0; at < chunk.length;) {
      const used = this.#length % blockBytes
      if (used === 0) this.#blocks.push(this.#memory.take())
      const bytes = chunk.subarray(at, at + blockBytes - used)
      this.#blocks.at(-1)?.set(bytes, used)
      this.#length += bytes.length
      at += bytes.length
    }
  }

  /** The bytes from `offset` to the end of their block, as far as they came. They are valid until they are released. */
  from(offset: number): Uint8Array {
    const {blockBytes} = this.#memory
    const at = Math.floor(offset / blockBytes)
    const end = Math.min(this.#length - at * blockBytes, blockBytes)
    return this.#blocks[at]?.subarray(offset % blockBytes, end) ?? NO_BYTES
  }

  /** Gives the blocks in front of `offset` back: nothing reads them any more. */
  release(offset: number): void {
    this.#releaseBlocks(Math.floor(offset / this.#memory.blockBytes))
  }

  /** Gives all blocks back: nothing reads or writes them any more. */
  releaseAll(): void {
    this.#releaseBlocks(this.#blocks.length)
  }

  #releaseBlocks(count: number): void {
    for (; this.#released < count; this.#released++) {
      const block = this.#blocks[this.#released]
      if (block !== undefined) this.#memory.give(block)
      this.#blocks[this.#released] = undefined
    }
  }
}
