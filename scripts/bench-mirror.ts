// Measures what a copy costs: requests and bytes at both registries, and time, of a first run, one with nothing new, and one in
// which a layer is new; beside `crane copy` and `regctl image copy`. Then the memory of images of several shapes. Prints one row for
// each. Options: `--runs N` for the times, `--only memory`. The registries are docker-registry on loopback. Requests and bytes are
// counted by a proxy before each, times are taken without.

import {spawn} from 'node:child_process'
import {readFileSync} from 'node:fs'
import {Agent, createServer, request as send, type IncomingMessage, type ServerResponse} from 'node:http'
import {mkdtemp, rm} from 'node:fs/promises'
import type {AddressInfo} from 'node:net'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {parseArgs} from 'node:util'
import {type DockerRegistry, startDockerRegistry} from '../__tests__/support/docker-registry.ts'
import {type Image, type LayerSpec, makeImage} from '../__tests__/support/images.ts'
import {median} from './bench/figures.ts'

const {values} = parseArgs({options: {runs: {type: 'string', default: '5'}, only: {type: 'string', default: ''}}})
const RUNS = Number(values.runs)
const LAYERS = 6
const LAYER_BYTES = 20_000_000

type Counts = {requests: number; sent: number; received: number}
type Counter = {readonly host: string; readonly take: () => Counts; readonly close: () => void}

async function startCounter(target: string): Promise<Counter> {
  const agent = new Agent({keepAlive: true})
  let counts: Counts = {requests: 0, sent: 0, received: 0}
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    counts.requests += 1
    const [host = '', port = ''] = target.split(':')
    const {method = 'GET', url = '/', headers} = request
    const upstream = send({agent, host, port, method, path: url, headers}, answer => {
      response.writeHead(answer.statusCode ?? 500, answer.headers)
      answer.on('data', (chunk: Buffer) => (counts.received += chunk.length))
      answer.pipe(response)
    })
    upstream.on('error', () => response.destroy())
    request.on('data', (chunk: Buffer) => (counts.sent += chunk.length))
    request.pipe(upstream)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    host: `127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    take: () => {
      const taken = counts
      counts = {requests: 0, sent: 0, received: 0}
      return taken
    },
    close: () => {
      server.closeAllConnections()
      server.close()
      agent.destroy()
    }
  }
}

type Copy = (from: string, to: string) => Promise<unknown>

function run(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  onStart: (pid: number) => void = () => undefined
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {env: {PATH: process.env['PATH'] ?? '', HOME: tmpdir(), ...env}})
    if (child.pid !== undefined) onStart(child.pid)
    let said = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => (said += text.toString()))
    child.on('error', reject)
    child.on('close', code => {
      if (code === 0) resolve(said)
      else reject(new Error(`${program} ${args.join(' ')} ended with ${String(code)}: ${said}`))
    })
  })
}

type MirrorOptions = {readonly tools?: string; readonly onStart?: (pid: number) => void}

async function mirror(from: string, to: string, {tools = '', onStart}: MirrorOptions = {}): Promise<void> {
  const temporary = await mkdtemp(join(tmpdir(), 'verified-image-bench-'))
  try {
    const [name = ''] = from.split(/:[^:/]+$/)
    const [target = ''] = to.split(/:[^:/]+$/)
    const env = {
      ...{INPUT_IMAGE: from, INPUT_TO: `${name}=${target}`, 'INPUT_PUBLIC-MIRRORS': ''},
      ...{RUNNER_TEMP: temporary, GITHUB_OUTPUT: join(temporary, 'output'), RUNNER_TOOL_CACHE: tools}
    }
    await run(process.execPath, ['dist/mirror/index.js'], env, onStart)
  } finally {
    await rm(temporary, {recursive: true})
  }
}

const PROGRAMS: Readonly<Record<string, Copy>> = {
  'verified-image mirror': (from, to) => mirror(from, to),
  'crane copy': (from, to) => run('crane', ['copy', '--insecure', from, to]),
  'regctl image copy': async (from, to) => {
    const hosts = [from, to].flatMap(name => ['--host', `reg=${name.split('/')[0] ?? ''},tls=disabled`])
    await run('regctl', [...hosts, 'image', 'copy', '--referrers', '--digest-tags', from, to])
  }
}

function imageOf(seeds: readonly number[]): Image {
  return makeImage({layers: seeds.map(seed => ({content: {seed, size: LAYER_BYTES}}))})
}

async function countOne(program: string, copy: Copy, source: DockerRegistry): Promise<void> {
  const target = await startDockerRegistry()
  const [from, to] = await Promise.all([startCounter(source.host), startCounter(target.host)])
  try {
    for (const [what, tag] of [
      ['first', 'old'],
      ['unchanged', 'old'],
      ['one new layer', 'new']
    ] as const) {
      await copy(`${from.host}/bench/app:${tag}`, `${to.host}/bench/app:${tag}`)
      const [read, wrote] = [from.take(), to.take()]
      console.log(
        `| ${program} | ${what} | ${String(read.requests)} | ${megabytes(read.received)} | ${String(wrote.requests)} | ${megabytes(wrote.sent)} |`
      )
    }
  } finally {
    from.close()
    to.close()
    await target.close()
  }
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(2)
}

async function timeFirst(source: DockerRegistry): Promise<void> {
  const times = new Map<string, number[]>()
  const timed = async (name: string, work: () => Promise<unknown>): Promise<void> => {
    const startedMs = performance.now()
    await work()
    times.set(name, [...(times.get(name) ?? []), (performance.now() - startedMs) / 1000])
  }
  const from = `${source.host}/bench/app:old`
  // Alternating, so that a busy moment meets all of them.
  for (let round = 0; round < RUNS; round++)
    for (const [name, copy] of Object.entries(PROGRAMS)) {
      const target = await startDockerRegistry()
      const to = `${target.host}/bench/app:old`
      if (name === 'crane copy')
        await timed('crane validate', () => run('crane', ['validate', '--insecure', '--remote', from]))
      await timed(name, () => copy(from, to))
      await target.close()
    }
  console.log(`\nseconds for a first copy of 120 MB, medians of ${String(RUNS)}:`)
  for (const [name, seconds] of times) console.log(`| ${name} | ${median(seconds).toFixed(2)} |`)
}

// A run with the smallest image shows what Node and the code take.
const SHAPES: Readonly<Record<string, readonly LayerSpec[]>> = {
  'one layer of 1 kB': layersOf(1, 1000),
  'six layers of 20 MB': layersOf(6, 20_000_000),
  'one layer of 240 MB': layersOf(1, 240_000_000),
  '120 layers of 2 MB': layersOf(120, 2_000_000)
}

/** Not compressed, so that an upload has as many bytes as the layer. */
function layersOf(count: number, size: number): readonly LayerSpec[] {
  return Array.from({length: count}, (_, at) => ({content: {seed: at + 1, size}, compression: 'none'}))
}

/** The most memory that the process held, read until it is gone. */
function watchMemory(pid: number): {readonly stop: () => number} {
  let peakKb = 0
  const timer = setInterval(() => {
    try {
      const [, held = '0'] = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${String(pid)}/status`, 'utf8')) ?? []
      peakKb = Math.max(peakKb, Number(held))
    } catch {
      // It has just ended.
    }
  }, 20)
  return {
    stop: () => {
      clearInterval(timer)
      return peakKb / 1000
    }
  }
}

async function measureMemory(): Promise<void> {
  console.log('\n| Image | Peak memory of the copy, MB |\n|---|---|')
  for (const [name, layers] of Object.entries(SHAPES)) {
    const [from, to] = [await startDockerRegistry(), await startDockerRegistry()]
    await from.push('bench/app', 'shape', makeImage({layers}))
    const peaks: number[] = []
    for (let round = 0; round < RUNS; round++) {
      let watch: {readonly stop: () => number} | undefined
      // Another repository each time: nothing is there yet.
      await mirror(`${from.host}/bench/app:shape`, `${to.host}/bench/copy${String(round)}:shape`, {
        onStart: pid => {
          watch = watchMemory(pid)
        }
      })
      peaks.push(watch?.stop() ?? 0)
    }
    console.log(`| ${name} | ${median(peaks).toFixed(0)} |`)
    await Promise.all([from.close(), to.close()])
  }
}

async function measureCosts(): Promise<void> {
  const source = await startDockerRegistry()
  try {
    const seeds = Array.from({length: LAYERS}, (_, at) => at + 1)
    await source.push('bench/app', 'old', imageOf(seeds))
    await source.push('bench/app', 'new', imageOf([...seeds.slice(1), LAYERS + 1]))
    console.log('| Program | Run | Requests at the source | MB read | Requests at the target | MB sent |')
    console.log('|---|---|---|---|---|---|')
    const tools = await mkdtemp(join(tmpdir(), 'verified-image-tools-'))
    for (const [name, copy] of Object.entries(PROGRAMS)) await countOne(name, copy, source)
    await countOne('the same with a tool cache', (from, to) => mirror(from, to, {tools}), source)
    await rm(tools, {recursive: true})
    await timeFirst(source)
  } finally {
    await source.close()
  }
}

if (values.only !== 'memory') await measureCosts()
await measureMemory()
