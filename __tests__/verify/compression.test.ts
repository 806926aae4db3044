// The compression of a layer by its first bytes.

import {describe, expect, it} from '@jest/globals'
import {detectCompression} from '../../src/verify/compression.ts'

describe('detectCompression', () => {
  it.each([
    {bytes: [0x1f, 0x8b, 0x08], is: 'gzip'},
    {bytes: [0x28, 0xb5, 0x2f, 0xfd], is: 'zstd'},
    {bytes: [0x42, 0x5a, 0x68], is: 'bzip2'},
    {bytes: [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00], is: 'xz'},
    {bytes: [0x50, 0x2a, 0x4d, 0x18], is: 'zstd'},
    {bytes: [0x5f, 0x2a, 0x4d, 0x18], is: 'zstd'},
    {bytes: [0x60, 0x2a, 0x4d, 0x18], is: 'none'},
    {bytes: [0x50, 0x2b, 0x4d, 0x18], is: 'none'},
    {bytes: [0x50, 0x2a, 0x4e, 0x18], is: 'none'},
    {bytes: [0x50, 0x2a, 0x4d, 0x19], is: 'none'},
    {bytes: [0x40, 0x2b, 0x4d, 0x18], is: 'none'},
    {bytes: [0x40, 0x2a, 0x4e, 0x18], is: 'none'},
    {bytes: [], is: 'none'}
  ])('of $bytes is $is', ({bytes, is}) => {
    expect(detectCompression(Uint8Array.from(bytes))).toBe(is)
  })
})
