// Whether a host is contacted over TLS. Plain HTTP is for loopback and for the hosts that the user listed; the first contact shows
// which of the two such a host speaks. All other hosts are contacted over TLS or not at all.

import {type Failure} from '../failure/failure.ts'
import {VerifiedImageError} from '../failure/error.ts'

export type Scheme = 'http' | 'https'

export type SchemeProbe = {
  readonly schemeOf: (host: string) => Scheme
  /** Runs `contact`, and once more over TLS when a host that may speak plain HTTP does not seem to speak it. */
  readonly withTlsFallback: <T>(host: string, contact: () => Promise<T>) => Promise<T>
}

/** `insecureRegistries` have a port where they need one, as the hosts have. */
export function createSchemeProbe(insecureRegistries: readonly string[]): SchemeProbe {
  const found = new Map<string, Scheme>()
  function schemeOf(host: string): Scheme {
    return found.get(host) ?? (isLoopback(host) || insecureRegistries.includes(host) ? 'http' : 'https')
  }
  async function retryOverTls<T>(host: string, overHttp: unknown, contact: () => Promise<T>): Promise<T> {
    found.set(host, 'https')
    try {
      return await contact()
    } catch (overTls) {
      if (overTls instanceof VerifiedImageError && speaksTls(overTls.failure)) throw overTls
      found.delete(host)
      throw overHttp
    }
  }
  return {
    schemeOf,
    withTlsFallback: async (host, contact) => {
      if (found.has(host)) return contact()
      try {
        const answer = await contact()
        found.set(host, schemeOf(host))
        return answer
      } catch (error) {
        // A token server's failure says nothing about the registry.
        const isOwn = error instanceof VerifiedImageError && error.object === undefined
        if (schemeOf(host) === 'https' || !isOwn || !mayBeTls(error.failure)) throw error
        return retryOverTls(host, error, contact)
      }
    }
  }
}

/** localhost, 127.0.0.0/8 and ::1, with a port or without. */
export function isLoopback(host: string): boolean {
  return /^(?:localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[::1\])(?::\d+)?$/.test(host)
}

// A TLS server answers plain HTTP with a closed connection, an alert, or status 400.
function mayBeTls(failure: Failure): boolean {
  return failure.kind === 'unreachable'
    ? failure.reason === 'reset' || failure.reason === 'not-http'
    : failure.kind === 'protocol' && failure.status === 400
}

function speaksTls(failure: Failure): boolean {
  return failure.kind !== 'unreachable' || failure.reason === 'tls-identity'
}
