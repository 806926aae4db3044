// `npm run bench:caches`: what each shared cache saves, for docs/caches.md. A job verifies an image of 43 MB, by its digest, from a registry
// behind a line of 80 ms, without a cache, and as the first and the second job of each cache, which is beside the runner. It prints
// what the registry sent, and the time of the job against that without a cache: medians of several rounds, in turn.
// It needs dist, registry (distribution 3), haproxy, and redis-server. zot is measured if it is installed, and a stand-in is Spegel.

import {execFileSync, spawn} from 'node:child_process'
import {mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {parseArgs} from 'node:util'
import {type FaultRegistry, startFaultRegistry} from '../__tests__/support/fault-registry.ts'
import {freePort, isListening} from '../__tests__/support/front-ends.ts'
import {makeImage} from '../__tests__/support/images.ts'
import {startLine} from '../__tests__/support/line.ts'
import {startNodeMirror} from '../__tests__/support/node-mirror.ts'
import {publish} from '../__tests__/support/registry-content.ts'
import {runAction} from '../__tests__/support/run-action.ts'
import {readExample, startSharedCache} from '../__tests__/support/shared-cache.ts'
import {median} from './bench/figures.ts'

const {values} = parseArgs({options: {rounds: {type: 'string', default: '5'}}})
const ROUNDS = Number(values.rounds)
const LINE = {roundTripMs: 80, bytesPerSecond: 50e6}
const IMAGE = makeImage({layers: [1, 2, 3, 4].map(seed => ({content: {seed, size: 20_000_000}}))})

type Job = {readonly inputs: Readonly<Record<string, string>>; readonly env?: Readonly<Record<string, string>>}
type Cache = {readonly name: string; readonly jobOf: (round: number, ordinal: 1 | 2) => Promise<Job> | Job}
type Measured = {readonly manifests: number; readonly blobs: number; readonly megabytes: number; readonly ms: number}

const registry = await startFaultRegistry()
const line = await startLine(() => registry.host, LINE)
const node = await startFaultRegistry()
const folder = await mkdtemp(join(tmpdir(), 'verified-image-bench-caches-'))

// A repository for each round: a cache keeps what belongs to the others apart.
function nameOf(round: number): string {
  return `acme/app-${String(round)}`
}

function sentSince({journal}: FaultRegistry, entry: number): Omit<Measured, 'ms'> {
  const sent = journal.slice(entry).filter(({method, status}) => method === 'GET' && status === 200)
  const count = (pattern: RegExp): number => sent.filter(({object}) => pattern.test(object)).length
  return {
    manifests: count(/^(?:index|manifest|child)/),
    blobs: count(/^(?:config|layer|blob)/),
    megabytes: sent.reduce((sum, {bytesSent}) => sum + bytesSent, 0) / 1e6
  }
}

async function measure(round: number, {inputs, env = {}}: Job): Promise<Measured> {
  const before = registry.journal.length
  const image = `${line.host}/${nameOf(round)}:1.0.0@${IMAGE.manifest.digest}`
  const fixed = {platform: 'linux/amd64', 'public-mirrors': '', 'status-pages': 'false'}
  const ran = await runAction({image, ...fixed, ...inputs}, {env})
  if (ran.exitCode !== 0) throw new Error(ran.stdout)
  return {...sentSince(registry, before), ms: ran.elapsedMs}
}

function hasZot(): boolean {
  try {
    execFileSync('zot', ['--version'], {stdio: 'ignore'})
    return true
  } catch {
    return false
  }
}

async function startZot(): Promise<{readonly host: string; readonly close: () => void}> {
  const port = await freePort()
  const config = await readExample('zot/config.json', {
    '/var/lib/zot': join(folder, 'zot'),
    '0.0.0.0': '127.0.0.1',
    '"5000"': `"${String(port)}"`,
    'https://index.docker.io': `http://${line.host}`,
    // No second registry is here.
    'https://ghcr.io': 'http://127.0.0.1:1'
  })
  const file = join(folder, 'zot.json')
  await writeFile(file, config)
  const child = spawn('zot', ['serve', file], {stdio: 'ignore'})
  while (!(await isListening(port))) if (child.exitCode !== null) throw new Error('zot did not start')
  return {host: `127.0.0.1:${String(port)}`, close: () => child.kill('SIGKILL')}
}

const shared = await startSharedCache(line.host)
const zot = hasZot() ? await startZot() : undefined
const spegel = await startNodeMirror('spegel', node.host)
const certificates = join(folder, 'certs.d')
await mkdir(join(certificates, '_default'), {recursive: true})
await writeFile(
  join(certificates, '_default/hosts.toml'),
  await readExample('spegel/certs.d/_default/hosts.toml', {'10.0.0.7:30020': spegel.host})
)

async function onDisk(round: number): Promise<Job> {
  const tools = join(folder, `tools-${String(round)}`)
  await mkdir(tools, {recursive: true})
  return {inputs: {layout: 'image'}, env: {RUNNER_TOOL_CACHE: tools}}
}

const caches: readonly Cache[] = [
  {name: 'none', jobOf: () => ({inputs: {}})},
  {
    name: 'distribution',
    jobOf: () => ({inputs: {mirrors: `${line.host}=${shared.host}`, prefer: 'mirrors'}, env: shared.environment})
  },
  ...(zot === undefined
    ? []
    : [{name: 'zot', jobOf: () => ({inputs: {mirrors: `${line.host}=${zot.host}/hub`, prefer: 'mirrors'}})}]),
  {
    name: 'Spegel, a stand-in',
    jobOf: (round, ordinal) => {
      // A node has an image once a job has run it there.
      if (ordinal === 2) node.addContent(publish(nameOf(round), '1.0.0', IMAGE))
      return {inputs: {'mirrors-from': certificates, prefer: 'mirrors', layout: 'image', cache: 'false'}}
    }
  },
  {name: 'tool cache on the disk', jobOf: onDisk}
]

const all = new Map<string, Measured[]>()
for (let round = 0; round < ROUNDS; round++) {
  registry.addContent(publish(nameOf(round), '1.0.0', IMAGE))
  for (const {name, jobOf} of caches)
    for (const ordinal of [1, 2] as const) {
      const key = `${name} | ${ordinal === 1 ? 'first' : 'second'}`
      all.set(key, [...(all.get(key) ?? []), await measure(round, await jobOf(round, ordinal))])
      // A pull-through cache stores a blob after it has sent it.
      if (ordinal === 1) await new Promise(resolve => setTimeout(resolve, 300))
    }
}

console.log('| Cache | Job | Manifests | Blobs | MB | Time, without a cache = 1 |')
console.log('|---|---|---|---|---|---|')
const without = all.get('none | second') ?? []
for (const [key, rounds] of all) {
  const of = (field: keyof Measured): number => median(rounds.map(measured => measured[field]))
  const ratio = median(rounds.map(({ms}, round) => ms / (without[round]?.ms ?? Number.NaN)))
  const cells = [key, of('manifests'), of('blobs'), of('megabytes').toFixed(1), ratio.toFixed(2)]
  console.log(`| ${cells.join(' | ')} |`)
}
console.log(`\nWithout a cache: ${(median(without.map(({ms}) => ms)) / 1000).toFixed(2)} s.`)

zot?.close()
await Promise.all([shared, spegel, node, line, registry].map(server => server.close()))
await rm(folder, {recursive: true, force: true})
