// The estimate of docs/fleet.md: requests to Docker Hub of 10,000 jobs a day. Each figure comes from requests that one run was seen to
// send: a first one, which finds caches empty, and a later one. A table that differs from the page fails.

import {readFileSync} from 'node:fs'
import {mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, afterEach, beforeEach, expect, it} from '@jest/globals'
import {startDockerRegistry} from './support/docker-registry.ts'
import {type FaultRegistry, startFaultRegistry} from './support/fault-registry.ts'
import {makeImage, makeIndex} from './support/images.ts'
import {runMirrorAction} from './support/mirror-fixture.ts'
import {describeWith} from './support/programs.ts'
import {publish} from './support/registry-content.ts'
import {runAction} from './support/run-action.ts'

const JOBS = 10_000
const REPOSITORIES = 1000
const IMAGES_OF_A_JOB = 2
const IMAGES = 60
const MACHINES = 50
/** Of one platform: a config and six layers. */
const BLOBS = 7
const MEGABYTES = 60

const PATIENCE_MS = 120_000
const TAG = '1.2.3'
const NAME = 'acme/app'
const INDEX = makeIndex({
  children: ['amd64', 'arm64'].map((architecture, at) =>
    makeImage({
      platform: `linux/${architecture}`,
      layers: [1, 2, 3, 4, 5, 6].map(seed => ({content: {seed: 10 * at + seed, size: 2000}}))
    })
  )
})

/** What Docker Hub was asked for. GET of a manifest counts as a pull, HEAD not. */
type Requests = {readonly pulls: number; readonly heads: number; readonly blobs: number; readonly missing: number}
type Lever = {readonly name: string; readonly first: Requests; readonly later: Requests; readonly firsts: number}

let hub: FaultRegistry
let folder: string
const rows: string[] = []
const endings: (() => Promise<unknown>)[] = []
beforeEach(async () => {
  hub = await startFaultRegistry({content: [publish(NAME, TAG, INDEX)]})
  folder = await mkdtemp(join(tmpdir(), 'verified-image-estimate-'))
  endings.push(
    () => hub.close(),
    () => rm(folder, {recursive: true})
  )
})
afterEach(async () => {
  for (const end of endings.splice(0).toReversed()) await end()
})

function page(): string {
  return readFileSync('docs/fleet.md', 'utf8')
}

async function requestsOf(work: () => Promise<{readonly exitCode: number | null}>): Promise<Requests> {
  const since = hub.journal.length
  expect((await work()).exitCode).toBe(0)
  const asked = hub.journal.slice(since)
  const gets = asked.filter(({method}) => method === 'GET')
  return {
    pulls: gets.filter(({path, status}) => path.includes('/manifests/') && status === 200).length,
    missing: gets.filter(({status}) => status === 404).length,
    heads: asked.filter(({method}) => method === 'HEAD').length,
    blobs: gets.filter(({path}) => path.includes('/blobs/')).length
  }
}

function job(inputs: Readonly<Record<string, string>> = {}): Promise<Requests> {
  return requestsOf(() =>
    runAction(
      {
        image: `${hub.host}/${NAME}:${TAG}`,
        ...{platform: 'linux/amd64', 'public-mirrors': '', 'status-pages': 'false', ...inputs}
      },
      {cwd: folder, env: {RUNNER_TOOL_CACHE: join(folder, 'tools')}}
    )
  )
}

async function startCache(): Promise<string> {
  const cache = await startDockerRegistry({program: 'registry', proxy: {remoteurl: `http://${hub.host}`}})
  endings.push(() => cache.close())
  return `${hub.host}=${cache.host}`
}

function add({name, first, later, firsts}: Lever): void {
  const laters = JOBS * IMAGES_OF_A_JOB - firsts
  const sum = (of: (requests: Requests) => number): number => of(first) * firsts + of(later) * laters
  const blobs = sum(requests => requests.blobs)
  const gigabytes = ((blobs / BLOBS) * MEGABYTES) / 1000
  const counts = [sum(({pulls}) => pulls), sum(({heads}) => heads), blobs].map(count => count.toLocaleString('en-US'))
  rows.push(`| ${[name, ...counts, `${gigabytes.toLocaleString('en-US')} GB`].join(' | ')} |`)
}

describeWith(['registry'], 'the estimate of docs/fleet.md', () => {
  it(
    'has the requests of a job with nothing, and with a lock file alone',
    async () => {
      const plain = {first: await job(), later: await job(), firsts: 0}
      add({name: 'nothing configured', ...plain})
      await job({lock: 'update'})
      add({name: 'a lock file', first: await job({lock: 'require'}), later: await job({lock: 'require'}), firsts: 0})
    },
    PATIENCE_MS
  )

  it(
    'has those of a tool cache',
    async () => {
      const kept = {layout: 'image', cache: 'true'}
      const first = await job(kept)
      const firsts = MACHINES * IMAGES
      add({name: 'a tool cache on each of 50 machines, tags', first, later: await job(kept), firsts})
      await job({lock: 'update'})
      const later = await job({...kept, lock: 'require'})
      add({name: 'a tool cache on each of 50 machines, and a lock file', first, later, firsts})
      add({
        name: '`actions/cache` of the tool cache, and a lock file, on the first day',
        ...{first, later, firsts: REPOSITORIES * IMAGES_OF_A_JOB}
      })
    },
    PATIENCE_MS
  )

  it(
    'has those of a pull-through cache',
    async () => {
      const tags = {mirrors: await startCache(), prefer: 'mirrors'}
      add({
        name: 'a pull-through cache with `prefer: mirrors`, tags',
        ...{first: await job(tags), later: await job(tags), firsts: IMAGES}
      })
      await job({lock: 'update'})
      const locked = {mirrors: await startCache(), prefer: 'mirrors', lock: 'require'}
      add({
        name: 'a pull-through cache with `prefer: mirrors`, and a lock file',
        ...{first: await job(locked), later: await job(locked), firsts: IMAGES}
      })
    },
    PATIENCE_MS
  )

  it(
    'has those of a mirror that is filled once a day',
    async () => {
      const target = await startFaultRegistry({push: {}})
      endings.push(() => target.close())
      const rule = `${hub.host}=${target.host}`
      const fill = (): Promise<Requests> =>
        requestsOf(() => runMirrorAction({image: `${hub.host}/${NAME}:${TAG}`, to: rule}, {cwd: folder}))
      const first = await fill()
      const again = await fill()
      await job({lock: 'update'})
      const later = await job({mirrors: rule, prefer: 'mirrors', lock: 'require'})
      expect(later).toEqual({pulls: 0, heads: 0, blobs: 0, missing: 0})
      expect(page()).toContain(
        `${String(again.missing * IMAGES)} requests more, which Docker Hub answers with HTTP 404`
      )
      add({
        name: 'a mirror with `prefer: mirrors`, and a lock file, on the day it is filled',
        first,
        later,
        firsts: IMAGES
      })
      add({name: 'the same on another day', first: again, later, firsts: IMAGES})
    },
    PATIENCE_MS
  )

  afterAll(() => {
    const [, table = ''] = page().split('| Requests to Docker Hub a day |')
    // Below the head and the line under it.
    expect(table.split('\n').slice(2, rows.length + 3)).toEqual([...rows, ''])
  })
})
