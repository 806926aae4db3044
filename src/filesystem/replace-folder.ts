// Replaces a folder in one step: readers see the old folder or the new one, and never a part of either.
// Both are on the same file system.

import {rename, rm} from 'node:fs/promises'
import {isErrno} from './errno.ts'

export type FolderReplacement = {
  readonly path: string
  /** The new folder, complete; it is moved to `path`. */
  readonly from: string
  /** An unused name for what is in the way. */
  readonly aside: string
  /** Whether what was at `path` may be removed; it is asked after the move to this name, when no other process writes to it. */
  readonly mayReplace: (aside: string) => boolean | Promise<boolean>
}

/** What is at the path may not be replaced, and was left there. */
export class ReplacementRefused extends Error {}

// What rename(2) reports for a folder when something else is in its place. On Windows, also when another process has it open.
const OCCUPIED = ['EEXIST', 'ENOTEMPTY', 'ENOTDIR', 'EPERM', 'EACCES', 'EBUSY'] as const

/** Whether a replacement failed because another process put something there at the same time. */
export function isOccupied(error: unknown): boolean {
  return isErrno(error, ...OCCUPIED)
}

/** Rejects with the file system's error, or with ReplacementRefused; what was at the path is there again then. */
export async function replaceFolder({path, from, aside, mayReplace}: FolderReplacement): Promise<void> {
  try {
    await rename(from, path)
    return
  } catch (error) {
    if (!isOccupied(error)) throw error
  }
  await moveAside(path, aside)
  if (!(await mayReplace(aside))) {
    await rename(aside, path)
    throw new ReplacementRefused('other files are in its place')
  }
  try {
    await rename(from, path)
  } catch (error) {
    await rename(aside, path).catch(() => undefined)
    throw error
  } finally {
    // Nothing is there when it was moved back. What cannot be removed now is removed as a stale folder by a later run.
    await rm(aside, {recursive: true, force: true}).catch(() => undefined)
  }
}

async function moveAside(path: string, aside: string): Promise<void> {
  try {
    await rename(path, aside)
  } catch (error) {
    // Another process removed it meanwhile.
    if (!isErrno(error, 'ENOENT')) throw error
  }
}
