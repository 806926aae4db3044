// Authorization of requests to a registry: credentials go only where they belong, and tokens are shared, renewed and not requested
// twice.

import {describe, expect, it} from '@jest/globals'
import fc from 'fast-check'
import type {FetchRequest} from '../../src/registry/registry.ts'
import {type Authorizer, createAuthorizer} from '../../src/registry/authorizer.ts'
import {type Credentials, loginCredentials} from '../../src/credentials/credentials.ts'
import {MAX_ERROR_BYTES, type ShortResponse} from '../../src/registry/response.ts'
import '../support/matchers.ts'
import {VerifiedImageError} from '../../src/failure/error.ts'
import type {Failure} from '../../src/failure/failure.ts'
import type {HttpTokenRequest} from '../../src/registry/token-request.ts'

type Sent = {readonly url: string; readonly headers: Record<string, string>; readonly form: string | undefined}

type Setup = {
  readonly authorizer: Authorizer
  readonly sent: Sent[]
  readonly concealed: string[]
  readonly later: (ms: number) => void
}

function tokenAnswer(value: unknown, status = 200): ShortResponse {
  return {
    status,
    headers: new Map(),
    body: Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)),
    author: 'token-server'
  }
}

/** A token in an answer of so many bytes. */
function longAnswer(bytes: number): string {
  return JSON.stringify({token: 'T1'}).padEnd(bytes)
}

function password(isJobToken: boolean): Credentials {
  return {...loginCredentials({username: 'u', password: 'p'}), isJobToken}
}

function identityToken(token: string): Credentials {
  return {login: undefined, identityToken: token, registryToken: undefined, isJobToken: false}
}

function setup(
  answers: readonly ShortResponse[],
  credentials?: Credentials,
  tokenHosts: readonly string[] = []
): Setup {
  const sent: Sent[] = []
  const concealed: string[] = []
  let nowMs = 0
  const authorizer = createAuthorizer({
    credentialsOf: () => Promise.resolve(credentials),
    sendTokenRequest: ({url, headers, form}) => {
      const answer = answers[sent.length]
      sent.push({url: url.href, headers, form})
      return answer === undefined ? Promise.reject(new Error('unexpected request')) : Promise.resolve(answer)
    },
    setSecret: secret => concealed.push(secret),
    nowMs: () => nowMs,
    wallClockMs: () => 0,
    tokenHosts
  })
  return {authorizer, sent, concealed, later: ms => (nowMs += ms)}
}

function ask(path = 'a/b', registry = 'registry.test', renew?: FetchRequest['refresh']): FetchRequest {
  return {
    repository: {registry, path},
    object: 'manifest',
    refresh: renew,
    signal: new AbortController().signal,
    onExchange: () => undefined
  }
}

const CHALLENGE = 'Bearer realm="https://auth.test/token",service="s",scope="repository:a/b:pull"'
const REJECTION = {challenge: CHALLENGE, rejected: undefined, isPlainHttp: false}
const PASSWORD = loginCredentials({username: 'robot', password: 's3cret:'})
const NOBODY = {grantedTo: 'anyone', tokenServer: 'auth.test'}
const USER = {grantedTo: 'user', tokenServer: 'auth.test'}

function answer(
  {authorizer}: Setup,
  header = CHALLENGE,
  refused?: string,
  registry?: string
): ReturnType<Authorizer['answerChallenge']> {
  return authorizer.answerChallenge({challenge: header, rejected: refused, isPlainHttp: false}, ask('a/b', registry))
}

describe('createAuthorizer', () => {
  it('requests a token as the challenge says, and reuses it for the next request', async () => {
    const {authorizer, sent, concealed} = setup([tokenAnswer({token: 'T1', expires_in: 300})])
    expect(await authorizer.cachedAuthorization(ask())).toBeUndefined()
    const expected = {header: 'Bearer T1', ...NOBODY}
    expect(await authorizer.answerChallenge(REJECTION, ask())).toEqual(expected)
    expect(await authorizer.cachedAuthorization(ask())).toEqual(expected)
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
    {name: 'for an identity token', credentials: identityToken('R'), statuses: [200], hides: true},
    {
      name: 'without the token of the job, which was refused',
      credentials: password(true),
      statuses: [403, 200],
      hides: false
    }
  ])('conceals a token that came $name: $hides', async ({credentials, statuses, hides}) => {
    const {authorizer, concealed} = setup(
      statuses.map(status => tokenAnswer({token: 'T1'}, status)),
      credentials
    )
    await authorizer.answerChallenge(REJECTION, ask())
    expect(concealed).toEqual(hides ? ['T1'] : [])
  })

  it('tells that it knows the challenge before it requests a token: another repository requests one of its own', async () => {
    const {authorizer, sent} = setup([tokenAnswer({token: 'T1'}), tokenAnswer({token: 'T2'})])
    const others: Promise<unknown>[] = []
    const onChallenge = (): void => {
      expect(sent).toEqual([])
      others.push(authorizer.cachedAuthorization(ask('a/c')))
    }
    await authorizer.answerChallenge(REJECTION, {...ask(), onChallenge})
    await expect(Promise.all(others)).resolves.toMatchObject([{header: 'Bearer T2'}])
    expect(sent.map(({url}) => url)).toEqual([
      expect.stringContaining('repository%3Aa%2Fb%3Apull'),
      expect.stringContaining('repository%3Aa%2Fc%3Apull')
    ])
  })

  it('requests a token once for simultaneous requests, and again when it has expired', async () => {
    const {authorizer, sent, later} = setup([
      tokenAnswer({token: 'T1', expires_in: 60}),
      tokenAnswer({access_token: 'T2', token: 'ignored'})
    ])
    await authorizer.answerChallenge(REJECTION, ask())
    const all = (): Promise<unknown[]> =>
      Promise.all(Array.from({length: 5}, async () => (await authorizer.cachedAuthorization(ask()))?.header))
    expect(new Set(await all())).toEqual(new Set(['Bearer T1']))
    later(56_000)
    expect(new Set(await all())).toEqual(new Set(['Bearer T2']))
    expect(sent).toHaveLength(2)
  })

  it('shares a token with a lifetime of a few seconds', async () => {
    const {authorizer, sent, later} = setup([
      tokenAnswer({token: 'T1', expires_in: 2}),
      tokenAnswer({token: 'T2', expires_in: 2})
    ])
    await authorizer.answerChallenge(REJECTION, ask())
    later(1500)
    await Promise.all([1, 2, 3].map(() => authorizer.cachedAuthorization(ask())))
    expect(sent).toHaveLength(2)
  })

  it('requests another token for another repository', async () => {
    const {authorizer, sent} = setup([tokenAnswer({token: 'T1'}), tokenAnswer({token: 'T2'})])
    await authorizer.answerChallenge(REJECTION, ask())
    expect(await authorizer.cachedAuthorization(ask('c/d'))).toMatchObject({header: 'Bearer T2'})
    expect(sent[1]?.url).toContain('scope=repository%3Ac%2Fd%3Apull')
  })

  it('keeps a scope without a repository', async () => {
    const run = setup([tokenAnswer({token: 'T1'})])
    await answer(run, 'Bearer realm="https://public.ecr.aws/token/",service="public.ecr.aws",scope=" aws "')
    expect(run.sent[0]?.url).toBe('https://public.ecr.aws/token/?service=public.ecr.aws&scope=aws')
  })

  it('replaces a rejected token, and fails when the new one is the same', async () => {
    const run = setup([tokenAnswer({token: 'T1'}), tokenAnswer({token: 'T2'}), tokenAnswer({token: 'T2'})])
    await answer(run)
    expect(await answer(run, CHALLENGE, 'Bearer T1')).toMatchObject({header: 'Bearer T2'})
    await expect(answer(run, CHALLENGE, 'Bearer T2')).toFailWith('unauthorized', {credentials: 'none'})
  })

  it('does not keep a token that was rejected twice', async () => {
    const run = setup(['T1', 'T1', 'T2'].map(token => tokenAnswer({token})))
    await answer(run)
    await expect(answer(run, CHALLENGE, 'Bearer T1')).toFailWith('unauthorized')
    expect(await run.authorizer.cachedAuthorization(ask())).toMatchObject({header: 'Bearer T2'})
  })

  it('has an anonymous token once a challenge asks for one, and none for Basic', async () => {
    const run = setup([tokenAnswer({token: 'T1'}), tokenAnswer({token: 'T2'})], {...PASSWORD, isJobToken: true})
    expect(await run.authorizer.anonymousAuthorization(ask())).toBeUndefined()
    expect(await answer(run)).toMatchObject({header: 'Bearer T1', grantedTo: 'job'})
    expect(await run.authorizer.anonymousAuthorization(ask())).toEqual({header: 'Bearer T2', ...NOBODY})
    expect(await answer(run, 'Basic realm="x"')).toMatchObject({grantedTo: 'job', tokenServer: undefined})
    expect(await run.authorizer.anonymousAuthorization(ask())).toBeUndefined()
  })

  it('requests a new token for an attempt with refresh: token', async () => {
    const run = setup([tokenAnswer({token: 'T1'}), tokenAnswer({token: 'T2'})])
    await answer(run)
    expect(await run.authorizer.cachedAuthorization(ask('a/b', 'registry.test', 'token'))).toMatchObject({
      header: 'Bearer T2'
    })
  })

  it('answers the Bearer challenge of several, and Basic if it is the only one', async () => {
    const both = setup([tokenAnswer({token: 'T1'})], PASSWORD)
    expect(await answer(both, `Negotiate, Basic realm="x", ${CHALLENGE}`)).toEqual({
      header: 'Bearer T1',
      ...USER
    })
    expect(both.sent[0]?.headers).toEqual({authorization: `Basic ${Buffer.from('robot:s3cret:').toString('base64')}`})
    const basic = setup([], PASSWORD)
    const header = `Basic ${Buffer.from('robot:s3cret:').toString('base64')}`
    expect(await answer(basic, 'Negotiate, Basic realm="x"')).toEqual({header, ...USER, tokenServer: undefined})
    await expect(answer(basic, 'Basic realm="x"', header)).toFailWith('unauthorized', {credentials: 'refused'})
    await expect(answer(setup([]), 'Basic realm="x"')).toFailWith('unauthorized', {credentials: 'none'})
  })

  it('sends an identity token in the body of a POST only', async () => {
    const run = setup([tokenAnswer({access_token: 'T1'})], identityToken('refresh'))
    await answer(run)
    expect(run.sent).toEqual([
      {
        url: 'https://auth.test/token',
        headers: {'content-type': 'application/x-www-form-urlencoded'},
        form: 'grant_type=refresh_token&refresh_token=refresh&service=s&client_id=verified-image&scope=repository%3Aa%2Fb%3Apull'
      }
    ])
  })

  it("requests an anonymous token when the job's token is rejected", async () => {
    const run = setup([tokenAnswer('', 403), tokenAnswer({token: 'T1'})], {...PASSWORD, isJobToken: true})
    expect(await answer(run)).toEqual({header: 'Bearer T1', ...NOBODY})
    expect(run.sent.map(({headers}) => Object.keys(headers))).toEqual([['authorization'], []])
  })

  it.each([
    {name: 'says 401', reply: tokenAnswer('', 401), kind: 'unauthorized'},
    {name: 'says 403', reply: tokenAnswer('', 403), kind: 'denied'},
    {name: 'says 429', reply: tokenAnswer('', 429), kind: 'throttled'},
    {name: 'says 503', reply: tokenAnswer('', 503), kind: 'server-error'},
    {name: 'says 404', reply: tokenAnswer('', 404), kind: 'protocol'},
    {name: 'says 300', reply: tokenAnswer({token: 'T1'}, 300), kind: 'protocol'},
    {name: 'says 199', reply: tokenAnswer({token: 'T1'}, 199), kind: 'protocol'},
    {name: 'sends more than a token', reply: tokenAnswer(longAnswer(MAX_ERROR_BYTES)), kind: 'protocol'},
    {name: 'sends a web page', reply: tokenAnswer('<html>'), kind: 'protocol'},
    {name: 'sends no token', reply: tokenAnswer({expires_in: 5}), kind: 'protocol'},
    {name: 'sends a token that is a number', reply: tokenAnswer({token: 5}), kind: 'protocol'},
    {name: 'sends an empty token', reply: tokenAnswer({token: ''}), kind: 'protocol'},
    {name: 'sends a token with a line break in it', reply: tokenAnswer({token: 'a\r\nX-Evil: 1'}), kind: 'protocol'},
    {name: 'sends a token in a list', reply: tokenAnswer('[{"token":"a"}]'), kind: 'protocol'}
  ] as const)('fails at the token when its server $name', async ({reply, kind}) => {
    await expect(answer(setup([reply]))).toFailWith(kind, {object: 'token'})
  })

  it.each([
    {name: 'in any case', text: '{"Token":"x"}', token: 'x'},
    {name: 'the last of two', text: '{"token":"w","Token":"x"}', token: 'x'},
    {name: 'access_token before token', text: '{"access_token":"x","token":"w"}', token: 'x'},
    {name: 'token where access_token is empty', text: '{"access_token":"","token":"x"}', token: 'x'},
    {name: 'a token before trailing bytes', text: '{"token":"x"}\n{"token":"w"}', token: 'x'}
  ])('reads an answer as Go does: $name', async ({text, token}) => {
    expect(await answer(setup([tokenAnswer(text)]))).toMatchObject({header: `Bearer ${token}`})
  })

  it.each([0, -1, 'soon', null, 1e300])('lives with a token that is said to live %s', async life => {
    const run = setup([tokenAnswer({token: 'T1', expires_in: life})])
    await answer(run)
    expect(await run.authorizer.cachedAuthorization(ask())).toMatchObject({header: 'Bearer T1'})
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
    const run = setup([], PASSWORD)
    await expect(answer(run, `Bearer realm="${realm}"`)).toFailWith('protocol', {object: 'token'})
    expect(run.sent).toEqual([])
  })

  it('names the input that allows a private address, and accepts the hosts in it', async () => {
    const header = 'Bearer realm="https://10.0.0.1:5001/token"'
    await expect(answer(setup([], PASSWORD), header)).toFailWith('protocol', {
      detail: expect.stringContaining('Add 10.0.0.1:5001 to the input token-hosts')
    })
    const listed = setup([tokenAnswer({token: 'T1'})], PASSWORD, ['10.0.0.1:5001'])
    expect(await answer(listed, header)).toMatchObject({header: 'Bearer T1'})
    await expect(answer(setup([], PASSWORD, ['10.0.0.1']), header)).toFailWith('protocol')
  })

  it.each(['169.254.169.254', '[fe80::1]', '[fd00:ec2::254]', '[::ffff:169.254.169.254]', '2852039166'])(
    'never requests a token from %s',
    async host => {
      const realm = `Bearer realm="https://${host}/token"`
      const url = new URL(`https://${host}`)
      await expect(answer(setup([], PASSWORD, [url.host]), realm)).toFailWith('protocol')
      await expect(answer(setup([], PASSWORD), realm, undefined, '10.0.0.5:5000')).toFailWith('protocol')
    }
  )

  it('rejects a private address for a public registry over plain HTTP too', async () => {
    const run = setup([], PASSWORD)
    const asked = run.authorizer.answerChallenge(
      {challenge: 'Bearer realm="http://10.0.0.1/t"', rejected: undefined, isPlainHttp: true},
      ask()
    )
    await expect(asked).toFailWith('protocol', {detail: expect.stringContaining('token-hosts')})
  })

  it.each([
    {scope: 'repository:a/b:pull,push,delete repository:other/private:pull,push registry:catalog:*'},
    {scope: 'repository:a/b:*'},
    {scope: 'registry:catalog:*'},
    {scope: 'repository:a/b:pull aws'},
    {scope: ''}
  ])('requests the pull scope of the repository only: $scope', async ({scope}) => {
    const run = setup([tokenAnswer({token: 'T1'})], PASSWORD)
    await answer(run, `Bearer realm="https://auth.test/token",scope="${scope}"`)
    expect(new URL(run.sent[0]?.url ?? '').searchParams.getAll('scope')).toEqual(['repository:a/b:pull'])
  })

  it.each([
    {body: {token: 'T1', access_token: ''}, status: 200},
    {body: {token: '', access_token: 'T1'}, status: 200},
    {body: {token: 'T0', access_token: 'T1'}, status: 200},
    {body: {token: 'T1'}, status: 201},
    {body: {token: 'T1'}, status: 203},
    {body: {token: 'T1'}, status: 299},
    {body: longAnswer(MAX_ERROR_BYTES - 1), status: 200}
  ])('takes a token as Go reads it: $body with status $status', async ({body, status}) => {
    expect(await answer(setup([tokenAnswer(body, status)]))).toMatchObject({header: 'Bearer T1'})
  })

  it.each(['10.0.0.5:5000', 'localhost:5000', '192.168.1.1'])(
    'accepts a token server at a private address for %s',
    async registry => {
      const run = setup([tokenAnswer({token: 'T1'})], PASSWORD)
      expect(await answer(run, 'Bearer realm="https://10.0.0.5:5001/token"', undefined, registry)).toMatchObject({
        header: 'Bearer T1'
      })
    }
  )

  it.each([
    {header: '', says: 'names no authentication scheme'},
    {header: 'Negotiate, Digest realm="a"', says: 'not supported: negotiate, digest'},
    {header: 'Bearer service="s"', says: 'not supported: bearer'}
  ])('names an unsupported scheme: "$header"', async ({header, says}) => {
    await expect(answer(setup([]), header)).toFailWith('unauthorized', {detail: expect.stringContaining(says)})
  })

  it('throws only failures without secrets, for any challenge and response', async () => {
    const header = fc.oneof(
      fc.string(),
      fc.webUrl().map(url => `Bearer realm="${url}"`),
      fc.constant(CHALLENGE)
    )
    const reply = fc.record({
      status: fc.oneof(fc.constant(200), fc.integer({min: 100, max: 999})),
      headers: fc
        .dictionary(fc.constantFrom('content-type', 'retry-after'), fc.string())
        .map(all => new Map(Object.entries(all))),
      body: fc.oneof(
        fc.string().map(text => Buffer.from(text)),
        fc.json().map(text => Buffer.from(text)),
        fc.jsonValue().map(token => Buffer.from(JSON.stringify({token})))
      ),
      author: fc.constantFrom('token-server' as const, 'elsewhere' as const)
    })
    await fc.assert(
      fc.asyncProperty(header, reply, async (challenge, token) => {
        try {
          const {header: sent} = await answer(setup([token, token], PASSWORD), challenge)
          expect(sent).toMatch(/^(?:Bearer|Basic) [\x21-\x7e]+$/)
        } catch (error) {
          expect(error).toBeInstanceOf(VerifiedImageError)
          expect(String(error)).not.toContain('s3cret')
        }
      })
    )
  })
})

describe('createAuthorizer, over time', () => {
  it.each([
    {name: 'as long as the specification says when nothing is said', life: {}, untilMs: 55_000},
    {name: 'as long as it is said, but for five seconds', life: {expires_in: 1000}, untilMs: 995_000},
    {name: 'half of a short life', life: {expires_in: 4}, untilMs: 2000},
    {name: 'half of a second', life: {expires_in: 1}, untilMs: 500},
    {name: 'the usual time when what is said is no time', life: {expires_in: 0}, untilMs: 55_000}
  ])('keeps a token $name', async ({life, untilMs}) => {
    const made = setup([tokenAnswer({token: 'T1', ...life}), tokenAnswer({token: 'T2'})])
    await answer(made)
    made.later(untilMs - 1)
    expect(await made.authorizer.cachedAuthorization(ask())).toMatchObject({header: 'Bearer T1'})
    made.later(1)
    expect(await made.authorizer.cachedAuthorization(ask())).toMatchObject({header: 'Bearer T2'})
  })

  it('requests a token again after the token server failed', async () => {
    const made = setup([tokenAnswer({}, 500), tokenAnswer({token: 'T1'})])
    await expect(answer(made)).toFailWith('server-error', {object: 'token'})
    expect(await answer(made)).toMatchObject({header: 'Bearer T1'})
  })

  it('fails all requests that wait for the same token, and requests it once', async () => {
    const made = setup([tokenAnswer({}, 500)])
    const both = [answer(made), answer(made)]
    for (const one of both) await expect(one).toFailWith('server-error')
    expect(made.sent).toHaveLength(1)
  })

  it('keeps requesting a shared token while one caller waits for it', async () => {
    const signals: AbortSignal[] = []
    const {promise: response, resolve} = Promise.withResolvers<ShortResponse>()
    const authorizer = createAuthorizer({
      credentialsOf: () => Promise.resolve(undefined),
      sendTokenRequest: (_, {signal}) => {
        signals.push(signal)
        return response
      },
      setSecret: () => undefined,
      tokenHosts: [],
      nowMs: () => 0,
      wallClockMs: () => 0
    })
    const [first, second] = [new AbortController(), new AbortController()]
    const results = [first, second].map(({signal}) =>
      authorizer.answerChallenge(REJECTION, {...ask(), signal}).catch((error: unknown) => error)
    )
    await new Promise(resolveLater => setImmediate(resolveLater))
    first.abort(new Error('aborted'))
    expect(signals.map(({aborted}) => aborted)).toEqual([false])
    resolve(tokenAnswer({token: 'T1'}))
    expect(await Promise.all(results)).toEqual([new Error('aborted'), {header: 'Bearer T1', ...NOBODY}])
  })
})

describe('createAuthorizer, without valid credentials', () => {
  const refusedToken = async (credentials?: Credentials): Promise<unknown> => {
    const made = setup([tokenAnswer({token: 'T1'})], credentials)
    return answer(made, CHALLENGE, 'Bearer T1')
  }

  it.each([
    {name: 'a token that was rejected before', run: () => refusedToken(), credentials: 'none'},
    {name: 'a rejected token of user credentials', run: () => refusedToken(PASSWORD), credentials: 'refused'},
    {name: 'an unsupported scheme', run: () => answer(setup([]), 'Negotiate'), credentials: 'none'},
    {
      name: 'credentials of the user that no supported scheme asks for',
      run: () => answer(setup([], PASSWORD), 'Negotiate'),
      credentials: 'not-requested'
    },
    {name: 'a password that is not configured', run: () => answer(setup([]), 'Basic realm="a"'), credentials: 'none'},
    {
      name: 'a rejected password',
      run: () =>
        answer(setup([], PASSWORD), 'Basic realm="a"', `Basic ${Buffer.from('robot:s3cret:').toString('base64')}`),
      credentials: 'refused'
    }
  ])('fails as unauthorized for $name', async ({run, credentials}) => {
    await expect(run()).toFailWith('unauthorized', {status: 401, credentials})
  })

  it.each([
    {status: 401, kind: 'unauthorized', fields: {credentials: 'none'}},
    {status: 403, kind: 'denied', fields: {credentials: 'none'}},
    {status: 429, kind: 'throttled', fields: {retryAfterMs: undefined}},
    {status: 500, kind: 'server-error', fields: {}},
    {status: 408, kind: 'server-error', fields: {}},
    {status: 499, kind: 'protocol', fields: {detail: 'the token server answered HTTP 499', isHtml: false}},
    {status: 409, kind: 'protocol', fields: {}},
    {status: 407, kind: 'protocol', fields: {}}
  ] as const)('reads HTTP $status of a token server as $kind', async ({status, kind, fields}) => {
    await expect(answer(setup([tokenAnswer({}, status)]))).toFailWith(kind, {...fields, object: 'token'})
  })

  it('quotes the token server, and reads Retry-After', async () => {
    const said = tokenAnswer({message: 'a teapot'}, 418)
    await expect(answer(setup([said]))).toFailWith('protocol', {
      detail: 'the token server answered HTTP 418: a teapot'
    })
    const busy = {...tokenAnswer({}, 429), headers: new Map([['retry-after', '1']])}
    await expect(answer(setup([busy]))).toFailWith('throttled', {retryAfterMs: 1000})
  })

  it('reports rejected credentials', async () => {
    await expect(answer(setup([tokenAnswer({}, 403)], PASSWORD))).toFailWith('denied', {credentials: 'refused'})
  })

  it.each([
    {isHtml: true, detail: "the token server's answer is an HTML page"},
    {isHtml: false, detail: "the token server's answer has no token"}
  ])('describes a response without a token: HTML $isHtml', async ({isHtml, detail}) => {
    await expect(answer(setup([tokenAnswer(isHtml ? '<html>' : 'x')]))).toFailWith('protocol', {detail, isHtml})
  })

  it.each([400, 401, 403, 404, 429, 500])(
    'requests an anonymous token when the job token is rejected with HTTP %i',
    async status => {
      const made = setup([tokenAnswer({}, status), tokenAnswer({token: 'T1'})], {...PASSWORD, isJobToken: true})
      expect(await answer(made)).toEqual({header: 'Bearer T1', ...NOBODY})
      expect(made.sent.map(({headers}) => 'authorization' in headers)).toEqual([true, false])
    }
  )

  it('requests an anonymous token when the response for the job token has no token', async () => {
    const made = setup([tokenAnswer({}), tokenAnswer({token: 'T1'})], {...PASSWORD, isJobToken: true})
    expect(await answer(made)).toEqual({header: 'Bearer T1', ...NOBODY})
  })

  it.each<Failure>([
    {kind: 'unreachable', reason: 'refused', detail: 'no answer'},
    {kind: 'timed-out', phase: 'connect', limit: {input: 'connect-timeout', afterMs: 10}}
  ])('does not ask a token server again that is $kind', async failure => {
    const sent: HttpTokenRequest[] = []
    const authorizer = createAuthorizer({
      credentialsOf: () => Promise.resolve({...PASSWORD, isJobToken: true}),
      sendTokenRequest: request => {
        sent.push(request)
        return Promise.reject(new VerifiedImageError(failure))
      },
      setSecret: () => undefined,
      tokenHosts: [],
      nowMs: () => 0,
      wallClockMs: () => 0
    })
    await expect(authorizer.answerChallenge(REJECTION, ask())).toFailWith(failure.kind)
    expect(sent).toHaveLength(1)
  })

  it('reports the first failure when the anonymous request fails too', async () => {
    const made = setup([tokenAnswer({}, 500), tokenAnswer({}, 401)], {...PASSWORD, isJobToken: true})
    await expect(answer(made)).toFailWith('server-error')
  })

  it.each([400, 402, 500])("does not retry without the user's credentials after HTTP %i", async status => {
    const made = setup([tokenAnswer({}, status)], PASSWORD)
    await expect(answer(made)).rejects.toBeInstanceOf(VerifiedImageError)
    expect(made.sent).toHaveLength(1)
  })

  it.each([404, 405])('posts the login in a form after HTTP %i', async status => {
    const made = setup([tokenAnswer({}, status), tokenAnswer({access_token: 'T1'})], PASSWORD)
    expect(await answer(made)).toEqual({header: 'Bearer T1', ...USER})
    expect(Object.fromEntries(new URLSearchParams(made.sent[1]?.form))).toEqual({
      grant_type: 'password',
      username: 'robot',
      password: 's3cret:',
      service: 's',
      client_id: 'verified-image',
      scope: 'repository:a/b:pull'
    })
  })
})

describe('createAuthorizer, with a bearer token of the registry', () => {
  const REGISTRY_TOKEN = {login: undefined, identityToken: undefined, registryToken: 'RT', isJobToken: false}

  it('sends it without a token server', async () => {
    const made = setup([], REGISTRY_TOKEN)
    expect(await answer(made)).toEqual({header: 'Bearer RT', grantedTo: 'user', tokenServer: undefined})
    await expect(answer(made, CHALLENGE, 'Bearer RT')).toFailWith('unauthorized', {credentials: 'refused'})
  })

  it('sends the login to a registry that requires Basic', async () => {
    const made = setup([], {...PASSWORD, identityToken: 'ID', registryToken: 'RT'})
    expect((await answer(made, 'Basic realm="x"')).header).toMatch(/^Basic /)
  })
})

describe('createAuthorizer, by what the challenge says', () => {
  const urlFor = async (header: string): Promise<URL> => {
    const made = setup([tokenAnswer({token: 'T1'})])
    await answer(made, header)
    return new URL(made.sent[0]?.url ?? '')
  }

  it('uses the first of two challenges', async () => {
    const {host} = await urlFor('Bearer realm="https://one.test/t", Bearer realm="https://two.test/t"')
    expect(host).toBe('one.test')
  })

  it('sends no service when the challenge has none', async () => {
    expect((await urlFor('Bearer realm="https://auth.test/t"')).searchParams.has('service')).toBe(false)
  })

  it.each([
    {name: 'more than a pull', scope: 'repository:a/b:pull,push', asked: ['repository:a/b:pull']},
    {
      name: 'this repository and another',
      scope: 'repository:c/d:pull repository:a/b:pull',
      asked: ['repository:a/b:pull']
    },
    {name: 'another repository, and more', scope: 'repository:c/d:pull aws', asked: ['repository:a/b:pull']},
    {name: 'no repository', scope: 'aws', asked: ['aws']}
  ])('requests the pull scope only, whatever the challenge names: $name', async ({scope, asked}) => {
    const url = await urlFor(`Bearer realm="https://auth.test/t",scope="${scope}"`)
    expect(url.searchParams.getAll('scope')).toEqual(asked)
  })

  it.each(['https://user@auth.test/t', 'https://:secret@auth.test/t'])('does not send a request to %s', async realm => {
    await expect(answer(setup([]), `Bearer realm="${realm}"`)).toFailWith('protocol', {
      detail: 'the registry sends token requests to https://auth.test: the URL contains a user',
      isHtml: false
    })
  })

  it('quotes the start of a realm that is not a URL', async () => {
    await expect(answer(setup([]), `Bearer realm="y${'x'.repeat(200)}"`)).toFailWith('protocol', {
      detail: expect.stringMatching(/^the registry sends token requests to "yx{90,99}…": it is not a URL$/)
    })
  })
})
