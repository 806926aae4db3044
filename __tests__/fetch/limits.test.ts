// Nested indexes, manifests, and memory: at the limit, and one beyond it.

import {describe, expect, it} from '@jest/globals'
import {checkDepth, countChildren, createDocumentBudget} from '../../src/fetch/limits.ts'
import {digestOf} from '../../src/oci/digest.ts'

describe('countChildren', () => {
  it('takes a thousand manifests, in however many indexes they are', () => {
    const walk = {children: 0}
    countChildren(walk, 400)
    countChildren(walk, 600)
    expect(walk.children).toBe(1000)
    expect(() => {
      countChildren(walk, 1)
    }).toThrow('its indexes lead to at least 1001 manifests, and the limit is 1000')
  })
})

describe('checkDepth', () => {
  it('takes three nested indexes, and refuses a fourth', () => {
    expect(() => {
      checkDepth(3)
    }).not.toThrow()
    expect(() => {
      checkDepth(4)
    }).toThrow('its indexes are nested 4 deep, and the limit is 3')
  })
})

const EVIDENCE_BYTES = 4096
function digest(name: string): ReturnType<typeof digestOf> {
  return digestOf(Buffer.from(name))
}
function document(bytes: number): string {
  return 'x'.repeat(bytes - EVIDENCE_BYTES - 2)
}

describe('createDocumentBudget', () => {
  it('takes documents up to the last byte, and refuses the next one as unusable', () => {
    const budget = createDocumentBudget(20_000)
    budget.hold(digest('one'), document(10_000))
    budget.hold(digest('two'), document(10_000))
    expect(() => {
      budget.hold(digest('three'), null)
    }).toThrow('need more than 20 kB of memory')
  })

  it('counts a document once, however many images share it', () => {
    const budget = createDocumentBudget(20_000)
    for (let time = 0; time < 100; time++) budget.hold(digest('one'), document(20_000))
    expect(() => {
      budget.hold(digest('two'), null)
    }).toThrow('of memory')
  })

  it('holds a hundred images of eight platforms with fifty layers each', () => {
    const layer = {mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip', digest: digest('layer'), size: 1e9}
    const manifest = {layers: Array(50).fill(layer)}
    const config = {diffIds: Array(50).fill(layer.digest)}
    const budget = createDocumentBudget()
    for (let at = 0; at < 800; at++) {
      budget.hold(digest(`manifest ${String(at)}`), manifest)
      budget.hold(digest(`config ${String(at)}`), config)
    }
    expect(() => {
      for (let at = 0; at < 20_000; at++) budget.hold(digest(`more ${String(at)}`), {})
    }).toThrow('of memory')
  })

  it('returns a copy, which holds nothing of the text that the document was cut out of', () => {
    const budget = createDocumentBudget()
    const right = {layers: [{digest: digest('layer'), size: 1}], platform: {os: 'linux'}}
    const held = budget.hold(digest('one'), right)
    expect(held).toEqual(right)
    expect(held.layers).not.toBe(right.layers)
  })
})
