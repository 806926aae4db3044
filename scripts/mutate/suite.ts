// What the tests import as @jest/globals when mutants run: the same matchers, and tests that can run again and again in one
// process. Jest itself builds a module registry for each file and each run, which costs more than most of the tests.

import {expect} from 'expect'

type Body = (...values: readonly unknown[]) => unknown
type Title = string

type Group = {
  readonly parent: Group | undefined
  readonly before: Body[]
  readonly after: Body[]
}

export type Test = {
  /** Unique in the run: its file, its titles, and which one of those with the same titles it is. */
  readonly id: string
  readonly file: string
  readonly run: () => Promise<void>
}

let file = ''
let titles: readonly string[] = []
let group: Group = {parent: undefined, before: [], after: []}
let collected: Test[] = []

/** The tests that `load` declares. */
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

// Each test alone: hooks for all of a group run around each of its tests, so that any choice of tests may run in any order.
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
/** The parent's limit holds here. */
export const jest = {setTimeout: (): void => undefined}
export {expect}
