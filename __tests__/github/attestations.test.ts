// GitHub's API for attestations, over HTTP against a server on loopback: paths, headers, answers that mean none, and bounds.

import {afterEach, describe, expect, it} from '@jest/globals'
import {type AttestationsPort, createAttestationsPort, type GithubRequest} from '../../src/github/attestations.ts'
import {createHttpClient} from '../../src/http/http-client.ts'
import {digestOf} from '../../src/oci/digest.ts'
import type {RateLimit} from '../../src/registry/exchange.ts'
import {type RawAnswer, type RawServer, startRawServer} from '../support/raw-server.ts'
import '../support/matchers.ts'

const DIGEST = digestOf(Buffer.from('an image'))
const endings: (() => Promise<void>)[] = []
afterEach(async () => {
  await Promise.all(endings.splice(0).map(end => end()))
})

type Setup = {readonly port: AttestationsPort; readonly server: RawServer; readonly request: GithubRequest}

async function setup(
  answer: (path: string) => RawAnswer,
  more: {apiUrl?: string; token?: string; limitRate?: RateLimit} = {}
): Promise<Setup> {
  const server = await startRawServer(answer)
  const http = createHttpClient({
    limits: {connectTimeoutMs: 5000, stallTimeoutMs: 5000, concurrency: 2},
    environment: {}
  })
  endings.push(() => {
    http.close()
    return server.close()
  })
  const port = createAttestationsPort({
    http,
    apiUrl: more.apiUrl ?? `http://${server.host}/api/v3/`,
    token: more.token,
    userAgent: 'test/1',
    nowMs: () => 0,
    wallClockMs: () => 0,
    maxBundleBytes: 1000,
    limit: 3,
    limitRate: more.limitRate
  })
  const request: GithubRequest = {
    object: 'referrers',
    refresh: undefined,
    signal: new AbortController().signal,
    onExchange: () => undefined
  }
  return {port, server, request}
}

const NOT_FOUND: RawAnswer = {status: '404 Not Found'}
const BOTH = {owner: 'acme', repository: 'images', digest: DIGEST}

function listOf(...attestations: readonly unknown[]): RawAnswer {
  return {body: JSON.stringify({attestations})}
}

describe('list', () => {
  it('reads bundles and addresses, at the API that the runner names', async () => {
    const {port, server, request} = await setup(
      () => listOf({bundle: {mediaType: 'x'}}, {bundle: null, bundle_url: 'https://storage.test/b'}, {}, null, 'text'),
      {token: 'secret'}
    )
    const [bundle, address, ...others] = await port.list({...request, ...BOTH})
    expect(bundle?.kind === 'bundle' && Buffer.from(bundle.json).toString()).toBe('{"mediaType":"x"}')
    expect(address).toEqual({kind: 'address', url: new URL('https://storage.test/b')})
    expect(others).toEqual([])
    const [head = ''] = server.requests
    expect(head).toContain(`GET /api/v3/repos/acme/images/attestations/${DIGEST}?per_page=3 `)
    expect(head.toLowerCase()).toContain('authorization: bearer secret')
  })

  it('waits for the rate limit of each host before a request, and sends none if the wait ends', async () => {
    const hosts: string[] = []
    const limitRate: RateLimit = host => {
      hosts.push(host)
      return hosts.length < 3 ? Promise.resolve() : Promise.reject(new Error('the run ended'))
    }
    const {port, server, request} = await setup(() => listOf(), {limitRate})
    await port.list({...request, ...BOTH})
    await port.fetchBundle({...request, url: new URL(`http://${server.host}/bundle`)})
    await expect(port.list({...request, ...BOTH})).rejects.toThrow('the run ended')
    expect(new Set(hosts)).toEqual(new Set([server.host]))
    expect(server.requests).toHaveLength(2)
  })

  it('sends no Authorization without a token', async () => {
    const {port, server, request} = await setup(() => listOf())
    await port.list({...request, ...BOTH})
    expect(server.requests.join('')).not.toMatch(/authorization/i)
  })

  it('asks for an organization, and then for a user', async () => {
    const {port, server, request} = await setup(path => (path.includes('/users/') ? listOf({bundle: {}}) : NOT_FOUND))
    expect(await port.list({...request, owner: 'acme', repository: undefined, digest: DIGEST})).toHaveLength(1)
    expect(server.requests.map(head => head.split('?')[0])).toEqual([
      `GET /api/v3/orgs/acme/attestations/${DIGEST}`,
      `GET /api/v3/users/acme/attestations/${DIGEST}`
    ])
  })

  it.each(['404 Not Found', '422 Unprocessable Entity'])('finds none with HTTP %s', async status => {
    const {port, request} = await setup(() => ({status}))
    expect(await port.list({...request, ...BOTH})).toEqual([])
  })

  it('returns no more than the limit', async () => {
    const {port, request} = await setup(() => listOf(...Array.from({length: 10}, () => ({bundle: {}}))))
    expect(await port.list({...request, ...BOTH})).toHaveLength(3)
  })

  it.each([
    {status: '401 Unauthorized', kind: 'unauthorized'},
    {status: '403 Forbidden', kind: 'denied'},
    {status: '429 Too Many Requests', kind: 'throttled'},
    {status: '500 Internal Server Error', kind: 'server-error'}
  ] as const)('fails with HTTP $status', async ({status, kind}) => {
    const {port, request} = await setup(() => ({status}))
    await expect(port.list({...request, ...BOTH})).toFailWith(kind)
  })

  it.each(['', 'text', '[]', '{}', '{"attestations":1}'])('fails for the answer %j', async body => {
    const {port, request} = await setup(() => ({body}))
    await expect(port.list({...request, ...BOTH})).toFailWith('protocol')
  })

  it.each(['', 'not a URL', 'http://api.example.com', 'ftp://127.0.0.1'])(
    'is at api.github.com for the address %j, so that no token is sent in the clear',
    async apiUrl => {
      const {port} = await setup(() => NOT_FOUND, {apiUrl})
      expect(port.host).toBe('api.github.com')
    }
  )
})

describe('fetchBundle', () => {
  it('sends no token', async () => {
    const {port, server, request} = await setup(() => ({body: 'bundle'}), {token: 'secret'})
    const bytes = await port.fetchBundle({...request, url: new URL(`http://${server.host}/bundle?sig=1`)})
    expect(Buffer.from(bytes).toString()).toBe('bundle')
    expect(server.requests.join('')).not.toMatch(/authorization/i)
  })

  it('reads no more than the limit', async () => {
    const {port, server, request} = await setup(() => ({body: Buffer.alloc(1001)}))
    await expect(port.fetchBundle({...request, url: new URL(`http://${server.host}/`)})).toFailWith('too-large')
  })

  it('refuses plain HTTP and private addresses where the API is a public one', async () => {
    const {port, request} = await setup(() => NOT_FOUND, {apiUrl: 'https://api.github.com'})
    for (const url of ['http://storage.test/b', 'https://127.0.0.1/b', 'https://169.254.169.254/b'])
      await expect(port.fetchBundle({...request, url: new URL(url)})).toFailWith('protocol')
  })

  it('fails with not-found where there is nothing', async () => {
    const {port, server, request} = await setup(() => NOT_FOUND)
    await expect(port.fetchBundle({...request, url: new URL(`http://${server.host}/`)})).toFailWith('not-found')
  })
})
