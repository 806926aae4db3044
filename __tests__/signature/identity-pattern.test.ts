// Patterns of identities: the whole text, and `*` within one component.

import {describe, expect, it} from '@jest/globals'
import fc from 'fast-check'
import {checkPattern, matchesPattern} from '../../src/signature/identity-pattern.ts'

describe('matchesPattern', () => {
  it.each<readonly [string, string, boolean]>([
    ['a/b', 'a/b', true],
    ['a/b', 'a/bc', false],
    ['a/b', 'xa/b', false],
    ['a/b', 'a/b/c', false],
    ['a/*', 'a/b', true],
    ['a/*', 'a/', false],
    ['a/*', 'a/b/c', false],
    ['refs/tags/v*', 'refs/tags/v1.2', true],
    ['refs/tags/v*', 'refs/tags/v', false],
    ['v*.*', 'v1.2', true],
    ['v*.*', 'v1.', false],
    ['*-*', 'a-b-c', true],
    ['a*a', 'aa', false],
    ['a*a', 'aba', true],
    ['a.c', 'abc', false],
    ['', '', true]
  ])('%j and %j: %s', (pattern, text, expected) => {
    expect(matchesPattern(pattern, text)).toBe(expected)
  })

  it('agrees with an anchored regular expression', () => {
    const letters = fc.string({unit: fc.constantFrom('a', 'b', '/', '.', '*'), maxLength: 8})
    fc.assert(
      fc.property(letters, letters, (pattern, text) => {
        const source = pattern.replaceAll('.', '\\.').replaceAll('*', '[^/]+')
        expect(matchesPattern(pattern, text)).toBe(new RegExp(`^${source}$`).test(text))
      }),
      {numRuns: 2000}
    )
  })

  it('takes linear time for many stars', () => {
    const startedMs = performance.now()
    expect(matchesPattern(`${'a*'.repeat(200)}b`, 'a'.repeat(100_000))).toBe(false)
    expect(performance.now() - startedMs).toBeLessThan(1000)
  })
})

describe('checkPattern', () => {
  it.each(['a@b.c', 'https://github.com/a/b/.github/workflows/*.yml@refs/heads/main', 'refs/tags/v*'])(
    'accepts %s',
    pattern => {
      expect(checkPattern(pattern)).toBeUndefined()
    }
  )
})
