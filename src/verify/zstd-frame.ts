// Reads the structure of zstd frames (RFC 8878, section 3.1): how much memory a frame needs, and where it ends.
// Nothing is decompressed here.

export type FrameStart =
  | {readonly kind: 'incomplete'}
  | {readonly kind: 'unknown'}
  /** A frame without content; `length` includes its header. */
  | {readonly kind: 'skippable'; readonly length: number}
  | {
      readonly kind: 'frame'
      readonly headerLength: number
      /** The memory of the decoder: the window, or all of the content where that is smaller. */
      readonly memoryBytes: number
      readonly hasChecksum: boolean
    }

const MAGIC = 0xfd2fb528
const SKIPPABLE_MAGIC = 0x184d2a5
const DICTIONARY_ID_BYTES = [0, 1, 2, 4]

/** Reads the start of a frame. A header has at most 18 bytes. */
export function readFrameStart(bytes: Uint8Array): FrameStart {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes.length < 5) return {kind: 'incomplete'}
  const magic = view.getUint32(0, true)
  if (magic >>> 4 === SKIPPABLE_MAGIC)
    return bytes.length < 8 ? {kind: 'incomplete'} : {kind: 'skippable', length: 8 + view.getUint32(4, true)}
  if (magic !== MAGIC) return {kind: 'unknown'}
  const descriptor = view.getUint8(4)
  const isSingleSegment = (descriptor & 0x20) !== 0
  const sizeFlag = descriptor >> 6
  const windowAt = 5
  const sizeAt = windowAt + (isSingleSegment ? 0 : 1) + (DICTIONARY_ID_BYTES[descriptor & 3] ?? 0)
  const sizeBytes = sizeFlag === 0 ? (isSingleSegment ? 1 : 0) : 1 << sizeFlag
  const headerLength = sizeAt + sizeBytes
  if (bytes.length < headerLength) return {kind: 'incomplete'}
  const contentBytes = readContentSize(view, sizeAt, sizeBytes)
  const windowBytes = isSingleSegment ? Infinity : readWindow(view.getUint8(windowAt))
  return {
    kind: 'frame',
    headerLength,
    memoryBytes: Math.min(windowBytes, contentBytes),
    hasChecksum: (descriptor & 4) !== 0
  }
}

function readContentSize(view: DataView, at: number, length: number): number {
  if (length === 1) return view.getUint8(at)
  if (length === 2) return view.getUint16(at, true) + 256
  if (length === 4) return view.getUint32(at, true)
  return length === 8 ? Number(view.getBigUint64(at, true)) : Infinity
}

function readWindow(descriptor: number): number {
  const base = 2 ** (10 + (descriptor >> 3))
  return base + (base / 8) * (descriptor & 7)
}

/** Walks over the blocks after a frame's header. */
export type BlockWalker = {
  /** Returns how many of these bytes, which follow those of the last call, belong to the frame. */
  readonly walk: (bytes: Uint8Array) => number
  readonly isDone: () => boolean
  /** Returns the number of blocks that have started; each holds at most 128 KiB of content. */
  readonly blocks: () => number
}

const BLOCK_HEADER_BYTES = 3
const CHECKSUM_BYTES = 4
const RLE = 1

export function createBlockWalker(hasChecksum: boolean): BlockWalker {
  let header: number[] = []
  // Bytes of the current block, or of the checksum, that are missing.
  let left = 0
  let blocks = 0
  let phase: 'header' | 'block' | 'last block' | 'checksum' | 'done' = 'header'

  function startBlock(): void {
    const [low = 0, middle = 0, high = 0] = header
    const value = low | (middle << 8) | (high << 16)
    header = []
    blocks++
    left = ((value >> 1) & 3) === RLE ? 1 : value >> 3
    phase = (value & 1) === 1 ? 'last block' : 'block'
  }

  function endPart(): void {
    if (phase === 'block') phase = 'header'
    else if (phase === 'last block' && hasChecksum) {
      phase = 'checksum'
      left = CHECKSUM_BYTES
    } else phase = 'done'
  }

  return {
    isDone: () => phase === 'done',
    blocks: () => blocks,
    walk: bytes => {
      let at = 0
      while (phase !== 'done') {
        if (phase === 'header') {
          const byte = bytes[at]
          if (byte === undefined) return at
          header.push(byte)
          at++
          if (header.length === BLOCK_HEADER_BYTES) startBlock()
        } else {
          const step = Math.min(left, bytes.length - at)
          at += step
          left -= step
          if (left > 0) return at
          endPart()
        }
      }
      return at
    }
  }
}
