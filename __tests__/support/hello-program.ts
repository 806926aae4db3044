// The smallest program that a container can run: a static ELF file that prints a line and exits, for the CPUs of GitHub's runners.

const LOAD_ADDRESS = 0x400000
const CODE_OFFSET = 120

// write(1, text, length), exit(0)
function amd64(length: number): Buffer {
  const code = Buffer.from('b801000000bf01000000488d3500000000ba000000000f05b83c00000031ff0f05', 'hex')
  // lea rsi, [rip + the rest of the code]
  code.writeInt32LE(code.length - 17, 13)
  code.writeInt32LE(length, 18)
  return code
}

function arm64(length: number): Buffer {
  const words = [0xd2800020, 0, 0xd2800002 + length * 32, 0xd2800808, 0xd4000001, 0xd2800000, 0xd2800ba8, 0xd4000001]
  // adr x1, the rest of the code
  words[1] = 0x10000001 + ((words.length - 1) << 5)
  const code = Buffer.alloc(words.length * 4)
  for (const [at, word] of words.entries()) code.writeUInt32LE(word, at * 4)
  return code
}

/** `processor` is Node's `process.arch`: `x64` or `arm64`. */
export function helloProgramFor(processor: string, line: string): Buffer {
  const text = Buffer.from(`${line}\n`)
  const isArm = processor === 'arm64'
  const body = Buffer.concat([isArm ? arm64(text.length) : amd64(text.length), text])
  const head = Buffer.alloc(CODE_OFFSET)
  head.write('7f454c46020101', 'hex')
  head.writeUInt16LE(2, 16)
  head.writeUInt16LE(isArm ? 183 : 62, 18)
  head.writeUInt32LE(1, 20)
  head.writeBigUInt64LE(BigInt(LOAD_ADDRESS + CODE_OFFSET), 24)
  head.writeBigUInt64LE(64n, 32)
  head.writeUInt16LE(64, 52)
  head.writeUInt16LE(56, 54)
  head.writeUInt16LE(1, 56)
  head.writeUInt32LE(1, 64)
  head.writeUInt32LE(5, 68)
  head.writeBigUInt64LE(BigInt(LOAD_ADDRESS), 80)
  head.writeBigUInt64LE(BigInt(LOAD_ADDRESS), 88)
  head.writeBigUInt64LE(BigInt(CODE_OFFSET + body.length), 96)
  head.writeBigUInt64LE(BigInt(CODE_OFFSET + body.length), 104)
  head.writeBigUInt64LE(0x1000n, 112)
  return Buffer.concat([head, body])
}
