// A small internet on loopback: a proxy that maps host names to plain HTTP servers on 127.0.0.1, behind TLS with certificates of its own
// CA. The action reaches registries by their real names, and nothing leaves the machine: other names are refused and recorded.

import {mkdtemp, rm, writeFile} from 'node:fs/promises'
import {createServer, request, type Server} from 'node:http'
import {type AddressInfo, connect, type Socket} from 'node:net'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {createSecureContext, TLSSocket} from 'node:tls'
import {generate} from 'selfsigned'

export type Internet = {
  /** The environment of the action's process: proxy and CA. */
  readonly environment: Readonly<Record<'HTTPS_PROXY' | 'NODE_EXTRA_CA_CERTS', string>>
  /** `host:port` of every requested tunnel, in order. */
  readonly tunnels: readonly string[]
  /** Requested names that have no address. */
  readonly refused: readonly string[]
  readonly close: () => Promise<void>
}

/** `addresses` maps a host name to the port of a plain HTTP server on 127.0.0.1. */
export async function startInternet(addresses: Readonly<Record<string, number>>): Promise<Internet> {
  const names = Object.keys(addresses)
  const pki = await generate([{name: 'commonName', value: 'verified-image tests'}], {
    keySize: 2048,
    extensions: [
      {name: 'basicConstraints', cA: true},
      {name: 'subjectAltName', altNames: names.map(value => ({type: 2 as const, value}))}
    ]
  })
  const folder = await mkdtemp(join(tmpdir(), 'verified-image-internet-'))
  const ca = join(folder, 'ca.pem')
  await writeFile(ca, pki.cert)
  const context = createSecureContext({key: pki.private, cert: pki.cert})
  const sockets = new Set<Socket>()
  const keep = (socket: Socket): Socket => {
    sockets.add(socket)
    return socket.on('error', () => socket.destroy()).on('close', () => sockets.delete(socket))
  }
  const tunnels: string[] = []
  const refused: string[] = []
  // A plain HTTP request through a proxy has the whole URL in its request line.
  const proxy: Server = createServer((incoming, response) => {
    const url = new URL(incoming.url ?? '', 'http://nowhere')
    tunnels.push(url.host)
    const port = addresses[url.hostname]
    if (port === undefined) {
      refused.push(url.host)
      response.writeHead(502).end()
      return
    }
    const path = url.pathname + url.search
    const onward = request(
      {host: '127.0.0.1', port, path, method: incoming.method, headers: incoming.headers},
      answer => {
        response.writeHead(answer.statusCode ?? 502, answer.headers)
        answer.pipe(response)
      }
    )
    incoming.pipe(onward.on('error', () => response.destroy()))
  })
  proxy.on('connect', (incoming, duplex) => {
    const socket = keep(duplex as unknown as Socket)
    const target = incoming.url ?? ''
    tunnels.push(target)
    const port = addresses[target.replace(/:443$/, '')]
    if (port === undefined) {
      refused.push(target)
      socket.end('HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n')
      return
    }
    socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
    const plain = keep(new TLSSocket(socket, {isServer: true, secureContext: context}))
    const server = keep(connect(port, '127.0.0.1'))
    plain.pipe(server).pipe(plain)
    plain.on('close', () => server.destroy())
    server.on('close', () => plain.destroy())
  })
  await new Promise<void>(resolve => proxy.listen(0, '127.0.0.1', resolve))
  const {port} = proxy.address() as AddressInfo
  return {
    environment: {HTTPS_PROXY: `http://127.0.0.1:${String(port)}`, NODE_EXTRA_CA_CERTS: ca},
    tunnels,
    refused,
    close: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise(resolve => proxy.close(resolve))
      await rm(folder, {recursive: true, force: true})
    }
  }
}
