// Who we are to a registry: challenges of any kind are read totally, credentials go nowhere but where they belong, and tokens
// are shared, renewed and not asked for twice.

import {describe, expect, it} from '@jest/globals'
import fc from 'fast-check'
import {VerifiedImageError} from '../../src/acquire/failure.ts'
import type {Ask} from '../../src/acquire/ports.ts'
import {
  type Authorizer,
  createAuthorizer,
  type Credentials,
  parseChallenges,
  type TokenAnswer
} from '../../src/adapters/registry-auth.ts'
import '../support/matchers.ts'

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
})

type Sent = {readonly url: string; readonly headers: Record<string, string>; readonly form: string | undefined}

type Bench = {
  readonly authorizer: Authorizer
  readonly sent: Sent[]
  readonly concealed: string[]
  readonly later: (ms: number) => void
}

const tokenAnswer = (value: unknown, status = 200): TokenAnswer => ({
  status,
  body: Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)),
  detail: '',
  isHtml: false
})

const password = (isOptional: boolean): Credentials => ({kind: 'password', username: 'u', password: 'p', isOptional})

const bench = (answers: readonly TokenAnswer[], credentials?: Credentials): Bench => {
  const sent: Sent[] = []
  const concealed: string[] = []
  let nowMs = 0
  const authorizer = createAuthorizer({
    credentialsOf: () => Promise.resolve(credentials),
    askTokenServer: ({url, headers, form}) => {
      const answer = answers[sent.length]
      sent.push({url: url.href, headers, form})
      return answer === undefined ? Promise.reject(new Error('nobody expected that')) : Promise.resolve(answer)
    },
    conceal: secret => concealed.push(secret),
    nowMs: () => nowMs
  })
  return {authorizer, sent, concealed, later: ms => (nowMs += ms)}
}

const ask = (path = 'a/b', registry = 'registry.test', renew?: Ask['renew']): Ask => ({
  repository: {registry, path},
  object: 'manifest',
  renew,
  signal: new AbortController().signal,
  trace: () => undefined
})

const CHALLENGE = 'Bearer realm="https://auth.test/token",service="s",scope="repository:a/b:pull"'
const PASSWORD: Credentials = {kind: 'password', username: 'robot', password: 's3cret:', isOptional: false}

const answer = (
  {authorizer}: Bench,
  header = CHALLENGE,
  refused?: string,
  registry?: string
): ReturnType<Authorizer['answer']> =>
  authorizer.answer(registry ?? 'registry.test', header, refused, false, ask('a/b', registry))

describe('createAuthorizer', () => {
  it('asks for a token as the challenge says, and keeps it for the next request', async () => {
    const {authorizer, sent, concealed} = bench([tokenAnswer({token: 'T1', expires_in: 300})])
    expect(await authorizer.known('registry.test', ask())).toBeUndefined()
    const expected = {header: 'Bearer T1', isAnonymous: true}
    expect(await authorizer.answer('registry.test', CHALLENGE, undefined, false, ask())).toEqual(expected)
    expect(await authorizer.known('registry.test', ask())).toEqual(expected)
    expect(sent).toEqual([
      {url: 'https://auth.test/token?service=s&scope=repository%3Aa%2Fb%3Apull', headers: {}, form: undefined}
    ])
    expect(concealed).toEqual([])
  })

  it.each<{
    readonly name: string
    readonly credentials: Credentials
    readonly statuses: readonly number[]
    readonly hides: boolean
  }>([
    {name: 'for credentials', credentials: password(false), statuses: [200], hides: true},
    {name: 'for the token of the job', credentials: password(true), statuses: [200], hides: true},
    {name: 'for an identity token', credentials: {kind: 'identity-token', token: 'R'}, statuses: [200], hides: true},
    {
      name: 'without the token of the job, which was refused',
      credentials: password(true),
      statuses: [403, 200],
      hides: false
    }
  ])('conceals a token that came $name: $hides', async ({credentials, statuses, hides}) => {
    const {authorizer, concealed} = bench(
      statuses.map(status => tokenAnswer({token: 'T1'}, status)),
      credentials
    )
    await authorizer.answer('registry.test', CHALLENGE, undefined, false, ask())
    expect(concealed).toEqual(hides ? ['T1'] : [])
  })

  it('asks once for all that want it at the same time, and anew when it has expired', async () => {
    const {authorizer, sent, later} = bench([
      tokenAnswer({token: 'T1', expires_in: 60}),
      tokenAnswer({access_token: 'T2', token: 'ignored'})
    ])
    await authorizer.answer('registry.test', CHALLENGE, undefined, false, ask())
    const all = (): Promise<unknown[]> =>
      Promise.all(Array.from({length: 5}, async () => (await authorizer.known('registry.test', ask()))?.header))
    expect(new Set(await all())).toEqual(new Set(['Bearer T1']))
    later(56_000)
    expect(new Set(await all())).toEqual(new Set(['Bearer T2']))
    expect(sent).toHaveLength(2)
  })

  it('shares a token that lives no longer than a few seconds too', async () => {
    const {authorizer, sent, later} = bench([
      tokenAnswer({token: 'T1', expires_in: 2}),
      tokenAnswer({token: 'T2', expires_in: 2})
    ])
    await authorizer.answer('registry.test', CHALLENGE, undefined, false, ask())
    later(1500)
    await Promise.all([1, 2, 3].map(() => authorizer.known('registry.test', ask())))
    expect(sent).toHaveLength(2)
  })

  it('asks for a token of its own for another repository, whatever the challenge was about', async () => {
    const {authorizer, sent} = bench([tokenAnswer({token: 'T1'}), tokenAnswer({token: 'T2'})])
    await authorizer.answer('registry.test', CHALLENGE, undefined, false, ask())
    expect(await authorizer.known('registry.test', ask('c/d'))).toMatchObject({header: 'Bearer T2'})
    expect(sent[1]?.url).toContain('scope=repository%3Ac%2Fd%3Apull')
  })

  it('keeps a scope that is not about repositories', async () => {
    const run = bench([tokenAnswer({token: 'T1'})])
    await answer(run, 'Bearer realm="https://public.ecr.aws/token/",service="public.ecr.aws",scope="aws"')
    expect(run.sent[0]?.url).toBe('https://public.ecr.aws/token/?service=public.ecr.aws&scope=aws')
  })

  it('renews a token that was refused, and gives up when the new one is the same', async () => {
    const run = bench([tokenAnswer({token: 'T1'}), tokenAnswer({token: 'T2'}), tokenAnswer({token: 'T2'})])
    await answer(run)
    expect(await answer(run, CHALLENGE, 'Bearer T1')).toMatchObject({header: 'Bearer T2'})
    await expect(answer(run, CHALLENGE, 'Bearer T2')).toFailWith('unauthorized', {credentials: 'none'})
  })

  it('asks anew when a try wants a fresh token', async () => {
    const run = bench([tokenAnswer({token: 'T1'}), tokenAnswer({token: 'T2'})])
    await answer(run)
    expect(await run.authorizer.known('registry.test', ask('a/b', 'registry.test', 'token'))).toMatchObject({
      header: 'Bearer T2'
    })
  })

  it('takes the token challenge out of several, and Basic where there is no other', async () => {
    const both = bench([tokenAnswer({token: 'T1'})], PASSWORD)
    expect(await answer(both, `Negotiate, Basic realm="x", ${CHALLENGE}`)).toEqual({
      header: 'Bearer T1',
      isAnonymous: false
    })
    expect(both.sent[0]?.headers).toEqual({authorization: `Basic ${Buffer.from('robot:s3cret:').toString('base64')}`})
    const basic = bench([], PASSWORD)
    const header = `Basic ${Buffer.from('robot:s3cret:').toString('base64')}`
    expect(await answer(basic, 'Negotiate, Basic realm="x"')).toEqual({header, isAnonymous: false})
    await expect(answer(basic, 'Basic realm="x"', header)).toFailWith('unauthorized', {credentials: 'refused'})
    await expect(answer(bench([]), 'Basic realm="x"')).toFailWith('unauthorized', {credentials: 'none'})
  })

  it('posts an identity token, in a body and nowhere else', async () => {
    const run = bench([tokenAnswer({access_token: 'T1'})], {kind: 'identity-token', token: 'refresh'})
    await answer(run)
    expect(run.sent).toEqual([
      {
        url: 'https://auth.test/token',
        headers: {'content-type': 'application/x-www-form-urlencoded'},
        form: 'grant_type=refresh_token&service=s&client_id=verified-image&scope=repository%3Aa%2Fb%3Apull&refresh_token=refresh'
      }
    ])
  })

  it("asks as nobody when the job's own token is refused, which nobody asked for", async () => {
    const run = bench([tokenAnswer('', 403), tokenAnswer({token: 'T1'})], {...PASSWORD, isOptional: true})
    expect(await answer(run)).toEqual({header: 'Bearer T1', isAnonymous: true})
    expect(run.sent.map(({headers}) => Object.keys(headers))).toEqual([['authorization'], []])
  })

  it.each([
    {name: 'says 401', reply: tokenAnswer('', 401), kind: 'unauthorized'},
    {name: 'says 403', reply: tokenAnswer('', 403), kind: 'denied'},
    {name: 'says 429', reply: tokenAnswer('', 429), kind: 'throttled'},
    {name: 'says 503', reply: tokenAnswer('', 503), kind: 'server-error'},
    {name: 'says 404', reply: tokenAnswer('', 404), kind: 'protocol'},
    {name: 'sends a web page', reply: {...tokenAnswer('<html>'), isHtml: true}, kind: 'protocol'},
    {name: 'sends no token', reply: tokenAnswer({expires_in: 5}), kind: 'protocol'},
    {name: 'sends a token that is a number', reply: tokenAnswer({token: 5}), kind: 'protocol'},
    {name: 'sends an empty token', reply: tokenAnswer({token: ''}), kind: 'protocol'},
    {name: 'sends a token with a line break in it', reply: tokenAnswer({token: 'a\r\nX-Evil: 1'}), kind: 'protocol'},
    {name: 'sends a token twice', reply: tokenAnswer('{"token":"a","token":"b"}'), kind: 'protocol'}
  ] as const)('fails at the token when its server $name', async ({reply, kind}) => {
    await expect(answer(bench([reply]))).toFailWith(kind, {object: 'token'})
  })

  it.each([0, -1, 'soon', null, 1e300])('lives with a token that is said to live %s', async life => {
    const run = bench([tokenAnswer({token: 'T1', expires_in: life})])
    await answer(run)
    expect(await run.authorizer.known('registry.test', ask())).toMatchObject({header: 'Bearer T1'})
  })

  it.each([
    {name: 'no URL', realm: 'nowhere'},
    {name: 'plain HTTP', realm: 'http://auth.test/token'},
    {name: 'a file', realm: 'file:///etc/passwd'},
    {name: 'a URL with a user', realm: 'https://a:b@auth.test/token'},
    {name: 'the metadata of a cloud', realm: 'https://169.254.169.254/token'},
    {name: 'a private address', realm: 'https://10.0.0.1/token'},
    {name: 'a private address, written as a number', realm: 'https://0x0a000001/token'},
    {name: 'a carrier network', realm: 'https://100.64.0.1/token'},
    {name: 'this machine', realm: 'https://127.0.0.1/token'},
    {name: 'this machine by name', realm: 'https://localhost/token'},
    {name: 'this machine in IPv6', realm: 'https://[::1]/token'},
    {name: 'a private IPv6 address', realm: 'https://[fd00::1]/token'},
    {name: 'IPv4 in IPv6', realm: 'https://[::ffff:10.0.0.1]/token'}
  ])('sends no credentials to $name', async ({realm}) => {
    const run = bench([], PASSWORD)
    await expect(answer(run, `Bearer realm="${realm}"`)).toFailWith('protocol', {object: 'token'})
    expect(run.sent).toEqual([])
  })

  it.each(['10.0.0.5:5000', 'localhost:5000', '192.168.1.1'])(
    'trusts %s, which is inside the network, with a token server there',
    async registry => {
      const run = bench([tokenAnswer({token: 'T1'})], PASSWORD)
      expect(await answer(run, 'Bearer realm="https://10.0.0.5:5001/token"', undefined, registry)).toMatchObject({
        header: 'Bearer T1'
      })
    }
  )

  it.each([
    {header: '', says: 'it does not say how'},
    {header: 'Negotiate, Digest realm="a"', says: 'it wants negotiate, digest'},
    {header: 'Bearer service="s"', says: 'it wants bearer'}
  ])('says what a registry wants that is not spoken here: "$header"', async ({header, says}) => {
    await expect(answer(bench([]), header)).toFailWith('unauthorized', {detail: expect.stringContaining(says)})
  })

  it('throws nothing but a failure, and no secret in it, for any challenge and any answer', async () => {
    const header = fc.oneof(
      fc.string(),
      fc.webUrl().map(url => `Bearer realm="${url}"`),
      fc.constant(CHALLENGE)
    )
    const reply = fc.record({
      status: fc.oneof(fc.constant(200), fc.integer({min: 100, max: 999})),
      body: fc.oneof(
        fc.string().map(text => Buffer.from(text)),
        fc.json().map(text => Buffer.from(text)),
        fc.jsonValue().map(token => Buffer.from(JSON.stringify({token})))
      ),
      detail: fc.string(),
      isHtml: fc.boolean()
    })
    await fc.assert(
      fc.asyncProperty(header, reply, async (challenge, token) => {
        try {
          const {header: sent} = await answer(bench([token], PASSWORD), challenge)
          expect(sent).toMatch(/^(?:Bearer|Basic) [\x21-\x7e]+$/)
        } catch (error) {
          expect(error).toBeInstanceOf(VerifiedImageError)
          expect(String(error)).not.toContain('s3cret')
        }
      })
    )
  })
})
