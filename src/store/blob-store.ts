// Blobs on disk: a staging folder, which belongs to this run and is removed with it, and behind it the cache that runs share.
// A blob gets its digest as a name only when it is complete and verified. Layouts and engines read from the staging folder: what
// another job writes into the shared cache after a blob was verified does not reach them.

import {mkdir, open, rm} from 'node:fs/promises'
import {join} from 'node:path'
import type {Digest} from '../oci/digest.ts'
import {type BlobCache, STAGING_PREFIX} from './blob-cache.ts'
import {createFileWriter, linkOrCopy, readChunks} from './blob-file.ts'
import type {StagingNames} from './staging.ts'
import {describeErrno} from '../filesystem/errno.ts'
import type {RegularFile} from '../filesystem/regular-file.ts'
import {renameFile} from '../filesystem/rename-file.ts'
import {type BlobWriter, type BlobStorePort, type StoredBlob} from './store.ts'
import {VerifiedImageError} from '../failure/error.ts'

export type BlobStore = BlobStorePort & {
  /**
   * Puts a blob of this run at a path, without a second copy where the file system can do that. Rejects with the file system's
   * error: what fails there is not this store's fault.
   */
  readonly linkTo: (digest: Digest, path: string) => Promise<void>
  /** Returns the file of a blob of this run. */
  readonly blobFile: (digest: Digest) => string
  /** Waits until the cache has the blobs of this run, and removes the staging folder. */
  readonly close: () => Promise<void>
}

export type BlobStoreOptions = {
  /** Where the staging folder is made: no other job writes there. */
  readonly folder: string
  readonly cache: BlobCache | undefined
  readonly stagingNames: StagingNames
  /** The cache gets no more blobs once it aborts. */
  readonly signal: AbortSignal
  /** Called with the failure before it is thrown: it is this machine's and not a registry's, so the whole run ends. */
  readonly onFault: (error: VerifiedImageError) => void
  /** Called once when the cache cannot take a blob: the run continues without it. */
  readonly onCacheFault: (error: unknown) => void
}

export async function openBlobStore(options: BlobStoreOptions): Promise<BlobStore> {
  const {folder, cache, stagingNames, onFault} = options
  const writers = new Set<BlobWriter>()
  const staged = new Set<Digest>()
  const state = {isClosed: false, writersCreated: 0}
  const stage = join(folder, stagingNames.uniqueName(STAGING_PREFIX))
  const cacheQueue = createCacheQueue(options)

  await orFault(`${folder} cannot be written to`, async () => {
    await mkdir(folder, {recursive: true})
    await mkdir(stage, {mode: 0o700})
  })
  await stagingNames.removeStale(folder, STAGING_PREFIX)

  function blobFile(digest: Digest): string {
    return join(stage, digest.replace(':', '-'))
  }

  /** Turns an error of the file system into a failure of this machine. */
  async function orFault<T>(what: string, act: () => Promise<T>): Promise<T> {
    try {
      return await act()
    } catch (error) {
      const detail = `${what}: ${describeErrno(error)}`
      const failure = new VerifiedImageError({kind: 'local-io', detail}, {cause: error})
      if (!state.isClosed) onFault(failure)
      throw failure
    }
  }

  async function createWriter(digest: Digest): Promise<BlobWriter> {
    if (state.isClosed) throw new Error('the store is closed')
    const path = `${blobFile(digest)}.${String(++state.writersCreated)}`
    const what = `${path} cannot be written`
    const file = await orFault(what, () => createFileWriter(path))
    const writer: BlobWriter = {
      write: chunk => {
        const written = file.write(chunk)
        return written === undefined ? undefined : orFault(what, () => written)
      },
      reset: file.reset,
      commit: async () => {
        await orFault(what, async () => {
          await file.close()
          await renameFile(path, blobFile(digest))
        })
        writers.delete(writer)
        staged.add(digest)
      },
      discard: async () => {
        // After a commit or another discard there is nothing to remove, and the file system may hang.
        if (!writers.delete(writer)) return
        await file.close().catch(() => undefined)
        await rm(path).catch(() => undefined)
      }
    }
    writers.add(writer)
    return writer
  }

  // Staged blobs were hashed when they were written, in this run: one that does not fit an image is still right.
  async function openStaged(digest: Digest, size: number | undefined): Promise<StoredBlob | undefined> {
    const what = `${blobFile(digest)} cannot be read`
    const file = await orFault(what, () => open(blobFile(digest)))
    if (size !== undefined && (await file.stat()).size !== size) {
      await file.close()
      return undefined
    }
    const body = mapIoError(readChunks(file), read => orFault(what, read))
    return {body, accept: () => Promise.resolve(), reject: () => Promise.resolve()}
  }

  // Another job may write to the file while it is read, so the bytes that are hashed are the ones that are staged.
  async function openCached({file}: RegularFile, digest: Digest, from: BlobCache): Promise<StoredBlob> {
    const writer = await createWriter(digest)
    return {
      body: copyTo(writer, readChunks(file)),
      accept: async () => {
        await writer.commit()
        await from.touch(digest)
      },
      reject: async () => {
        await writer.discard()
        await from.delete(digest)
      }
    }
  }

  return {
    create: async digest => {
      const writer = await createWriter(digest)
      return {
        ...writer,
        commit: async () => {
          await writer.commit()
          cacheQueue.add(digest, blobFile(digest))
        }
      }
    },
    open: async (digest, size) => {
      if (staged.has(digest)) return openStaged(digest, size)
      const found = await cache?.open(digest)
      if (found === undefined || cache === undefined) return undefined
      if (size === undefined || found.bytes === size) return openCached(found, digest, cache)
      await found.file.close()
      return undefined
    },
    blobFile,
    linkTo: (digest, path) => linkOrCopy(blobFile(digest), path),
    close: async () => {
      state.isClosed = true
      await Promise.all([...writers].map(writer => writer.discard()))
      await cacheQueue.drain()
      // The next run removes what cannot be removed now.
      await rm(stage, {recursive: true, maxRetries: 3}).catch(() => undefined)
      await cache?.evict()
    }
  }
}

type CacheQueue = {readonly add: (digest: Digest, path: string) => void; readonly drain: () => Promise<void>}

// Blobs are copied into the cache one after the other, beside the downloads. A run does not fail for lack of a cache.
function createCacheQueue({cache, signal, onCacheFault}: BlobStoreOptions): CacheQueue {
  let last = Promise.resolve()
  // Undefined once it could not take a blob.
  let target = cache

  async function put(digest: Digest, path: string): Promise<void> {
    if (target === undefined || signal.aborted) return
    try {
      await target.put(digest, path)
    } catch (error) {
      target = undefined
      onCacheFault(error)
    }
  }

  return {
    add: (digest, path) => {
      last = last.then(() => put(digest, path))
    },
    drain: () => last
  }
}

/** Yields the chunks and writes them. A file that cannot be read to its end does not have the digest, and is fetched again. */
async function* copyTo(writer: BlobWriter, chunks: AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    for (;;) {
      const next = await chunks.next().catch(() => undefined)
      if (next === undefined || next.done === true) return
      const written = Promise.resolve(writer.write(next.value))
      // The rejection is handled here when the reader stops before the await below.
      written.catch(() => undefined)
      yield next.value
      await written
    }
  } finally {
    await chunks.return(undefined)
  }
}

async function* mapIoError(
  chunks: AsyncGenerator<Uint8Array>,
  orFault: <T>(read: () => Promise<T>) => Promise<T>
): AsyncGenerator<Uint8Array> {
  try {
    for (;;) {
      const next = await orFault(() => chunks.next())
      if (next.done === true) return
      yield next.value
    }
  } finally {
    await chunks.return(undefined)
  }
}
