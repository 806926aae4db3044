// Decompresses a raw Snappy block (google/snappy, format_description.txt): the form in which GitHub stores attestation bundles.
// The block comes from the network. Its length is checked before memory is allocated, and every read and copy is checked.

import {invalid, type Parsed, valid} from '../oci/parsed.ts'

const NOT_SNAPPY = invalid('it is not a Snappy block')

/** The content, of at most `maxBytes`. */
export function decompressSnappy(block: Uint8Array, maxBytes: number): Parsed<Uint8Array> {
  const head = readLength(block)
  if (head === undefined) return NOT_SNAPPY
  if (head.length > maxBytes)
    return invalid(`it decompresses to ${String(head.length)} bytes, more than ${String(maxBytes)}`)
  // Not even an element of three bytes that copies 64 can make more. A header alone must not make the run allocate memory.
  if (head.length > block.length * 64) return NOT_SNAPPY
  const output = new Uint8Array(head.length)
  let at = head.end
  let filled = 0
  while (at < block.length) {
    const element = readElement(block, at)
    if (element === undefined || filled + element.length > output.length) return NOT_SNAPPY
    if (element.offset === undefined) {
      const literal = block.subarray(element.end, element.end + element.length)
      if (literal.length < element.length) return NOT_SNAPPY
      output.set(literal, filled)
      at = element.end + element.length
    } else {
      if (element.offset === 0 || element.offset > filled) return NOT_SNAPPY
      // Byte by byte: a copy may overlap what it writes.
      for (let to = filled; to < filled + element.length; to++) output[to] = output[to - element.offset] ?? 0
      at = element.end
    }
    filled += element.length
  }
  return filled === output.length ? valid(output) : NOT_SNAPPY
}

/** The length of the content, as a variable-length integer of at most 32 bits. */
function readLength(block: Uint8Array): {readonly length: number; readonly end: number} | undefined {
  let length = 0
  for (let at = 0; at < 5; at++) {
    const byte = block[at]
    if (byte === undefined) return undefined
    length += (byte & 0x7f) * 2 ** (7 * at)
    if (byte < 0x80) return length > 0xffff_ffff ? undefined : {length, end: at + 1}
  }
  return undefined
}

/** A copy of `offset` bytes back, or a literal, whose bytes begin at `end`. */
type Element = {readonly length: number; readonly offset: number | undefined; readonly end: number}

function readElement(block: Uint8Array, at: number): Element | undefined {
  const tag = block[at] ?? 0
  const value = tag >> 2
  switch (tag & 3) {
    case 0: {
      const lengthBytes = Math.max(0, value - 59)
      const length = lengthBytes === 0 ? value : readLittleEndian(block, at + 1, lengthBytes)
      return length === undefined ? undefined : {length: length + 1, offset: undefined, end: at + 1 + lengthBytes}
    }
    case 1: {
      const low = readLittleEndian(block, at + 1, 1)
      return low === undefined ? undefined : {length: (value & 7) + 4, offset: (tag >> 5) * 256 + low, end: at + 2}
    }
    default: {
      const bytes = (tag & 3) === 2 ? 2 : 4
      const offset = readLittleEndian(block, at + 1, bytes)
      return offset === undefined ? undefined : {length: value + 1, offset, end: at + 1 + bytes}
    }
  }
}

function readLittleEndian(block: Uint8Array, at: number, bytes: number): number | undefined {
  if (at + bytes > block.length) return undefined
  return Buffer.from(block.buffer, block.byteOffset, block.length).readUIntLE(at, bytes)
}
