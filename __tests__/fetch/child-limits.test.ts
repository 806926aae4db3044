// How many manifests, and how deep, at the limit and one beyond it.

import {describe, expect, it} from '@jest/globals'
import {checkDepth, countChildren} from '../../src/fetch/child-limits.ts'

describe('countChildren', () => {
  it('takes a thousand manifests, in however many indexes they are', () => {
    const walk = {children: 0}
    countChildren(walk, 400)
    countChildren(walk, 600)
    expect(walk.children).toBe(1000)
    expect(() => {
      countChildren(walk, 1)
    }).toThrow('its indexes lead to 1001 manifests or more, at most 1000 are fetched')
  })
})

describe('checkDepth', () => {
  it('follows three indexes into each other, and no fourth', () => {
    expect(() => {
      checkDepth(3)
    }).not.toThrow()
    expect(() => {
      checkDepth(4)
    }).toThrow('indexes lie 4 deep in each other, at most 3 are followed')
  })
})
