// One request for a manifest or blob, with the steps of authentication around it: challenge, token, and the cases in which a registry
// does not challenge, or rejects the job's token. Credentials go to the registry's own origin only.

import type {SingleFlight} from '../concurrency/single-flight.ts'
import {fail, VerifiedImageError} from '../failure/error.ts'
import type {Failure} from '../failure/failure.ts'
import {readLimited} from '../http/read-limited.ts'
import type {HttpResponse} from '../http/send-request.ts'
import type {Digest} from '../oci/digest.ts'
import {endpointOf} from '../oci/reference.ts'
import type {Authorization, Authorizer} from './authorizer.ts'
import {chooseChallenge, parseChallenges} from './challenge.ts'
import {exchange, type ExchangeDeps, followRedirects, type Hop} from './exchange.ts'
import type {SchemeProbe} from './plain-http.ts'
import {refusePrivateTarget} from './redirect.ts'
import type {ByteRange, FetchRequest} from './registry.ts'
import {failureOfStatus, MAX_ERROR_BYTES, type ShortResponse} from './response.ts'

export type AuthFlowDeps = ExchangeDeps & {
  readonly method: 'GET' | 'HEAD'
  readonly schemeProbe: SchemeProbe
  readonly authorizer: Authorizer
  readonly wallClockMs: () => number
  /** The challenges of `/v2/` by host. */
  readonly pings: SingleFlight
}

/** What to request below `/v2/REPOSITORY/`. */
export type ObjectRequest = {
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly offset: number
  /** Exactly these bytes of an object of `size` bytes; undefined for all bytes from `offset` on. */
  readonly part?: {readonly range: ByteRange; readonly size: number}
  /** Undefined for a tag. */
  readonly digest: Digest | undefined
}

/** `isAuthorized`: the host that answered received the Authorization header. */
export type AuthorizedResponse = HttpResponse & Hop & {readonly isAuthorized: boolean}

/** The response with HTTP 200 or 206. Only the status counts: no header makes right bytes wrong, and their verifier judges the rest. */
export async function fetchWithAuth(
  deps: AuthFlowDeps,
  request: FetchRequest,
  object: ObjectRequest
): Promise<AuthorizedResponse> {
  const {authorizer} = deps
  const known = await authorizer.cachedAuthorization(request)
  let result = await sendObject(deps, request, object, known)
  const challenge = await challengeFor(deps, request, result)
  if (challenge !== undefined) {
    const isPlainHttp = result.answer.url.protocol === 'http:'
    const rejection = {challenge, rejected: known?.header, isPlainHttp}
    result = await sendObject(deps, request, object, await authorizer.answerChallenge(rejection, request))
  }
  result = await withoutJobToken(deps, request, object, result)
  return result.error === undefined ? result.answer : fail(await failureOf(deps, request, result, result.error))
}

/** `error` is a response with another status than 200 and 206, read as a whole. */
type Result = {
  readonly answer: AuthorizedResponse
  readonly error: ShortResponse | undefined
  readonly authorization: Authorization | undefined
}

async function sendObject(
  deps: AuthFlowDeps,
  request: FetchRequest,
  {path, headers}: ObjectRequest,
  authorization: Authorization | undefined
): Promise<Result> {
  const {path: name, namespace} = request.repository
  const url = urlOf(deps, request, `${name}/${path}`)
  if (namespace !== undefined) url.searchParams.set('ns', namespace)
  const answer = await sendAuthorized(deps, request, {
    url,
    headers,
    method: request.method ?? deps.method,
    authorization
  })
  const isOpen = answer.status === 200 || answer.status === 206
  return {answer, error: isOpen ? undefined : await readShort(answer), authorization}
}

function urlOf({schemeProbe}: AuthFlowDeps, {repository}: FetchRequest, path: string): URL {
  const host = endpointOf(repository.registry)
  return new URL(`${schemeProbe.schemeOf(host)}://${host}/v2/${path}`)
}

type AuthorizedRequest = {
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  readonly method: 'GET' | 'HEAD'
  readonly authorization: Authorization | undefined
}

/** Follows redirects. The Authorization header goes to the registry's own origin only, and not after a detour. */
async function sendAuthorized(
  deps: AuthFlowDeps,
  request: FetchRequest,
  {url: first, headers, method, authorization}: AuthorizedRequest
): Promise<AuthorizedResponse> {
  const response = await followRedirects(first, {
    send: ({url, isDirect}) =>
      exchange(deps, request, url, {
        method,
        headers: isDirect && authorization !== undefined ? {...headers, authorization: authorization.header} : headers
      }),
    checkTarget: target => {
      refusePrivateTarget(target, request.repository.registry)
    }
  })
  return {...response, isAuthorized: response.isDirect && authorization !== undefined}
}

async function readShort({status, headers, body, isDirect}: AuthorizedResponse): Promise<ShortResponse> {
  return {
    status,
    headers,
    body: await readLimited(body, MAX_ERROR_BYTES),
    author: isDirect ? 'registry' : 'elsewhere'
  }
}

/**
 * The challenge to answer; undefined when there is none. Some registries challenge at `/v2/` only, and answer 401 without a challenge,
 * 403 or 404 to an anonymous request for a private repository. Like dockerd and containerd, a user's credentials are tried before such
 * an answer is believed.
 */
async function challengeFor(
  deps: AuthFlowDeps,
  request: FetchRequest,
  {answer, error, authorization}: Result
): Promise<string | undefined> {
  // Another host that asks for credentials gets none, and its challenge is not answered.
  if (error === undefined || !answer.isDirect) return undefined
  const challenge = answer.status === 401 ? (answer.headers.get('www-authenticate') ?? '') : undefined
  if (challenge !== undefined && chooseChallenge(parseChallenges(challenge)) !== undefined) return challenge
  const mayHide = [401, 403, 404].includes(answer.status) && authorization === undefined
  const ping = mayHide && (await deps.authorizer.hasUserCredentials(request)) ? await pingChallenge(deps, request) : ''
  if (ping !== '') return ping
  return authorization === undefined ? challenge : undefined
}

/** The challenge of `/v2/`, requested once per host; empty when there is none that can be answered. */
function pingChallenge(deps: AuthFlowDeps, request: FetchRequest): Promise<string> {
  return deps.pings.run(endpointOf(request.repository.registry), request.signal, async signal => {
    const answer = await ping(deps, {...request, signal}, undefined)
    const challenge = answer?.status === 401 ? (answer.headers.get('www-authenticate') ?? '') : ''
    return chooseChallenge(parseChallenges(challenge)) === undefined ? '' : challenge
  })
}

/** The response of the registry itself to GET `/v2/`; undefined when it does not answer. */
async function ping(
  deps: AuthFlowDeps,
  request: FetchRequest,
  authorization: Authorization | undefined
): Promise<AuthorizedResponse | undefined> {
  try {
    const url = urlOf(deps, request, '')
    const asToken: FetchRequest = {...request, object: 'token'}
    const answer = await sendAuthorized(deps, asToken, {url, headers: {}, method: 'GET', authorization})
    await readLimited(answer.body, MAX_ERROR_BYTES)
    return answer.isDirect ? answer : undefined
  } catch (error) {
    if (error instanceof VerifiedImageError) return undefined
    throw error
  }
}

/**
 * Repeats a request that was rejected with the job's token, without it: the token may open the token server and not the repository,
 * and a public image must not fail for a token that this action adds. If that fails too, the first result counts.
 */
async function withoutJobToken(
  deps: AuthFlowDeps,
  request: FetchRequest,
  object: ObjectRequest,
  result: Result
): Promise<Result> {
  const {answer, authorization} = result
  const isRejected = answer.isAuthorized && [401, 403, 404].includes(answer.status)
  // Where this run pushes, the token is needed, and a manifest that is absent is no surprise.
  if (!isRejected || request.grant !== undefined || authorization?.grantedTo !== 'job') return result
  try {
    const anonymous = await deps.authorizer.anonymousAuthorization(request)
    const repeated = await sendObject(deps, request, object, anonymous)
    if (repeated.error !== undefined) return result
    deps.authorizer.dropJobToken(request)
    return repeated
  } catch (error) {
    if (error instanceof VerifiedImageError) return result
    throw error
  }
}

async function failureOf(
  deps: AuthFlowDeps,
  request: FetchRequest,
  {answer, authorization}: Result,
  error: ShortResponse
): Promise<Failure> {
  const isUser = answer.isAuthorized && authorization?.grantedTo === 'user'
  // Another host would not get them if it requested them. Credentials are looked up only where they matter: a helper is a program.
  const mayLackLogin = !isUser && answer.isDirect && [401, 403].includes(answer.status)
  const isUnrequested = mayLackLogin && (await deps.authorizer.hasUserCredentials(request))
  const credentials = isUser ? 'refused' : isUnrequested ? 'not-requested' : 'none'
  const failure = failureOfStatus(error, {credentials, nowMs: deps.wallClockMs()})
  if (failure.kind === 'unauthorized' && isInvalidToken(answer) && authorization?.tokenServer !== undefined)
    return {...failure, tokenServer: authorization.tokenServer}
  // A registry that hides private repositories answers 404 to a wrong password too. `/v2/` tells the two apart.
  if (failure.kind !== 'not-found' || !isUser || authorization.tokenServer !== undefined) return failure
  const login = await ping(deps, request, authorization)
  if (login?.status !== 401) return failure
  return {kind: 'unauthorized', status: 401, credentials, detail: 'the registry rejects the login at /v2/'}
}

// RFC 6750 §3.1: the token is expired, revoked, malformed or invalid for other reasons.
function isInvalidToken({headers}: AuthorizedResponse): boolean {
  const challenge = chooseChallenge(parseChallenges(headers.get('www-authenticate') ?? ''))
  return challenge?.params['error'] === 'invalid_token'
}
