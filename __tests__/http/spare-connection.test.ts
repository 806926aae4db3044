// A connection that is opened ahead of its request: who gets it, and what becomes of one that nobody uses or that the server closes.

import {once} from 'node:events'
import {connect as connectTo, createServer, type AddressInfo, type Server, type Socket} from 'node:net'
import {afterEach, describe, expect, it} from '@jest/globals'
import {createHttpClient, type HttpClient} from '../../src/http/http-client.ts'
import {createSpareConnection, type Connect} from '../../src/http/spare-connection.ts'

const endings: (() => Promise<unknown>)[] = []
afterEach(async () => {
  await Promise.all(endings.splice(0).map(end => end()))
})

type Peer = {readonly server: Server; readonly port: number; readonly sockets: Socket[]}

/** Answers each request with `ok`. */
async function startPeer(): Promise<Peer> {
  const sockets: Socket[] = []
  const server = createServer(socket => {
    sockets.push(socket)
    socket
      .on('error', () => undefined)
      .on('data', () => {
        socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok')
      })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  endings.push(async () => {
    for (const socket of sockets) socket.destroy()
    await new Promise(resolve => server.close(resolve))
  })
  return {server, port: (server.address() as AddressInfo).port, sockets}
}

function urlOf({port}: Peer): URL {
  return new URL(`http://127.0.0.1:${String(port)}/`)
}

function clientWith(concurrency: number): HttpClient {
  const limits = {connectTimeoutMs: 2000, stallTimeoutMs: 2000, concurrency}
  const client = createHttpClient({limits, environment: {}})
  endings.push(() => {
    client.close()
    return Promise.resolve()
  })
  return client
}

async function get(client: HttpClient, peer: Peer): Promise<number> {
  const {signal} = new AbortController()
  const {status, body} = await client.send({
    ...{method: 'GET', url: urlOf(peer), headers: {}, signal, freshConnection: false}
  })
  for await (const chunk of body) expect(chunk.length).toBe(2)
  return status
}

describe('prepare', () => {
  it('opens one connection, which the next request that needs one uses', async () => {
    const peer = await startPeer()
    const client = clientWith(8)
    await get(client, peer)
    const opened = once(peer.server, 'connection')
    client.prepare(urlOf(peer))
    client.prepare(urlOf(peer))
    await opened
    expect(await Promise.all([get(client, peer), get(client, peer)])).toEqual([200, 200])
    expect(peer.sockets).toHaveLength(2)
  })

  it('serves a request that comes while the connection is being opened', async () => {
    const peer = await startPeer()
    const client = clientWith(8)
    await get(client, peer)
    client.prepare(urlOf(peer))
    expect(await Promise.all([get(client, peer), get(client, peer)])).toEqual([200, 200])
    expect(peer.sockets).toHaveLength(2)
  })

  it('does not delay or fail a request when the server closed the connection', async () => {
    const peer = await startPeer()
    const client = clientWith(8)
    await get(client, peer)
    const opened = once(peer.server, 'connection')
    client.prepare(urlOf(peer))
    await opened
    // The client has seen that it is open, and has not seen that it is closed.
    await get(client, peer)
    peer.sockets[1]?.destroy()
    expect(await Promise.all([get(client, peer), get(client, peer)])).toEqual([200, 200])
  })

  it('opens none beyond the limit of connections, and none to a host that was sent no request', async () => {
    const peer = await startPeer()
    const client = clientWith(1)
    client.prepare(urlOf(peer))
    await get(client, peer)
    client.prepare(urlOf(peer))
    await Promise.all([get(client, peer), get(client, peer)])
    expect(peer.sockets).toHaveLength(1)
  })

  it('leaves no connection open after the client is closed', async () => {
    const peer = await startPeer()
    const client = clientWith(8)
    await get(client, peer)
    const opened = once(peer.server, 'connection')
    client.prepare(urlOf(peer))
    await opened
    const ended = peer.sockets.map(socket => once(socket, 'close'))
    client.close()
    await expect(Promise.all(ended)).resolves.toHaveLength(2)
  })
})

describe('createSpareConnection', () => {
  it('gives the failure of a spare connection to the request that took it, and to no other', async () => {
    const peer = await startPeer()
    let isBroken = true
    const connect: Connect = (_, callback) => {
      if (isBroken)
        setImmediate(() => {
          callback(new Error('broken'), null)
        })
      else {
        const socket = connectTo(peer.port, '127.0.0.1', () => {
          callback(null, socket)
        })
      }
    }
    const spare = createSpareConnection(urlOf(peer).origin, connect)
    const take = (): Promise<string> =>
      new Promise(resolve => {
        spare.connect({hostname: '127.0.0.1', protocol: 'http:', port: String(peer.port)}, (...given) => {
          given[1]?.destroy()
          resolve(given[0]?.message ?? 'connected')
        })
      })
    spare.prepare()
    expect(await take()).toBe('broken')
    spare.prepare()
    await new Promise(resolve => setImmediate(() => setImmediate(resolve)))
    isBroken = false
    expect(await take()).toBe('connected')
  })
})
