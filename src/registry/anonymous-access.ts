// Whether anyone can read a repository: a HEAD for a manifest without credentials, which Docker Hub does not count as a pull.
// A repository is tried once, and only after a registry failed for which there are credentials.

import {VerifiedImageError} from '../failure/error.ts'
import {type Failure} from '../failure/failure.ts'
import {formatRepository} from '../oci/reference.ts'
import {createSingleFlight} from '../concurrency/single-flight.ts'
import {createRegistryClient, type RegistryClientOptions} from './registry-client.ts'
import type {Access, AccessPort, AccessRequest, RegistryPort} from './registry.ts'

export type RegistryAccess = AccessPort & {readonly close: () => void}

export function createRegistryAccess(options: RegistryClientOptions): RegistryAccess {
  const flights = createSingleFlight()
  let client: RegistryPort | undefined
  // Most runs never need this client.
  function anonymousClient(): RegistryPort {
    client ??= createRegistryClient({...options, credentialsOf: () => Promise.resolve(undefined)}, 'HEAD')
    return client
  }
  return {
    anonymousAccess: async request => {
      if ((await options.credentialsOf(request.repository)) === undefined) return 'public'
      return flights.run(formatRepository(request.repository), request.signal, signal =>
        requestAnonymously(anonymousClient(), {...request, signal})
      )
    },
    close: () => {
      client?.close()
    }
  }
}

async function requestAnonymously(client: RegistryPort, request: AccessRequest): Promise<Access> {
  try {
    // The response to a HEAD has no body that would hold its connection.
    await client.openManifest({...request, object: 'manifest', refresh: undefined, onExchange: () => undefined})
    return 'public'
  } catch (error) {
    if (error instanceof VerifiedImageError) return accessAfter(error.failure, request.repository.registry)
    throw error
  }
}

// Docker Hub answers 401 for a private repository, so a 404 there means a public one that lacks this manifest. Other registries
// answer 404 for both.
function accessAfter({kind}: Failure, registry: string): Access {
  if (kind === 'unauthorized' || kind === 'denied') return 'private'
  return kind === 'not-found' && registry === 'docker.io' ? 'public' : 'unknown'
}
