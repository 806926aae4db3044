// The cache on its own: its limit, who goes first, and what it does with what others left. Real folders, and a clock that is told.

import {mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from '@jest/globals'
import {type BlobCache, openBlobCache, STAGE} from '../../src/adapters/blob-cache.ts'
import {createLeftovers} from '../../src/adapters/leftovers.ts'
import type {Uncompressed} from '../../src/acquire/ports.ts'
import {type Digest, digestOf} from '../../src/oci/digest.ts'

const NOW_MS = Date.UTC(2025, 5, 4)
const HOUR_MS = 3_600_000
// A process that is gone by the time that anybody asks.
const SELF = {place: '0123abcd', pid: 10, isRunning: () => false}

let folder: string
let stage: string
let nowMs: number

beforeEach(async () => {
  ;[folder, stage] = await Promise.all([
    mkdtemp(join(tmpdir(), 'verified-image-cache-')),
    mkdtemp(join(tmpdir(), 'verified-image-stage-'))
  ])
  nowMs = NOW_MS
})

afterEach(async () => {
  await Promise.all([rm(folder, {recursive: true}), rm(stage, {recursive: true})])
})

const openCache = (limitBytes?: number): BlobCache =>
  openBlobCache({
    ...{folder, leftovers: createLeftovers(SELF, () => new Date(nowMs)), wallClock: () => new Date(nowMs)},
    ...(limitBytes === undefined ? {} : {limitBytes})
  })

/** Adds a blob of so many bytes; used when the clock says so. */
const add = async (cache: BlobCache, text: string, bytes: number, uncompressed?: Uncompressed): Promise<Digest> => {
  const content = Buffer.alloc(bytes, text)
  const digest = digestOf(content)
  const path = join(stage, `${text}-in`)
  await writeFile(path, content)
  await cache.add(digest, path, uncompressed)
  await cache.use(digest, uncompressed)
  nowMs += 1000
  return digest
}

const lend = async (cache: BlobCache, digest: Digest): Promise<boolean> =>
  (await cache.lend(digest, join(stage, digest.slice(7)))) !== undefined

describe('openBlobCache', () => {
  it('lends what was added, with what it was found to inflate to', async () => {
    const cache = openCache()
    const uncompressed = {diffId: digestOf(Buffer.from('inflated')), size: 8}
    const [with_, without] = [await add(cache, 'a', 10, uncompressed), await add(cache, 'b', 10)]
    await expect(cache.lend(with_, join(stage, 'a'))).resolves.toEqual({uncompressed})
    await expect(cache.lend(without, join(stage, 'b'))).resolves.toEqual({uncompressed: undefined})
    await expect(readFile(join(stage, 'a'), 'utf8')).resolves.toBe('a'.repeat(10))
    await cache.use(without, uncompressed)
    await expect(cache.lend(without, join(stage, 'c'))).resolves.toEqual({uncompressed})
  })

  it('leaves what the next run sweeps when it ends between a blob and its marker', async () => {
    const digest = digestOf(Buffer.from('a'))
    const path = join(stage, 'in')
    await writeFile(path, 'a')
    // Nothing can take the place of a folder that has a file in it: the marker stays in the making.
    const marker = join(folder, `0.0.0-${digest.replace(':', '-')}`, `${process.arch}.complete`)
    await mkdir(join(marker, 'x'), {recursive: true})
    await expect(openCache().add(digest, path, undefined)).rejects.toThrow()
    const left = (await readdir(folder)).filter(name => name.startsWith(STAGE))
    expect(left.length).toBeGreaterThan(0)
    expect(await readdir(join(marker, '..'))).toEqual([process.arch, `${process.arch}.complete`].sort())
    await createLeftovers(SELF, () => new Date(nowMs)).sweep(folder, STAGE)
    expect((await readdir(folder)).filter(name => name.startsWith(STAGE))).toEqual([])
  })

  it('has the same file as the one who lends', async () => {
    const cache = openCache()
    const digest = await add(cache, 'a', 10)
    await lend(cache, digest)
    const [one, two] = await Promise.all([stat(join(stage, 'a-in')), stat(join(stage, digest.slice(7)))])
    expect(one.ino).toBe(two.ino)
  })

  it.each([
    {
      name: 'another digest',
      change: (note: string) => note.replace(/sha256:[0-9a-f]+/, digestOf(Buffer.from('wrong')))
    },
    {name: 'another size', change: (note: string) => note.replace(' 5 ', ' 6 ')},
    {name: 'half of it', change: (note: string) => note.slice(0, -10)},
    {name: 'nothing', change: () => ''}
  ])('does not believe a marker with a sum that is not right: $name', async ({change}) => {
    const cache = openCache()
    const digest = await add(cache, 'a', 10, {diffId: digestOf(Buffer.from('right')), size: 5})
    const marker = join(folder, `0.0.0-${digest.replace(':', '-')}`, `${process.arch}.complete`)
    const note = await readFile(marker, 'utf8')
    expect(change(note)).not.toBe(note)
    await writeFile(marker, change(note))
    await expect(cache.lend(digest, join(stage, 'a'))).resolves.toEqual({uncompressed: undefined})
  })

  it('removes the longest unused until it is within its limit, and no more', async () => {
    const cache = openCache(100)
    const digests = [await add(cache, 'a', 40), await add(cache, 'b', 40), await add(cache, 'c', 40)]
    await cache.use(digests[0] as Digest, undefined)
    await cache.trim()
    await expect(Promise.all(digests.map(digest => lend(cache, digest)))).resolves.toEqual([true, false, true])
    expect(await readdir(folder)).toHaveLength(2)
  })

  it('removes what alone is more than the limit', async () => {
    const cache = openCache(100)
    const digest = await add(cache, 'a', 101)
    await cache.trim()
    await expect(lend(cache, digest)).resolves.toBe(false)
    expect(await readdir(folder)).toEqual([])
  })

  it('looks at nothing when nothing was added', async () => {
    const digest = await add(openCache(), 'a', 101)
    const cache = openCache(100)
    await cache.trim()
    await expect(lend(cache, digest)).resolves.toBe(true)
  })

  it('removes what was left half written, but not what another job may be writing, nor what it does not know', async () => {
    const half = (text: string): string => join(folder, `0.0.0-${digestOf(Buffer.from(text)).replace(':', '-')}`)
    for (const text of ['old', 'new']) {
      await mkdir(join(half(text), process.arch), {recursive: true})
      await writeFile(join(half(text), process.arch, 'blob'), 'x'.repeat(60))
    }
    await utimes(half('old'), (NOW_MS - 2 * HOUR_MS) / 1000, (NOW_MS - 2 * HOUR_MS) / 1000)
    await utimes(half('new'), NOW_MS / 1000, NOW_MS / 1000)
    await mkdir(join(folder, 'notes'))
    const cache = openCache(100)
    const digest = await add(cache, 'a', 60)
    await cache.trim()
    await expect(lend(cache, digest)).resolves.toBe(true)
    expect((await readdir(folder)).sort()).toEqual(
      [`0.0.0-${digest.replace(':', '-')}`, half('new').slice(folder.length + 1), 'notes'].sort()
    )
  })

  it('takes in what another job took out meanwhile', async () => {
    const cache = openCache()
    const digest = await add(cache, 'a', 10)
    await cache.remove(digest)
    await expect(lend(cache, digest)).resolves.toBe(false)
    await cache.use(digest, {diffId: digest, size: 1})
    await expect(lend(cache, digest)).resolves.toBe(false)
    await add(cache, 'a', 10)
    await add(cache, 'a', 10)
    await expect(lend(cache, digest)).resolves.toBe(true)
  })
})
