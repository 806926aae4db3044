// Files of mirrors that an attacker wrote: they decide no digest, receive no credentials, and lead the read of no file out of the workspace.

import {mkdir, mkdtemp, readFile, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {dirname, join} from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from '@jest/globals'
import {type FaultRegistry, startFaultRegistry} from '../support/fault-registry.ts'
import {type HostileServer, startHostileServer, wantsLogin} from '../support/hostile-server.ts'
import {PIPE, type Planted, runInHostileWorkspace} from '../support/hostile-workspace.ts'
import {makePublished} from '../support/images.ts'
import {publish} from '../support/registry-content.ts'
import {type ActionRun, runAction} from '../support/run-action.ts'

const LOGIN = {username: 'bob', password: 'Zq7!kW3xLm9vBt2p'}
const TOKEN = 'ghs_Rj4Nc8Yd1Hs6Gf0Q'
const IMAGE = makePublished({seed: 31})
const EVIL = makePublished({seed: 32})

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'verified-image-hostile-mirrors-'))
})
afterEach(() => rm(folder, {recursive: true}))

async function write(name: string, text: string): Promise<void> {
  await mkdir(dirname(join(folder, name)), {recursive: true})
  await writeFile(join(folder, name), text)
}

function run(inputs: Readonly<Record<string, string>>): Promise<ActionRun> {
  const limits = {platform: 'linux/amd64', attempts: '1', 'hedge-after': '0', 'status-pages': 'false'}
  return runAction({...limits, 'public-mirrors': '', ...inputs}, {cwd: folder})
}

function conf(prefix: string, mirror: string): string {
  return `[[registry]]\nprefix = "${prefix}"\nlocation = "${prefix}"\n[[registry.mirror]]\nlocation = "${mirror}"\n`
}

describe('a mirror that a file of the workspace names', () => {
  let own: FaultRegistry
  let evil: FaultRegistry
  beforeEach(async () => {
    own = await startFaultRegistry({
      content: [publish('acme/app', '1', IMAGE)],
      faults: [{on: 'manifest', times: 'always', do: {kind: 'respond', status: 503}}]
    })
    evil = await startFaultRegistry({content: [publish('acme/app', '1', EVIL)]})
  })
  afterEach(() => Promise.all([own.close(), evil.close()]))

  it('decides no digest, and is not contacted for a tag', async () => {
    await write('registries.conf', conf(own.host, evil.host))
    const ran = await run({image: `${own.host}/acme/app:1`, 'mirrors-from': 'registries.conf', prefer: 'mirrors'})
    expect(ran.exitCode).toBe(1)
    expect(ran.outputs['reference']).toBeUndefined()
    expect(evil.requests()).toEqual([])
  })

  it.each([
    {what: 'hosts.toml that allows resolving', name: 'hosts.toml'},
    {what: 'registries.conf whose location is elsewhere', name: 'registries.conf'}
  ])('does not allow itself more by $what', async ({name}) => {
    const location = `[[registry]]\nprefix = "${own.host}"\nlocation = "${evil.host}"\ninsecure = true\n`
    const hosts = `server = "http://${evil.host}"\n[host."http://${evil.host}"]\ncapabilities = ["pull", "resolve"]\n`
    const path = name === 'hosts.toml' ? `certs.d/${own.host.replace(':', '_')}_/hosts.toml` : name
    await write(path, name === 'hosts.toml' ? hosts : location)
    const ran = await run({image: `${own.host}/acme/app:1`, 'mirrors-from': path})
    expect(ran.exitCode).toBe(1)
    expect(evil.requests()).toEqual([])
  })

  it('serves no other bytes than those of the digest', async () => {
    await write('registries.conf', conf(own.host, evil.host))
    const image = `${own.host}/acme/app:1@${IMAGE.index.digest}`
    const ran = await run({image, 'mirrors-from': 'registries.conf', prefer: 'mirrors', 'trust-imported': 'true'})
    expect(ran.exitCode).toBe(1)
    expect(ran.outputs['reference']).toBeUndefined()
  })

  it('is not written to the lock file, even if it resolved the tag', async () => {
    await write('registries.conf', conf(own.host, evil.host))
    const inputs = {'mirrors-from': 'registries.conf', 'trust-imported': 'true', lock: 'update'}
    const ran = await run({image: `${own.host}/acme/app:1`, ...inputs})
    expect(ran.outputs['digest']).toBe(EVIL.index.digest)
    expect(JSON.stringify(ran.report)).toContain('"decidedBy":"mirror"')
    const lock = await readFile(join(folder, 'image-lock.json'), 'utf8').catch(() => '')
    expect(lock).not.toContain(EVIL.index.digest)
  })
})

describe('credentials', () => {
  let evil: HostileServer
  let own: FaultRegistry
  beforeEach(async () => {
    evil = await startHostileServer(wantsLogin('Basic realm="x"'))
    own = await startFaultRegistry({
      content: [publish('acme/app', '1', IMAGE)],
      auth: {kind: 'basic', username: LOGIN.username, password: LOGIN.password}
    })
  })
  afterEach(() => Promise.all([evil.close(), own.close()]))

  it.each([
    {kind: 'a mirror', text: (host: string) => conf(own.host, host)},
    {kind: 'a mirror that goes before the registry', text: (host: string) => conf(own.host, host), prefer: 'mirrors'},
    {
      kind: 'a location',
      text: (host: string) => `[[registry]]\nprefix = "${own.host}"\nlocation = "${host}"\n`,
      prefer: 'mirrors'
    }
  ])('of the inputs do not go to $kind of a file', async ({text, prefer = 'primary'}) => {
    await write('registries.conf', text(evil.host))
    const image = `${own.host}/acme/app:1@${IMAGE.index.digest}`
    const ran = await run({image, 'mirrors-from': 'registries.conf', prefer, 'github-token': TOKEN, ...LOGIN})
    expect(ran.exitCode).toBe(0)
    if (prefer === 'mirrors') expect(evil.received.length).toBeGreaterThan(0)
    expect(evil.received.filter(({headers}) => headers.authorization !== undefined)).toEqual([])
    expect(JSON.stringify(evil.received)).not.toContain(LOGIN.password)
  })

  it('in the URL of a file are in no message', async () => {
    const url = `https://bob:${LOGIN.password}@${own.host}`
    await write(`certs.d/${own.host.replace(':', '_')}_/hosts.toml`, `[host."${url}"]\n`)
    await write('daemon.json', `{"registry-mirrors": ["${url}"]}`)
    await write('registries.conf', conf(own.host, `bob:${LOGIN.password}@evil.example`))
    for (const path of ['certs.d', 'daemon.json', 'registries.conf']) {
      const ran = await run({image: `${own.host}/acme/app:1`, 'mirrors-from': path})
      expect(JSON.stringify([ran.stdout, ran.stderr, ran.summary, ran.report])).not.toContain(LOGIN.password)
    }
  })
})

describe('a path', () => {
  const SECRET = '[[registry]]\nlocation = "HOST"\n[[registry.mirror]]\nlocation = "of-the-secret.example"\n'
  const cases: readonly {
    readonly what: string
    readonly path: string
    readonly inside: Readonly<Record<string, Planted>>
  }[] = [
    {what: 'a link to a file outside', path: 'a.conf', inside: {'a.conf': {link: 'OUTSIDE/secret.conf'}}},
    {what: 'a link to a folder outside', path: 'certs.d', inside: {'certs.d': {link: 'OUTSIDE/certs.d'}}},
    {
      what: 'a folder whose host is a link outside',
      path: 'certs.d',
      inside: {'certs.d/HOST': {link: 'OUTSIDE/certs.d/a'}, 'certs.d/quay.io/hosts.toml': '[host."https://a.example"]'}
    },
    {
      what: 'a file whose drop-in is a link outside',
      path: 'a.conf',
      inside: {'a.conf': '', 'a.conf.d/1.conf': {link: 'OUTSIDE/secret.conf'}}
    },
    {what: 'a pipe', path: 'a.conf', inside: {'a.conf': PIPE}},
    {what: 'a folder with a pipe', path: 'a.conf', inside: {'a.conf': '', 'a.conf.d/1.conf': PIPE}},
    {what: 'a link to itself', path: 'a.conf', inside: {'a.conf': {link: 'a.conf'}}},
    {what: 'a device', path: 'a.json', inside: {'a.json': {link: '/dev/zero'}}}
  ]

  it.each(cases)('in the workspace that is $what is not read, and the step ends', async ({path, inside}) => {
    const ran = await runInHostileWorkspace({
      inside,
      outside: {'secret.conf': SECRET, 'certs.d/a/hosts.toml': '[host."https://of-the-secret.example"]'},
      inputs: {image: 'HOST/a:1.2.3', 'mirrors-from': path}
    })
    expect(ran.exitCode).toBe(1)
    expect(ran.visibleText).not.toContain('of-the-secret')
    expect(ran.elapsedMs).toBeLessThan(30_000)
  })
})

describe('text of a file', () => {
  it('forges no command, and no line of the log', async () => {
    const forged = '\\n::error::forged\\n::set-output name=reference::evil'
    await write(
      'registries.conf',
      `[[registry]]\nlocation = "127.0.0.1:9"\n[[registry.mirror]]\nlocation = "evil.example/${forged}"\n`
    )
    const ran = await run({image: '127.0.0.1:9/a/b:1', 'mirrors-from': 'registries.conf'})
    expect(ran.stdout).toContain('is not used')
    expect(ran.stdout.split('\n').filter(line => /^::(?:error::forged|set-output)/.test(line))).toEqual([])
    expect(ran.outputs['reference']).toBeUndefined()
  })

  it.each([
    {what: 'nested lists', text: `a = ${'['.repeat(200_000)}`},
    {what: 'tables', text: '[[registry]]\nlocation = "127.0.0.1:9"\n'.repeat(5000)},
    {
      what: 'mirrors',
      text: conf('127.0.0.1:9', 'a.example') + '[[registry.mirror]]\nlocation = "127.0.0.1:9/x"\n'.repeat(5000)
    },
    {what: 'bytes', text: '#'.repeat(2_000_000)}
  ])('ends the step in time, with too many $what', async ({text}) => {
    await write('registries.conf', text)
    const ran = await run({image: '127.0.0.1:9/a/b:1', 'mirrors-from': 'registries.conf', timeout: '20s'})
    expect(ran.exitCode).toBe(1)
    expect(ran.elapsedMs).toBeLessThan(20_000)
  })
})
