// Whether anyone can read a manifest, found out by asking for it without credentials: a HEAD, which Docker Hub does not count
// as a pull. Asked once for a repository, and only after a registry failed for which there are credentials.

import {type Failure, VerifiedImageError} from '../acquire/failure.ts'
import type {Access, AccessPort} from '../acquire/ports.ts'
import {formatRepository} from '../oci/reference.ts'

type Asked = Parameters<AccessPort['anonymousAccess']>[0]

/** `head` asks without credentials, and rejects where the manifest cannot be read. */
export function createAccessPort(
  hasCredentials: (registry: string) => Promise<boolean>,
  head: (asked: Asked) => Promise<void>
): AccessPort {
  const known = new Map<string, Promise<Access>>()
  const find = async (asked: Asked): Promise<Access> => {
    if (!(await hasCredentials(asked.repository.registry))) return 'public'
    try {
      await head(asked)
      return 'public'
    } catch (error) {
      asked.signal.throwIfAborted()
      if (error instanceof VerifiedImageError) return accessAfter(error.failure, asked.repository.registry)
      throw error
    }
  }
  return {
    anonymousAccess: async asked => {
      const name = formatRepository(asked.repository)
      const shared = known.get(name)
      const found = shared ?? find(asked)
      known.set(name, found)
      try {
        return await found
      } catch (error) {
        known.delete(name)
        // The one that asked was ended: that says nothing of the repository.
        if (shared === undefined || asked.signal.aborted) throw error
        return 'unknown'
      }
    }
  }
}

// Docker Hub answers 401 for a private repository, so that a 404 there means a public one that lacks this manifest. Others answer
// 404 for both.
const accessAfter = ({kind}: Failure, registry: string): Access => {
  if (kind === 'unauthorized' || kind === 'denied') return 'private'
  return kind === 'not-found' && registry === 'docker.io' ? 'public' : 'unknown'
}
