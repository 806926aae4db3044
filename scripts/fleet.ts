// Simulates a fleet: 200 jobs in ten waves over 20 images that share layers, through two replicas of distribution as a pull-through cache,
// behind haproxy, with one storage and Redis (the files of examples/caches/distribution). In the middle, a replica, Redis, and the
// upstream die. Prints a row for each wave, for docs/fleet.md, whose plot `npx node scripts/docs.ts` draws. It fails if a job is red.
// It needs dist, registry (distribution 3), haproxy, and redis-server.

import {parseArgs} from 'node:util'
import {type FaultRegistry, startFaultRegistry} from '../__tests__/support/fault-registry.ts'
import {type Image, makeImage} from '../__tests__/support/images.ts'
import {publish} from '../__tests__/support/registry-content.ts'
import {runAction} from '../__tests__/support/run-action.ts'
import {startSharedCache} from '../__tests__/support/shared-cache.ts'

const {values} = parseArgs({options: {parallel: {type: 'string', default: '4'}}})
const PARALLEL = Number(values.parallel)
const IMAGES = 20
const LAYER_BYTES = 1_000_000
/** Images with a new release in each wave. */
const RELEASES = 2

/** What happens in a wave, after a quarter of its jobs. */
type Wave = {readonly name: string; readonly event?: keyof Events; readonly hasUpstream?: false}
type Events = {
  readonly killReplica: () => Promise<void>
  readonly startReplica: () => Promise<void>
  readonly killRedis: () => Promise<void>
  readonly stopUpstream: () => Promise<void>
  readonly startUpstream: () => Promise<void>
}

const WAVES: readonly Wave[] = [
  {name: 'empty caches'},
  {name: 'full caches'},
  {name: 'a replica dies', event: 'killReplica'},
  {name: 'one replica'},
  {name: 'the replica is back', event: 'startReplica'},
  {name: 'Redis dies', event: 'killRedis'},
  {name: 'without Redis'},
  {name: 'the upstream dies', event: 'stopUpstream', hasUpstream: false},
  {name: 'without the upstream', hasUpstream: false},
  {name: 'the upstream is back', event: 'startUpstream'}
]

/** Three layers that all images share, one of each image, and one of each release. */
function imageOf(at: number, release: number): Image {
  const shared = [1, 2, 3].map(seed => ({content: {seed, size: LAYER_BYTES}}))
  const own = [1000 + at, 10_000 + 100 * at + release].map(seed => ({content: {seed, size: LAYER_BYTES}}))
  return makeImage({layers: [...shared, ...own]})
}

type Job = {readonly image: string; readonly digest: string}
type Outcome = {
  readonly isGreen: boolean
  readonly isRight: boolean
  readonly registry: string | undefined
  readonly seconds: number
}

async function runJob({image, digest}: Job, mirrors: string): Promise<Outcome> {
  const startedMs = performance.now()
  const ran = await runAction(
    {image, mirrors, prefer: 'mirrors', 'public-mirrors': '', 'status-pages': 'false', platform: 'linux/amd64'},
    {timeoutMs: 120_000, env: cache.environment}
  )
  const {digest: got, registry} = ran.outputs
  const seconds = (performance.now() - startedMs) / 1000
  const isGreen = ran.exitCode === 0
  if (!isGreen) console.error(ran.annotations.map(({message}) => message).join('\n'))
  return {isGreen, isRight: got === undefined || got === digest, registry, seconds}
}

type UpstreamCounts = {
  /** The most requests for one blob. */
  readonly most: number
  readonly blobs: number
  readonly manifests: number
  /** Docker Hub does not count these as pulls. */
  readonly heads: number
}

/** The requests since an entry of the journal. */
function countUpstream({journal}: FaultRegistry, since: number): UpstreamCounts {
  const served = journal.slice(since).filter(({status}) => status === 200)
  const gets = served.filter(({method}) => method === 'GET')
  const counts = new Map<string, number>()
  for (const {object, digest = ''} of gets)
    if (/^(?:config|layer|blob)/.test(object)) counts.set(digest, (counts.get(digest) ?? 0) + 1)
  const all = [...counts.values()]
  return {
    most: Math.max(0, ...all),
    blobs: all.reduce((sum, count) => sum + count, 0),
    manifests: gets.filter(({object}) => /^(?:index|manifest|child)/.test(object)).length,
    heads: served.filter(({method}) => method === 'HEAD').length
  }
}

function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0
}

async function inParallel<T>(items: readonly T[], work: (item: T, at: number) => Promise<void>): Promise<void> {
  const entries = items.entries()
  const worker = async (): Promise<void> => {
    for (const [at, item] of entries) await work(item, at)
  }
  await Promise.all(Array.from({length: PARALLEL}, worker))
}

const upstream = await startFaultRegistry()
const cache = await startSharedCache(upstream.host)

const events: Events = {
  killReplica: () => cache.killReplica(0),
  startReplica: () => cache.startReplica(0),
  killRedis: cache.killRedis,
  stopUpstream: () => {
    upstream.addFault({on: 'any', times: 'always', do: {kind: 'close'}})
    return Promise.resolve()
  },
  startUpstream: () => {
    upstream.stopFaults()
    return Promise.resolve()
  }
}

const releases: number[] = Array.from({length: IMAGES}, () => 0)
function release(at: number): void {
  const number = releases[at] ?? 0
  upstream.addContent(publish(`acme/app-${String(at)}`, `1.0.${String(number)}`, imageOf(at, number)))
}
for (const at of releases.keys()) release(at)

/** Half of the jobs have a tag, and half a digest. */
function jobOf(at: number): Job {
  const number = releases[at] ?? 0
  const {manifest} = imageOf(at, number)
  const tagged = `${upstream.host}/acme/app-${String(at)}:1.0.${String(number)}`
  return {image: at % 2 === 0 ? tagged : `${tagged}@${manifest.digest}`, digest: manifest.digest}
}

console.log(
  '| Wave | Jobs | Red | Wrong digest | From the cache | Manifests | HEAD | Blobs | Most for one blob | Seconds | A job |'
)
console.log('|---|---|---|---|---|---|---|---|---|---|---|')
let wrongs = 0
for (const [number, {name, event, hasUpstream = true}] of WAVES.entries()) {
  if (number > 0 && hasUpstream && event !== 'startUpstream')
    for (let more = 0; more < RELEASES; more++) {
      const at = (number * RELEASES + more) % IMAGES
      releases[at] = (releases[at] ?? 0) + 1
      release(at)
    }
  const since = upstream.journal.length
  const startedMs = performance.now()
  const outcomes: Outcome[] = []
  await inParallel([...releases.keys()].map(jobOf), async (job, at) => {
    if (event !== undefined && at === IMAGES / 4) await events[event]()
    outcomes.push(await runJob(job, `${upstream.host}=${cache.host}`))
  })
  const seconds = (performance.now() - startedMs) / 1000
  const {most, blobs, manifests, heads} = countUpstream(upstream, since)
  const count = (is: (outcome: Outcome) => boolean): number => outcomes.filter(is).length
  const [red, wrong] = [count(({isGreen}) => !isGreen), count(({isRight}) => !isRight)]
  wrongs += red + wrong
  const cells = [
    ...[name, outcomes.length, red, wrong, count(({registry}) => registry === cache.host)],
    ...[manifests, heads, blobs, most],
    ...[seconds.toFixed(1), median(outcomes.map(({seconds: each}) => each)).toFixed(2)]
  ]
  console.log(`| ${cells.join(' | ')} |`)
}

await Promise.all([cache.close(), upstream.close()])
if (wrongs > 0) throw new Error(`${String(wrongs)} jobs failed, or have another digest`)
