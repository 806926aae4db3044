// A registry chooses which server issues its tokens, and with that where credentials go. Whatever it chooses: they go to no
// private address that the workflow did not list, ask for no more than to pull, and nothing of a stranger's answer is shown.

import {mkdtemp, readFile, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterEach, describe, expect, it} from '@jest/globals'
import {generate} from 'selfsigned'
import {type FaultRegistry, startFaultRegistry} from '../support/fault-registry.ts'
import {makeImage} from '../support/images.ts'
import {type Internet, startInternet} from '../support/internet.ts'
import type {TlsPair} from '../support/listener.ts'
import {publish} from '../support/registry-content.ts'
import {type ActionRun, runAction} from '../support/run-action.ts'
import {startRecordingServer, type RecordingServer} from '../support/recording-server.ts'

const SECRET = 'AKIAINNERSECRET'
const LOGIN = {username: 'bob', password: 'correct-horse-battery'}

const endings: (() => Promise<unknown>)[] = []
afterEach(async () => {
  await Promise.all(endings.splice(0).map(end => end()))
})

/** It wants a token from `realm`, and takes every one. */
async function registryThatSendsTo(realm: string, scope = 'repository:acme/app:pull'): Promise<FaultRegistry> {
  const header = `Bearer realm="${realm}",service="registry.test",scope="${scope}"`
  const registry = await startFaultRegistry({
    content: [publish('acme/app', '1.2.3', makeImage())],
    faults: [{on: 'manifest', do: {kind: 'respond', status: 401, headers: {'www-authenticate': header}}, times: 1}]
  })
  endings.push(registry.close)
  return registry
}

async function witnessThat(
  answer: Parameters<typeof startRecordingServer>[0],
  tls?: TlsPair
): Promise<RecordingServer> {
  const witness = await startRecordingServer(answer, tls)
  endings.push(witness.close)
  return witness
}

const issueToken: Parameters<typeof startRecordingServer>[0] = response =>
  response.end('{"token":"a-token-that-is-taken"}')

async function internetWith(addresses: Readonly<Record<string, number>>): Promise<Internet> {
  const internet = await startInternet(addresses)
  endings.push(internet.close)
  return internet
}

function run(internet: Internet, inputs: Readonly<Record<string, string>> = {}, env = {}): Promise<ActionRun> {
  return runAction(
    {image: 'registry.test/acme/app:1.2.3', mirrors: '', platform: 'linux/amd64', attempts: '1', ...LOGIN, ...inputs},
    {env: {...internet.environment, http_proxy: internet.environment.HTTPS_PROXY, ...env}}
  )
}

function failureOf({report}: ActionRun): unknown {
  return (report as {images: [{registries: [{failure: unknown}]}]}).images[0].registries[0].failure
}

function shown({stdout, stderr, summary, report, outputs}: ActionRun): string {
  return [stdout, stderr, summary, JSON.stringify([report, outputs])].join('\n')
}

const basic = `Basic ${Buffer.from(`${LOGIN.username}:${LOGIN.password}`).toString('base64')}`

/** A token server on 127.0.0.1 that proves who it is, and its CA. */
async function innerTokenServer(): Promise<{readonly server: RecordingServer; readonly ca: string}> {
  const pki = await generate([{name: 'commonName', value: 'verified-image tests inside'}], {
    keySize: 2048,
    extensions: [
      {name: 'basicConstraints', cA: true},
      {name: 'subjectAltName', altNames: [{type: 7, ip: '127.0.0.1'}]}
    ]
  })
  return {server: await witnessThat(issueToken, {key: pki.private, cert: pki.cert}), ca: pki.cert}
}

async function fileOf(text: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'verified-image-ca-'))
  endings.push(() => rm(folder, {recursive: true}))
  await writeFile(join(folder, 'ca.pem'), text)
  return join(folder, 'ca.pem')
}

describe('a token server at a private address', () => {
  it.each(['127.0.0.1', '2130706433', '[::ffff:127.0.0.1]', '127.0.0.1.', 'localhost', 'a.localhost', '10.0.0.1'])(
    'is not asked for a registry with a public name, and the error names the input that allows it: %s',
    async host => {
      const server = await witnessThat(issueToken)
      const registry = await registryThatSendsTo(`https://${host}:${String(server.port)}/token`)
      const internet = await internetWith({'registry.test': registry.ports.registry})
      const ran = await run(internet)
      expect(failureOf(ran)).toMatchObject({kind: 'protocol', detail: expect.stringContaining('token-hosts')})
      expect(ran.stdout).toContain('token-hosts')
      expect(server.connections()).toBe(0)
      expect(internet.refused).toEqual([])
    }
  )

  it('is asked when it is listed, with the credentials and for no more than to pull', async () => {
    const {server, ca} = await innerTokenServer()
    const wish = 'repository:acme/app:pull,push,delete repository:other/private:pull registry:catalog:*'
    const registry = await registryThatSendsTo(`https://${server.host}/token`, wish)
    const internet = await internetWith({'registry.test': registry.ports.registry})
    const cas = `${await readFile(internet.environment.NODE_EXTRA_CA_CERTS, 'utf8')}\n${ca}`
    const ran = await run(internet, {'token-hosts': server.host}, {NODE_EXTRA_CA_CERTS: await fileOf(cas)})
    expect(failureOf(ran)).toBeUndefined()
    expect(ran.outputs).toMatchObject({source: 'primary', verified: 'full'})
    expect(server.requests.map(({path, headers}) => [path, headers.authorization])).toEqual([
      ['/token?service=registry.test&scope=repository%3Aacme%2Fapp%3Apull', basic]
    ])
  })

  it.each(['169.254.169.254', '[fe80::1]:8080', '[fd00:ec2::254]'])(
    'cannot be listed when it is link-local: %s',
    async host => {
      const internet = await internetWith({})
      const ran = await run(internet, {'token-hosts': host})
      expect(ran.exitCode).toBe(1)
      expect(ran.annotations[0]?.message).toMatch(/token-hosts .*link-local address/)
      expect(internet.tunnels).toEqual([])
    }
  )

  it('is not where a token server may redirect to', async () => {
    const inner = await witnessThat(response => response.end(SECRET))
    const auth = await witnessThat(response => response.writeHead(307, {location: `https://${inner.host}/token`}).end())
    const registry = await registryThatSendsTo('https://auth.test/token')
    const internet = await internetWith({'registry.test': registry.ports.registry, 'auth.test': auth.port})
    const ran = await run(internet)
    expect(failureOf(ran)).toMatchObject({kind: 'protocol', detail: expect.stringContaining('token-hosts')})
    expect(inner.connections()).toBe(0)
  })
})

describe('a token server', () => {
  it('gets the credentials, and the host that it redirects to does not', async () => {
    const other = await witnessThat(issueToken)
    const auth = await witnessThat(response => response.writeHead(307, {location: 'https://other.test/token'}).end())
    const registry = await registryThatSendsTo('https://auth.test/token')
    const internet = await internetWith({
      ...{'registry.test': registry.ports.registry, 'auth.test': auth.port},
      'other.test': other.port
    })
    await run(internet)
    expect(auth.requests.map(({headers}) => headers.authorization)).toEqual([basic])
    expect(other.requests.map(({headers}) => headers.authorization)).toEqual([undefined])
  })

  it('does not get the credentials back after a detour', async () => {
    const other = await witnessThat(response => response.writeHead(307, {location: 'https://auth.test/again'}).end())
    const auth = await witnessThat((response, path) => {
      if (path.startsWith('/again')) response.end('{"token":"t"}')
      else response.writeHead(307, {location: 'https://other.test/token'}).end()
    })
    const registry = await registryThatSendsTo('https://auth.test/token')
    const internet = await internetWith({
      ...{'registry.test': registry.ports.registry, 'auth.test': auth.port},
      'other.test': other.port
    })
    await run(internet)
    expect(auth.requests.map(({headers}) => headers.authorization)).toEqual([basic, undefined])
  })

  it.each([
    {name: 'text', status: 403, body: SECRET, says: ''},
    {name: 'a web page', status: 401, body: `<html><title>${SECRET}</title>`, says: 'an HTML page'},
    {name: 'no token', status: 200, body: `{"AccessKeyId":"${SECRET}"}`, says: 'has no token'},
    {name: 'a failure', status: 500, body: SECRET, says: ''}
  ])('is not quoted when it answers with $name', async ({status, body, says}) => {
    const auth = await witnessThat(response => response.writeHead(status).end(body))
    const registry = await registryThatSendsTo('https://auth.test/token')
    const internet = await internetWith({'registry.test': registry.ports.registry, 'auth.test': auth.port})
    const ran = await run(internet)
    expect(auth.requests.length).toBeGreaterThan(0)
    expect(failureOf(ran)).toMatchObject({detail: expect.stringContaining(says)})
    expect(shown(ran)).not.toContain(SECRET)
  })

  it("is quoted in the form of a registry's error, which says what to do", async () => {
    const auth = await witnessThat(response =>
      response.writeHead(401).end('{"details":"incorrect username or password"}')
    )
    const registry = await registryThatSendsTo('https://auth.test/token')
    const internet = await internetWith({'registry.test': registry.ports.registry, 'auth.test': auth.port})
    expect(failureOf(await run(internet))).toMatchObject({detail: 'incorrect username or password'})
  })

  it('may say nothing in access_token, and answer with another status than 200', async () => {
    const auth = await witnessThat(response => response.writeHead(201).end('{"token":"t","access_token":""}'))
    const registry = await registryThatSendsTo('https://auth.test/token')
    const internet = await internetWith({'registry.test': registry.ports.registry, 'auth.test': auth.port})
    const ran = await run(internet)
    expect(ran.outputs).toMatchObject({source: 'primary'})
    expect(registry.journal.at(-1)?.headers.authorization).toBe('Bearer t')
  })
})
