// The way to a registry: certificates, proxies, addresses. The action as a process; names and addresses are loopback's.

import {type ChildProcess, spawn} from 'node:child_process'
import {mkdtemp, rm, writeFile} from 'node:fs/promises'
import {connect, createServer, type Server, type Socket} from 'node:net'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterEach, describe, expect, it} from '@jest/globals'
import {generate} from 'selfsigned'
import {type FaultRegistry, type FaultRegistryOptions, startFaultRegistry} from './support/fault-registry.ts'
import {makeImage} from './support/images.ts'
import {startInternet} from './support/internet.ts'
import {publish} from './support/registry-content.ts'
import {type ActionRun, runAction} from './support/run-action.ts'

const CONTENT = [publish('acme/app', '1.2.3', makeImage())]

const endings: (() => Promise<unknown>)[] = []
afterEach(async () => {
  await Promise.all(endings.splice(0).map(end => end()))
})

async function registryWith(options: FaultRegistryOptions = {}): Promise<FaultRegistry> {
  const registry = await startFaultRegistry({content: CONTENT, ...options})
  endings.push(registry.close)
  return registry
}

function run(host: string, mirror: string, env: Record<string, string> = {}, more = {}): Promise<ActionRun> {
  return runAction(
    {image: `${host}/acme/app:1.2.3`, mirrors: mirror, platform: 'linux/amd64', backoff: '5ms', ...more},
    {env}
  )
}

function firstFailure({report}: ActionRun): unknown {
  return (report as {images: [{registries: [{failure: unknown}]}]}).images[0].registries[0].failure
}

type Pki = {readonly private: string; readonly cert: string}

function certificate(names: {readonly ip?: string; readonly value?: string}, notAfterDate?: Date): Promise<Pki> {
  return generate([{name: 'commonName', value: 'verified-image tests'}], {
    keySize: 2048,
    extensions: [
      {name: 'basicConstraints', cA: true},
      {
        name: 'subjectAltName',
        altNames: [names.ip === undefined ? {type: 2, value: names.value ?? ''} : {type: 7, ip: names.ip}]
      }
    ],
    ...(notAfterDate === undefined ? {} : {notBeforeDate: new Date('2020-01-01'), notAfterDate})
  })
}

async function fileOf(text: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'verified-image-ca-'))
  endings.push(() => rm(folder, {recursive: true}))
  await writeFile(join(folder, 'ca.pem'), text)
  return join(folder, 'ca.pem')
}

describe('a registry that speaks TLS', () => {
  it('is believed when its CA is in NODE_EXTRA_CA_CERTS', async () => {
    const pki = await certificate({ip: '127.0.0.1'})
    const registry = await registryWith({tls: {key: pki.private, cert: pki.cert}})
    const {outputs} = await run(registry.host, '', {NODE_EXTRA_CA_CERTS: await fileOf(pki.cert)})
    expect(outputs).toMatchObject({source: 'primary', verified: 'full'})
  })

  it.each([
    {name: 'a CA that nobody knows', ip: '127.0.0.1', until: undefined, isKnown: false, says: 'NODE_EXTRA_CA_CERTS'},
    {name: 'a certificate that has expired', ip: '127.0.0.1', until: '2021-01-01', isKnown: true, says: 'expired'},
    {name: 'a certificate for another host', ip: '127.0.0.9', until: undefined, isKnown: true, says: 'another host'}
  ])('is not believed with $name, and not asked again', async ({ip, until, isKnown, says}) => {
    const pki = await certificate({ip}, until === undefined ? undefined : new Date(until))
    const registry = await registryWith({tls: {key: pki.private, cert: pki.cert}})
    const mirror = await registryWith()
    const ca: Record<string, string> = isKnown ? {NODE_EXTRA_CA_CERTS: await fileOf(pki.cert)} : {}
    const ran = await run(registry.host, mirror.host, ca)
    expect(ran.outputs).toMatchObject({source: 'mirror'})
    expect(firstFailure(ran)).toMatchObject({
      kind: 'unreachable',
      reason: 'tls-identity',
      detail: expect.stringContaining(says)
    })
    expect(registry.journal).toEqual([])
    expect(ran.annotations[0]?.message).toContain(says)
  })
})

describe('a proxy', () => {
  it('is used for plain HTTP to a registry that is named as insecure, and not for loopback', async () => {
    const [registry, mirror] = [
      await registryWith({faults: [{on: 'config', do: {kind: 'corrupt'}, times: 'always'}]}),
      await registryWith()
    ]
    const internet = await startInternet({'registry.test': registry.ports.registry})
    endings.push(internet.close)
    const {HTTPS_PROXY} = internet.environment
    const ran = await run(
      'registry.test:5000',
      mirror.host,
      {http_proxy: HTTPS_PROXY.replace('http://', '')},
      {'insecure-registries': 'registry.test:5000'}
    )
    expect(ran.outputs).toMatchObject({source: 'mirror'})
    expect(firstFailure(ran)).toMatchObject({kind: 'corrupt'})
    expect(new Set(internet.tunnels)).toEqual(new Set(['registry.test:5000']))
  })

  it.each([
    {noProxy: '.invalid', isLeftOut: true},
    {noProxy: 'invalid', isLeftOut: true},
    {noProxy: 'nowhere.test, registry.invalid', isLeftOut: true},
    {noProxy: 'nowhere.test registry.invalid', isLeftOut: true},
    {noProxy: 'registry.invalid:443', isLeftOut: true},
    {noProxy: '*', isLeftOut: true},
    {noProxy: 'istry.invalid,registry,10.0.0.1,registry.invalid:80', isLeftOut: false},
    {noProxy: '', isLeftOut: false}
  ])('is left out for the hosts in NO_PROXY: $noProxy', async ({noProxy, isLeftOut}) => {
    const [registry, mirror] = [await registryWith(), await registryWith()]
    const internet = await startInternet({'registry.invalid': registry.ports.registry})
    endings.push(internet.close)
    const {HTTPS_PROXY} = internet.environment
    const ran = await run('registry.invalid', mirror.host, {HTTPS_PROXY, NO_PROXY: noProxy})
    expect(ran.outputs).toMatchObject({source: 'mirror'})
    // The proxy leads to a certificate that is not known here; without it there is no such name.
    expect(firstFailure(ran)).toMatchObject({kind: 'unreachable', reason: isLeftOut ? 'dns' : 'tls-identity'})
    expect(internet.tunnels.length === 0).toBe(isLeftOut)
  })

  it.each([
    {
      name: 'refuses',
      proxy: undefined,
      reason: 'proxy',
      says: 'the proxy in https_proxy could not connect (HTTP 502)'
    },
    {name: 'is not there', proxy: 'http://127.0.0.1:1', reason: 'proxy', says: 'connection refused'},
    {name: 'is no URL', proxy: 'http://:::', reason: 'proxy', says: 'http://host:port'},
    {name: 'speaks something else', proxy: 'socks5://127.0.0.1:1', reason: 'proxy', says: 'http://host:port'}
  ])('is named when it $name', async ({proxy, reason, says}) => {
    const mirror = await registryWith()
    const internet = await startInternet({})
    endings.push(internet.close)
    const ran = await run('registry.invalid', mirror.host, {https_proxy: proxy ?? internet.environment.HTTPS_PROXY})
    expect(ran.outputs).toMatchObject({source: 'mirror'})
    expect(firstFailure(ran)).toMatchObject({kind: 'unreachable', reason, detail: expect.stringContaining(says)})
  })
})

/** A listener that passes everything on to a registry. */
async function passOn(host: string, port: number, to: number): Promise<Server> {
  const sockets = new Set<Socket>()
  const server = createServer(client => {
    const upstream = connect(to, '127.0.0.1')
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.on('error', () => socket.destroy()).on('close', () => sockets.delete(socket))
    }
    client.pipe(upstream).pipe(client)
  })
  await new Promise<void>(resolve => server.listen(port, host, resolve))
  endings.push(async () => {
    for (const socket of sockets) socket.destroy()
    await new Promise(resolve => server.close(resolve))
  })
  return server
}

function portOf(server: Server): number {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('it has no port')
  return address.port
}

// Machines differ in what localhost is; here it has two addresses, IPv6 first.
const RESOLVER = `
  import dns from 'node:dns'
  const addresses = [{address: '::1', family: 6}, {address: '127.0.0.1', family: 4}]
  const lookup = dns.lookup
  dns.lookup = (name, options, callback) =>
    name === 'localhost' && options.all ? process.nextTick(callback, null, addresses) : lookup(name, options, callback)`
const TWO_ADDRESSES = {
  NODE_OPTIONS: `--import data:text/javascript;base64,${Buffer.from(RESOLVER).toString('base64')}`
}

describe('addresses', () => {
  it('may be IPv6', async () => {
    const registry = await registryWith()
    const port = portOf(await passOn('::1', 0, registry.ports.registry))
    const {outputs} = await run(`[::1]:${String(port)}`, '')
    expect(outputs).toMatchObject({source: 'primary', registry: `[::1]:${String(port)}`})
  })

  it.each(['127.0.0.1', '::1'])('are all tried: localhost when only %s listens', async address => {
    const registry = await registryWith()
    const port = portOf(await passOn(address, 0, registry.ports.registry))
    const {outputs} = await run(`localhost:${String(port)}`, '', TWO_ADDRESSES)
    expect(outputs).toMatchObject({source: 'primary', verified: 'full'})
  })

  it('are tried on when the first one does not answer', async () => {
    const registry = await registryWith()
    const port = portOf(await passOn('127.0.0.1', 0, registry.ports.registry))
    await holeAt(port)
    const {outputs} = await run(`localhost:${String(port)}`, '', TWO_ADDRESSES)
    expect(outputs).toMatchObject({source: 'primary', verified: 'full'})
  })
})

/** On [::1], a listener that takes no connection any more: its process is stopped and its queue is full. */
async function holeAt(port: number): Promise<void> {
  const script = `require('net').createServer().listen({host: '::1', port: ${String(port)}, backlog: 1}, () => console.log('up'))`
  const child: ChildProcess = spawn(process.execPath, ['-e', script], {stdio: ['ignore', 'pipe', 'inherit']})
  const fillers: Socket[] = []
  endings.push(async () => {
    for (const filler of fillers) filler.destroy()
    const gone = new Promise(resolve => child.once('close', resolve))
    child.kill('SIGKILL')
    await gone
  })
  await new Promise(resolve => child.stdout?.once('data', resolve))
  child.kill('SIGSTOP')
  for (let at = 0; at < 4; at++) fillers.push(connect(port, '::1').on('error', () => undefined))
  await Promise.race(fillers.map(filler => new Promise(resolve => filler.once('connect', resolve))))
}
