// Authentication around one request, against a registry on loopback that records each request: which requests are sent, in which order,
// with which credentials, and what is reported in the end.

import {afterEach, describe, expect, it} from '@jest/globals'
import {type Credentials, loginCredentials} from '../../src/credentials/credentials.ts'
import type {FetchRequest, RegistryPort} from '../../src/registry/registry.ts'
import {createRegistryClient} from '../../src/registry/registry-client.ts'
import {makeImage} from '../support/images.ts'
import {
  type LoginRegistry,
  type LoginRegistryOptions,
  type PlainAnswer,
  startLoginRegistry
} from '../support/login-registry.ts'
import '../support/matchers.ts'

const IMAGE = makeImage()
const LOGIN = loginCredentials({username: 'bob', password: 'pw'})
const JOB: Credentials = {...loginCredentials({username: 'x', password: 'job'}), isJobToken: true}

const endings: (() => Promise<unknown>)[] = []
afterEach(async () => {
  await Promise.all(endings.splice(0).map(end => end()))
})

type Setup = {
  readonly registry: LoginRegistry
  /** Reads a manifest to its end. */
  readonly fetchManifest: (reference?: string, path?: string, signal?: AbortSignal) => Promise<void>
}

type ByPath = (path: string) => Credentials | undefined

async function setup(options: Partial<LoginRegistryOptions>, credentials?: Credentials | ByPath): Promise<Setup> {
  const registry = await startLoginRegistry({
    ...{repository: 'acme/app', tag: '1', image: IMAGE},
    challenge: host => `Bearer realm="http://${host}/token",service="registry"`,
    isAllowed: () => true,
    ...options
  })
  const port: RegistryPort = createRegistryClient({
    ...{connectTimeoutMs: 2000, stallTimeoutMs: 2000, concurrency: 8, environment: {}},
    ...{insecureRegistries: [], tokenHosts: [], userAgent: 'test/1'},
    credentialsOf: ({path}) => Promise.resolve(typeof credentials === 'function' ? credentials(path) : credentials),
    setSecret: () => undefined,
    nowMs: () => performance.now(),
    wallClockMs: () => 0
  })
  endings.push(() => {
    port.close()
    return registry.close()
  })
  const request: FetchRequest = {
    ...{repository: {registry: registry.host, path: 'acme/app'}, object: 'manifest', refresh: undefined},
    signal: new AbortController().signal,
    onExchange: () => undefined
  }
  return {
    registry,
    fetchManifest: async (reference = '1', path = 'acme/app', signal = request.signal) => {
      const repository = {registry: registry.host, path}
      const {body} = await port.openManifest({...request, repository, reference, signal})
      for await (const chunk of body) expect(chunk.length).toBeGreaterThan(0)
    }
  }
}

const BASIC: Partial<LoginRegistryOptions> = {
  challenge: () => 'Basic realm="registry"',
  isAllowed: login => login === 'Basic bob:pw'
}

describe('a registry that challenges at /v2/ only', () => {
  it.each([401, 403, 404])(
    'is asked there once when it answers %d, and later requests log in at once',
    async status => {
      const {registry, fetchManifest} = await setup({...BASIC, refusal: () => ({status})}, LOGIN)
      await fetchManifest()
      await fetchManifest(IMAGE.manifest.digest)
      expect(registry.requests).toEqual([
        ...['GET manifest -', 'GET /v2/ -', 'GET manifest Basic bob:pw'],
        'GET manifest Basic bob:pw'
      ])
    }
  )

  it('is not asked there without credentials of the user', async () => {
    for (const credentials of [undefined, JOB]) {
      const {registry, fetchManifest} = await setup({...BASIC, refusal: () => ({status: 404})}, credentials)
      await expect(fetchManifest()).toFailWith('not-found')
      expect(registry.requests).toEqual(['GET manifest -'])
    }
  })

  it('is believed when /v2/ does not challenge either', async () => {
    const {registry, fetchManifest} = await setup({...BASIC, hasOpenPing: true, refusal: () => ({status: 404})}, LOGIN)
    await expect(fetchManifest()).toFailWith('not-found')
    await expect(fetchManifest()).toFailWith('not-found')
    expect(registry.requests).toEqual(['GET manifest -', 'GET /v2/ -', 'GET manifest -'])
  })

  it('denies access without a request for the credentials that it could have', async () => {
    for (const [credentials, says] of [
      [LOGIN, 'not-requested'],
      [undefined, 'none']
    ] as const) {
      const {fetchManifest} = await setup({...BASIC, hasOpenPing: true, refusal: () => ({status: 403})}, credentials)
      await expect(fetchManifest()).toFailWith('denied', {credentials: says})
    }
  })

  it('is not asked there after HTTP 500', async () => {
    const {registry, fetchManifest} = await setup({...BASIC, refusal: () => ({status: 500})}, LOGIN)
    await expect(fetchManifest()).toFailWith('server-error')
    expect(registry.requests).toEqual(['GET manifest -'])
  })

  it('rejects a wrong password, which its HTTP 404 hides', async () => {
    const wrong = loginCredentials({username: 'bob', password: 'wrong'})
    const {fetchManifest} = await setup({...BASIC, refusal: () => ({status: 404})}, wrong)
    await expect(fetchManifest()).toFailWith('unauthorized', {status: 401, credentials: 'refused'})
    // The same for a later request, which sends the login at once.
    await expect(fetchManifest('other')).toFailWith('unauthorized', {credentials: 'refused'})
  })

  it('ends with the reason of its signal when it is aborted at /v2/', async () => {
    const controller = new AbortController()
    let logins = 0
    const {fetchManifest} = await setup(
      {
        ...BASIC,
        refusal: () => ({status: 404}),
        isAllowed: login => {
          // The second request with a login is that of /v2/.
          if (login !== undefined && ++logins === 2) controller.abort(new Error('canceled'))
          return false
        }
      },
      LOGIN
    )
    await expect(fetchManifest('1', 'acme/app', controller.signal)).rejects.toThrow('canceled')
  })

  it('accepts a password, so its HTTP 404 is a missing image', async () => {
    const {fetchManifest} = await setup(BASIC, LOGIN)
    await expect(fetchManifest('absent')).toFailWith('not-found')
  })
})

describe("the job's token", () => {
  const forAll: Partial<LoginRegistryOptions> = {
    isAllowed: login => login === 'Bearer all',
    answerToken: ({login}) => ({status: 200, body: JSON.stringify({token: login === undefined ? 'all' : 'job'})})
  }

  it.each([401, 403, 404])('is left out of later requests once the repository rejects it with %d', async status => {
    const {registry, fetchManifest} = await setup(
      {...forAll, refusal: login => (login === undefined ? undefined : {status})},
      JOB
    )
    await fetchManifest()
    await fetchManifest()
    expect(registry.requests).toEqual([
      ...['GET manifest -', 'GET token Basic x:job', 'GET manifest Bearer job'],
      ...['GET token -', 'GET manifest Bearer all', 'GET manifest Bearer all']
    ])
  })

  const refused = {code: 'DENIED', message: 'not with this token'}
  const refuseBoth = (login: string | undefined): PlainAnswer | undefined =>
    login === 'Bearer job'
      ? {status: 403, body: JSON.stringify({errors: [refused]})}
      : login === undefined
        ? undefined
        : {status: 404}

  it('is sent again when the repository is not served without it', async () => {
    const {registry, fetchManifest} = await setup({...forAll, isAllowed: () => false, refusal: refuseBoth}, JOB)
    for (const round of [1, 2]) {
      await expect(fetchManifest()).toFailWith('denied', {detail: 'DENIED: not with this token'})
      expect(registry.requests.filter(request => request === 'GET manifest Bearer job')).toHaveLength(round)
    }
  })

  it('is refused for its own reason when there is no anonymous token', async () => {
    const {fetchManifest} = await setup(
      {
        ...{isAllowed: () => false, refusal: refuseBoth},
        answerToken: ({login}) => (login === undefined ? {status: 500} : {status: 200, body: '{"token":"job"}'})
      },
      JOB
    )
    await expect(fetchManifest()).toFailWith('denied', {detail: 'DENIED: not with this token', object: undefined})
  })

  it('is refused with the reason of the signal when the anonymous request is aborted', async () => {
    const controller = new AbortController()
    const {fetchManifest} = await setup(
      {
        ...{isAllowed: () => false, refusal: refuseBoth},
        answerToken: ({login}) => {
          if (login === undefined) controller.abort(new Error('canceled'))
          return {status: 200, body: '{"token":"job"}'}
        }
      },
      JOB
    )
    await expect(fetchManifest('1', 'acme/app', controller.signal)).rejects.toThrow('canceled')
  })

  it('is not the reason when the image is missing', async () => {
    const {fetchManifest} = await setup({...forAll, isAllowed: login => login?.startsWith('Bearer') === true}, JOB)
    await expect(fetchManifest('absent')).toFailWith('not-found')
  })

  it('does not repeat a request that failed for another reason', async () => {
    const {registry, fetchManifest} = await setup(
      {...forAll, refusal: login => (login === undefined ? undefined : {status: 503})},
      JOB
    )
    await expect(fetchManifest()).toFailWith('server-error')
    expect(registry.requests).toHaveLength(3)
  })
})

describe('a token that the registry rejects', () => {
  it.each([undefined, LOGIN])('is reported with its token server when it is an invalid token', async credentials => {
    const {registry, fetchManifest} = await setup(
      {
        challenge: host => `Bearer realm="http://${host}/token",service="registry",error="invalid_token"`,
        isAllowed: () => false,
        answerToken: () => ({status: 200, body: '{"token":"T"}'})
      },
      credentials
    )
    await expect(fetchManifest()).toFailWith('unauthorized', {tokenServer: registry.host})
    // The second request has the token from the cache, and the token server issues it again.
    await expect(fetchManifest()).toFailWith('unauthorized', {tokenServer: registry.host})
  })

  it('is reported without one when its scope is too small', async () => {
    const {fetchManifest} = await setup({
      challenge: host => `Bearer realm="http://${host}/token",error="insufficient_scope"`,
      isAllowed: () => false,
      answerToken: () => ({status: 200, body: '{"token":"T"}'})
    })
    await expect(fetchManifest()).toFailWith('unauthorized', {tokenServer: undefined})
  })
})

describe('HTTP 401 without a challenge', () => {
  it('names no authentication scheme when there is no login', async () => {
    const {fetchManifest} = await setup({...BASIC, challenge: () => undefined})
    await expect(fetchManifest()).toFailWith('unauthorized', {
      ...{credentials: 'none', detail: 'the registry names no authentication scheme'}
    })
  })

  it('refuses the login that was sent', async () => {
    const {fetchManifest} = await setup(
      {...BASIC, isAllowed: () => false, refusal: login => (login === undefined ? undefined : {status: 401})},
      LOGIN
    )
    await expect(fetchManifest()).toFailWith('unauthorized', {credentials: 'refused', detail: ''})
    // The same for a later request, which sends the login at once.
    await expect(fetchManifest()).toFailWith('unauthorized', {credentials: 'refused', detail: ''})
  })
})

describe('a repository without credentials, at a registry with some for another', () => {
  it('is requested anonymously', async () => {
    const byPath: ByPath = path => (path === 'acme/private' ? LOGIN : undefined)
    const {registry, fetchManifest} = await setup({...BASIC, hasOpenManifests: true}, byPath)
    await expect(fetchManifest('1', 'acme/private')).toFailWith('not-found')
    await fetchManifest()
    expect(registry.requests.at(-1)).toBe('GET manifest -')
  })
})
