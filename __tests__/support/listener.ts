// An HTTP(S) server on a free loopback port that can be closed at once: it keeps its sockets to destroy them.

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
  /** Counts connections, of this server and of others that share it. */
  readonly connections: {count: number}
  readonly onRequest: (request: IncomingMessage, response: ServerResponse, connection: number) => Promise<void>
}

export async function listen({tls, connections, onRequest}: ListenerOptions): Promise<Listener> {
  const sockets = new Map<Socket, number>()
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    response.on('error', () => undefined)
    onRequest(request, response, sockets.get(request.socket) ?? 0).catch((error: unknown) => {
      // A bug of the fault registry must not look like a fault of the registry: it ends the test run.
      if (!request.socket.destroyed)
        queueMicrotask(() => {
          throw error
        })
    })
  }
  const server = tls === undefined ? createServer(answer) : createTlsServer(tls, answer)
  // A client that comes back to a kept connection must not run into its end: tests take no longer than this.
  server.keepAliveTimeout = 60_000
  const keep = (socket: Socket): void => {
    sockets.set(socket, connections.count)
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket))
  }
  server.on('connection', (socket: Socket) => {
    connections.count += 1
    keep(socket)
  })
  // With TLS a request's socket is the one within; the outer one is kept too, for handshakes that never end.
  server.on('secureConnection', keep)
  // What is no HTTP, or a handshake that fails, is the client's own affair.
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
