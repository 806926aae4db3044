// The blocks between a socket and a reader: every byte once and in order, whoever is the slower of the two.

import {describe, expect, it} from '@jest/globals'
import fc from 'fast-check'
import {type BodySource, createBody, type OpenBody} from '../../src/http/body.ts'

type Setup = {readonly body: OpenBody; readonly source: BodySource; readonly did: string[]}

function setup(slowestBytes = 100): Setup {
  const did: string[] = []
  const note = (what: string) => (): void => {
    did.push(what)
  }
  const source = {pause: note('pause'), resume: note('resume'), abort: note('abort')}
  return {did, source, body: createBody({bytes: slowestBytes}, note('end'))}
}

function bytesOf(length: number, seed: number): Buffer {
  return Buffer.from(Array.from({length}, (_, at) => (at * 31 + seed * 7) % 251))
}

async function readAll(body: OpenBody): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of body) chunks.push(Buffer.from(chunk))
  return Buffer.concat(chunks)
}

describe('createBody', () => {
  it('hands over every byte once and in order, however it comes and whatever was announced', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat(70_000), {maxLength: 20}),
        fc.option(fc.nat(2_000_000), {nil: undefined}),
        async (lengths, announced) => {
          const {body, source} = setup()
          body.expect(announced, source)
          const sent = lengths.map((length, seed) => bytesOf(length, seed))
          const reading = readAll(body)
          for (const [at, chunk] of sent.entries()) {
            // Some have their memory to themselves, as what a socket reads has; some share it, as parts of a chunked body do.
            body.push(at % 2 === 0 ? new Uint8Array(chunk) : Buffer.concat([Buffer.from('head'), chunk]).subarray(4))
            if (at % 3 === 0) await new Promise(resolve => setImmediate(resolve))
          }
          body.end()
          expect((await reading).equals(Buffer.concat(sent))).toBe(true)
        }
      ),
      {numRuns: 50}
    )
  })

  it('pauses the connection for a reader that is behind, and resumes it', async () => {
    const {body, source, did} = setup()
    body.expect(undefined, source)
    for (let sent = 0; sent < 17; sent++) body.push(bytesOf(64 * 1024, sent))
    expect(did).toEqual(['pause'])
    expect(body.isKeepingUp()).toBe(true)
    const reader = body[Symbol.asyncIterator]()
    for (let left = 17 * 64 * 1024; left > 0;) left -= ((await reader.next()).value as Uint8Array).length
    expect(did).toEqual(['pause', 'resume'])
  })

  it('is too slow when less than the least arrives between two looks', () => {
    const {body} = setup(100)
    body.push(bytesOf(100, 1))
    expect([body.isKeepingUp(), body.isKeepingUp()]).toEqual([true, false])
  })

  it('ends with the error that ended the connection, behind the bytes that came before it', async () => {
    const {body, did} = setup()
    body.push(bytesOf(10, 1))
    body.end(new Error('reset'))
    const reader = body[Symbol.asyncIterator]()
    expect((await reader.next()).value).toHaveLength(10)
    await expect(reader.next()).rejects.toThrow('reset')
    expect(did).toEqual(['end'])
  })

  it('frees the memory of what was read and of what was copied into a block, if it is that of nothing else', async () => {
    const {body} = setup()
    const [first, second, third, shared] = [1, 2, 3, 4].map(() => new Uint8Array(1000))
    if (first === undefined || second === undefined || third === undefined || shared === undefined) throw new Error()
    body.push(first)
    const reader = body[Symbol.asyncIterator]()
    expect((await reader.next()).value).toBe(first)
    for (const chunk of [second, third, shared.subarray(0, 500)]) body.push(chunk)
    body.end()
    expect((await reader.next()).value).toHaveLength(2500)
    await reader.next()
    expect([first, second, third, shared].map(({buffer}) => buffer.byteLength)).toEqual([0, 0, 0, 1000])
  })

  it('leaves alone the memory of an empty chunk, which undici keeps and uses again', async () => {
    const {body} = setup()
    const kept = Buffer.from(new ArrayBuffer(0))
    body.push(kept)
    body.push(bytesOf(10, 1))
    body.end()
    for await (const chunk of body) expect(chunk).toHaveLength(10)
    expect(kept.buffer.detached).toBe(false)
  })

  it('ends the request when its reader stops', async () => {
    const {body, source, did} = setup()
    body.expect(undefined, source)
    body.push(bytesOf(10, 1))
    for await (const chunk of body) {
      expect(chunk).toHaveLength(10)
      break
    }
    expect(did).toEqual(['abort', 'end'])
  })
})
