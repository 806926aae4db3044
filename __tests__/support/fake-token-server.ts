// Authentication at the fault registry: challenges, bearer tokens, and Basic, as Docker Hub, ghcr.io, and public caches do it.
// https://distribution.github.io/distribution/spec/auth/token/

import type {IncomingHttpHeaders} from 'node:http'
import type {Repositories} from './registry-content.ts'
import {type FakeResponse, errorResponse, jsonResponse} from './registry-responses.ts'

/** Without a username, any username is accepted, as at ghcr.io. */
export type Credentials = {readonly username?: string; readonly password: string}

export type BearerAuth = {
  readonly kind: 'bearer'
  /**
   * `hub`, the default: like Docker Hub, issues a token for any scope, and answers 401 for a repository that the token does not cover.
   * `ghcr`: like ghcr.io, answers 403 DENIED instead of issuing such a token. Both treat private and missing repositories alike.
   * `public`: like ECR Public and Google's cache of Docker Hub, a token opens all repositories, and a missing one is 404.
   */
  readonly like?: 'hub' | 'ghcr' | 'public'
  /** The scope in the challenge, instead of the repository's: `aws` at ECR Public. */
  readonly scope?: string
  /** The default is `registry.test`. */
  readonly service?: string
  /** The token server is on the port of the registry (the default), or on its own. */
  readonly realmHost?: 'same' | 'separate'
  /** The realm in the challenge, instead of the token server's address. Its path is the path of the token endpoint. */
  readonly realm?: string
  /** Challenges before this one in the same header: `Negotiate, Basic realm="x"`. */
  readonly beside?: string
  readonly credentials?: readonly Credentials[]
  /** The refresh token that POST accepts. */
  readonly identityToken?: string
  /** The number of requests that a token is valid for. Unlimited by default. */
  readonly expiresAfterRequests?: number
  /** `expires_in` of the token response. The default is 300. */
  readonly expiresInSeconds?: number
}

export type BasicAuth = {readonly kind: 'basic'; readonly username: string; readonly password: string}

export type Auth = 'none' | BearerAuth | BasicAuth

export type TokenRequest = {
  readonly query: URLSearchParams
  readonly headers: IncomingHttpHeaders
  /** Of a POST. */
  readonly form?: URLSearchParams
}

export type FakeTokenServer = {
  /** The refusal of a request; undefined when it is allowed. Without a repository, the request is the ping. */
  readonly refuse: (headers: IncomingHttpHeaders, repository: string | undefined) => FakeResponse | undefined
  readonly answerToken: (request: TokenRequest) => FakeResponse
  /** Makes all issued tokens invalid: 401 invalid_token. */
  readonly revoke: () => void
  /** All issued tokens. */
  readonly issued: string[]
}

type Token = {readonly repositories: readonly string[]; left: number}

export function createFakeTokenServer(auth: Auth, repositories: Repositories, realm: () => string): FakeTokenServer {
  if (auth === 'none') return {refuse: () => undefined, answerToken: noTokens, revoke: () => undefined, issued: []}
  if (auth.kind === 'basic') {
    return {refuse: headers => refuseBasic(auth, headers), answerToken: noTokens, revoke: () => undefined, issued: []}
  }
  const tokens = new Map<string, Token>()
  const issued: string[] = []
  return {
    refuse: (headers, repository) => refuseBearer(auth, tokens, realm(), headers, repository),
    answerToken: request => {
      const grant = grantOf(auth, repositories, request)
      if ('status' in grant) return grant
      const token = `opaque-token-${String(issued.length + 1)}-${Buffer.from(grant.join(' ')).toString('base64url')}`
      issued.push(token)
      tokens.set(token, {repositories: grant, left: auth.expiresAfterRequests ?? Number.POSITIVE_INFINITY})
      const expires = {expires_in: auth.expiresInSeconds ?? 300, issued_at: new Date().toISOString()}
      if (request.form !== undefined) return jsonResponse(200, {access_token: token, ...expires})
      return jsonResponse(200, auth.like === 'ghcr' ? {token} : {token, access_token: token, ...expires})
    },
    revoke: () => {
      tokens.clear()
    },
    issued
  }
}

function noTokens(): FakeResponse {
  return errorResponse(404, 'NOT_FOUND', 'no tokens here')
}

function refuseBasic(auth: BasicAuth, headers: IncomingHttpHeaders): FakeResponse | undefined {
  if (credentialsIn(headers)?.text === `${auth.username}:${auth.password}`) return undefined
  return errorResponse(401, 'UNAUTHORIZED', 'authentication required', {
    'www-authenticate': 'Basic realm="fault registry"'
  })
}

function refuseBearer(
  auth: BearerAuth,
  tokens: ReadonlyMap<string, Token>,
  realm: string,
  headers: IncomingHttpHeaders,
  repository: string | undefined
): FakeResponse | undefined {
  const [, text] = /^Bearer (.+)$/i.exec(headers.authorization ?? '') ?? []
  if (text === undefined) return challenge(auth, realm, repository)
  const token = tokens.get(text)
  if (token === undefined || token.left <= 0) return challenge(auth, realm, repository, 'invalid_token')
  token.left -= 1
  if (repository === undefined || auth.like === 'public' || token.repositories.includes(repository)) return undefined
  if (auth.like === 'ghcr') return errorResponse(403, 'DENIED', 'requested access to the resource is denied')
  return challenge(auth, realm, repository, 'insufficient_scope')
}

function challenge(auth: BearerAuth, realm: string, repository: string | undefined, error?: string): FakeResponse {
  // The challenge to a ping has a repository that does not exist at ghcr.io, and no repository at Docker Hub.
  const placeholder = auth.like === 'ghcr' ? 'user/image' : undefined
  const scoped = repository ?? placeholder
  const scope = auth.scope ?? (scoped === undefined ? undefined : `repository:${scoped}:pull`)
  const parameters = [
    `realm="${realm}"`,
    `service="${auth.service ?? 'registry.test'}"`,
    ...(scope === undefined ? [] : [`scope="${scope}"`]),
    ...(error === undefined ? [] : [`error="${error}"`])
  ]
  return errorResponse(401, 'UNAUTHORIZED', 'authentication required', {
    'www-authenticate': `${auth.beside === undefined ? '' : `${auth.beside}, `}Bearer ${parameters.join(',')}`
  })
}

/** The repositories that the token covers, or a refusal. */
function grantOf(
  auth: BearerAuth,
  repositories: Repositories,
  request: TokenRequest
): readonly string[] | FakeResponse {
  const standing = standingOf(auth, request)
  if (standing === 'wrong') return errorResponse(401, 'UNAUTHORIZED', 'incorrect username or password')
  const wanted = pulledIn(request.form ?? request.query)
  const granted = wanted.filter(name => {
    const repository = repositories.get(name)
    return repository !== undefined && (!repository.private || standing === 'known')
  })
  if (auth.like === 'ghcr' && granted.length < wanted.length) {
    return errorResponse(403, 'DENIED', 'requested access to the resource is denied')
  }
  return granted
}

function standingOf(auth: BearerAuth, {headers, form}: TokenRequest): 'known' | 'anonymous' | 'wrong' {
  if (form?.get('grant_type') === 'refresh_token') {
    return auth.identityToken !== undefined && form.get('refresh_token') === auth.identityToken ? 'known' : 'wrong'
  }
  const given = form === undefined ? credentialsIn(headers) : credentialsOf(form)
  if (given === undefined) return headers.authorization === undefined && form === undefined ? 'anonymous' : 'wrong'
  const known = (auth.credentials ?? []).some(
    ({username, password}) => given.password === password && (username === undefined || username === given.username)
  )
  return known ? 'known' : 'wrong'
}

function pulledIn(parameters: URLSearchParams): string[] {
  return parameters
    .getAll('scope')
    .flatMap(scope => scope.split(' '))
    .flatMap(scope => /^repository:(.+):([^:]+)$/.exec(scope) ?? [])
    .filter((_part, at) => at % 3 === 1)
}

type Given = {readonly text: string; readonly username: string; readonly password: string}

function credentialsIn(headers: IncomingHttpHeaders): Given | undefined {
  const [, encoded] = /^Basic (.+)$/i.exec(headers.authorization ?? '') ?? []
  if (encoded === undefined) return undefined
  const text = Buffer.from(encoded, 'base64').toString()
  const colon = text.indexOf(':')
  return colon < 0 ? undefined : {text, username: text.slice(0, colon), password: text.slice(colon + 1)}
}

function credentialsOf(form: URLSearchParams): Given | undefined {
  const username = form.get('username')
  const password = form.get('password')
  return username === null || password === null ? undefined : {text: `${username}:${password}`, username, password}
}
