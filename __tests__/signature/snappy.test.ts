// Raw Snappy blocks: what the format description defines, and blocks that lie.

import {describe, expect, it} from '@jest/globals'
import fc from 'fast-check'
import {decompressSnappy} from '../../src/signature/snappy.ts'
import {snappyOf} from '../support/signed-registry.ts'

const MOST = 1 << 20

function text(...block: readonly number[]): string | undefined {
  const result = decompressSnappy(Uint8Array.from(block), MOST)
  return result.ok ? Buffer.from(result.value).toString('latin1') : undefined
}

describe('decompressSnappy', () => {
  it.each<readonly [string, readonly number[], string]>([
    ['nothing', [0], ''],
    ['a literal', [3, 0x08, 97, 98, 99], 'abc'],
    ['a copy with one byte of offset', [7, 0x08, 97, 98, 99, 0x01, 3], 'abcabca'],
    ['a copy that overlaps what it writes', [6, 0x00, 97, 0x05, 1], 'aaaaaa'],
    ['a copy with two bytes of offset', [6, 0x08, 97, 98, 99, 0x0a, 3, 0], 'abcabc'],
    ['a copy with four bytes of offset', [6, 0x08, 97, 98, 99, 0x0b, 3, 0, 0, 0], 'abcabc'],
    ['a literal with its length in one byte', [3, 0xf0, 2, 97, 98, 99], 'abc'],
    ['a literal with its length in two bytes', [3, 0xf4, 2, 0, 97, 98, 99], 'abc']
  ])('reads %s', (_name, block, expected) => {
    expect(text(...block)).toBe(expected)
  })

  it.each<readonly [string, readonly number[]]>([
    ['no bytes', []],
    ['a length that does not end', [0x80, 0x80]],
    ['a length of more than 32 bits', [0xff, 0xff, 0xff, 0xff, 0xff, 0x01]],
    ['a length of more bytes than elements make', [100, 0x08, 97, 98, 99]],
    ['fewer bytes than the literal', [3, 0x08, 97]],
    ['more bytes than the length', [2, 0x08, 97, 98, 99]],
    ['fewer bytes than the length', [4, 0x08, 97, 98, 99]],
    ['an offset of 0', [7, 0x08, 97, 98, 99, 0x01, 0]],
    ['an offset before the start', [7, 0x08, 97, 98, 99, 0x01, 4]],
    ['an offset that is cut', [7, 0x08, 97, 98, 99, 0x0a, 3]],
    ['a copy without anything before', [4, 0x01, 1]]
  ])('refuses %s', (_name, block) => {
    expect(text(...block)).toBeUndefined()
  })

  it('does not allocate what the header claims', () => {
    expect(decompressSnappy(Uint8Array.from([0xff, 0xff, 0x3f, 0x00, 97]), MOST).ok).toBe(false)
    expect(decompressSnappy(Uint8Array.from([0xff, 0xff, 0xff, 0xff, 0x0f, 0x00, 97]), 2 ** 40).ok).toBe(false)
  })

  it('reads what the tests write', () => {
    fc.assert(
      fc.property(fc.uint8Array({maxLength: 500}), bytes => {
        const result = decompressSnappy(snappyOf(bytes), MOST)
        expect(result.ok && Buffer.from(result.value).equals(bytes)).toBe(true)
      })
    )
  })

  it('throws for no bytes at all', () => {
    fc.assert(
      fc.property(fc.uint8Array({maxLength: 200}), bytes => {
        expect(() => decompressSnappy(bytes, 1000)).not.toThrow()
      })
    )
  })
})
