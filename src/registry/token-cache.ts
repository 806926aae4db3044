// The tokens of one registry by scope: each is requested once for all callers, and again when it expires or is rejected.
// Pure but for the request, which the caller makes.

import {createSingleFlight} from '../concurrency/single-flight.ts'

export type Token = {
  /** The value of the Authorization header. */
  readonly header: string
  readonly expiresAtMs: number
  /** It was issued without credentials of the user. */
  readonly isAnonymous: boolean
}

export type TokenCache = {
  /**
   * A token for the scope: the stored one, or a new one. A stored token that equals `rejected` is not used again; a new one may
   * equal it, when its server issues the same token twice.
   */
  readonly get: (scope: string, request: TokenLookup) => Promise<Token>
  readonly delete: (scope: string) => void
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
    get: async (scope, {rejected, signal, issue}) => {
      const stored = tokens.get(scope)
      if (stored !== undefined && stored.header !== rejected && stored.expiresAtMs > nowMs()) return stored
      return flights.run(scope, signal, async flightSignal => {
        const token = await issue(flightSignal)
        tokens.set(scope, token)
        return token
      })
    },
    delete: scope => {
      tokens.delete(scope)
    }
  }
}
