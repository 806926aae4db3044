// Lists of referrers, over the client against a server on loopback: the API with its pages and filter, the tag, and lists that lie.

import {afterEach, describe, expect, it} from '@jest/globals'
import {digestOf} from '../../src/oci/digest.ts'
import {
  hasReferrersApi,
  listFromApi,
  listFromTag,
  listReferrers,
  MAX_REFERRERS_BYTES,
  type ReferrersDeps,
  type ReferrersList,
  type ReferrersRequest,
  referrersTag
} from '../../src/registry/referrers.ts'
import {createRegistryClient} from '../../src/registry/registry-client.ts'
import {type RawAnswer, startRawServer} from '../support/raw-server.ts'
import '../support/matchers.ts'

const SUBJECT = digestOf(Buffer.from('an image'))
const BUNDLE = 'application/vnd.dev.sigstore.bundle.v0.3+json'
const API = `/v2/acme/app/referrers/${SUBJECT}`
const TAG = `/v2/acme/app/manifests/${SUBJECT.replace(':', '-')}`
const NOT_FOUND: RawAnswer = {status: '404 Not Found'}

const endings: (() => Promise<void>)[] = []
afterEach(async () => {
  await Promise.all(endings.splice(0).map(end => end()))
})

type Setup = {
  readonly deps: ReferrersDeps
  readonly request: ReferrersRequest
  readonly paths: () => readonly string[]
  readonly received: () => number
}

/** A registry that answers these paths, and 404 to all others. */
async function setup(answers: Readonly<Record<string, RawAnswer>>): Promise<Setup> {
  const server = await startRawServer(path => (path.endsWith('/first') ? {} : (answers[path] ?? NOT_FOUND)))
  const registry = createRegistryClient({
    ...{connectTimeoutMs: 5000, stallTimeoutMs: 5000, concurrency: 4, environment: {}},
    ...{insecureRegistries: [], tokenHosts: [], userAgent: 'test/1'},
    credentialsOf: () => Promise.resolve(undefined),
    setSecret: () => undefined,
    nowMs: () => 0,
    wallClockMs: () => 0
  })
  endings.push(() => {
    registry.close()
    return server.close()
  })
  const repository = {registry: server.host, path: 'acme/app'}
  const request = {refresh: undefined, signal: new AbortController().signal, onExchange: () => undefined}
  // The first contact finds out that this host speaks plain HTTP. HTTP 400 could also come from a host that speaks TLS.
  await registry.openManifest({...request, repository, object: 'manifest', reference: 'first'})
  let received = 0
  return {
    deps: {
      registry,
      attempt: (object, run) => run({...request, object, count: bytes => (received += bytes)})
    },
    request: {repository, digest: SUBJECT},
    paths: () => server.requests.slice(1).map(head => head.split(' ')[1] ?? ''),
    received: () => received
  }
}

function digestNumber(number: number): string {
  return digestOf(Buffer.from(String(number)))
}

function descriptor(number: number, more: Readonly<Record<string, unknown>> = {}): Readonly<Record<string, unknown>> {
  return {
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    digest: digestNumber(number),
    size: 100 + number,
    artifactType: BUNDLE,
    ...more
  }
}

function index(manifests: unknown, headers: Readonly<Record<string, string>> = {}): RawAnswer {
  const body = JSON.stringify({schemaVersion: 2, mediaType: 'application/vnd.oci.image.index.v1+json', manifests})
  return {headers: {'content-type': 'application/vnd.oci.image.index.v1+json', ...headers}, body}
}

function numbers(list: ReferrersList | undefined): readonly number[] | undefined {
  return list?.referrers.map(({size}) => size - 100)
}

describe('listReferrers', () => {
  it('lists what the API returns, and asks for nothing else', async () => {
    const {deps, request, paths, received} = await setup({
      [API]: index([descriptor(1, {annotations: {'dev.sigstore.bundle.content': 'dsse-envelope'}}), descriptor(2)])
    })
    const list = await listReferrers(deps, request)
    expect(list).toEqual({
      place: 'api',
      isCutShort: false,
      referrers: [
        {
          mediaType: 'application/vnd.oci.image.manifest.v1+json',
          digest: digestNumber(1),
          size: 101,
          artifactType: BUNDLE,
          annotations: {'dev.sigstore.bundle.content': 'dsse-envelope'}
        },
        expect.objectContaining({digest: digestNumber(2), annotations: {}})
      ]
    })
    expect(paths()).toEqual([API])
    expect(received()).toBeGreaterThan(100)
  })

  it('reads the tag where the registry has no API', async () => {
    const {deps, request, paths} = await setup({[TAG]: index([descriptor(7)])})
    const list = await listReferrers(deps, request)
    expect(list).toMatchObject({place: 'tag', isCutShort: false})
    expect(numbers(list)).toEqual([7])
    expect(paths()).toEqual([API, TAG])
  })

  it.each<{readonly name: string; readonly answer: RawAnswer}>([
    {name: 'HTTP 400', answer: {status: '400 Bad Request'}},
    {name: 'HTTP 405', answer: {status: '405 Method Not Allowed'}},
    {name: 'HTTP 406', answer: {status: '406 Not Acceptable'}},
    {name: 'HTTP 415', answer: {status: '415 Unsupported Media Type'}},
    {name: 'HTTP 410', answer: {status: '410 Gone'}},
    {name: 'HTTP 501', answer: {status: '501 Not Implemented'}},
    {name: 'an HTML page', answer: {headers: {'content-type': 'text/html'}, body: '<html>Sign in</html>'}},
    {
      name: 'an HTML page as an error',
      answer: {status: '418 No', headers: {'content-type': 'text/html'}, body: '<html>'}
    }
  ])('takes $name as no API', async ({answer}) => {
    const {deps, request} = await setup({[API]: answer, [TAG]: index([descriptor(7)])})
    expect(numbers(await listReferrers(deps, request))).toEqual([7])
  })

  it.each([
    {status: '401 Unauthorized', kind: 'unauthorized'},
    {status: '403 Forbidden', kind: 'denied'},
    {status: '418 No', kind: 'protocol'},
    {status: '429 Too Many Requests', kind: 'throttled'},
    {status: '500 Internal Server Error', kind: 'server-error'}
  ] as const)('fails with HTTP $status, which says nothing about the API', async ({status, kind}) => {
    const {deps, request} = await setup({[API]: {status}, [TAG]: index([descriptor(7)])})
    await expect(listReferrers(deps, request)).toFailWith(kind)
  })

  it('returns undefined where there is neither', async () => {
    const {deps, request} = await setup({})
    expect(await listReferrers(deps, request)).toBeUndefined()
  })

  it('expects the API everywhere but at ghcr.io', () => {
    expect(hasReferrersApi({registry: 'ghcr.io', path: 'a'})).toBe(false)
    expect(hasReferrersApi({registry: 'quay.io', path: 'a'})).toBe(true)
  })

  it('requests the tag first at ghcr.io, and the API only without it', async () => {
    const asked: string[] = []
    const missing = {kind: 'not-found', status: 404, detail: ''} as const
    const {VerifiedImageError} = await import('../../src/failure/error.ts')
    const deps: ReferrersDeps = {
      registry: {
        openManifest: ({reference}) => {
          asked.push(reference)
          return Promise.reject(new VerifiedImageError(missing))
        },
        openReferrers: ({digest}) => {
          asked.push(digest)
          return Promise.reject(new VerifiedImageError(missing))
        }
      },
      attempt: (_object, run) => run({} as never)
    }
    expect(await listReferrers(deps, {repository: {registry: 'ghcr.io', path: 'a'}, digest: SUBJECT})).toBeUndefined()
    expect(asked).toEqual([referrersTag(SUBJECT), SUBJECT])
  })
})

describe('listFromApi', () => {
  it('sends the type as a filter, and filters again where the registry does not', async () => {
    const query = `?artifactType=${encodeURIComponent(BUNDLE)}`
    const {deps, request, paths} = await setup({
      [`${API}${query}`]: index([
        descriptor(1),
        descriptor(2, {artifactType: 'application/spdx+json'}),
        descriptor(3, {artifactType: ''})
      ])
    })
    expect(numbers(await listFromApi(deps, {...request, artifactType: BUNDLE}))).toEqual([1, 3])
    expect(paths()).toEqual([`${API}${query}`])
  })

  it('follows pages, and lists what is on two pages once', async () => {
    const {deps, request, paths} = await setup({
      [API]: index([descriptor(1), descriptor(2)], {link: `<${API}?n=2&last=b>; rel="next"`}),
      [`${API}?n=2&last=b`]: index([descriptor(2), descriptor(3)])
    })
    const list = await listFromApi(deps, request)
    expect(numbers(list)).toEqual([1, 2, 3])
    expect(list?.isCutShort).toBe(false)
    expect(paths()).toEqual([API, `${API}?n=2&last=b`])
  })

  it('ends after 20 pages of a registry that always has another one', async () => {
    const pages = Object.fromEntries(
      Array.from({length: 30}, (_, at) => [
        at === 0 ? API : `${API}?page=${String(at)}`,
        index([descriptor(at)], {link: `<${API}?page=${String(at + 1)}>; rel="next"`})
      ])
    )
    const {deps, request, paths} = await setup(pages)
    const list = await listFromApi(deps, request)
    expect(list).toMatchObject({isCutShort: true})
    expect(numbers(list)).toHaveLength(20)
    expect(paths()).toHaveLength(20)
  })

  it('keeps the pages before one that is gone, and says that the list is cut short', async () => {
    const {deps, request} = await setup({
      [API]: index([descriptor(1)], {link: `<${API}?n=1>; rel="next"`})
    })
    expect(await listFromApi(deps, request)).toMatchObject({isCutShort: true, referrers: [{size: 101}]})
  })

  it('lists no more than the limit', async () => {
    const {deps, request} = await setup({[API]: index([1, 2, 3, 4].map(number => descriptor(number)))})
    const list = await listFromApi(deps, {...request, limit: 3})
    expect(numbers(list)).toEqual([1, 2, 3])
    expect(list?.isCutShort).toBe(true)
    expect((await listFromApi(deps, {...request, limit: 4}))?.isCutShort).toBe(false)
  })

  it('drops a descriptor that cannot be followed, and keeps the others', async () => {
    const broken = [
      descriptor(2, {digest: 'sha256:../../etc/passwd'}),
      descriptor(3, {digest: undefined}),
      descriptor(4, {size: -1}),
      descriptor(5, {size: 1e300}),
      descriptor(6, {size: '7'}),
      descriptor(7, {mediaType: ''}),
      null,
      'text',
      []
    ]
    const {deps, request} = await setup({
      [API]: index([...broken, descriptor(1), descriptor(8, {annotations: {a: 1}})])
    })
    expect(numbers(await listFromApi(deps, request))).toEqual([1, 8])
  })

  it.each([
    {name: 'null', manifests: null},
    {name: 'nothing', manifests: undefined},
    {name: 'an empty list', manifests: []}
  ])('reads $name as an empty list', async ({manifests}) => {
    const {deps, request} = await setup({[API]: index(manifests)})
    expect(await listFromApi(deps, request)).toEqual({place: 'api', referrers: [], isCutShort: false})
  })

  it.each([
    {name: 'text', body: 'not found'},
    {name: 'a list', body: '[]'},
    {name: 'an error with HTTP 200', body: '{"errors":[]}'},
    {name: 'half an index', body: '{"schemaVersion":2,"manifests":['}
  ])('fails with protocol for $name', async ({body}) => {
    const {deps, request} = await setup({[API]: {body}})
    await expect(listFromApi(deps, request)).toFailWith('protocol')
  })

  it('reads no more than 4 MiB', async () => {
    const {deps, request, received} = await setup({[API]: {body: Buffer.alloc(2 * MAX_REFERRERS_BYTES, ' ')}})
    await expect(listFromApi(deps, request)).toFailWith('too-large', {limitBytes: MAX_REFERRERS_BYTES})
    expect(received()).toBeLessThan(1.5 * MAX_REFERRERS_BYTES)
  })
})

describe('listFromTag', () => {
  it('lists the index under the tag of the digest', async () => {
    const {deps, request} = await setup({
      [TAG]: index([descriptor(1), descriptor(2, {artifactType: 'application/vnd.oci.empty.v1+json'})])
    })
    expect(await listFromTag(deps, request)).toMatchObject({place: 'tag', referrers: [{size: 101}, {size: 102}]})
    expect(numbers(await listFromTag(deps, {...request, artifactType: BUNDLE}))).toEqual([1])
  })

  it('returns undefined without the tag, and fails for every other failure', async () => {
    const {deps, request} = await setup({})
    expect(await listFromTag(deps, request)).toBeUndefined()
    const refusing = await setup({[TAG]: {status: '403 Forbidden'}})
    await expect(listFromTag(refusing.deps, refusing.request)).toFailWith('denied')
  })
})

describe('referrersTag', () => {
  it('is the digest with a hyphen, and at most 71 characters', () => {
    expect(referrersTag(SUBJECT)).toBe(SUBJECT.replace(':', '-'))
    const long = digestOf(Buffer.from('an image'), 'sha512')
    expect(referrersTag(long)).toBe(`sha512-${long.slice(7, 71)}`)
  })
})
