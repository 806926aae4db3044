// What sockets, TLS and HTTP client report, told apart: a table of what Node really throws.

import {describe, expect, it} from '@jest/globals'
import fc from 'fast-check'
import {failureOfNetworkError} from '../../src/adapters/registry-network-error.ts'

const CONNECT = {input: 'connect-timeout', afterMs: 5000} as const
const withCode = (code: string, message = 'what it says'): Error => Object.assign(new Error(message), {code})

const IDENTITIES = [
  {code: 'ERR_TLS_CERT_ALTNAME_INVALID', says: 'for another host'},
  {code: 'CERT_HAS_EXPIRED', says: 'has expired'},
  {code: 'CERT_NOT_YET_VALID', says: 'is the clock right?'},
  {code: 'CERT_REVOKED', says: 'was revoked'},
  {code: 'DEPTH_ZERO_SELF_SIGNED_CERT', says: 'self-signed (NODE_EXTRA_CA_CERTS'},
  {code: 'SELF_SIGNED_CERT_IN_CHAIN', says: 'NODE_EXTRA_CA_CERTS'},
  {code: 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY', says: 'NODE_EXTRA_CA_CERTS'},
  {code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE', says: 'NODE_EXTRA_CA_CERTS'}
]

describe('failureOfNetworkError', () => {
  it.each(IDENTITIES)('names what is wrong with a certificate: $code', ({code, says}) => {
    expect(failureOfNetworkError(withCode(code), CONNECT)).toEqual({
      ...{kind: 'unreachable', reason: 'tls-identity'},
      detail: expect.stringMatching(
        new RegExp(`^TLS: .*${says.replace(/[()?]/g, '\\$&')}.*\\(${code}: what it says\\)$`)
      )
    })
  })

  it.each([
    {code: 'ENOTFOUND', reason: 'dns'},
    {code: 'EAI_AGAIN', reason: 'dns'},
    {code: 'ECONNREFUSED', reason: 'refused'},
    {code: 'ECONNRESET', reason: 'reset'},
    {code: 'EPIPE', reason: 'reset'},
    {code: 'HPE_INVALID_CONSTANT', reason: 'not-http'},
    {code: 'HPE_UNEXPECTED_CONTENT_LENGTH', reason: 'not-http'},
    {code: 'EPROTO', reason: 'tls'},
    {code: 'ERR_SSL_WRONG_VERSION_NUMBER', reason: 'tls'},
    {code: 'ERR_TLS_HANDSHAKE_TIMEOUT', reason: 'tls'},
    {code: 'ERR_PROXY_TUNNEL', reason: 'proxy'},
    {code: 'EHOSTUNREACH', reason: 'network'},
    {code: 'ENETUNREACH', reason: 'network'},
    {code: '', reason: 'network'}
  ])('makes unreachable, $reason, of $code', ({code, reason}) => {
    expect(failureOfNetworkError(withCode(code), CONNECT)).toMatchObject({kind: 'unreachable', reason})
  })

  it('makes timed-out of ETIMEDOUT, with the input that says how long', () => {
    expect(failureOfNetworkError(withCode('ETIMEDOUT'), CONNECT)).toEqual({
      kind: 'timed-out',
      phase: 'connect',
      limit: CONNECT
    })
  })

  it('makes protocol of headers that are too large', () => {
    expect(failureOfNetworkError(withCode('HPE_HEADER_OVERFLOW'), CONNECT)).toMatchObject({kind: 'protocol'})
  })

  it('looks through what is wrapped around an error, and at the first of several addresses', () => {
    const wrapped = Object.assign(new Error('fetch failed'), {cause: withCode('ENOTFOUND')})
    const several = new AggregateError([withCode('ECONNREFUSED'), withCode('ENETUNREACH')])
    expect(failureOfNetworkError(wrapped, CONNECT)).toMatchObject({reason: 'dns'})
    expect(failureOfNetworkError(several, CONNECT)).toMatchObject({reason: 'refused'})
  })

  it('says that there is a proxy in between, unless the proxy itself is told of', () => {
    const detail = (code: string): unknown => failureOfNetworkError(withCode(code), CONNECT, 'proxied')
    expect(detail('ECONNRESET')).toMatchObject({detail: expect.stringContaining('through the proxy')})
    expect(detail('ERR_PROXY_TUNNEL')).toMatchObject({detail: 'the proxy does not let it through (it hung up)'})
  })

  it.each([
    {statusCode: 407, says: '(status 407: it wants a user and a password)'},
    {statusCode: 502, says: '(status 502)'}
  ])('says what the proxy answered, and not where it is: $statusCode', ({statusCode, says}) => {
    const error = Object.assign(withCode('ERR_PROXY_TUNNEL', 'via http://proxy.test: HTTP/1.1 407'), {statusCode})
    expect(failureOfNetworkError(error, CONNECT)).toMatchObject({
      reason: 'proxy',
      detail: `the proxy does not let it through ${says}`
    })
  })

  it.each([{toString: false}, Object.create(null) as unknown, null, Symbol('x'), [{toString: 1}]])(
    'makes one of %o too',
    thrown => {
      expect(failureOfNetworkError(thrown, CONNECT)).toMatchObject({kind: 'unreachable', reason: 'network'})
    }
  )

  it('makes a failure that reaches the next registry of whatever is thrown', () => {
    fc.assert(
      fc.property(fc.anything(), fc.string(), fc.string(), (thrown, code, message) => {
        for (const error of [thrown, withCode(code, message)])
          expect(['unreachable', 'timed-out', 'protocol']).toContain(failureOfNetworkError(error, CONNECT).kind)
      })
    )
  })
})
