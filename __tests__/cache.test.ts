// The cache on disk: a hit needs no network, its content is verified again, jobs share it, and a run leaves no other files.
// Runs against docker-registry, with `layout` to make the action use the bytes.

import {mkdir, mkdtemp, readdir, readFile, rm, stat, truncate, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterEach, beforeEach, expect, it} from '@jest/globals'
import {type DockerRegistry, startDockerRegistry} from './support/docker-registry.ts'
import {blobsOf, digestBytes, type Image, type Index, makeImage, makeIndex} from './support/images.ts'
import {describeWith} from './support/programs.ts'
import {type ActionRun, runAction, type RunActionOptions} from './support/run-action.ts'

const NAME = 'acme/app'
const TAG = '1.2.3'
const REPORT = [expect.stringMatching(/report\.json$/)]

let registry: DockerRegistry
let tools: string
let workspace: string

const IMAGE: Image = makeImage({
  layers: [1, 2, 3, 4].map(seed => ({content: {seed, size: 1_500_000}}))
})
const INDEX: Index = makeIndex({children: [IMAGE], attestations: true})

beforeEach(async () => {
  ;[registry, tools, workspace] = await Promise.all([
    startDockerRegistry(),
    mkdtemp(join(tmpdir(), 'verified-image-tools-')),
    mkdtemp(join(tmpdir(), 'verified-image-workspace-'))
  ])
  await registry.push(NAME, TAG, INDEX)
})

afterEach(async () => {
  await Promise.all([registry.close(), rm(tools, {recursive: true}), rm(workspace, {recursive: true})])
})

function run(
  more: Readonly<Record<string, string>> = {},
  {env, ...options}: RunActionOptions = {}
): Promise<ActionRun> {
  return runAction(
    {
      ...{image: `${registry.host}/${NAME}:${TAG}@${INDEX.index.digest}`, mirrors: '', layout: 'image'},
      ...{platform: 'linux/amd64', attempts: '1', ...more}
    },
    {cwd: workspace, env: {RUNNER_TOOL_CACHE: tools, ...env}, ...options}
  )
}

async function filesIn(folder: string): Promise<readonly string[]> {
  return (await readdir(folder, {recursive: true, withFileTypes: true}))
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name))
    .sort()
}

/** That the layout holds these blobs, each with the right bytes. */
async function expectWhole(folder = join(workspace, 'image')): Promise<void> {
  const files = (await filesIn(join(folder, 'blobs'))).map(path => path.split('/').slice(-2).join(':'))
  expect(files).toEqual([IMAGE.manifest, ...blobsOf(IMAGE)].map(({digest}) => digest).sort())
  for (const digest of files)
    expect(digestBytes(await readFile(join(folder, 'blobs', digest.replace(':', '/'))))).toBe(digest)
}

/** That the cache holds each blob once, complete, and nothing else. */
async function expectCache(): Promise<void> {
  const digests = [INDEX.index, IMAGE.manifest, ...blobsOf(IMAGE)].map(({digest}) => digest.replace(':', '-')).sort()
  expect((await readdir(join(tools, 'verified-image'))).sort()).toEqual(digests.map(digest => `0.0.0-${digest}`))
  expect(await filesIn(tools)).toEqual(
    digests.flatMap(digest => [
      join(tools, 'verified-image', `0.0.0-${digest}`, `${process.arch}.complete`),
      join(tools, 'verified-image', `0.0.0-${digest}`, process.arch, 'blob')
    ])
  )
}

describeWith(['docker-registry'], 'the cache', () => {
  it('stores each blob once in its own file, and serves the image when the registry is down', async () => {
    const first = await run()
    expect(first).toMatchObject({exitCode: 0, annotations: [], leftBehind: REPORT})
    expect(first.report).toMatchObject({images: [{origins: [registry.host]}]})
    await expectWhole()
    await expectCache()
    for (const path of [...(await filesIn(tools)), ...(await filesIn(join(workspace, 'image')))])
      expect({path, nlink: (await stat(path)).nlink}).toEqual({path, nlink: 1})

    await registry.kill()
    const second = await run({layout: 'again'})
    expect(second).toMatchObject({exitCode: 0, annotations: [], leftBehind: REPORT})
    expect(second.report).toMatchObject({
      images: [{verified: 'full', origins: ['cache'], registries: [{outcome: 'not-asked', attempts: []}]}]
    })
    await expectWhole(join(workspace, 'again'))
    await expectCache()
  })

  it('requests only the manifest of a tag from the registry', async () => {
    await run()
    const ran = await run({image: `${registry.host}/${NAME}:${TAG}`, layout: 'again'})
    expect(ran.report).toMatchObject({
      images: [{origins: [registry.host, 'cache'], registries: [{attempts: [{object: 'manifest'}]}]}]
    })
    const {images} = ran.report as {images: {registries: {attempts: unknown[]}[]}[]}
    expect(images[0]?.registries[0]?.attempts).toHaveLength(1)
    await expectWhole(join(workspace, 'again'))
  })

  it('resolves no tags: without the network, it serves only images by digest', async () => {
    await run()
    await registry.kill()
    const ran = await run({image: `${registry.host}/${NAME}:${TAG}`, layout: 'again'})
    expect(ran.exitCode).toBe(1)
    expect(ran.outputs).toEqual({report: expect.anything()})
  })

  it.each<{readonly name: string; readonly poison: (path: string) => Promise<unknown>}>([
    {
      name: 'a bit is wrong in every file',
      poison: async path => {
        const bytes = await readFile(path)
        if (bytes.length > 0) bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1
        await writeFile(path, bytes)
      }
    },
    {name: 'every file is cut', poison: async path => truncate(path, (await stat(path)).size >> 1)},
    {name: 'every file is empty', poison: path => truncate(path, 0)},
    {name: 'every file is longer', poison: path => writeFile(path, 'more', {flag: 'a'})},
    {name: 'every blob is gone', poison: path => (path.endsWith('blob') ? rm(path) : Promise.resolve())},
    {
      name: 'every blob is a folder',
      poison: async path => {
        if (!path.endsWith('blob')) return
        await rm(path)
        await mkdir(path)
      }
    },
    {name: 'no blob is complete', poison: path => (path.endsWith('.complete') ? rm(path) : Promise.resolve())}
  ])('downloads a blob again, and repairs the entry, when $name', async ({poison}) => {
    await run()
    await rm(join(workspace, 'image'), {recursive: true})
    for (const path of await filesIn(tools)) await poison(path)
    const ran = await run()
    expect(ran).toMatchObject({exitCode: 0, annotations: [], leftBehind: REPORT})
    expect(ran.outputs).toMatchObject({verified: 'full'})
    await expectWhole()
    await expectCache()
    await registry.kill()
    const hit = await run({layout: 'again'})
    expect(hit.report).toMatchObject({images: [{verified: 'full', origins: ['cache']}]})
  })

  it('is shared by simultaneous runs', async () => {
    const runs = await Promise.all(['one', 'two', 'three', 'four'].map(layout => run({layout})))
    expect(runs.map(({exitCode}) => exitCode)).toEqual([0, 0, 0, 0])
    for (const layout of ['one', 'two', 'three', 'four']) await expectWhole(join(workspace, layout))
    await expectCache()
  })

  it('writes nothing with cache: false', async () => {
    const ran = await run({cache: 'false'})
    expect(ran).toMatchObject({exitCode: 0, leftBehind: REPORT})
    await expectWhole()
    expect(await readdir(tools)).toEqual([])
  })

  it('keeps the verified blobs, and leaves no layout, when the image is not available', async () => {
    await rm(registry.blobPath(IMAGE.layers[2]?.digest ?? ''))
    for (const cache of ['true', 'false']) {
      const ran = await run({cache})
      expect(ran).toMatchObject({exitCode: 1, leftBehind: REPORT})
      expect(ran.outputs).toEqual({report: expect.anything()})
    }
    expect(await readdir(workspace)).toEqual([])
    expect((await readdir(join(tools, 'verified-image'))).filter(name => !name.startsWith('0.0.0-'))).toEqual([])
  })

  it.each(['true', 'false'])('leaves no partial files when the job is canceled, with cache: %s', async cache => {
    const ran = await run({cache}, {signalAfter: {signal: 'SIGTERM', line: /Asking/}})
    expect(ran).toMatchObject({exitCode: 1, leftBehind: REPORT})
    expect(ran.report).toMatchObject({outcome: 'cancelled'})
    expect(await readdir(workspace)).toEqual([])
    expect((await filesIn(tools)).filter(path => path.includes('stage'))).toEqual([])
  })

  // The points differ from machine to machine; that the run after is right must not.
  it.each(Array.from({length: 10}, (_, at) => 60 + at * 25))(
    'is right again after a run was killed after %i ms',
    async afterMs => {
      await run({}, {signalAfter: {signal: 'SIGKILL', afterMs}})
      const ran = await run()
      expect(ran).toMatchObject({exitCode: 0, annotations: [], leftBehind: REPORT})
      await expectWhole()
      await expectCache()
      expect(await readdir(workspace)).toEqual(['image'])
    }
  )
})

describeWith(['docker-registry'], 'the action when the disk is full', () => {
  it.each(['true', 'false'])(
    'ends the run with what it was, and leaves nothing half done, with cache: %s',
    async cache => {
      const ran = await run({cache}, {maxFileKib: 100})
      expect(ran).toMatchObject({exitCode: 1, leftBehind: REPORT, stderr: ''})
      expect(ran.outputs).toEqual({report: expect.anything()})
      expect(ran.report).toMatchObject({images: [{failure: {kind: 'local-io'}}]})
      expect(ran.annotations[0]?.message).toContain('cannot be written: file too large (EFBIG)')
      expect(await readdir(workspace)).toEqual([])
      expect((await filesIn(tools)).filter(path => path.includes('stage'))).toEqual([])
      const again = await run({cache})
      expect(again).toMatchObject({exitCode: 0, leftBehind: REPORT})
      await expectWhole()
    }
  )

  it('warns when the tool cache is full, and continues without it', async () => {
    await writeFile(join(tools, 'file'), '')
    const ran = await run({}, {env: {RUNNER_TOOL_CACHE: join(tools, 'file')}})
    expect(ran).toMatchObject({exitCode: 0, leftBehind: REPORT, outputs: {verified: 'full'}})
    expect(ran.annotations).toEqual([
      expect.objectContaining({level: 'warning', message: expect.stringMatching(/not used: .*ENOTDIR.*cache: false/)})
    ])
    await expectWhole()
  })
})

describeWith(['docker-registry'], 'an image of which no registry has all blobs', () => {
  let mirror: DockerRegistry

  beforeEach(async () => {
    mirror = await startDockerRegistry()
    await mirror.push(NAME, TAG, INDEX)
  })

  afterEach(async () => {
    await mirror.close()
  })

  const [first, second] = [IMAGE.layers[0]?.digest ?? '', IMAGE.layers[1]?.digest ?? '']

  it.each([
    {name: 'a layer is missing here and another there', primary: first, other: second},
    {name: 'the config is missing here and a layer there', primary: IMAGE.config.digest, other: second},
    {name: 'a layer is missing here and the config there', primary: first, other: IMAGE.config.digest},
    {name: 'the index is missing here and a layer there', primary: INDEX.index.digest, other: second},
    {name: 'the child is missing here and a layer there', primary: IMAGE.manifest.digest, other: second}
  ])('is assembled from several registries when $name', async ({primary, other}) => {
    await rm(registry.blobPath(primary))
    await rm(mirror.blobPath(other))
    const ran = await run({mirrors: `${registry.host}=${mirror.host}`, verify: 'full'})
    expect(ran).toMatchObject({exitCode: 0, leftBehind: REPORT})
    await expectWhole()
    const {images} = ran.report as {images: {origins: string[]}[]}
    expect([...(images[0]?.origins ?? [])].sort()).toEqual([registry.host, mirror.host].sort())
    expect(ran.outputs).toMatchObject({source: 'mirror', registry: mirror.host, verified: 'full'})
    expect(ran.annotations[0]?.title).toMatch(/ comes from \S+, \S+$/)
  })

  it('fails without load and layout, since a reference names one registry', async () => {
    await rm(registry.blobPath(first))
    await rm(mirror.blobPath(second))
    const ran = await run({mirrors: `${registry.host}=${mirror.host}`, layout: ''})
    expect(ran.exitCode).toBe(1)
    expect(ran.outputs).toEqual({report: expect.anything()})
    expect(await readdir(tools)).toEqual([])
  })

  it('fails when both registries lack the same layer, and reports both', async () => {
    await rm(registry.blobPath(first))
    await rm(mirror.blobPath(first))
    const ran = await run({mirrors: `${registry.host}=${mirror.host}`})
    expect(ran.exitCode).toBe(1)
    expect(ran.report).toMatchObject({
      images: [{registries: [{object: 'layer[0]'}, {object: 'layer[0]', attempts: [{object: 'layer[0]'}]}]}]
    })
  })
})
