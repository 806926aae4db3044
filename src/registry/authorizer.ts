// The Authorization header for each request to a registry.
// A challenge is answered once; later requests to the same registry use the answer without being challenged again.

import {fail} from '../failure/error.ts'
import {type Challenge, chooseChallenge, parseChallenges} from './challenge.ts'
import {type Credentials, formatBasic} from '../credentials/credentials.ts'
import type {FetchRequest} from './registry.ts'
import {createTokenCache, type Token, type TokenCache} from './token-cache.ts'
import {requestToken, scopeFor, type TokenDeps} from './token-request.ts'

export type AuthDeps = TokenDeps & {readonly credentialsOf: (registry: string) => Promise<Credentials | undefined>}

export type Authorization = Pick<Token, 'header' | 'isAnonymous'>

/** A response with status 401. */
export type Rejection = {
  /** `WWW-Authenticate`. */
  readonly challenge: string
  /** The Authorization header that was sent. */
  readonly rejected: string | undefined
  readonly isPlainHttp: boolean
}

export type Authorizer = {
  /** The header to send without a challenge: learned from earlier requests to the same registry. */
  readonly cachedAuthorization: (request: FetchRequest) => Promise<Authorization | undefined>
  /** The header that answers a challenge. Rejects when there is none. */
  readonly answerChallenge: (rejection: Rejection, request: FetchRequest) => Promise<Authorization>
}

type KnownRegistry = {readonly challenge: Challenge; readonly isPlainHttp: boolean; readonly tokens: TokenCache}

export function createAuthorizer(deps: AuthDeps): Authorizer {
  const registries = new Map<string, KnownRegistry>()
  return {
    cachedAuthorization: async request => {
      const known = registries.get(request.repository.registry)
      if (known === undefined) return undefined
      if (request.refresh === 'token') known.tokens.delete(scopeFor(known.challenge, request))
      return authorize(deps, known, undefined, request)
    },
    answerChallenge: async ({challenge: header, rejected, isPlainHttp}, request) => {
      const challenges = parseChallenges(header)
      const challenge = chooseChallenge(challenges) ?? rejectChallenges(challenges)
      const {registry} = request.repository
      const tokens = registries.get(registry)?.tokens ?? createTokenCache(deps.nowMs)
      const known = {challenge, isPlainHttp, tokens}
      registries.set(registry, known)
      return authorize(deps, known, rejected, request)
    }
  }
}

async function authorize(
  deps: AuthDeps,
  {challenge, isPlainHttp, tokens}: KnownRegistry,
  rejected: string | undefined,
  request: FetchRequest
): Promise<Authorization> {
  const credentials = await deps.credentialsOf(request.repository.registry)
  if (challenge.scheme === 'basic') return basicAuthorization(credentials, rejected)
  const scope = scopeFor(challenge, request)
  const {header, isAnonymous} = await tokens.get(scope, {
    rejected,
    signal: request.signal,
    issue: signal => requestToken(deps, {challenge, isPlainHttp, scope, credentials}, {...request, signal})
  })
  if (header !== rejected) return {header, isAnonymous}
  tokens.delete(scope)
  return unauthorized(isAnonymous ? 'none' : 'refused', 'the registry rejected the token, and a new one is the same')
}

function basicAuthorization(credentials: Credentials | undefined, rejected: string | undefined): Authorization {
  if (credentials?.kind !== 'password') return unauthorized('none', 'the registry requires a username and password')
  const header = formatBasic(credentials)
  if (header === rejected) unauthorized('refused', '')
  return {header, isAnonymous: false}
}

function rejectChallenges(challenges: readonly Challenge[]): never {
  const schemes = challenges.map(({scheme}) => scheme).join(', ')
  return unauthorized(
    'none',
    schemes === ''
      ? 'the registry names no authentication scheme'
      : `the registry requires an authentication scheme that is not supported: ${schemes}`
  )
}

function unauthorized(credentials: 'none' | 'refused', detail: string): never {
  return fail({kind: 'unauthorized', status: 401, credentials, detail})
}
