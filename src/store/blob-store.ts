// Blobs on disk: a stage, which is this run's alone and gone with it, and behind it the cache that runs share.
// A blob comes to be under its digest only when it is whole and verified. What layouts and engines get is read from the stage:
// what somebody writes into the shared cache after a blob was verified reaches neither.

import {mkdir, open, rename, rm} from 'node:fs/promises'
import {join} from 'node:path'
import type {Digest} from '../oci/digest.ts'
import {type BlobCache, STAGING_PREFIX} from './blob-cache.ts'
import {linkOrCopy, openWriter, readChunks} from './blob-file.ts'
import type {StagingNames} from './staging.ts'
import {describeErrno} from '../filesystem/errno.ts'
import type {RegularFile} from '../filesystem/regular-file.ts'
import {type BlobWriter, type BlobStorePort, type StoredBlob} from './store.ts'
import {VerifiedImageError} from '../failure/error.ts'

export type BlobStore = BlobStorePort & {
  /**
   * Puts a blob that was kept in this run at a path, without a second copy where the file system can do that: once the store is
   * closed, the path alone has the file. Rejects with the file system's error: what is wrong is wrong there, not here.
   */
  readonly copyTo: (digest: Digest, path: string) => Promise<void>
  /** The file of a blob that was kept in this run. */
  readonly blobPath: (digest: Digest) => string
  /** Waits until the cache has what was kept, and removes the stage; nothing can be kept any more. */
  readonly close: () => Promise<void>
}

export type BlobStoreOptions = {
  /** Where the stage is made: a folder that no other job writes to. */
  readonly folder: string
  readonly cache: BlobCache | undefined
  readonly leftovers: StagingNames
  /** When it is aborted, the cache gets no more. */
  readonly signal: AbortSignal
  /** Called with the failure before it is thrown: it is this machine's and no registry's, so that the whole run ends. */
  readonly onFault: (error: VerifiedImageError) => void
  /** Called once with what keeps the cache from taking blobs: the run can do without. */
  readonly onCacheFault: (error: unknown) => void
}

export async function openBlobStore(options: BlobStoreOptions): Promise<BlobStore> {
  const {folder, cache, leftovers, onFault} = options
  const sinks = new Set<BlobWriter>()
  const staged = new Set<Digest>()
  const state = {isClosed: false, written: 0}
  const stage = join(folder, leftovers.uniqueName(STAGING_PREFIX))
  const pathOf = (digest: Digest): string => join(stage, digest.replace(':', '-'))
  const shelve = createShelf(options)

  const guard = async <T>(what: string, act: () => Promise<T>): Promise<T> => {
    try {
      return await act()
    } catch (error) {
      const failure = new VerifiedImageError(
        {kind: 'local-io', detail: `${what}: ${describeErrno(error)}`},
        {cause: error}
      )
      if (!state.isClosed) onFault(failure)
      throw failure
    }
  }

  await guard(`${folder} cannot be written to`, async () => {
    await mkdir(folder, {recursive: true})
    await mkdir(stage, {mode: 0o700})
  })
  await leftovers.removeStale(folder, STAGING_PREFIX)

  // `onStaged` runs once the blob is in the stage.
  const openSink = async (digest: Digest, onStaged: () => void): Promise<BlobWriter> => {
    if (state.isClosed) throw new Error('the store is closed')
    const path = `${pathOf(digest)}.${String(++state.written)}`
    const what = `${path} cannot be written`
    const writer = await guard(what, () => openWriter(path))
    let isOver = false
    const sink: BlobWriter = {
      write: chunk => {
        const written = writer.write(chunk)
        return written === undefined ? undefined : guard(what, () => written)
      },
      reset: writer.restart,
      commit: async () => {
        await guard(what, async () => {
          await writer.end()
          await rename(path, pathOf(digest))
        })
        isOver = true
        sinks.delete(sink)
        staged.add(digest)
        onStaged()
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

  // They were hashed on their way in, in this run: that one image cannot use them says nothing against them.
  const openStaged = async (digest: Digest, size: number | undefined): Promise<StoredBlob | undefined> => {
    const what = `${pathOf(digest)} cannot be read`
    const file = await guard(what, () => open(pathOf(digest)))
    if (size !== undefined && (await file.stat()).size !== size) {
      await file.close()
      return undefined
    }
    const body = mapIoError(readChunks(file), act => guard(what, act))
    return {body, accept: () => Promise.resolve(), reject: () => Promise.resolve()}
  }

  // Another job may write to the file while it is read: the bytes that are hashed are the ones that are kept.
  const openCached = async ({file}: RegularFile, digest: Digest, from: BlobCache): Promise<StoredBlob> => {
    const sink = await openSink(digest, () => undefined)
    return {
      body: copied(readChunks(file), sink),
      accept: async () => {
        await sink.commit()
        await from.touch(digest)
      },
      reject: async () => {
        await sink.discard()
        await from.delete(digest)
      }
    }
  }

  return {
    create: digest =>
      openSink(digest, () => {
        shelve.add(digest, pathOf(digest))
      }),
    open: async (digest, size) => {
      if (staged.has(digest)) return openStaged(digest, size)
      const found = await cache?.open(digest)
      if (found === undefined || cache === undefined) return undefined
      if (size === undefined || found.bytes === size) return openCached(found, digest, cache)
      await found.file.close()
      return undefined
    },
    blobPath: pathOf,
    copyTo: (digest, path) => linkOrCopy(pathOf(digest), path),
    close: async () => {
      state.isClosed = true
      await Promise.all([...sinks].map(sink => sink.discard()))
      await shelve.end()
      // What cannot be removed now is swept by the next run.
      await rm(stage, {recursive: true, force: true, maxRetries: 3}).catch(() => undefined)
      await cache?.evict()
    }
  }
}

type Shelf = {readonly add: (digest: Digest, path: string) => void; readonly end: () => Promise<void>}

// Copies go into the cache one after the other and beside the downloads. A run does not fail for want of a cache.
function createShelf({cache, signal, onCacheFault}: BlobStoreOptions): Shelf {
  let last = Promise.resolve()
  let isBroken = cache === undefined
  const addNow = async (digest: Digest, path: string): Promise<void> => {
    if (isBroken || signal.aborted) return
    try {
      await cache?.put(digest, path)
    } catch (error) {
      isBroken = true
      onCacheFault(error)
    }
  }
  return {
    add: (digest, path) => {
      last = last.then(() => addNow(digest, path))
    },
    end: () => last
  }
}

// What cannot be read to its end has not the bytes of its digest, and is fetched again.
const copied = async function* (chunks: AsyncGenerator<Uint8Array>, sink: BlobWriter): AsyncGenerator<Uint8Array> {
  try {
    for (;;) {
      const next = await chunks.next().catch(() => undefined)
      if (next === undefined || next.done === true) return
      const written = Promise.resolve(sink.write(next.value))
      // It is waited for below, unless the reader leaves.
      written.catch(() => undefined)
      yield next.value
      await written
    }
  } finally {
    await chunks.return(undefined)
  }
}

const mapIoError = async function* (
  chunks: AsyncGenerator<Uint8Array>,
  guard: <T>(act: () => Promise<T>) => Promise<T>
): AsyncGenerator<Uint8Array> {
  try {
    for (;;) {
      const next = await guard(() => chunks.next())
      if (next.done === true) return
      yield next.value
    }
  } finally {
    await chunks.return(undefined)
  }
}
