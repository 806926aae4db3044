// Blobs that stay in the runner's tool cache, shared by all jobs of a machine: one copy of each, the longest unused go first.
// @actions/tool-cache says where entries are and which are complete: verified-image/0.0.0-sha256-<hex>/<architecture>/blob, beside
// <architecture>.complete. Entries are written here, because its cacheFile() copies in place: of two jobs that add the same entry
// one can complete what the other is still copying, and a link in place of the entry's folder makes it empty another tool's.
// Nothing in here is believed: a blob that comes out is verified again, and of a marker only its presence counts.

import {constants} from 'node:fs'
import {copyFile, lstat, lutimes, mkdir, readdir, rename, rm, statfs, writeFile} from 'node:fs/promises'
import {arch} from 'node:os'
import {dirname, join} from 'node:path'
import {find, findAllVersions} from '@actions/tool-cache'
import type {Digest} from '../oci/digest.ts'
import type {StagingNames} from './staging.ts'
import {isErrno} from '../filesystem/errno.ts'
import {NotRegularFile, openRegularFile, type RegularFile} from '../filesystem/regular-file.ts'

export type BlobCache = {
  /** The blob, opened; the caller closes it. Undefined when it is not there, or is not a regular file in folders of its own. */
  readonly open: (digest: Digest) => Promise<RegularFile | undefined>
  /** Takes in a copy of the verified blob that lies at a path. What is there under its digest is replaced. */
  readonly put: (digest: Digest, path: string) => Promise<void>
  /** The blob was used. */
  readonly touch: (digest: Digest) => Promise<void>
  readonly delete: (digest: Digest) => Promise<void>
  /** Evicts the longest unused until the cache is within its limit. Never fails. */
  readonly evict: () => Promise<void>
}

export type BlobCacheOptions = {
  /** RUNNER_TOOL_CACHE, where @actions/tool-cache looks too. */
  readonly tools: string
  readonly wallClock: () => Date
  /** Names what is in the making, so that what a killed run leaves is swept by the next. */
  readonly leftovers: StagingNames
  readonly limitBytes?: number
}

/** What begins so belongs to one run, and is swept once that has ended. */
export const STAGING_PREFIX = 'verified-image-stage-'

export const TOOL = 'verified-image'

/** What actions/cache keeps for a whole repository. On a small disk, half of what is free without it is less. */
const MAX_CACHE_BYTES = 10 * 1024 ** 3

const ENTRY = /^0\.0\.0-sha(?:256|512)-[0-9a-f]+$/

// Longer than others take to write a marker after its blob.
const HALF_WRITTEN_AFTER_MS = 3_600_000

// What rename() says of a folder that would take the place of something else. On Windows, also of what another job has open.
const TAKEN = ['EEXIST', 'ENOTEMPTY', 'ENOTDIR', 'EPERM', 'EACCES', 'EBUSY'] as const

/** Rejects when the cache's folder is not a folder of its own that can be written to. */
export async function openBlobCache(options: BlobCacheOptions): Promise<BlobCache> {
  const {tools, leftovers, wallClock, limitBytes = MAX_CACHE_BYTES} = options
  const folder = join(tools, TOOL)
  const state = {hasGrown: false}
  const versionOf = (digest: Digest): string => `0.0.0-${digest.replace(':', '-')}`
  const markerOf = (digest: Digest): string => join(folder, versionOf(digest), `${arch()}.complete`)

  await mkdir(folder, {recursive: true})
  if (!(await lstat(folder)).isDirectory()) throw new NotRegularFile(`${folder} is a symbolic link, not a folder`)
  await leftovers.removeStale(folder, STAGING_PREFIX)

  // Out of the others' sight in one step; a link in the entry's place goes, and what it leads to stays.
  const deleteVersion = async (version: string): Promise<void> => {
    const aside = join(folder, leftovers.uniqueName(STAGING_PREFIX))
    try {
      await rename(join(folder, version), aside)
    } catch (error) {
      // Another job was faster.
      if (isErrno(error, 'ENOENT')) return
      throw error
    }
    await rm(aside, {recursive: true, force: true})
  }
  const putInPlace = async (made: string, version: string): Promise<void> => {
    const place = join(folder, version)
    try {
      await rename(made, place)
    } catch (error) {
      if (!isErrno(error, ...TAKEN)) throw error
      await deleteVersion(version).catch(() => undefined)
      // If the place is taken again, another job has just put there what it verified.
      await rename(made, place).catch((again: unknown) => {
        if (!isErrno(again, ...TAKEN)) throw again
      })
    }
  }
  return {
    open: async digest => {
      try {
        const entry = find(TOOL, versionOf(digest))
        if (entry === '') return undefined
        if (await isOwn(entry)) return await openRegularFile(join(entry, 'blob'))
      } catch {
        // Gone meanwhile, or nothing that can be read: if it is a right blob, it is fetched and added again.
      }
      await deleteVersion(versionOf(digest)).catch(() => undefined)
      return undefined
    },
    put: async (digest, path) => {
      state.hasGrown = true
      const made = join(folder, leftovers.uniqueName(STAGING_PREFIX))
      try {
        await mkdir(join(made, arch()), {recursive: true})
        const flags = constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE
        await copyFile(path, join(made, arch(), 'blob'), flags)
        await writeFile(join(made, `${arch()}.complete`), '')
        await putInPlace(made, versionOf(digest))
      } finally {
        await rm(made, {recursive: true, force: true}).catch(() => undefined)
      }
    },
    touch: async digest => {
      const now = wallClock()
      // Evicted by another job meanwhile: this one has it in its stage.
      await lutimes(markerOf(digest), now, now).catch(() => undefined)
    },
    delete: digest => deleteVersion(versionOf(digest)).catch(() => undefined),
    evict: async () => {
      if (!state.hasGrown) return
      try {
        for (const version of await chooseVictims(folder, limitBytes, wallClock().getTime()))
          await deleteVersion(version)
      } catch {
        // Another job trims at the same time, or will.
      }
    }
  }
}

/** Whether the marker is a file, and the folders above the blob are folders, not links to another tool's. */
async function isOwn(entry: string): Promise<boolean> {
  const [version, architecture, marker] = await Promise.all(
    [dirname(entry), entry, `${entry}.complete`].map(at => lstat(at))
  )
  return version?.isDirectory() === true && architecture?.isDirectory() === true && marker?.isFile() === true
}

type Entry = {readonly version: string; readonly bytes: number; readonly usedMs: number}

/** The versions to evict, the longest unused first. */
async function chooseVictims(folder: string, limitBytes: number, nowMs: number): Promise<readonly string[]> {
  const complete = new Set(findAllVersions(TOOL))
  const names = (await readdir(folder)).filter(name => ENTRY.test(name))
  const measured = names.map(version =>
    complete.has(version) ? readEntry(folder, version) : measureIncomplete(folder, version, nowMs)
  )
  const entries = (await Promise.all(measured)).filter(entry => entry !== undefined)
  let total = entries.reduce((sum, {bytes}) => sum + bytes, 0)
  const {bavail, bsize} = await statfs(folder)
  const limit = Math.min(limitBytes, (bavail * bsize + total) / 2)
  const victims: string[] = []
  for (const {version, bytes} of entries.sort((a, b) => a.usedMs - b.usedMs)) {
    if (total <= limit) break
    victims.push(version)
    total -= bytes
  }
  return victims
}

/** Undefined for what another job has just evicted. */
async function readEntry(folder: string, version: string): Promise<Entry | undefined> {
  const entry = join(folder, version, arch())
  const [blob, marker] = await Promise.all(
    [join(entry, 'blob'), `${entry}.complete`].map(path => lstat(path).catch(() => undefined))
  )
  if (marker === undefined) return undefined
  return {version, bytes: blob?.isFile() === true ? blob.size : 0, usedMs: marker.mtimeMs}
}

/** Without a marker, it is left alone while it is new; one that only another architecture's marker completes always is. */
async function measureIncomplete(folder: string, version: string, nowMs: number): Promise<Entry | undefined> {
  const path = join(folder, version)
  const made = await lstat(path).catch(() => undefined)
  if (made === undefined || nowMs - made.mtimeMs < HALF_WRITTEN_AFTER_MS) return undefined
  const names = made.isDirectory() ? await readdir(path).catch(() => []) : []
  if (names.some(name => name.endsWith('.complete'))) return undefined
  const blob = await lstat(join(path, arch(), 'blob')).catch(() => undefined)
  return {version, bytes: blob?.isFile() === true ? blob.size : 0, usedMs: 0}
}
