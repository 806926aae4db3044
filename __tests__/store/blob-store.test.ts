// Blobs on their way to disk: what is seen of them, and when; restarts, two writers of one blob, and an end in the middle.

import {mkdtemp, readdir, readFile, rm, stat, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from '@jest/globals'
import {type BlobStore, openBlobStore} from '../../src/store/blob-store.ts'
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

async function read(): Promise<Buffer | undefined> {
  const kept = await store.open(DIGEST, undefined)
  if (kept === undefined) return undefined
  const chunks: Uint8Array[] = []
  for await (const chunk of kept.body) chunks.push(Buffer.from(chunk))
  return Buffer.concat(chunks)
}

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
    await expect(store.open(DIGEST, BYTES.length)).resolves.toBeDefined()
  })

  it('keeps what was verified in this run when a reader rejects it: another image may use it', async () => {
    const sink = await store.create(DIGEST)
    await write(sink, BYTES, 100_000)
    await sink.commit()
    const kept = await store.open(DIGEST, undefined)
    await kept?.reject()
    expect((await read())?.equals(BYTES)).toBe(true)
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
