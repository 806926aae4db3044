// Where a long list is cut, and how the rest is counted.

import {describe, expect, it} from '@jest/globals'
import {few} from '../../src/failure/shorten-list.ts'

function lines(count: number): readonly string[] {
  return Array.from({length: count}, (_, at) => `line ${String(at + 1)}`)
}

describe('few', () => {
  it.each([0, 1, 9, 10])('leaves %i lines as they are', count => {
    expect(few(lines(count))).toEqual(lines(count))
  })

  it.each([
    [11, '… and 1 more'],
    [1500, '… and 1490 more']
  ])('keeps ten of %i lines, and counts the others', (count, last) => {
    expect(few(lines(count))).toEqual([...lines(10), last])
  })

  it('keeps the requested number of lines', () => {
    expect(few(lines(4), 3)).toEqual([...lines(3), '… and 1 more'])
  })
})
