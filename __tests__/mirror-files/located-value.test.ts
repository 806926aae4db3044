// Values of mirror files by name and type. Names count in other letters too, as Go's decoders take them.

import {describe, expect, it} from '@jest/globals'
import {entryOf, lineOfEntry, type LocatedTable} from '../../src/mirror-files/located-value.ts'

function table(...entries: readonly (readonly [string, string])[]): LocatedTable {
  const texts = entries.map(([name, text], at) => [name, {kind: 'text' as const, line: at + 2, text}] as const)
  return {kind: 'table', line: 1, entries: new Map(texts)}
}

describe('entryOf', () => {
  it('prefers the name as it is, and takes the first in other letters', () => {
    const written = table(['CA', 'a'], ['Ca', 'b'], ['ca', 'c'])
    expect(entryOf(written, 'ca')).toMatchObject({text: 'c'})
    expect(entryOf(table(['CA', 'a'], ['Ca', 'b']), 'ca')).toMatchObject({text: 'a'})
    expect(entryOf(table(['x', 'a']), 'ca')).toBeUndefined()
  })
})

describe('lineOfEntry', () => {
  it('is that of the entry, or of its table', () => {
    expect(lineOfEntry(table(['ca', 'a']), 'ca')).toBe(2)
    expect(lineOfEntry(table(), 'ca')).toBe(1)
  })
})
