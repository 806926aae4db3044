// The archive for an engine: its files, a reader that is slow or leaves, and files that cannot be read.

import {mkdtemp, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {PassThrough, Writable} from 'node:stream'
import {gzipSync, zstdCompressSync} from 'node:zlib'
import {afterEach, beforeEach, describe, expect, it} from '@jest/globals'
import {extract} from 'tar-stream'
import {type ArchiveFile, writeArchive} from '../../src/store/docker-archive.ts'
import {seededBytes} from '../support/tar.ts'

const BYTES = seededBytes(1, 3_000_000)

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'verified-image-archive-'))
})

afterEach(async () => {
  await rm(folder, {recursive: true})
})

async function fileOf(name: string, bytes: Uint8Array): Promise<string> {
  const path = join(folder, name)
  await writeFile(path, bytes)
  return path
}

/** Lets everything that can go on do so. */
function flushPromises(): Promise<void> {
  return new Promise(resolve => setImmediate(resolve))
}

async function entriesOf(files: readonly ArchiveFile[]): Promise<Readonly<Record<string, Buffer>>> {
  const to = new PassThrough()
  const entries: Record<string, Buffer> = {}
  const written = writeArchive(files, to).then(() => to.end())
  for await (const entry of to.pipe(extract())) {
    const chunks: Uint8Array[] = []
    for await (const chunk of entry) chunks.push(chunk as Uint8Array)
    entries[entry.header.name] = Buffer.concat(chunks)
  }
  await written
  return entries
}

/** A reader that takes one chunk, and never says that it is done with it. */
function stalled(): Writable {
  return new Writable({highWaterMark: 1, write: () => undefined})
}

describe('writeArchive', () => {
  it('has documents, files, and what compressed files hold, in order', async () => {
    const entries = await entriesOf([
      {path: 'manifest.json', content: Buffer.from('[]')},
      {path: 'stored', content: await fileOf('stored', BYTES)},
      {
        path: 'gzip',
        content: await fileOf('gzip', gzipSync(BYTES)),
        decompress: {compression: 'gzip', size: BYTES.length}
      },
      {
        path: 'zstd',
        content: await fileOf('zstd', zstdCompressSync(BYTES)),
        decompress: {compression: 'zstd', size: BYTES.length}
      },
      {path: 'last', content: Buffer.from('x')}
    ])
    expect(Object.keys(entries)).toEqual(['manifest.json', 'stored', 'gzip', 'zstd', 'last'])
    expect([entries['manifest.json']?.toString(), entries['last']?.toString()]).toEqual(['[]', 'x'])
    for (const name of ['stored', 'gzip', 'zstd']) expect(entries[name]?.equals(BYTES)).toBe(true)
  })

  it('waits for a slow reader instead of filling the memory', async () => {
    const to = stalled()
    const writing = writeArchive([{path: 'stored', content: await fileOf('stored', seededBytes(1, 8_000_000))}], to)
    while (to.writableLength === 0) await flushPromises()
    for (let turn = 0; turn < 3000; turn++) await flushPromises()
    expect(to.writableLength).toBeLessThan(1_100_000)
    to.destroy()
    await writing
  })

  it('stops without an error when its reader leaves, and reads nothing more', async () => {
    const to = stalled()
    const files = [
      {path: 'stored', content: await fileOf('stored', BYTES)},
      {path: 'absent', content: join(folder, 'absent')}
    ]
    const writing = writeArchive(files, to)
    await flushPromises()
    to.destroy()
    await expect(writing).resolves.toBeUndefined()
  })

  it.each([
    {name: 'a file that is absent', bytes: undefined, compression: undefined, error: 'ENOENT'},
    {name: 'an absent compressed file', bytes: undefined, compression: 'gzip' as const, error: 'ENOENT'},
    {name: 'bytes that are not gzip', bytes: BYTES, compression: 'gzip' as const, error: 'incorrect header check'},
    {
      name: 'more than was said',
      bytes: gzipSync(Buffer.alloc(20)),
      compression: 'gzip' as const,
      error: 'Size mismatch'
    }
  ])('rejects for $name, once', async ({bytes, compression, error}) => {
    const path = bytes === undefined ? join(folder, 'absent') : await fileOf('file', bytes)
    const unhandled: unknown[] = []
    const note = (reason: unknown): void => {
      unhandled.push(reason)
    }
    process.on('unhandledRejection', note)
    try {
      const file = {path: 'x', content: path, ...(compression && {decompress: {compression, size: 10}})}
      const to = new PassThrough()
      to.resume()
      await expect(writeArchive([file], to)).rejects.toThrow(error)
      await flushPromises()
    } finally {
      process.off('unhandledRejection', note)
    }
    expect(unhandled).toEqual([])
  })
})
