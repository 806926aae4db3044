// The shared cache of docs/caches.md as its files in examples/caches/distribution have it: what a second job costs the registry, and what
// jobs do while a part of the cache is down, full, late, or wrong.

import {readFile, stat, writeFile} from 'node:fs/promises'
import {afterEach, beforeEach, expect, it} from '@jest/globals'
import {type FaultRegistry, startFaultRegistry} from './support/fault-registry.ts'
import {blobsOf, type Image, type Index, makePublished} from './support/images.ts'
import {describeWith} from './support/programs.ts'
import {publish} from './support/registry-content.ts'
import {type ActionRun, runAction} from './support/run-action.ts'
import {type SharedCache, startSharedCache} from './support/shared-cache.ts'

const NAME = 'acme/app'
const TAG = '1.2.3'
const [IMAGE, NEWER] = [makePublished({seed: 61}), makePublished({seed: 62})]
const PATIENCE_MS = 60_000

let upstream: FaultRegistry
let cache: SharedCache
beforeEach(async () => {
  upstream = await startFaultRegistry({content: [publish(NAME, TAG, IMAGE)]})
  cache = await startSharedCache(upstream.host)
}, PATIENCE_MS)
afterEach(() => Promise.all([upstream.close(), cache.close()]))

type Wanted = {readonly by: 'tag' | 'digest'}

function run({by}: Wanted): Promise<ActionRun> {
  return runAction(
    {
      image: `${upstream.host}/${NAME}:${TAG}${by === 'digest' ? `@${IMAGE.index.digest}` : ''}`,
      mirrors: `${upstream.host}=${cache.host}`,
      ...{prefer: 'mirrors', platform: 'linux/amd64', 'public-mirrors': '', 'status-pages': 'false', backoff: '10ms'}
    },
    {env: cache.environment}
  )
}

/** The job is green, with the right digest, and its bytes are from here. */
function expectVerified(ran: ActionRun, registry: string, {index}: Index = IMAGE): void {
  expect(ran.outputs).toMatchObject({registry, digest: index.digest, verified: 'full'})
  expect(ran.exitCode).toBe(0)
}

function amd64({children: [image]}: Index): Image {
  if (image === undefined) throw new Error('no image was made')
  return image
}

/** Distribution stores a blob after it has sent it. */
async function untilStored(): Promise<void> {
  for (const {digest, size} of blobsOf(amd64(IMAGE))) {
    const isStored = (): Promise<boolean> =>
      stat(cache.blobPath(digest)).then(
        file => file.size === size,
        () => false
      )
    while (!(await isStored())) await new Promise(resolve => setImmediate(resolve))
  }
}

/** What the upstream sent since an entry of its journal: manifests, and blobs. */
function sentSince(entry: number): {readonly manifests: number; readonly blobs: number} {
  const sent = upstream.journal.slice(entry).filter(({method, status}) => method === 'GET' && status === 200)
  const count = (pattern: RegExp): number => sent.filter(({object}) => pattern.test(object)).length
  return {manifests: count(/^(?:index|manifest|child)/), blobs: count(/^(?:config|layer|blob)/)}
}

describeWith(['registry', 'haproxy', 'redis-server'], 'distribution, two replicas behind haproxy', () => {
  it(
    'requests each manifest and blob once, for all jobs with a digest',
    async () => {
      expectVerified(await run({by: 'digest'}), cache.host)
      expect(sentSince(0)).toEqual({manifests: 2, blobs: blobsOf(amd64(IMAGE)).length})
      await untilStored()
      const before = upstream.journal.length
      for (const ran of await Promise.all([run({by: 'digest'}), run({by: 'digest'})])) expectVerified(ran, cache.host)
      expect(sentSince(before)).toEqual({manifests: 0, blobs: 0})
    },
    PATIENCE_MS
  )

  it(
    'serves jobs with a digest while the registry is down',
    async () => {
      expectVerified(await run({by: 'digest'}), cache.host)
      await untilStored()
      upstream.addFault({on: 'any', times: 'always', do: {kind: 'close'}})
      expectVerified(await run({by: 'digest'}), cache.host)
    },
    PATIENCE_MS
  )

  it(
    'serves with one replica, without Redis, and with the replica back',
    async () => {
      await run({by: 'digest'})
      await untilStored()
      const before = upstream.journal.length
      await cache.killReplica(0)
      expectVerified(await run({by: 'digest'}), cache.host)
      await cache.killRedis()
      expectVerified(await run({by: 'digest'}), cache.host)
      await cache.startReplica(0)
      await cache.killReplica(1)
      expectVerified(await run({by: 'digest'}), cache.host)
      expect(sentSince(before).blobs).toBe(0)
    },
    PATIENCE_MS
  )

  it.each([{dead: [0]}, {dead: [1]}, {dead: [0, 1]}] as const)(
    'costs no job when replicas $dead die in the middle of a layer',
    async ({dead}) => {
      upstream.addFault({on: 'layer', method: 'GET', do: {kind: 'stall', afterBytes: 100}})
      const running = run({by: 'digest'})
      await upstream.untilRequests(
        count => count > 0,
        ({method, object}) => method === 'GET' && object.startsWith('layer')
      )
      for (const at of dead) await cache.killReplica(at)
      const ran = await running
      expectVerified(ran, dead.length === 2 ? upstream.host : String(ran.outputs['registry']))
    },
    PATIENCE_MS
  )

  it(
    'leaves the job to the registry when both replicas are down',
    async () => {
      await cache.killReplica(0)
      await cache.killReplica(1)
      const ran = await run({by: 'digest'})
      expectVerified(ran, upstream.host)
      expect(ran.report).toMatchObject({images: [{registries: [{failure: {kind: 'server-error', status: 503}}, {}]}]})
    },
    PATIENCE_MS
  )

  it(
    'leaves the job to the registry when its storage has wrong bytes',
    async () => {
      await run({by: 'digest'})
      await untilStored()
      const path = cache.blobPath(amd64(IMAGE).config.digest)
      const bytes = await readFile(path)
      bytes[0] = (bytes[0] ?? 0) ^ 1
      await writeFile(path, bytes)
      const ran = await run({by: 'digest'})
      expectVerified(ran, upstream.host)
      expect(ran.report).toMatchObject({images: [{registries: [{object: 'config', failure: {kind: 'corrupt'}}, {}]}]})
    },
    PATIENCE_MS
  )

  it(
    'does not decide a tag that has moved: the registry does',
    async () => {
      expectVerified(
        await runAction({image: `${cache.host}/${NAME}:${TAG}`, platform: 'linux/amd64'}, {env: cache.environment}),
        cache.host
      )
      upstream.addContent(publish(NAME, TAG, NEWER))
      expectVerified(await run({by: 'tag'}), cache.host, NEWER)
    },
    PATIENCE_MS
  )
})

describeWith(['registry', 'haproxy', 'redis-server'], 'distribution, with a full disk', () => {
  it(
    'costs no job',
    async () => {
      await cache.close()
      cache = await startSharedCache(upstream.host, {maxFileBlocks: 4})
      expectVerified(await run({by: 'digest'}), cache.host)
      // It had no room for the layers, and requests them for each job.
      const before = upstream.journal.length
      expectVerified(await run({by: 'digest'}), cache.host)
      expect(sentSince(before).blobs).toBeGreaterThan(0)
    },
    PATIENCE_MS
  )
})
