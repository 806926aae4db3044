// Sockets that read into two buffers, under Node's HTTP client: not a byte is overwritten before it was passed on, in plain and over TLS.

import {createHash, randomBytes} from 'node:crypto'
import {Agent, createServer as createPlain, get as getPlain, type IncomingMessage, type Server} from 'node:http'
import {Agent as TlsAgent, createServer as createTls, get as getTls} from 'node:https'
import {once} from 'node:events'
import type {AddressInfo} from 'node:net'
import {afterEach, describe, expect, it} from '@jest/globals'
import {generate} from 'selfsigned'
import {readIntoOwnBuffers} from '../../src/adapters/registry-socket.ts'

const BYTES = randomBytes(8 * 1024 * 1024 + 17)
const digestOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

let server: Server | undefined
let agent: Agent | undefined
afterEach(() => {
  agent?.destroy()
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
const fetchDigest = (origin: string, pauseEvery: number): Promise<{digest: string; isReused: boolean}> =>
  new Promise((resolve, reject) => {
    const hash = createHash('sha256')
    let chunks = 0
    const read = (response: IncomingMessage): void => {
      response.on('data', (chunk: Uint8Array) => {
        hash.update(chunk)
        if (++chunks % pauseEvery !== 0) return
        response.pause()
        setImmediate(() => {
          response.resume()
        })
      })
      response.on('end', () => {
        resolve({digest: hash.digest('hex'), isReused: request.reusedSocket})
      })
      response.on('error', reject)
    }
    const request = (origin.startsWith('https') ? getTls : getPlain)(origin, {agent}, read)
    request.on('error', reject)
  })

describe.each([
  {name: 'in plain', isTls: false},
  {name: 'over TLS', isTls: true}
])('readIntoOwnBuffers, $name', ({isTls}) => {
  it.each([Number.POSITIVE_INFINITY, 7, 1])(
    'passes on every byte with a pause at every %d chunks',
    async pauseEvery => {
      const origin = await start(isTls)
      const options = {keepAlive: true}
      agent = isTls ? new TlsAgent({...options, rejectUnauthorized: false}) : new Agent(options)
      readIntoOwnBuffers(agent)
      const fetched = await Promise.all(Array.from({length: 4}, () => fetchDigest(origin, pauseEvery)))
      expect(fetched).toEqual(Array.from({length: 4}, () => ({digest: digestOf(BYTES), isReused: false})))
      expect(await fetchDigest(origin, pauseEvery)).toEqual({digest: digestOf(BYTES), isReused: true})
    }
  )
})
