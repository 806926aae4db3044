// Frames of zstd that no compressor writes.

/** A frame with a window of 2^log bytes, and so many MiB of equal bytes in blocks that repeat one (RFC 8878, section 3.1.1.2.2). */
export function repeatedBlocks(log: number, mib: number): Buffer {
  const blocks = Array.from({length: mib * 8}, (_, at) => {
    const block = Buffer.alloc(4, 7)
    block.writeUIntLE((131_072 << 3) | (1 << 1) | (at === mib * 8 - 1 ? 1 : 0), 0, 3)
    return block
  })
  return Buffer.concat([Buffer.of(0x28, 0xb5, 0x2f, 0xfd, 0x00, (log - 10) << 3), ...blocks])
}
