// Challenges and tokens in all the spellings that registries write and clients read.

import {afterEach, describe, expect, it} from '@jest/globals'
import {makeImage} from '../support/images.ts'
import {type LoginRegistry, type LoginRegistryOptions, startLoginRegistry} from '../support/login-registry.ts'
import {type ActionRun, runAction} from '../support/run-action.ts'

const TOKEN = 'Token-0123456789-abc'
// As of a robot that may read hundreds of repositories.
const LONG_TOKEN = 'eyJhbGciOiJSUzI1NiJ9.'.padEnd(10_000, 'x')
const LOGIN = {username: 'bob', password: 'pw-of-bob'}

const open: LoginRegistry[] = []
afterEach(async () => {
  await Promise.all(open.splice(0).map(registry => registry.close()))
})

async function start(options: Partial<LoginRegistryOptions>): Promise<LoginRegistry> {
  const registry = await startLoginRegistry({
    ...{repository: 'acme/app', tag: '1', image: makeImage()},
    challenge: host => `Bearer realm="http://${host}/token",service="registry",scope="repository:acme/app:pull"`,
    isAllowed: login => login === `Bearer ${TOKEN}` || login === `Bearer ${LONG_TOKEN}`,
    answerToken: () => ({status: 200, body: JSON.stringify({token: TOKEN})}),
    ...options
  })
  open.push(registry)
  return registry
}

function run(registry: LoginRegistry, inputs: Readonly<Record<string, string>> = {}): Promise<ActionRun> {
  return runAction({
    image: `${registry.host}/acme/app:1`,
    ...{mirrors: '', platform: 'linux/amd64', attempts: '1', backoff: '5ms', ...inputs}
  })
}

describe('a challenge', () => {
  it.each<{name: string; challenge: (realm: string) => string | readonly string[]}>([
    {name: 'in lower case', challenge: realm => `bearer realm="${realm}",service="s"`},
    {name: 'in capitals', challenge: realm => `BEARER REALM="${realm}",SERVICE="s"`},
    {name: 'with blanks', challenge: realm => `Bearer  realm = "${realm}" , service = "s"`},
    {name: 'without quotes', challenge: realm => `Bearer realm=${realm},service=s`},
    {name: 'without a service', challenge: realm => `Bearer realm="${realm}"`},
    {name: 'without a scope', challenge: realm => `Bearer realm="${realm}",service="s"`},
    {name: 'with an empty scope', challenge: realm => `Bearer realm="${realm}",service="s",scope=""`},
    {
      name: 'with a comma in quotes',
      challenge: realm => `Bearer realm="${realm}",service="s",scope="repository:acme/app:pull,push"`
    },
    {
      name: 'with several scopes',
      challenge: realm => `Bearer realm="${realm}",scope="repository:acme/app:pull registry:catalog:*"`
    },
    {name: 'with a comma at the end', challenge: realm => `Bearer realm="${realm}",service="s",`},
    {name: 'with an escaped quote', challenge: realm => `Bearer service="a \\"quoted\\" one",realm="${realm}"`},
    {
      name: 'with an error',
      challenge: realm => `Bearer realm="${realm}",error="invalid_token",error_description="no, really"`
    },
    {name: 'with a query in the realm', challenge: realm => `Bearer realm="${realm}?account=a&scope=b"`},
    {name: 'behind Basic', challenge: realm => `Basic realm="registry", Bearer realm="${realm}"`},
    {name: 'in front of Basic', challenge: realm => `Bearer realm="${realm}",service="s", Basic realm="registry"`},
    {name: 'behind one that is not spoken', challenge: realm => `Negotiate, Bearer realm="${realm}"`},
    {name: 'behind one with a token', challenge: realm => `NTLM TlRMTVNTUAAC==, Bearer realm="${realm}"`},
    {name: 'in a second header', challenge: realm => ['Basic realm="registry"', `Bearer realm="${realm}",service="s"`]},
    {name: 'in a first header', challenge: realm => [`Bearer realm="${realm}",service="s"`, 'Basic realm="registry"']},
    {name: 'behind a Bearer without realm', challenge: realm => ['Bearer', `Bearer realm="${realm}"`]}
  ])('$name is read', async ({challenge}) => {
    const registry = await start({challenge: host => challenge(`http://${host}/token`)})
    const ran = await run(registry)
    expect(ran.outputs).toMatchObject({source: 'primary', verified: 'full'})
    expect(registry.requests.filter(request => request.startsWith('GET token'))).toHaveLength(1)
  })

  it.each([
    {challenge: 'Basic realm="registry"'},
    {challenge: 'basic'},
    {challenge: 'BASIC Realm=registry, charset="UTF-8"'},
    {challenge: 'Basic realm="a, b"'},
    {challenge: 'Bearer, Basic realm="registry"'},
    {challenge: 'Digest realm="x", nonce="a,b", Basic realm="registry"'}
  ])('$challenge asks for user and password', async ({challenge}) => {
    const registry = await start({
      challenge: () => challenge,
      isAllowed: login => login === `Basic ${LOGIN.username}:${LOGIN.password}`
    })
    const ran = await run(registry, LOGIN)
    expect(ran.outputs).toMatchObject({source: 'primary', verified: 'full'})
  })

  it.each(['Negotiate', 'Digest realm="x", nonce="y"', 'Bearer', 'AWS4-HMAC-SHA256 x'])(
    'that is not spoken here (%s) is refused access, and is named',
    async challenge => {
      const registry = await start({challenge: () => challenge})
      const ran = await run(registry, LOGIN)
      expect(ran.exitCode).toBe(1)
      expect(ran.annotations[0]?.message).toMatch(new RegExp(challenge.split(/[ ,]/)[0] ?? '', 'i'))
      expect(registry.logins()).toEqual([])
    }
  )
})

describe("a token server's answer", () => {
  const farPast = '2001-01-01T00:00:00Z'
  const farFuture = '2199-01-01T00:00:00Z'
  it.each<{name: string; body: unknown; status?: number; type?: string}>([
    {name: 'with token', body: {token: TOKEN}},
    {name: 'with a token of 10 kB', body: {token: LONG_TOKEN}},
    {name: 'with access_token', body: {access_token: TOKEN}},
    {name: 'with both', body: {token: TOKEN, access_token: TOKEN}},
    {name: 'with an empty access_token', body: {token: TOKEN, access_token: ''}},
    {name: 'with an empty token', body: {token: '', access_token: TOKEN}},
    {name: 'with access_token null', body: {token: TOKEN, access_token: null}},
    {name: 'with keys in capitals', body: {Token: TOKEN}},
    {name: 'with expires_in 0', body: {token: TOKEN, expires_in: 0}},
    {name: 'with expires_in null', body: {token: TOKEN, expires_in: null}},
    {name: 'with a negative expires_in', body: {token: TOKEN, expires_in: -1}},
    {name: 'with a short expires_in', body: {token: TOKEN, expires_in: 1}},
    {name: 'with a very long expires_in', body: {token: TOKEN, expires_in: 9_000_000_000}},
    {name: 'issued in the past', body: {token: TOKEN, expires_in: 300, issued_at: farPast}},
    {name: 'issued in the future', body: {token: TOKEN, expires_in: 300, issued_at: farFuture}},
    {name: 'issued at no time', body: {token: TOKEN, expires_in: 300, issued_at: ''}},
    {
      name: 'with much beside it',
      body: {token: TOKEN, refresh_token: 'r', scope: 'x', token_type: 'Bearer', id: {a: [1]}}
    },
    {name: 'with status 201', body: {token: TOKEN}, status: 201},
    {name: 'with status 202', body: {token: TOKEN}, status: 202},
    {name: 'as text/plain', body: {token: TOKEN}, type: 'text/plain'},
    {name: 'as text/html', body: {token: TOKEN}, type: 'text/html'},
    {name: 'with blanks around', body: `\n  ${JSON.stringify({token: TOKEN})}\n\n`}
  ])('$name is taken', async ({body, status = 200, type = 'application/json'}) => {
    const text = typeof body === 'string' ? body : JSON.stringify(body)
    const registry = await start({answerToken: () => ({status, body: text, headers: {'content-type': type}})})
    const ran = await run(registry)
    expect(ran.outputs).toMatchObject({source: 'primary', verified: 'full'})
    expect(registry.logins()).toEqual([])
  })

  it.each([
    {name: 'issued in the past', body: {token: TOKEN, expires_in: 300, issued_at: farPast}},
    {name: 'issued in the future', body: {token: TOKEN, expires_in: 300, issued_at: farFuture}},
    {name: 'with expires_in 0', body: {token: TOKEN, expires_in: 0}}
  ])('$name is used for all requests of an image', async ({body}) => {
    const registry = await start({answerToken: () => ({status: 200, body: JSON.stringify(body)})})
    await run(registry)
    expect(registry.tokens).toHaveLength(1)
  })

  it.each([
    {name: 'without a token', body: '{}'},
    {name: 'with an empty one', body: '{"token":""}'},
    {name: 'with a line break in it', body: '{"token":"a\\nb"}'},
    {name: 'as a list', body: '["a"]'},
    {name: 'as a web page', body: '<html><title>Sign in</title>'},
    {name: 'without anything', body: ''}
  ])('$name is a failure of the token server', async ({body}) => {
    const registry = await start({answerToken: () => ({status: 200, body})})
    const ran = await run(registry)
    expect(ran.exitCode).toBe(1)
    expect(ran.annotations[0]?.message).toMatch(/token server/i)
  })
})

describe('an identity token', () => {
  it('goes to the token server in a form', async () => {
    const {host, tokens} = await withConfig({identitytoken: 'idt-1'}, asked =>
      asked.method === 'POST' ? {status: 200, body: JSON.stringify({access_token: TOKEN})} : {status: 405}
    )
    expect(host).not.toBe('')
    expect(tokens.map(({method, form}) => [method, Object.fromEntries(form)])).toEqual([
      [
        'POST',
        {
          ...{grant_type: 'refresh_token', service: 'registry', client_id: 'verified-image'},
          ...{scope: 'repository:acme/app:pull', refresh_token: 'idt-1'}
        }
      ]
    ])
  })
})

async function withConfig(
  entry: object,
  answerToken: NonNullable<LoginRegistryOptions['answerToken']>
): Promise<LoginRegistry> {
  const registry = await start({answerToken})
  const ran = await runAction(
    {image: `${registry.host}/acme/app:1`, mirrors: '', platform: 'linux/amd64', attempts: '1'},
    {env: {DOCKER_AUTH_CONFIG: JSON.stringify({auths: {[registry.host]: entry}})}}
  )
  expect(ran.outputs).toMatchObject({source: 'primary'})
  return registry
}
