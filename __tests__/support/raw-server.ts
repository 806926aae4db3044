// A server that answers with raw bytes, which no HTTP library would send, and records the requests.

import {createServer, type AddressInfo, type Socket} from 'node:net'

export type RawServer = {
  /** `127.0.0.1:PORT`. */
  readonly host: string
  /** The heads of all requests, as received. */
  readonly requests: readonly string[]
  readonly close: () => Promise<void>
}

export type RawAnswer = {
  /** The status line after `HTTP/1.1 `: code and reason. */
  readonly status?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
}

/** Serves one request per connection. */
export async function startRawServer(
  answer: (path: string, host: string, head: string) => RawAnswer
): Promise<RawServer> {
  const requests: string[] = []
  const sockets = new Set<Socket>()
  const server = createServer(socket => {
    sockets.add(socket)
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket))
    let received = ''
    socket.setEncoding('latin1').on('data', (text: string) => {
      received += text
      const end = received.indexOf('\r\n\r\n')
      if (end < 0) return
      const head = received.slice(0, end)
      received = ''
      requests.push(head)
      socket.end(bytesOf(answer(head.split(' ')[1] ?? '', host, head)))
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const host = `127.0.0.1:${String((server.address() as AddressInfo).port)}`
  return {
    host,
    requests,
    close: () =>
      new Promise(resolve => {
        server.close(() => {
          resolve()
        })
        for (const socket of sockets) socket.destroy()
      })
  }
}

function bytesOf({status = '200 OK', headers = {}, body = ''}: RawAnswer): Buffer {
  const content = Buffer.from(body)
  const all = {'content-length': String(content.length), connection: 'close', ...headers}
  const lines = [`HTTP/1.1 ${status}`, ...Object.entries(all).map(([name, value]) => `${name}: ${value}`)]
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`), content])
}
