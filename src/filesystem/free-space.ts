// How much can still be written to a folder.
// A number of the file system: others may write at the same time.

import {statfs} from 'node:fs/promises'

/** Bytes that this process can write; undefined where the file system does not tell. */
export async function freeBytes(folder: string): Promise<number | undefined> {
  try {
    const {bavail, bsize} = await statfs(folder)
    return bavail * bsize
  } catch {
    return undefined
  }
}
