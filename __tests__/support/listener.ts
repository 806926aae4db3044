// An HTTP or HTTPS server on a free loopback port that closes at once: it keeps its sockets, to destroy them.

import {createServer, type IncomingMessage, type ServerResponse} from 'node:http'
import {createServer as createTlsServer} from 'node:https'
import type {AddressInfo, Socket} from 'node:net'

export type TlsPair = {readonly key: string | Buffer; readonly cert: string | Buffer}

export type Listener = {
  /** `127.0.0.1:PORT`. */
  readonly host: string
  readonly port: number
  readonly close: () => Promise<void>
}

export type ListenerOptions = {
  readonly tls?: TlsPair
  /** A counter that several servers can share. */
  readonly connections: {count: number}
  readonly onRequest: (request: IncomingMessage, response: ServerResponse, connection: number) => Promise<void>
}

export async function listen({tls, connections, onRequest}: ListenerOptions): Promise<Listener> {
  const sockets = new Map<Socket, number>()
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    response.on('error', () => undefined)
    onRequest(request, response, sockets.get(request.socket) ?? 0).catch((error: unknown) => {
      // A bug of this server must not look like a fault of a registry: it ends the test run.
      if (!request.socket.destroyed)
        queueMicrotask(() => {
          throw error
        })
    })
  }
  const server = tls === undefined ? createServer(answer) : createTlsServer(tls, answer)
  // Longer than any test, so that the server does not close a connection that the client is about to reuse.
  server.keepAliveTimeout = 60_000
  const keep = (socket: Socket): void => {
    sockets.set(socket, connections.count)
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket))
  }
  server.on('connection', (socket: Socket) => {
    connections.count += 1
    keep(socket)
  })
  // With TLS, the socket of a request is the inner one. The outer one is kept too, for handshakes that do not finish.
  server.on('secureConnection', keep)
  // The client sent something other than HTTP, or the TLS handshake failed.
  server.on('clientError', (_error, socket) => socket.destroy())
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const {port} = server.address() as AddressInfo
  return {
    host: `127.0.0.1:${String(port)}`,
    port,
    close: () =>
      new Promise(resolve => {
        server.close(() => {
          resolve()
        })
        for (const socket of sockets.keys()) socket.destroy()
      })
  }
}
