// The cache on its own: its limit, which entries go first, what others find in it, and what others put there. Real folders, and
// a clock that is told. @actions/tool-cache is what other actions look with.

import {execFileSync} from 'node:child_process'
import {
  lstat,
  lutimes,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  statfs,
  symlink,
  truncate,
  utimes,
  writeFile
} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {cacheFile, find, findAllVersions} from '@actions/tool-cache'
import {afterEach, beforeEach, describe, expect, it} from '@jest/globals'
import {type BlobCache, openBlobCache, STAGING_PREFIX, TOOL} from '../../src/store/blob-cache.ts'
import {createStagingNames} from '../../src/store/staging.ts'
import {type Digest, digestOf} from '../../src/oci/digest.ts'

const NOW_MS = Date.UTC(2025, 5, 4)
const HOUR_MS = 3_600_000
// A process that has ended by the time that it is looked for.
const SELF = {hostId: '0123abcd', pid: 10, isAlive: () => false}

let tools: string
let folder: string
let stage: string
let nowMs: number

const toolCacheBefore = process.env['RUNNER_TOOL_CACHE']
const writeBefore = process.stdout.write.bind(process.stdout)

beforeEach(async () => {
  ;[tools, stage] = await Promise.all([
    mkdtemp(join(tmpdir(), 'verified-image-cache-')),
    mkdtemp(join(tmpdir(), 'verified-image-stage-'))
  ])
  folder = join(tools, TOOL)
  nowMs = NOW_MS
  // What @actions/tool-cache has to say for debugging.
  process.stdout.write = () => true
  // Where it looks.
  process.env['RUNNER_TOOL_CACHE'] = tools
})

afterEach(async () => {
  process.stdout.write = writeBefore
  if (toolCacheBefore === undefined) delete process.env['RUNNER_TOOL_CACHE']
  else process.env['RUNNER_TOOL_CACHE'] = toolCacheBefore
  await Promise.all([rm(tools, {recursive: true}), rm(stage, {recursive: true})])
})

function openCache(limitBytes?: number): Promise<BlobCache> {
  return openBlobCache({
    ...{tools, stagingNames: createStagingNames(SELF, () => new Date(nowMs)), wallClock: () => new Date(nowMs)},
    ...(limitBytes === undefined ? {} : {limitBytes})
  })
}

function versionOf(digest: Digest): string {
  return `0.0.0-${digest.replace(':', '-')}`
}
function entryOf(digest: Digest): string {
  return join(folder, versionOf(digest), process.arch)
}

/** Adds a blob of so many bytes; used when the clock says so. */
async function add(cache: BlobCache, text: string, bytes: number): Promise<Digest> {
  const content = Buffer.alloc(bytes, text)
  const digest = digestOf(content)
  const path = join(stage, `${text}-in`)
  await writeFile(path, content)
  await cache.put(digest, path)
  await cache.touch(digest)
  nowMs += 1000
  return digest
}

async function read(cache: BlobCache, digest: Digest): Promise<string | undefined> {
  const found = await cache.open(digest)
  if (found === undefined) return undefined
  const bytes = await found.file.readFile('utf8')
  await found.file.close()
  expect(bytes).toHaveLength(found.bytes)
  return bytes
}

describe('openBlobCache', () => {
  it('has what was added, as a file of its own', async () => {
    const cache = await openCache()
    const digest = await add(cache, 'a', 10)
    await expect(read(cache, digest)).resolves.toBe('a'.repeat(10))
    const [kept, given] = await Promise.all([stat(join(entryOf(digest), 'blob')), stat(join(stage, 'a-in'))])
    expect(kept.ino).not.toBe(given.ino)
    expect(await readdir(folder)).toEqual([versionOf(digest)])
  })

  it('writes the time of a use into the marker', async () => {
    const cache = await openCache()
    const digest = await add(cache, 'a', 10)
    nowMs = NOW_MS + 5000
    await cache.touch(digest)
    expect((await stat(`${entryOf(digest)}.complete`)).mtimeMs).toBe(NOW_MS + 5000)
  })

  it('replaces what is there under the digest, whatever it is', async () => {
    const cache = await openCache()
    const digest = await add(cache, 'a', 10)
    await writeFile(join(entryOf(digest), 'blob'), 'wrong')
    await add(cache, 'a', 10)
    await expect(read(cache, digest)).resolves.toBe('a'.repeat(10))
    expect(await readdir(folder)).toEqual([versionOf(digest)])
  })

  it('removes the longest unused until it is within its limit, and no more', async () => {
    const cache = await openCache(100)
    const digests = [await add(cache, 'a', 40), await add(cache, 'b', 40), await add(cache, 'c', 40)]
    await cache.touch(digests[0] as Digest)
    await cache.evict()
    const found = await Promise.all(digests.map(digest => read(cache, digest)))
    expect(found.map(text => text?.[0])).toEqual(['a', undefined, 'c'])
    expect(await readdir(folder)).toHaveLength(2)
  })

  it('removes nothing at exactly its limit, and one more byte removes one blob', async () => {
    const cache = await openCache(100)
    const digests = [await add(cache, 'a', 40), await add(cache, 'b', 60)]
    await cache.evict()
    expect(await readdir(folder)).toHaveLength(2)
    await add(cache, 'c', 1)
    await cache.evict()
    expect(await readdir(folder)).toHaveLength(2)
    await expect(read(cache, digests[0] as Digest)).resolves.toBeUndefined()
  })

  it('keeps no more than half of what is free without it', async () => {
    const {bavail, bsize} = await statfs(tools)
    const cache = await openCache(Number.MAX_SAFE_INTEGER)
    const digest = await add(cache, 'a', 10)
    // A sparse file takes no space. Four fifths of what is free fit, and three times as much does not.
    for (const [share, isKept] of [
      [0.8, true],
      [3, false]
    ] as const) {
      await add(cache, 'a', 10)
      await truncate(join(entryOf(digest), 'blob'), Math.floor(bavail * bsize * share))
      await cache.evict()
      expect([share, (await readdir(folder)).length === 1]).toEqual([share, isKept])
    }
  })

  it('counts nothing for an entry whose blob is not a file, and removes no more for it', async () => {
    const cache = await openCache(50)
    const digests = [await add(cache, 'a', 40), await add(cache, 'b', 50)]
    const odd = digestOf(Buffer.from('odd'))
    await mkdir(join(entryOf(odd), 'blob'), {recursive: true})
    await writeFile(`${entryOf(odd)}.complete`, '')
    const bare = digestOf(Buffer.from('bare'))
    await mkdir(entryOf(bare), {recursive: true})
    await writeFile(`${entryOf(bare)}.complete`, '')
    await cache.evict()
    await expect(read(cache, digests[0] as Digest)).resolves.toBeUndefined()
    await expect(read(cache, digests[1] as Digest)).resolves.toBeDefined()
  })

  it('removes staging folders that a killed job left, when it is opened', async () => {
    const left = join(folder, createStagingNames(SELF, () => new Date(nowMs)).uniqueName(STAGING_PREFIX))
    await mkdir(left, {recursive: true})
    await openCache()
    expect(await readdir(folder)).toEqual([])
  })

  it('keeps ten gigabytes unless it is told otherwise', async () => {
    const cache = await openCache()
    const digest = await add(cache, 'a', 1)
    const {bavail, bsize} = await statfs(tools)
    // Where the disk is too small for it, its half counts first.
    const most = Math.min(10 * 1024 ** 3, bavail * bsize * 0.9)
    await truncate(join(entryOf(digest), 'blob'), most - 1)
    await cache.evict()
    expect(await readdir(folder)).toHaveLength(1)
    if (bavail * bsize < 12 * 1024 ** 3) return
    await truncate(join(entryOf(digest), 'blob'), 10 * 1024 ** 3 + 1)
    await cache.evict()
    expect(await readdir(folder)).toHaveLength(0)
  })

  it('removes what alone is more than the limit', async () => {
    const cache = await openCache(100)
    const digest = await add(cache, 'a', 101)
    await cache.evict()
    await expect(read(cache, digest)).resolves.toBeUndefined()
    expect(await readdir(folder)).toEqual([])
  })

  it('looks at nothing when nothing was added', async () => {
    const digest = await add(await openCache(), 'a', 101)
    const cache = await openCache(100)
    await cache.evict()
    await expect(read(cache, digest)).resolves.toBeDefined()
  })

  it('removes what was left half written, but not what another job may be writing, nor what it does not know', async () => {
    const half = (text: string): string => join(folder, versionOf(digestOf(Buffer.from(text))))
    for (const text of ['old', 'new', 'arm']) {
      await mkdir(join(half(text), process.arch), {recursive: true})
      await writeFile(join(half(text), process.arch, 'blob'), 'x'.repeat(60))
    }
    // Complete for another architecture that shares the folder.
    await writeFile(join(half('arm'), 'other.complete'), '')
    const past = (NOW_MS - 2 * HOUR_MS) / 1000
    await utimes(half('old'), past, past)
    await utimes(half('arm'), past, past)
    await utimes(half('new'), NOW_MS / 1000, NOW_MS / 1000)
    await mkdir(join(folder, 'notes', process.arch), {recursive: true})
    await writeFile(join(folder, 'notes', process.arch, 'blob'), 'x'.repeat(60))
    await utimes(join(folder, 'notes'), past, past)
    const cache = await openCache(100)
    const digest = await add(cache, 'a', 60)
    await cache.evict()
    await expect(read(cache, digest)).resolves.toBeDefined()
    expect((await readdir(folder)).sort()).toEqual(
      [versionOf(digest), ...['new', 'arm'].map(text => half(text).slice(folder.length + 1)), 'notes'].sort()
    )
  })
})

describe('an entry without a marker', () => {
  async function plant(): Promise<string> {
    const version = versionOf(digestOf(Buffer.from('half')))
    await mkdir(join(folder, version, process.arch), {recursive: true})
    await writeFile(join(folder, version, process.arch, 'blob'), 'x'.repeat(60))
    return version
  }

  it('is left alone for an hour', async () => {
    const version = await plant()
    const cache = await openCache(100)
    const digest = await add(cache, 'a', 60)
    await utimes(join(folder, version), NOW_MS / 1000, NOW_MS / 1000)
    nowMs = NOW_MS + HOUR_MS - 1
    await cache.evict()
    expect(await readdir(folder)).toHaveLength(2)
    nowMs = NOW_MS + HOUR_MS
    await cache.evict()
    expect(await readdir(folder)).toEqual([versionOf(digest)])
  })

  it('is not opened, and stays for another architecture that may have it', async () => {
    const version = await plant()
    await writeFile(join(folder, version, 'other.complete'), '')
    const cache = await openCache()
    await expect(cache.open(digestOf(Buffer.from('half')))).resolves.toBeUndefined()
    expect(await readdir(join(folder, version))).toHaveLength(2)
  })

  it('is removed when it is a link, whatever the link leads to', async () => {
    await mkdir(folder)
    const target = join(tools, 'elsewhere')
    await mkdir(target)
    await writeFile(join(target, 'other.complete'), '')
    const link = join(folder, versionOf(digestOf(Buffer.from('half'))))
    await symlink(target, link)
    const past = (NOW_MS - 2 * HOUR_MS) / 1000
    await lutimes(link, past, past)
    const cache = await openCache(50)
    await add(cache, 'a', 60)
    await cache.evict()
    expect(await readdir(folder)).toHaveLength(0)
    expect(await readdir(target)).toEqual(['other.complete'])
  })
})

describe('an entry that was left without a blob', () => {
  it.each([
    {limit: 60, isKept: true},
    {limit: 59, isKept: false}
  ])('counts nothing, and keeps no other from being removed: $limit', async ({limit, isKept}) => {
    const left = versionOf(digestOf(Buffer.from('left')))
    await mkdir(join(folder, left), {recursive: true})
    const past = (NOW_MS - 2 * HOUR_MS) / 1000
    await utimes(join(folder, left), past, past)
    const cache = await openCache(limit)
    const digest = await add(cache, 'a', 60)
    await cache.evict()
    expect((await readdir(folder)).sort()).toEqual(isKept ? [versionOf(digest), left].sort() : [])
  })
})

describe('what @actions/tool-cache finds', () => {
  it('is each entry that was added, and none that is being added or was evicted', async () => {
    const cache = await openCache()
    const [one, two] = [await add(cache, 'a', 10), await add(cache, 'b', 10)]
    await mkdir(join(folder, `${STAGING_PREFIX}0123abcd-10-0123abcd`, process.arch), {recursive: true})
    expect(findAllVersions(TOOL).sort()).toEqual([one, two].map(versionOf).sort())
    expect(find(TOOL, versionOf(one))).toBe(entryOf(one))
    await cache.delete(one)
    expect(find(TOOL, versionOf(one))).toBe('')
    expect(findAllVersions(TOOL)).toEqual([versionOf(two)])
  })

  it('is what sha512 names too', async () => {
    const cache = await openCache()
    const digest = digestOf(Buffer.from('a'), 'sha512')
    await writeFile(join(stage, 'in'), 'a')
    await cache.put(digest, join(stage, 'in'))
    expect(find(TOOL, versionOf(digest))).toBe(entryOf(digest))
    await expect(read(cache, digest)).resolves.toBe('a')
  })

  it('is whole at each moment while eight jobs add the same entry', async () => {
    const content = Buffer.alloc(2_000_000, 'a')
    const digest = digestOf(content)
    await writeFile(join(stage, 'in'), content)
    const caches = await Promise.all(Array.from({length: 8}, () => openCache()))
    let isDone = false
    const sizes = new Set<number>()
    const look = async (): Promise<void> => {
      for (;;) {
        if (isDone) return
        const path = find(TOOL, versionOf(digest))
        const found = path === '' ? undefined : await stat(join(path, 'blob')).catch(() => undefined)
        if (found !== undefined) sizes.add(found.size)
        await new Promise(setImmediate)
      }
    }
    const looking = look()
    const added = await Promise.allSettled(caches.map(cache => cache.put(digest, join(stage, 'in'))))
    isDone = true
    await looking
    expect(added.filter(({status}) => status === 'rejected')).toEqual([])
    expect([...sizes].filter(size => size !== content.length)).toEqual([])
    expect(await readdir(folder)).toEqual([versionOf(digest)])
    await expect(read(await openCache(), digest)).resolves.toHaveLength(content.length)
  })

  it('serves entries that cacheFile wrote, and those with the notes that markers had once', async () => {
    const digest = digestOf(Buffer.from('a'))
    await writeFile(join(stage, 'in'), 'a')
    await cacheFile(join(stage, 'in'), 'blob', TOOL, versionOf(digest))
    const cache = await openCache()
    await expect(read(cache, digest)).resolves.toBe('a')
    await writeFile(`${entryOf(digest)}.complete`, `${digest} 1 ${'0'.repeat(64)}\n`)
    await expect(read(cache, digest)).resolves.toBe('a')
  })
})

// Why entries are not written by it: where its guarantees end.
describe('cacheFile of @actions/tool-cache', () => {
  it('empties the folder that a link in the place of an entry leads to; an entry that is added here does not', async () => {
    const digest = digestOf(Buffer.from('a'))
    await writeFile(join(stage, 'in'), 'a')
    const node = join(tools, 'node', '20.1.0')
    const plant = async (): Promise<void> => {
      await rm(folder, {recursive: true, force: true})
      await mkdir(folder)
      await mkdir(join(node, process.arch), {recursive: true})
      await writeFile(join(node, process.arch, 'node'), 'program')
      await symlink(join('..', 'node', '20.1.0'), join(folder, versionOf(digest)))
    }
    await plant()
    await cacheFile(join(stage, 'in'), 'blob', TOOL, versionOf(digest))
    expect(await readdir(join(node, process.arch))).toEqual(['blob'])
    await rm(node, {recursive: true})

    await plant()
    const cache = await openCache()
    await cache.put(digest, join(stage, 'in'))
    expect(await readdir(join(node, process.arch))).toEqual(['node'])
    expect((await lstat(join(folder, versionOf(digest)))).isDirectory()).toBe(true)
    await expect(read(cache, digest)).resolves.toBe('a')
  })

  it('leaves an entry without its content when it fails halfway; an entry that is added here stays as it was', async () => {
    const cache = await openCache()
    const digest = await add(cache, 'a', 10)
    await expect(cache.put(digest, join(stage, 'absent'))).rejects.toThrow()
    await expect(read(cache, digest)).resolves.toBe('a'.repeat(10))
    expect(await readdir(folder)).toEqual([versionOf(digest)])
    // A source that cannot be copied: what was there is gone by then.
    await mkdir(join(stage, 'source'))
    await writeFile(join(stage, 'source', 'in'), 'a')
    const failing = cacheFile(join(stage, 'source', 'in'), join('absent', 'blob'), TOOL, versionOf(digest))
    await expect(failing).rejects.toThrow()
    expect(find(TOOL, versionOf(digest))).toBe('')
  })
})

const PLANTED: readonly {readonly name: string; readonly plant: (digest: Digest) => Promise<unknown>}[] = [
  {
    name: 'a link to right bytes elsewhere as the blob',
    plant: async digest => {
      await rename(join(entryOf(digest), 'blob'), join(tools, 'target'))
      await symlink(join(tools, 'target'), join(entryOf(digest), 'blob'))
    }
  },
  {
    name: 'a FIFO as the blob',
    plant: async digest => {
      await rm(join(entryOf(digest), 'blob'))
      execFileSync('mkfifo', [join(entryOf(digest), 'blob')])
    }
  },
  {
    name: 'a link to a device as the blob',
    plant: async digest => {
      await rm(join(entryOf(digest), 'blob'))
      await symlink('/dev/zero', join(entryOf(digest), 'blob'))
    }
  },
  {
    name: 'a folder as the blob',
    plant: async digest => {
      await rm(join(entryOf(digest), 'blob'))
      await mkdir(join(entryOf(digest), 'blob'))
    }
  },
  {
    name: 'a FIFO as the marker',
    plant: async digest => {
      await rm(`${entryOf(digest)}.complete`)
      execFileSync('mkfifo', [`${entryOf(digest)}.complete`])
    }
  },
  {
    name: 'a link to a device as the marker',
    plant: async digest => {
      await rm(`${entryOf(digest)}.complete`)
      await symlink('/dev/zero', `${entryOf(digest)}.complete`)
    }
  },
  {
    name: 'a link to another folder as the architecture',
    plant: async digest => {
      await rename(entryOf(digest), join(tools, 'elsewhere'))
      await symlink(join(tools, 'elsewhere'), entryOf(digest))
    }
  },
  {
    name: 'a link to another folder as the version',
    plant: async digest => {
      await rename(join(entryOf(digest), '..'), join(tools, 'elsewhere'))
      await symlink(join(tools, 'elsewhere'), join(folder, versionOf(digest)))
    }
  }
]

/** Every regular file outside of the cache, with its bytes. */
async function outside(): Promise<readonly string[]> {
  const entries = await readdir(tools, {recursive: true, withFileTypes: true})
  const files = entries.filter(entry => entry.isFile() && !entry.parentPath.startsWith(folder))
  return Promise.all(
    files.map(async ({parentPath, name}) => `${name} ${await readFile(join(parentPath, name), 'utf8')}`)
  )
}

describe('what others put into the cache', () => {
  it.each(PLANTED)('$name: is not used, and makes room for what is right', async ({plant}) => {
    const cache = await openCache()
    const digest = await add(cache, 'a', 10)
    await plant(digest)
    const before = await outside()
    await expect(read(cache, digest)).resolves.toBeUndefined()
    expect(await readdir(folder)).toEqual([])
    await add(cache, 'a', 10)
    await expect(read(cache, digest)).resolves.toBe('a'.repeat(10))
    expect(await outside()).toEqual(before)
  })

  it.each(PLANTED)('$name: is evicted without touching what it leads to', async ({plant}) => {
    const cache = await openCache(5)
    const digest = await add(cache, 'a', 10)
    await plant(digest)
    await add(cache, 'b', 10)
    const before = await outside()
    await cache.evict()
    await cache.delete(digest)
    expect(await readdir(folder)).toEqual([])
    expect(await outside()).toEqual(before)
  })

  it.each([
    {name: 'a link to a folder', plant: () => symlink(join(stage), folder), why: /symbolic link/},
    {name: 'a link to nothing', plant: () => symlink('nowhere', folder), why: /./},
    {name: 'a file', plant: () => writeFile(folder, ''), why: /./},
    {name: 'a FIFO', plant: () => Promise.resolve(execFileSync('mkfifo', [folder])), why: /./}
  ])('$name in the place of its folder: is refused', async ({plant, why}) => {
    await plant()
    await expect(openCache()).rejects.toThrow(why)
    expect(await readdir(stage)).toEqual([])
  })
})

describe('what others remove from the cache', () => {
  it('does no harm to a blob that is being read', async () => {
    const cache = await openCache()
    const digest = await add(cache, 'a', 10)
    const found = await cache.open(digest)
    await rm(tools, {recursive: true})
    await expect(found?.file.readFile('utf8')).resolves.toBe('a'.repeat(10))
    await found?.file.close()
    await cache.touch(digest)
    await cache.delete(digest)
    await cache.evict()
    await expect(read(cache, digest)).resolves.toBeUndefined()
    await add(cache, 'a', 10)
    await expect(read(cache, digest)).resolves.toBe('a'.repeat(10))
  })
})
