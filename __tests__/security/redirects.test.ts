// A registry, a mirror or a CDN chooses where a redirect leads. Whatever it chooses: no credential goes along or comes back, no
// service that only the runner reaches is asked, and no text of another host is shown. The action as a process, true names on loopback.

import {afterEach, describe, expect, it} from '@jest/globals'
import type {Action} from '../support/fault.ts'
import {type FaultRegistry, type FaultRegistryOptions, startFaultRegistry} from '../support/fault-registry.ts'
import {makeImage} from '../support/images.ts'
import {type Internet, startInternet} from '../support/internet.ts'
import {publish} from '../support/registry-content.ts'
import {type ActionRun, runAction} from '../support/run-action.ts'
import {startRecordingServer, type RecordingServer} from '../support/recording-server.ts'

const IMAGE = makeImage()
const SECRET = 'AKIAINNERSECRET'
const LOGIN = {username: 'bob', password: 'correct-horse-battery'}

const endings: (() => Promise<unknown>)[] = []
afterEach(async () => {
  await Promise.all(endings.splice(0).map(end => end()))
})

async function registryWith(options: FaultRegistryOptions = {}): Promise<FaultRegistry> {
  const registry = await startFaultRegistry({content: [publish('acme/app', '1.2.3', IMAGE)], ...options})
  endings.push(registry.close)
  return registry
}

async function witnessThat(answer: Parameters<typeof startRecordingServer>[0]): Promise<RecordingServer> {
  const witness = await startRecordingServer(answer)
  endings.push(witness.close)
  return witness
}

async function internetWith(addresses: Readonly<Record<string, number>>): Promise<Internet> {
  const internet = await startInternet(addresses)
  endings.push(internet.close)
  return internet
}

function leadAway(on: 'manifest' | 'config' | 'layer[0]', to: string): FaultRegistryOptions {
  return {
    faults: [{on, do: {kind: 'redirect', to}, times: 'always'}]
  }
}

function run(internet: Internet, inputs: Readonly<Record<string, string>> = {}): Promise<ActionRun> {
  return runAction(
    {image: 'registry.test/acme/app:1.2.3', mirrors: '', platform: 'linux/amd64', attempts: '1', ...inputs},
    {env: {...internet.environment, http_proxy: internet.environment.HTTPS_PROXY}}
  )
}

function failureOf({report}: ActionRun): unknown {
  return (report as {images: [{registries: [{failure: unknown}]}]}).images[0].registries[0].failure
}

function shown({stdout, stderr, summary, report, outputs}: ActionRun): string {
  return [stdout, stderr, summary, JSON.stringify([report, outputs])].join('\n')
}

describe('credentials', () => {
  it('go to the registry, not along with a redirect, and do not come back after a detour', async () => {
    const registry = await registryWith({
      auth: {kind: 'basic', ...LOGIN},
      ...leadAway('config', 'https://cdn.test/out?x=1')
    })
    const cdn = await witnessThat(response =>
      response.writeHead(307, {location: 'https://registry.test/v2/acme/chosen-by-the-cdn'}).end()
    )
    const internet = await internetWith({'registry.test': registry.ports.registry, 'cdn.test': cdn.port})
    const ran = await run(internet, LOGIN)
    expect(ran.exitCode).toBe(1)
    const sent = registry.journal.map(({path, headers}) => [path, headers.authorization !== undefined] as const)
    expect(sent).toContainEqual([`/v2/acme/app/blobs/${IMAGE.config.digest}`, true])
    expect(sent.filter(([path]) => path.includes('chosen-by-the-cdn'))).toEqual([['/v2/acme/chosen-by-the-cdn', false]])
    expect(cdn.requests.map(({headers}) => headers.authorization)).toEqual([undefined])
  })

  it.each(['Basic realm="x"', 'Bearer realm="https://cdn.test/token",service="s"'])(
    'are not for a host that a redirect led to and that asks for them: %s',
    async challenge => {
      const registry = await registryWith({
        auth: {kind: 'basic', ...LOGIN},
        ...leadAway('config', 'https://cdn.test/a')
      })
      const cdn = await witnessThat(response => response.writeHead(401, {'www-authenticate': challenge}).end())
      const internet = await internetWith({'registry.test': registry.ports.registry, 'cdn.test': cdn.port})
      const ran = await run(internet, LOGIN)
      expect(failureOf(ran)).toMatchObject({kind: 'unauthorized', credentials: 'none'})
      expect(cdn.requests.filter(({headers}) => headers.authorization !== undefined)).toEqual([])
      expect(cdn.requests.filter(({path}) => path.startsWith('/token'))).toEqual([])
    }
  )
})

const SPELLINGS = [
  ...['127.0.0.1', '2130706433', '0x7f.1', '0177.0.0.1', '127.0.0.1.', '[::ffff:127.0.0.1]', '[::127.0.0.1]'],
  ...['localhost', 'a.LOCALHOST.', '[::1]', '0.0.0.0', '10.0.0.1', '192.168.1.1', '[fd00::1]', '169.254.169.254']
]

describe('a private address', () => {
  it.each([
    {on: 'manifest', scheme: 'https'},
    {on: 'layer[0]', scheme: 'https'},
    {on: 'layer[0]', scheme: 'http'}
  ] as const)(
    'is not where a public registry leads to from its $on over $scheme',
    async ({on, scheme}) => {
      const inner = await witnessThat(response => response.end(SECRET))
      for (const spelling of SPELLINGS) {
        const to = `${scheme}://${spelling}:${String(inner.port)}/latest/meta-data`
        const registry = await registryWith(leadAway(on, to))
        const internet = await internetWith({'registry.test': registry.ports.registry})
        const insecure = {'insecure-registries': scheme === 'http' ? 'registry.test' : ''}
        const ran = await run(internet, insecure)
        expect(failureOf(ran)).toMatchObject({
          kind: 'protocol',
          detail: expect.stringMatching(/^a redirect to the (?:private|link-local) address /)
        })
        expect(internet.refused).toEqual([])
      }
      expect(inner.connections()).toBe(0)
    },
    120_000
  )

  it('is where a registry at one may lead', async () => {
    const registry = await registryWith({blobs: 'redirect'})
    const ran = await runAction({image: `${registry.host}/acme/app:1.2.3`, mirrors: '', platform: 'linux/amd64'})
    expect(ran.outputs).toMatchObject({source: 'primary', verified: 'full'})
    expect(registry.requests('cdn').length).toBeGreaterThan(0)
  })

  it('is not followed down from https', async () => {
    const registry = await registryWith(leadAway('config', 'http://cdn.test/a'))
    const internet = await internetWith({'registry.test': registry.ports.registry})
    expect(failureOf(await run(internet))).toMatchObject({
      kind: 'protocol',
      detail: expect.stringContaining('https to http')
    })
  })
})

const TEXTS: readonly {readonly name: string; readonly status: number; readonly type: string; readonly body: string}[] =
  [
    {name: 'text', status: 200, type: 'text/plain', body: `${SECRET}\n`},
    {name: 'JSON', status: 200, type: 'application/json', body: `{"AccessKeyId":"${SECRET}"}`},
    {name: 'a web page', status: 200, type: 'text/html', body: `<html><title>${SECRET}</title>`},
    {
      name: 'a web page that says it is none',
      status: 200,
      type: 'application/json',
      body: `<html><title>${SECRET}</title>`
    },
    {name: 'a refusal', status: 403, type: 'application/json', body: `{"errors":[{"code":"X","message":"${SECRET}"}]}`},
    {name: 'a failure', status: 500, type: 'text/plain', body: SECRET},
    {
      name: 'a storage error',
      status: 404,
      type: 'application/xml',
      body: `<Error><Code>NoSuchKey</Code><Key>${SECRET}</Key></Error>`
    }
  ]

describe('the text of another host', () => {
  it.each(['manifest', 'config', 'layer[0]'] as const)(
    'is shown nowhere, whatever it is, when it answers for a %s',
    async on => {
      for (const {name, status, type, body} of TEXTS) {
        const registry = await registryWith(leadAway(on, 'https://inner.test/status'))
        const inner = await witnessThat(response => response.writeHead(status, {'content-type': type}).end(body))
        const internet = await internetWith({'registry.test': registry.ports.registry, 'inner.test': inner.port})
        const ran = await run(internet, {attempts: '2', backoff: '1ms'})
        expect([name, ran.exitCode, inner.requests.length > 0]).toEqual([name, 1, true])
        expect(shown(ran)).not.toContain(SECRET)
        // Who it was is no secret, and says whom to ask.
        expect(JSON.stringify(ran.report)).toContain('inner.test')
      }
    },
    120_000
  )

  it("is told by its kind: a storage service's own word, and what the bytes look like", async () => {
    const registry = await registryWith(leadAway('config', 'https://cdn.test/a'))
    const cdn = await witnessThat(response => response.writeHead(403).end('<Error><Code>ExpiredToken</Code></Error>'))
    const internet = await internetWith({'registry.test': registry.ports.registry, 'cdn.test': cdn.port})
    expect(failureOf(await run(internet))).toMatchObject({kind: 'denied', detail: 'ExpiredToken'})
  })

  it("is not the registry's own, whose first bytes are evidence", async () => {
    const wrong: Action = {kind: 'respond', status: 200, body: 'not the config'}
    const registry = await registryWith({faults: [{on: 'config', do: wrong, times: 'always'}]})
    const internet = await internetWith({'registry.test': registry.ports.registry})
    expect(failureOf(await run(internet))).toMatchObject({kind: 'corrupt', firstBytes: 'not the config'})
  })
})
