// The archive that an engine loads: files from the disk, inflated on their way where the engine would do that itself, as a tar
// that is written while it is read. Nothing here knows what an image is.

import {once} from 'node:events'
import {createReadStream} from 'node:fs'
import {stat} from 'node:fs/promises'
import type {Writable} from 'node:stream'
import {pipeline} from 'node:stream/promises'
import {createGunzip, createZstdDecompress} from 'node:zlib'
import type {Pack} from 'tar-stream'

/** Bytes, or the file that they lie in; with `inflate` that file is compressed, and this is what it holds. */
export type ArchiveFile = {
  readonly path: string
  readonly content: Uint8Array | string
  readonly inflate?: {readonly compression: 'gzip' | 'zstd'; readonly size: number}
}

const READ_BYTES = 1024 * 1024

/** Writes the whole archive; or less, without an error, once nobody takes any more. Whose the stream is ends it. */
export async function writeArchive(files: readonly ArchiveFile[], to: Writable): Promise<void> {
  const {pack} = await import('tar-stream')
  const archive = pack()
  const isOver = once(to, 'close').catch(() => undefined)
  const filled = fill(archive, files)
  // What fails there ends the archive too, and is thrown below.
  filled.catch(() => undefined)
  for await (const bytes of archive as AsyncIterable<Uint8Array>) {
    if (to.writable && !to.write(bytes)) await Promise.race([once(to, 'drain').catch(() => undefined), isOver])
    if (!to.writable) return
  }
  await filled
}

async function fill(archive: Pack, files: readonly ArchiveFile[]): Promise<void> {
  try {
    for (const {path, content, inflate} of files) {
      if (typeof content !== 'string') {
        archive.entry({name: path}, Buffer.from(content))
        continue
      }
      const source = createReadStream(content, {highWaterMark: READ_BYTES})
      if (inflate === undefined) {
        const {size} = await stat(content)
        await pipeline(source, archive.entry({name: path, size}))
      } else {
        const create = inflate.compression === 'gzip' ? createGunzip : createZstdDecompress
        await pipeline(source, create({chunkSize: READ_BYTES}), archive.entry({name: path, size: inflate.size}))
      }
    }
    archive.finalize()
  } catch (error) {
    archive.destroy(error instanceof Error ? error : new Error(String(error)))
    throw error
  }
}
