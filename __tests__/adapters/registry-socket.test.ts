// Sockets that read into two buffers, under undici: not a byte is overwritten before it was passed on, in plain and over TLS.

import {createHash, randomBytes} from 'node:crypto'
import {createServer as createPlain, type Server} from 'node:http'
import {createServer as createTls} from 'node:https'
import {once} from 'node:events'
import type {AddressInfo} from 'node:net'
import {afterEach, describe, expect, it} from '@jest/globals'
import {generate} from 'selfsigned'
import {Agent, type Dispatcher} from 'undici'
import {createSocketConnector} from '../../src/adapters/registry-socket.ts'

const BYTES = randomBytes(8 * 1024 * 1024 + 17)
const digestOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

let server: Server | undefined
let agent: Agent | undefined
afterEach(async () => {
  await agent?.destroy()
  server?.close()
})

const start = async (isTls: boolean): Promise<string> => {
  const answer = (_request: unknown, response: {end: (bytes: Uint8Array) => unknown}): void => {
    response.end(BYTES)
  }
  const {private: key, cert} = await generate([{name: 'commonName', value: 'localhost'}])
  server = isTls ? createTls({key, cert}, answer) : createPlain(answer)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return `${isTls ? 'https' : 'http'}://127.0.0.1:${String((server.address() as AddressInfo).port)}`
}

/** The digest of what came. Pauses in the middle of every so many chunks, as a reader that is behind does. */
const fetchDigest = (origin: string, pauseEvery: number): Promise<string> =>
  new Promise((resolve, reject) => {
    const hash = createHash('sha256')
    let chunks = 0
    const pauseNow = (controller: Dispatcher.DispatchController): void => {
      controller.pause()
      setImmediate(() => {
        controller.resume()
      })
    }
    agent?.dispatch(
      {origin, path: '/', method: 'GET'},
      {
        onRequestStart: () => undefined,
        onResponseStart: () => undefined,
        onResponseData: (controller, chunk) => {
          hash.update(chunk)
          if (++chunks % pauseEvery === 0) pauseNow(controller)
        },
        onResponseEnd: () => {
          resolve(hash.digest('hex'))
        },
        onResponseError: (_controller, error) => {
          reject(error)
        }
      }
    )
  })

describe.each([
  {name: 'in plain', isTls: false},
  {name: 'over TLS', isTls: true}
])('createSocketConnector, $name', ({isTls}) => {
  it.each([Number.POSITIVE_INFINITY, 7, 1])(
    'passes on every byte with a pause at every %d chunks',
    async pauseEvery => {
      const origin = await start(isTls)
      const trust = {rejectUnauthorized: false}
      agent = new Agent({connect: createSocketConnector({...trust, allowH2: false})})
      const digests = await Promise.all(Array.from({length: 4}, () => fetchDigest(origin, pauseEvery)))
      expect(digests).toEqual(Array.from({length: 4}, () => digestOf(BYTES)))
      // A connection that is used again.
      expect(await fetchDigest(origin, pauseEvery)).toBe(digestOf(BYTES))
    }
  )
})
