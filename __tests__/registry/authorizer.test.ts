// Who we are to a registry: challenges of any kind are read totally, credentials go nowhere but where they belong, and tokens
// are shared, renewed and not asked for twice.

import {describe, expect, it} from '@jest/globals'
import fc from 'fast-check'
import type {FetchRequest} from '../../src/registry/registry.ts'
import {type Authorizer, createAuthorizer} from '../../src/registry/authorizer.ts'
import type {Credentials} from '../../src/credentials/credentials.ts'
import type {ShortResponse} from '../../src/registry/response.ts'
import '../support/matchers.ts'
import {VerifiedImageError} from '../../src/failure/error.ts'

type Sent = {readonly url: string; readonly headers: Record<string, string>; readonly form: string | undefined}

type Bench = {
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

function password(isJobToken: boolean): Credentials {
  return {kind: 'password', username: 'u', password: 'p', isJobToken}
}

function bench(
  answers: readonly ShortResponse[],
  credentials?: Credentials,
  tokenHosts: readonly string[] = []
): Bench {
  const sent: Sent[] = []
  const concealed: string[] = []
  let nowMs = 0
  const authorizer = createAuthorizer({
    credentialsOf: () => Promise.resolve(credentials),
    sendTokenRequest: ({url, headers, form}) => {
      const answer = answers[sent.length]
      sent.push({url: url.href, headers, form})
      return answer === undefined ? Promise.reject(new Error('nobody expected that')) : Promise.resolve(answer)
    },
    conceal: secret => concealed.push(secret),
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
const PASSWORD: Credentials = {kind: 'password', username: 'robot', password: 's3cret:', isJobToken: false}

function answer(
  {authorizer}: Bench,
  header = CHALLENGE,
  refused?: string,
  registry?: string
): ReturnType<Authorizer['answerChallenge']> {
  return authorizer.answerChallenge({challenge: header, rejected: refused, isPlainHttp: false}, ask('a/b', registry))
}

describe('createAuthorizer', () => {
  it('asks for a token as the challenge says, and keeps it for the next request', async () => {
    const {authorizer, sent, concealed} = bench([tokenAnswer({token: 'T1', expires_in: 300})])
    expect(await authorizer.cachedAuthorization(ask())).toBeUndefined()
    const expected = {header: 'Bearer T1', isAnonymous: true}
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
    await authorizer.answerChallenge(REJECTION, ask())
    expect(concealed).toEqual(hides ? ['T1'] : [])
  })

  it('asks once for all that want it at the same time, and anew when it has expired', async () => {
    const {authorizer, sent, later} = bench([
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

  it('shares a token that lives no longer than a few seconds too', async () => {
    const {authorizer, sent, later} = bench([
      tokenAnswer({token: 'T1', expires_in: 2}),
      tokenAnswer({token: 'T2', expires_in: 2})
    ])
    await authorizer.answerChallenge(REJECTION, ask())
    later(1500)
    await Promise.all([1, 2, 3].map(() => authorizer.cachedAuthorization(ask())))
    expect(sent).toHaveLength(2)
  })

  it('asks for a token of its own for another repository, whatever the challenge was about', async () => {
    const {authorizer, sent} = bench([tokenAnswer({token: 'T1'}), tokenAnswer({token: 'T2'})])
    await authorizer.answerChallenge(REJECTION, ask())
    expect(await authorizer.cachedAuthorization(ask('c/d'))).toMatchObject({header: 'Bearer T2'})
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
    expect(await run.authorizer.cachedAuthorization(ask('a/b', 'registry.test', 'token'))).toMatchObject({
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
    const run = bench([tokenAnswer('', 403), tokenAnswer({token: 'T1'})], {...PASSWORD, isJobToken: true})
    expect(await answer(run)).toEqual({header: 'Bearer T1', isAnonymous: true})
    expect(run.sent.map(({headers}) => Object.keys(headers))).toEqual([['authorization'], []])
  })

  it.each([
    {name: 'says 401', reply: tokenAnswer('', 401), kind: 'unauthorized'},
    {name: 'says 403', reply: tokenAnswer('', 403), kind: 'denied'},
    {name: 'says 429', reply: tokenAnswer('', 429), kind: 'throttled'},
    {name: 'says 503', reply: tokenAnswer('', 503), kind: 'server-error'},
    {name: 'says 404', reply: tokenAnswer('', 404), kind: 'protocol'},
    {name: 'sends a web page', reply: tokenAnswer('<html>'), kind: 'protocol'},
    {name: 'sends no token', reply: tokenAnswer({expires_in: 5}), kind: 'protocol'},
    {name: 'sends a token that is a number', reply: tokenAnswer({token: 5}), kind: 'protocol'},
    {name: 'sends an empty token', reply: tokenAnswer({token: ''}), kind: 'protocol'},
    {name: 'sends a token with a line break in it', reply: tokenAnswer({token: 'a\r\nX-Evil: 1'}), kind: 'protocol'},
    {name: 'sends a token in a list', reply: tokenAnswer('[{"token":"a"}]'), kind: 'protocol'}
  ] as const)('fails at the token when its server $name', async ({reply, kind}) => {
    await expect(answer(bench([reply]))).toFailWith(kind, {object: 'token'})
  })

  it.each([
    {name: 'in any case', text: '{"Token":"x"}', token: 'x'},
    {name: 'the last of two', text: '{"token":"w","Token":"x"}', token: 'x'},
    {name: 'access_token before token', text: '{"access_token":"x","token":"w"}', token: 'x'},
    {name: 'token where access_token is empty', text: '{"access_token":"","token":"x"}', token: 'x'},
    {name: 'a token before trailing bytes', text: '{"token":"x"}\n{"token":"w"}', token: 'x'}
  ])('reads an answer as Go does: $name', async ({text, token}) => {
    expect(await answer(bench([tokenAnswer(text)]))).toMatchObject({header: `Bearer ${token}`})
  })

  it.each([0, -1, 'soon', null, 1e300])('lives with a token that is said to live %s', async life => {
    const run = bench([tokenAnswer({token: 'T1', expires_in: life})])
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
    const run = bench([], PASSWORD)
    await expect(answer(run, `Bearer realm="${realm}"`)).toFailWith('protocol', {object: 'token'})
    expect(run.sent).toEqual([])
  })

  it('names the input that allows a private address, and takes what is listed there', async () => {
    const header = 'Bearer realm="https://10.0.0.1:5001/token"'
    await expect(answer(bench([], PASSWORD), header)).toFailWith('protocol', {
      detail: expect.stringContaining('Add 10.0.0.1:5001 to the input token-hosts')
    })
    const listed = bench([tokenAnswer({token: 'T1'})], PASSWORD, ['10.0.0.1:5001'])
    expect(await answer(listed, header)).toMatchObject({header: 'Bearer T1'})
    await expect(answer(bench([], PASSWORD, ['10.0.0.1']), header)).toFailWith('protocol')
  })

  it.each(['169.254.169.254', '[fe80::1]', '[fd00:ec2::254]', '[::ffff:169.254.169.254]', '2852039166'])(
    'never asks %s for a token, whatever is listed and wherever the registry is',
    async host => {
      const realm = `Bearer realm="https://${host}/token"`
      const url = new URL(`https://${host}`)
      await expect(answer(bench([], PASSWORD, [url.host]), realm)).toFailWith('protocol')
      await expect(answer(bench([], PASSWORD), realm, undefined, '10.0.0.5:5000')).toFailWith('protocol')
    }
  )

  it('refuses a private address to a registry with a public name in plain HTTP too', async () => {
    const run = bench([], PASSWORD)
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
  ])('asks to pull from the repository and for nothing else, whatever the registry wishes: $scope', async ({scope}) => {
    const run = bench([tokenAnswer({token: 'T1'})], PASSWORD)
    await answer(run, `Bearer realm="https://auth.test/token",scope="${scope}"`)
    expect(new URL(run.sent[0]?.url ?? '').searchParams.getAll('scope')).toEqual(['repository:a/b:pull'])
  })

  it.each([
    {body: {token: 'T1', access_token: ''}, status: 200},
    {body: {token: '', access_token: 'T1'}, status: 200},
    {body: {token: 'T0', access_token: 'T1'}, status: 200},
    {body: {token: 'T1'}, status: 201},
    {body: {token: 'T1'}, status: 203}
  ])('takes a token as Go reads it: $body with status $status', async ({body, status}) => {
    expect(await answer(bench([tokenAnswer(body, status)]))).toMatchObject({header: 'Bearer T1'})
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
    {header: '', says: 'names no authentication scheme'},
    {header: 'Negotiate, Digest realm="a"', says: 'not supported: negotiate, digest'},
    {header: 'Bearer service="s"', says: 'not supported: bearer'}
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

describe('createAuthorizer, over time', () => {
  it.each([
    {name: 'as long as the specification says when nothing is said', life: {}, untilMs: 55_000},
    {name: 'as long as it is said, but for five seconds', life: {expires_in: 1000}, untilMs: 995_000},
    {name: 'half of a short life', life: {expires_in: 4}, untilMs: 2000},
    {name: 'half of a second', life: {expires_in: 1}, untilMs: 500},
    {name: 'the usual time when what is said is no time', life: {expires_in: 0}, untilMs: 55_000}
  ])('keeps a token $name', async ({life, untilMs}) => {
    const made = bench([tokenAnswer({token: 'T1', ...life}), tokenAnswer({token: 'T2'})])
    await answer(made)
    made.later(untilMs - 1)
    expect(await made.authorizer.cachedAuthorization(ask())).toMatchObject({header: 'Bearer T1'})
    made.later(1)
    expect(await made.authorizer.cachedAuthorization(ask())).toMatchObject({header: 'Bearer T2'})
  })

  it('asks anew after a token server has failed', async () => {
    const made = bench([tokenAnswer({}, 500), tokenAnswer({token: 'T1'})])
    await expect(answer(made)).toFailWith('server-error', {object: 'token'})
    expect(await answer(made)).toMatchObject({header: 'Bearer T1'})
  })

  it('fails all that wait for the same token, and asks for it once', async () => {
    const made = bench([tokenAnswer({}, 500)])
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
      conceal: () => undefined,
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
    expect(await Promise.all(results)).toEqual([new Error('aborted'), {header: 'Bearer T1', isAnonymous: true}])
  })
})

describe('createAuthorizer, where there is no way in', () => {
  const refusedToken = async (credentials?: Credentials): Promise<unknown> => {
    const made = bench([tokenAnswer({token: 'T1'})], credentials)
    return answer(made, CHALLENGE, 'Bearer T1')
  }

  it.each([
    {name: 'a token again that was refused', run: () => refusedToken(), credentials: 'none'},
    {name: 'one that was refused to credentials', run: () => refusedToken(PASSWORD), credentials: 'refused'},
    {name: 'a scheme that is not spoken', run: () => answer(bench([]), 'Negotiate'), credentials: 'none'},
    {name: 'a password that nobody gave', run: () => answer(bench([]), 'Basic realm="a"'), credentials: 'none'},
    {
      name: 'a password that was refused',
      run: () =>
        answer(bench([], PASSWORD), 'Basic realm="a"', `Basic ${Buffer.from('robot:s3cret:').toString('base64')}`),
      credentials: 'refused'
    }
  ])('fails as not authorized for $name', async ({run, credentials}) => {
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
  ] as const)('takes status $status of a token server for $kind', async ({status, kind, fields}) => {
    await expect(answer(bench([tokenAnswer({}, status)]))).toFailWith(kind, {...fields, object: 'token'})
  })

  it('says what the token server said, and when it may be asked again', async () => {
    const said = tokenAnswer({message: 'a teapot'}, 418)
    await expect(answer(bench([said]))).toFailWith('protocol', {
      detail: 'the token server answered HTTP 418: a teapot'
    })
    const busy = {...tokenAnswer({}, 429), headers: new Map([['retry-after', '1']])}
    await expect(answer(bench([busy]))).toFailWith('throttled', {retryAfterMs: 1000})
  })

  it('says that credentials were refused, where some were given', async () => {
    await expect(answer(bench([tokenAnswer({}, 403)], PASSWORD))).toFailWith('denied', {credentials: 'refused'})
  })

  it.each([
    {isHtml: true, detail: "the token server's answer is an HTML page"},
    {isHtml: false, detail: "the token server's answer has no token"}
  ])('says what came in place of a token: web page $isHtml', async ({isHtml, detail}) => {
    await expect(answer(bench([tokenAnswer(isHtml ? '<html>' : 'x')]))).toFailWith('protocol', {detail, isHtml})
  })

  it.each([401, 403])('asks anonymously after status %i for what nobody gave', async status => {
    const made = bench([tokenAnswer({}, status), tokenAnswer({token: 'T1'})], {...PASSWORD, isJobToken: true})
    expect(await answer(made)).toEqual({header: 'Bearer T1', isAnonymous: true})
    expect(made.sent.map(({headers}) => 'authorization' in headers)).toEqual([true, false])
  })

  it.each([400, 402, 500])('does not ask again after status %i', async status => {
    const made = bench([tokenAnswer({}, status)], {...PASSWORD, isJobToken: true})
    await expect(answer(made)).rejects.toBeInstanceOf(VerifiedImageError)
    expect(made.sent).toHaveLength(1)
  })
})

describe('createAuthorizer, by what the challenge says', () => {
  const urlFor = async (header: string): Promise<URL> => {
    const made = bench([tokenAnswer({token: 'T1'})])
    await answer(made, header)
    return new URL(made.sent[0]?.url ?? '')
  }

  it('asks where the first of two says', async () => {
    const {host} = await urlFor('Bearer realm="https://one.test/t", Bearer realm="https://two.test/t"')
    expect(host).toBe('one.test')
  })

  it('names no service where none is named', async () => {
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
  ])('asks to pull from the repository alone, whatever the challenge names: $name', async ({scope, asked}) => {
    const url = await urlFor(`Bearer realm="https://auth.test/t",scope="${scope}"`)
    expect(url.searchParams.getAll('scope')).toEqual(asked)
  })

  it.each(['https://user@auth.test/t', 'https://:secret@auth.test/t'])('does not ask at %s', async realm => {
    await expect(answer(bench([]), `Bearer realm="${realm}"`)).toFailWith('protocol', {
      detail: 'the registry sends token requests to https://auth.test: the URL contains a user',
      isHtml: false
    })
  })

  it('quotes the beginning of what is no URL', async () => {
    await expect(answer(bench([]), `Bearer realm="y${'x'.repeat(200)}"`)).toFailWith('protocol', {
      detail: expect.stringMatching(/^the registry sends token requests to "yx{90,99}…": it is not a URL$/)
    })
  })
})
