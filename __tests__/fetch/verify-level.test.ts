// How deep an image was verified, and what is said of a layer that was not verified as deep.

import {describe, expect, it} from '@jest/globals'
import {lowestLevel, reachedLevel, unverifiedPart, type Level} from '../../src/fetch/verify-level.ts'
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
    expect(unverifiedPart(DESCRIPTOR, layer, 3, level) === undefined).toBe(level === reached)
  })

  it('says what was not verified of a layer', () => {
    expect(unverifiedPart(DESCRIPTOR, undefined, 3, 'full')).toBe(
      'layer[3] (application/x) was not verified: registries need not hold such a layer, and this one does not'
    )
    expect(unverifiedPart(DESCRIPTOR, COMPRESSED, 3, 'full')).toBe(
      'layer[3] (application/x) cannot be decompressed here: its bytes were verified, its diff_id was not'
    )
  })
})
