// Connections that are opened ahead of their requests: how many, who gets them, and what becomes of those that nobody uses.

import {once} from 'node:events'
import {createServer, type AddressInfo, type Server, Socket} from 'node:net'
import {afterEach, describe, expect, it} from '@jest/globals'
import {createHttpClient, type HttpClient} from '../../src/http/http-client.ts'
import {createSpareConnections, type Connect} from '../../src/http/spare-connection.ts'

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

async function get(client: HttpClient, peer: Peer, spare = 0): Promise<number> {
  const {signal} = new AbortController()
  const {status, body} = await client.send({
    ...{method: 'GET', url: urlOf(peer), headers: {}, signal, freshConnection: false, spare}
  })
  for await (const chunk of body) expect(chunk.length).toBe(2)
  return status
}

/** Resolves once the peer has so many connections. */
async function untilConnections({server, sockets}: Peer, count: number): Promise<void> {
  while (sockets.length < count) await once(server, 'connection')
}

describe('spare connections of a request', () => {
  it('are opened beside it, and used by the next requests that need one', async () => {
    const peer = await startPeer()
    const client = clientWith(8)
    await Promise.all([get(client, peer, 2), untilConnections(peer, 3)])
    expect(await Promise.all([get(client, peer), get(client, peer), get(client, peer)])).toEqual([200, 200, 200])
    expect(peer.sockets).toHaveLength(3)
  })

  it('are topped up, not added', async () => {
    const peer = await startPeer()
    const client = clientWith(8)
    await Promise.all([get(client, peer, 2), untilConnections(peer, 3)])
    await get(client, peer, 1)
    await get(client, peer, 2)
    expect(await Promise.all([get(client, peer), get(client, peer), get(client, peer)])).toEqual([200, 200, 200])
    expect(peer.sockets).toHaveLength(3)
  })

  it('serve requests that come while they are being opened', async () => {
    const peer = await startPeer()
    const client = clientWith(8)
    const answers = [get(client, peer, 1), get(client, peer, 1), get(client, peer)]
    expect(await Promise.all(answers)).toEqual([200, 200, 200])
    expect(peer.sockets.length).toBeLessThanOrEqual(4)
  })

  it('do not delay or fail a request when the server closed them', async () => {
    const peer = await startPeer()
    const client = clientWith(8)
    await Promise.all([get(client, peer, 1), untilConnections(peer, 2)])
    // The client has seen that it is open, and has not seen that it is closed.
    await get(client, peer)
    peer.sockets[1]?.destroy()
    expect(await Promise.all([get(client, peer), get(client, peer)])).toEqual([200, 200])
  })

  it.each([1, 2])('are within the limit of %d connections', async limit => {
    const peer = await startPeer()
    const client = clientWith(limit)
    await Promise.all([get(client, peer, 8), untilConnections(peer, limit)])
    await Promise.all([get(client, peer, 8), get(client, peer, 8), get(client, peer, 8)])
    expect(peer.sockets).toHaveLength(limit)
  })

  it('are closed with the client', async () => {
    const peer = await startPeer()
    const client = clientWith(8)
    await Promise.all([get(client, peer, 3), untilConnections(peer, 4)])
    const ended = peer.sockets.map(socket => once(socket, 'close'))
    client.close()
    await expect(Promise.all(ended)).resolves.toHaveLength(4)
  })
})

type Call = {readonly callback: Parameters<Connect>[1]; readonly socket: Socket}

/** A connector whose connections end as the test wants it. */
function createConnector(): {readonly connect: Connect; readonly calls: Call[]} {
  const calls: Call[] = []
  const connect: Connect = (_, callback) => {
    const call = {callback, socket: new Socket()}
    calls.push(call)
    return call.socket
  }
  return {connect, calls}
}

const TO = {hostname: '127.0.0.1', protocol: 'http:', port: '5000'}

describe('createSpareConnections', () => {
  it('opens none before the host has taken the connection of a request', () => {
    const {connect, calls} = createConnector()
    const spares = createSpareConnections('http://127.0.0.1:5000', 8, connect)
    spares.prepare(2)
    expect(calls).toHaveLength(0)
    spares.connect(TO, () => undefined)
    spares.prepare(2)
    expect(calls).toHaveLength(1)
    // With TLS, the handshake goes on from here.
    calls[0]?.socket.emit('connect')
    expect(calls).toHaveLength(3)
  })

  it('opens none for a host that refuses the connection of a request', () => {
    const {connect, calls} = createConnector()
    const spares = createSpareConnections('http://127.0.0.1:5000', 8, connect)
    spares.connect(TO, () => undefined)
    spares.prepare(2)
    calls[0]?.callback(new Error('refused'), null)
    expect(calls).toHaveLength(1)
  })

  it('counts neither connections that have ended nor those that failed', async () => {
    const {connect, calls} = createConnector()
    const spares = createSpareConnections('http://127.0.0.1:5000', 2, connect)
    spares.connect(TO, () => undefined)
    calls[0]?.socket.emit('connect')
    spares.prepare(8)
    expect(calls).toHaveLength(2)
    calls[1]?.callback(new Error('refused'), null)
    spares.prepare(8)
    expect(calls).toHaveLength(3)
    const closed = calls.slice(0, 1).map(({socket}) => once(socket.destroy(), 'close'))
    await Promise.all(closed)
    spares.prepare(8)
    expect(calls).toHaveLength(4)
  })

  it('gives the failure of a spare connection to the request that took it, and to no other', () => {
    const {connect, calls} = createConnector()
    const spares = createSpareConnections('http://127.0.0.1:5000', 8, connect)
    const ends: string[] = []
    const take = (): void => {
      spares.connect(TO, (...given) => {
        ends.push(given[0]?.message ?? 'connected')
      })
    }
    take()
    calls[0]?.socket.emit('connect')
    calls[0]?.callback(null, calls[0].socket)
    spares.prepare(2)
    take()
    calls[1]?.callback(new Error('broken'), null)
    calls[2]?.callback(new Error('nobody waits'), null)
    expect(ends).toEqual(['connected', 'broken'])
    take()
    calls[3]?.callback(null, calls[3].socket)
    expect(ends).toEqual(['connected', 'broken', 'connected'])
  })

  it('closes one that is still being opened when it is dropped', () => {
    const {connect, calls} = createConnector()
    const spares = createSpareConnections('http://127.0.0.1:5000', 8, connect)
    spares.connect(TO, () => undefined)
    calls[0]?.socket.emit('connect')
    spares.prepare(1)
    spares.drop()
    expect(calls[1]?.socket.destroyed).toBe(true)
    expect(calls[0]?.socket.destroyed).toBe(false)
  })
})
