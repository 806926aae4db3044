// Blobs on disk: a stage, which is this run's alone and gone with it, and behind it the cache that runs share.
// A blob comes to be under its digest only when it is whole and verified; what is in the cache is in the stage before it is read,
// so that no other job takes away what this one has verified.

import {mkdir, open, rename, rm} from 'node:fs/promises'
import {join} from 'node:path'
import {VerifiedImageError} from '../acquire/failure.ts'
import type {BlobSink, BlobStorePort, KeptBlob} from '../acquire/ports.ts'
import type {Digest} from '../oci/digest.ts'
import {type BlobCache, STAGE} from './blob-cache.ts'
import {linkOrCopy, openWriter, readChunks} from './blob-file.ts'
import type {Leftovers} from './leftovers.ts'
import {describeErrno, isErrno} from './local-io.ts'

export type BlobStore = BlobStorePort & {
  /**
   * Puts a blob that was kept in this run at a path, without a second copy where the file system can do that. Rejects with the
   * file system's error: what is wrong is wrong there, not here.
   */
  readonly place: (digest: Digest, path: string) => Promise<void>
  /** The file of a blob that was kept in this run. */
  readonly pathOf: (digest: Digest) => string
  /** Removes the stage; nothing can be kept any more. */
  readonly close: () => Promise<void>
}

export type BlobStoreOptions = {
  /** Where the stage is made: beside the cache, where there is one, so that both can have the same file. */
  readonly folder: string
  readonly cache: BlobCache | undefined
  readonly leftovers: Leftovers
  /** Called with the failure before it is thrown: it is nobody's but this machine's, so that the whole run ends. */
  readonly onFault: (error: VerifiedImageError) => void
}

export const openBlobStore = async (options: BlobStoreOptions): Promise<BlobStore> => {
  const {folder, cache, leftovers, onFault} = options
  const sinks = new Set<BlobSink>()
  const state = {isClosed: false, written: 0}
  const stage = join(folder, leftovers.nameFor(STAGE))
  const pathOf = (digest: Digest): string => join(stage, digest.replace(':', '-'))

  const guard = async <T>(what: string, act: () => Promise<T>): Promise<T> => {
    try {
      return await act()
    } catch (error) {
      const detail = `${what}: ${describeErrno(error)}${cache === undefined ? '' : '; with cache: false the runner’s temporary folder is used instead of the tool cache'}`
      const failure = new VerifiedImageError({kind: 'local-io', detail}, {cause: error})
      if (!state.isClosed) onFault(failure)
      throw failure
    }
  }

  await guard(`${folder} cannot be written to`, async () => {
    await mkdir(folder, {recursive: true})
    await mkdir(stage)
  })
  await leftovers.sweep(folder, STAGE)

  const create = async (digest: Digest): Promise<BlobSink> => {
    if (state.isClosed) throw new Error('the store is closed')
    const path = `${pathOf(digest)}.${String(++state.written)}`
    const what = `${path} cannot be written`
    const writer = await guard(what, () => openWriter(path))
    let isOver = false
    const sink: BlobSink = {
      write: chunk => {
        const written = writer.write(chunk)
        return written === undefined ? undefined : guard(what, () => written)
      },
      restart: writer.restart,
      commit: async uncompressed => {
        await guard(what, async () => {
          await writer.end()
          await rename(path, pathOf(digest))
          isOver = true
          sinks.delete(sink)
          await cache?.add(digest, pathOf(digest), uncompressed)
        })
      },
      discard: async () => {
        if (isOver) return
        isOver = true
        sinks.delete(sink)
        await writer.end().catch(() => undefined)
        await rm(path, {force: true}).catch(() => undefined)
      }
    }
    sinks.add(sink)
    return sink
  }

  return {
    create,
    open: digest =>
      guard(`${pathOf(digest)} cannot be read`, async (): Promise<KeptBlob | undefined> => {
        const kept = await cache?.lend(digest, pathOf(digest))
        if (kept === undefined && !(await exists(pathOf(digest)))) return undefined
        return {
          body: guarded(readChunks(pathOf(digest)), guard, `${pathOf(digest)} cannot be read`),
          uncompressed: kept?.uncompressed
        }
      }),
    confirm: async (digest, uncompressed) => {
      await cache?.use(digest, uncompressed)
    },
    forget: digest =>
      guard(`${pathOf(digest)} cannot be removed`, async () => {
        await cache?.remove(digest)
        await rm(pathOf(digest), {force: true})
      }),
    pathOf,
    place: (digest, path) => linkOrCopy(pathOf(digest), path),
    close: async () => {
      state.isClosed = true
      await Promise.all([...sinks].map(sink => sink.discard()))
      // What cannot be removed now is swept by the next run.
      await rm(stage, {recursive: true, force: true, maxRetries: 3}).catch(() => undefined)
      await cache?.trim()
    }
  }
}

const guarded = async function* (
  chunks: AsyncGenerator<Uint8Array>,
  guard: <T>(what: string, act: () => Promise<T>) => Promise<T>,
  what: string
): AsyncGenerator<Uint8Array> {
  try {
    for (;;) {
      const next = await guard(what, () => chunks.next())
      if (next.done === true) return
      yield next.value
    }
  } finally {
    await chunks.return(undefined)
  }
}

const exists = async (path: string): Promise<boolean> => {
  try {
    await (await open(path)).close()
    return true
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return false
    throw error
  }
}
