// Five hundred acquisitions in one process under random faults: memory, sockets, and temporary files do not grow.

import {execFile} from 'node:child_process'
import {mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {promisify} from 'node:util'
import {afterAll, beforeAll, describe, expect, it} from '@jest/globals'
import {type Action, type Fault, htmlPage, ociError, tooManyRequests} from './support/fault.ts'
import {type FaultRegistry, startFaultRegistry} from './support/fault-registry.ts'
import {makePublished} from './support/images.ts'
import type {LongRun} from './support/long-run.ts'
import {randomFrom} from './support/random-faults.ts'
import {publish} from './support/registry-content.ts'

const RUNS = 500
const SAMPLE_EVERY = 100

const ACTIONS: readonly Action[] = [
  ociError(503, 'UNAVAILABLE'),
  ociError(500, 'UNKNOWN'),
  ociError(404, 'UNKNOWN'),
  ociError(403, 'DENIED'),
  ociError(401, 'UNAUTHORIZED'),
  tooManyRequests(),
  tooManyRequests('3600'),
  htmlPage(),
  {kind: 'reset'},
  {kind: 'reset', afterBytes: 100},
  {kind: 'close'},
  {kind: 'not-http'},
  {kind: 'hang'},
  {kind: 'stall', afterBytes: 50},
  {kind: 'truncate', afterBytes: 100},
  {kind: 'corrupt'},
  {kind: 'empty'},
  {kind: 'append', bytes: 5000},
  {kind: 'endless'},
  {kind: 'encode'},
  {kind: 'redirect-loop'},
  {kind: 'unsized', framing: 'close', afterBytes: 100},
  {kind: 'unsized', framing: 'chunked'}
]

/** About one fault for every `between` requests. */
function randomFaults(seed: number, count: number, between: number): Fault[] {
  const random = randomFrom(seed)
  let after = 0
  return Array.from({length: count}, () => {
    after += Math.floor(random() * between * 2)
    return {on: 'any', do: ACTIONS[Math.floor(random() * ACTIONS.length)] ?? {kind: 'reset'}, after}
  })
}

let registries: readonly FaultRegistry[]
let folder: string
let run: LongRun

beforeAll(async () => {
  const content = [publish('acme/app', '1', makePublished())]
  registries = await Promise.all([
    startFaultRegistry({
      content,
      auth: {kind: 'bearer', realmHost: 'separate'},
      blobs: 'redirect',
      faults: randomFaults(1, 600, 8)
    }),
    startFaultRegistry({content, faults: randomFaults(2, 60, 20)})
  ])
  const [primary, mirror] = registries.map(({host}) => host)
  folder = await mkdtemp(join(tmpdir(), 'verified-image-long-run-'))
  const inputs = {
    image: `${primary ?? ''}/acme/app:1`,
    mirrors: `${primary ?? ''}=${mirror ?? ''}`,
    platform: 'linux/amd64',
    backoff: '1ms',
    'backoff-max': '20ms',
    'stall-timeout': '100ms',
    'hedge-after': '50ms',
    'status-pages': 'false'
  }
  const args = ['--expose-gc', '--disable-warning=ExperimentalWarning', '__tests__/support/long-run.ts']
  const {stdout} = await promisify(execFile)(
    process.execPath,
    [...args, JSON.stringify(inputs), String(RUNS), String(SAMPLE_EVERY)],
    {env: {PATH: process.env['PATH'] ?? '', TMPDIR: folder, TMP: folder, TEMP: folder}, maxBuffer: 64 * 1024 * 1024}
  )
  run = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as LongRun
}, 120_000)

afterAll(async () => {
  await Promise.all(registries.map(registry => registry.close()))
  await rm(folder, {recursive: true, force: true})
})

describe('five hundred acquisitions under random faults', () => {
  it('meet all kinds of faults, and nearly all succeed', () => {
    expect(run.exitCodes).toHaveLength(RUNS)
    expect(run.exitCodes.filter(code => code === 0).length).toBeGreaterThan(RUNS * 0.9)
    expect(run.sources).toEqual(expect.arrayContaining(['primary', 'mirror']))
    expect(registries[0]?.journal.filter(({fault}) => fault !== undefined).length).toBeGreaterThan(RUNS / 2)
  })

  it('end with an image or with the failures of each registry, never with a bug', () => {
    expect(run.bugs).toEqual([])
  })

  it('leave no files', () => {
    expect(run.leftBehind).toEqual([])
    expect(run.samples.map(({files}) => files)).toEqual(run.samples.map(() => []))
  })

  it('leave no sockets, timers or children', () => {
    expect(run.samples.map(({resources}) => resources)).toEqual(run.samples.map(() => []))
  })

  it('do not increase the memory', () => {
    const [first, ...later] = run.samples
    const growth = later.map(({heapBytes, outsideBytes}) => ({
      heapMiB: Math.round((heapBytes - (first?.heapBytes ?? 0)) / 2 ** 20),
      outsideMiB: Math.round((outsideBytes - (first?.outsideBytes ?? 0)) / 2 ** 20)
    }))
    // A run that kept a connection, a stream or its report would grow by tens of MiB over four hundred.
    for (const {heapMiB, outsideMiB} of growth) {
      expect(heapMiB).toBeLessThanOrEqual(4)
      expect(outsideMiB).toBeLessThanOrEqual(4)
    }
  })
})
