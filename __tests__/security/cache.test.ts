// The cache gives bytes and no verdicts, and nothing that somebody put into it leads out of it. An attacker here can write to the
// runner's tool cache: a job before this one, another job of the same machine, or what actions/cache brought along.

import {execFileSync} from 'node:child_process'
import {appendFile, lstat, mkdir, mkdtemp, readdir, readFile, rename, rm, symlink, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {gzipSync} from 'node:zlib'
import {afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest} from '@jest/globals'
import fc from 'fast-check'
import {createBlobFetcher} from '../../src/fetch/blob-fetcher.ts'
import {fetchImage, fetchManifest, type ImageSource} from '../../src/fetch/fetch-image.ts'
import {createVerifiedStore, type VerifiedStore} from '../../src/fetch/verified-store.ts'
import {createThrottle} from '../../src/fetch/throttle.ts'
import {openBlobCache} from '../../src/store/blob-cache.ts'
import {type BlobStore, openBlobStore} from '../../src/store/blob-store.ts'
import {createStagingNames} from '../../src/store/staging.ts'
import {nodeRuntime} from '../../src/runner/runtime.ts'
import type {Digest} from '../../src/oci/digest.ts'
import {type FaultRegistry, startFaultRegistry} from '../support/fault-registry.ts'
import {blobsOf, digestBytes, type Image, makeImage, mediaTypesOf} from '../support/images.ts'
import {createMemoryRegistry} from '../support/memory-registry.ts'
import {publish} from '../support/registry-content.ts'
import {type ActionRun, runAction} from '../support/run-action.ts'
import {seededBytes, tarOf} from '../support/tar.ts'
import {VerifiedImageError} from '../../src/failure/error.ts'

// Each test is several processes, one after the other.
jest.setTimeout(120_000)

const {gzip, none, zstd} = mediaTypesOf('oci')
const TAR = tarOf({file: seededBytes(7, 60_000)})
const BLOB = gzipSync(TAR)
const [INFLATED, COMPRESSED, WRONG] = [digestBytes(TAR), digestBytes(BLOB), digestBytes(Buffer.from('wrong'))]

/** Images whose only layer is the same blob, under another media type or with another diff_id. */
const IMAGES: Readonly<Record<string, Image>> = Object.fromEntries(
  [gzip, none, zstd].flatMap(mediaType =>
    Object.entries({inflated: INFLATED, compressed: COMPRESSED, wrong: WRONG}).map(([name, diffId]) => [
      `${mediaType.split('.').at(-1) ?? ''} ${name}`,
      makeImage({
        // The content is taken as it is: the blob is compressed already.
        layers: [{content: BLOB, compression: 'none', mediaType}],
        editConfig: right => ({...right, rootfs: {type: 'layers', diff_ids: [diffId]}})
      })
    ])
  )
)
const NAMES = Object.keys(IMAGES)
const LEVELS = ['layers', 'full'] as const

function imageOf(name: string): Image {
  const image = IMAGES[name]
  if (image === undefined) throw new Error(`no image ${name} was made`)
  return image
}

let tools: string
let workspace: string
let registry: FaultRegistry
const toolCacheBefore = process.env['RUNNER_TOOL_CACHE']

beforeAll(async () => {
  registry = await startFaultRegistry({
    content: NAMES.map(name => publish(repositoryOf(name), '1', imageOf(name)))
  })
})
afterAll(() => registry.close())
beforeEach(async () => {
  ;[tools, workspace] = (await Promise.all(
    ['tools', 'workspace'].map(name => mkdtemp(join(tmpdir(), `verified-image-${name}-`)))
  )) as [string, string]
})
afterEach(async () => {
  await Promise.all([tools, workspace].map(folder => rm(folder, {recursive: true})))
})

function repositoryOf(name: string): string {
  return `acme/${name.replaceAll(/[^a-z]/g, '-')}`
}

function run(names: string | readonly string[], more: Readonly<Record<string, string>> = {}): Promise<ActionRun> {
  return runAction(
    {
      image: [names]
        .flat()
        .map(name => `${registry.host}/${repositoryOf(name)}:1`)
        .join('\n'),
      ...{mirrors: '', platform: 'linux/amd64', layout: 'image', attempts: '1', 'status-pages': 'false', ...more}
    },
    {cwd: workspace, env: {RUNNER_TOOL_CACHE: tools}, timeoutMs: 20_000}
  )
}

type Verdicts = readonly {
  readonly image: string
  readonly outcome: string
  readonly verified?: string
  readonly why: unknown
}[]

/** Of each image by itself: its level, or the failure that it got at the registry. */
function verdictsOf({report}: ActionRun): Verdicts {
  return (
    report as {
      images: {
        image: string
        verified?: string
        reference?: string
        registries: {failure?: {kind: string; detail?: string}}[]
        diagnosis?: {cause: string}
      }[]
    }
  ).images.map(({image, verified, registries, diagnosis}) => ({
    image,
    outcome: diagnosis?.cause ?? 'verified',
    ...(verified === undefined ? {} : {verified}),
    why: registries.map(({failure}) => failure?.detail)
  }))
}

function entryOf(digest: string): string {
  return join(tools, 'verified-image', `0.0.0-${digest.replace(':', '-')}`, process.arch)
}

/** What a marker of version 1 said of what its blob inflates to. */
function note(digest: string, diffId: string, size: number): string {
  return `${diffId} ${String(size)} ${digestBytes(Buffer.from(`${digest} ${diffId} ${String(size)}`)).slice('sha256:'.length)}\n`
}

async function fillCache(): Promise<void> {
  await run('tar+gzip inflated', {layout: 'filled'})
  await rm(join(workspace, 'filled'), {recursive: true})
}

describe('a filled cache', () => {
  const expected = new Map<string, Verdicts>()

  beforeAll(async () => {
    for (const level of LEVELS)
      for (const name of NAMES) {
        const folder = await mkdtemp(join(tmpdir(), 'verified-image-empty-'))
        ;[tools, workspace] = [folder, folder]
        expected.set(`${name} ${level}`, verdictsOf(await run(name, {verify: level})))
        await rm(folder, {recursive: true})
      }
  })

  it('is tried with images of both verdicts', () => {
    const outcomes = [...expected].filter(([key]) => key.endsWith('full')).map(([, [verdict]]) => verdict?.outcome)
    expect(outcomes.filter(outcome => outcome === 'verified').length).toBeGreaterThanOrEqual(1)
    expect(outcomes.filter(outcome => outcome === 'publisher').length).toBeGreaterThanOrEqual(3)
  })

  it.each(LEVELS)('leaves each image the verdict that it gets with an empty one: verify %s', async level => {
    for (const name of NAMES) await run(name, {verify: 'full', layout: 'filled'})
    for (const name of NAMES) {
      const ran = await run(name, {verify: level, layout: `image-${name.replace(' ', '-')}`})
      expect([name, verdictsOf(ran)]).toEqual([name, expected.get(`${name} ${level}`)])
    }
  })

  it.each([
    {name: 'the right diff_id', text: note(COMPRESSED, INFLATED, TAR.length)},
    {name: 'the digest of the compressed bytes', text: note(COMPRESSED, COMPRESSED, BLOB.length)},
    {name: 'a diff_id that another image claims', text: note(COMPRESSED, WRONG, TAR.length)}
  ])('leaves it so when its marker says, with a right sum, $name', async ({text}) => {
    await fillCache()
    for (const image of NAMES) {
      await mkdir(entryOf(COMPRESSED), {recursive: true})
      await writeFile(join(entryOf(COMPRESSED), 'blob'), BLOB)
      await writeFile(`${entryOf(COMPRESSED)}.complete`, text)
      const ran = await run(image, {layout: `image-${image.replace(' ', '-')}`})
      expect([image, verdictsOf(ran)]).toEqual([image, expected.get(`${image} full`)])
    }
  })

  it('gives each of several images in one run its own verdict, in whatever order they come', async () => {
    for (const names of [NAMES, NAMES.toReversed()]) {
      const verdicts = verdictsOf(await run(names))
      expect(verdicts).toEqual(
        names.map(name => expect.objectContaining({outcome: expected.get(`${name} full`)?.[0]?.outcome}))
      )
    }
  })
})

// The same without processes, so that there can be many: any sequence of images through one store, or through several.
describe('any sequence of images through one cache', () => {
  const memory = createMemoryRegistry()
  const candidate = (name: string): ImageSource['candidate'] => ({
    repository: {registry: 'registry.example.com', path: repositoryOf(name)},
    role: 'primary',
    mayResolve: true
  })
  for (const name of NAMES) memory.publish(`registry.example.com/${repositoryOf(name)}`, '1', imageOf(name))

  const verdictOf = async (
    name: string,
    level: (typeof LEVELS)[number],
    keeper: VerifiedStore | undefined
  ): Promise<unknown> => {
    const {clock, random} = nodeRuntime()
    const {signal} = new AbortController()
    const backoff = {attempts: 1, firstMs: 1, maxMs: 1}
    const source: ImageSource = {
      candidate: candidate(name),
      registry: memory,
      blobs: createBlobFetcher(memory, keeper),
      retry: {
        ...{clock, random, signal, backoff, throttle: createThrottle(clock, backoff)},
        record: () => undefined,
        addBytes: () => undefined
      },
      store: keeper
    }
    try {
      const top = await fetchManifest(source, 'manifest', imageOf(name).manifest)
      const image = await fetchImage(source, top, {kind: 'all'}, level)
      return {level: image.platforms.map(platform => platform.level)}
    } catch (error) {
      if (!(error instanceof VerifiedImageError)) throw error
      return error.failure
    }
  }

  const openStore = async (folder: string): Promise<BlobStore> => {
    const {self, wallClock} = nodeRuntime()
    const stagingNames = createStagingNames(self(), wallClock)
    return openBlobStore({
      folder,
      cache: await openBlobCache({tools, wallClock, stagingNames}),
      ...{stagingNames, signal: new AbortController().signal},
      onFault: error => {
        throw error
      },
      onCacheFault: error => {
        throw error
      }
    })
  }

  it('gives each the verdict that it gets alone', async () => {
    jest.spyOn(process.stdout, 'write').mockReturnValue(true)
    process.env['RUNNER_TOOL_CACHE'] = tools
    try {
      const step = fc.record({
        name: fc.constantFrom(...NAMES),
        level: fc.constantFrom(...LEVELS),
        startsRun: fc.boolean()
      })
      const alone = new Map<string, unknown>()
      for (const name of NAMES)
        for (const level of LEVELS) alone.set(`${name} ${level}`, await verdictOf(name, level, undefined))
      await fc.assert(
        fc.asyncProperty(fc.array(step, {minLength: 2, maxLength: 8}), async steps => {
          await rm(join(tools, 'verified-image'), {recursive: true, force: true})
          let store = await openStore(workspace)
          let keeper = createVerifiedStore(store)
          for (const {name, level, startsRun} of steps) {
            if (startsRun) {
              await store.close()
              store = await openStore(workspace)
              keeper = createVerifiedStore(store)
            }
            expect(await verdictOf(name, level, keeper)).toEqual(alone.get(`${name} ${level}`))
          }
          await store.close()
        }),
        {numRuns: 30}
      )
    } finally {
      jest.restoreAllMocks()
      if (toolCacheBefore === undefined) delete process.env['RUNNER_TOOL_CACHE']
      else process.env['RUNNER_TOOL_CACHE'] = toolCacheBefore
    }
  })
})

const GOOD = imageOf('tar+gzip inflated')

const PLANTED: readonly {readonly name: string; readonly plant: (entry: string) => Promise<unknown>}[] = [
  {
    name: 'a link to right bytes elsewhere as the blob',
    plant: async entry => {
      const elsewhere = await mkdtemp(join(tools, 'elsewhere-'))
      await rename(join(entry, 'blob'), join(elsewhere, 'blob'))
      await symlink(join(elsewhere, 'blob'), join(entry, 'blob'))
    }
  },
  {
    name: 'a FIFO as the blob',
    plant: async entry => {
      await rm(join(entry, 'blob'))
      execFileSync('mkfifo', [join(entry, 'blob')])
    }
  },
  {
    name: 'a link to a device as the blob',
    plant: async entry => {
      await rm(join(entry, 'blob'))
      await symlink('/dev/zero', join(entry, 'blob'))
    }
  },
  {
    name: 'a FIFO as the marker',
    plant: async entry => {
      await rm(`${entry}.complete`)
      execFileSync('mkfifo', [`${entry}.complete`])
    }
  },
  {
    name: 'a link to a device as the marker',
    plant: async entry => {
      await rm(`${entry}.complete`)
      await symlink('/dev/zero', `${entry}.complete`)
    }
  },
  {
    name: 'a link to another tool as the entry',
    plant: async entry => {
      await mkdir(join(tools, 'node', '20.1.0', process.arch), {recursive: true})
      await writeFile(join(tools, 'node', '20.1.0', process.arch, 'node'), 'program')
      await rm(join(entry, '..'), {recursive: true})
      await symlink(join('..', 'node', '20.1.0'), join(entry, '..'))
    }
  },
  {
    name: 'a link to another complete tool with a blob as the entry',
    plant: async entry => {
      await mkdir(join(tools, 'node', '20.1.0', process.arch), {recursive: true})
      await writeFile(join(tools, 'node', '20.1.0', process.arch, 'blob'), 'program')
      await writeFile(join(tools, 'node', '20.1.0', `${process.arch}.complete`), '')
      await rm(join(entry, '..'), {recursive: true})
      await symlink(join('..', 'node', '20.1.0'), join(entry, '..'))
    }
  },
  {
    name: 'a link to another tool as the architecture',
    plant: async entry => {
      await mkdir(join(tools, 'node', '20.1.0'), {recursive: true})
      await writeFile(join(tools, 'node', '20.1.0', 'blob'), 'program')
      await rm(entry, {recursive: true})
      await symlink(join('..', '..', 'node', '20.1.0'), entry)
    }
  },
  {
    name: 'a file of terabytes as the blob',
    plant: entry => {
      execFileSync('truncate', ['--size', '2T', join(entry, 'blob')])
      return Promise.resolve()
    }
  }
]

/** Every regular file of the tool cache outside of this tool's folder, with its bytes. */
async function otherTools(): Promise<readonly string[]> {
  const entries = await readdir(tools, {recursive: true, withFileTypes: true})
  const files = entries.filter(
    ({parentPath, name}) => !join(parentPath, name).startsWith(join(tools, 'verified-image'))
  )
  return Promise.all(
    files
      .filter(entry => entry.isFile())
      .map(
        async ({parentPath, name}) =>
          `${join(parentPath, name)} ${(await readFile(join(parentPath, name))).toString('base64')}`
      )
  )
}

async function expectWholeLayout(folder = join(workspace, 'image')): Promise<void> {
  for (const {digest} of [GOOD.manifest, ...blobsOf(GOOD)]) {
    const path = join(folder, 'blobs', digest.replace(':', '/'))
    const found = await lstat(path)
    expect({path, isFile: found.isFile(), nlink: found.nlink}).toEqual({path, isFile: true, nlink: 1})
    expect(digestBytes(await readFile(path))).toBe(digest)
  }
}

describe('the tool cache', () => {
  it.each(PLANTED)(
    'with $name: the image is verified, nothing else is touched, and the cache is right again',
    async ({plant}) => {
      await fillCache()
      for (const {digest} of [GOOD.manifest, ...blobsOf(GOOD)]) await plant(entryOf(digest))
      const before = await otherTools()
      const ran = await run('tar+gzip inflated')
      expect(ran).toMatchObject({exitCode: 0, annotations: [], outputs: {verified: 'full'}})
      await expectWholeLayout()
      expect(await otherTools()).toEqual(before)
      for (const {digest} of [GOOD.manifest, ...blobsOf(GOOD)]) {
        const [version, blob, marker] = await Promise.all(
          [join(entryOf(digest), '..'), join(entryOf(digest), 'blob'), `${entryOf(digest)}.complete`].map(path =>
            lstat(path)
          )
        )
        expect([version?.isDirectory(), blob?.isFile(), marker?.isFile()]).toEqual([true, true, true])
        expect(digestBytes(await readFile(join(entryOf(digest), 'blob')))).toBe(digest)
      }
    }
  )

  it.each([
    {name: 'a link to another folder', plant: () => symlink('node', join(tools, 'verified-image'))},
    {name: 'a FIFO', plant: () => Promise.resolve(execFileSync('mkfifo', [join(tools, 'verified-image')]))},
    {name: 'a link to nothing', plant: () => symlink('nowhere', join(tools, 'verified-image'))}
  ])('with $name in the place of its folder: a warning, and no use of it', async ({plant}) => {
    await mkdir(join(tools, 'node', '20.1.0'), {recursive: true})
    await writeFile(join(tools, 'node', '20.1.0', 'node'), 'program')
    await plant()
    const ran = await run('tar+gzip inflated')
    expect(ran).toMatchObject({exitCode: 0, outputs: {verified: 'full'}})
    expect(ran.annotations).toEqual([
      expect.objectContaining({level: 'warning', message: expect.stringMatching(/^The tool cache is not used: /)})
    ])
    await expectWholeLayout()
    expect(await readdir(tools, {recursive: true})).toEqual(
      expect.not.arrayContaining([expect.stringContaining('0.0.0-sha256')])
    )
  })

  it('shares no file with a layout: writing to one afterwards changes neither the other nor what comes next', async () => {
    await fillCache()
    await run('tar+gzip inflated')
    const layer = GOOD.layers[0]?.digest as Digest
    await appendFile(join(entryOf(layer), 'blob'), 'more')
    await expectWholeLayout()
    await appendFile(join(workspace, 'image', 'blobs', layer.replace(':', '/')), 'more')
    const ran = await run('tar+gzip inflated', {layout: 'again'})
    expect(ran).toMatchObject({exitCode: 0, annotations: []})
    await expectWholeLayout(join(workspace, 'again'))
    expect(digestBytes(await readFile(join(entryOf(layer), 'blob')))).toBe(layer)
  })

  it('may lose any entry at any time', async () => {
    await fillCache()
    let isDone = false
    const clean = async (): Promise<void> => {
      for (;;) {
        if (isDone) return
        await rm(join(tools, 'verified-image'), {recursive: true, force: true}).catch(() => undefined)
      }
    }
    const cleaning = clean()
    const runs = await Promise.all(['one', 'two', 'three'].map(layout => run('tar+gzip inflated', {layout})))
    isDone = true
    await cleaning
    for (const ran of runs) expect(ran).toMatchObject({exitCode: 0, outputs: {verified: 'full'}})
    for (const layout of ['one', 'two', 'three']) await expectWholeLayout(join(workspace, layout))
  })
})

// A writer that waits until a blob was hashed, and changes the cached file before anything is made of it: preloaded into the
// process, it acts right after the last byte of the file was read.
function RACE(path: string): string {
  return `
  import fs from 'node:fs'
  const handle = await fs.promises.open('/dev/null')
  const prototype = Object.getPrototypeOf(handle)
  await handle.close()
  const read = prototype.read
  prototype.read = async function (...args) {
    const done = await read.apply(this, args)
    if (done.bytesRead === 0 && fs.existsSync(${JSON.stringify(path)})) fs.writeFileSync(${JSON.stringify(path)}, 'evil')
    return done
  }`
}

describe('a cached file that is changed right after it was verified', () => {
  it('does not get into a layout', async () => {
    await fillCache()
    const path = join(entryOf(GOOD.layers[0]?.digest ?? ''), 'blob')
    const ran = await runAction(
      {
        image: `${registry.host}/${repositoryOf('tar+gzip inflated')}:1`,
        ...{mirrors: '', platform: 'linux/amd64', layout: 'image'}
      },
      {
        cwd: workspace,
        env: {
          RUNNER_TOOL_CACHE: tools,
          NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(RACE(path))}`
        }
      }
    )
    expect(ran).toMatchObject({exitCode: 0, outputs: {verified: 'full'}})
    // The attack took place.
    expect(await readFile(path, 'utf8')).toBe('evil')
    await expectWholeLayout()
  })
})
