// Who we are to a registry: challenges (RFC 9110 §11, distribution's token specification), and tokens per registry and scope.
// A registry controls its challenge, and so where credentials would be sent: see whyNotRealm. Tokens never reach a log.

import {type FetchRequest, type Exchange} from './registry.ts'
import {type Failure} from '../failure/failure.ts'
import {readAsGo, structOf} from '../oci/go-json.ts'
import {stringAt} from '../oci/json.ts'
import {invalid} from '../oci/parsed.ts'
import {isLinkLocalHost, isPrivateHost, isPrivateRegistry} from '../http/private-address.ts'
import {MAX_ERROR_BYTES} from './response.ts'
import {fail, VerifiedImageError} from '../failure/error.ts'

export type Challenge = {readonly scheme: string; readonly params: Readonly<Record<string, string>>}

export type Credentials =
  | {readonly kind: 'password'; readonly username: string; readonly password: string; readonly isOptional: boolean}
  | {readonly kind: 'identity-token'; readonly token: string}

export type TokenResponse = {
  readonly status: number
  readonly body: Uint8Array
  /** What it says of itself when it is no token. */
  readonly detail: string
  readonly isHtml: boolean
  readonly retryAfterMs?: number
  /** It was asked for without credentials, though there are some. */
  readonly isAnonymous?: true
}

export type AuthDeps = {
  readonly credentialsOf: (registry: string) => Promise<Credentials | undefined>
  /** Hosts at private addresses that may issue tokens, as a URL writes them. */
  readonly tokenHosts: readonly string[]
  /** Asks a token server; redirects are followed without credentials. */
  readonly askTokenServer: (
    request: {readonly url: URL; readonly headers: Record<string, string>; readonly form?: string},
    ask: FetchRequest
  ) => Promise<TokenResponse>
  /** Keeps a token that came for credentials out of the log. One that anybody gets is no secret. */
  readonly conceal: (token: string) => void
  readonly nowMs: () => number
}

export type Authorization = {
  readonly header: string
  /** What anybody gets: no credentials of the user's are behind it. */
  readonly isAnonymous: boolean
}

export type Authorizer = {
  /** What to send before having been challenged: learned from earlier requests to the same registry. */
  readonly cachedAuthorization: (registry: string, ask: FetchRequest) => Promise<Authorization | undefined>
  /** What to send in answer to a challenge. Rejects when there is nothing. `refused` is what was sent in vain. */
  readonly answerChallenge: (
    registry: string,
    header: string,
    refused: string | undefined,
    isPlainHttp: boolean,
    ask: FetchRequest
  ) => Promise<Authorization>
}

const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+/

/**
 * Parses WWW-Authenticate: several challenges in one header, commas in quotes, backslashes, values without quotes. Scheme and
 * parameter names come back in lower case. What cannot be read ends the parse; what was read until there is kept.
 */
export function parseChallenges(header: string): readonly Challenge[] {
  const challenges: {scheme: string; params: Record<string, string>}[] = []
  let rest = header
  const skip = (pattern: RegExp): void => {
    rest = rest.replace(pattern, '')
  }
  for (;;) {
    skip(/^[\s,]+/)
    const name = TOKEN.exec(rest)?.[0]
    if (name === undefined) return challenges
    rest = rest.slice(name.length)
    const equals = /^[ \t]*=[ \t]*(?=[^\s=,])/.exec(rest)?.[0]
    const current = challenges.at(-1)
    if (equals === undefined) {
      challenges.push({scheme: name.toLowerCase(), params: Object.create(null) as Record<string, string>})
      skip(/^[ \t]+[A-Za-z0-9._~+/-]+=*(?=[ \t]*(?:,|$))/)
    } else if (current === undefined) {
      return challenges
    } else {
      rest = rest.slice(equals.length)
      const value = /^"((?:[^"\\]|\\.)*)"/.exec(rest) ?? /^([^\s,"]+)/.exec(rest)
      if (value?.[1] === undefined) return challenges
      rest = rest.slice(value[0].length)
      current.params[name.toLowerCase()] ??= value[0].startsWith('"') ? value[1].replace(/\\(.)/g, '$1') : value[1]
    }
  }
}

type Registry = {challenge: Challenge; isPlainHttp: boolean; readonly tokens: Map<string, Promise<Token>>}
type Token = {readonly header: string; readonly untilMs: number}

// The token specification's least and default life of a token, and how long before its end it is not trusted any more.
const DEFAULT_LIFE_S = 60
const MARGIN_MS = 5000

export function createAuthorizer(outside: AuthDeps): Authorizer {
  const registries = new Map<string, Registry>()

  const authorize = async (
    name: string,
    registry: Registry,
    ask: FetchRequest,
    refused: string | undefined
  ): Promise<Authorization> => {
    const {challenge, tokens} = registry
    const credentials = await outside.credentialsOf(name)
    if (challenge.scheme === 'basic') return {header: basic(credentials, refused), isAnonymous: false}
    const scope = scopeFor(challenge, ask)
    for (;;) {
      const shared = tokens.get(scope)
      const asked = shared ?? requestToken(outside, registry, scope, credentials, ask)
      tokens.set(scope, asked)
      try {
        const token = await asked
        if (token.header !== refused && (shared === undefined || token.untilMs > outside.nowMs()))
          return {header: token.header, isAnonymous: !isUserProvided(credentials)}
      } catch (error) {
        if (tokens.get(scope) === asked) tokens.delete(scope)
        // Whoever asked first may have been called off: that says nothing about the token.
        if (shared === undefined || error instanceof VerifiedImageError || ask.signal.aborted) throw error
      }
      if (tokens.get(scope) === asked) tokens.delete(scope)
      if (shared === undefined)
        return fail({
          kind: 'unauthorized',
          status: 401,
          credentials: isUserProvided(credentials) ? 'refused' : 'none',
          detail: 'a new token is the same as the one that was refused'
        })
    }
  }

  return {
    cachedAuthorization: async (name, ask) => {
      const registry = registries.get(name)
      if (registry === undefined) return undefined
      if (ask.refresh === 'token') registry.tokens.delete(scopeFor(registry.challenge, ask))
      return authorize(name, registry, ask, undefined)
    },
    answerChallenge: async (name, header, refused, isPlainHttp, ask) => {
      const challenges = parseChallenges(header)
      const challenge =
        challenges.find(({scheme, params}) => scheme === 'bearer' && params['realm'] !== undefined) ??
        challenges.find(({scheme}) => scheme === 'basic')
      if (challenge === undefined) {
        return fail({
          kind: 'unauthorized',
          status: 401,
          credentials: 'none',
          detail:
            header === ''
              ? 'it does not say how'
              : `it wants ${challenges.map(({scheme}) => scheme).join(', ')}, which is not spoken here`
        })
      }
      const before = registries.get(name)
      const registry: Registry = {challenge, isPlainHttp, tokens: before?.tokens ?? new Map<string, Promise<Token>>()}
      registries.set(name, registry)
      return authorize(name, registry, ask, refused)
    }
  }
}

// The job's own token was not given by anybody: that it does not open a repository is no news to whoever wrote the workflow.
function isUserProvided(credentials: Credentials | undefined): boolean {
  return credentials !== undefined && !(credentials.kind === 'password' && credentials.isOptional)
}

function basic(credentials: Credentials | undefined, refused: string | undefined): string {
  if (credentials?.kind !== 'password')
    return fail({kind: 'unauthorized', status: 401, credentials: 'none', detail: 'it wants a username and password'})
  const authorization = formatBasic(credentials)
  if (authorization === refused) fail({kind: 'unauthorized', status: 401, credentials: 'refused', detail: ''})
  return authorization
}

function formatBasic({username, password}: Extract<Credentials, {kind: 'password'}>): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
}

/**
 * The scope to ask for: to pull from this repository, which is all that dockerd ever asks for, whatever the challenge names. A
 * challenge's scope is a wish of the registry, and would be granted with the user's credentials: to push, or another repository.
 * A scope without resource and action is kept (ECR Public's is `aws`).
 */
function scopeFor({params}: Challenge, {repository}: FetchRequest): string {
  const scope = params['scope']?.trim() ?? ''
  return /^[\w.-]+$/.test(scope) ? scope : `repository:${repository.path}:pull`
}

// As other clients read it: access_token and token are the same, and the former counts (containerd's auth/fetch.go).
const TOKEN_ANSWER = structOf({token: 'string', access_token: 'string', expires_in: 'integer'})

async function requestToken(
  outside: AuthDeps,
  registry: Registry,
  scope: string,
  credentials: Credentials | undefined,
  ask: FetchRequest
): Promise<Token> {
  const {params} = registry.challenge
  const realm = parseRealm(params['realm'] ?? '', registry.isPlainHttp, ask.repository.registry, outside.tokenHosts)
  const startedMs = outside.nowMs()
  const asking: FetchRequest = {
    ...ask,
    object: 'token',
    onExchange: (exchange: Exchange) => {
      ask.onExchange({...exchange, object: 'token'})
    }
  }
  const answer = await askForToken(outside, realm, params['service'], scope, credentials, asking)
  if (answer.status < 200 || answer.status > 299) fail(failureOfTokenAnswer(answer, credentials), {object: 'token'})
  // An answer of this length was cut, and may go on for ever: what its beginning says is not looked at.
  const json = answer.body.length < MAX_ERROR_BYTES ? readAsGo(answer.body, TOKEN_ANSWER, 'as-go') : invalid('too long')
  const [access, plain] = json.ok ? [stringAt(json.value, 'access_token'), stringAt(json.value, 'token')] : []
  const token = access === undefined || access === '' ? (plain ?? '') : access
  // A token is opaque, but what cannot stand in a header is none.
  if (!json.ok || !/^[\x21-\x7e]+$/.test(token))
    fail(
      {
        kind: 'protocol',
        // Nothing of it is quoted: half a token is a secret too.
        detail: `the token server's answer ${answer.isHtml ? 'is a web page' : 'has no token in it'}`,
        isHtml: answer.isHtml
      },
      {object: 'token'}
    )
  if (credentials !== undefined && answer.isAnonymous !== true) outside.conceal(token)
  const life = json.value['expires_in']
  const lifeS = typeof life === 'number' && life > 0 ? life : DEFAULT_LIFE_S
  const lifeMs = lifeS * 1000
  return {header: `Bearer ${token}`, untilMs: startedMs + lifeMs - Math.min(MARGIN_MS, lifeMs / 2)}
}

async function askForToken(
  outside: AuthDeps,
  realm: URL,
  service: string | undefined,
  scope: string,
  credentials: Credentials | undefined,
  ask: FetchRequest
): Promise<TokenResponse> {
  if (credentials?.kind === 'identity-token') {
    // An identity token is a refresh token of OAuth 2; only POST takes it.
    const form = new URLSearchParams({
      grant_type: 'refresh_token',
      service: service ?? '',
      client_id: 'verified-image',
      scope,
      refresh_token: credentials.token
    })
    return outside.askTokenServer(
      {url: realm, headers: {'content-type': 'application/x-www-form-urlencoded'}, form: form.toString()},
      ask
    )
  }
  const url = new URL(realm)
  if (service !== undefined) url.searchParams.set('service', service)
  for (const part of scope.split(' ')) url.searchParams.append('scope', part)
  const headers: Record<string, string> = credentials === undefined ? {} : {authorization: formatBasic(credentials)}
  const answer = await outside.askTokenServer({url, headers}, ask)
  const isRefused = answer.status === 401 || answer.status === 403
  // Nobody asked for the job's own token to be used: an image that is public must not fail for it.
  if (isRefused && credentials?.isOptional === true)
    return {...(await outside.askTokenServer({url, headers: {}}, ask)), isAnonymous: true}
  return answer
}

function failureOfTokenAnswer(
  {status, detail, isHtml, retryAfterMs}: TokenResponse,
  credentials: Credentials | undefined
): Failure {
  const patience = retryAfterMs === undefined ? {} : {retryAfterMs}
  if (status === 401 || status === 403) {
    const refused = isUserProvided(credentials) ? 'refused' : 'none'
    return {kind: status === 401 ? 'unauthorized' : 'denied', status, detail, credentials: refused}
  }
  if (status === 429) return {kind: 'throttled', status, detail, ...patience}
  if (status >= 500 || status === 408) return {kind: 'server-error', status, detail, ...patience}
  return {
    kind: 'protocol',
    detail: `the token server answered status ${String(status)}${detail === '' ? '' : `: ${detail}`}`,
    isHtml
  }
}

function parseRealm(text: string, isPlainHttp: boolean, registry: string, tokenHosts: readonly string[]): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const why = url === undefined ? 'it is not a URL' : checkRealm(url, isPlainHttp, registry, tokenHosts)
  if (url === undefined || why !== undefined)
    return fail(
      {
        kind: 'protocol',
        detail: `the registry sends for a token to ${url === undefined ? JSON.stringify(text.length > 100 ? `${text.slice(0, 99)}…` : text) : url.origin}: ${why ?? ''}`,
        isHtml: false
      },
      {object: 'token'}
    )
  return url
}

/**
 * Credentials go where the challenge says. Another host is usual (auth.docker.io); plain HTTP, a user in the URL, or a private
 * address is how they would be stolen, unless the registry itself is spoken to like that or is at one.
 */
function checkRealm(
  url: URL,
  isPlainHttp: boolean,
  registry: string,
  tokenHosts: readonly string[]
): string | undefined {
  if (url.username !== '' || url.password !== '') return 'the URL holds a user'
  if (url.protocol !== 'https:' && !(isPlainHttp && url.protocol === 'http:'))
    return 'tokens are asked for over https only'
  return whyNotTokenHost(url, registry, tokenHosts)
}

/** Also for each host that a token server's redirect leads to. */
export function whyNotTokenHost(url: URL, registry: string, tokenHosts: readonly string[]): string | undefined {
  if (isLinkLocalHost(url.hostname))
    return 'it is a link-local address, where cloud machines read their own credentials'
  const isAllowed = isPrivateRegistry(registry) || tokenHosts.includes(url.host)
  return isPrivateHost(url.hostname) && !isAllowed
    ? `it is a private address, and ${registry} is not at one. Add ${url.host} to the input token-hosts if it may issue tokens`
    : undefined
}
