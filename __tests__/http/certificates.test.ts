// Which server is believed, and which one learns who asks: a client with folders of its own, and TLS servers on loopback.

import {mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises'
import {createServer} from 'node:https'
import {type AddressInfo, connect} from 'node:net'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import type {Duplex} from 'node:stream'
import {afterEach, beforeAll, beforeEach, describe, expect, it} from '@jest/globals'
import {createCertificates} from '../../src/http/certificates.ts'
import {createHttpClient, type HttpClient} from '../../src/http/http-client.ts'
import '../support/matchers.ts'
import {makePki, type Pki} from '../support/ca-locations.ts'

let pki: Pki
let client: Pki
beforeAll(async () => {
  ;[pki, client] = await Promise.all([makePki('server'), makePki('client')])
})

let folder: string
const endings: (() => Promise<unknown>)[] = []
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'verified-image-trust-'))
})
afterEach(async () => {
  await Promise.all(endings.splice(0).map(end => end()))
  await rm(folder, {recursive: true})
})

/** A proxy that speaks TLS with a certificate of its own, and opens each tunnel to one server. */
async function startProxy(own: Pki, {host}: Server): Promise<string> {
  const server = createServer(own.tls)
  server.on('connect', (_request, socket: Duplex) => {
    const target = connect(Number(host.split(':')[1]), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n')
      socket.pipe(target).pipe(socket)
    })
    for (const end of [socket, target]) end.on('error', () => undefined)
    endings.push(() => {
      socket.destroy()
      target.destroy()
      return Promise.resolve()
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  endings.push(() => {
    server.closeAllConnections()
    return new Promise(resolve => server.close(resolve))
  })
  return `127.0.0.1:${String((server.address() as AddressInfo).port)}`
}

type Server = {readonly host: string; readonly seen: {handshakes: number; readonly clients: string[]}}

/** Asks each client for a certificate, and takes any. */
async function startServer(): Promise<Server> {
  const seen = {handshakes: 0, clients: [] as string[]}
  const server = createServer({...pki.tls, requestCert: true, rejectUnauthorized: false}, (request, response) => {
    const socket = request.socket as unknown as {getPeerCertificate: () => {subject?: {CN?: string}}}
    seen.clients.push(socket.getPeerCertificate().subject?.CN ?? 'anyone')
    response.end('hello')
  })
  server.on('connection', () => seen.handshakes++)
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  endings.push(() => {
    server.closeAllConnections()
    return new Promise(resolve => server.close(resolve))
  })
  return {host: `127.0.0.1:${String((server.address() as AddressInfo).port)}`, seen}
}

async function fill(registry: string, files: Readonly<Record<string, string>>): Promise<void> {
  await mkdir(join(folder, registry))
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, registry, name), text)
}

// No store of this machine is read: SSL_CERT_DIR names none.
function open(environment: Readonly<Record<string, string>> = {}): HttpClient {
  const variables = {SSL_CERT_FILE: '/nonexistent', SSL_CERT_DIR: '/nonexistent', ...environment}
  const certificates = createCertificates({environment: variables, note: () => undefined, folders: [folder]})
  const limits = {connectTimeoutMs: 5000, stallTimeoutMs: 5000, concurrency: 4}
  const http = createHttpClient({limits, environment, certificates})
  endings.push(() => {
    http.close()
    return Promise.resolve()
  })
  return http
}

async function get(http: HttpClient, host: string, registry?: string): Promise<number> {
  const {status, body} = await http.send({
    method: 'GET',
    url: new URL(`https://${host}/v2/`),
    headers: {},
    signal: new AbortController().signal,
    freshConnection: false,
    ...(registry === undefined ? {} : {registry})
  })
  await body[Symbol.asyncIterator]().return?.()
  return status
}

const UNKNOWN = {reason: 'tls-identity'}

describe('the CA of a registry', () => {
  it('counts for the registry, and for other hosts on its behalf', async () => {
    const [registry, storage] = await Promise.all([startServer(), startServer()])
    await fill(registry.host, {'ca.crt': pki.ca})
    const http = open()
    await expect(get(http, registry.host, registry.host)).resolves.toBe(200)
    await expect(get(http, storage.host, registry.host)).resolves.toBe(200)
  })

  it('does not count for the same host on behalf of another registry, not even after it was believed', async () => {
    const [registry, storage] = await Promise.all([startServer(), startServer()])
    await fill(registry.host, {'ca.crt': pki.ca})
    const http = open()
    await expect(get(http, storage.host, registry.host)).resolves.toBe(200)
    await expect(get(http, storage.host, 'other.test')).toFailWith('unreachable', UNKNOWN)
    await expect(get(http, storage.host)).toFailWith('unreachable', UNKNOWN)
    await expect(get(http, registry.host, 'other.test')).toFailWith('unreachable', UNKNOWN)
  })

  it('is looked for under the name of the registry, and not under that of the host that is asked', async () => {
    const storage = await startServer()
    await fill(storage.host, {'ca.crt': pki.ca})
    await expect(get(open(), storage.host, 'registry.test')).toFailWith('unreachable', UNKNOWN)
  })
})

describe('the certificate of the client', () => {
  it("is shown to the registry's own origin, and to no other host on its behalf", async () => {
    const [registry, storage] = await Promise.all([startServer(), startServer()])
    const {cert, key} = client.tls
    await fill(registry.host, {'ca.crt': pki.ca, 'me.cert': String(cert), 'me.key': String(key)})
    const http = open()
    await get(http, registry.host, registry.host)
    await get(http, storage.host, registry.host)
    await expect(get(http, registry.host, 'other.test')).toFailWith('unreachable', UNKNOWN)
    expect(registry.seen.clients).toEqual(['client'])
    expect(storage.seen.clients).toEqual(['anyone'])
  })
})

describe("the machine's CAs", () => {
  it('are added after the first handshake that fails, for all hosts from then on', async () => {
    const [one, two] = await Promise.all([startServer(), startServer()])
    await writeFile(join(folder, 'company.pem'), pki.ca)
    const http = open({SSL_CERT_FILE: join(folder, 'company.pem')})
    await expect(get(http, one.host, one.host)).resolves.toBe(200)
    await expect(get(http, two.host)).resolves.toBe(200)
    expect([one.seen.handshakes, two.seen.handshakes]).toEqual([2, 1])
  })

  it('are added once for requests at the same time', async () => {
    const server = await startServer()
    await writeFile(join(folder, 'company.pem'), pki.ca)
    const http = open({SSL_CERT_FILE: join(folder, 'company.pem')})
    const all = [1, 2, 3, 4].map(() => get(http, server.host, server.host))
    await expect(Promise.all(all)).resolves.toEqual([200, 200, 200, 200])
  })

  it('cost no second handshake where there are none', async () => {
    const server = await startServer()
    await expect(get(open(), server.host, server.host)).toFailWith('unreachable', UNKNOWN)
    expect(server.seen.handshakes).toBe(1)
  })

  it('do not help a certificate that is wrong in another way', async () => {
    const server = await startServer()
    await writeFile(join(folder, 'company.pem'), pki.ca)
    const http = open({SSL_CERT_FILE: join(folder, 'company.pem')})
    const elsewhere = server.host.replace('127.0.0.1', 'localhost')
    await expect(get(http, elsewhere, elsewhere)).toFailWith('unreachable', UNKNOWN)
  })
})

describe('through a proxy that speaks TLS', () => {
  it('the CA of a registry counts for the registry, and not for the proxy', async () => {
    const server = await startServer()
    const proxy = await startProxy(client, server)
    await fill('registry.test', {
      'ca.crt': pki.ca + client.ca,
      'me.cert': String(client.tls.cert),
      'me.key': String(client.tls.key)
    })
    await writeFile(join(folder, 'company.pem'), client.ca)
    const https_proxy = `https://${proxy}`
    const alone = open({https_proxy})
    await expect(get(alone, 'registry.test', 'registry.test')).toFailWith('unreachable', {reason: 'proxy'})
    const withCompany = open({https_proxy, SSL_CERT_FILE: join(folder, 'company.pem')})
    await expect(get(withCompany, 'registry.test', 'registry.test')).resolves.toBe(200)
    expect(server.seen.clients).toEqual(['client'])
  })

  it("the machine's CAs count for both", async () => {
    const server = await startServer()
    const proxy = await startProxy(client, server)
    await writeFile(join(folder, 'company.pem'), pki.ca + client.ca)
    const http = open({https_proxy: `https://${proxy}`, SSL_CERT_FILE: join(folder, 'company.pem')})
    await expect(get(http, 'registry.test')).resolves.toBe(200)
  })
})
