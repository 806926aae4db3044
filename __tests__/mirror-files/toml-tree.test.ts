// TOML as values with lines: tables in any notation, in the order of the file, and nothing that a hostile file could break.

import {describe, expect, it} from '@jest/globals'
import type {Located} from '../../src/mirror-files/located-value.ts'
import {parseToml} from '../../src/mirror-files/toml-tree.ts'

/** Scalars as `value@line`. */
function shown(value: Located): unknown {
  switch (value.kind) {
    case 'table':
      return [...value.entries].map(([name, entry]) => [name, shown(entry)])
    case 'list':
      return value.items.map(shown)
    case 'text':
      return `${value.text}@${String(value.line)}`
    case 'flag':
      return `${String(value.flag)}@${String(value.line)}`
    case 'other':
      return `other@${String(value.line)}`
  }
}

describe('parseToml', () => {
  it('keeps the order and the lines of tables, lists of tables, and dotted keys', () => {
    const text = `b = "1"
a.x = true
[[t]]
n = "first"
[[t.u]]
m = 'deep'
[[t]]
n = """
second"""
[z."q.r"]
d = 1979-05-27
e = [{f = "inline"}, 2]
`
    expect(shown(parseToml(text))).toEqual([
      ['b', '1@1'],
      ['a', [['x', 'true@2']]],
      [
        't',
        [
          [
            ['n', 'first@4'],
            ['u', [[['m', 'deep@6']]]]
          ],
          [['n', 'second@8']]
        ]
      ],
      [
        'z',
        [
          [
            'q.r',
            [
              ['d', 'other@11'],
              ['e', [[['f', 'inline@12']], 'other@12']]
            ]
          ]
        ]
      ]
    ])
  })

  it('takes keys for names, whatever they are', () => {
    expect(shown(parseToml('[__proto__]\nconstructor = "a"\n"0" = "b"'))).toEqual([
      [
        '__proto__',
        [
          ['constructor', 'a@2'],
          ['0', 'b@3']
        ]
      ]
    ])
    expect(({} as Record<string, unknown>)['constructor']).toBe(Object)
  })

  it.each(['a = ', 'a = 1\na = 2', '[a]\n[a]', 'a = 1\n[a.b]', 'a', '= 1', 'a = "\u0001"'])('refuses %j', text => {
    expect(() => parseToml(text)).toThrow(/^it is not valid TOML: /)
  })

  it.each([
    {name: 'nested lists', text: `a = ${'['.repeat(100_000)}`},
    {name: 'nested tables', text: `a = ${'{b='.repeat(60_000)}`},
    {name: 'closed nested lists', text: `a = ${'['.repeat(100_000)}${']'.repeat(100_000)}`},
    {name: 'a long dotted key', text: `a${'.a'.repeat(100_000)} = 1`}
  ])('ends with a value or an error for $name', ({text}) => {
    const read = (): unknown => {
      try {
        return parseToml(text).kind
      } catch (error) {
        return error instanceof Error ? error.message : error
      }
    }
    expect(read()).toMatch(/^(?:table$|it is not valid TOML: )/)
  })
})

describe('the line of an error', () => {
  it.each([
    {text: 'a = 1\n\nb = ', line: 3},
    {text: '\n[a]\n[a]', line: 3}
  ])('is that of the fault: $text', ({text, line}) => {
    expect(() => parseToml(text)).toThrow(expect.objectContaining({line}))
  })

  it('is none where values nest until the stack is full', () => {
    expect(() => parseToml(`a = ${'['.repeat(100_000)}`)).toThrow(
      expect.objectContaining({message: expect.not.stringContaining('undefined')})
    )
  })

  it('of the whole text is its first', () => {
    expect(parseToml('\n\na = 1').line).toBe(1)
  })
})
