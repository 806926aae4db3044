// The file of a blob: chunks of every size around the buffer's, restarts, and a second path for the same bytes.

import {mkdtemp, open, readdir, readFile, rm, stat, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from '@jest/globals'
import {createFileWriter, linkOrCopy, readChunks} from '../../src/store/blob-file.ts'
import {seededBytes} from '../support/tar.ts'

const MIB = 1024 * 1024

let folder: string
let path: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'verified-image-file-'))
  path = join(folder, 'blob')
})

afterEach(async () => {
  await rm(folder, {recursive: true})
})

describe('createFileWriter', () => {
  it.each([
    {sizes: [1]},
    {sizes: [MIB]},
    {sizes: [MIB + 1]},
    {sizes: [MIB - 1, 1, 1]},
    {sizes: [MIB - 1, 2]},
    {sizes: [3 * MIB + 5, 7]},
    {sizes: [10, 2 * MIB, 2 * MIB, 1]}
  ])('keeps chunks of $sizes bytes in order', async ({sizes}) => {
    const bytes = seededBytes(
      1,
      sizes.reduce((sum, size) => sum + size, 0)
    )
    const writer = await createFileWriter(path)
    let at = 0
    for (const size of sizes) await writer.write(bytes.subarray(at, (at += size)))
    await writer.close()
    expect((await readFile(path)).equals(bytes)).toBe(true)
  })

  it('takes a chunk that fits its buffer without a promise', async () => {
    const writer = await createFileWriter(path)
    expect(writer.write(Buffer.alloc(MIB))).toBeUndefined()
    const full = writer.write(Buffer.alloc(1))
    expect(full).toBeInstanceOf(Promise)
    await full
    await writer.close()
    expect((await stat(path)).size).toBe(MIB + 1)
  })

  it('has only what came after a reset, also when that is nothing', async () => {
    const writer = await createFileWriter(path)
    await writer.write(Buffer.alloc(2 * MIB + 5, 'a'))
    writer.reset()
    await writer.write(Buffer.from('b'))
    await writer.close()
    expect(await readFile(path, 'utf8')).toBe('b')
    const other = await createFileWriter(join(folder, 'other'))
    await other.write(Buffer.alloc(2 * MIB, 'a'))
    other.reset()
    await other.close()
    expect(await readFile(join(folder, 'other'))).toHaveLength(0)
  })

  it('closes its file', async () => {
    const before = (await readdir('/proc/self/fd')).length
    for (let at = 0; at < 20; at++) await (await createFileWriter(`${path}${String(at)}`)).close()
    expect((await readdir('/proc/self/fd')).length).toBeLessThan(before + 20)
  })

  it('writes nothing into its buffer once it is closed: the next file has it', async () => {
    const writer = await createFileWriter(path)
    // The chunk is larger than the buffer, so that this is still under way.
    const writing = Promise.resolve(writer.write(seededBytes(1, 5 * MIB)))
    await Promise.all([writer.close(), writing])
    const others = await Promise.all([1, 2, 3].map(at => createFileWriter(join(folder, String(at)))))
    for (const [at, other] of others.entries()) await other.write(seededBytes(at + 2, MIB))
    await expect(Promise.resolve(writer.write(seededBytes(9, 10)))).rejects.toThrow('closed')
    await writer.close()
    await Promise.all(others.map(other => other.close()))
    for (const at of [1, 2, 3])
      expect((await readFile(join(folder, String(at)))).equals(seededBytes(at + 1, MIB))).toBe(true)
  })

  it('replaces no file', async () => {
    await writeFile(path, 'mine')
    await expect(createFileWriter(path)).rejects.toMatchObject({code: 'EEXIST'})
    expect(await readFile(path, 'utf8')).toBe('mine')
  })
})

describe('readChunks', () => {
  it.each([0, 1, MIB, 2 * MIB + 1])('reads %i bytes, and closes the file', async size => {
    const bytes = seededBytes(1, size)
    await writeFile(path, bytes)
    const file = await open(path)
    const chunks: Uint8Array[] = []
    for await (const chunk of readChunks(file)) chunks.push(Buffer.from(chunk))
    expect(Buffer.concat(chunks).equals(bytes)).toBe(true)
    expect(file.fd).toBe(-1)
  })

  it('closes the file when its reader stops', async () => {
    await writeFile(path, 'a')
    const file = await open(path)
    // eslint-disable-next-line @typescript-eslint/no-unused-vars -- one chunk is enough
    for await (const _ of readChunks(file)) break
    expect(file.fd).toBe(-1)
  })
})

describe('linkOrCopy', () => {
  it('puts the same file at a second path', async () => {
    await writeFile(path, 'a')
    await linkOrCopy(path, join(folder, 'other'))
    expect((await stat(join(folder, 'other'))).ino).toBe((await stat(path)).ino)
  })

  it('copies to another file system', async () => {
    await writeFile(path, 'a')
    const other = await mkdtemp('/dev/shm/verified-image-file-')
    try {
      await linkOrCopy(path, join(other, 'blob'))
      expect(await readFile(join(other, 'blob'), 'utf8')).toBe('a')
    } finally {
      await rm(other, {recursive: true})
    }
  })

  it('replaces nothing', async () => {
    await writeFile(path, 'a')
    await writeFile(join(folder, 'other'), 'b')
    await expect(linkOrCopy(path, join(folder, 'other'))).rejects.toMatchObject({code: 'EEXIST'})
    expect(await readFile(join(folder, 'other'), 'utf8')).toBe('b')
  })
})
