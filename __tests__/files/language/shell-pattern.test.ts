// Patterns of variable expansion. dockerfile-judge.test.ts compares them with BuildKit; here a shell is the judge.

import {execFileSync} from 'node:child_process'
import {describe, expect, it} from '@jest/globals'
import fc from 'fast-check'
import {replacePattern, trimPrefix, trimSuffix} from '../../../src/files/language/shell-pattern.ts'

describe('trimPrefix and trimSuffix', () => {
  it('remove what a POSIX shell removes', () => {
    const texts = fc.sample(
      fc.tuple(
        fc.string({unit: fc.constantFrom('a', 'b', '-'), maxLength: 8}),
        fc.string({unit: fc.constantFrom('a', 'b', '-', '*', '?'), maxLength: 5})
      ),
      {numRuns: 300, seed: 7}
    )
    const script = texts
      .map(
        ([value, pattern]) =>
          `V='${value}'; printf '%s,%s,%s,%s\\n' "\${V#${pattern}}" "\${V##${pattern}}" "\${V%${pattern}}" "\${V%%${pattern}}"`
      )
      .join('\n')
    // A pattern that begins with the operator's own sign is none of these.
    const shell = execFileSync('sh', {input: script, encoding: 'utf8'}).trimEnd().split('\n')
    const own = texts.map(([value, pattern]) =>
      [
        trimPrefix(value, pattern, 'shortest'),
        trimPrefix(value, pattern, 'longest'),
        trimSuffix(value, pattern, 'shortest'),
        trimSuffix(value, pattern, 'longest')
      ].join(',')
    )
    expect(own).toEqual(shell)
  })

  it('match an escaped star literally', () => {
    expect(trimPrefix('*a', '\\*', 'longest')).toBe('a')
    expect(trimPrefix('ba', '\\*', 'longest')).toBe('ba')
  })
})

describe('replacePattern', () => {
  it.each([
    ['a-b-c', '-', '+', 'first', 'a+b-c'],
    ['a-b-c', '-', '+', 'all', 'a+b+c'],
    ['a-b-c', '-*-', '+', 'first', 'a+c'],
    ['a-b-c', '*', '+', 'all', '+'],
    ['a-b-c', '?-', '', 'all', 'c'],
    ['a-b-c', 'x', '+', 'all', 'a-b-c'],
    ['a-b-c', '', '+', 'all', 'a-b-c'],
    ['aXbXc', 'X*y', '+', 'all', 'aXbXc']
  ] as const)('makes of %s with %s and %s (%s) %s', (value, pattern, by, which, expected) => {
    expect(replacePattern(value, pattern, by, which)).toBe(expected)
  })

  it('returns undefined for a match that would take too long or grow too large', () => {
    const long = 'a'.repeat(30_000)
    expect(replacePattern(long, long, '', 'first')).toBeUndefined()
    expect(replacePattern(long, '?', long, 'all')).toBeUndefined()
    expect(trimPrefix(long, '*a'.repeat(1000), 'longest')).toBeUndefined()
    expect(trimSuffix(long, '*a'.repeat(1000), 'longest')).toBeUndefined()
  })
})
