// WWW-Authenticate headers: every text is parsed in bounded time, and the challenge that can be answered is chosen.

import {describe, expect, it} from '@jest/globals'
import fc from 'fast-check'
import {chooseChallenge, parseChallenges} from '../../src/registry/challenge.ts'

describe('parseChallenges', () => {
  it.each([
    {name: 'nothing', header: '', challenges: []},
    {name: 'a scheme alone', header: 'Negotiate', challenges: [{scheme: 'negotiate', params: {}}]},
    {
      name: "Docker Hub's",
      header: 'Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:a/b:pull"',
      challenges: [
        {
          scheme: 'bearer',
          params: {realm: 'https://auth.docker.io/token', service: 'registry.docker.io', scope: 'repository:a/b:pull'}
        }
      ]
    },
    {
      name: 'a comma in quotes',
      header: 'Bearer realm="https://a/t", scope="repository:a/b:pull,push"',
      challenges: [{scheme: 'bearer', params: {realm: 'https://a/t', scope: 'repository:a/b:pull,push'}}]
    },
    {
      name: 'several in one header',
      header: 'Negotiate, Basic realm="a", Bearer realm="https://b/t",service=s',
      challenges: [
        {scheme: 'negotiate', params: {}},
        {scheme: 'basic', params: {realm: 'a'}},
        {scheme: 'bearer', params: {realm: 'https://b/t', service: 's'}}
      ]
    },
    {
      name: 'a token68 before another',
      header: 'NTLM TlRMTVNTUAAC==, Basic realm="a"',
      challenges: [
        {scheme: 'ntlm', params: {}},
        {scheme: 'basic', params: {realm: 'a'}}
      ]
    },
    {
      name: 'backslashes, spaces around =, no quotes, capitals',
      header: 'BEARER Realm = "a\\"b\\\\c" ,  Service=plain',
      challenges: [{scheme: 'bearer', params: {realm: 'a"b\\c', service: 'plain'}}]
    },
    {
      name: 'a name twice, of which the first counts',
      header: 'Bearer realm="a",realm="b"',
      challenges: [{scheme: 'bearer', params: {realm: 'a'}}]
    },
    {
      name: 'an open quote',
      header: 'Bearer service=s, realm="a',
      challenges: [{scheme: 'bearer', params: {service: 's'}}]
    },
    {name: 'a parameter before any scheme', header: 'realm="a"', challenges: []},
    {
      name: 'a name that is special',
      header: 'Bearer __proto__="a"',
      challenges: [{scheme: 'bearer', params: {['__proto__']: 'a'}}]
    }
  ])('reads $name', ({header, challenges}) => {
    expect(JSON.parse(JSON.stringify(parseChallenges(header)))).toEqual(JSON.parse(JSON.stringify(challenges)))
  })

  const token = fc.stringMatching(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,12}$/)
  const quoted = (text: string): string => `"${text.replace(/["\\]/g, '\\$&')}"`

  it('reads back whatever is written as it should be', () => {
    const value = fc.string({unit: 'grapheme-ascii'}).filter(text => !/[\n\r]/.test(text))
    const challenge = fc.record({
      scheme: token,
      params: fc.uniqueArray(fc.tuple(token, value), {
        selector: ([name]) => name.toLowerCase(),
        minLength: 1,
        maxLength: 4
      })
    })
    fc.assert(
      fc.property(fc.array(challenge, {maxLength: 4}), challenges => {
        const header = challenges
          .map(({scheme, params}) => `${scheme} ${params.map(([name, text]) => `${name}=${quoted(text)}`).join(', ')}`)
          .join(', ')
        const read = parseChallenges(header).map(({scheme, params}) => [scheme, Object.entries(params).toSorted()])
        expect(read).toEqual(
          challenges.map(({scheme, params}) => [
            scheme.toLowerCase(),
            params.map(([name, text]) => [name.toLowerCase(), text]).toSorted()
          ])
        )
      })
    )
  })

  it('ends, and soon, for any text', () => {
    const piece = fc.oneof(fc.constantFrom('Bearer', ' ', ',', '=', '"', '\\', 'realm', '\t', 'a=b', '=='), fc.string())
    fc.assert(
      fc.property(fc.array(piece, {maxLength: 200}), pieces => {
        for (const {scheme, params} of parseChallenges(pieces.join('')))
          expect([typeof scheme, ...Object.values(params).map(value => typeof value)]).not.toContain('undefined')
      })
    )
  })

  it.each(['a ', 'a,', 'a=b ', '"', '\\"', 'a a,', ' \t', 'a="', 'A=1,', '==='])(
    'takes no time over as much of "%s" as fits into headers',
    piece => {
      const header = `Bearer realm="x", ${piece.repeat(64 * 1024)}`.slice(0, 64 * 1024)
      const startedMs = performance.now()
      parseChallenges(header)
      // Milliseconds; what grows with the square of the length would take minutes.
      expect(performance.now() - startedMs).toBeLessThan(2000)
    }
  )

  it('takes a backslash outside of quotes as it is', () => {
    expect(parseChallenges('Bearer realm=a\\b')[0]?.params['realm']).toBe('a\\b')
  })
})

describe('chooseChallenge', () => {
  it.each([
    {header: 'Basic realm="a", Bearer realm="https://b/t"', scheme: 'bearer'},
    {header: 'Negotiate, Basic realm="a"', scheme: 'basic'},
    {header: 'Bearer service="s", Basic realm="a"', scheme: 'basic'},
    {header: 'Bearer service="s"', scheme: undefined},
    {header: 'Negotiate', scheme: undefined}
  ])('chooses $scheme of: $header', ({header, scheme}) => {
    expect(chooseChallenge(parseChallenges(header))?.scheme).toBe(scheme)
  })
})
