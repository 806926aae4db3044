// GitHub's API for attestations, over HTTP against a server on loopback: paths, headers, answers that mean none, and bounds.

import {afterEach, describe, expect, it} from '@jest/globals'
import {type AttestationsPort, createAttestationsPort} from '../../src/github/attestations.ts'
import type {GitHubAttempt} from '../../src/github/github-api.ts'
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

type Setup = {readonly port: AttestationsPort; readonly server: RawServer; readonly request: GitHubAttempt}

async function setup(
  answer: Parameters<typeof startRawServer>[0],
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
    url: new URL(more.apiUrl ?? `http://${server.host}/api/v3/`),
    token: more.token,
    userAgent: 'test/1',
    nowMs: () => 0,
    wallClockMs: () => 0,
    maxBundleBytes: 1000,
    limit: 3,
    limitRate: more.limitRate
  })
  const request: GitHubAttempt = {
    object: 'referrers',
    refresh: undefined,
    signal: new AbortController().signal,
    onExchange: () => undefined
  }
  return {port, server, request}
}

const NOT_FOUND: RawAnswer = {status: '404 Not Found'}
const BOTH = {owner: 'acme', repository: 'images', digest: DIGEST}

function redirectTo(location: string): RawAnswer {
  return {status: '301 Moved Permanently', headers: {location}}
}

function listOf(...attestations: readonly unknown[]): RawAnswer {
  return {body: JSON.stringify({attestations})}
}

describe('list', () => {
  it('reads bundles and addresses, at the API that the runner names', async () => {
    const {port, server, request} = await setup(
      () => listOf({bundle: {mediaType: 'x'}}, {bundle: null, bundle_url: 'https://storage.test/b'}, {}, null, 'text'),
      {token: 'secret'}
    )
    const {attestations, isCutShort} = await port.list({...request, ...BOTH})
    const [bundle, address, ...others] = attestations
    expect(bundle?.kind === 'bundle' && Buffer.from(bundle.json).toString()).toBe('{"mediaType":"x"}')
    expect(address).toEqual({kind: 'address', url: new URL('https://storage.test/b')})
    expect([others.length, isCutShort]).toEqual([0, false])
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
    const found = await port.list({...request, owner: 'acme', repository: undefined, digest: DIGEST})
    expect(found.attestations).toHaveLength(1)
    expect(server.requests.map(head => head.split('?')[0])).toEqual([
      `GET /api/v3/orgs/acme/attestations/${DIGEST}`,
      `GET /api/v3/users/acme/attestations/${DIGEST}`
    ])
  })

  it.each(['404 Not Found', '422 Unprocessable Entity'])('finds none with HTTP %s', async status => {
    const {port, request} = await setup(() => ({status}))
    expect(await port.list({...request, ...BOTH})).toEqual({attestations: [], isCutShort: false})
  })

  it('returns no more than the limit, and says that there are more', async () => {
    const {port, request} = await setup(() => listOf(...Array.from({length: 10}, () => ({bundle: {}}))))
    const {attestations, isCutShort} = await port.list({...request, ...BOTH})
    expect([attestations.length, isCutShort]).toEqual([3, true])
  })

  it('says that there are more where the API has another page', async () => {
    const {port, server, request} = await setup(() => ({
      ...listOf({bundle: {}}),
      headers: {link: `<http://${server.host}/api/v3/repositories/1/attestations?after=x>; rel="next"`}
    }))
    expect(await port.list({...request, ...BOTH})).toMatchObject({isCutShort: true})
  })

  it('asks once more without a token that is refused: what is public needs none', async () => {
    const {port, server, request} = await setup(
      (_path, _host, head) => (/authorization/i.test(head) ? {status: '401 Unauthorized'} : listOf({bundle: {}})),
      {token: 'expired'}
    )
    expect((await port.list({...request, ...BOTH})).attestations).toHaveLength(1)
    expect(server.requests).toHaveLength(2)
  })

  it('follows a renamed repository on the same server with the token, and nowhere else', async () => {
    const {port, server, request} = await setup(
      path =>
        path.includes('/repositories/1/') ? listOf({bundle: {}}) : redirectTo(`/api/v3/repositories/1/attestations/x`),
      {token: 'secret'}
    )
    expect((await port.list({...request, ...BOTH})).attestations).toHaveLength(1)
    expect(server.requests[1]?.toLowerCase()).toContain('authorization: bearer secret')
    const other = await setup(() => redirectTo(`http://${server.host}/stolen`), {token: 'secret'})
    await expect(other.port.list({...other.request, ...BOTH})).toFailWith('not-found', {status: 301})
    expect(server.requests).toHaveLength(2)
  })

  it('calls a 403 of the rate limit a limit, with its end', async () => {
    const headers = {'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '120'}
    const {port, request} = await setup(() => ({status: '403 Forbidden', headers}), {token: 'secret'})
    await expect(port.list({...request, ...BOTH})).toFailWith('throttled', {status: 403, retryAfterMs: 120_000})
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
