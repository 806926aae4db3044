// Who may read what at the fault registry: challenges, tokens and Basic, as Docker Hub and ghcr.io behave (FIELD.md §3, §5).
// Speaks in answers; knows no sockets.

import type {IncomingHttpHeaders} from 'node:http'
import type {Repositories} from './registry-content.ts'
import {type Answer, errorAnswer, jsonAnswer} from './registry-responses.ts'

/** Without a username any will do, as ghcr.io has it. */
export type Credentials = {readonly username?: string; readonly password: string}

export type BearerAuth = {
  readonly kind: 'bearer'
  /**
   * Docker Hub hands out a token for anything, and says 401 when it is used on what it does not cover. ghcr.io refuses to
   * hand it out: 403 DENIED. Both act alike for a private and for a missing repository. ECR Public and Google's cache of Docker
   * Hub are for what is public: a token opens all that they have, and what they have not is 404. `hub` unless told.
   */
  readonly like?: 'hub' | 'ghcr' | 'public'
  /** Written into the challenge instead of the repository's: `aws` at ECR Public. */
  readonly scope?: string
  /** `registry.test` unless told. */
  readonly service?: string
  /** Where tokens are: on the registry's port, or on one of its own. `same` unless told. */
  readonly realmHost?: 'same' | 'separate'
  /** Written into the challenge instead of the true one; its path is where the token server listens. */
  readonly realm?: string
  /** Challenges in the same header, before this one: `Negotiate, Basic realm="x"`. */
  readonly beside?: string
  readonly credentials?: readonly Credentials[]
  /** A refresh token that POST takes. */
  readonly identityToken?: string
  /** Requests that a token is good for; without end unless told. */
  readonly expiresAfterRequests?: number
  /** What the token's answer says; 300 unless told. */
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

export type TokenDesk = {
  /** Undefined when the request may go on. No repository means the ping. */
  readonly refuse: (headers: IncomingHttpHeaders, repository: string | undefined) => Answer | undefined
  readonly answerToken: (request: TokenRequest) => Answer
  /** From now on every token that is out answers 401 invalid_token. */
  readonly revoke: () => void
  /** Every token handed out. */
  readonly issued: string[]
}

type Token = {readonly repositories: readonly string[]; left: number}

export function createTokenDesk(auth: Auth, repositories: Repositories, realm: () => string): TokenDesk {
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
      if (request.form !== undefined) return jsonAnswer(200, {access_token: token, ...expires})
      return jsonAnswer(200, auth.like === 'ghcr' ? {token} : {token, access_token: token, ...expires})
    },
    revoke: () => {
      tokens.clear()
    },
    issued
  }
}

function noTokens(): Answer {
  return errorAnswer(404, 'NOT_FOUND', 'no tokens here')
}

function refuseBasic(auth: BasicAuth, headers: IncomingHttpHeaders): Answer | undefined {
  if (credentialsIn(headers)?.text === `${auth.username}:${auth.password}`) return undefined
  return errorAnswer(401, 'UNAUTHORIZED', 'authentication required', {
    'www-authenticate': 'Basic realm="fault registry"'
  })
}

function refuseBearer(
  auth: BearerAuth,
  tokens: ReadonlyMap<string, Token>,
  realm: string,
  headers: IncomingHttpHeaders,
  repository: string | undefined
): Answer | undefined {
  const [, text] = /^Bearer (.+)$/i.exec(headers.authorization ?? '') ?? []
  if (text === undefined) return challenge(auth, realm, repository)
  const token = tokens.get(text)
  if (token === undefined || token.left <= 0) return challenge(auth, realm, repository, 'invalid_token')
  token.left -= 1
  if (repository === undefined || auth.like === 'public' || token.repositories.includes(repository)) return undefined
  if (auth.like === 'ghcr') return errorAnswer(403, 'DENIED', 'requested access to the resource is denied')
  return challenge(auth, realm, repository, 'insufficient_scope')
}

function challenge(auth: BearerAuth, realm: string, repository: string | undefined, error?: string): Answer {
  // ghcr.io's ping names a repository that does not exist; Docker Hub's names none.
  const placeholder = auth.like === 'ghcr' ? 'user/image' : undefined
  const scoped = repository ?? placeholder
  const scope = auth.scope ?? (scoped === undefined ? undefined : `repository:${scoped}:pull`)
  const parameters = [
    `realm="${realm}"`,
    `service="${auth.service ?? 'registry.test'}"`,
    ...(scope === undefined ? [] : [`scope="${scope}"`]),
    ...(error === undefined ? [] : [`error="${error}"`])
  ]
  return errorAnswer(401, 'UNAUTHORIZED', 'authentication required', {
    'www-authenticate': `${auth.beside === undefined ? '' : `${auth.beside}, `}Bearer ${parameters.join(',')}`
  })
}

/** The repositories that a token will cover, or the refusal. */
function grantOf(auth: BearerAuth, repositories: Repositories, request: TokenRequest): readonly string[] | Answer {
  const standing = standingOf(auth, request)
  if (standing === 'wrong') return errorAnswer(401, 'UNAUTHORIZED', 'incorrect username or password')
  const wanted = pulledIn(request.form ?? request.query)
  const granted = wanted.filter(name => {
    const repository = repositories.get(name)
    return repository !== undefined && (!repository.private || standing === 'known')
  })
  if (auth.like === 'ghcr' && granted.length < wanted.length) {
    return errorAnswer(403, 'DENIED', 'requested access to the resource is denied')
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
