// Moves a file to its name, also on Windows while a virus scanner or an indexer has one of the two open: it opens each new file for a
// moment, and Windows refuses the move meanwhile.

import {rename} from 'node:fs/promises'
import {platform} from 'node:os'
import {setTimeout} from 'node:timers/promises'
import {isErrno} from './errno.ts'

export type RenameSystem = {
  readonly platform: NodeJS.Platform
  readonly rename: (from: string, to: string) => Promise<void>
  readonly wait: (ms: number) => Promise<unknown>
}

// 0.9 s in all. npm waits up to a minute, for scans of whole packages.
const DELAYS_MS = [10, 20, 50, 100, 200, 500]

const REAL: RenameSystem = {platform: platform(), rename, wait: setTimeout}

/** Rejects with the file system's error. On other systems than Windows, these errors do not pass. */
export async function renameFile(from: string, to: string, system: RenameSystem = REAL): Promise<void> {
  for (const delay of system.platform === 'win32' ? DELAYS_MS : []) {
    try {
      await system.rename(from, to)
      return
    } catch (error) {
      if (!isErrno(error, 'EPERM', 'EACCES', 'EBUSY')) throw error
    }
    await system.wait(delay)
  }
  await system.rename(from, to)
}
