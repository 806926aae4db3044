// Mutation testing: measures how many small changes of the source its unit tests notice. Each mutant is one change. The tests that
// reach it run until one fails, which kills it. Equivalent mutants, which no test can kill, are listed in mutate/accepted.json.
//
//   npm run mutate                            all mutants of all rooms
//   npm run mutate -- --only oci              a room, or a part of a path; may be given again
//   npm run mutate -- --sample 50 --seed 1    as many, chosen by the seed
//   --json FILE   writes every mutant with its outcome
//   --again FILE  only those that survived in the run that wrote the file
//
// Exits with 1 when a mutant survives that is not listed, when a listed one is killed or no longer exists, and when a run of all
// mutants kills fewer than 90 %.

import {globSync, readFileSync, writeFileSync} from 'node:fs'
import {stripTypeScriptTypes} from 'node:module'
import {availableParallelism} from 'node:os'
import {basename} from 'node:path'
import {parseArgs} from 'node:util'
import {type Mutant, mutate} from './mutate/mutants.ts'
import {type Coverage, Worker} from './mutate/pool.ts'
import {NOT_UNIT, roomOf, RUNS_PROGRAMS} from './mutate/rooms.ts'
import type {FileTests, Outcome, Start} from './mutate/worker.ts'

const LEAST_NOTICED = 0.9

// A test that takes this many times longer than on the unchanged source hangs. The factor is large, since the machine may be busy.
const SLOWER = 30
const LEAST_LIMIT_MS = 4000

/** Identifies a mutant without its line and folder, so that it stays valid when code moves. */
type Accepted = Pick<Mutant, 'within' | 'was' | 'becomes'> & {readonly file: string; readonly reason: string}

type Tried = {readonly id: number; readonly mutant: Mutant; readonly outcome: Outcome | {readonly kind: 'not reached'}}

function keyOf(file: string, {within, was, becomes}: Omit<Accepted, 'file' | 'reason'>): string {
  return JSON.stringify([basename(file), within, was, becomes])
}

type Sources = {readonly mutants: readonly Mutant[]; readonly sources: Readonly<Record<string, string>>}

function readSources(): Sources {
  const mutants: Mutant[] = []
  const sources: Record<string, string> = {}
  for (const path of globSync('src/**/*.ts').sort()) {
    if (roomOf(path) === undefined) continue
    const mutated = mutate(path, readFileSync(path, 'utf8'))
    sources[path] = stripTypeScriptTypes(mutated.instrument(mutants.length))
    mutants.push(...mutated.mutants)
  }
  return {mutants, sources}
}

/** Unit tests: those in a folder. */
async function coverAll(start: Start, paths: readonly string[]): Promise<ReadonlyMap<string, Coverage>> {
  const worker = new Worker(start)
  const covered = new Map<string, Coverage>()
  for (const file of globSync('__tests__/*/**/*.test.ts').sort()) {
    if (NOT_UNIT.includes(file.split('/')[1] ?? '')) continue
    const coverage = await worker.cover(file, paths)
    if (coverage.imports.some(path => RUNS_PROGRAMS.includes(path)))
      throw new Error(`${file} runs a program, and is among the unit tests: move it to __tests__ itself`)
    const broken = coverage.tests.filter(({error}) => error !== undefined)
    if (broken.length > 0)
      throw new Error(
        `fails on the unchanged source: ${broken.map(({id, error}) => `${id}: ${error ?? ''}`).join('\n')}`
      )
    covered.set(file, coverage)
  }
  worker.close()
  return covered
}

type Shown = {readonly warm: readonly FileTests[]; readonly fresh: readonly FileTests[]}

/**
 * The tests for a mutant: first those of its module's own test file, then by duration. `fresh` tests need a new process with the mutant
 * active from the start, because the mutated code runs while a module or a test file loads. Only the functions of its own module read a
 * constant that is not exported, so that only tests that reach one of these can notice.
 */
function testsFor(id: number, mutants: readonly Mutant[], coverage: ReadonlyMap<string, Coverage>): Shown {
  const mutant = mutants[id]
  if (mutant === undefined) return {warm: [], fresh: []}
  const {path, isStatic, isExported} = mutant
  const own = `/${basename(path, '.ts')}.test.ts`
  const isInFunction = (other: number): boolean => mutants[other]?.path === path && !mutants[other].isStatic
  const isRead = isExported || [...coverage.values()].some(({whileLoading}) => whileLoading.some(isInFunction))
  const all = [...coverage].map(([file, {tests, imports, whileLoading}]) => {
    const isFresh = isStatic ? imports.includes(path) : whileLoading.includes(id)
    const reaching = tests.filter(test =>
      isStatic ? isRead || test.mutants.some(isInFunction) : test.mutants.includes(id)
    )
    const chosen = isStatic ? (isFresh ? reaching : []) : isFresh ? tests : reaching
    const limits = Object.fromEntries(chosen.map(test => [test.id, Math.max(LEAST_LIMIT_MS, SLOWER * test.ms)]))
    return {file, isFresh, limits, count: chosen.length, ms: chosen.reduce((sum, {ms}) => sum + ms, 0)}
  })
  const ordered = all
    .filter(({count}) => count > 0)
    .toSorted((a, b) => Number(b.file.endsWith(own)) - Number(a.file.endsWith(own)) || a.ms - b.ms)
  return {warm: ordered.filter(({isFresh}) => !isFresh), fresh: ordered.filter(({isFresh}) => isFresh)}
}

function sample(count: number, seed: number, from: readonly number[]): readonly number[] {
  // Mulberry32: the same seed gives the same sample on every machine.
  let state = seed
  const random = (): number => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const left = [...from]
  return Array.from(
    {length: Math.min(count, left.length)},
    () => left.splice(Math.floor(random() * left.length), 1)[0] ?? 0
  )
}

async function tryAll(
  ids: readonly number[],
  mutants: readonly Mutant[],
  start: Start,
  jobs: number
): Promise<readonly Tried[]> {
  const paths = new Set(ids.map(id => mutants[id]?.path ?? ''))
  const coverage = await coverAll(start, [...paths])
  const queue = [...ids].reverse()
  const tried: Tried[] = []
  const work = async (): Promise<void> => {
    const [warmed, freshly] = [new Worker(start), new Worker(start)]
    for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
      const mutant = mutants[id]
      if (mutant === undefined) continue
      const {warm, fresh} = testsFor(id, mutants, coverage)
      let outcome: Tried['outcome'] = {kind: 'not reached'}
      if (warm.length > 0) outcome = await warmed.try(id, warm)
      if (outcome.kind !== 'noticed' && fresh.length > 0) outcome = await freshly.tryFresh(id, fresh)
      tried.push({id, mutant, outcome})
      if (tried.length % 100 === 0) process.stderr.write(`${String(tried.length)} of ${String(ids.length)}\n`)
    }
    warmed.close()
  }
  await Promise.all(Array.from({length: jobs}, work))
  return tried.toSorted((a, b) => a.id - b.id)
}

function readSurvivors(path: string): ReadonlySet<string> {
  const before = JSON.parse(readFileSync(path, 'utf8')) as readonly (Mutant & Pick<Tried, 'outcome'>)[]
  return new Set(before.filter(({outcome}) => outcome.kind !== 'noticed').map(mutant => keyOf(mutant.path, mutant)))
}

function render(tried: readonly Tried[]): string {
  const rows = new Map<string, {room: string; all: number; noticed: number}>()
  for (const {mutant, outcome} of tried) {
    const row = rows.get(mutant.path) ?? {room: roomOf(mutant.path) ?? '', all: 0, noticed: 0}
    rows.set(mutant.path, row)
    row.all++
    if (outcome.kind === 'noticed') row.noticed++
  }
  const line = (room: string, path: string, noticed: number, all: number): string =>
    `| ${room} | ${path} | ${String(noticed)} of ${String(all)} | ${percent(noticed, all)} |`
  const rooms = Map.groupBy(rows, ([, {room}]) => room)
  return [
    '| room | file | noticed | |',
    '|---|---|---|---|',
    ...[...rooms].flatMap(([room, files]) => [
      ...files.map(([path, {noticed, all}]) => line(room, path, noticed, all)),
      line(room, '**all**', sum(files, 'noticed'), sum(files, 'all'))
    ])
  ].join('\n')
}

function sum(files: readonly [string, {all: number; noticed: number}][], key: 'all' | 'noticed'): number {
  return files.reduce((total, [, row]) => total + row[key], 0)
}

function percent(part: number, whole: number): string {
  return whole === 0 ? '-' : `${((part / whole) * 100).toFixed(1)} %`
}

function show({mutant: {path, line, within, was, becomes}, outcome}: Tried): string {
  return `${path}:${String(line)} ${within}${outcome.kind === 'not reached' ? ' (no test comes here)' : ''}\n  - ${was}\n  + ${becomes}`
}

const {values} = parseArgs({
  options: {
    only: {type: 'string', multiple: true},
    sample: {type: 'string'},
    seed: {type: 'string', default: '1'},
    jobs: {type: 'string', default: String(Math.min(4, availableParallelism()))},
    json: {type: 'string'},
    again: {type: 'string'}
  }
})
function numberOf(name: 'sample' | 'seed' | 'jobs', text: string): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value) || value < 1) throw new Error(`--${name} is a whole number from 1, not ${text}`)
  return value
}

const startedMs = performance.now()
const {mutants, sources} = readSources()
const accepted = JSON.parse(
  readFileSync(new URL('./mutate/accepted.json', import.meta.url), 'utf8')
) as readonly Accepted[]
const again = values.again === undefined ? undefined : readSurvivors(values.again)
const wanted = [...mutants].flatMap((mutant, id) => {
  const isNamed = values.only?.some(part => roomOf(mutant.path) === part || mutant.path.includes(part)) ?? true
  return isNamed && (again?.has(keyOf(mutant.path, mutant)) ?? true) ? [id] : []
})
const seed = numberOf('seed', values.seed)
const ids = values.sample === undefined ? wanted : sample(numberOf('sample', values.sample), seed, wanted)
const start: Start = {type: 'start', root: process.cwd(), sources, seed}
const tried = await tryAll(ids, mutants, start, numberOf('jobs', values.jobs))

const listed = new Set(accepted.map(entry => keyOf(entry.file, entry)))
const survivors = tried.filter(({outcome}) => outcome.kind !== 'noticed')
const unlisted = survivors.filter(({mutant}) => !listed.has(keyOf(mutant.path, mutant)))
const surviving = new Set(survivors.map(({mutant}) => keyOf(mutant.path, mutant)))
const noticed = new Set(tried.map(({mutant}) => keyOf(mutant.path, mutant)).filter(key => !surviving.has(key)))
const existing = new Set(mutants.map(mutant => keyOf(mutant.path, mutant)))
const stale = accepted.flatMap(entry => {
  const key = keyOf(entry.file, entry)
  const why = existing.has(key) ? (noticed.has(key) ? 'is noticed now' : '') : 'is no longer there'
  return why === '' ? [] : [`${entry.file} ${entry.within} ${why}: ${entry.was} -> ${entry.becomes}`]
})

const share = (tried.length - survivors.length) / Math.max(1, tried.length)
const isWhole = values.sample === undefined && values.only === undefined && again === undefined
console.log(render(tried))
if (unlisted.length > 0) console.log(`\nSurvivors that are not listed:\n\n${unlisted.map(show).join('\n')}`)
if (stale.length > 0) console.log(`\nListed, but killed or gone:\n\n${stale.join('\n')}`)
console.log(
  `\n${String(tried.length - survivors.length)} of ${String(tried.length)} noticed, ${percent(tried.length - survivors.length, tried.length)}; ` +
    `${String(survivors.length - unlisted.length)} survivors are listed with a reason, ${String(unlisted.length)} are not; ` +
    `${((performance.now() - startedMs) / 1000).toFixed(0)} s`
)
if (values.json !== undefined)
  writeFileSync(
    values.json,
    JSON.stringify(
      tried.map(({mutant, outcome}) => ({...mutant, outcome})),
      undefined,
      1
    )
  )
process.exitCode = unlisted.length > 0 || stale.length > 0 || (isWhole && share < LEAST_NOTICED) ? 1 : 0
