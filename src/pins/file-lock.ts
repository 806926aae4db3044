// A lock between processes on one machine, held by a file: created exclusively, and removed by its owner.
// A lock of a process that has died is broken once it has not changed for a few seconds.

import {randomUUID} from 'node:crypto'
import {promises as files} from 'node:fs'
import {isErrno} from '../filesystem/errno.ts'
import {readRegularFileIfPresent} from './present-file.ts'
import {type Clock} from '../concurrency/clock.ts'
import {fail} from '../failure/error.ts'

// The work reads, merges and renames one small file: milliseconds. A lock that is this old belongs to a dead process.
const STALE_MS = 3000
const GIVE_UP_MS = 30_000
const POLL_MS = 25
const MAX_TOKEN_BYTES = 1024

export type FileLockOptions = {readonly clock: Clock; readonly signal: AbortSignal}

/** Runs `work` while this process holds the lock at `path`. Rejects with 'local-io' if another process keeps it for 30 s. */
export async function withFileLock<T>(
  path: string,
  {clock, signal}: FileLockOptions,
  work: () => Promise<T>
): Promise<T> {
  const token = randomUUID()
  const startedMs = clock.nowMs()
  let seen: {readonly owner: string | undefined; readonly sinceMs: number} | undefined
  while (!(await tryLock(path, token))) {
    const nowMs = clock.nowMs()
    if (nowMs - startedMs > GIVE_UP_MS)
      fail({kind: 'local-io', detail: `${path} is locked by another step. Remove it if no other step is running`})
    const owner = readOwner(path)
    // Age is measured by watching, not by the file's date: clocks of file systems and machines differ.
    if (seen === undefined || seen.owner !== owner) seen = {owner, sinceMs: nowMs}
    else if (owner !== undefined && nowMs - seen.sinceMs > STALE_MS) await breakStaleLock(path, owner, token)
    await clock.wait(POLL_MS, signal)
  }
  try {
    return await work()
  } finally {
    if (readOwner(path) === token) await files.rm(path, {force: true})
  }
}

async function tryLock(path: string, token: string): Promise<boolean> {
  try {
    await files.writeFile(path, token, {flag: 'wx'})
    return true
  } catch (error) {
    if (isErrno(error, 'EEXIST')) return false
    throw error
  }
}

/** The token of the owner; undefined if there is no lock. What is not a regular file has the empty token, which no process has. */
function readOwner(path: string): string | undefined {
  const read = readRegularFileIfPresent(path, MAX_TOKEN_BYTES)
  if (read === undefined) return undefined
  return 'bytes' in read ? Buffer.from(read.bytes).toString() : ''
}

// Several processes may find the same stale lock:
//
// 1. A and B both read the token of a dead process D.
// 2. A renames D's lock aside and removes it. Renaming is atomic, so that only one of them can.
// 3. If B renames now, there is nothing to rename (ENOENT), and B polls again.
// 4. If A has taken the lock anew before B renames, B has moved the live lock of A.
//    B sees that the token is not D's, and links the file back. Linking fails with EEXIST if C took the lock in between.
//    A and C then both work. The file is still replaced as a whole, and the entries of one of them are missing until its next run.

/** Breaks a stale lock. A live lock that is moved by mistake is linked back. A directory is left alone: it may hold anything. */
export async function breakStaleLock(path: string, staleOwner: string, token: string): Promise<void> {
  const aside = `${path}.${token}`
  try {
    if ((await files.lstat(path)).isDirectory())
      fail({kind: 'local-io', detail: `${path} is a directory, and the lock needs this name. Rename or remove it`})
    await files.rename(path, aside)
    if (readOwner(aside) !== staleOwner) await files.link(aside, path)
  } catch (error) {
    if (!isErrno(error, 'ENOENT', 'EEXIST')) throw error
  } finally {
    await files.rm(aside, {force: true})
  }
}
