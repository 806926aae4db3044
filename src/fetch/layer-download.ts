// The download of one layer, over as many connections as it takes: what came before a connection broke is kept, and the next
// response continues there. Bytes are verified as they come, and written to the store at the same time.

import {type DigestAlgorithm} from '../oci/digest.ts'
import {layerFormatOf} from '../oci/layer-format.ts'
import {type Descriptor} from '../oci/manifest.ts'
import type {RegistryResponse} from '../registry/registry.ts'
import {type BlobWriter} from '../store/store.ts'
import {isBrokenOff} from '../verify/check-bytes.ts'
import {type WindowMemory} from '../verify/zstd-decoder.ts'
import {type VerifiedLayer} from '../verify/verified.ts'
import {createLayerVerifier, type LayerVerifier} from '../verify/verify-layer.ts'
import {fail, VerifiedImageError} from '../failure/error.ts'
import {type DifferentRange, PartMarks} from '../parts/part-marks.ts'
import type {ReceivedRange} from '../parts/split-context.ts'
import {type LayerProgress} from './progress.ts'

export type LayerDownloadOptions = {
  readonly descriptor: Descriptor
  /** With an algorithm, the layer is decompressed too. */
  readonly diffIdAlgorithm: DigestAlgorithm | undefined
  readonly memory: WindowMemory
  /** Undefined where the bytes are not stored. */
  readonly writer: BlobWriter | undefined
  readonly progress: LayerProgress
}

export class LayerDownload {
  readonly #options: LayerDownloadOptions
  #verifier: LayerVerifier
  #marks = new PartMarks()
  #arePartsOver = false
  /** All bytes came, and their digest was wrong. */
  #isWrong = false
  /** Of the last download that was wrong. */
  #before: PartMarks | undefined
  #differs: DifferentRange | undefined

  constructor(options: LayerDownloadOptions) {
    this.#options = options
    this.#verifier = createVerifier(options)
  }

  /** The offset of the next byte to request. */
  get resumeFrom(): number {
    return this.#verifier.received()
  }

  /** Whether all bytes came. An empty layer still takes one response. */
  get isComplete(): boolean {
    return this.resumeFrom > 0 && this.#verifier.isComplete()
  }

  /** Drops what came: the next byte is the first. */
  reset(): void {
    this.#options.writer?.reset()
    this.#options.progress.reset()
    this.#verifier.discard()
    this.#verifier = createVerifier(this.#options)
    if (this.#isWrong && this.hasRanges) this.#before = this.#marks
    this.#isWrong = false
    this.#arePartsOver = false
    this.#marks = new PartMarks()
    this.#differs = undefined
  }

  /** Remembers the digest of all bytes up to the end of a range, where the next one begins. */
  mark(range: ReceivedRange): void {
    this.#marks.add(range, this.#verifier.digestSoFar())
  }

  /** A part failed. What came before it counts. */
  endParts(): void {
    this.#arePartsOver = true
  }

  /** Whether some bytes came before a part failed. */
  get arePartsOver(): boolean {
    return this.#arePartsOver
  }

  /** Whether the bytes came by more than one request. */
  get hasRanges(): boolean {
    return this.#marks.end > 0
  }

  /** The first bytes that differ from those of the download that was wrong, once all came. */
  get differs(): DifferentRange | undefined {
    if (this.#before === undefined || this.#differs !== undefined) return this.#differs
    const {end} = this.#before
    return end < this.resumeFrom ? {start: end, end: this.resumeFrom, requestIds: {}} : undefined
  }

  /** Reads a response to its end. One that starts elsewhere than at `resumeFrom` replaces what came before. */
  async receive(response: RegistryResponse, onBytes: (bytes: number) => void): Promise<void> {
    const {descriptor, progress} = this.#options
    if (response.offset !== this.resumeFrom) this.reset()
    if (response.offset > 0) this.mark({start: this.#marks.end, end: response.offset, exchange: undefined})
    try {
      for await (const chunk of response.body) {
        onBytes(chunk.length)
        progress.addBytes(chunk.length)
        await this.#write(chunk, response)
      }
    } catch (error) {
      // A Content-Length that promises more does not make the bytes wrong: their digest decides.
      if (this.#verifier.isComplete() && isBrokenOff(error)) return
      // What came was encoded on its way, and is wrong from its first byte: the next attempt must not continue it.
      if (error instanceof VerifiedImageError && error.failure.kind === 'protocol') this.reset()
      throw error
    }
    if (response.mayBeCutShort && !this.#verifier.isComplete())
      fail({kind: 'truncated', gotBytes: this.resumeFrom, wantedBytes: descriptor.size})
  }

  async #write(chunk: Uint8Array, from: RegistryResponse): Promise<void> {
    const before = this.#before
    if (before === undefined) {
      await this.#writeBlock(chunk, from)
      return
    }
    for (let at = 0; at < chunk.length;) {
      const position = this.resumeFrom
      const length = Math.min(chunk.length - at, (before.endAfter(position) ?? Infinity) - position)
      await this.#writeBlock(chunk.subarray(at, at + length), from)
      at += length
      this.#differs ??= before.differenceAt(this.resumeFrom, () => this.#verifier.digestSoFar())
    }
  }

  async #writeBlock(chunk: Uint8Array, from: RegistryResponse): Promise<void> {
    const {writer} = this.#options
    const verified = this.#verifier.write(chunk, from)
    await (writer === undefined ? verified : Promise.all([verified, writer.write(chunk)]))
  }

  async finish(): Promise<VerifiedLayer> {
    try {
      return await this.#verifier.finish()
    } catch (error) {
      this.#isWrong = error instanceof VerifiedImageError && error.failure.kind === 'corrupt'
      throw error
    }
  }

  discard(): void {
    this.#verifier.discard()
  }
}

function createVerifier({descriptor, diffIdAlgorithm, memory}: LayerDownloadOptions): LayerVerifier {
  return createLayerVerifier(descriptor, layerFormatOf(descriptor.mediaType), diffIdAlgorithm, memory)
}
