// The tool cache between jobs, as docs/caches.md has it: on the disk of a self-hosted runner, and carried to another machine by an archive,
// as actions/cache does it. Counts what the registry is asked for. cache.test.ts has what one job does with wrong content.

import {execFileSync} from 'node:child_process'
import {mkdir, mkdtemp, readdir, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from '@jest/globals'
import {type FaultRegistry, startFaultRegistry} from './support/fault-registry.ts'
import {makePublished} from './support/images.ts'
import {publish} from './support/registry-content.ts'
import {type ActionRun, runAction} from './support/run-action.ts'

const NAME = 'acme/app'
const TAG = '1.2.3'
const [IMAGE, NEWER] = [makePublished({seed: 81}), makePublished({seed: 82})]
const WHOLE = ['GET child', 'GET config', 'GET layer[0]', 'GET layer[1]']

let folder: string
let registry: FaultRegistry
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'verified-image-tool-cache-'))
  registry = await startFaultRegistry({content: [publish(NAME, TAG, IMAGE)]})
})
afterEach(async () => {
  await registry.close()
  await rm(folder, {recursive: true})
})

/** A job on the machine `machine`, with a new workspace. */
async function job(machine: string, by: 'tag' | 'digest' = 'tag'): Promise<ActionRun> {
  const tools = join(folder, machine)
  await mkdir(tools, {recursive: true})
  return runAction(
    {
      image: `${registry.host}/${NAME}:${TAG}${by === 'digest' ? `@${IMAGE.index.digest}` : ''}`,
      ...{layout: 'image', platform: 'linux/amd64', attempts: '1', 'public-mirrors': '', 'status-pages': 'false'}
    },
    {env: {RUNNER_TOOL_CACHE: tools}}
  )
}

async function requestsOf(work: () => Promise<unknown>): Promise<readonly string[]> {
  const before = registry.requests().length
  await work()
  return registry.requests().slice(before).sort()
}

/** What actions/cache does with the folder of the recipe: an archive after one job, unpacked before the next one. */
async function carry(from: string, to: string): Promise<void> {
  await mkdir(join(folder, to), {recursive: true})
  const archive = join(folder, 'archive.tar')
  execFileSync('tar', ['-cf', archive, '-C', join(folder, from), 'verified-image'])
  execFileSync('tar', ['-xf', archive, '-C', join(folder, to)])
}

describe('jobs on one machine', () => {
  it('ask for the image once, then for the tag alone, and with a digest for nothing', async () => {
    expect(await requestsOf(() => job('one'))).toEqual([...WHOLE, `GET manifest ${TAG}`])
    expect(await requestsOf(() => job('one'))).toEqual([`GET manifest ${TAG}`])
    expect(await requestsOf(() => job('one', 'digest'))).toEqual([])
  })

  it('that run at the same time are all right, and leave one copy', async () => {
    const ran = await Promise.all([job('one'), job('one')])
    for (const {outputs} of ran) expect(outputs).toMatchObject({digest: IMAGE.index.digest, verified: 'full'})
    expect(await readdir(join(folder, 'one/verified-image'))).toHaveLength(WHOLE.length + 1)
    expect(await requestsOf(() => job('one', 'digest'))).toEqual([])
  })

  it('take a tag that has moved from the registry', async () => {
    await job('one')
    registry.addContent(publish(NAME, TAG, NEWER))
    const ran = await job('one')
    expect(ran.outputs).toMatchObject({digest: NEWER.index.digest, verified: 'full'})
  })

  it('are green while the registry limits them, with a digest', async () => {
    await job('one')
    registry.addFault({on: 'any', times: 'always', do: {kind: 'respond', status: 429}})
    expect((await job('one', 'digest')).outputs).toMatchObject({digest: IMAGE.index.digest, verified: 'full'})
  })
})

describe('jobs on two machines, with an archive of the tool cache', () => {
  it('ask for the image once', async () => {
    await job('one')
    await carry('one', 'two')
    expect(await requestsOf(() => job('two'))).toEqual([`GET manifest ${TAG}`])
    expect(await requestsOf(() => job('two', 'digest'))).toEqual([])
  })

  it('believe nothing in the archive of another branch', async () => {
    await job('one')
    const blobs = await readdir(join(folder, 'one/verified-image'), {recursive: true})
    for (const name of blobs.filter(path => path.endsWith('/blob')))
      await writeFile(join(folder, 'one/verified-image', name), NEWER.index.bytes)
    await carry('one', 'two')
    const requests = await requestsOf(async () => {
      const ran = await job('two', 'digest')
      expect(ran.outputs).toMatchObject({digest: IMAGE.index.digest, verified: 'full'})
    })
    expect(requests).toEqual([...WHOLE, 'GET index'].sort())
  })
})
