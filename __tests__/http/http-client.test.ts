// One request at a time over real sockets on loopback: what a server may do to it, and that nothing of it is left.

import {connect, createServer, type Server, type Socket} from 'node:net'
import type {AddressInfo} from 'node:net'
import {afterEach, describe, expect, it} from '@jest/globals'
import fc from 'fast-check'
import {createHttpClient, type HttpClient} from '../../src/http/http-client.ts'
import {announcedLength, type HttpLimits, type HttpRequest} from '../../src/http/send-request.ts'
import '../support/matchers.ts'
import {VerifiedImageError} from '../../src/failure/error.ts'

const LIMITS = {connectTimeoutMs: 2000, stallTimeoutMs: 300, concurrency: 8}

const endings: (() => Promise<unknown>)[] = []
afterEach(async () => {
  await Promise.all(endings.splice(0).map(end => end()))
})

/** A server that says this, byte by byte as it is, to each request. Counts connections and requests. */
async function serverThat(
  onRequest: (socket: Socket, ordinal: number) => void
): Promise<{readonly host: string; readonly seen: {connections: number; requests: number}}> {
  const seen = {connections: 0, requests: 0}
  const sockets = new Set<Socket>()
  const server: Server = createServer(socket => {
    seen.connections++
    sockets.add(socket)
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket))
    socket.on('data', () => {
      seen.requests++
      onRequest(socket, seen.requests)
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  endings.push(async () => {
    for (const socket of sockets) socket.destroy()
    await new Promise(resolve => server.close(resolve))
  })
  return {host: `127.0.0.1:${String((server.address() as AddressInfo).port)}`, seen}
}

function clientOf(more: Partial<HttpLimits> = {}, environment: Readonly<Record<string, string>> = {}): HttpClient {
  const client = createHttpClient({limits: {...LIMITS, ...more}, environment})
  endings.push(() => {
    client.close()
    return Promise.resolve()
  })
  return client
}

function request(host: string, more: Partial<HttpRequest> = {}): HttpRequest {
  return {
    method: 'GET',
    url: new URL(`http://${host}/v2/`),
    headers: {},
    signal: new AbortController().signal,
    freshConnection: false,
    ...more
  }
}

async function textOf(client: HttpClient, sent: HttpRequest): Promise<string> {
  const {body} = await client.send(sent)
  const chunks: Uint8Array[] = []
  // A chunk is lent until the next one.
  for await (const chunk of body) chunks.push(Buffer.from(chunk))
  return Buffer.concat(chunks).toString()
}

describe('a response', () => {
  it.each([
    {name: 'with a length', says: 'HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello', ends: false},
    {
      name: 'in chunks',
      says: 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nhe\r\n3;x=y\r\nllo\r\n0\r\nT: 1\r\n\r\n',
      ends: false
    },
    {name: 'in HTTP/1.0, up to its end', says: 'HTTP/1.0 200 OK\r\n\r\nhello', ends: true},
    {
      name: 'with more behind it than it says',
      says: 'HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello, world',
      ends: false
    },
    {
      name: 'behind early hints',
      says: 'HTTP/1.1 103 Early Hints\r\nlink: a\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello',
      ends: false
    }
  ])('$name is read to its end', async ({says, ends}) => {
    const {host} = await serverThat(socket => (ends ? socket.end(says) : socket.write(says)))
    expect(await textOf(clientOf(), request(host))).toBe('hello')
  })

  it.each([
    {name: 'is no HTTP', says: 'SSH-2.0-OpenSSH_9.2p1\r\n', kind: 'unreachable', fields: {reason: 'not-http'}},
    {name: 'is nothing at all', says: '', kind: 'unreachable', fields: {reason: 'reset'}},
    {
      name: 'ends within its headers',
      says: 'HTTP/1.1 200 OK\r\ncontent-le',
      kind: 'unreachable',
      fields: {reason: 'reset'}
    },
    {
      name: 'has two lengths',
      says: 'HTTP/1.1 200 OK\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\nhello',
      kind: 'unreachable',
      fields: {reason: 'not-http'}
    },
    {
      name: 'has a length and chunks',
      says: 'HTTP/1.1 200 OK\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n',
      kind: 'unreachable',
      fields: {reason: 'not-http'}
    },
    {
      name: 'has headers without end',
      says: `HTTP/1.1 200 OK\r\n${`x: ${'y'.repeat(1000)}\r\n`.repeat(100)}`,
      kind: 'protocol',
      fields: {}
    },
    {
      name: 'switches protocols',
      says: 'HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n',
      kind: 'unreachable',
      fields: {reason: 'not-http'}
    },
    {
      name: 'ends before its length',
      says: 'HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhello',
      kind: 'truncated',
      fields: {gotBytes: 5, wantedBytes: 9}
    },
    {
      name: 'ends within a chunk',
      says: 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n9\r\nhello',
      kind: 'truncated',
      fields: {gotBytes: 5}
    },
    {
      name: 'has a chunk that is none',
      says: 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\nzz\r\n',
      kind: 'truncated',
      fields: {gotBytes: 5}
    }
  ] as const)('that $name fails as $kind', async ({says, kind, fields}) => {
    const {host} = await serverThat(socket => socket.end(says))
    await expect(textOf(clientOf(), request(host))).toFailWith(kind, fields)
  })

  it.each([
    {name: 'does not begin', says: '', phase: 'headers'},
    {name: 'stops within its headers', says: 'HTTP/1.1 200 OK\r\nx: y', phase: 'headers'},
    {name: 'stops within its body', says: 'HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhello', phase: 'body'}
  ])('that $name fails within the stall timeout, and its connection is closed', async ({says, phase}) => {
    let isClosed = Promise.resolve()
    const {host} = await serverThat(socket => {
      isClosed = new Promise(resolve =>
        socket.once('close', () => {
          resolve()
        })
      )
      if (says !== '') socket.write(says)
    })
    await expect(textOf(clientOf(), request(host))).toFailWith('timed-out', {
      phase,
      limit: {input: 'stall-timeout', afterMs: 300}
    })
    await isClosed
  })

  it('that drips times out', async () => {
    const {host} = await serverThat(socket => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 5000\r\n\r\n')
      const drip = setInterval(() => socket.write('x'), 20)
      socket.once('close', () => {
        clearInterval(drip)
      })
    })
    await expect(textOf(clientOf(), request(host))).toFailWith('timed-out', {phase: 'body'})
  })

  it('throws nothing but a failure, whatever bytes come', async () => {
    let says: Uint8Array = new Uint8Array()
    const {host} = await serverThat(socket => socket.end(says))
    const client = clientOf()
    const line = fc.constantFrom(
      'HTTP/1.1 200 OK\r\n',
      'HTTP/1.0 404 \r\n',
      'content-length: 3\r\n',
      '\r\n',
      'transfer-encoding: chunked\r\n',
      '3\r\nabc\r\n',
      '0\r\n\r\n',
      ': \r\n',
      '\0'
    )
    const piece = fc.oneof(
      line.map(text => Buffer.from(text)),
      fc.uint8Array({maxLength: 40})
    )
    await fc.assert(
      fc.asyncProperty(fc.array(piece, {maxLength: 8}), async pieces => {
        says = Buffer.concat([Buffer.from('HTTP/1.1 200 OK\r\n'), ...pieces])
        try {
          await textOf(client, request(host))
        } catch (error) {
          expect(error).toBeInstanceOf(VerifiedImageError)
        }
      }),
      {numRuns: 100}
    )
  }, 60_000)
})

const HELLO = 'HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello'

describe('a connection', () => {
  it('is used again', async () => {
    const {host, seen} = await serverThat(socket => socket.write(HELLO))
    const client = clientOf()
    for (let at = 0; at < 3; at++) await textOf(client, request(host))
    expect(seen).toEqual({connections: 1, requests: 3})
  })

  it('is a new one for a request with freshConnection', async () => {
    const {host, seen} = await serverThat(socket => socket.write(HELLO))
    const client = clientOf()
    await textOf(client, request(host))
    await textOf(client, request(host, {freshConnection: true}))
    expect(seen.connections).toBe(2)
  })

  it('that was closed while idle costs one request, and is not reported', async () => {
    const {host, seen} = await serverThat((socket, ordinal) => {
      if (ordinal === 2) socket.destroy()
      else socket.write(HELLO)
    })
    const client = clientOf()
    expect([await textOf(client, request(host)), await textOf(client, request(host))]).toEqual(['hello', 'hello'])
    expect(seen).toEqual({connections: 2, requests: 3})
  })

  it('to a proxy that was closed while it was idle costs a request too, and to a proxy that closes a new one is its failure', async () => {
    const {host, seen} = await serverThat((socket, ordinal) => {
      if (ordinal === 2 || ordinal === 4) socket.destroy()
      else socket.write(HELLO)
    })
    const client = clientOf({}, {http_proxy: `http://${host}`})
    const url = new URL('http://registry.test/')
    expect([await textOf(client, request(host, {url})), await textOf(client, request(host, {url}))]).toEqual([
      'hello',
      'hello'
    ])
    expect(seen).toEqual({connections: 2, requests: 3})
    await expect(textOf(client, request(host, {url, freshConnection: true}))).toFailWith('unreachable', {
      reason: 'proxy',
      detail: 'the proxy in http_proxy cannot be used: the proxy closed the connection before a response'
    })
  })

  it('that is closed right after each answer makes no failure', async () => {
    const {host} = await serverThat(socket => socket.write(HELLO, () => socket.destroy()))
    const client = clientOf()
    for (let at = 0; at < 30; at++) expect(await textOf(client, request(host))).toBe('hello')
  })

  it('that is new and closed is a failure, and not tried again here', async () => {
    const {host, seen} = await serverThat(socket => socket.destroy())
    await expect(textOf(clientOf(), request(host))).toFailWith('unreachable', {reason: 'reset'})
    expect(seen.requests).toBe(1)
  })

  it('is not opened for an aborted request, and is closed when its request is aborted', async () => {
    const {host, seen} = await serverThat(() => undefined)
    const controller = new AbortController()
    const client = clientOf()
    const sent = textOf(client, request(host, {signal: controller.signal}))
    controller.abort(new Error('called off'))
    await expect(sent).rejects.toThrow('called off')
    await expect(client.send(request(host, {signal: controller.signal}))).rejects.toThrow('called off')
    expect(seen.requests).toBeLessThanOrEqual(1)
  })

  it('ends when its body is discarded', async () => {
    let isClosed = Promise.resolve()
    const {host} = await serverThat(socket => {
      isClosed = new Promise(resolve =>
        socket.once('close', () => {
          resolve()
        })
      )
      socket.write(`HTTP/1.1 200 OK\r\ncontent-length: 99999999\r\n\r\n${'x'.repeat(100_000)}`)
    })
    const {body} = await clientOf().send(request(host))
    body.discard()
    await expect(isClosed).resolves.toBeUndefined()
  })
})

describe('connections to one host', () => {
  /** A server that holds its answers back until it is told to go on, and sees how many connections are open at a time. */
  const slowServer = async (): Promise<{host: string; most: () => number; open: () => number; goOn: () => void}> => {
    const waiting: Socket[] = []
    let isOpen = false
    let open = 0
    let most = 0
    const {host} = await serverThat(socket => {
      if (isOpen) socket.write(HELLO)
      else waiting.push(socket)
    })
    const counted = createServer(socket => {
      open++
      most = Math.max(most, open)
      const upstream = connect(Number(host.split(':')[1]), '127.0.0.1')
      socket.pipe(upstream).pipe(socket)
      for (const one of [socket, upstream]) one.on('error', () => undefined)
      socket.on('close', () => {
        open--
        upstream.destroy()
      })
    })
    await new Promise<void>(resolve => counted.listen(0, '127.0.0.1', resolve))
    endings.push(() => new Promise(resolve => counted.close(resolve)))
    const goOn = (): void => {
      isOpen = true
      for (const socket of waiting.splice(0)) socket.write(HELLO)
    }
    const {port} = counted.address() as AddressInfo
    return {host: `127.0.0.1:${String(port)}`, most: () => most, open: () => open, goOn}
  }

  it('never exceed the concurrency, however many requests there are', async () => {
    const server = await slowServer()
    const client = clientOf({concurrency: 3, stallTimeoutMs: 5000})
    const texts = Array.from({length: 40}, () => textOf(client, request(server.host)))
    server.goOn()
    expect(new Set(await Promise.all(texts))).toEqual(new Set(['hello']))
    expect(server.most()).toBe(3)
  })

  it('count those that are made anew', async () => {
    const server = await slowServer()
    const client = clientOf({concurrency: 2, stallTimeoutMs: 5000})
    server.goOn()
    for (let round = 0; round < 5; round++)
      await Promise.all(
        [true, false, true, false].map(freshConnection => textOf(client, request(server.host, {freshConnection})))
      )
    // One that was retired is closed in the turn in which its successor is made.
    expect(server.most()).toBeLessThanOrEqual(3)
  })

  it('do not delay a request to another host', async () => {
    const [busy, idle] = [await slowServer(), await serverThat(socket => socket.write(HELLO))]
    const client = clientOf({concurrency: 1, stallTimeoutMs: 5000})
    const held = textOf(client, request(busy.host))
    expect(await textOf(client, request(idle.host))).toBe('hello')
    busy.goOn()
    expect(await held).toBe('hello')
  })

  it('do not time out while they wait for a permit', async () => {
    const server = await slowServer()
    const client = clientOf({concurrency: 1, stallTimeoutMs: 200, connectTimeoutMs: 200})
    const first = textOf(client, request(server.host))
    const second = textOf(client, request(server.host))
    await expect(first).toFailWith('timed-out', {phase: 'headers'})
    server.goOn()
    expect(await second).toBe('hello')
  })

  it('pass the permit of an aborted request to the next', async () => {
    const server = await slowServer()
    const client = clientOf({concurrency: 1, stallTimeoutMs: 5000})
    const controller = new AbortController()
    const first = textOf(client, request(server.host, {signal: controller.signal}))
    const waiting = new AbortController()
    const second = textOf(client, request(server.host, {signal: waiting.signal}))
    const third = textOf(client, request(server.host))
    waiting.abort(new Error('not wanted'))
    controller.abort(new Error('not wanted'))
    await expect(first).rejects.toThrow('not wanted')
    await expect(second).rejects.toThrow('not wanted')
    server.goOn()
    expect(await third).toBe('hello')
  })

  it('pass the permit of a discarded body to the next', async () => {
    const {host} = await serverThat(socket => socket.write(`HTTP/1.1 200 OK\r\ncontent-length: 99999\r\n\r\nhello`))
    const client = clientOf({concurrency: 1})
    for (let at = 0; at < 3; at++) (await client.send(request(host))).body.discard()
    expect((await client.send(request(host))).status).toBe(200)
  })
})

describe('connecting', () => {
  const CONNECT = {phase: 'connect', limit: {input: 'connect-timeout', afterMs: 150}}

  it('fails when TLS takes longer than connect-timeout', async () => {
    const {host} = await serverThat(() => undefined)
    const sent = clientOf({connectTimeoutMs: 150}).send(request(host, {url: new URL(`https://${host}/`)}))
    await expect(sent).toFailWith('timed-out', CONNECT)
  })

  it('fails within one connect-timeout when the tunnel leads nowhere', async () => {
    const proxy = await serverThat((socket, ordinal) => {
      if (ordinal === 1) socket.write('HTTP/1.1 200 OK\r\n\r\n')
    })
    const client = clientOf({connectTimeoutMs: 150}, {https_proxy: `http://${proxy.host}`})
    const sent = client.send(request(proxy.host, {url: new URL('https://registry.test/')}))
    await expect(sent).toFailWith('timed-out', CONNECT)
  })

  it('fails as the proxy when it does not answer to CONNECT, also beside an open tunnel', async () => {
    let connections = 0
    const proxy = await serverThat(socket => {
      if (connections++ === 0) socket.write('HTTP/1.1 200 OK\r\n\r\n')
    })
    const client = clientOf({connectTimeoutMs: 150}, {https_proxy: `http://${proxy.host}`})
    const sent = [1, 2].map(() =>
      client.send(request(proxy.host, {url: new URL('https://registry.test/')})).catch((error: unknown) => error)
    )
    const failures = (await Promise.all(sent)) as VerifiedImageError[]
    expect(failures.map(({failure}) => failure)).toEqual([
      expect.objectContaining({kind: 'timed-out', phase: 'connect'}),
      {
        kind: 'unreachable',
        reason: 'proxy',
        detail: 'the proxy in https_proxy cannot be used: no connection within 150 ms (input connect-timeout)'
      }
    ])
  })

  it('fails as the proxy when its TLS handshake does not end', async () => {
    const proxy = await serverThat(() => undefined)
    const client = clientOf({connectTimeoutMs: 150}, {https_proxy: `https://${proxy.host}`})
    const sent = client.send(request(proxy.host, {url: new URL('https://registry.test/')}))
    await expect(sent).toFailWith('unreachable', {
      reason: 'proxy',
      detail: expect.stringContaining('no connection within')
    })
  })

  it('fails as the proxy when it closes the connection or does not speak HTTP', async () => {
    for (const says of ['', 'SSH-2.0-OpenSSH_9.2p1\r\n']) {
      const proxy = await serverThat(socket => socket.end(says))
      const client = clientOf({}, {https_proxy: `http://${proxy.host}`})
      const sent = client.send(request(proxy.host, {url: new URL('https://registry.test/')}))
      await expect(sent).toFailWith('unreachable', {reason: 'proxy', detail: expect.stringContaining('https_proxy')})
    }
  })

  it('sends the login of the proxy to the proxy only', async () => {
    const proxy = await serverThat(socket => socket.write(HELLO))
    const heads: string[] = []
    const seen = createServer(socket => {
      socket.on('data', (bytes: Buffer) => {
        heads.push(bytes.toString())
        socket.write(HELLO)
      })
    })
    await new Promise<void>(resolve => seen.listen(0, '127.0.0.1', resolve))
    const {port} = seen.address() as AddressInfo
    const client = clientOf({}, {http_proxy: `http://bob:s3cret@127.0.0.1:${String(port)}`})
    expect(await textOf(client, request(proxy.host, {url: new URL('http://registry.test/v2/')}))).toBe('hello')
    client.close()
    await new Promise(resolve => seen.close(resolve))
    expect(heads).toEqual([expect.stringMatching(/^GET http:\/\/registry\.test\/v2\/ HTTP\/1\.1\r\n/)])
    expect(heads[0]).toContain(`proxy-authorization: Basic ${Buffer.from('bob:s3cret').toString('base64')}`)
    expect(heads[0]).toContain('host: registry.test\r\n')
  })
})

describe('announcedLength', () => {
  it.each([
    {text: '0', bytes: 0},
    {text: '12', bytes: 12},
    {text: '-1', bytes: undefined},
    {text: '1.5', bytes: undefined},
    {text: '0x10', bytes: undefined},
    {text: '12, 12', bytes: undefined},
    {text: '9'.repeat(16), bytes: undefined}
  ])('of $text is $bytes', ({text, bytes}) => {
    expect(announcedLength(new Map([['content-length', text]]))).toBe(bytes)
  })
})
