// username and password go to the one registry that the workflow wrote for them, and to no other: not to one that a file, a mirror rule,
// a redirect or a challenge names.

import {mkdtemp, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from '@jest/globals'
import {type FaultRegistry, startFaultRegistry} from '../support/fault-registry.ts'
import {type HostileServer, startHostileServer, wantsLogin} from '../support/hostile-server.ts'
import {makeImage} from '../support/images.ts'
import {publish} from '../support/registry-content.ts'
import {type ActionRun, runAction} from '../support/run-action.ts'

const LOGIN = {username: 'bob', password: 'Zq7!kW3xLm9vBt2p'}
const TOKEN = 'ghs_Rj4Nc8Yd1Hs6Gf0Q'

let folder: string
let evil: HostileServer
let own: FaultRegistry
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'verified-image-credentials-'))
  evil = await startHostileServer(wantsLogin('Basic realm="x"'))
  own = await startFaultRegistry({
    content: [publish('acme/app', '1', makeImage())],
    auth: {kind: 'basic', username: LOGIN.username, password: LOGIN.password}
  })
})
afterEach(async () => {
  await Promise.all([evil.close(), own.close(), rm(folder, {recursive: true})])
})

function run(inputs: Readonly<Record<string, string>>, env: Readonly<Record<string, string>> = {}): Promise<ActionRun> {
  return runAction(
    {
      mirrors: '',
      platform: 'linux/amd64',
      attempts: '1',
      'hedge-after': '0',
      'github-token': TOKEN,
      ...LOGIN,
      ...inputs
    },
    {cwd: folder, env}
  )
}

function write(files: Readonly<Record<string, string>>): Promise<unknown> {
  return Promise.all(Object.entries(files).map(([name, text]) => writeFile(join(folder, name), text)))
}

/** What the server was told of who asks. */
function told(): readonly unknown[] {
  return evil.received.filter(({headers}) => headers.authorization !== undefined)
}

function faultsOf({report}: ActionRun): readonly string[] {
  return (report as {inputFaults: readonly {input: string}[]}).inputFaults.map(({input}) => input)
}

describe('a registry that only a file names', () => {
  it.each([
    {kind: 'a Dockerfile', file: 'Dockerfile', text: (host: string) => `FROM ${host}/a:1.2.3\n`},
    {
      kind: 'a Compose file',
      file: 'compose.yaml',
      text: (host: string) => `services: {a: {image: '${host}/a:1.2.3'}}\n`
    },
    {
      kind: 'a Bake file',
      file: 'docker-bake.hcl',
      text: (host: string) => `target "a" { contexts = { b = "docker-image://${host}/a:1.2.3" } }\n`
    }
  ])('gets nothing, and is asked for nothing while it is unclear whose they are: $kind', async ({file, text}) => {
    await write({Dockerfile: 'FROM scratch\n', [file]: text(evil.host)})
    const ran = await run({files: file})
    expect(ran.exitCode).toBe(1)
    expect(faultsOf(ran)).toEqual(['registry'])
    expect(evil.received).toEqual([])
  })

  it('gets nothing beside the registry that the input image names', async () => {
    await write({Dockerfile: `FROM ${evil.host}/a:1.2.3\n`})
    const ran = await run({files: 'Dockerfile', image: `${own.host}/acme/app:1`})
    expect(ran.outputs['reference']).toContain(own.host)
    expect(evil.received.length).toBeGreaterThan(0)
    expect(told()).toEqual([])
  })

  it('gets nothing beside the registry of the input registry, which gets them also for an image in a file', async () => {
    await write({Dockerfile: `FROM ${evil.host}/a:1.2.3\nFROM ${own.host}/acme/app:1\n`})
    const ran = await run({files: 'Dockerfile', registry: own.host})
    expect(JSON.parse(ran.outputs['references'] ?? '')).toHaveProperty([`${own.host}/acme/app:1`])
    expect(evil.received.length).toBeGreaterThan(0)
    expect(told()).toEqual([])
  })
})

describe('a mirror', () => {
  it('gets nothing of what belongs to the registry that it mirrors', async () => {
    own.addFault({on: 'any', times: 'always', do: {kind: 'respond', status: 503}})
    await run({image: `${own.host}/acme/app:1`, mirrors: `${own.host}=${evil.host}`})
    expect(evil.received.length).toBeGreaterThan(0)
    expect(told()).toEqual([])
  })

  it('gets what the input registry says is its own, and then the primary registry gets nothing', async () => {
    const ran = await run({image: `${evil.host}/acme/app:1`, mirrors: `${evil.host}=${own.host}`, registry: own.host})
    expect(ran).toMatchObject({exitCode: 0, outputs: {source: 'mirror'}})
    expect(evil.received.length).toBeGreaterThan(0)
    expect(told()).toEqual([])
  })
})

describe('another host', () => {
  it('gets nothing by a redirect', async () => {
    own.addFault({on: 'manifest', do: {kind: 'redirect', to: `http://${evil.host}/v2/acme/app/manifests/1`}})
    await run({image: `${own.host}/acme/app:1`})
    expect(evil.received.length).toBeGreaterThan(0)
    expect(told()).toEqual([])
  })

  it('gets nothing of the job, whatever its name looks like', async () => {
    const ran = await run({image: `${evil.host}/ghcr.io/acme/app:1`, registry: own.host})
    expect(ran.exitCode).toBe(1)
    expect(told()).toEqual([])
    expect(evil.requestText()).not.toContain(TOKEN)
  })

  it('gets nothing of a Docker config that names another port', async () => {
    await write({
      'config.json': JSON.stringify({
        auths: {[own.host]: {auth: Buffer.from('bob:config-password').toString('base64')}}
      })
    })
    await run({image: `${evil.host}/a:1`, registry: own.host}, {DOCKER_CONFIG: folder})
    expect(evil.received.length).toBeGreaterThan(0)
    expect(told()).toEqual([])
  })
})

describe('the input registry', () => {
  it('is asked for when image names several', async () => {
    const ran = await run({image: `${own.host}/acme/app:1\n${evil.host}/a:1`})
    expect(faultsOf(ran)).toEqual(['registry'])
    expect(ran.annotations).toHaveLength(1)
    expect(ran.annotations[0]?.message).not.toContain(LOGIN.password)
    expect(told()).toEqual([])
  })

  it.each(['https://HOST', 'HOST', 'http://HOST/v2/'])('is read as docker login reads it: %s', async form => {
    const ran = await run({image: `${own.host}/acme/app:1`, registry: form.replace('HOST', own.host)})
    expect(ran.exitCode).toBe(0)
  })

  it('that is nowhere among the images is warned about', async () => {
    const ran = await run({image: `${evil.host}/a:1`, registry: 'registry.exmaple.com'})
    expect(ran.annotations.map(({message}) => message).join('\n')).toContain(
      'no image or mirror is at registry.exmaple.com'
    )
  })
})
