// Requests a token as a challenge says (distribution's token specification, spec/auth/token.md and oauth.md).
// A registry controls its challenge, and so where credentials would be sent: see checkRealm. Nothing of a token is ever quoted.

import {fail, VerifiedImageError} from '../failure/error.ts'
import type {Failure} from '../failure/failure.ts'
import {isLinkLocalHost, isPrivateHost, isPrivateRegistry} from '../http/private-address.ts'
import {readAsGo, structOf} from '../oci/go-json.ts'
import {stringAt} from '../oci/json.ts'
import {quoteJson} from '../oci/json-cursor.ts'
import {invalid} from '../oci/parsed.ts'
import type {Challenge} from './challenge.ts'
import {type Credentials, formatBasic, isUserProvided} from '../credentials/credentials.ts'
import type {FetchRequest} from './registry.ts'
import {describeStatus, failureOfStatus, isHtml, MAX_ERROR_BYTES, type ShortResponse} from './response.ts'
import type {Token} from './token-cache.ts'

export type HttpTokenRequest = {
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  /** The body of a POST; absent for a GET. */
  readonly form?: string
}

export type TokenDeps = {
  /** Hosts at private addresses that may issue tokens, as a URL writes them. */
  readonly tokenHosts: readonly string[]
  /** Sends a request to a token server. Redirects are followed without credentials. */
  readonly sendTokenRequest: (request: HttpTokenRequest, fetchRequest: FetchRequest) => Promise<ShortResponse>
  /** Masks a token that was issued for credentials. An anonymous one is not a secret. */
  readonly setSecret: (token: string) => void
  readonly nowMs: () => number
  readonly wallClockMs: () => number
}

export type TokenGrant = {
  readonly challenge: Challenge
  /** The registry itself is contacted over plain HTTP. */
  readonly isPlainHttp: boolean
  readonly scope: string
  readonly credentials: Credentials | undefined
}

/**
 * Requests a token for the scope. Fails with the token server's failure, under the object `token`. The job's token is optional: when
 * the token server issues nothing for it, the token is anonymous.
 */
export async function requestToken(deps: TokenDeps, grant: TokenGrant, fetchRequest: FetchRequest): Promise<Token> {
  const realm = parseRealm(deps.tokenHosts, grant, fetchRequest.repository.registry)
  const request: FetchRequest = {
    ...fetchRequest,
    object: 'token',
    onExchange: exchange => {
      fetchRequest.onExchange({...exchange, object: 'token'})
    }
  }
  try {
    return await issueToken(deps, grant, realm, request)
  } catch (error) {
    if (grant.credentials?.isJobToken !== true || !isAnswer(error)) throw error
    return issueToken(deps, {...grant, credentials: undefined}, realm, request).catch(() => {
      // The first failure counts: the image needs the token server, with or without credentials.
      throw error
    })
  }
}

// A token server that cannot be reached would not answer an anonymous request either.
function isAnswer(error: unknown): boolean {
  return (
    error instanceof VerifiedImageError && error.failure.kind !== 'unreachable' && error.failure.kind !== 'timed-out'
  )
}

async function issueToken(deps: TokenDeps, grant: TokenGrant, realm: URL, request: FetchRequest): Promise<Token> {
  const {credentials} = grant
  const startedMs = deps.nowMs()
  const response = await sendGrant(deps, grant, realm, request)
  if (response.status < 200 || response.status > 299) {
    const rejected = isUserProvided(credentials) ? 'refused' : 'none'
    fail(failureOfTokenStatus(response, {credentials: rejected, nowMs: deps.wallClockMs()}), {object: 'token'})
  }
  const {token, lifetimeMs} = decodeToken(response)
  if (credentials !== undefined) deps.setSecret(token)
  return {
    header: `Bearer ${token}`,
    expiresAtMs: startedMs + lifetimeMs - Math.min(MARGIN_MS, lifetimeMs / 2),
    grantedTo: credentials === undefined ? 'anyone' : credentials.isJobToken ? 'job' : 'user',
    tokenServer: realm.host
  }
}

/**
 * The scopes to request, separated by spaces: to pull from this repository, which is all that dockerd requests to pull, and to push only
 * where the caller pushes. The scope of a challenge is the registry's wish, and would be granted with the user's credentials: to push, or
 * for another repository. A scope without resource and action is kept (ECR Public's is `aws`).
 */
export function scopeFor({params}: Challenge, {repository, grant}: FetchRequest): string {
  const scope = params['scope']?.trim() ?? ''
  if (/^[\w.-]+$/.test(scope)) return scope
  if (grant === undefined) return `repository:${repository.path}:pull`
  const {mountFrom} = grant
  const mounts = mountFrom === undefined ? [] : [`repository:${mountFrom.path}:pull`]
  return [`repository:${repository.path}:pull,push`, ...mounts].join(' ')
}

// A token server without the GET of distribution's specification may have the POST of OAuth 2, which containerd tries first.
async function sendGrant(
  deps: TokenDeps,
  grant: TokenGrant,
  realm: URL,
  request: FetchRequest
): Promise<ShortResponse> {
  const {credentials} = grant
  if (credentials?.identityToken !== undefined) {
    const fields = {grant_type: 'refresh_token', refresh_token: credentials.identityToken}
    return deps.sendTokenRequest(formRequest(grant, realm, fields), request)
  }
  const response = await deps.sendTokenRequest(queryRequest(grant, realm), request)
  const isMissing = response.status === 404 || response.status === 405
  if (!isMissing || credentials?.login === undefined || credentials.isJobToken) return response
  return deps.sendTokenRequest(formRequest(grant, realm, {grant_type: 'password', ...credentials.login}), request)
}

function queryRequest({challenge, scope, credentials}: TokenGrant, realm: URL): HttpTokenRequest {
  const url = new URL(realm)
  const service = challenge.params['service']
  if (service !== undefined) url.searchParams.set('service', service)
  for (const one of scope.split(' ')) url.searchParams.append('scope', one)
  return {url, headers: credentials?.login === undefined ? {} : {authorization: formatBasic(credentials.login)}}
}

function formRequest(
  {challenge, scope}: TokenGrant,
  realm: URL,
  fields: Readonly<Record<string, string>>
): HttpTokenRequest {
  const form = new URLSearchParams({
    ...fields,
    service: challenge.params['service'] ?? '',
    client_id: 'verified-image',
    scope
  })
  return {url: realm, headers: {'content-type': 'application/x-www-form-urlencoded'}, form: form.toString()}
}

function failureOfTokenStatus(response: ShortResponse, context: Parameters<typeof failureOfStatus>[1]): Failure {
  const failure = failureOfStatus(response, context)
  // A token server without such a page says nothing about the image.
  if (failure.kind !== 'not-found' && failure.kind !== 'protocol') return failure
  return {
    kind: 'protocol',
    detail: `the token server answered ${describeStatus(response)}`,
    isHtml: isHtml(response.headers, response.body)
  }
}

// containerd, core/remotes/docker/auth/fetch.go: access_token and token are the same, and access_token counts.
const TOKEN_RESPONSE = structOf({token: 'string', access_token: 'string', expires_in: 'integer'})

// The token specification's default lifetime, and the time before its end at which a token is not used any more.
const DEFAULT_LIFETIME_S = 60
const MARGIN_MS = 5000

function decodeToken({headers, body}: ShortResponse): {readonly token: string; readonly lifetimeMs: number} {
  // A body of this length was cut. The start of an endless one is not evaluated.
  const json = body.length < MAX_ERROR_BYTES ? readAsGo(body, TOKEN_RESPONSE, 'as-go') : invalid('too long')
  const [access, plain] = json.ok ? [stringAt(json.value, 'access_token'), stringAt(json.value, 'token')] : []
  const token = access === undefined || access === '' ? (plain ?? '') : access
  // A token is opaque, but it has to fit into a header. Nothing is quoted: half a token is a secret too.
  if (!json.ok || !/^[\x21-\x7e]+$/.test(token)) {
    const isPage = isHtml(headers, body)
    return fail(
      {
        kind: 'protocol',
        detail: `the token server's answer ${isPage ? 'is an HTML page' : 'has no token'}`,
        isHtml: isPage
      },
      {object: 'token'}
    )
  }
  const lifetime = json.value['expires_in']
  return {token, lifetimeMs: (typeof lifetime === 'number' && lifetime > 0 ? lifetime : DEFAULT_LIFETIME_S) * 1000}
}

function parseRealm(tokenHosts: readonly string[], {challenge, isPlainHttp}: TokenGrant, registry: string): URL {
  const text = challenge.params['realm'] ?? ''
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined) return rejectRealm(quoteJson(text), 'it is not a URL')
  const reason = checkRealm(url, isPlainHttp) ?? checkTokenHost(url, registry, tokenHosts)
  return reason === undefined ? url : rejectRealm(url.origin, reason)
}

function rejectRealm(realm: string, reason: string): never {
  return fail(
    {kind: 'protocol', detail: `the registry sends token requests to ${realm}: ${reason}`, isHtml: false},
    {object: 'token'}
  )
}

/**
 * Credentials go to the realm of the challenge. Another host is usual (auth.docker.io). Plain HTTP, or a user in the URL, is how
 * credentials would be stolen. Plain HTTP is accepted where the registry itself is contacted over it.
 */
function checkRealm(url: URL, isPlainHttp: boolean): string | undefined {
  if (url.username !== '' || url.password !== '') return 'the URL contains a user'
  if (url.protocol !== 'https:' && !(isPlainHttp && url.protocol === 'http:'))
    return 'tokens are only requested over https'
  return undefined
}

/** The reason why a token server must not be contacted; undefined when it may be. Checked again after each redirect. */
export function checkTokenHost(url: URL, registry: string, tokenHosts: readonly string[]): string | undefined {
  if (isLinkLocalHost(url.hostname))
    return 'it is a link-local address, where cloud machines read their own credentials'
  const isAllowed = isPrivateRegistry(registry) || tokenHosts.includes(url.host)
  return isPrivateHost(url.hostname) && !isAllowed
    ? `it is a private address, and ${registry} is not at one. Add ${url.host} to the input token-hosts if it may issue tokens`
    : undefined
}
