// A TCP proxy before a real registry. It can pause in the middle of a response, so that a test changes the registry at that point.

import {type AddressInfo, connect, createServer, type Socket} from 'node:net'

export type Forwarder = {
  /** `127.0.0.1:PORT`. */
  readonly host: string
  readonly close: () => Promise<void>
}

/** Forwards `bytes` bytes of responses, then pauses, runs `meanwhile`, and closes the connection. */
export async function startForwarder(
  target: string,
  after: {readonly bytes: number; readonly meanwhile: () => Promise<void>}
): Promise<Forwarder> {
  const [hostname = '', port = ''] = target.split(':')
  const sockets = new Set<Socket>()
  const keep = (socket: Socket): Socket => {
    sockets.add(socket)
    return socket.on('error', () => undefined).on('close', () => sockets.delete(socket))
  }
  let passed = 0
  let meanwhile: Promise<void> | undefined
  const server = createServer({allowHalfOpen: false}, client => {
    const upstream = keep(connect(Number(port), hostname))
    keep(client).pipe(upstream)
    client.on('close', () => upstream.destroy())
    // Bytes that arrived are forwarded before the connection ends.
    upstream.on('close', () => client.end())
    upstream.on('data', (chunk: Buffer) => {
      passed += chunk.length
      client.write(chunk)
      if (passed < after.bytes || meanwhile !== undefined) return
      upstream.pause()
      meanwhile = after.meanwhile().finally(() => upstream.destroy())
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    host: `127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    close: async () => {
      await meanwhile
      for (const socket of sockets) socket.destroy()
      await new Promise(resolve => server.close(resolve))
    }
  }
}
