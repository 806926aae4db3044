// A registry that counts its simultaneous connections and requests. It serves correct objects after a short delay, so that a client
// that requests everything at once shows in the counts.

import {createServer, type IncomingMessage, type ServerResponse} from 'node:http'
import type {AddressInfo, Socket} from 'node:net'
import type {HostedImage} from './hostile-images.ts'

export type HostileRegistry = {
  /** `127.0.0.1:PORT`. */
  readonly host: string
  readonly image: (name: string) => string
  readonly peakConnections: () => number
  readonly peakRequests: () => number
  readonly requests: () => number
  readonly close: () => Promise<void>
}

const TAG = '1.2.3'
const LATE_MS = 5

/** Serves each image under its name. */
export async function startHostileRegistry(images: Readonly<Record<string, HostedImage>>): Promise<HostileRegistry> {
  const sockets = new Set<Socket>()
  const peak = {connections: 0, requests: 0}
  let [waiting, requests] = [0, 0]

  function answer(request: IncomingMessage, response: ServerResponse): void {
    const [, name = '', kind = '', reference = ''] =
      /^\/v2\/([^/]+)\/(manifests|blobs)\/([^/]+)$/.exec(request.url ?? '') ?? []
    const image = images[name]
    const digest = kind === 'manifests' && reference === TAG ? (image?.top ?? '') : reference
    const object = image?.objects.get(digest)
    if (object === undefined) {
      response.writeHead(request.url === '/v2/' ? 200 : 404).end()
      return
    }
    const bytes = object.bytes()
    response.writeHead(200, {'content-type': object.mediaType, 'content-length': bytes.length})
    response.end(bytes)
  }

  const server = createServer((request, response) => {
    requests += 1
    waiting += 1
    peak.requests = Math.max(peak.requests, waiting)
    response.on('error', () => undefined).on('close', () => (waiting -= 1))
    setTimeout(() => {
      answer(request, response)
    }, LATE_MS)
  })
  server.on('connection', socket => {
    sockets.add(socket)
    peak.connections = Math.max(peak.connections, sockets.size)
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket))
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const host = `127.0.0.1:${String((server.address() as AddressInfo).port)}`
  return {
    host,
    image: name => `${host}/${name}:${TAG}`,
    peakConnections: () => peak.connections,
    peakRequests: () => peak.requests,
    requests: () => requests,
    close: () =>
      new Promise(resolve => {
        server.close(() => {
          resolve()
        })
        for (const socket of sockets) socket.destroy()
      })
  }
}
