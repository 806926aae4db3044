// What Node's sockets, TLS and HTTP client report, told apart once: nobody above looks at an errno, a code or a message again.
// Pure.

import type {Failure, Limit} from '../acquire/failure.ts'
import {isObject} from '../oci/json.ts'

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

const codeOf = (error: unknown): string => (isObject(error) && typeof error['code'] === 'string' ? error['code'] : '')

/** The error that says most: an AggregateError holds one for each address that was tried, others what they wrap. */
const innermost = (error: unknown): unknown => {
  if (error instanceof AggregateError && error.errors.length > 0) return innermost(error.errors[0])
  if (error instanceof Error && codeOf(error.cause) !== '') return innermost(error.cause)
  return error
}

const messageOf = (error: unknown): string =>
  isObject(error) && typeof error['message'] === 'string' ? error['message'].replace(/\s+/g, ' ') : 'it is not said why'

// Its message has the proxy's address in it as it was written, which is nobody's business.
const proxySays = (error: unknown): string => {
  const status = isObject(error) && typeof error['statusCode'] === 'number' ? error['statusCode'] : undefined
  if (status === undefined) return 'it hung up'
  return status === 407 ? 'status 407: it wants a user and a password' : `status ${String(status)}`
}

/** For an error before an answer began. `connect` is the limit in force for connecting; `way` says who was spoken to. */
export const failureOfNetworkError = (raw: unknown, connect: Limit, way: 'direct' | 'proxied' = 'direct'): Failure => {
  const failure = failureOf(raw, connect)
  // Which of the two it was is not told; that there is a proxy at all is often news.
  if (way === 'direct' || failure.kind !== 'unreachable' || failure.reason === 'proxy') return failure
  return {...failure, detail: `${failure.detail}, through the proxy that http_proxy or https_proxy names`}
}

const failureOf = (raw: unknown, connect: Limit): Failure => {
  const error = innermost(raw)
  const code = codeOf(error)
  const identity = IDENTITY[code]
  if (identity !== undefined) return unreachable('tls-identity', `TLS: ${identity} (${code}: ${messageOf(error)})`)
  switch (code) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'EAI_FAIL':
      return unreachable('dns', `its name cannot be resolved (${code})`)
    case 'ECONNREFUSED':
      return unreachable('refused', 'the connection was refused')
    case 'ECONNRESET':
    case 'EPIPE':
      return unreachable('reset', 'the connection was closed before an answer came')
    case 'ETIMEDOUT':
      return {kind: 'timed-out', phase: 'connect', limit: connect}
    case 'ERR_PROXY_TUNNEL':
      return unreachable('proxy', `the proxy does not let it through (${proxySays(error)})`)
    case 'HPE_UNEXPECTED_CONTENT_LENGTH':
    case 'HPE_INVALID_TRANSFER_ENCODING':
      return unreachable('not-http', `the answer says in two ways how long it is (${code})`)
    case 'HPE_HEADER_OVERFLOW':
      return {kind: 'protocol', detail: 'the headers of the answer are too large', isHtml: false}
    default:
      break
  }
  if (code.startsWith('HPE_')) return unreachable('not-http', `what answers there does not speak HTTP (${code})`)
  if (code === 'EPROTO' || code.startsWith('ERR_SSL_') || code.startsWith('ERR_TLS_')) {
    return unreachable('tls', `TLS failed (${code}: ${messageOf(error)})`)
  }
  return unreachable('network', code === '' ? messageOf(error) : `the network failed (${code})`)
}

const unreachable = (reason: Extract<Failure, {kind: 'unreachable'}>['reason'], detail: string): Failure => ({
  kind: 'unreachable',
  reason,
  detail
})
