// Names for staging folders, which exist while a run writes something, and the removal of those that a killed run left behind.
// A name says which process made the folder, so that a folder that another job still writes to is not removed.

import {randomUUID} from 'node:crypto'
import {lstat, readdir, rm} from 'node:fs/promises'
import {join} from 'node:path'
import {type ProcessIdentity} from '../process/process-identity.ts'

export type StagingNames = {
  /** Returns a name that no other staging folder has. */
  readonly uniqueName: (prefix: string) => string
  /** Removes from `folder` what processes that have ended named with this prefix. Never fails. */
  readonly removeStale: (folder: string, prefix: string) => Promise<void>
}

// Whether a process on another host still runs cannot be seen from here. No job runs this long.
const ABANDONED_AFTER_MS = 48 * 3_600_000

// The host id, the process id, and random digits.
const OWNER = /^[0-9a-f]{8}-\d+-[0-9a-f]{8}$/

export function createStagingNames(self: ProcessIdentity, wallClock: () => Date): StagingNames {
  async function isStale(path: string, owner: string): Promise<boolean> {
    const [hostId = '', pid = ''] = owner.split('-')
    if (hostId === self.hostId) return !self.isAlive(Number(pid))
    const {mtimeMs} = await lstat(path)
    return wallClock().getTime() - mtimeMs > ABANDONED_AFTER_MS
  }

  return {
    uniqueName: prefix => `${prefix}${self.hostId}-${String(self.pid)}-${randomUUID().slice(0, 8)}`,
    removeStale: async (folder, prefix) => {
      const names = await readdir(folder).catch(() => [])
      for (const name of names) {
        const owner = name.startsWith(prefix) ? name.slice(prefix.length) : ''
        if (!OWNER.test(owner)) continue
        const path = join(folder, name)
        try {
          if (await isStale(path, owner)) await rm(path, {recursive: true})
        } catch {
          // Another run removes it too, or it belongs to another user. A folder that stays does no harm.
        }
      }
    }
  }
}
