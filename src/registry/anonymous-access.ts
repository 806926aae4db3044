// Whether anyone can read a manifest, found out by asking for it without credentials: a HEAD, which Docker Hub does not count
// as a pull. Asked once for a repository, and only after a registry failed for which there are credentials.

import {type Failure} from '../failure/failure.ts'
import type {Access, AccessPort, RegistryPort} from './registry.ts'
import {formatRepository} from '../oci/reference.ts'
import {createRegistryClient, type RegistryClientOptions} from './registry-client.ts'
import {VerifiedImageError} from '../failure/error.ts'

type Asked = Parameters<AccessPort['anonymousAccess']>[0]

export type RegistryAccess = AccessPort & {readonly close: () => void}

export function createRegistryAccess(options: RegistryClientOptions): RegistryAccess {
  const known = new Map<string, Promise<Access>>()
  // Most runs never need it.
  let anonymous: RegistryPort | undefined
  const find = async (asked: Asked): Promise<Access> => {
    const {registry} = asked.repository
    if ((await options.credentialsOf(registry)) === undefined) return 'public'
    anonymous ??= createRegistryClient({...options, method: 'HEAD', credentialsOf: () => Promise.resolve(undefined)})
    try {
      const ask = {...asked, object: 'manifest' as const, refresh: undefined, onExchange: () => undefined}
      const {body} = await anonymous.openManifest(ask)
      await body[Symbol.asyncIterator]().return?.()
      return 'public'
    } catch (error) {
      asked.signal.throwIfAborted()
      if (error instanceof VerifiedImageError) return accessAfter(error.failure, registry)
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
        // The run that asked was ended: that says nothing of the repository.
        if (shared === undefined || asked.signal.aborted) throw error
        return 'unknown'
      }
    },
    close: () => {
      anonymous?.close()
    }
  }
}

// Docker Hub answers 401 for a private repository, so that a 404 there means a public one that lacks this manifest. Others answer
// 404 for both.
function accessAfter({kind}: Failure, registry: string): Access {
  if (kind === 'unauthorized' || kind === 'denied') return 'private'
  return kind === 'not-found' && registry === 'docker.io' ? 'public' : 'unknown'
}
