// Many acquisitions of a large layer on a line in one process, under random faults of its parts: every byte is right, and memory,
// sockets, and temporary files do not grow.

import {execFile} from 'node:child_process'
import {mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {promisify} from 'node:util'
import {afterAll, beforeAll, describe, expect, it} from '@jest/globals'
import {type Action, type Fault, ociError, tooManyRequests} from './support/fault.ts'
import {type FaultRegistry, startFaultRegistry} from './support/fault-registry.ts'
import {makeImage} from './support/images.ts'
import {type Line, startLine} from './support/line.ts'
import type {LongRun} from './support/long-run.ts'
import {randomFrom} from './support/random-faults.ts'
import {publish} from './support/registry-content.ts'
import {isFull} from './support/sample.ts'

const MIB = 1024 * 1024
const RUNS = isFull ? 30 : 12
const SAMPLE_EVERY = RUNS / 3

const ACTIONS: readonly Action[] = [
  {kind: 'stall', afterBytes: MIB},
  // Slow for a part, and bearable where it meets the request for all that is left.
  {kind: 'trickle', bytesPerSecond: 2_000_000},
  {kind: 'hang'},
  {kind: 'truncate', afterBytes: MIB},
  {kind: 'reset', afterBytes: 2 * MIB},
  {kind: 'reset'},
  {kind: 'corrupt', at: 20 * MIB},
  {kind: 'range', answer: 'ignore'},
  {kind: 'range', answer: 'refuse'},
  {kind: 'range', answer: 'half'},
  {kind: 'range', answer: 'elsewhere'},
  {kind: 'range', answer: 'lie'},
  ociError(403, 'DENIED'),
  ociError(500, 'UNKNOWN'),
  ociError(503, 'UNAVAILABLE'),
  tooManyRequests()
]

/** About one fault in twelve parts. */
function randomFaults(seed: number, count: number): Fault[] {
  const random = randomFrom(seed)
  let after = 0
  return Array.from({length: count}, () => {
    after += 1 + Math.floor(random() * 24)
    const action = ACTIONS[Math.floor(random() * ACTIONS.length)] ?? {kind: 'reset'}
    return {on: 'layer[0]', do: action, after, ranged: true}
  })
}

let registry: FaultRegistry
let line: Line
let folder: string
let run: LongRun

beforeAll(async () => {
  const image = makeImage({layers: [{content: {seed: 1, size: 40 * MIB}, compression: 'none'}]})
  registry = await startFaultRegistry({content: [publish('acme/app', '1', image)], faults: randomFaults(1, 200)})
  line = await startLine(() => registry.host, {roundTripMs: 10, bytesPerSecond: 20e6})
  folder = await mkdtemp(join(tmpdir(), 'verified-image-parts-long-run-'))
  const inputs = {
    image: `${line.host}/acme/app:1`,
    ...{platform: 'linux/amd64', 'public-mirrors': '', 'status-pages': 'false'},
    ...{backoff: '1ms', 'backoff-max': '20ms', 'hedge-after': '0', 'stall-timeout': '2s'}
  }
  const args = ['--expose-gc', '--disable-warning=ExperimentalWarning', '__tests__/support/long-run.ts']
  const {stdout} = await promisify(execFile)(
    process.execPath,
    [...args, JSON.stringify(inputs), String(RUNS), String(SAMPLE_EVERY)],
    {env: {PATH: process.env['PATH'] ?? '', TMPDIR: folder, TMP: folder, TEMP: folder}, maxBuffer: 64 * MIB}
  )
  run = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as LongRun
}, 300_000)

afterAll(async () => {
  await line.close()
  await registry.close()
  await rm(folder, {recursive: true, force: true})
})

describe('acquisitions in parts under random faults', () => {
  it('all succeed, with parts in nearly all of them', () => {
    expect(run.exitCodes).toEqual(Array.from({length: RUNS}, () => 0))
    expect(run.bugs).toEqual([])
    const {journal} = registry
    expect(journal.filter(({fault}) => fault !== undefined).length).toBeGreaterThan(RUNS / 2)
    expect(journal.filter(({headers}) => headers.range !== undefined).length).toBeGreaterThan(RUNS * 4)
  })

  it('leave no files, sockets, timers, or children', () => {
    expect(run.leftBehind).toEqual([])
    expect(run.samples.map(({files, resources}) => [files, resources])).toEqual(run.samples.map(() => [[], []]))
  })

  it('do not increase the memory', () => {
    const [first, ...later] = run.samples
    // A run that kept one buffer of a part would grow by 16 MiB between two of these.
    for (const {heapBytes, outsideBytes} of later) {
      expect(heapBytes - (first?.heapBytes ?? 0)).toBeLessThanOrEqual(4 * MIB)
      expect(outsideBytes - (first?.outsideBytes ?? 0)).toBeLessThanOrEqual(4 * MIB)
    }
  })
})
