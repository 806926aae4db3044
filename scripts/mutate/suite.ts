// Replaces @jest/globals when mutants run: the same matchers, and tests that can run repeatedly in one process.
// Jest builds a module registry for each file and each run, which takes longer than most tests.

import {expect} from 'expect'

type Body = (...values: readonly unknown[]) => unknown
type Title = string

type Group = {
  readonly parent: Group | undefined
  readonly before: Body[]
  readonly after: Body[]
}

export type Test = {
  /** Unique in the run: file, titles, and a number among tests with the same titles. */
  readonly id: string
  readonly file: string
  readonly run: () => Promise<void>
}

let file = ''
let titles: readonly string[] = []
let group: Group = {parent: undefined, before: [], after: []}
let collected: Test[] = []

/** Calls `load` and returns the tests that it declares. */
export async function collect(path: string, load: () => Promise<unknown>): Promise<readonly Test[]> {
  file = path
  titles = []
  group = {parent: undefined, before: [], after: []}
  collected = []
  await load()
  return collected
}

function declareGroup(title: Title, body: () => void): void {
  const [outerTitles, outerGroup] = [titles, group]
  titles = [...titles, title]
  group = {parent: group, before: [], after: []}
  body()
  titles = outerTitles
  group = outerGroup
}

function declareTest(title: Title, body: Body): void {
  const name = [file, ...titles, title].join(' > ')
  const same = collected.filter(({id}) => id === name || id.startsWith(`${name} #`)).length
  const own = group
  collected.push({
    id: same === 0 ? name : `${name} #${String(same + 1)}`,
    file,
    run: () => runTest(own, body)
  })
}

// beforeAll and afterAll run around each single test, so that any selection of tests can run in any order.
async function runTest(innermost: Group, body: Body): Promise<void> {
  const groups: Group[] = []
  for (let at: Group | undefined = innermost; at !== undefined; at = at.parent) groups.unshift(at)
  try {
    for (const {before} of groups) for (const hook of before) await hook()
    await body()
  } finally {
    for (const {after} of groups.toReversed()) for (const hook of after) await hook()
  }
}

function valuesOf(row: unknown): readonly unknown[] {
  return Array.isArray(row) ? (row as readonly unknown[]) : [row]
}

export const describe = Object.assign(declareGroup, {
  each:
    (rows: readonly unknown[]) =>
    (title: Title, body: Body): void => {
      for (const row of rows) declareGroup(title, () => void body(...valuesOf(row)))
    },
  skip: (): void => undefined
})

export const it = Object.assign(declareTest, {
  each:
    (rows: readonly unknown[]) =>
    (title: Title, body: Body): void => {
      for (const row of rows) declareTest(title, () => body(...valuesOf(row)))
    },
  skip: (): void => undefined
})

export function beforeEach(hook: Body): void {
  group.before.push(hook)
}
export const beforeAll = beforeEach
export function afterEach(hook: Body): void {
  group.after.unshift(hook)
}
export const afterAll = afterEach
/** Has no effect: the parent process limits the time. */
export const jest = {setTimeout: (): void => undefined}
export {expect}
