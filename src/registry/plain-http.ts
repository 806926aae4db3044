// Whether a host is spoken to over TLS. In plain HTTP only those that nobody else can listen in on, and those that the user
// named; which of the two they speak is found out at the first contact. Everybody else is spoken to over TLS or not at all.

import {type Failure} from '../failure/failure.ts'
import {VerifiedImageError} from '../failure/error.ts'

export type Scheme = 'http' | 'https'

export type SchemeProbe = {
  readonly schemeOf: (host: string) => Scheme
  /** Runs `contact`, and once more over TLS when the host may be spoken to in plain HTTP but does not seem to speak it. */
  readonly withTlsFallback: <T>(host: string, contact: () => Promise<T>) => Promise<T>
}

/** localhost, 127.0.0.0/8 and ::1, with a port or without. */
export function isLoopback(host: string): boolean {
  return /^(?:localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[::1\])(?::\d+)?$/.test(host)
}

/** `insecureRegistries` have a port where they need one, and so have the hosts. */
export function createSchemeProbe(insecureRegistries: readonly string[]): SchemeProbe {
  const found = new Map<string, Scheme>()
  const of = (host: string): Scheme =>
    found.get(host) ?? (isLoopback(host) || insecureRegistries.includes(host) ? 'http' : 'https')
  return {
    schemeOf: of,
    withTlsFallback: async (host, contact) => {
      if (found.has(host)) return contact()
      try {
        const answer = await contact()
        found.set(host, of(host))
        return answer
      } catch (error) {
        // A token server's failure says nothing of the registry.
        const isOwn = error instanceof VerifiedImageError && error.object === undefined
        if (of(host) === 'https' || !isOwn || !mayBeTls(error.failure)) throw error
        found.set(host, 'https')
        try {
          return await contact()
        } catch (overTls) {
          if (overTls instanceof VerifiedImageError && speaksTls(overTls.failure)) throw overTls
          found.delete(host)
          throw error
        }
      }
    }
  }
}

// A TLS server that is spoken to in plain HTTP hangs up, sends an alert, or explains itself with status 400.
function mayBeTls(failure: Failure): boolean {
  return failure.kind === 'unreachable'
    ? failure.reason === 'reset' || failure.reason === 'not-http'
    : failure.kind === 'protocol' && failure.status === 400
}

function speaksTls(failure: Failure): boolean {
  return failure.kind !== 'unreachable' || failure.reason === 'tls-identity'
}
