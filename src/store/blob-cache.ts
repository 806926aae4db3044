// The cache of verified blobs in the runner's tool cache, shared by all jobs of a machine; the least recently used are evicted first.
// @actions/tool-cache finds the entries: verified-image/0.0.0-sha256-<hex>/<architecture>/blob, beside <architecture>.complete.
// Entries are written here, because its cacheFile() copies in place: one of two jobs that add an entry could complete what the other
// still copies, and it follows a link in place of an entry's folder. A blob from the cache is verified again by its reader.

import {constants} from 'node:fs'
import {copyFile, lstat, lutimes, mkdir, readdir, rename, rm, statfs, writeFile} from 'node:fs/promises'
import {arch} from 'node:os'
import {dirname, join} from 'node:path'
import {find, findAllVersions} from '@actions/tool-cache'
import type {Digest} from '../oci/digest.ts'
import type {StagingNames} from './staging.ts'
import {NotRegularFile, openRegularFile, type RegularFile} from '../filesystem/regular-file.ts'
import {isOccupied, replaceFolder} from '../filesystem/replace-folder.ts'

export type BlobCache = {
  /** Opens a blob; the caller closes it. Resolves to undefined when it is absent, or is not a regular file in real folders. */
  readonly open: (digest: Digest) => Promise<RegularFile | undefined>
  /** Copies the verified blob at `path` into the cache, in place of what is there under its digest. */
  readonly put: (digest: Digest, path: string) => Promise<void>
  /** Counts the blob as used now. */
  readonly touch: (digest: Digest) => Promise<void>
  readonly delete: (digest: Digest) => Promise<void>
  /** Deletes the least recently used blobs until the cache is within its limit. Never fails. */
  readonly evict: () => Promise<void>
}

export type BlobCacheOptions = {
  /** RUNNER_TOOL_CACHE, where @actions/tool-cache looks too. */
  readonly tools: string
  readonly wallClock: () => Date
  readonly stagingNames: StagingNames
  readonly limitBytes?: number
}

/** Begins the names of staging folders. */
export const STAGING_PREFIX = 'verified-image-stage-'

export const TOOL = 'verified-image'

/** As much as actions/cache keeps for a repository. On a small disk, half of what would be free without the cache is less. */
const MAX_CACHE_BYTES = 10 * 1024 ** 3

const ENTRY = /^0\.0\.0-sha(?:256|512)-[0-9a-f]+$/

// Longer than any job takes to write a marker after its blob.
const INCOMPLETE_AFTER_MS = 3_600_000

/** Opens the cache. Rejects when its folder cannot be written to, or is not a real folder. */
export async function openBlobCache(options: BlobCacheOptions): Promise<BlobCache> {
  const {tools, stagingNames, wallClock, limitBytes = MAX_CACHE_BYTES} = options
  const folder = join(tools, TOOL)
  let hasGrown = false

  await mkdir(folder, {recursive: true})
  if (!(await lstat(folder)).isDirectory()) throw new NotRegularFile(`${folder} is a symbolic link, not a folder`)
  await stagingNames.removeStale(folder, STAGING_PREFIX)

  function uniquePath(): string {
    return join(folder, stagingNames.uniqueName(STAGING_PREFIX))
  }

  async function open(digest: Digest): Promise<RegularFile | undefined> {
    try {
      const entry = find(TOOL, versionOf(digest))
      if (entry === '') return undefined
      if (await isRealEntry(entry)) return await openRegularFile(join(entry, 'blob'))
    } catch {
      // Another job deleted it meanwhile, or it cannot be read. It is fetched and put again.
    }
    await deleteVersion(versionOf(digest))
    return undefined
  }

  async function put(digest: Digest, path: string): Promise<void> {
    hasGrown = true
    const staged = uniquePath()
    try {
      await mkdir(join(staged, arch()), {recursive: true})
      const flags = constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE
      await copyFile(path, join(staged, arch(), 'blob'), flags)
      await writeFile(markerOf(staged), '')
      await replaceFolder({
        path: join(folder, versionOf(digest)),
        from: staged,
        aside: uniquePath(),
        mayReplace: () => true
      }).catch((error: unknown) => {
        // Another job has just put there what it verified.
        if (!isOccupied(error)) throw error
      })
    } finally {
      await rm(staged, {recursive: true}).catch(() => undefined)
    }
  }

  // The rename hides the entry from other jobs in one step. It moves a link in the entry's place, not what the link leads to.
  async function deleteVersion(version: string): Promise<void> {
    const aside = uniquePath()
    try {
      await rename(join(folder, version), aside)
      await rm(aside, {recursive: true})
    } catch {
      // Another job deleted it first, or it belongs to another user.
    }
  }

  async function evict(): Promise<void> {
    if (!hasGrown) return
    try {
      for (const version of await versionsToEvict(folder, limitBytes, wallClock().getTime()))
        await deleteVersion(version)
    } catch {
      // Another job evicts at the same time, or will.
    }
  }

  return {
    open,
    put,
    touch: async digest => {
      const now = wallClock()
      // If another job has evicted it meanwhile, this one has it in its stage.
      await lutimes(markerOf(join(folder, versionOf(digest))), now, now).catch(() => undefined)
    },
    delete: digest => deleteVersion(versionOf(digest)),
    evict
  }
}

function versionOf(digest: Digest): string {
  return `0.0.0-${digest.replace(':', '-')}`
}

function markerOf(versionFolder: string): string {
  return join(versionFolder, `${arch()}.complete`)
}

/** Whether the marker is a file, and the folders above the blob are folders, not links to another tool's. */
async function isRealEntry(entry: string): Promise<boolean> {
  const [version, architecture, marker] = await Promise.all([
    lstat(dirname(entry)),
    lstat(entry),
    lstat(`${entry}.complete`)
  ])
  return version.isDirectory() && architecture.isDirectory() && marker.isFile()
}

type Entry = {readonly version: string; readonly bytes: number; readonly usedMs: number}

async function versionsToEvict(folder: string, limitBytes: number, nowMs: number): Promise<readonly string[]> {
  const complete = new Set(findAllVersions(TOOL))
  const names = (await readdir(folder)).filter(name => ENTRY.test(name))
  const read = names.map(version =>
    complete.has(version) ? readEntry(folder, version) : readIncompleteEntry(folder, version, nowMs)
  )
  const entries = (await Promise.all(read)).filter(entry => entry !== undefined)
  let total = entries.reduce((sum, {bytes}) => sum + bytes, 0)
  const {bavail, bsize} = await statfs(folder)
  const limit = Math.min(limitBytes, (bavail * bsize + total) / 2)
  const evicted: string[] = []
  for (const {version, bytes} of entries.sort((a, b) => a.usedMs - b.usedMs)) {
    if (total <= limit) break
    evicted.push(version)
    total -= bytes
  }
  return evicted
}

/** Resolves to undefined for an entry that another job has just evicted. */
async function readEntry(folder: string, version: string): Promise<Entry | undefined> {
  const entry = join(folder, version, arch())
  const [blob, marker] = await Promise.all(
    [join(entry, 'blob'), `${entry}.complete`].map(path => lstat(path).catch(() => undefined))
  )
  if (marker === undefined) return undefined
  return {version, bytes: blob?.isFile() === true ? blob.size : 0, usedMs: marker.mtimeMs}
}

/** Leaves out an entry that is new, since another job may be writing it, and one that another architecture's marker completes. */
async function readIncompleteEntry(folder: string, version: string, nowMs: number): Promise<Entry | undefined> {
  const path = join(folder, version)
  const found = await lstat(path).catch(() => undefined)
  if (found === undefined || nowMs - found.mtimeMs < INCOMPLETE_AFTER_MS) return undefined
  const names = found.isDirectory() ? await readdir(path).catch(() => []) : []
  if (names.some(name => name.endsWith('.complete'))) return undefined
  const blob = await lstat(join(path, arch(), 'blob')).catch(() => undefined)
  return {version, bytes: blob?.isFile() === true ? blob.size : 0, usedMs: 0}
}
