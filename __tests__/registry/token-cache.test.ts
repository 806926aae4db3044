// Tokens by scope: shared while they are requested, replaced when they expire or are rejected.

import {describe, expect, it} from '@jest/globals'
import {createTokenCache, type Token} from '../../src/registry/token-cache.ts'

const SIGNAL = new AbortController().signal

function token(header: string, expiresAtMs = 100): Token {
  return {header, expiresAtMs, grantedTo: 'anyone', tokenServer: 'auth.test'}
}

describe('createTokenCache', () => {
  it('stores a token per scope', async () => {
    const tokens = createTokenCache(() => 0)
    const get = (scope: string, header: string): Promise<Token> =>
      tokens.get(scope, {rejected: undefined, signal: SIGNAL, issue: () => Promise.resolve(token(header))})
    expect(await get('a', '1')).toEqual(token('1'))
    expect(await get('b', '2')).toEqual(token('2'))
    expect(await get('a', '3')).toEqual(token('1'))
  })

  it.each([
    {name: 'valid', nowMs: 99, rejected: undefined, header: 'old'},
    {name: 'expired', nowMs: 100, rejected: undefined, header: 'new'},
    {name: 'rejected', nowMs: 0, rejected: 'old', header: 'new'},
    {name: 'newer than the rejected one', nowMs: 0, rejected: 'older', header: 'old'}
  ])('returns the $header token when the stored one is $name', async ({nowMs, rejected, header}) => {
    let now = 0
    const tokens = createTokenCache(() => now)
    await tokens.get('a', {rejected: undefined, signal: SIGNAL, issue: () => Promise.resolve(token('old'))})
    now = nowMs
    const found = await tokens.get('a', {rejected, signal: SIGNAL, issue: () => Promise.resolve(token('new', 200))})
    expect(found.header).toBe(header)
  })

  it('returns a new token that equals the rejected one', async () => {
    const tokens = createTokenCache(() => 0)
    const issue = (): Promise<Token> => Promise.resolve(token('same'))
    expect(await tokens.get('a', {rejected: 'same', signal: SIGNAL, issue})).toEqual(token('same'))
  })

  it('requests a token once for simultaneous callers, and again after a failure', async () => {
    const tokens = createTokenCache(() => 0)
    let requests = 0
    const issue = (): Promise<Token> => {
      requests++
      return requests === 1 ? Promise.reject(new Error('no token')) : Promise.resolve(token('1'))
    }
    const get = (): Promise<Token> => tokens.get('a', {rejected: undefined, signal: SIGNAL, issue})
    for (const result of [get(), get()]) await expect(result).rejects.toThrow('no token')
    expect(await get()).toEqual(token('1'))
    expect(requests).toBe(2)
  })

  it('forgets a deleted token', async () => {
    const tokens = createTokenCache(() => 0)
    const get = (header: string): Promise<Token> =>
      tokens.get('a', {rejected: undefined, signal: SIGNAL, issue: () => Promise.resolve(token(header))})
    await get('1')
    tokens.delete('a')
    expect(await get('2')).toEqual(token('2'))
  })
})
