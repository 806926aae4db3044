// What sockets, TLS, undici and proxies report, told apart once: no code above looks at an errno, a code or a message again.
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

/** Codes of a certificate that does not prove who answers. Asking again does not mend it. */
const IDENTITY: Readonly<Record<string, string>> = {
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another host',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet (is the clock right?)',
  CERT_REVOKED: 'its certificate was revoked',
  CERT_UNTRUSTED: 'its certificate is not trusted',
  CERT_REJECTED: 'its certificate was rejected',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is self-signed (NODE_EXTRA_CA_CERTS adds a CA)',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate comes from a CA that is not trusted here (NODE_EXTRA_CA_CERTS adds one)',
  UNABLE_TO_GET_ISSUER_CERT: 'the CA of its certificate is not known here (NODE_EXTRA_CA_CERTS adds one)',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'the CA of its certificate is not known here (NODE_EXTRA_CA_CERTS adds one)',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'the CA of its certificate is not known here (NODE_EXTRA_CA_CERTS adds one)'
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
    : 'it is not said why'
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
        ? `no connection within ${formatDuration(connect.afterMs)} (input ${connect.input})`
        : 'it does not speak HTTP'
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
  if (identity !== undefined) return unreachable('tls-identity', `TLS: ${identity} (${code}: ${messageOf(error)})`)
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
      return unreachable('dns', `its name cannot be resolved (${code})`)
    case 'ECONNREFUSED':
      return unreachable('refused', 'the connection was refused')
    case 'UND_ERR_SOCKET':
      // undici's words for bytes where none belong, such as a switch of protocols that was not asked for.
      return /^bad (?:response|upgrade)$/.test(messageOf(error))
        ? unreachable('not-http', 'what answers there does not speak HTTP as it should')
        : unreachable('reset', CLOSED)
    case 'ECONNRESET':
    case 'EPIPE':
      return unreachable('reset', CLOSED)
    case 'ETIMEDOUT':
    case 'UND_ERR_CONNECT_TIMEOUT':
      return {kind: 'timed-out', phase: 'connect', limit: connect}
    case 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH':
      return unreachable('not-http', `the answer says in two ways how long it is (${code})`)
    case 'UND_ERR_HEADERS_OVERFLOW':
      return {kind: 'protocol', detail: 'the headers of the answer are too large', isHtml: false}
    default:
      break
  }
  if (isParserError(error))
    return unreachable('not-http', `what answers there does not speak HTTP as it should (${messageOf(error)})`)
  if (code === 'EPROTO' || code.startsWith('ERR_SSL_') || code.startsWith('ERR_TLS_')) {
    return unreachable('tls', `TLS failed (${code}: ${messageOf(error)})`)
  }
  return unreachable('network', code === '' ? messageOf(error) : `the network failed (${code})`)
}

/** undici's parser errors have a class and a message, and a code that is undefined more often than not. */
export function isParserError(error: unknown): boolean {
  return isObject(error) && error['name'] === 'HTTPParserError'
}

const CLOSED = 'the connection was closed before an answer came'

function unreachable(reason: Extract<Failure, {kind: 'unreachable'}>['reason'], detail: string): Failure {
  return {
    kind: 'unreachable',
    reason,
    detail
  }
}
