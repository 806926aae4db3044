// Redirects followed one after the other: how many, what is read of each, and which of them still is the first origin.

import {describe, expect, it} from '@jest/globals'
import {VerifiedImageError} from '../../src/failure/error.ts'
import {exchange, followRedirects, type Hop} from '../../src/registry/exchange.ts'
import type {Exchange} from '../../src/registry/registry.ts'
import {bodyOf} from '../support/memory-registry.ts'
import '../support/matchers.ts'

async function recordOf(
  url: string,
  isAnswered: 'answered' | 'unanswered',
  headers: ReadonlyMap<string, string> = new Map()
): Promise<readonly Exchange[]> {
  const recorded: Exchange[] = []
  const sent = exchange(
    {
      http: {
        proxyVariable: () => 'HTTP_PROXY',
        send: () =>
          isAnswered === 'answered'
            ? Promise.resolve({
                ...{status: 200, headers: new Map(headers), isPublic: true},
                body: Object.assign(bodyOf(Buffer.from('x')), {discard: () => undefined})
              })
            : Promise.reject(new VerifiedImageError({kind: 'unreachable', reason: 'refused', detail: ''})),
        close: () => undefined
      },
      userAgent: 'test/1',
      nowMs: () => 0
    },
    {
      ...{repository: {registry: 'registry.test', path: 'a'}, object: 'manifest', refresh: undefined},
      signal: new AbortController().signal,
      onExchange: one => recorded.push(one)
    },
    new URL(url),
    {method: 'GET', headers: {}}
  )
  if (isAnswered === 'answered') await sent
  else await expect(sent).toFailWith('unreachable')
  return recorded
}

describe('exchange', () => {
  it.each([
    {url: 'http://registry.test/v2/', how: 'answered', proxy: 'HTTP_PROXY'},
    // Nobody but the host can answer.
    {url: 'https://registry.test/v2/', how: 'answered', proxy: undefined},
    {url: 'http://registry.test/v2/', how: 'unanswered', proxy: 'HTTP_PROXY'},
    {url: 'https://registry.test/v2/', how: 'unanswered', proxy: 'HTTP_PROXY'}
  ] as const)('records the proxy of $url, $how: $proxy', async ({url, how, proxy}) => {
    const records = await recordOf(url, how)
    expect(records.map(record => record.proxy)).toEqual([proxy])
  })
})

describe('an exchange with a Content-Encoding', () => {
  it.each([
    {encoding: 'gzip', isEncoded: true},
    {encoding: 'br, gzip', isEncoded: true},
    {encoding: 'identity', isEncoded: undefined}
  ])('says whether the bytes were encoded: $encoding $isEncoded', async ({encoding, isEncoded}) => {
    const [record] = await recordOf('https://registry.test/', 'answered', new Map([['content-encoding', encoding]]))
    expect(record?.isEncoded).toBe(isEncoded)
  })
})

type Followed = {readonly result: Promise<unknown>; readonly hops: readonly Hop[]; readonly read: () => number}

/** Follows these targets; after the last one comes a response that is no redirect. */
function follow(...targets: readonly string[]): Followed {
  const hops: Hop[] = []
  let read = 0
  const result = followRedirects(new URL('https://registry.test/v2/a'), {
    send: hop => {
      const location = targets[hops.length]
      hops.push(hop)
      const bytes = bodyOf(Buffer.from('moved'))
      const body = {
        discard: () => undefined,
        async *[Symbol.asyncIterator]() {
          yield* bytes
          read++
        }
      }
      return Promise.resolve({
        status: location === undefined ? 200 : 307,
        headers: new Map(location === undefined ? [] : [['location', location]]),
        isPublic: true,
        body
      })
    },
    checkTarget: () => undefined
  })
  return {result, hops, read: () => read}
}

describe('followRedirects', () => {
  it('follows ten redirects, and reads the bodies of all of them', async () => {
    const {result, hops, read} = follow(...Array<string>(10).fill('/b'))
    await expect(result).resolves.toMatchObject({status: 200, isDirect: true})
    expect([hops.length, read()]).toEqual([11, 10])
  })

  it('does not follow an eleventh one', async () => {
    const {result, hops} = follow(...Array<string>(11).fill('/b'))
    await expect(result).toFailWith('protocol', {detail: 'more than 10 redirects, the last to registry.test'})
    expect(hops).toHaveLength(11)
  })

  it('is not direct again when another host leads back', async () => {
    const {result, hops} = follow('/b', 'https://cdn.test/c', 'https://registry.test/d')
    await expect(result).resolves.toMatchObject({isDirect: false})
    expect(hops.map(({url, isDirect}) => [url.href, isDirect])).toEqual([
      ['https://registry.test/v2/a', true],
      ['https://registry.test/b', true],
      ['https://cdn.test/c', false],
      ['https://registry.test/d', false]
    ])
  })
})
