// The progress that the log prints: what is added, what starts again, and what leaves the totals.

import {describe, expect, it} from '@jest/globals'
import {createProgressCounter} from '../../src/fetch/progress.ts'

describe('createProgressCounter', () => {
  it('counts layers and bytes, and all bytes of a layer that is finished', () => {
    const counter = createProgressCounter()
    const [one, two] = [counter.startLayer(100), counter.startLayer(50)]
    one.addBytes(60)
    one.addBytes(10)
    expect(counter.read()).toEqual({layers: 2, layersDone: 0, bytes: 150, bytesDone: 70})
    one.finish()
    expect(counter.read()).toEqual({layers: 2, layersDone: 1, bytes: 150, bytesDone: 100})
    // A layer from the cache: none of its bytes was counted.
    two.finish()
    expect(counter.read()).toEqual({layers: 2, layersDone: 2, bytes: 150, bytesDone: 150})
  })

  it('takes back the bytes of a download that starts again', () => {
    const counter = createProgressCounter()
    const layer = counter.startLayer(100)
    layer.addBytes(60)
    layer.reset()
    layer.addBytes(20)
    expect(counter.read()).toEqual({layers: 1, layersDone: 0, bytes: 100, bytesDone: 20})
    layer.reset()
    layer.reset()
    expect(counter.read().bytesDone).toBe(0)
  })

  it('takes a layer that failed out of all totals', () => {
    const counter = createProgressCounter()
    const [one, two] = [counter.startLayer(100), counter.startLayer(50)]
    one.addBytes(60)
    two.addBytes(5)
    one.cancel()
    expect(counter.read()).toEqual({layers: 1, layersDone: 0, bytes: 50, bytesDone: 5})
  })

  it('gives a copy, which does not change', () => {
    const counter = createProgressCounter()
    const before = counter.read()
    counter.startLayer(1)
    expect(before.layers).toBe(0)
  })
})
