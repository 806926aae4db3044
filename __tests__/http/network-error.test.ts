// What sockets, TLS and HTTP client report, told apart: a table of what Node really throws.

import {describe, expect, it} from '@jest/globals'
import fc from 'fast-check'
import {describeFailure} from '../../src/failure/describe-failure.ts'
import {failureOfHttpError, failureOfProxyAnswer, isUnknownCa, ProxyError} from '../../src/http/network-error.ts'

const CONNECT = {input: 'connect-timeout', afterMs: 5000} as const
const CONTEXT = {host: 'registry.test', connect: CONNECT, proxy: undefined}
function withCode(code: string, message = 'what it says'): Error {
  return Object.assign(new Error(message), {code})
}

const CERTIFICATES = [
  {code: 'ERR_TLS_CERT_ALTNAME_INVALID', says: 'for another host'},
  {code: 'CERT_HAS_EXPIRED', says: 'has expired'},
  {code: 'CERT_NOT_YET_VALID', says: 'check this machine'}
]
const UNKNOWN_CAS = [
  {code: 'DEPTH_ZERO_SELF_SIGNED_CERT', says: 'is self-signed'},
  {code: 'SELF_SIGNED_CERT_IN_CHAIN', says: 'is from a CA that is not trusted here'},
  {code: 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY', says: 'is from an unknown CA'},
  {code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE', says: 'is from an unknown CA'}
]

describe('failureOfHttpError', () => {
  it.each(CERTIFICATES)('names what is wrong with a certificate: $code', ({code, says}) => {
    const failure = failureOfHttpError(withCode(code), CONTEXT)
    expect(failure).toMatchObject({kind: 'unreachable', reason: 'tls-identity'})
    expect(describeFailure(failure)).toMatch(
      /^TLS certificate check failed: the certificate of registry\.test is .*\([A-Z_]+: what it says\)$|has expired/
    )
    expect(describeFailure(failure)).toContain(says)
    expect(describeFailure(failure)).not.toMatch(/To trust/)
    expect(isUnknownCa(withCode(code))).toBe(false)
  })

  it.each(UNKNOWN_CAS)('names the places for a CA that is not trusted: $code', ({code, says}) => {
    const failure = failureOfHttpError(withCode(code), {...CONTEXT, registry: 'registry.test:5000'})
    expect(failure).toEqual({
      kind: 'unreachable',
      reason: 'tls-identity',
      detail: `TLS certificate check failed: the certificate of registry.test ${says} (${code}: what it says). To trust its CA, add it to the CAs of this machine, put it into /etc/docker/certs.d/registry.test:5000, or name its file in SSL_CERT_FILE or NODE_EXTRA_CA_CERTS`
    })
    expect(isUnknownCa(withCode(code))).toBe(true)
  })

  it('names the folder for a client certificate that a registry requires', () => {
    const error = withCode('ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED')
    expect(failureOfHttpError(error, {...CONTEXT, registry: 'registry.test:5000'})).toEqual({
      kind: 'unreachable',
      reason: 'tls',
      detail:
        'registry.test requires a client certificate (ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED). Put NAME.cert and NAME.key into /etc/docker/certs.d/registry.test:5000'
    })
  })

  it('names no folder for a proxy whose CA is not trusted', () => {
    const error = new ProxyError(withCode('SELF_SIGNED_CERT_IN_CHAIN'))
    const failure = failureOfHttpError(error, {...CONTEXT, proxy: {variable: 'HTTPS_PROXY'}, registry: 'registry.test'})
    expect(failure).toMatchObject({reason: 'proxy'})
    expect(describeFailure(failure)).toMatch(/^the proxy in HTTPS_PROXY .*SSL_CERT_FILE or NODE_EXTRA_CA_CERTS$/)
    expect(describeFailure(failure)).not.toContain('certs.d')
    expect(isUnknownCa(error)).toBe(true)
  })

  it.each([
    {code: 'ENOTFOUND', reason: 'dns'},
    {code: 'EAI_AGAIN', reason: 'dns'},
    {code: 'ECONNREFUSED', reason: 'refused'},
    {code: 'ECONNRESET', reason: 'reset'},
    {code: 'EPIPE', reason: 'reset'},
    {code: 'UND_ERR_SOCKET', reason: 'reset'},
    {code: 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH', reason: 'not-http'},
    {code: 'EPROTO', reason: 'tls'},
    {code: 'ERR_SSL_WRONG_VERSION_NUMBER', reason: 'tls'},
    {code: 'ERR_TLS_HANDSHAKE_TIMEOUT', reason: 'tls'},
    {code: 'EHOSTUNREACH', reason: 'network'},
    {code: 'ENETUNREACH', reason: 'network'},
    {code: '', reason: 'network'}
  ])('makes unreachable, $reason, of $code', ({code, reason}) => {
    expect(failureOfHttpError(withCode(code), CONTEXT)).toMatchObject({kind: 'unreachable', reason})
  })

  it.each([
    {name: 'HTTPParserError', code: undefined, message: 'Expected HTTP/'},
    {name: 'SocketError', code: 'UND_ERR_SOCKET', message: 'bad upgrade'},
    {name: 'SocketError', code: 'UND_ERR_SOCKET', message: 'bad response'}
  ])('makes unreachable, not-http, of $name: $message', error => {
    expect(failureOfHttpError(Object.assign(new Error(error.message), error), CONTEXT)).toMatchObject({
      ...{kind: 'unreachable', reason: 'not-http'}
    })
  })

  it.each(['EMFILE', 'ENFILE'])("makes %s a limit of this machine, not the registry's failure", code => {
    const several = new AggregateError([withCode(code), withCode(code)])
    for (const error of [withCode(code), several, new ProxyError(withCode(code))])
      expect(failureOfHttpError(error, CONTEXT)).toEqual({
        kind: 'local-io',
        detail: `this machine's limit of open files is reached (${code}). Raise it with ulimit -n, or lower the input concurrency`
      })
  })

  it.each(['ETIMEDOUT', 'UND_ERR_CONNECT_TIMEOUT'])(
    'makes timed-out of %s, with the input that says how long',
    code => {
      expect(failureOfHttpError(withCode(code), CONTEXT)).toEqual({
        kind: 'timed-out',
        phase: 'connect',
        limit: CONNECT
      })
    }
  )

  it('makes protocol of headers that are too large', () => {
    expect(failureOfHttpError(withCode('UND_ERR_HEADERS_OVERFLOW'), CONTEXT)).toMatchObject({kind: 'protocol'})
  })

  it('looks through what is wrapped around an error, and at the first of several addresses', () => {
    const wrapped = Object.assign(new Error('fetch failed'), {cause: withCode('ENOTFOUND')})
    const several = new AggregateError([withCode('ECONNREFUSED'), withCode('ENETUNREACH')])
    expect(failureOfHttpError(wrapped, CONTEXT)).toMatchObject({reason: 'dns'})
    expect(failureOfHttpError(several, CONTEXT)).toMatchObject({reason: 'refused'})
  })

  const PROXY = {variable: 'HTTPS_PROXY'}

  it('says that there is a proxy in between', () => {
    expect(failureOfHttpError(withCode('ECONNRESET'), {...CONTEXT, proxy: PROXY})).toMatchObject({
      reason: 'reset',
      detail: expect.stringContaining('through the proxy in HTTPS_PROXY')
    })
  })

  it.each([
    {cause: withCode('ECONNREFUSED'), says: 'cannot be used: connection refused by the proxy (ECONNREFUSED)'},
    {cause: withCode('ENOTFOUND'), says: 'cannot be used: DNS lookup failed for the proxy (ENOTFOUND)'},
    {
      cause: withCode('DEPTH_ZERO_SELF_SIGNED_CERT'),
      says: 'cannot be used: TLS certificate check failed: the certificate of the proxy is self-signed'
    },
    {
      cause: withCode('UND_ERR_CONNECT_TIMEOUT'),
      says: 'cannot be used: no connection within 5 s (input connect-timeout)'
    },
    {cause: withCode('UND_ERR_HEADERS_OVERFLOW'), says: 'cannot be used: its response is not valid HTTP'},
    {
      cause: withCode('UND_ERR_ABORTED', 'Proxy response (407) !== 200 when HTTP Tunneling'),
      says: 'refused the connection (HTTP 407: it requires a username and password)'
    },
    {
      cause: withCode('UND_ERR_ABORTED', 'Proxy response (403) !== 200 when HTTP Tunneling'),
      says: 'refused the connection (HTTP 403)'
    }
  ])("tells the proxy's own failure from the registry's: $says", ({cause, says}) => {
    expect(failureOfHttpError(new ProxyError(cause), {...CONTEXT, proxy: PROXY})).toMatchObject({
      ...{kind: 'unreachable', reason: 'proxy'},
      detail: expect.stringContaining(`the proxy in HTTPS_PROXY ${says}`)
    })
  })

  it("takes a proxy's refusal of a request in the open for what it is", () => {
    const refused = {kind: 'unreachable', reason: 'proxy'}
    const squid = new Map([['x-squid-error', 'ERR_ACCESS_DENIED 0']])
    const standard = new Map([['proxy-status', 'proxy.test; error=http_request_denied']])
    const passed = new Map([['proxy-status', 'proxy.test; received-status=403']])
    expect(failureOfProxyAnswer(403, squid, PROXY)).toMatchObject(refused)
    expect(failureOfProxyAnswer(502, standard, PROXY)).toMatchObject(refused)
    expect(failureOfProxyAnswer(403, passed, PROXY)).toBeUndefined()
    expect(failureOfProxyAnswer(200, squid, PROXY)).toBeUndefined()
    const login = withCode('UND_ERR_INVALID_ARG', 'Proxy Authentication Required (407)')
    expect(failureOfHttpError(login, {...CONTEXT, proxy: PROXY})).toMatchObject(refused)
  })

  it.each([{toString: false}, Object.create(null) as unknown, null, Symbol('x'), [{toString: 1}]])(
    'makes one of %o too',
    thrown => {
      expect(failureOfHttpError(thrown, CONTEXT)).toMatchObject({kind: 'unreachable', reason: 'network'})
    }
  )

  it('makes a failure that reaches the next registry of whatever is thrown', () => {
    fc.assert(
      fc.property(fc.anything(), fc.string(), fc.string(), (thrown, code, message) => {
        for (const error of [thrown, withCode(code, message)])
          expect(['unreachable', 'timed-out', 'protocol', 'local-io']).toContain(
            failureOfHttpError(error, CONTEXT).kind
          )
      })
    )
  })
})
