// A piece of wire before a real registry: passes everything on, and can hold after so many bytes of answers, so that a test
// does something to the registry in the middle of one.

import {type AddressInfo, connect, createServer, type Socket} from 'node:net'

export type Forwarder = {
  /** `127.0.0.1:PORT`. */
  readonly host: string
  readonly close: () => Promise<void>
}

/** After `bytes` bytes of answers nothing more is passed on until `meanwhile` is done. */
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
    // What has come is passed on: a registry that dies takes back no bytes.
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
