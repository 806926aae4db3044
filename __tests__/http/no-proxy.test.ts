// NO_PROXY, beside what Go's httpproxy and curl make of it. What only one of the two takes says so.

import {describe, expect, it} from '@jest/globals'
import fc from 'fast-check'
import {isExempt} from '../../src/http/no-proxy.ts'

const ROWS: readonly (readonly [string, string, boolean])[] = [
  ['', 'https://registry.test', false],
  [' , ', 'https://registry.test', false],
  ['*', 'https://registry.test', true],
  ['other.test,*', 'https://registry.test', true],
  ['registry.test', 'https://registry.test', true],
  ['REGISTRY.Test', 'https://registry.TEST', true],
  ['registry.test.', 'https://registry.test', true],
  ['registry.test', 'https://registry.test.', true],
  ['test', 'https://registry.test', true],
  ['test', 'https://a.registry.test', true],
  ['registry.test', 'https://a.registry.test', true],
  ['istry.test', 'https://registry.test', false],
  ['registry.test', 'https://test', false],
  // A dot in front is for what is below, as in Go; curl takes the name itself too.
  ['.test', 'https://registry.test', true],
  ['.registry.test', 'https://registry.test', false],
  ['*.test', 'https://registry.test', true],
  ['*.registry.test', 'https://registry.test', false],
  // A star anywhere else is no pattern.
  ['reg*.test', 'https://registry.test', false],
  ['registry.test:443', 'https://registry.test', true],
  ['registry.test:443', 'https://registry.test:8443', false],
  ['registry.test:8443', 'https://registry.test:8443', true],
  ['registry.test:80', 'http://registry.test', true],
  ['registry.test:80', 'https://registry.test', false],
  ['.test:443', 'https://registry.test', true],
  [':443', 'https://registry.test', false],
  // Spaces are curl's.
  ['a.test registry.test', 'https://registry.test', true],
  ['a.test,\tregistry.test', 'https://registry.test', true],
  ['10.0.0.1', 'https://10.0.0.1', true],
  ['10.0.0.1', 'https://10.0.0.10', false],
  ['0.0.1', 'https://10.0.0.1', false],
  ['10.0.0.1:5000', 'https://10.0.0.1:5000', true],
  ['10.0.0.1:5000', 'https://10.0.0.1', false],
  ['10.0.0.1', 'https://167772161', true],
  ['10.0.0.0/8', 'https://10.255.0.1', true],
  ['10.0.0.0/8', 'https://11.0.0.1', false],
  ['10.0.0.0/8', 'https://10.registry.test', false],
  ['10.1.2.3/8', 'https://10.9.9.9', true],
  ['10.0.0.0/33', 'https://10.0.0.1', false],
  ['10.0.0.0/', 'https://10.0.0.1', false],
  ['10.0.0.0/x', 'https://10.0.0.1', false],
  ['0.0.0.0/0', 'https://8.8.8.8', true],
  ['0.0.0.0/0', 'https://registry.test', false],
  ['fd00::/8', 'https://[fd12::1]', true],
  ['fd00::/8', 'https://[fe12::1]', false],
  ['fd00::/129', 'https://[fd12::1]', false],
  ['::1', 'https://[::1]', true],
  ['2001:db8::1', 'https://[2001:db8:0:0::1]', true],
  // Brackets without a port are curl's.
  ['[2001:db8::1]', 'https://[2001:db8::1]', true],
  ['[2001:db8::1]:443', 'https://[2001:db8::1]', true],
  ['[2001:db8::1]:443', 'https://[2001:db8::1]:8443', false],
  ['2001:db8::2', 'https://[2001:db8::1]', false],
  ['10.0.0.1', 'https://[::ffff:10.0.0.1]', true],
  ['10.0.0.0/8', 'https://[::ffff:10.0.0.1]', true]
]

describe('isExempt', () => {
  it.each(ROWS)('of "%s" for %s is %s', (noProxy, url, expected) => {
    expect(isExempt(noProxy, new URL(url))).toBe(expected)
  })

  it('is total, and never true without an entry', () => {
    const entry = fc.oneof(
      fc.string(),
      fc.constantFrom('/', ':', '[', ']', '[::]', '::', '*', '.', '1.2.3.4/99', '[::1')
    )
    const url = fc.constantFrom('https://registry.test', 'http://10.0.0.1:8080', 'https://[fd00::1]')
    fc.assert(
      fc.property(fc.array(entry), url, (entries, text) => {
        expect(typeof isExempt(entries.join(','), new URL(text))).toBe('boolean')
      })
    )
    expect(isExempt(' ,\t, ', new URL('https://registry.test'))).toBe(false)
  })
})
