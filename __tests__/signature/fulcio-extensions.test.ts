// Extensions of Fulcio's certificates: raw text up to the sixth, DER after it, and what is neither.

import {describe, expect, it} from '@jest/globals'
import {readFulcioExtensions} from '../../src/signature/fulcio-extensions.ts'

const ARC = [1, 3, 6, 1, 4, 1, 57264, 1]

function read(number: number, value: Buffer, arc = ARC): string | undefined {
  return readFulcioExtensions([{id: [...arc, number], value}]).get(number)
}

function utf8(text: string, ...length: readonly number[]): Buffer {
  return Buffer.concat([Buffer.from([0x0c, ...length]), Buffer.from(text)])
}

describe('readFulcioExtensions', () => {
  it('reads text up to the sixth, and a UTF8String after it', () => {
    expect(read(6, Buffer.from('refs/heads/main'))).toBe('refs/heads/main')
    expect(read(14, utf8('refs/heads/main', 15))).toBe('refs/heads/main')
    expect(read(14, utf8('a'.repeat(200), 0x81, 200))).toBe('a'.repeat(200))
    expect(read(14, utf8('a'.repeat(300), 0x82, 1, 44))).toBe('a'.repeat(300))
  })

  it.each([
    ['a length that is too short', utf8('text', 3)],
    ['a length that is too long', utf8('text', 5)],
    ['another type', Buffer.from([0x13, 1, 0x61])],
    ['a length of more bytes than there are', Buffer.from([0x0c, 0x83, 1])],
    ['an indefinite length', Buffer.from([0x0c, 0x84, 0, 0, 0, 1, 0x61])],
    ['nothing', Buffer.alloc(0)]
  ])('reads nothing of %s', (_name, value) => {
    expect(read(14, value)).toBeUndefined()
  })

  it('reads no extension of another arc', () => {
    expect(read(14, utf8('text', 4), [1, 3, 6, 1, 4, 1, 57264, 2])).toBeUndefined()
    expect(readFulcioExtensions([{id: [...ARC, 14, 1], value: utf8('text', 4)}]).size).toBe(0)
  })
})
