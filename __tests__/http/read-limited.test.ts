// Short bodies: cut at their limit, and kept as far as they came when the connection breaks.

import {describe, expect, it} from '@jest/globals'
import {VerifiedImageError} from '../../src/failure/error.ts'
import type {Failure} from '../../src/failure/failure.ts'
import {readLimited} from '../../src/http/read-limited.ts'

type Source = {readonly body: AsyncIterable<Uint8Array>; readonly read: () => number}

function sourceOf(chunks: readonly string[], failure?: Error): Source {
  let read = 0
  async function* generate(): AsyncGenerator<Uint8Array> {
    for (const chunk of chunks) {
      read++
      yield await Promise.resolve(Buffer.from(chunk))
    }
    if (failure !== undefined) throw failure
  }
  return {body: generate(), read: () => read}
}

async function textOf(body: AsyncIterable<Uint8Array>, maxBytes: number): Promise<string> {
  return Buffer.from(await readLimited(body, maxBytes)).toString()
}

describe('readLimited', () => {
  it.each([
    {name: 'a short body', chunks: ['ab', 'c'], maxBytes: 4, text: 'abc', read: 2},
    {name: 'a body of exactly the limit', chunks: ['ab', 'cd'], maxBytes: 4, text: 'abcd', read: 2},
    {name: 'the first bytes of a long body', chunks: ['abc', 'def', 'ghi'], maxBytes: 4, text: 'abcd', read: 2},
    {name: 'no bytes of an empty body', chunks: [], maxBytes: 4, text: '', read: 0}
  ])('reads $name', async ({chunks, maxBytes, text, read}) => {
    const source = sourceOf(chunks)
    expect(await textOf(source.body, maxBytes)).toBe(text)
    expect(source.read()).toBe(read)
  })

  it('returns the bytes before a broken connection', async () => {
    const failure: Failure = {kind: 'truncated', gotBytes: 2}
    expect(await textOf(sourceOf(['ab'], new VerifiedImageError(failure)).body, 4)).toBe('ab')
  })

  it.each([
    {name: 'a timeout', error: timedOut()},
    {name: 'an abort', error: new Error('aborted')}
  ])('passes on $name', async ({error}) => {
    await expect(textOf(sourceOf(['ab'], error).body, 4)).rejects.toBe(error)
  })
})

function timedOut(): VerifiedImageError {
  return new VerifiedImageError({
    kind: 'timed-out',
    phase: 'body',
    limit: {input: 'stall-timeout', afterMs: 1}
  })
}
