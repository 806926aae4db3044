// What a run may hold of manifests and configs, each counted once.

import {describe, expect, it} from '@jest/globals'
import {createDocumentBudget} from '../../src/fetch/document-budget.ts'
import {digestOf} from '../../src/oci/digest.ts'

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
    }).toThrow('need more memory than 20 kB')
  })

  it('counts a document once, however many images share it', () => {
    const budget = createDocumentBudget(20_000)
    for (let time = 0; time < 100; time++) budget.hold(digest('one'), document(20_000))
    expect(() => {
      budget.hold(digest('two'), null)
    }).toThrow('need more memory')
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
    }).toThrow('need more memory')
  })

  it('returns a copy, which holds nothing of the text that the document was cut out of', () => {
    const budget = createDocumentBudget()
    const right = {layers: [{digest: digest('layer'), size: 1}], platform: {os: 'linux'}}
    const held = budget.hold(digest('one'), right)
    expect(held).toEqual(right)
    expect(held.layers).not.toBe(right.layers)
  })
})
