// The mutants of mutation testing: which ones there are, that one at a time is active, and that none is active by default.

import {globSync, readFileSync} from 'node:fs'
import {stripTypeScriptTypes} from 'node:module'
import {runInNewContext} from 'node:vm'
import {describe, expect, it} from '@jest/globals'
import {mutate} from '../scripts/mutate/mutants.ts'
import {roomOf} from '../scripts/mutate/rooms.ts'

/** Each change of a function's body, as it is listed, and what the function gives with it. */
function outcomesOf(body: string, ...values: readonly unknown[]): Readonly<Record<string, unknown>> {
  const {mutants, instrument} = mutate('f.ts', `const f = (a, b) => {\n${body}\n}`)
  const run = (active: number): unknown => {
    const isActive = (id: number): boolean => id === active
    try {
      const f = runInNewContext(`${instrument(0)}\nf`, {$mutant: isActive}) as (...all: readonly unknown[]) => unknown
      return f(...values)
    } catch (error) {
      return (error as Error).name
    }
  }
  const changed = mutants.map(({was, becomes}, id) => [`${was} -> ${becomes}`, run(id)])
  return {none: run(-1), ...(Object.fromEntries(changed) as Record<string, unknown>)}
}

describe('mutate', () => {
  it.each<{
    readonly name: string
    readonly body: string
    readonly values: readonly unknown[]
    readonly outcomes: object
  }>([
    {
      name: 'moves a bound by one, and turns it round',
      body: 'return a < 3',
      values: [3],
      outcomes: {
        none: false,
        'a < 3 -> a <= 3': true,
        'a < 3 -> a >= 3': true,
        'a < 3 -> a < 4': true,
        'a < 3 -> a < 2': false
      }
    },
    {
      name: 'makes a condition true and false',
      body: 'if (a === b) return 1\nreturn 2',
      values: ['x', 'y'],
      outcomes: {none: 2, 'a === b -> true': 1, 'a === b -> false': 2}
    },
    {
      name: 'leaves out a statement, and turns an addition round',
      body: 'let c = a\nc += b\nc = c + b\nreturn c',
      values: [1, 5],
      outcomes: {none: 11, 'c += b -> c -= b': 1, 'c = c + b -> ': 6, 'c + b -> c - b': 1}
    },
    {
      name: 'leaves out a default, and a question mark of a chain',
      body: 'return a?.x.y ?? b',
      values: [undefined, 'b'],
      outcomes: {none: 'b', 'a?.x.y ?? b -> a?.x.y': undefined, 'a?.x.y -> a.x.y': 'TypeError'}
    },
    {
      name: 'takes the other method, and leaves one out',
      body: 'return a.filter(x => x !== b).at(-1)',
      values: [[1, 2, 3], 3],
      outcomes: {
        none: 2,
        'a.filter(x => x !== b).at(-1) -> a.filter(x => x !== b).at(0)': 1,
        'a.filter(x => x !== b) -> a': 3
      }
    },
    {
      name: 'empties a string that decides, and takes an anchor from a pattern',
      body: "switch (a) {\n  case 'x': return /^y/.test(b)\n}",
      values: ['x', 'xy'],
      outcomes: {none: false, '/^y/.test -> /y/.test': true}
    }
  ])('$name', ({body, values, outcomes}) => {
    expect(outcomesOf(body, ...values)).toMatchObject(outcomes)
  })

  it('says in which functions a change is', () => {
    const {mutants} = mutate('f.ts', 'export function outer() {\n  return {inner: () => true}\n}\nconst LIMIT = 5')
    expect(mutants.map(({within, line, isStatic}) => [within, line, isStatic])).toEqual([
      ['outer.inner', 2, false],
      ['LIMIT', 4, true],
      ['LIMIT', 4, true]
    ])
  })

  it('leaves types, imports and names alone', () => {
    const text = "import {a} from 'a'\nexport type B = 1 | true\nconst c: 5 | undefined = a as 7\nexport {c}"
    expect(mutate('f.ts', text).mutants).toEqual([])
  })

  it('makes valid code of every source that it changes', () => {
    const paths = globSync('src/**/*.ts').filter(path => roomOf(path) !== undefined)
    expect(paths.length).toBeGreaterThan(30)
    for (const path of paths) {
      const {mutants, instrument} = mutate(path, readFileSync(path, 'utf8'))
      const code = stripTypeScriptTypes(instrument(0))
      const ids = new Set([...code.matchAll(/\$mutant\((\d+)\)/g)].map(([, id]) => Number(id)))
      expect([path, ids.size]).toEqual([path, mutants.length])
    }
  })
})
