// Tar archives (POSIX ustar) of plain files, and content for them. The bytes are always the same, so that digests are constants.

const BLOCK = 512

function octal(value: number, width: number): string {
  return `${value.toString(8).padStart(width - 1, '0')}\0`
}

export function tarHeaderOf(path: string, size: number): Buffer {
  if (Buffer.byteLength(path) > 100) throw new Error(`a path in a test's layer has at most 100 bytes: ${path}`)
  const header = Buffer.alloc(BLOCK)
  header.write(path, 0)
  header.write(octal(0o755, 8), 100)
  header.write(octal(0, 8), 108)
  header.write(octal(0, 8), 116)
  header.write(octal(size, 12), 124)
  header.write(octal(0, 12), 136)
  header.write('        ', 148)
  header.write('0', 156)
  header.write('ustar\x0000', 257, 'latin1')
  const sum = header.reduce((total, byte) => total + byte, 0)
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  return header
}

/** All files are executable, belong to root, and have the date 0. */
export function tarOf(files: Readonly<Record<string, string | Uint8Array>>): Buffer {
  const parts: Buffer[] = []
  for (const [path, contents] of Object.entries(files)) {
    const bytes = Buffer.from(contents)
    parts.push(tarHeaderOf(path, bytes.length), bytes, Buffer.alloc((BLOCK - (bytes.length % BLOCK)) % BLOCK))
  }
  return Buffer.concat([...parts, Buffer.alloc(2 * BLOCK)])
}

/** Letters a to p from a xorshift generator: four random bits per byte, so that they compress to about half. */
export function seededBytes(seed: number, size: number): Buffer {
  const words = new Uint32Array(Math.ceil(size / 4))
  let state = (seed ^ 0x9e3779b9) >>> 0 || 1
  for (let at = 0; at < words.length; at += 1) {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    words[at] = 0x61616161 + (state & 0x0f0f0f0f)
  }
  return Buffer.from(words.buffer, 0, size)
}
