// Blobs on their way to disk: what is seen of them, and when; restarts, two writers of one blob, and an end in the middle.

import {mkdir, mkdtemp, open, readdir, readFile, rm, stat, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from '@jest/globals'
import {type BlobCache, STAGING_PREFIX} from '../../src/store/blob-cache.ts'
import {type BlobStore, openBlobStore} from '../../src/store/blob-store.ts'
import type {StoredBlob} from '../../src/store/store.ts'
import {createStagingNames} from '../../src/store/staging.ts'
import {nodeRuntime} from '../../src/runner/runtime.ts'
import {digestOf} from '../../src/oci/digest.ts'
import {seededBytes} from '../support/tar.ts'
import '../support/matchers.ts'
import {type VerifiedImageError} from '../../src/failure/error.ts'

const BYTES = seededBytes(1, 3_000_000)
const DIGEST = digestOf(BYTES)

let folder: string
let store: BlobStore
const faults: VerifiedImageError[] = []

function openStore(at: string): Promise<BlobStore> {
  const {self, wallClock} = nodeRuntime()
  return openBlobStore({
    folder: at,
    cache: undefined,
    stagingNames: createStagingNames(self(), wallClock),
    signal: new AbortController().signal,
    onFault: error => faults.push(error),
    onCacheFault: error => {
      throw error
    }
  })
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'verified-image-store-'))
  store = await openStore(folder)
  faults.length = 0
})

afterEach(async () => {
  await store.close()
  await rm(folder, {recursive: true})
})

async function write(sink: Awaited<ReturnType<BlobStore['create']>>, bytes: Buffer, step: number): Promise<void> {
  const memory = Buffer.alloc(step)
  for (let at = 0; at < bytes.length; at += step) {
    // The same memory for every chunk, as a reader may have it.
    const length = bytes.copy(memory, 0, at, at + step)
    await sink.write(memory.subarray(0, length))
  }
}

async function read(size?: number): Promise<Buffer | undefined> {
  const kept = await store.open(DIGEST, size)
  if (kept === undefined) return undefined
  const chunks: Uint8Array[] = []
  for await (const chunk of kept.body) chunks.push(Buffer.from(chunk))
  return Buffer.concat(chunks)
}

type CacheInMemory = {
  readonly cache: BlobCache
  /** What was done to it, in order. */
  readonly calls: readonly string[]
}

/** A cache that has one blob as a file, or none; `put` fails for as often as the test says. */
function cacheOf(path: string | undefined, failures = 0): CacheInMemory {
  const calls: string[] = []
  let left = failures
  const note = (call: string): Promise<void> => {
    calls.push(call)
    return Promise.resolve()
  }
  return {
    calls,
    cache: {
      open: async () => {
        if (path === undefined) return undefined
        const file = await open(path)
        return {file, bytes: (await file.stat()).size}
      },
      put: async (_, from) => {
        if (left-- > 0) throw new Error('the cache is full')
        // As slow as a disk that is busy.
        for (let turn = 0; turn < 500; turn++) await new Promise(resolve => setImmediate(resolve))
        calls.push(`put ${String((await stat(from)).size)}`)
      },
      touch: () => note('touch'),
      delete: () => note('delete'),
      evict: () => note('evict')
    }
  }
}

async function stageOf(opened: BlobStore): Promise<readonly string[]> {
  return readdir(join(opened.blobFile(DIGEST), '..'))
}

async function put(opened: BlobStore, bytes: Buffer): Promise<void> {
  const sink = await opened.create(digestOf(bytes))
  await sink.write(bytes)
  await sink.commit()
}

describe('openBlobStore, with a cache', () => {
  const {signal: NEVER} = new AbortController()
  const cacheFaults: unknown[] = []
  let cached: string

  beforeEach(async () => {
    cached = join(folder, 'cached')
    cacheFaults.length = 0
    await writeFile(cached, BYTES)
  })

  function openWith(cache: BlobCache, signal = NEVER): Promise<BlobStore> {
    const {self, wallClock} = nodeRuntime()
    return openBlobStore({
      ...{folder: join(folder, 'new', 'folder'), cache, stagingNames: createStagingNames(self(), wallClock), signal},
      onFault: error => faults.push(error),
      onCacheFault: error => cacheFaults.push(error)
    })
  }

  async function bytesOf(blob: StoredBlob): Promise<Buffer> {
    const chunks: Uint8Array[] = []
    for await (const chunk of blob.body) chunks.push(Buffer.from(chunk))
    return Buffer.concat(chunks)
  }

  async function openBlob(opened: BlobStore, size?: number): Promise<StoredBlob> {
    const blob = await opened.open(DIGEST, size)
    if (blob === undefined) throw new Error('it does not have the blob')
    return blob
  }

  it.each([undefined, BYTES.length])('stages what a reader accepts, and counts it as used: size %s', async size => {
    const {cache, calls} = cacheOf(cached)
    const opened = await openWith(cache)
    const blob = await openBlob(opened, size)
    expect((await bytesOf(blob)).equals(BYTES)).toBe(true)
    await blob.accept()
    expect(calls).toEqual(['touch'])
    expect((await readFile(opened.blobFile(DIGEST))).equals(BYTES)).toBe(true)
    await writeFile(cached, 'changed by another job')
    expect((await bytesOf(await openBlob(opened))).equals(BYTES)).toBe(true)
    await opened.close()
  })

  it('deletes what a reader rejects, and stages nothing of it', async () => {
    const {cache, calls} = cacheOf(cached)
    const opened = await openWith(cache)
    const blob = await openBlob(opened)
    await bytesOf(blob)
    await blob.reject()
    expect(calls).toEqual(['delete'])
    expect(await stageOf(opened)).toEqual([])
    await opened.close()
  })

  it('has nothing of another size, and opens nothing for it', async () => {
    const {cache, calls} = cacheOf(cached)
    const file = await open(cached)
    const opened = await openWith({...cache, open: () => Promise.resolve({file, bytes: BYTES.length})})
    await expect(opened.open(DIGEST, BYTES.length + 1)).resolves.toBeUndefined()
    expect([calls, await stageOf(opened), file.fd]).toEqual([[], [], -1])
    await opened.close()
  })

  it('has nothing where the cache has nothing', async () => {
    const opened = await openWith(cacheOf(undefined).cache)
    await expect(opened.open(DIGEST, undefined)).resolves.toBeUndefined()
    await opened.close()
  })

  it('ends a cached blob early that cannot be read to its end', async () => {
    const {cache} = cacheOf(cached)
    const opened = await openWith({
      ...cache,
      open: async () => {
        const file = await open(cached)
        return {
          bytes: BYTES.length,
          file: Object.assign(Object.create(file) as typeof file, {
            read: () => Promise.reject(new Error('EIO')),
            close: () => file.close()
          })
        }
      }
    })
    const blob = await openBlob(opened)
    expect(await bytesOf(blob)).toHaveLength(0)
    await blob.reject()
    expect(faults).toEqual([])
    await opened.close()
  })

  it('closes the cached file when its reader stops', async () => {
    const file = await open(cached)
    const {cache} = cacheOf(cached)
    const opened = await openWith({...cache, open: () => Promise.resolve({file, bytes: BYTES.length})})
    const blob = await openBlob(opened)
    // eslint-disable-next-line @typescript-eslint/no-unused-vars -- one chunk is enough
    for await (const _ of blob.body) break
    expect(file.fd).toBe(-1)
    await blob.reject()
    await opened.close()
  })

  it('copies each blob of a registry into the cache before it closes, and evicts after that', async () => {
    const {cache, calls} = cacheOf(undefined)
    const opened = await openWith(cache)
    await put(opened, BYTES)
    await put(opened, BYTES.subarray(1))
    await opened.close()
    expect(calls).toEqual([`put ${String(BYTES.length)}`, `put ${String(BYTES.length - 1)}`, 'evict'])
    expect(await readdir(join(folder, 'new', 'folder'))).toEqual([])
  })

  it('continues without a cache that cannot take a blob, and says so once', async () => {
    const {cache, calls} = cacheOf(undefined, 1)
    const opened = await openWith(cache)
    await put(opened, BYTES)
    await put(opened, BYTES.subarray(1))
    await opened.close()
    expect(calls).toEqual(['evict'])
    expect(cacheFaults).toEqual([new Error('the cache is full')])
  })

  it('gives the cache nothing after its signal has aborted', async () => {
    const {cache, calls} = cacheOf(undefined)
    const opened = await openWith(cache, AbortSignal.abort(new Error('time is up')))
    await put(opened, BYTES)
    await opened.close()
    expect(calls).toEqual(['evict'])
  })
})

describe('openBlobStore', () => {
  it.each([100_000, 65_536, 1_048_576, 3_000_000])('keeps what comes in chunks of %i bytes', async step => {
    const sink = await store.create(DIGEST)
    await write(sink, BYTES, step)
    await expect(read()).resolves.toBeUndefined()
    await sink.commit()
    await sink.discard()
    expect((await read())?.equals(BYTES)).toBe(true)
  })

  it('forgets what came before a restart, also when it was more', async () => {
    const sink = await store.create(DIGEST)
    await write(sink, seededBytes(2, 5_000_000), 300_000)
    sink.reset()
    await write(sink, BYTES, 300_000)
    await sink.commit()
    expect((await read())?.equals(BYTES)).toBe(true)
  })

  it('lets two write the same blob, of whom one gives up', async () => {
    const [one, two] = await Promise.all([store.create(DIGEST), store.create(DIGEST)])
    await Promise.all([write(one, BYTES, 100_000), write(two, BYTES.subarray(0, 1_000_000), 100_000)])
    await two.discard()
    await one.commit()
    expect((await read())?.equals(BYTES)).toBe(true)
    expect(await readdir(join(store.blobFile(DIGEST), '..'))).toHaveLength(1)
  })

  it('puts a blob elsewhere, where its file is alone once the store is closed', async () => {
    const sink = await store.create(DIGEST)
    await write(sink, BYTES, 100_000)
    await sink.commit()
    await store.linkTo(DIGEST, join(folder, 'there'))
    await store.close()
    expect((await readFile(join(folder, 'there'))).equals(BYTES)).toBe(true)
    expect((await stat(join(folder, 'there'))).nlink).toBe(1)
    expect(await readdir(folder)).toEqual(['there'])
  })

  it('has nothing of another size than the one that is asked for', async () => {
    const sink = await store.create(DIGEST)
    await write(sink, BYTES, 100_000)
    await sink.commit()
    await expect(store.open(DIGEST, BYTES.length + 1)).resolves.toBeUndefined()
    await expect(read(BYTES.length)).resolves.toHaveLength(BYTES.length)
  })

  it('keeps what was verified in this run when a reader rejects it: another image may use it', async () => {
    const sink = await store.create(DIGEST)
    await write(sink, BYTES, 100_000)
    await sink.commit()
    const kept = await store.open(DIGEST, undefined)
    // eslint-disable-next-line @typescript-eslint/no-unused-vars -- one chunk is enough
    for await (const _ of kept?.body ?? []) break
    await kept?.reject()
    expect((await read())?.equals(BYTES)).toBe(true)
  })

  it('closes a blob of another size, and one whose reader stops', async () => {
    await put(store, BYTES)
    const before = (await readdir('/proc/self/fd')).length
    for (let round = 0; round < 5; round++) {
      await store.open(DIGEST, BYTES.length + 1)
      const kept = await store.open(DIGEST, undefined)
      // eslint-disable-next-line @typescript-eslint/no-unused-vars -- one chunk is enough
      for await (const _ of kept?.body ?? []) break
    }
    expect((await readdir('/proc/self/fd')).length).toBeLessThan(before + 5)
  })

  it('closes and removes what a writer discards, however often it does', async () => {
    const before = (await readdir('/proc/self/fd')).length
    for (let round = 0; round < 10; round++) {
      const sink = await store.create(DIGEST)
      await sink.write(BYTES.subarray(0, 10))
      await sink.discard()
      await sink.discard()
      expect(await stageOf(store)).toEqual([])
    }
    expect((await readdir('/proc/self/fd')).length).toBeLessThan(before + 10)
  })

  it('closes the files of its writers when it is closed', async () => {
    const sink = await store.create(DIGEST)
    await store.close()
    // More than its buffer holds.
    await expect(Promise.resolve(sink.write(BYTES))).toFailWith('local-io')
    expect(faults).toHaveLength(0)
  })

  it('fails the run for a blob that it cannot read any more', async () => {
    await put(store, BYTES)
    await rm(store.blobFile(DIGEST))
    await expect(store.open(DIGEST, undefined)).toFailWith('local-io', {
      detail: expect.stringMatching(/cannot be read: /)
    })
    expect(faults).toHaveLength(1)
  })

  it('reports no fault of a write that its end interrupts', async () => {
    const sink = await store.create(DIGEST)
    await store.close()
    await expect(sink.commit()).toFailWith('local-io')
    expect(faults).toEqual([])
  })

  it('removes the staging folder of a killed run', async () => {
    const killed = createStagingNames({hostId: '0123abcd', pid: 1, isAlive: () => false}, () => new Date())
    const left = join(folder, killed.uniqueName(STAGING_PREFIX))
    await mkdir(left)
    const {signal} = new AbortController()
    const opened = await openBlobStore({
      ...{folder, cache: undefined, stagingNames: killed, signal},
      onFault: error => faults.push(error),
      onCacheFault: () => undefined
    })
    expect(await readdir(folder)).not.toContain(left.slice(folder.length + 1))
    await opened.close()
  })

  it('lets no other user of the machine into its folder', async () => {
    expect((await stat(join(store.blobFile(DIGEST), '..'))).mode & 0o777).toBe(0o700)
  })

  it('leaves nothing when it is closed while blobs are being written, and takes no more', async () => {
    const sink = await store.create(DIGEST)
    await write(sink, BYTES, 100_000)
    await store.close()
    expect(await readdir(folder)).toEqual([])
    await expect(store.create(DIGEST)).rejects.toThrow('the store is closed')
  })

  it('ends the run when the folder cannot be written to', async () => {
    await writeFile(join(folder, 'file'), '')
    await expect(openStore(join(folder, 'file'))).toFailWith('local-io')
    expect(faults).toHaveLength(1)
  })
})
