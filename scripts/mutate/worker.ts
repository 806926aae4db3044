// A process that runs tests on mutants. It loads the sources with all mutants, and activates one at a time.
// The sources come compiled, since a process starts for each mutant that is active while modules load.
// A mutant may break the process. The parent terminates a worker that hangs or becomes unreliable.

import {registerHooks} from 'node:module'
import {relative} from 'node:path'
import {fileURLToPath, pathToFileURL} from 'node:url'
import {collect, type Test} from './suite.ts'

/** Messages from the parent. */
export type Order =
  /** `sources`: JavaScript with all mutants, by path. */
  | {
      readonly type: 'start'
      readonly root: string
      readonly sources: Readonly<Record<string, string>>
      readonly seed: number
    }
  /** Runs every test of a file on the unchanged source, if the file imports one of these sources. */
  | {readonly type: 'cover'; readonly file: string; readonly paths: readonly string[]}
  /** Runs tests until one fails. `isFresh`: the mutant is in force while modules load, too. */
  | {readonly type: 'try'; readonly mutant: number; readonly files: readonly FileTests[]; readonly isFresh: boolean}

export type Start = Extract<Order, {type: 'start'}>

/** Tests of a file, and the time after which each counts as failed. */
export type FileTests = {readonly file: string; readonly limits: Readonly<Record<string, number>>}

export type Covered = {
  readonly id: string
  readonly ms: number
  readonly mutants: readonly number[]
  readonly error?: string
}

/** Messages to the parent. */
export type Answer =
  | {readonly type: 'ready'}
  /** Something is under way that may take this long. */
  | {readonly type: 'alive'; readonly what: string; readonly limitMs: number}
  | {
      readonly type: 'covered'
      readonly tests: readonly Covered[]
      readonly whileLoading: readonly number[]
      readonly imports: readonly string[]
    }
  | {readonly type: 'tried'; readonly outcome: Outcome}

/** `unreliable`: a test failed, and fails on the unchanged source too. `late`: it took too long. */
export type Outcome =
  | {readonly kind: 'noticed'; readonly by: string}
  | {readonly kind: 'late'; readonly by: string}
  | {readonly kind: 'survived'}
  | {readonly kind: 'unreliable'; readonly by: string}

// The first run of all tests compiles everything, possibly on a busy machine.
const COVER_LIMIT_MS = 300_000
const LOAD_LIMIT_MS = 120_000

const LATE = 'time is up'

let active = -1
// Indexed by id, for speed: some tests reach the same mutants millions of times.
const reached = new Uint8Array(1 << 16)

function takeReached(): readonly number[] {
  const ids: number[] = []
  for (let id = reached.indexOf(1); id >= 0; id = reached.indexOf(1, id + 1)) ids.push(id)
  reached.fill(0)
  return ids
}

function answer(message: Answer): void {
  process.send?.(message)
}

Object.assign(globalThis, {
  $mutant: (id: number): boolean => {
    reached[id] = 1
    return id === active
  }
})

const children = new Map<string, Set<string>>()

function hook({root, sources}: Start): void {
  const suite = new URL('./suite.ts', import.meta.url).href
  registerHooks({
    resolve: (specifier, context, next) => {
      if (specifier === '@jest/globals') return {url: suite, shortCircuit: true}
      const resolved = next(specifier, context)
      const parent = context.parentURL
      if (parent?.startsWith('file:') === true && resolved.url.startsWith('file:')) {
        const [from, to] = [pathOf(root, parent), pathOf(root, resolved.url)]
        children.set(from, (children.get(from) ?? new Set()).add(to))
      }
      return resolved
    },
    load: (url, context, next) => {
      const path = url.startsWith('file:') ? pathOf(root, url) : ''
      const source = Object.hasOwn(sources, path) ? sources[path] : undefined
      return source === undefined ? next(url, context) : {format: 'module', source, shortCircuit: true}
    }
  })
}

function pathOf(root: string, url: string): string {
  return relative(root, fileURLToPath(url))
}

function importsOf(path: string): readonly string[] {
  const seen = new Set<string>()
  const walk = (from: string): void => {
    if (seen.has(from)) return
    seen.add(from)
    for (const child of children.get(from) ?? []) walk(child)
  }
  walk(path)
  return [...seen]
}

const loaded = new Map<string, readonly Test[]>()

async function testsOf({root, seed}: Start, file: string): Promise<readonly Test[]> {
  const known = loaded.get(file)
  if (known !== undefined) return known
  answer({type: 'alive', what: file, limitMs: LOAD_LIMIT_MS})
  const tests = await collect(file, () => import(pathToFileURL(`${root}/${file}`).href))
  if (importsOf(file).some(path => path.startsWith('node_modules/fast-check/')))
    (await import('fast-check')).configureGlobal({seed})
  loaded.set(file, tests)
  return tests
}

/** The error of a test; undefined when the test passes. */
async function errorOf(test: Test, limitMs: number): Promise<string | undefined> {
  answer({type: 'alive', what: test.id, limitMs: limitMs + 2000})
  const {promise: late, reject} = Promise.withResolvers<never>()
  const timer = setTimeout(() => {
    reject(new Error(LATE))
  }, limitMs)
  try {
    await Promise.race([test.run(), late])
    return undefined
  } catch (error) {
    return String(error instanceof Error ? error.message : error)
  } finally {
    clearTimeout(timer)
  }
}

async function cover(start: Start, {file, paths}: Extract<Order, {type: 'cover'}>): Promise<Answer> {
  takeReached()
  const all = await testsOf(start, file)
  const whileLoading = takeReached()
  const imports = importsOf(file)
  if (!paths.some(path => imports.includes(path))) return {type: 'covered', tests: [], whileLoading: [], imports}
  const tests: Covered[] = []
  for (const test of all) {
    const startedMs = performance.now()
    // Retried once: a busy machine can be too slow for tests of locks and connections.
    const error = (await errorOf(test, COVER_LIMIT_MS)) && (await errorOf(test, COVER_LIMIT_MS))
    const ms = performance.now() - startedMs
    tests.push({id: test.id, ms, mutants: takeReached(), ...(error === undefined ? {} : {error})})
  }
  return {type: 'covered', tests, whileLoading, imports}
}

async function tryMutant(start: Start, {mutant, files, isFresh}: Extract<Order, {type: 'try'}>): Promise<Outcome> {
  for (const {file, limits} of files) {
    if (isFresh) active = mutant
    let tests: readonly Test[]
    try {
      tests = await testsOf(start, file)
    } catch (error) {
      return {kind: 'noticed', by: `${file} (${String(error).slice(0, 100)})`}
    }
    for (const test of tests) {
      const limitMs = limits[test.id]
      if (limitMs === undefined) continue
      active = mutant
      const error = await errorOf(test, limitMs)
      if (error === LATE) return {kind: 'late', by: test.id}
      // Twice, since a busy machine fails a test that measures time.
      const isSure = error !== undefined && (await errorOf(test, limitMs)) !== undefined
      active = isFresh ? mutant : -1
      if (!isSure) continue
      // An earlier mutant may have caused this failure, by state that it left in the process. A new process has no such state.
      const isOwn = isFresh || (await errorOf(test, limitMs)) === undefined
      return {kind: isOwn ? 'noticed' : 'unreliable', by: test.id}
    }
  }
  return {kind: 'survived'}
}

if (process.send !== undefined) {
  // A mutant may leave a promise or a socket that fails after its test. No test notices that.
  process.on('unhandledRejection', () => undefined)
  process.on('uncaughtException', () => undefined)
  process.on('disconnect', () => process.exit())
  let start: Start | undefined
  process.on('message', (order: Order) => {
    void (async () => {
      if (order.type === 'start') {
        start = order
        hook(order)
        answer({type: 'ready'})
      } else if (start === undefined) throw new Error('it was not started')
      else if (order.type === 'cover') answer(await cover(start, order))
      else answer({type: 'tried', outcome: await tryMutant(start, order)})
    })()
  })
}
