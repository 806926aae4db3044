// The tar archive that a Docker Engine loads, written while the engine reads it. Files come from disk, and those that the engine
// would decompress itself are decompressed on the way.

import {once} from 'node:events'
import {createReadStream} from 'node:fs'
import {stat} from 'node:fs/promises'
import type {Readable, Writable} from 'node:stream'
import {pipeline} from 'node:stream/promises'
import {createGunzip, createZstdDecompress} from 'node:zlib'
import type {Pack} from 'tar-stream'
import {BUFFER_BYTES} from './blob-file.ts'

/** Bytes, or the path of the file that has them. With `decompress`, the file is compressed and the archive gets what it holds. */
export type ArchiveFile = {
  readonly path: string
  readonly content: Uint8Array | string
  readonly decompress?: {readonly compression: 'gzip' | 'zstd'; readonly size: number}
}

/** Writes the archive; stops early, without an error, when the reader closes the stream. The caller ends the stream. */
export async function writeArchive(files: readonly ArchiveFile[], to: Writable): Promise<void> {
  const {pack} = await import('tar-stream')
  const archive = pack()
  const closed = once(to, 'close').catch(() => undefined)
  const added = addFiles(archive, files)
  // An error there destroys the archive too, and is thrown below.
  added.catch(() => undefined)
  for await (const bytes of archive as AsyncIterable<Uint8Array>) {
    if (to.writable && !to.write(bytes)) await Promise.race([once(to, 'drain').catch(() => undefined), closed])
    if (!to.writable) return
  }
  await added
}

async function addFiles(archive: Pack, files: readonly ArchiveFile[]): Promise<void> {
  try {
    for (const file of files) await addFile(archive, file)
    archive.finalize()
  } catch (error) {
    archive.destroy(error instanceof Error ? error : new Error(String(error)))
    throw error
  }
}

async function addFile(archive: Pack, {path, content, decompress}: ArchiveFile): Promise<void> {
  if (typeof content !== 'string') {
    archive.entry({name: path}, Buffer.from(content))
    return
  }
  if (decompress === undefined) {
    const {size} = await stat(content)
    await pipeline(readFile(content), archive.entry({name: path, size}))
    return
  }
  const {compression, size} = decompress
  const decompressor = (compression === 'gzip' ? createGunzip : createZstdDecompress)({chunkSize: BUFFER_BYTES})
  await pipeline(readFile(content), decompressor, archive.entry({name: path, size}))
}

// Its first user must be the pipeline: an error without a listener, such as that of an absent file, would end the process.
function readFile(path: string): Readable {
  return createReadStream(path, {highWaterMark: BUFFER_BYTES})
}
