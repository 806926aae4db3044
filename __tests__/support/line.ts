// A network line in front of a server on loopback: a round trip for the handshake and for each request, and a limit of the speed of each
// connection. It has no loss and no slow start, so that figures are the same each time.

import {connect, createServer, type AddressInfo, type Socket} from 'node:net'

export type LineOptions = {
  readonly roundTripMs: number
  /** Of each connection, towards the client. */
  readonly bytesPerSecond: number
}

export type Line = {
  /** `127.0.0.1:PORT`. */
  readonly host: string
  /** Connections since the start. */
  readonly connections: () => number
  /** Most connections at a time. */
  readonly mostConnections: () => number
  readonly close: () => Promise<void>
}

// What a connection holds at most beyond what is on its way: as a router's queue.
const QUEUE_MS = 20

/** Forwards connections to `target`, which returns a `host:port`: the server may start after the line. */
export async function startLine(target: () => string, {roundTripMs, bytesPerSecond}: LineOptions): Promise<Line> {
  const sockets = new Set<Socket>()
  const clients = new Set<Socket>()
  let connections = 0
  let mostConnections = 0
  function keep(socket: Socket): void {
    sockets.add(socket)
    socket.setNoDelay(true)
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket))
  }
  const server = createServer({allowHalfOpen: true}, client => {
    connections++
    clients.add(client)
    mostConnections = Math.max(mostConnections, clients.size)
    client.on('close', () => clients.delete(client))
    keep(client)
    client.pause()
    // The handshake takes a round trip before the first byte leaves.
    setTimeout(() => {
      if (client.destroyed) return
      const [hostname = '', port = ''] = target().split(':')
      const upstream = connect(Number(port), hostname)
      keep(upstream)
      forward(client, upstream, {delayMs: roundTripMs / 2, bytesPerMs: Infinity})
      client.on('close', () => upstream.destroy())
      // A reset is not delayed. An end arrives after the bytes before it.
      upstream.on('close', hadError => {
        if (hadError) client.destroy()
      })
      forward(upstream, client, {delayMs: roundTripMs / 2, bytesPerMs: bytesPerSecond / 1000})
    }, roundTripMs)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    host: `127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    connections: () => connections,
    mostConnections: () => mostConnections,
    close: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise(resolve => server.close(resolve))
    }
  }
}

type Direction = {readonly delayMs: number; readonly bytesPerMs: number}

// A direction without a limit carries requests, which are small.
const UNLIMITED_BYTES = 1024 * 1024

/** Sends what one socket receives to the other: each chunk when the line has carried it, and a delay later. */
function forward(from: Socket, to: Socket, {delayMs, bytesPerMs}: Direction): void {
  const onItsWay: {readonly atMs: number; readonly chunk: Buffer | undefined}[] = []
  const mostBytes =
    Math.min(UNLIMITED_BYTES, bytesPerMs * QUEUE_MS) + (bytesPerMs === Infinity ? 0 : bytesPerMs * delayMs)
  let bytes = 0
  let freeMs = 0
  let timer: NodeJS.Timeout | undefined
  let isBlocked = false

  function deliver(): void {
    timer = undefined
    const nowMs = performance.now()
    for (let next = onItsWay[0]; next !== undefined && next.atMs <= nowMs && !isBlocked; next = onItsWay[0]) {
      onItsWay.shift()
      bytes -= next.chunk?.length ?? 0
      if (next.chunk === undefined) to.end()
      else isBlocked = !to.write(next.chunk)
    }
    schedule()
  }
  function schedule(): void {
    if (bytes < mostBytes) from.resume()
    const [next] = onItsWay
    if (next !== undefined && timer === undefined && !isBlocked)
      timer = setTimeout(deliver, Math.max(0, next.atMs - performance.now()))
  }
  function carry(chunk: Buffer | undefined): void {
    const {length} = chunk ?? {length: 0}
    freeMs = Math.max(freeMs, performance.now()) + length / bytesPerMs
    bytes += length
    onItsWay.push({atMs: freeMs + delayMs, chunk})
    if (bytes >= mostBytes) from.pause()
    schedule()
  }
  from.on('data', carry).on('end', () => {
    carry(undefined)
  })
  from.resume()
  to.on('drain', () => {
    isBlocked = false
    schedule()
  })
  to.on('close', () => {
    clearTimeout(timer)
  })
}
