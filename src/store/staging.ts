// Folders that are there while a run makes something, and what is left of them when a run was killed: swept by the next one.
// Their names say which process made them, so that nobody sweeps what another job is still at.

import {randomUUID} from 'node:crypto'
import {lstat, readdir, rm} from 'node:fs/promises'
import {join} from 'node:path'
import {type ProcessIdentity} from '../process/process-identity.ts'

export type StagingNames = {
  /** A name for a folder in the making; nobody else has it. */
  readonly uniqueName: (prefix: string) => string
  /** Removes from `folder` what was named for this prefix by processes that are gone. Never fails. */
  readonly removeStale: (folder: string, prefix: string) => Promise<void>
}

// Of a process elsewhere nobody can tell whether it still runs; no job runs this long.
const ABANDONED_AFTER_MS = 48 * 3_600_000

export function createStagingNames(self: ProcessIdentity, wallClock: () => Date): StagingNames {
  const isGone = async (path: string, maker: string): Promise<boolean> => {
    const [place = '', pid = ''] = maker.split('-')
    if (place === self.hostId) return !self.isAlive(Number(pid))
    const {mtimeMs} = await lstat(path)
    return wallClock().getTime() - mtimeMs > ABANDONED_AFTER_MS
  }
  return {
    uniqueName: prefix => `${prefix}${self.hostId}-${String(self.pid)}-${randomUUID().slice(0, 8)}`,
    removeStale: async (folder, prefix) => {
      const names = await readdir(folder).catch(() => [])
      for (const name of names) {
        const maker = name.startsWith(prefix) ? name.slice(prefix.length) : ''
        if (!/^[0-9a-f]{8}-\d+-[0-9a-f]{8}$/.test(maker)) continue
        const path = join(folder, name)
        try {
          if (await isGone(path, maker)) await rm(path, {recursive: true, force: true})
        } catch {
          // Another run sweeps too, or it belongs to somebody else: it is in nobody's way.
        }
      }
    }
  }
}
