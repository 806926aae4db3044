// The tokens of one registry by scope and credentials: each is requested once for all callers, and again when it expires or is rejected.
// Pure but for the request, which the caller makes.

import {createSingleFlight} from '../concurrency/single-flight.ts'

export type Token = {
  /** The value of the Authorization header. */
  readonly header: string
  readonly expiresAtMs: number
  /** Whose credentials it was issued for. */
  readonly grantedTo: 'anyone' | 'job' | 'user'
  /** The host that issued it. */
  readonly tokenServer: string
}

export type TokenCache = {
  /**
   * The token of a key: the stored one, or a new one. A stored token that equals `rejected` is not used again; a new one may
   * equal it, when its server issues the same token twice.
   */
  readonly get: (key: string, lookup: TokenLookup) => Promise<Token>
  readonly delete: (key: string) => void
}

export type TokenLookup = {
  /** The Authorization header that the registry rejected. */
  readonly rejected: string | undefined
  readonly signal: AbortSignal
  /** Requests a new token. The signal aborts when no caller waits for it any more. */
  readonly issue: (signal: AbortSignal) => Promise<Token>
}

export function createTokenCache(nowMs: () => number): TokenCache {
  const tokens = new Map<string, Token>()
  const flights = createSingleFlight('until-settled')
  return {
    get: async (key, {rejected, signal, issue}) => {
      const stored = tokens.get(key)
      if (stored !== undefined && stored.header !== rejected && stored.expiresAtMs > nowMs()) return stored
      return flights.run(key, signal, async flightSignal => {
        const token = await issue(flightSignal)
        tokens.set(key, token)
        return token
      })
    },
    delete: key => {
      tokens.delete(key)
    }
  }
}
