// One part: what its connection brought, and what it may not do any more after it was dropped.

import {describe, expect, it} from '@jest/globals'
import {Part} from '../../src/parts/part.ts'
import {createPartMemory} from '../../src/parts/part-memory.ts'
import {responseWith} from '../support/responses.ts'

describe('a part that was dropped', () => {
  it('writes no more bytes: its memory has been given to another part', async () => {
    const memory = createPartMemory(100).open()
    const chunk = Promise.withResolvers<Buffer>()
    const ended = Promise.withResolvers<undefined>()
    // A server that sends its next bytes in the moment in which the request ends.
    async function* body(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('right')
      yield await chunk.promise
    }
    const part: Part = new Part({
      range: {start: 0, end: 100},
      memory,
      signal: new AbortController().signal,
      open: () => Promise.resolve({...responseWith(), body: body()}),
      nowMs: () => 0,
      onBytes: () => undefined,
      onChange: () => {
        if (!part.isRunning) ended.resolve(undefined)
        else if (part.position === 5) {
          part.drop()
          const block = memory.take()
          block.fill(0)
          chunk.resolve(Buffer.from('wrong'))
          void ended.promise.then(() => {
            memory.give(block)
          })
        }
      }
    })
    await ended.promise
    expect([part.position, part.failure]).toEqual([5, undefined])
    expect(memory.take().subarray(0, 10)).toEqual(new Uint8Array(10))
  })
})
