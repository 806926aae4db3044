// Translates errors of sockets, TLS, undici, and proxies into failures. No code above looks at an errno, a code, or a message.
// Pure.

import {type Failure, type Limit} from '../failure/failure.ts'
import {isObject} from '../oci/json.ts'
import {formatDuration} from '../failure/format.ts'

/** The proxy failed, not the host behind it. undici's own errors about proxies do not say which of the two it was. */
export class ProxyError extends Error {
  constructor(cause: Error) {
    super('the proxy failed', {cause})
  }
}

type ProxyName = {readonly variable: string}

/** Codes of a certificate that does not prove the server's identity. Retrying does not help. */
const IDENTITY: Readonly<Record<string, string>> = {
  ERR_TLS_CERT_ALTNAME_INVALID: 'the certificate is for another host',
  CERT_HAS_EXPIRED: 'the certificate has expired',
  CERT_NOT_YET_VALID: 'the certificate is not valid yet; check the clock of this runner',
  CERT_REVOKED: 'the certificate was revoked',
  CERT_UNTRUSTED: 'the certificate is not trusted',
  CERT_REJECTED: 'the certificate was rejected',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'the certificate is self-signed; NODE_EXTRA_CA_CERTS adds a CA',
  SELF_SIGNED_CERT_IN_CHAIN: 'the certificate is from a CA that is not trusted; NODE_EXTRA_CA_CERTS adds one',
  UNABLE_TO_GET_ISSUER_CERT: 'the CA of the certificate is unknown; NODE_EXTRA_CA_CERTS adds one',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'the CA of the certificate is unknown; NODE_EXTRA_CA_CERTS adds one',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'the CA of the certificate is unknown; NODE_EXTRA_CA_CERTS adds one'
}

function codeOf(error: unknown): string {
  return isObject(error) && typeof error['code'] === 'string' ? error['code'] : ''
}

/** The error that says most: an AggregateError holds one for each address that was tried, others what they wrap. */
function innermost(error: unknown): unknown {
  if (error instanceof AggregateError && error.errors.length > 0) return innermost(error.errors[0])
  if (error instanceof Error && codeOf(error.cause) !== '') return innermost(error.cause)
  return error
}

function messageOf(error: unknown): string {
  return isObject(error) && typeof error['message'] === 'string'
    ? error['message'].replace(/\s+/g, ' ')
    : 'unknown error'
}

/** For an error before an answer began. `connect` is the limit in force for connecting; `proxy` is the one that was used. */
export function failureOfHttpError(raw: unknown, connect: Limit, proxy?: ProxyName): Failure {
  if (raw instanceof ProxyError) return failureOfProxy(raw.cause, connect, proxy)
  const error = innermost(raw)
  if (isProxyLogin(error)) return refusedByProxy(407, proxy)
  const failure = failureOf(error, connect)
  // Which of the two it was is not known; that there is a proxy at all is often news.
  if (proxy === undefined || failure.kind !== 'unreachable') return failure
  return {...failure, detail: `${failure.detail}, through the proxy in ${proxy.variable}`}
}

/**
 * For a request that was sent to the proxy with the whole URL: what answers may be the proxy itself. Squid says so in a header
 * of its own, others in Proxy-Status (RFC 9209 §2.1.1).
 */
export function failureOfProxyAnswer(
  status: number,
  headers: ReadonlyMap<string, string>,
  proxy: ProxyName
): Failure | undefined {
  return status >= 400 && (headers.has('x-squid-error') || /;\s*error=/i.test(headers.get('proxy-status') ?? ''))
    ? refusedByProxy(status, proxy)
    : undefined
}

// undici's words for an answer to CONNECT that is not 200, and for 407 to a request with the whole URL.
const TUNNEL_ANSWER = /^Proxy response \((\d{3})\)/

function isProxyLogin(error: unknown): boolean {
  return codeOf(error) === 'UND_ERR_INVALID_ARG' && messageOf(error) === 'Proxy Authentication Required (407)'
}

function failureOfProxy(raw: unknown, connect: Limit, proxy: ProxyName | undefined): Failure {
  const status = TUNNEL_ANSWER.exec(messageOf(raw))?.[1]
  if (status !== undefined) return refusedByProxy(Number(status), proxy)
  const failure = failureOf(innermost(raw), connect)
  if (failure.kind === 'local-io') return failure
  const why =
    failure.kind === 'unreachable'
      ? failure.detail
      : failure.kind === 'timed-out'
        ? `connection timed out after ${formatDuration(connect.afterMs)} (input ${connect.input})`
        : 'the response is not valid HTTP'
  return unreachable('proxy', `the proxy in ${nameOf(proxy)} cannot be used: ${why}`)
}

// 5xx is the proxy's word that it could not reach the host, as squid's 503 for a name without address; the rest is its own will.
function refusedByProxy(status: number, proxy: ProxyName | undefined): Failure {
  const what = status >= 500 ? 'could not connect' : 'refused the connection'
  const why = status === 407 ? ': it requires a username and password' : ''
  return unreachable('proxy', `the proxy in ${nameOf(proxy)} ${what} (HTTP ${String(status)}${why})`)
}

function nameOf(proxy: ProxyName | undefined): string {
  return proxy?.variable ?? 'the environment'
}

function failureOf(error: unknown, connect: Limit): Failure {
  const code = codeOf(error)
  const identity = IDENTITY[code]
  if (identity !== undefined)
    return unreachable('tls-identity', `TLS certificate check failed: ${identity} (${code}: ${messageOf(error)})`)
  switch (code) {
    case 'EMFILE':
    case 'ENFILE':
      return {
        kind: 'local-io',
        detail: `too many open files (${code}): raise the limit with ulimit -n, or lower the concurrency input`
      }
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'EAI_FAIL':
      return unreachable('dns', `DNS lookup failed${forHost(error)} (${code})`)
    case 'ECONNREFUSED':
      return unreachable('refused', 'connection refused (ECONNREFUSED)')
    case 'UND_ERR_SOCKET':
      // undici's words for bytes where none belong, such as a switch of protocols that was not asked for.
      return /^bad (?:response|upgrade)$/.test(messageOf(error))
        ? unreachable('not-http', 'the response is not valid HTTP')
        : unreachable('reset', CLOSED)
    case 'ECONNRESET':
    case 'EPIPE':
      return unreachable('reset', CLOSED)
    case 'ETIMEDOUT':
    case 'UND_ERR_CONNECT_TIMEOUT':
      return {kind: 'timed-out', phase: 'connect', limit: connect}
    case 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH':
      return unreachable('not-http', `the response has contradictory lengths (${code})`)
    case 'UND_ERR_HEADERS_OVERFLOW':
      return {kind: 'protocol', detail: 'the response headers are too large', isHtml: false}
    default:
      break
  }
  if (isParserError(error)) return unreachable('not-http', `the response is not valid HTTP (${messageOf(error)})`)
  if (code === 'EPROTO' || code.startsWith('ERR_SSL_') || code.startsWith('ERR_TLS_')) {
    return unreachable('tls', `TLS failed (${code}: ${messageOf(error)})`)
  }
  return unreachable('network', code === '' ? messageOf(error) : `network error (${code})`)
}

// The host that was looked up: Node puts it on the error.
function forHost(error: unknown): string {
  return isObject(error) && typeof error['hostname'] === 'string' ? ` for ${error['hostname']}` : ''
}

/** undici's parser errors have a class and a message, and a code that is undefined more often than not. */
export function isParserError(error: unknown): boolean {
  return isObject(error) && error['name'] === 'HTTPParserError'
}

const CLOSED = 'connection closed before a response'

function unreachable(reason: Extract<Failure, {kind: 'unreachable'}>['reason'], detail: string): Failure {
  return {
    kind: 'unreachable',
    reason,
    detail
  }
}
