// How deep an image was verified, and what is said of a layer that was not verified as deep.

import {describe, expect, it} from '@jest/globals'
import {lowestLevel, reachedLevel, describeLayers, type Level} from '../../src/fetch/verify-level.ts'
import type {VerifiedLayer} from '../../src/verify/verified.ts'
import {descriptorFor} from '../support/responses.ts'

const DESCRIPTOR = descriptorFor(Buffer.from('a'), 'application/x')
const WHOLE = {uncompressed: {diffId: DESCRIPTOR.digest, size: 1}} as unknown as VerifiedLayer
const COMPRESSED = {uncompressed: undefined} as unknown as VerifiedLayer

describe('lowestLevel', () => {
  it.each<{readonly levels: readonly Level[]; readonly lowest: Level}>([
    {levels: ['full', 'manifest'], lowest: 'manifest'},
    {levels: ['full', 'layers', 'config'], lowest: 'config'},
    {levels: ['layers', 'full'], lowest: 'layers'},
    {levels: [], lowest: 'full'}
  ])('of $levels is $lowest', ({levels, lowest}) => {
    expect(lowestLevel(levels)).toBe(lowest)
  })
})

describe('reachedLevel', () => {
  it.each([
    {name: 'a layer that was decompressed', layer: WHOLE, level: 'full', reached: 'full'},
    {name: 'a layer that cannot be decompressed', layer: COMPRESSED, level: 'full', reached: 'layers'},
    {name: 'a layer that need not be decompressed', layer: COMPRESSED, level: 'layers', reached: 'layers'},
    {name: 'a layer that is absent', layer: undefined, level: 'full', reached: 'config'}
  ] as const)('of $name is $reached', ({layer, level, reached}) => {
    expect(reachedLevel(layer, level)).toBe(reached)
    expect(describeLayers([DESCRIPTOR], [layer], level).warnings.length === 0).toBe(level === reached)
  })

  it('says what was not verified of layers, each sentence once', () => {
    const layers = [WHOLE, undefined, COMPRESSED, undefined]
    expect(
      describeLayers(
        layers.map(() => DESCRIPTOR),
        layers,
        'full'
      ).warnings
    ).toEqual([
      'layer[1], layer[3]: not verified, because registries need not hold a layer of the type application/x, and this one does not',
      'layer[2]: the bytes were verified, the diff_id was not, because the type application/x cannot be decompressed here'
    ])
  })

  it('says that the memory does not suffice for a window, and who does not run a media type', () => {
    const type = 'application/vnd.docker.image.rootfs.diff.tar.zstd'
    const layer = {uncompressed: undefined, windowBytes: 64 * 1024 * 1024} as VerifiedLayer
    expect(describeLayers([{...DESCRIPTOR, mediaType: type}], [layer], 'full').warnings).toEqual([
      expect.stringMatching(
        /^layer\[0\]: .* because the zstd window of 67.1 MB does not fit the memory of this action$/
      ),
      expect.stringMatching(/^layer\[0\]: Docker's media type for zstd/)
    ])
  })

  it('names five layers, and counts the others', () => {
    const layers = Array<undefined>(7).fill(undefined)
    const [warning] = describeLayers(
      layers.map(() => DESCRIPTOR),
      layers,
      'full'
    ).warnings
    expect(warning).toMatch(/^layer\[0\], layer\[1\], layer\[2\], layer\[3\], layer\[4\], 2 more: /)
    const [six] = describeLayers(
      layers.slice(1).map(() => DESCRIPTOR),
      layers.slice(1),
      'full'
    ).warnings
    expect(six).toMatch(/layer\[4\], 1 more: /)
    const [five] = describeLayers(
      layers.slice(2).map(() => DESCRIPTOR),
      layers.slice(2),
      'full'
    ).warnings
    expect(five).toMatch(/layer\[4\]: /)
  })
})
