// Who may be spoken to in plain HTTP, and how it is found out which of the two a host speaks.

import {describe, expect, it} from '@jest/globals'
import fc from 'fast-check'
import {type Failure} from '../../src/failure/failure.ts'
import {createSchemeProbe, isLoopback} from '../../src/registry/plain-http.ts'
import '../support/matchers.ts'
import {VerifiedImageError} from '../../src/failure/error.ts'

const RESET: Failure = {kind: 'unreachable', reason: 'reset', detail: ''}
const NOT_HTTP: Failure = {kind: 'unreachable', reason: 'not-http', detail: ''}
const BAD_REQUEST: Failure = {kind: 'protocol', detail: '', isHtml: false, status: 400}
const REFUSED: Failure = {kind: 'unreachable', reason: 'refused', detail: ''}
const IDENTITY: Failure = {kind: 'unreachable', reason: 'tls-identity', detail: ''}
const NOT_FOUND: Failure = {kind: 'not-found', status: 404, detail: ''}

describe('isLoopback', () => {
  it.each([
    {host: 'localhost', is: true},
    {host: 'localhost:5000', is: true},
    {host: '127.0.0.1', is: true},
    {host: '127.1.2.3:80', is: true},
    {host: '[::1]:5000', is: true},
    {host: '127.0.0.1.example.com', is: false},
    {host: 'localhost.example.com', is: false},
    {host: 'notlocalhost', is: false},
    {host: '127.0.0.1:5000.example.com', is: false},
    {host: '128.0.0.1', is: false},
    {host: '[::2]', is: false}
  ])('is $is for $host', ({host, is}) => {
    expect(isLoopback(host)).toBe(is)
  })

  it('is never true for a name in a domain', () => {
    fc.assert(
      fc.property(fc.domain(), domain => {
        expect(isLoopback(domain)).toBe(false)
      })
    )
  })
})

/** Answers with these in turn: a failure, or undefined for a success. */
function contactOf(answers: readonly (Failure | undefined)[], schemeProbe: string[], of: () => string) {
  const left = [...answers]
  return (): Promise<string> => {
    schemeProbe.push(of())
    const failure = left.shift()
    return failure === undefined ? Promise.resolve('answer') : Promise.reject(new VerifiedImageError(failure))
  }
}

describe('createSchemes', () => {
  it.each([
    {host: 'docker.io', scheme: 'https'},
    {host: '127.0.0.1:5000', scheme: 'http'},
    {host: 'registry.test:5000', scheme: 'http'},
    {host: 'registry.test', scheme: 'https'}
  ])('speaks $scheme to $host', ({host, scheme}) => {
    expect(createSchemeProbe(['registry.test:5000']).schemeOf(host)).toBe(scheme)
  })

  it.each([
    {name: 'hangs up', failure: RESET},
    {name: 'does not speak HTTP', failure: NOT_HTTP},
    {name: 'says status 400', failure: BAD_REQUEST}
  ])('tries TLS, and stays with it, when a host that may speak either $name', async ({failure}) => {
    const schemeProbe = createSchemeProbe([])
    const [host, seen]: [string, string[]] = ['127.0.0.1:5000', []]
    const contact = contactOf([failure], seen, () => schemeProbe.schemeOf(host))
    expect(await schemeProbe.withTlsFallback(host, contact)).toBe('answer')
    expect(await schemeProbe.withTlsFallback(host, contact)).toBe('answer')
    expect(seen).toEqual(['http', 'https', 'https'])
  })

  it('reports the first failure when TLS fails too, and the certificate when that is invalid', async () => {
    const schemeProbe = createSchemeProbe([])
    const [host, seen]: [string, string[]] = ['127.0.0.1:5000', []]
    await expect(
      schemeProbe.withTlsFallback(
        host,
        contactOf([RESET, REFUSED], seen, () => schemeProbe.schemeOf(host))
      )
    ).toFailWith('unreachable', {reason: 'reset'})
    await expect(
      schemeProbe.withTlsFallback(
        host,
        contactOf([RESET, IDENTITY], seen, () => schemeProbe.schemeOf(host))
      )
    ).toFailWith('unreachable', {reason: 'tls-identity'})
    expect(seen).toEqual(['http', 'https', 'http', 'https'])
  })

  it.each([
    {name: 'a registry that must speak TLS', host: 'docker.io', failure: RESET},
    {name: 'another failure', host: '127.0.0.1:5000', failure: NOT_FOUND}
  ])('does not fall back for $name', async ({host, failure}) => {
    const schemeProbe = createSchemeProbe([])
    const seen: string[] = []
    await expect(
      schemeProbe.withTlsFallback(
        host,
        contactOf([failure], seen, () => schemeProbe.schemeOf(host))
      )
    ).toFailWith(failure.kind)
    expect(seen).toHaveLength(1)
  })

  it('learns nothing of a registry from its token server', async () => {
    const schemeProbe = createSchemeProbe([])
    const contact = (): Promise<never> => Promise.reject(new VerifiedImageError(RESET, {object: 'token'}))
    await expect(schemeProbe.withTlsFallback('127.0.0.1:5000', contact)).toFailWith('unreachable', {object: 'token'})
    expect(schemeProbe.schemeOf('127.0.0.1:5000')).toBe('http')
  })
})

describe('createSchemes, for a host that has answered', () => {
  it('does not try TLS any more', async () => {
    const schemeProbe = createSchemeProbe([])
    const [host, seen]: [string, string[]] = ['127.0.0.1:5000', []]
    const contact = contactOf([undefined, RESET], seen, () => schemeProbe.schemeOf(host))
    await schemeProbe.withTlsFallback(host, contact)
    await expect(schemeProbe.withTlsFallback(host, contact)).toFailWith('unreachable', {reason: 'reset'})
    expect(seen).toEqual(['http', 'http'])
  })

  it('does not try TLS after a status that says nothing of it', async () => {
    const schemeProbe = createSchemeProbe([])
    const seen: string[] = []
    const teapot: Failure = {kind: 'protocol', status: 418, detail: '', isHtml: false}
    const contact = contactOf([teapot], seen, () => schemeProbe.schemeOf('127.0.0.1:5000'))
    await expect(schemeProbe.withTlsFallback('127.0.0.1:5000', contact)).toFailWith('protocol', {status: 418})
    expect(seen).toHaveLength(1)
  })

  it('lets through what is no failure of a registry', async () => {
    const bug = new RangeError('a bug')
    await expect(createSchemeProbe([]).withTlsFallback('127.0.0.1:5000', () => Promise.reject(bug))).rejects.toBe(bug)
  })

  it('takes no number of four digits for a part of an address', () => {
    expect(isLoopback('127.1000.0.1')).toBe(false)
  })
})
