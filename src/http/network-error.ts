// Errors of sockets, TLS, undici and proxies, translated into failures once. No code above looks at an errno or a message again.
// Pure.

import {platform} from 'node:os'
import {type Failure, type Limit} from '../failure/failure.ts'
import {formatDuration} from '../failure/format.ts'
import {isObject} from '../oci/json.ts'

/** The proxy failed, not the host behind it. undici's own errors do not tell the two apart. */
export class ProxyError extends Error {
  constructor(cause: Error) {
    super('the proxy failed', {cause})
  }
}

/** The request that failed. */
export type RequestContext = {
  /** Of the URL, with its port if it has one. */
  readonly host: string
  /** The limit for connecting. */
  readonly connect: Limit
  readonly proxy: ProxyName | undefined
  /** The registry whose certificates count; undefined for hosts that are asked on their own behalf. */
  readonly registry?: string | undefined
}

/** The variable that names the proxy. */
type ProxyName = {readonly variable: string}

type Unreachable = Extract<Failure, {kind: 'unreachable'}>

/** The failure of a request that ended before its response began. */
export function failureOfHttpError(error: unknown, context: RequestContext): Failure {
  const isOfProxy = error instanceof ProxyError
  const failure = isOfProxy ? failureOfProxy(error.cause, context) : failureOfHost(error, context)
  if (failure.kind !== 'unreachable' || !isUnknownCa(error)) return failure
  // The folder of a registry does not count for a proxy.
  return {...failure, detail: `${failure.detail}. ${placesOfCas(isOfProxy ? undefined : context.registry)}`}
}

function failureOfHost(error: unknown, context: RequestContext): Failure {
  const {proxy} = context
  const cause = innermost(error)
  if (isProxyLogin(cause)) return rejectedByProxy(407, proxy)
  const failure = failureOf(cause, context)
  // The proxy or the host behind it may be the cause, and a user may not know that there is a proxy.
  if (proxy === undefined || failure.kind !== 'unreachable') return failure
  return {...failure, detail: `${failure.detail}, through the proxy in ${proxy.variable}`}
}

/**
 * The failure of a proxy that received the whole URL and answered by itself; undefined when the host answered. Squid has a header of
 * its own for that, other proxies have Proxy-Status (RFC 9209 §2.1.1).
 */
export function failureOfProxyAnswer(
  status: number,
  headers: ReadonlyMap<string, string>,
  proxy: ProxyName
): Failure | undefined {
  return status >= 400 && (headers.has('x-squid-error') || /;\s*error=/i.test(headers.get('proxy-status') ?? ''))
    ? rejectedByProxy(status, proxy)
    : undefined
}

/** Whether undici's HTTP parser rejected the bytes. Its errors have a name and a message, and often no code. */
function isParserError(error: unknown): boolean {
  return isObject(error) && error['name'] === 'HTTPParserError'
}

/** An AggregateError holds one error for each address that was tried; other errors wrap their cause. */
function innermost(error: unknown): unknown {
  if (error instanceof AggregateError && error.errors.length > 0) return innermost(error.errors[0])
  if (error instanceof Error && codeOf(error.cause) !== '') return innermost(error.cause)
  return error
}

function codeOf(error: unknown): string {
  return isObject(error) && typeof error['code'] === 'string' ? error['code'] : ''
}

function messageOf(error: unknown): string {
  return isObject(error) && typeof error['message'] === 'string'
    ? error['message'].replace(/\s+/g, ' ')
    : 'no reason given'
}

// undici's message for 407 to a request with the whole URL.
function isProxyLogin(error: unknown): boolean {
  return codeOf(error) === 'UND_ERR_INVALID_ARG' && messageOf(error) === 'Proxy Authentication Required (407)'
}

// undici's message for an answer to CONNECT other than 200.
const TUNNEL_ANSWER = /^Proxy response \((\d{3})\)/

function failureOfProxy(error: unknown, {connect, proxy}: RequestContext): Failure {
  const status = TUNNEL_ANSWER.exec(messageOf(error))?.[1]
  if (status !== undefined) return rejectedByProxy(Number(status), proxy)
  const failure = failureOf(innermost(error), {host: 'the proxy', connect, proxy})
  if (failure.kind === 'local-io') return failure
  const reason =
    failure.kind === 'unreachable'
      ? failure.detail
      : failure.kind === 'timed-out'
        ? `no connection within ${formatDuration(connect.afterMs)} (input ${connect.input})`
        : 'its response is not valid HTTP'
  return unreachable('proxy', `the proxy in ${nameOf(proxy)} cannot be used: ${reason}`)
}

// With 5xx a proxy reports that it could not reach the host, as squid's 503 for a name without an address. Other statuses are its
// own decision.
function rejectedByProxy(status: number, proxy: ProxyName | undefined): Failure {
  const outcome = status >= 500 ? 'could not connect' : 'refused the connection'
  const login = status === 407 ? ': it requires a username and password' : ''
  return unreachable('proxy', `the proxy in ${nameOf(proxy)} ${outcome} (HTTP ${String(status)}${login})`)
}

function nameOf(proxy: ProxyName | undefined): string {
  return proxy?.variable ?? 'the environment'
}

/** A certificate that does not prove who answers. A retry does not help. */
const CERTIFICATE_ERRORS: Readonly<Record<string, string>> = {
  ERR_TLS_CERT_ALTNAME_INVALID: 'is for another host',
  CERT_HAS_EXPIRED: 'has expired',
  CERT_NOT_YET_VALID: "is not valid yet (check this machine's clock)",
  CERT_REVOKED: 'was revoked',
  CERT_UNTRUSTED: 'is not trusted',
  CERT_REJECTED: 'was rejected'
}

/** A certificate of a CA that is not trusted. To trust more of them may help. */
const UNKNOWN_CA_ERRORS: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: 'is self-signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'is from a CA that is not trusted here',
  UNABLE_TO_GET_ISSUER_CERT: 'is from an unknown CA',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'is from an unknown CA',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'is from an unknown CA'
}

/** Whether a handshake failed because the CA is not trusted, of the host or of the proxy. */
export function isUnknownCa(error: unknown): boolean {
  const cause = innermost(error instanceof ProxyError ? error.cause : error)
  return Object.hasOwn(UNKNOWN_CA_ERRORS, codeOf(cause))
}

function placesOfCas(registry: string | undefined): string {
  const folder = registry === undefined ? '' : `, put it into ${dockerFolderOf(registry)}`
  return `To trust its CA, add it to the CAs of this machine${folder}, or name its file in SSL_CERT_FILE or NODE_EXTRA_CA_CERTS`
}

function placeOfClientCertificate(registry: string | undefined): string {
  return registry === undefined ? '' : `. Put NAME.cert and NAME.key into ${dockerFolderOf(registry)}`
}

/** Where Docker keeps certificates for one registry. */
function dockerFolderOf(registry: string): string {
  if (platform() === 'win32') return `%ProgramData%\\docker\\certs.d\\${registry.replaceAll(':', '')}`
  return `/etc/docker/certs.d/${registry}`
}

function failureOf(error: unknown, {host, connect, registry}: RequestContext): Failure {
  const code = codeOf(error)
  const unknownCa = UNKNOWN_CA_ERRORS[code]
  if (unknownCa !== undefined)
    return unreachable(
      'tls-identity',
      `TLS certificate check failed: the certificate of ${host} ${unknownCa} (${code}: ${messageOf(error)})`
    )
  const certificate = CERTIFICATE_ERRORS[code]
  if (certificate !== undefined)
    return unreachable(
      'tls-identity',
      `TLS certificate check failed: the certificate of ${host} ${certificate} (${code}: ${messageOf(error)})`
    )
  switch (code) {
    case 'EMFILE':
    case 'ENFILE':
      return {
        kind: 'local-io',
        detail: `this machine's limit of open files is reached (${code}). Raise it with ulimit -n, or lower the input concurrency`
      }
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'EAI_FAIL':
      return unreachable('dns', `DNS lookup failed for ${host} (${code})`)
    case 'ECONNREFUSED':
      return unreachable('refused', `connection refused by ${host} (${code})`)
    case 'UND_ERR_SOCKET':
      // undici's messages for bytes out of place, such as a switch of protocols that was not requested.
      return /^bad (?:response|upgrade)$/.test(messageOf(error))
        ? unreachable('not-http', `the response of ${host} is not valid HTTP`)
        : closed(host)
    case 'ECONNRESET':
    case 'EPIPE':
      return closed(host)
    case 'ETIMEDOUT':
    case 'UND_ERR_CONNECT_TIMEOUT':
      return {kind: 'timed-out', phase: 'connect', limit: connect}
    case 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH':
      return unreachable('not-http', `the response of ${host} announces two different lengths (${code})`)
    case 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED':
      return unreachable('tls', `${host} requires a client certificate (${code})${placeOfClientCertificate(registry)}`)
    case 'UND_ERR_HEADERS_OVERFLOW':
      return {kind: 'protocol', detail: 'the response headers are too large', isHtml: false}
    default:
      break
  }
  if (isParserError(error))
    return unreachable('not-http', `the response of ${host} is not valid HTTP (${messageOf(error)})`)
  if (code === 'EPROTO' || code.startsWith('ERR_SSL_') || code.startsWith('ERR_TLS_'))
    return unreachable('tls', `TLS handshake failed with ${host} (${code}: ${messageOf(error)})`)
  return unreachable('network', code === '' ? messageOf(error) : `network error for ${host} (${code})`)
}

function closed(host: string): Unreachable {
  return unreachable('reset', `${host} closed the connection before a response`)
}

function unreachable(reason: Unreachable['reason'], detail: string): Unreachable {
  return {kind: 'unreachable', reason, detail}
}
