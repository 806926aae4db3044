// An audit of a thousand images at three registries on loopback: requests, time, and memory. `node scripts/bench-audit.ts [IMAGES]`.
// Each image is an index of two platforms with attestations. The registries are plain servers that count what they are asked.

import {spawn} from 'node:child_process'
import {mkdtemp, readFile, rm, writeFile} from 'node:fs/promises'
import {createServer, type Server} from 'node:http'
import type {AddressInfo} from 'node:net'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {blobsOf, type Index, makePublished, manifestsOf} from '../__tests__/support/images.ts'

const COUNT = Number(process.argv[2] ?? '1000')
const TAG = '1.2.3'
const PLACES = 3

type Content = {readonly bytes: Buffer; readonly mediaType: string; readonly digest: string}
type Place = {
  readonly server: Server
  readonly host: string
  readonly times: number[]
  readonly byImage: Map<string, number>
}

const images = Array.from({length: COUNT}, (_, at) => ({
  name: `fleet/app-${String(at)}`,
  index: makePublished({
    seed: at,
    platforms: ['linux/amd64', 'linux/arm64'],
    layers: [0, 1, 2].map(layer => ({content: {seed: at * 10 + layer, size: 500}}))
  })
}))

const content = new Map<string, Content>()
for (const {name, index} of images) addImage(name, index)

function addImage(name: string, index: Index): void {
  for (const {bytes, mediaType, digest} of manifestsOf(index))
    content.set(`/v2/${name}/manifests/${digest}`, {bytes, mediaType, digest})
  for (const {bytes, digest} of blobsOf(index))
    content.set(`/v2/${name}/blobs/${digest}`, {bytes, mediaType: 'application/octet-stream', digest})
  const {bytes, mediaType, digest} = index.index
  content.set(`/v2/${name}/manifests/${TAG}`, {bytes, mediaType, digest})
}

async function start(): Promise<Place> {
  const times: number[] = []
  const byImage = new Map<string, number>()
  const server = createServer((request, response) => {
    times.push(performance.now())
    const path = request.url ?? ''
    const name = path.split('/').slice(2, 4).join('/')
    byImage.set(name, (byImage.get(name) ?? 0) + 1)
    const found = content.get(path)
    if (found === undefined) response.writeHead(404).end()
    else {
      response.writeHead(200, {
        'content-type': found.mediaType,
        'content-length': found.bytes.length,
        'docker-content-digest': found.digest
      })
      response.end(request.method === 'HEAD' ? undefined : found.bytes)
    }
  })
  server.keepAliveTimeout = 60_000
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {server, host: `127.0.0.1:${String((server.address() as AddressInfo).port)}`, times, byImage}
}

const places = await Promise.all(Array.from({length: PLACES}, start))
const [primary, ...mirrors] = places
if (primary === undefined) throw new Error('there is no registry')
const folder = await mkdtemp(join(tmpdir(), 'verified-image-bench-'))
try {
  const files = {output: join(folder, 'output'), summary: join(folder, 'summary.md')}
  await Promise.all(Object.values(files).map(file => writeFile(file, '')))
  const startedMs = performance.now()
  const child = spawn('/usr/bin/env', ['bash', '-c', 'node "$0"; code=$?; exit $code', 'dist/audit/index.js'], {
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: folder,
      RUNNER_TEMP: folder,
      GITHUB_WORKSPACE: folder,
      GITHUB_OUTPUT: files.output,
      GITHUB_STEP_SUMMARY: files.summary,
      INPUT_IMAGE: images.map(({name}) => `${primary.host}/${name}:${TAG}`).join('\n'),
      INPUT_MIRRORS: mirrors.map(({host}) => `${primary.host}=${host}`).join('\n'),
      'INPUT_PUBLIC-MIRRORS': '',
      INPUT_TIMEOUT: '60m'
    },
    stdio: ['ignore', 'ignore', 'inherit']
  })
  const peak = watchMemory(child.pid ?? 0)
  const exitCode = await new Promise<number | null>(resolve => child.once('close', resolve))
  const seconds = (performance.now() - startedMs) / 1000
  const summary = await readFile(files.summary, 'utf8')
  console.log(`exit code ${String(exitCode)}, ${seconds.toFixed(1)} s, peak ${String(Math.round(peak() / 1024))} MiB`)
  console.log(`summary: ${String(Buffer.byteLength(summary))} bytes`)
  for (const {times, byImage, host} of places)
    console.log(
      `${host}: ${String(times.length)} requests, at most ${String(Math.max(...byImage.values()))} for an image, at most ${String(mostInAMinute(times))} in a minute`
    )
  await writeFile(join(tmpdir(), 'audit-bench-summary.md'), summary)
} finally {
  for (const {server} of places) server.close()
  for (const {server} of places) server.closeAllConnections()
  await rm(folder, {recursive: true, force: true})
}

function mostInAMinute(times: readonly number[]): number {
  let first = 0
  let most = 0
  for (const [at, time] of times.entries()) {
    while (time - (times[first] ?? 0) >= 60_000) first++
    most = Math.max(most, at - first + 1)
  }
  return most
}

/** Reads the peak memory of the node process below the shell, in KiB, while it runs. */
function watchMemory(pid: number): () => number {
  let most = 0
  const timer = setInterval(() => {
    void readPeak(pid).then(found => (most = Math.max(most, found)))
  }, 250)
  timer.unref()
  return () => most
}

async function readPeak(pid: number): Promise<number> {
  const children = await readFile(`/proc/${String(pid)}/task/${String(pid)}/children`, 'utf8').catch(() => '')
  const pids = [String(pid), ...children.trim().split(' ')].filter(text => text !== '')
  const peaks = await Promise.all(
    pids.map(async each => {
      const status = await readFile(`/proc/${each}/status`, 'utf8').catch(() => '')
      return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? '0')
    })
  )
  return Math.max(...peaks)
}
