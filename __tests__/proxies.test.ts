// The action as a process behind squid: plain and with TLS, with and without a login, registries over HTTPS and HTTP, NO_PROXY, and a proxy that
// refuses. Squid's log shows the requests.

import {mkdtemp, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, afterEach, beforeAll, expect, it} from '@jest/globals'
import {generate} from 'selfsigned'
import {type FaultRegistry, startFaultRegistry} from './support/fault-registry.ts'
import {makeImage} from './support/images.ts'
import {describeWith} from './support/programs.ts'
import {publish} from './support/registry-content.ts'
import {type ActionRun, runAction} from './support/run-action.ts'
import {type Squid, type SquidOptions, startSquid} from './support/squid.ts'

const CONTENT = [publish('acme/app', '1.2.3', makeImage())]
const NAME = 'registry.test'
// Each of these characters has a meaning in a URL.
const LOGIN = {username: 'bob@corp', password: 'p@ss:w/rd?#%&'}
const AUTHORITY = `${encodeURIComponent(LOGIN.username)}:${encodeURIComponent(LOGIN.password)}@`

type Pki = {readonly private: string; readonly cert: string}

const endings: (() => Promise<unknown>)[] = []
afterEach(async () => {
  await Promise.all(endings.splice(0).map(end => end()))
})

describeWith(['squid'], 'a proxy', () => {
  let pki: Pki
  let folder: string
  let ca: string
  beforeAll(async () => {
    pki = await generate([{name: 'commonName', value: 'verified-image tests'}], {
      keySize: 2048,
      extensions: [
        {name: 'basicConstraints', cA: true},
        {
          name: 'subjectAltName',
          altNames: [
            {type: 2, value: NAME},
            {type: 7, ip: '127.0.0.1'}
          ]
        }
      ]
    })
    folder = await mkdtemp(join(tmpdir(), 'verified-image-proxies-'))
    ca = join(folder, 'ca.pem')
    await writeFile(ca, pki.cert)
  })
  afterAll(() => rm(folder, {recursive: true, force: true}))

  const squidWith = async (options: Partial<SquidOptions> = {}): Promise<Squid> => {
    const squid = await startSquid({names: [NAME], tls: {key: pki.private, cert: pki.cert}, ...options})
    endings.push(squid.close)
    return squid
  }
  const registryWith = async (isEncrypted: boolean): Promise<FaultRegistry> => {
    const tls = isEncrypted ? {tls: {key: pki.private, cert: pki.cert}} : {}
    const registry = await startFaultRegistry({content: CONTENT, ...tls})
    endings.push(registry.close)
    return registry
  }
  const run = (port: number, env: Record<string, string>, inputs: Record<string, string> = {}): Promise<ActionRun> =>
    runAction(
      {image: `${NAME}:${String(port)}/acme/app:1.2.3`, mirrors: '', platform: 'linux/amd64', attempts: '1', ...inputs},
      {env: {NODE_EXTRA_CA_CERTS: ca, ...env}}
    )
  const failureOf = ({report}: ActionRun): unknown =>
    (report as {images: [{registries: [{failure: unknown}]}]}).images[0].registries[0].failure
  const shown = (ran: ActionRun): string =>
    [ran.stdout, ran.stderr, ran.summary, JSON.stringify([ran.report, ran.outputs])].join('\n')

  it.each([
    {proxy: 'plain', target: 'https', login: false},
    {proxy: 'plain', target: 'https', login: true},
    {proxy: 'plain', target: 'http', login: false},
    {proxy: 'plain', target: 'http', login: true},
    {proxy: 'tls', target: 'https', login: false},
    {proxy: 'tls', target: 'https', login: true},
    {proxy: 'tls', target: 'http', login: false},
    {proxy: 'tls', target: 'http', login: true}
  ] as const)('that is $proxy (login: $login) leads to a registry over $target', async ({proxy, target, login}) => {
    const registry = await registryWith(target === 'https')
    const port = registry.ports.registry
    // As Debian's configuration has it: tunnels to the ports of TLS alone.
    const rules = [
      `acl tls_ports port 443${target === 'https' ? ` ${String(port)}` : ''}`,
      'acl CONNECT method CONNECT',
      'http_access deny CONNECT !tls_ports'
    ]
    const squid = await squidWith({rules, ...(login ? {login: LOGIN} : {})})
    const url = `${proxy === 'tls' ? 'https' : 'http'}://${login ? AUTHORITY : ''}${squid[proxy]}`
    const insecure = target === 'http' ? {'insecure-registries': `${NAME}:${String(port)}`} : {}
    const ran = await run(port, {[target === 'http' ? 'http_proxy' : 'HTTPS_PROXY']: url}, insecure)
    expect(ran.outputs).toMatchObject({source: 'primary', verified: 'full'})
    const who = login ? LOGIN.username : '-'
    const requests = await squid.requests()
    expect(requests.length).toBeGreaterThan(0)
    for (const request of requests)
      expect(request).toMatch(
        target === 'https'
          ? new RegExp(`^CONNECT ${NAME}:${String(port)} 200 ${who}$`)
          : new RegExp(`^GET http://${NAME}:${String(port)}/v2/acme/app/.* 200 ${who}$`)
      )
    expect(shown(ran)).not.toContain(LOGIN.password)
    expect(shown(ran)).not.toContain(encodeURIComponent(LOGIN.password))
  })

  it.each([
    {name: 'wants a login that it does not get', target: 'https', authority: '', says: 'HTTP 407: it requires'},
    {name: 'wants a login that it does not get', target: 'http', authority: '', says: 'HTTP 407: it requires'},
    {name: 'refuses the login', target: 'https', authority: 'bob:wr0ng@', says: 'HTTP 407: it requires'},
    {name: 'refuses the login', target: 'http', authority: 'bob:wr0ng@', says: 'HTTP 407: it requires'}
  ])('that $name is reported as the failure of the proxy, for $target', async ({target, authority, says}) => {
    const {ports} = await registryWith(target === 'https')
    const squid = await squidWith({login: LOGIN})
    const variable = `${target}_proxy`
    const ran = await run(
      ports.registry,
      {[variable]: `http://${authority}${squid.plain}`},
      {'insecure-registries': target === 'http' ? `${NAME}:${String(ports.registry)}` : ''}
    )
    expect(failureOf(ran)).toMatchObject({kind: 'unreachable', reason: 'proxy', detail: expect.stringContaining(says)})
    expect(ran.annotations[0]?.message).toContain(`check the proxy in ${variable}`)
    expect(shown(ran)).not.toContain('wr0ng')
    expect((await squid.requests()).length).toBeGreaterThan(0)
  })

  it.each(['https', 'http'])('that forbids a registry over %s is the failure that is reported', async target => {
    const {ports, journal} = await registryWith(target === 'https')
    const squid = await squidWith({rules: ['http_access deny all']})
    const ran = await run(
      ports.registry,
      {[`${target}_proxy`]: `http://${squid.plain}`},
      {'insecure-registries': target === 'http' ? `${NAME}:${String(ports.registry)}` : ''}
    )
    expect(failureOf(ran)).toMatchObject({
      ...{kind: 'unreachable', reason: 'proxy'},
      detail: expect.stringContaining(`the proxy in ${target}_proxy refused the connection (HTTP 403)`)
    })
    expect(journal).toEqual([])
  })

  it('without a trusted certificate is reported as the failure of the proxy', async () => {
    const {ports, journal} = await registryWith(true)
    const squid = await squidWith()
    const ran = await run(ports.registry, {https_proxy: `https://${squid.tls}`, NODE_EXTRA_CA_CERTS: ''})
    expect(failureOf(ran)).toMatchObject({
      ...{kind: 'unreachable', reason: 'proxy'},
      detail: expect.stringMatching(
        /^the proxy in https_proxy cannot be used: TLS certificate check failed: .*NODE_EXTRA_CA_CERTS/
      )
    })
    expect(journal).toEqual([])
  })

  it.each([
    {noProxy: NAME, isLeftOut: true},
    {noProxy: 'test', isLeftOut: true},
    {noProxy: '.test', isLeftOut: true},
    {noProxy: `other.test,${NAME}:PORT`, isLeftOut: true},
    {noProxy: `${NAME}:1`, isLeftOut: false},
    {noProxy: 'istry.test', isLeftOut: false},
    {noProxy: '127.0.0.0/8', isLeftOut: false}
  ])('is not used for names in NO_PROXY: $noProxy', async ({noProxy, isLeftOut}) => {
    const {ports} = await registryWith(true)
    const squid = await squidWith()
    const ran = await run(ports.registry, {
      https_proxy: `http://${squid.plain}`,
      NO_PROXY: noProxy.replace('PORT', String(ports.registry))
    })
    // Without the proxy there is no such name.
    if (isLeftOut) expect(failureOf(ran)).toMatchObject({kind: 'unreachable', reason: 'dns'})
    else expect(ran.outputs).toMatchObject({source: 'primary'})
    expect((await squid.requests()).length === 0).toBe(isLeftOut)
  })

  it.each([
    {host: '192.0.2.1', noProxy: '192.0.2.0/24', isLeftOut: true},
    {host: '192.0.2.1', noProxy: '192.0.2.1', isLeftOut: true},
    {host: '192.0.2.1', noProxy: '192.0.2.128/25', isLeftOut: false},
    {host: '[2001:db8::1]', noProxy: '2001:db8::/32', isLeftOut: true},
    {host: '[2001:db8::1]', noProxy: '2001:db8::1', isLeftOut: true},
    {host: '[2001:db8::1]', noProxy: '[2001:db8::1]', isLeftOut: true},
    {host: '[2001:db8::1]', noProxy: '[2001:db8::1]:5000', isLeftOut: true},
    {host: '[2001:db8::1]', noProxy: '[2001:db8::1]:443,2001:db9::/32', isLeftOut: false}
  ])('is not used for the address $host with NO_PROXY=$noProxy: $isLeftOut', async ({host, noProxy, isLeftOut}) => {
    // Addresses for documentation (RFC 5737, RFC 3849), which lead nowhere; the proxy says so at once.
    const squid = await squidWith({rules: ['http_access deny all']})
    const ran = await runAction(
      {image: `${host}:5000/acme/app:1.2.3`, mirrors: '', attempts: '1', 'connect-timeout': '300ms'},
      {env: {https_proxy: `http://${squid.plain}`, NO_PROXY: noProxy}}
    )
    expect((await squid.requests()).length === 0).toBe(isLeftOut)
    if (!isLeftOut) expect(failureOf(ran)).toMatchObject({reason: 'proxy'})
    expect(ran.exitCode).toBe(1)
  })

  it('is never used for loopback', async () => {
    const {host} = await registryWith(false)
    const squid = await squidWith()
    const proxy = `http://${squid.plain}`
    const ran = await runAction(
      {image: `${host}/acme/app:1.2.3`, mirrors: '', platform: 'linux/amd64'},
      {env: {http_proxy: proxy, https_proxy: proxy, ALL_PROXY: proxy}}
    )
    expect(ran.outputs).toMatchObject({source: 'primary'})
    expect(await squid.requests()).toEqual([])
  })
})
