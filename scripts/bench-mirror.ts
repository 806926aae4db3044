// Measures what a copy costs: requests and bytes at both registries, and time, of a first run, one with nothing new, and one in
// which a layer is new; beside `crane copy` and `regctl image copy`. Prints one row for each. Option: `--runs N` for the times.
// The registries are docker-registry on loopback. Requests and bytes are counted by a proxy before each, times are taken without.

import {spawn} from 'node:child_process'
import {Agent, createServer, request as send, type IncomingMessage, type ServerResponse} from 'node:http'
import {mkdtemp, rm} from 'node:fs/promises'
import type {AddressInfo} from 'node:net'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {parseArgs} from 'node:util'
import {type DockerRegistry, startDockerRegistry} from '../__tests__/support/docker-registry.ts'
import {type Image, makeImage} from '../__tests__/support/images.ts'
import {median} from './bench/figures.ts'

const {values} = parseArgs({options: {runs: {type: 'string', default: '5'}}})
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

function run(program: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {env: {PATH: process.env['PATH'] ?? '', HOME: tmpdir(), ...env}})
    let said = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => (said += text.toString()))
    child.on('error', reject)
    child.on('close', code => {
      if (code === 0) resolve(said)
      else reject(new Error(`${program} ${args.join(' ')} ended with ${String(code)}: ${said}`))
    })
  })
}

async function mirror(from: string, to: string, tools = ''): Promise<void> {
  const temporary = await mkdtemp(join(tmpdir(), 'verified-image-bench-'))
  try {
    const [name = ''] = from.split(/:[^:/]+$/)
    const [target = ''] = to.split(/:[^:/]+$/)
    await run(process.execPath, ['dist/mirror/index.js'], {
      ...{INPUT_IMAGE: from, INPUT_TO: `${name}=${target}`, 'INPUT_PUBLIC-MIRRORS': ''},
      ...{RUNNER_TEMP: temporary, GITHUB_OUTPUT: join(temporary, 'output'), RUNNER_TOOL_CACHE: tools}
    })
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

const source = await startDockerRegistry()
try {
  const seeds = Array.from({length: LAYERS}, (_, at) => at + 1)
  await source.push('bench/app', 'old', imageOf(seeds))
  await source.push('bench/app', 'new', imageOf([...seeds.slice(1), LAYERS + 1]))
  console.log('| Program | Run | Requests at the source | MB read | Requests at the target | MB sent |')
  console.log('|---|---|---|---|---|---|')
  const tools = await mkdtemp(join(tmpdir(), 'verified-image-tools-'))
  for (const [name, copy] of Object.entries(PROGRAMS)) await countOne(name, copy, source)
  await countOne('the same with a tool cache', (from, to) => mirror(from, to, tools), source)
  await rm(tools, {recursive: true})
  await timeFirst(source)
} finally {
  await source.close()
}
