// Redirects followed one after the other: how many, what is read of each, and which of them still is the first origin.

import {describe, expect, it} from '@jest/globals'
import {followRedirects, type Hop} from '../../src/registry/exchange.ts'
import {bodyOf} from '../support/memory-registry.ts'
import '../support/matchers.ts'

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
