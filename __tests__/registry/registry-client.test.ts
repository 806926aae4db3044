// The registry client against the fault registry on loopback: requests, credentials, and the failures of invalid responses.

import {gzipSync} from 'node:zlib'
import {afterEach, describe, expect, it} from '@jest/globals'
import fc from 'fast-check'
import type {FetchRequest, RegistryResponse, Exchange, RegistryPort} from '../../src/registry/registry.ts'
import {type Credentials, loginCredentials} from '../../src/credentials/credentials.ts'
import {createRegistryClient} from '../../src/registry/registry-client.ts'
import {type Action, type Fault, htmlPage, type RangeAnswer} from '../support/fault.ts'
import {type FaultRegistry, type FaultRegistryOptions, startFaultRegistry} from '../support/fault-registry.ts'
import {makeImage} from '../support/images.ts'
import '../support/matchers.ts'
import {publish} from '../support/registry-content.ts'
import {VerifiedImageError} from '../../src/failure/error.ts'

const IMAGE = makeImage()
const LAYER = secondLayer()

function secondLayer(): (typeof IMAGE.layers)[number] {
  const [, layer] = IMAGE.layers
  if (layer === undefined) throw new Error('no layer was made')
  return layer
}
const PASSWORD = loginCredentials({username: 'robot', password: 'correct-horse'})

const endings: (() => Promise<unknown>)[] = []
afterEach(async () => {
  await Promise.all(endings.splice(0).map(end => end()))
})

type Setup = {
  readonly server: FaultRegistry
  readonly port: RegistryPort
  readonly exchanges: Exchange[]
  readonly concealed: string[]
  readonly ask: (more?: Partial<FetchRequest>) => FetchRequest
  readonly manifest: (more?: Partial<FetchRequest>) => Promise<RegistryResponse>
  readonly layer: (offset?: number, more?: Partial<FetchRequest>) => Promise<RegistryResponse>
}

async function setup(options: FaultRegistryOptions = {}, credentials?: Credentials): Promise<Setup> {
  const server = await startFaultRegistry({content: [publish('acme/app', '1', IMAGE)], ...options})
  const concealed: string[] = []
  const port = createRegistryClient({
    ...{
      connectTimeoutMs: 2000,
      stallTimeoutMs: 2000,
      concurrency: 8,
      environment: {},
      insecureRegistries: [],
      tokenHosts: [],
      userAgent: 'test/1'
    },
    credentialsOf: () => Promise.resolve(credentials),
    setSecret: secret => concealed.push(secret),
    nowMs: () => performance.now(),
    wallClockMs: () => Date.parse('2025-06-04T12:00:00Z')
  })
  endings.push(() => {
    port.close()
    return server.close()
  })
  const exchanges: Exchange[] = []
  const ask = (more: Partial<FetchRequest> = {}): FetchRequest => ({
    ...{repository: {registry: server.host, path: 'acme/app'}, object: 'manifest', refresh: undefined},
    signal: new AbortController().signal,
    onExchange: exchange => exchanges.push(exchange),
    ...more
  })
  return {
    ...{server, port, exchanges, concealed, ask},
    manifest: more => port.openManifest({...ask(more), reference: '1'}),
    layer: (offset = 0, more = {}) =>
      port.openBlob({...ask({object: 'layer[1]', ...more}), digest: LAYER.digest, offset})
  }
}

async function bytesOf({body}: RegistryResponse): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  for await (const chunk of body) chunks.push(chunk)
  return Buffer.concat(chunks)
}

function fault(on: Fault['on'], action: Action, more: Partial<Fault> = {}): Fault {
  return {
    on,
    do: action,
    times: 'always',
    ...more
  }
}

describe('openManifest', () => {
  it('returns the bytes, the headers about them, and the exchange', async () => {
    const {manifest, exchanges, server} = await setup({
      headers: {'x-request-id': 'r1', 'ratelimit-remaining': '7;w=21600'}
    })
    const content = await manifest()
    expect(content).toMatchObject({
      ...{mediaType: IMAGE.manifest.mediaType, digestHeader: IMAGE.manifest.digest, offset: 0},
      ...{contentLength: IMAGE.manifest.size, mayBeCutShort: false}
    })
    expect(await bytesOf(content)).toEqual(IMAGE.manifest.bytes)
    expect(exchanges).toMatchObject([
      {
        object: 'manifest',
        method: 'GET',
        host: server.host,
        path: '/v2/acme/app/manifests/1',
        status: 200,
        requestIds: {'x-request-id': 'r1'},
        rateLimit: {'ratelimit-remaining': '7;w=21600'}
      }
    ])
    expect(server.journal[0]?.headers).toMatchObject({'user-agent': 'test/1', 'accept-encoding': 'identity'})
  })

  it('measures how long an exchange took', async () => {
    const {manifest, exchanges} = await setup()
    const startedMs = performance.now()
    await bytesOf(await manifest())
    const tookMs = performance.now() - startedMs
    expect(exchanges[0]?.elapsedMs).toBeLessThanOrEqual(tookMs)
  })

  it('records an exchange without an answer', async () => {
    const {manifest, exchanges, server} = await setup()
    await server.close()
    await expect(manifest()).toFailWith('unreachable')
    expect(exchanges).toMatchObject([{path: '/v2/acme/app/manifests/1', requestIds: {}}])
    expect(exchanges[0]).not.toHaveProperty('status')
  })

  it('reads a media type without its parameters, in lower case', async () => {
    const typed: Action = {kind: 'respond', status: 200, headers: {'content-type': 'Application/JSON ; charset=utf-8'}}
    const {manifest} = await setup({faults: [fault('manifest', typed)]})
    expect((await manifest()).mediaType).toBe('application/json')
  })

  it('names the host that it was redirected to, and only that', async () => {
    const {manifest, layer} = await setup({blobs: 'redirect'})
    expect(await manifest()).not.toHaveProperty('redirectedTo')
    const {redirectedTo, body} = await layer()
    expect(redirectedTo).toMatch(/^127\.\d+\.\d+\.\d+:\d+$|^localhost:\d+$/)
    await bytesOf({body} as RegistryResponse)
  })

  it('bypasses caches on a fresh connection after a corrupt response', async () => {
    const {manifest, server} = await setup()
    await bytesOf(await manifest())
    await bytesOf(await manifest({refresh: 'connection'}))
    expect(server.journal.map(({headers, connection}) => [headers['cache-control'], connection])).toEqual([
      [undefined, 1],
      ['no-cache', 2]
    ])
  })

  it('requests the token once, and not again for the next request', async () => {
    const {manifest, layer, server, concealed, exchanges} = await setup({auth: {kind: 'bearer', realmHost: 'separate'}})
    await bytesOf(await manifest())
    await bytesOf(await layer())
    expect(server.requests()).toEqual(['GET manifest 1', 'GET token', 'GET manifest 1', 'GET layer[1]'])
    // An anonymous token is not a secret.
    expect(concealed).toEqual([])
    expect(exchanges.map(({object}) => object)).toEqual(['manifest', 'token', 'manifest', 'layer[1]'])
  })

  it('requests another token when its token expires between two requests', async () => {
    const {manifest, layer, server} = await setup({auth: {kind: 'bearer', expiresAfterRequests: 1}})
    await bytesOf(await manifest())
    expect(await bytesOf(await layer())).toEqual(LAYER.bytes)
    expect(server.requests().filter(request => request === 'GET token')).toHaveLength(2)
  })

  it.each([
    {name: 'anonymous request for a missing or private repository', credentials: undefined, says: 'none'},
    {name: 'rejected credentials of the user', credentials: PASSWORD, says: 'refused'},
    {
      name: 'rejected job token',
      credentials: {...PASSWORD, isJobToken: true},
      says: 'none'
    }
  ])('reports credentials as $says: $name', async ({credentials, says}) => {
    const auth = {kind: 'bearer', credentials: [{username: 'robot', password: 'correct-horse'}]} as const
    const {port, ask} = await setup({auth, absent: ['acme/other']}, credentials)
    const other = ask({repository: {...ask().repository, path: 'acme/other'}})
    await expect(port.openManifest({...other, reference: '1'})).toFailWith('unauthorized', {credentials: says})
  })
})

describe('openBlob', () => {
  it('requests the rest, and returns its offset', async () => {
    const {layer} = await setup()
    const content = await layer(5000)
    expect(content).toMatchObject({offset: 5000, contentLength: LAYER.size, mayBeCutShort: false})
    expect(await bytesOf(content)).toEqual(LAYER.bytes.subarray(5000))
  })

  it('reports that a partial response is shorter than the rest', async () => {
    const size = String(LAYER.size)
    const part: Action = {
      kind: 'respond',
      status: 206,
      headers: {'content-range': `bytes 5000-5999/${size}`},
      body: Buffer.from(LAYER.bytes.subarray(5000, 6000))
    }
    const {layer} = await setup({faults: [fault('layer[1]', part)]})
    expect(await layer(5000)).toMatchObject({offset: 5000, contentLength: LAYER.size, mayBeCutShort: true})
  })

  it('reports offset 0 when the range was ignored', async () => {
    const {layer} = await setup({faults: [fault('layer[1]', {kind: 'range', answer: 'ignore'})]})
    expect(await layer(5000)).toMatchObject({offset: 0, contentLength: LAYER.size})
  })

  it.each<RangeAnswer>(['elsewhere', 'unsaid', 'multipart', 'refuse'])(
    'rejects a range that is answered with "%s"',
    async answer => {
      const {layer} = await setup({faults: [fault('layer[1]', {kind: 'range', answer})]})
      await expect(layer(5000)).toFailWith('protocol')
    }
  )

  it('quotes the range of a response that starts elsewhere', async () => {
    const {layer} = await setup({faults: [fault('layer[1]', {kind: 'range', answer: 'elsewhere'})]})
    await expect(layer(5000)).toFailWith('protocol', {detail: expect.stringContaining('Content-Range: bytes ')})
  })

  it('rejects a partial response that was not requested', async () => {
    const part: Action = {kind: 'respond', status: 206, body: 'x'}
    const {layer} = await setup({faults: [fault('layer[1]', part)]})
    await expect(layer()).toFailWith('protocol', {isHtml: false, detail: expect.stringContaining('no Content-Range')})
  })

  it.each([
    {name: 'in chunks', framing: 'chunked', ends: false},
    {name: 'up to the end of the connection', framing: 'close', ends: true}
  ] as const)('reports whether a cut would be noticed: $name', async ({framing, ends}) => {
    const {layer} = await setup({faults: [fault('layer[1]', {kind: 'unsized', framing})]})
    const content = await layer()
    expect(content).toMatchObject({contentLength: undefined, mayBeCutShort: ends})
    expect(await bytesOf(content)).toEqual(LAYER.bytes)
  })
})

describe('headers about the bytes', () => {
  it.each([
    {type: 'text/html', coding: 'identity', isDecoded: false},
    {type: 'image/png', coding: '', isDecoded: false},
    {type: '', coding: 'IDENTITY', isDecoded: false},
    {type: 'x', coding: 'aws-chunked, utf-8', isDecoded: false},
    {type: 'x', coding: 'gzip', isDecoded: true},
    {type: 'x', coding: 'identity, X-GZIP', isDecoded: true},
    {type: 'x', coding: 'br,zstd, deflate', isDecoded: true}
  ])('reject nothing: $type, $coding', async ({type, coding, isDecoded}) => {
    const headers = {'content-type': type, 'content-encoding': coding}
    const {layer} = await setup({faults: [fault('layer[1]', {kind: 'headers', set: headers, drop: []})]})
    const content = await layer()
    expect(content.contentLength).toBe(isDecoded ? undefined : LAYER.size)
    expect(await bytesOf(content)).toEqual(LAYER.bytes)
  })

  it('read the unit of Content-Range in any case', async () => {
    const headers = {'content-range': `Bytes 5000-${String(LAYER.size - 1)}/${String(LAYER.size)}`}
    const {layer} = await setup({faults: [fault('layer[1]', {kind: 'headers', set: headers, drop: []})]})
    expect(await layer(5000)).toMatchObject({offset: 5000, contentLength: LAYER.size, mayBeCutShort: false})
  })
})

describe('an invalid response', () => {
  it.each([
    {
      name: 'an HTML page with an error',
      action: htmlPage(403),
      kind: 'denied',
      fields: {detail: expect.stringContaining('Sign in to the network')}
    },
    {name: 'no content', action: {kind: 'respond', status: 204}, kind: 'protocol', fields: {status: 204}},
    {name: 'not modified', action: {kind: 'respond', status: 304}, kind: 'protocol', fields: {status: 304}},
    {
      name: 'a redirect in a circle',
      action: {kind: 'redirect-loop'},
      kind: 'protocol',
      fields: {isHtml: false, detail: expect.stringContaining('more than 10 redirects')}
    },
    {
      name: 'a redirect to a file',
      action: {kind: 'redirect', to: 'file:///etc/passwd'},
      kind: 'protocol',
      fields: {isHtml: false, detail: 'a redirect to file:'}
    },
    {
      name: 'a redirect to a link-local address',
      action: {kind: 'redirect', to: 'http://169.254.169.254/latest'},
      kind: 'protocol',
      fields: {detail: expect.stringContaining('the link-local address 169.254.169.254')}
    },
    {
      name: 'a redirect with a user',
      action: {kind: 'redirect', to: 'http://u:p@127.0.0.1/x'},
      kind: 'protocol',
      fields: {detail: expect.stringContaining('user in its URL')}
    },
    {name: 'a redirect to nowhere', action: {kind: 'respond', status: 302}, kind: 'protocol', fields: {}},
    {name: 'a redirect to no URL', action: {kind: 'redirect', to: 'http://['}, kind: 'protocol', fields: {}},
    {
      name: 'a status that says nothing',
      action: {kind: 'respond', status: 299},
      kind: 'protocol',
      fields: {status: 299}
    },
    {
      name: 'an error without end',
      action: {kind: 'respond', status: 500, body: 'x'.repeat(300_000)},
      kind: 'server-error',
      fields: {detail: `${'x'.repeat(199)}…`}
    }
  ] as const satisfies readonly {name: string; action: Action; kind: string; fields: unknown}[])(
    'fails as $kind: $name',
    async ({action, kind, fields}) => {
      const {layer} = await setup({faults: [fault('layer[1]', action)]})
      await expect(layer()).toFailWith(kind, fields)
    }
  )
})

// More bodies without a reader than there are connections: each has to give its connection back.
describe('a long body that is not wanted', () => {
  const body = Buffer.alloc(4_000_000, 'x')

  it.each([
    {name: 'of another range', status: 206, headers: {'content-range': 'bytes 7-9/10'}, kind: 'protocol'},
    {name: 'of a challenge', status: 401, headers: {'www-authenticate': 'Basic realm="x"'}, kind: 'unauthorized'}
  ] as const)('holds no connection: $name', async ({status, headers, kind}) => {
    const {layer} = await setup({faults: [fault('layer[1]', {kind: 'respond', status, headers, body})]}, PASSWORD)
    for (let round = 0; round < 9; round++) await expect(layer()).toFailWith(kind)
  })
})

describe('credentials', () => {
  it('go to the token server: a password in a GET, an identity token in a POST', async () => {
    const credentials = [{username: 'robot', password: 'correct-horse'}]
    const password = await setup({auth: {kind: 'bearer', credentials}}, PASSWORD)
    await bytesOf(await password.manifest())
    const identity = await setup(
      {auth: {kind: 'bearer', identityToken: 'refresh-me'}},
      {login: undefined, identityToken: 'refresh-me', registryToken: undefined, isJobToken: false}
    )
    await bytesOf(await identity.manifest())
    const tokenRequests = [...password.server.journal, ...identity.server.journal].filter(({path}) =>
      path.startsWith('/token')
    )
    expect(tokenRequests.map(({method, headers}) => [method, headers.authorization])).toEqual([
      ['GET', `Basic ${Buffer.from('robot:correct-horse').toString('base64')}`],
      ['POST', undefined]
    ])
  })

  it('in a header are not sent to the target of a redirect of the token server', async () => {
    const elsewhere = await startFaultRegistry({absent: ['token']})
    endings.push(elsewhere.close)
    const away: Fault = fault('token', {kind: 'redirect', to: `http://${elsewhere.host}/token`})
    const {manifest} = await setup({auth: {kind: 'bearer'}, faults: [away]}, PASSWORD)
    await expect(manifest()).toFailWith('protocol', {object: 'token'})
    expect(elsewhere.journal.map(({headers}) => headers.authorization)).toEqual([undefined])
  })

  it('stay with the registry after a redirect', async () => {
    const {layer, server} = await setup({auth: {kind: 'bearer', realmHost: 'separate'}, blobs: 'redirect'}, undefined)
    expect(await bytesOf(await layer())).toEqual(LAYER.bytes)
    expect(server.journal.map(({server: at, headers}) => [at, headers.authorization === undefined])).toEqual([
      ['registry', true],
      ['token', true],
      ['registry', false],
      ['cdn', true]
    ])
  })

  it('are not sent to another host that challenges, and not reported as rejected', async () => {
    const login: Action = {kind: 'respond', status: 401, headers: {'www-authenticate': 'Basic realm="x"'}}
    const {layer, server} = await setup(
      {
        auth: {kind: 'basic', username: 'robot', password: 'correct-horse'},
        blobs: 'redirect',
        faults: [fault('layer[1]', login)]
      },
      PASSWORD
    )
    await expect(layer()).toFailWith('unauthorized', {credentials: 'none'})
    expect(server.journal.filter(({server: at}) => at === 'cdn').map(({headers}) => headers.authorization)).toEqual([
      undefined
    ])
  })

  it('are not sent to the target of a redirect of the token server', async () => {
    const elsewhere = await startFaultRegistry({absent: ['token']})
    endings.push(elsewhere.close)
    const away: Fault = fault('token', {kind: 'redirect', to: `http://${elsewhere.host}/token`})
    const {manifest} = await setup(
      {auth: {kind: 'bearer', identityToken: 'refresh-me'}, faults: [away]},
      {login: undefined, identityToken: 'refresh-me', registryToken: undefined, isJobToken: false}
    )
    await expect(manifest()).toFailWith('protocol', {object: 'token'})
    expect(elsewhere.journal).toMatchObject([{method: 'GET', path: '/token'}])
    expect(JSON.stringify(elsewhere.journal)).not.toContain('refresh-me')
  })
})

describe('a response of another host', () => {
  it('is not asked for credentials by a challenge', async () => {
    const invalid = 'Bearer realm="http://127.0.0.1/token",error="invalid_token"'
    const login: Action = {kind: 'respond', status: 401, headers: {'www-authenticate': invalid}}
    const {layer, server} = await setup({blobs: 'redirect', faults: [fault('layer[1]', login)]}, PASSWORD)
    await expect(layer()).toFailWith('unauthorized', {credentials: 'none'})
    expect(server.journal.map(({server: at, headers}) => [at, headers.authorization])).toEqual([
      ['registry', undefined],
      ['cdn', undefined]
    ])
  })

  it('is not quoted', async () => {
    const words: Action = {kind: 'respond', status: 500, body: 'internal words'}
    const {layer} = await setup({blobs: 'redirect', faults: [fault('layer[1]', words)]})
    const failure = await layer().catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(VerifiedImageError)
    expect(JSON.stringify((failure as VerifiedImageError).failure)).not.toContain('internal words')
  })

  it('is quoted from a token server, and not from where it redirects to', async () => {
    const words = {kind: 'respond', status: 500, body: '{"message":"internal words"}'} as const
    const {manifest} = await setup({auth: {kind: 'bearer'}, faults: [fault('token', words)]})
    await expect(manifest()).toFailWith('server-error', {object: 'token', detail: 'internal words'})
    const elsewhere = await startFaultRegistry({auth: {kind: 'bearer'}, faults: [fault('token', words)]})
    endings.push(elsewhere.close)
    const away = fault('token', {kind: 'redirect', to: `http://${elsewhere.host}/token`})
    const redirected = await setup({auth: {kind: 'bearer'}, faults: [away]})
    await expect(redirected.manifest()).toFailWith('server-error', {object: 'token', detail: ''})
  })

  it('is requested from a token server only where tokens may come from', async () => {
    const away: Fault = fault('token', {kind: 'redirect', to: 'http://169.254.169.254/token'})
    const {manifest} = await setup({auth: {kind: 'bearer'}, faults: [away]})
    await expect(manifest()).toFailWith('protocol', {
      object: 'token',
      isHtml: false,
      detail: expect.stringContaining('the token server redirects to 169.254.169.254: it is a link-local address')
    })
  })
})

describe('a registry that hides its repositories', () => {
  const hidden = fault('challenge', {kind: 'respond', status: 404}, {repository: 'acme/app'})
  const basic = {kind: 'basic', username: 'robot', password: 'correct-horse'} as const
  const challenge = {'www-authenticate': 'Basic realm="x"'}

  it.each<{readonly name: string; readonly ping: Action}>([
    {name: 'a challenge with HTTP 200', ping: {kind: 'respond', status: 200, headers: challenge}},
    {
      name: 'a scheme that is not supported',
      ping: {kind: 'respond', status: 401, headers: {'www-authenticate': 'Negotiate'}}
    },
    {name: 'nothing', ping: {kind: 'close'}}
  ])('is believed when /v2/ answers with $name', async ({ping}) => {
    const {manifest, server} = await setup({auth: basic, faults: [hidden, fault('ping', ping)]}, PASSWORD)
    await expect(manifest()).toFailWith('not-found', {object: undefined})
    expect(server.requests().filter(request => request.startsWith('GET manifest'))).toHaveLength(1)
  })

  it('is believed when another host challenges in the place of /v2/', async () => {
    const elsewhere = await startFaultRegistry({auth: basic})
    endings.push(elsewhere.close)
    const away = fault('ping', {kind: 'redirect', to: `http://${elsewhere.host}/v2/`})
    const {manifest} = await setup({auth: basic, faults: [hidden, away]}, PASSWORD)
    await expect(manifest()).toFailWith('not-found')
    expect(elsewhere.journal.map(({headers}) => headers.authorization)).toEqual([undefined])
  })

  it('is believed when /v2/ does not answer whether the login is right', async () => {
    const {manifest} = await setup(
      {auth: {...basic, password: 'other'}, faults: [hidden, fault('ping', {kind: 'close'}, {after: 1})]},
      PASSWORD
    )
    await expect(manifest()).toFailWith('not-found')
  })

  it('holds no connection by a long answer of /v2/', async () => {
    const long: Action = {kind: 'respond', status: 401, headers: challenge, body: Buffer.alloc(4_000_000, 'x')}
    const {manifest} = await setup(
      {auth: {...basic, password: 'other'}, faults: [hidden, fault('ping', long)]},
      PASSWORD
    )
    for (let round = 0; round < 9; round++) await expect(manifest()).toFailWith('unauthorized')
  })
})

describe('any response of a registry', () => {
  it('opens, or fails with a VerifiedImageError', async () => {
    const {layer, server} = await setup()
    const printable = fc.stringMatching(/^[\x21-\x7e]{0,40}$/)
    // No redirect leads away from this machine.
    const path = fc.stringMatching(/^\/[a-z0-9?&=#.]{0,20}$/)
    const names = fc.constantFrom(
      'content-type',
      'content-range',
      'www-authenticate',
      'retry-after',
      'content-encoding',
      'docker-content-digest'
    )
    const action = fc.record({
      kind: fc.constant('respond' as const),
      status: fc.integer({min: 200, max: 599}),
      headers: fc.tuple(fc.dictionary(names, printable), path).map(([all, location]) => ({...all, location})),
      body: fc.string()
    })
    await fc.assert(
      fc.asyncProperty(action, fc.integer({min: 0, max: 9}), async (answer, offset) => {
        server.addFault({on: 'any', do: answer, times: 1})
        try {
          ;(await layer(offset)).body[Symbol.asyncIterator]()
        } catch (error) {
          expect(error).toBeInstanceOf(VerifiedImageError)
        }
      }),
      {numRuns: 200}
    )
  }, 60_000)
})

describe('the content of a manifest', () => {
  it('is the whole in HTTP 206 too', async () => {
    const part: Action = {kind: 'respond', status: 206, headers: {'content-range': 'bytes 0-1/2'}, body: '{}'}
    const {manifest} = await setup({faults: [fault('manifest', part)]})
    expect(await manifest()).toMatchObject({offset: 0, contentLength: 2})
  })

  it('has the digest that it is requested by when it was encoded on its way', async () => {
    const encoded: Action = {
      ...{kind: 'respond', status: 200, headers: {'content-encoding': 'gzip'}},
      body: gzipSync('{"schemaVersion":2}')
    }
    const {manifest, port, ask} = await setup({faults: [fault('manifest', encoded)]})
    const byTag = await manifest()
    expect(byTag.offset).toBe(0)
    expect((await bytesOf(byTag)).toString()).toBe('{"schemaVersion":2}')
    const byDigest = port.openManifest({...ask(), reference: IMAGE.manifest.digest})
    await expect(byDigest.then(bytesOf)).toFailWith('protocol', {reason: 'rewritten'})
  })
})

describe('an HTML page in place of content', () => {
  it('is left to the verifier when it is not called one', async () => {
    const action: Action = {...htmlPage(), headers: {'content-type': 'application/json'}} as Action
    const {manifest} = await setup({faults: [fault('manifest', action)]})
    expect((await bytesOf(await manifest())).toString()).toContain('Sign in')
  })

  it('is not quoted when it comes from another host', async () => {
    const {layer} = await setup({blobs: 'redirect', faults: [fault('layer[1]', htmlPage())]})
    await expect(layer().then(bytesOf)).toFailWith('protocol', {
      detail: expect.stringMatching(/^an HTML page with HTTP 200 from \S+, not the requested content$/)
    })
  })

  it('fails as protocol, with its title', async () => {
    const {layer, manifest} = await setup({faults: [fault('any', htmlPage())]})
    const page = {isHtml: true, detail: expect.stringContaining('Sign in to the network')}
    await expect(layer().then(bytesOf)).toFailWith('protocol', page)
    await expect(manifest().then(bytesOf)).toFailWith('protocol', page)
  })
})

describe('openBlobRange', () => {
  const RANGE = {start: 10, end: 50}
  const open = ({port, ask}: Setup, range = RANGE, size = LAYER.bytes.length): Promise<RegistryResponse> =>
    port.openBlobRange({...ask({object: 'layer[1]'}), digest: LAYER.digest, range, size})

  it('requests both ends of the range at the registry, and opens exactly these bytes', async () => {
    const fixture = await setup({blobs: 'redirect'})
    const {body} = await open(fixture)
    const chunks: Buffer[] = []
    for await (const chunk of body) chunks.push(Buffer.from(chunk))
    expect(Buffer.concat(chunks).equals(LAYER.bytes.subarray(10, 50))).toBe(true)
    expect(fixture.server.journal.map(({server, headers}) => [server, headers.range])).toEqual([
      ['registry', 'bytes=10-49'],
      ['cdn', 'bytes=10-49']
    ])
  })

  it.each<RangeAnswer>(['ignore', 'elsewhere', 'wrong-total', 'unsaid', 'half', 'refuse', 'multipart'])(
    'fails with protocol, and reads no byte, when the range is answered with: %s',
    async answer => {
      const fixture = await setup({faults: [{on: 'layer[1]', do: {kind: 'range', answer}}]})
      await expect(open(fixture)).toFailWith('protocol')
    }
  )

  it.each<Action>([
    {kind: 'respond', status: 400},
    {kind: 'respond', status: 206},
    {kind: 'headers', set: {'content-encoding': 'gzip'}},
    {kind: 'headers', set: {'content-range': 'bytes 10-49/*', 'content-encoding': 'br'}}
  ])('fails with protocol for %j', async action => {
    const fixture = await setup({faults: [{on: 'layer[1]', do: action}]})
    await expect(open(fixture)).toFailWith('protocol')
  })

  it('accepts a server that does not know the total', async () => {
    const set = {'content-range': 'bytes 10-49/*'}
    const fixture = await setup({faults: [{on: 'layer[1]', do: {kind: 'headers', set}}]})
    await expect(open(fixture)).resolves.toMatchObject({offset: 10})
  })

  it('requests a new signed URL for each range', async () => {
    const fixture = await setup({blobs: 'redirect', signedUrlUses: 1})
    for (const start of [0, 40, 80]) {
      const {body} = await open(fixture, {start, end: start + 40})
      for await (const chunk of body) expect(chunk.length).toBeGreaterThan(0)
    }
    expect(fixture.server.requests('cdn')).toHaveLength(3)
    expect(fixture.server.unexpected()).toEqual([])
  })

  it.each([
    {header: 'bytes', accepts: true},
    {header: 'Bytes', accepts: true},
    {header: 'none', accepts: false}
  ])('says whether the server accepts ranges: $header', async ({header, accepts}) => {
    const {layer} = await setup({
      faults: [{on: 'layer[1]', do: {kind: 'headers', set: {'accept-ranges': header}}}]
    })
    expect((await layer()).acceptsRanges).toBe(accepts)
  })
})
