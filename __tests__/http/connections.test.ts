// Connections after the first one to a host continue its TLS session: no certificate is sent and checked again, as for each part of a layer.

import {createServer} from 'node:https'
import type {AddressInfo, LookupFunction} from 'node:net'
import {mkdtemp, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {describe, expect, it} from '@jest/globals'
import {createCertificates} from '../../src/http/certificates.ts'
import {createSharedLookup} from '../../src/http/connections.ts'
import {createHttpClient} from '../../src/http/http-client.ts'
import {makePki} from '../support/ca-locations.ts'

it('connections to a host continue the TLS session of the first one, also one that is opened ahead', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'verified-image-sessions-'))
  const pki = await makePki('server')
  const reused: boolean[] = []
  const held: (() => void)[] = []
  const server = createServer(pki.tls, (_request, response) => {
    // The first request ends alone, the others together: each of them needs a connection of its own.
    held.push(() => response.end('hello'))
    if (held.length === 1 || held.length === 4) for (const answer of held) answer()
  })
  server.on('secureConnection', socket => reused.push(socket.isSessionReused()))
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const bundle = join(folder, 'ca.pem')
  await writeFile(bundle, pki.ca)
  const environment = {SSL_CERT_FILE: bundle, SSL_CERT_DIR: folder}
  const client = createHttpClient({
    limits: {connectTimeoutMs: 5000, stallTimeoutMs: 5000, concurrency: 8},
    environment,
    certificates: createCertificates({environment, note: () => undefined, folders: []})
  })
  const url = new URL(`https://127.0.0.1:${String((server.address() as AddressInfo).port)}/`)
  const get = async (spare = 0): Promise<number> => {
    const {signal} = new AbortController()
    const {status, body} = await client.send({method: 'GET', url, headers: {}, signal, freshConnection: false, spare})
    for await (const chunk of body) expect(chunk.length).toBe(5)
    return status
  }
  try {
    expect(await get()).toBe(200)
    expect(await Promise.all([get(1), get(), get()])).toEqual([200, 200, 200])
    expect(reused).toEqual([false, true, true])
  } finally {
    client.close()
    server.closeAllConnections()
    await new Promise(resolve => server.close(resolve))
    await rm(folder, {recursive: true})
  }
})

type Callback = Parameters<LookupFunction>[2]

/** A resolver that answers when the test lets it. */
function createResolver(): {readonly lookUp: LookupFunction; readonly asked: string[]; readonly callbacks: Callback[]} {
  const asked: string[] = []
  const callbacks: Callback[] = []
  const lookUp: LookupFunction = (name, {all, family}, callback) => {
    asked.push(`${name} ${String(all)} ${String(family)}`)
    callbacks.push(callback)
  }
  return {lookUp, asked, callbacks}
}

const ADDRESSES = [{address: '192.0.2.1', family: 4}]

describe('createSharedLookup', () => {
  it('gives one answer to all that wait for it, and asks again after that', () => {
    const {lookUp, asked, callbacks} = createResolver()
    const shared = createSharedLookup(lookUp)
    const answers: unknown[] = []
    const ask = (): void => {
      shared('cdn.test', {all: true}, (...answer) => answers.push(answer))
    }
    ask()
    ask()
    expect(asked).toHaveLength(1)
    callbacks[0]?.(null, ADDRESSES)
    expect(answers).toEqual([
      [null, ADDRESSES],
      [null, ADDRESSES]
    ])
    ask()
    expect(asked).toHaveLength(2)
  })

  it('gives a failure to all that wait for it, and keeps none', () => {
    const {lookUp, asked, callbacks} = createResolver()
    const shared = createSharedLookup(lookUp)
    const failures: (string | undefined)[] = []
    const ask = (): void => {
      shared('cdn.test', {all: true}, error => failures.push(error?.code))
    }
    ask()
    ask()
    callbacks[0]?.(Object.assign(new Error('no such name'), {code: 'ENOTFOUND'}), [])
    expect(failures).toEqual(['ENOTFOUND', 'ENOTFOUND'])
    ask()
    callbacks[1]?.(null, ADDRESSES)
    expect(asked).toHaveLength(2)
    expect(failures).toEqual(['ENOTFOUND', 'ENOTFOUND', undefined])
  })

  it('asks for each name, and for each kind of answer', () => {
    const {lookUp, asked} = createResolver()
    const shared = createSharedLookup(lookUp)
    const ignore = (): undefined => undefined
    shared('a.test', {all: true}, ignore)
    shared('b.test', {all: true}, ignore)
    shared('a.test', {}, ignore)
    shared('a.test', {all: true, family: 4}, ignore)
    expect(asked).toEqual([
      'a.test true undefined',
      'b.test true undefined',
      'a.test undefined undefined',
      'a.test true 4'
    ])
  })
})
