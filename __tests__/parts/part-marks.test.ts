// Marks on the way of a layer: the first one that differs names the range, its host, and its request.

import {describe, expect, it} from '@jest/globals'
import {digestOf} from '../../src/oci/digest.ts'
import {PartMarks} from '../../src/parts/part-marks.ts'
import type {Exchange} from '../../src/registry/registry.ts'

function exchangeOf(host: string): Exchange {
  return {object: 'layer[0]', method: 'GET', host, path: '/', elapsedMs: 1, requestIds: {'x-request-id': host}}
}

function digestAt(text: string): ReturnType<typeof digestOf> {
  return digestOf(Buffer.from(text))
}

function marks(): PartMarks {
  const found = new PartMarks()
  found.add({start: 0, end: 10, exchange: exchangeOf('a')}, digestAt('first'))
  found.add({start: 10, end: 30, exchange: exchangeOf('b')}, digestAt('second'))
  found.add({start: 30, end: 40, exchange: undefined}, digestAt('third'))
  return found
}

describe('PartMarks', () => {
  it('names the end of the range at a position, and the end of all', () => {
    const found = marks()
    expect([0, 9, 10, 29, 30, 40].map(position => found.endAfter(position))).toEqual([10, 10, 30, 30, 40, undefined])
    expect([found.end, new PartMarks().end]).toEqual([40, 0])
  })

  it('finds the range with other bytes, and who sent them', () => {
    const found = marks()
    expect(found.differenceAt(10, () => digestAt('first'))).toBeUndefined()
    expect(found.differenceAt(30, () => digestAt('other'))).toEqual({
      start: 10,
      end: 30,
      host: 'b',
      requestIds: {'x-request-id': 'b'}
    })
    expect(found.differenceAt(40, () => digestAt('other'))).toEqual({start: 30, end: 40, requestIds: {}})
  })

  it('computes no digest where no range ends', () => {
    let computed = 0
    const digest = (): ReturnType<typeof digestOf> => {
      computed++
      return digestAt('')
    }
    expect(marks().differenceAt(11, digest)).toBeUndefined()
    expect(computed).toBe(0)
  })

  it('keeps the first of two marks at one place', () => {
    const found = marks()
    found.add({start: 30, end: 40, exchange: exchangeOf('late')}, digestAt('late'))
    expect(found.differenceAt(40, () => digestAt('third'))).toBeUndefined()
  })
})
