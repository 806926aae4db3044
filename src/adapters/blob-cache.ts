// Blobs that stay in the runner's tool cache, shared by all jobs of a machine: one copy of each, the longest unused go first.
// Laid out as @actions/tool-cache lays out tools: verified-image/0.0.0-sha256-<hex>/<architecture>/blob, and <architecture>.complete
// beside that folder. Written by hand, because that library loads an HTTP client, copies what it takes in and is not atomic.
// Nothing in here is believed: a blob that comes out is verified again, and a marker is but a hint with a sum.

import {createHash} from 'node:crypto'
import {mkdir, readdir, readFile, rename, rm, stat, statfs, utimes, writeFile} from 'node:fs/promises'
import {arch} from 'node:os'
import {dirname, join} from 'node:path'
import type {Uncompressed} from '../acquire/ports.ts'
import {type Digest, parseDigest} from '../oci/digest.ts'
import {linkOrCopy} from './blob-file.ts'
import type {Leftovers} from './leftovers.ts'
import {isErrno} from './local-io.ts'

export type BlobCache = {
  /** Puts the blob at a path too, where it is not yet. Undefined when it is not in the cache. */
  readonly lend: (
    digest: Digest,
    path: string
  ) => Promise<{readonly uncompressed: Uncompressed | undefined} | undefined>
  /** Takes in the verified blob that lies at a path. */
  readonly add: (digest: Digest, path: string, uncompressed: Uncompressed | undefined) => Promise<void>
  /** The blob was used, and found to inflate to that. */
  readonly use: (digest: Digest, uncompressed: Uncompressed | undefined) => Promise<void>
  readonly remove: (digest: Digest) => Promise<void>
  /** Removes the longest unused until the cache is within its limit. Never fails. */
  readonly trim: () => Promise<void>
}

export type BlobCacheOptions = {
  readonly folder: string
  readonly wallClock: () => Date
  /** Names what is in the making, so that what a run leaves that is killed is swept by the next. */
  readonly leftovers: Pick<Leftovers, 'nameFor'>
  readonly limitBytes?: number
}

/** What begins so is one run's alone, and is swept once that is gone. */
export const STAGE = 'verified-image-stage-'

/** What actions/cache keeps for a whole repository. On a small disk, half of what is free without it is less. */
const MAX_CACHE_BYTES = 10 * 1024 ** 3

const ENTRY = /^0\.0\.0-sha(?:256|512)-[0-9a-f]+$/

// Longer than it takes to write a marker after its blob.
const HALF_WRITTEN_AFTER_MS = 3_600_000

// Others may remove, or add, what is just being added.
const TRIES = 3

export const openBlobCache = ({
  folder,
  wallClock,
  leftovers,
  limitBytes = MAX_CACHE_BYTES
}: BlobCacheOptions): BlobCache => {
  const state = {hasGrown: false}
  const entryOf = (digest: Digest): string => join(folder, `0.0.0-${digest.replace(':', '-')}`, arch())
  const markerOf = (digest: Digest): string => `${entryOf(digest)}.complete`
  const blobOf = (digest: Digest): string => join(entryOf(digest), 'blob')

  const mark = async (digest: Digest, uncompressed: Uncompressed | undefined): Promise<void> => {
    const partial = join(folder, leftovers.nameFor(STAGE))
    await writeFile(partial, formatNote(digest, uncompressed))
    await rename(partial, markerOf(digest))
  }
  const remove = async (digest: Digest): Promise<void> => {
    await rm(markerOf(digest), {force: true})
    await rm(entryOf(digest), {recursive: true, force: true})
  }
  const add = async (
    digest: Digest,
    path: string,
    uncompressed: Uncompressed | undefined,
    triesLeft: number
  ): Promise<void> => {
    try {
      await mkdir(entryOf(digest), {recursive: true})
      await linkOrCopy(path, blobOf(digest))
      await mark(digest, uncompressed)
    } catch (error) {
      if (triesLeft === 0 || !isErrno(error, 'EEXIST', 'ENOENT')) throw error
      // What is there was not to be had, or another job is adding the same: these bytes are right.
      await rm(blobOf(digest), {recursive: true, force: true})
      await add(digest, path, uncompressed, triesLeft - 1)
    }
  }
  return {
    lend: async (digest, path) => {
      try {
        const note = await readFile(markerOf(digest), 'utf8')
        await linkOrCopy(blobOf(digest), path)
        return {uncompressed: parseNote(digest, note)}
      } catch (error) {
        if (isErrno(error, 'EEXIST')) return {uncompressed: parseNote(digest, await readFile(markerOf(digest), 'utf8'))}
        if (isErrno(error, 'ENOSPC')) throw error
        // Gone, or nothing that can be read.
        return undefined
      }
    },
    add: async (digest, path, uncompressed) => {
      state.hasGrown = true
      await add(digest, path, uncompressed, TRIES)
    },
    use: async (digest, uncompressed) => {
      try {
        const now = wallClock()
        const note = await readFile(markerOf(digest), 'utf8')
        const isKnown = uncompressed === undefined || note === formatNote(digest, uncompressed)
        if (isKnown) await utimes(markerOf(digest), now, now)
        else await mark(digest, uncompressed)
      } catch {
        // Evicted by another job meanwhile: this one has it in its stage.
      }
    },
    remove,
    trim: async () => {
      if (!state.hasGrown) return
      try {
        await trim(folder, limitBytes, wallClock().getTime())
      } catch {
        // Another job trims at the same time, or will.
      }
    }
  }
}

type Entry = {readonly path: string; readonly bytes: number; readonly usedMs: number}

const trim = async (folder: string, limitBytes: number, nowMs: number): Promise<void> => {
  const names = (await readdir(folder)).filter(name => ENTRY.test(name))
  const entries = (await Promise.all(names.map(name => measure(join(folder, name), nowMs)))).filter(
    entry => entry !== undefined
  )
  let total = entries.reduce((sum, {bytes}) => sum + bytes, 0)
  const {bavail, bsize} = await statfs(folder)
  const limit = Math.min(limitBytes, (bavail * bsize + total) / 2)
  for (const {path, bytes} of entries.sort((a, b) => a.usedMs - b.usedMs)) {
    if (total <= limit) return
    await rm(`${path}.complete`, {force: true})
    await rm(dirname(path), {recursive: true, force: true})
    total -= bytes
  }
}

/** Undefined for what another job is just adding. */
const measure = async (version: string, nowMs: number): Promise<Entry | undefined> => {
  const path = join(version, arch())
  const sizeOf = async (file: string): Promise<number> => (await stat(file)).size
  const bytes = await sizeOf(join(path, 'blob')).catch(() => 0)
  const marked = await stat(`${path}.complete`).catch(() => undefined)
  if (marked !== undefined) return {path, bytes, usedMs: marked.mtimeMs}
  const made = await stat(version).catch(() => undefined)
  if (made === undefined || nowMs - made.mtimeMs < HALF_WRITTEN_AFTER_MS) return undefined
  return {path, bytes, usedMs: 0}
}

// The sum finds damage; it is no signature. Whoever can write here can also write what this job makes.
const sumOf = (digest: Digest, diffId: string, size: string): string =>
  createHash('sha256').update(`${digest} ${diffId} ${size}`).digest('hex')

const formatNote = (digest: Digest, uncompressed: Uncompressed | undefined): string => {
  if (uncompressed === undefined) return ''
  const {diffId, size} = uncompressed
  return `${diffId} ${String(size)} ${sumOf(digest, diffId, String(size))}\n`
}

const parseNote = (digest: Digest, note: string): Uncompressed | undefined => {
  const [text = '', size = '', sum = ''] = note.trimEnd().split(' ')
  const diffId = parseDigest(text)
  if (!diffId.ok || sum !== sumOf(digest, text, size) || !Number.isSafeInteger(Number(size))) return undefined
  return {diffId: diffId.value, size: Number(size)}
}
