// The Authorization header for each request to a registry.
// A challenge is answered once; later requests to the same registry use the answer without being challenged again.

import {type Credentials, formatBasic, isUserProvided} from '../credentials/credentials.ts'
import type {FindCredentials} from '../credentials/find-credentials.ts'
import {fail} from '../failure/error.ts'
import type {CredentialsOutcome} from '../failure/failure.ts'
import {formatRepository} from '../oci/reference.ts'
import {type Challenge, chooseChallenge, parseChallenges} from './challenge.ts'
import type {FetchRequest} from './registry.ts'
import {createTokenCache, type Token, type TokenCache} from './token-cache.ts'
import {requestToken, scopeFor, type TokenDeps} from './token-request.ts'

export type AuthDeps = TokenDeps & {readonly credentialsOf: FindCredentials}

export type Authorization = Pick<Token, 'header' | 'grantedTo'> & {
  /** The host that issued the token of the header, if it has one. */
  readonly tokenServer: string | undefined
}

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
  /** Whether the user gave credentials for the repository. */
  readonly hasUserCredentials: (request: FetchRequest) => Promise<boolean>
  /** The header without the job's token; undefined where no challenge was answered. */
  readonly anonymousAuthorization: (request: FetchRequest) => Promise<Authorization | undefined>
  /** The registry serves the repository without the job's token, so later requests leave it out. */
  readonly dropJobToken: (request: FetchRequest) => void
}

type KnownRegistry = {readonly challenge: Challenge; readonly isPlainHttp: boolean; readonly tokens: TokenCache}

export function createAuthorizer(deps: AuthDeps): Authorizer {
  const registries = new Map<string, KnownRegistry>()
  const withoutJobToken = new Set<string>()

  async function credentialsFor({repository}: FetchRequest): Promise<Credentials | undefined> {
    const credentials = await deps.credentialsOf(repository)
    return credentials?.isJobToken === true && withoutJobToken.has(formatRepository(repository))
      ? undefined
      : credentials
  }

  return {
    cachedAuthorization: async request => {
      const known = registries.get(request.repository.registry)
      if (known === undefined) return undefined
      const credentials = await credentialsFor(request)
      // Another repository of the registry had credentials. This one may be public.
      if (known.challenge.scheme === 'basic' && credentials?.login === undefined) return undefined
      if (request.refresh === 'token') known.tokens.delete(tokenKey(known.challenge, credentials, request))
      return authorize(deps, known, {credentials, rejected: undefined}, request)
    },
    answerChallenge: async ({challenge: header, rejected, isPlainHttp}, request) => {
      const challenges = parseChallenges(header)
      const credentials = await credentialsFor(request)
      const challenge = chooseChallenge(challenges) ?? rejectChallenges(challenges, credentials)
      const {registry} = request.repository
      const tokens = registries.get(registry)?.tokens ?? createTokenCache(deps.nowMs)
      const known = {challenge, isPlainHttp, tokens}
      registries.set(registry, known)
      request.onChallenge?.()
      return authorize(deps, known, {credentials, rejected}, request)
    },
    hasUserCredentials: async ({repository}) => isUserProvided(await deps.credentialsOf(repository)),
    anonymousAuthorization: async request => {
      const known = registries.get(request.repository.registry)
      if (known === undefined || known.challenge.scheme === 'basic') return undefined
      return authorize(deps, known, {credentials: undefined, rejected: undefined}, request)
    },
    dropJobToken: ({repository}) => {
      withoutJobToken.add(formatRepository(repository))
    }
  }
}

type Attempt = {
  readonly credentials: Credentials | undefined
  /** The Authorization header that was rejected. */
  readonly rejected: string | undefined
}

async function authorize(
  deps: AuthDeps,
  {challenge, isPlainHttp, tokens}: KnownRegistry,
  {credentials, rejected}: Attempt,
  request: FetchRequest
): Promise<Authorization> {
  if (challenge.scheme === 'basic') return basicAuthorization(credentials, rejected)
  if (credentials?.registryToken !== undefined) return registryTokenAuthorization(credentials.registryToken, rejected)
  const key = tokenKey(challenge, credentials, request)
  const {header, grantedTo, tokenServer} = await tokens.get(key, {
    rejected,
    signal: request.signal,
    issue: signal =>
      requestToken(
        deps,
        {challenge, isPlainHttp, scope: scopeFor(challenge, request), credentials},
        {...request, signal}
      )
  })
  if (header !== rejected) return {header, grantedTo, tokenServer}
  tokens.delete(key)
  return fail({
    kind: 'unauthorized',
    status: 401,
    credentials: grantedTo === 'user' ? 'refused' : 'none',
    detail: `the registry rejected a token of ${tokenServer}, and a new one is the same`,
    tokenServer
  })
}

// Credentials differ by repository, and a scope without a repository is the same for all.
function tokenKey(challenge: Challenge, credentials: Credentials | undefined, request: FetchRequest): string {
  return JSON.stringify([scopeFor(challenge, request), credentials])
}

function basicAuthorization(credentials: Credentials | undefined, rejected: string | undefined): Authorization {
  if (credentials?.login === undefined) return unauthorized('none', 'the registry requires a username and password')
  const header = formatBasic(credentials.login)
  if (header === rejected) unauthorized('refused', '')
  return {header, grantedTo: credentials.isJobToken ? 'job' : 'user', tokenServer: undefined}
}

function registryTokenAuthorization(token: string, rejected: string | undefined): Authorization {
  const header = `Bearer ${token}`
  if (header === rejected) unauthorized('refused', '')
  return {header, grantedTo: 'user', tokenServer: undefined}
}

function rejectChallenges(challenges: readonly Challenge[], credentials: Credentials | undefined): never {
  const schemes = challenges.map(({scheme}) => scheme).join(', ')
  return unauthorized(
    isUserProvided(credentials) ? 'not-requested' : 'none',
    schemes === ''
      ? 'the registry names no authentication scheme'
      : `the registry requires an authentication scheme that is not supported: ${schemes}`
  )
}

function unauthorized(credentials: CredentialsOutcome, detail: string): never {
  return fail({kind: 'unauthorized', status: 401, credentials, detail})
}
