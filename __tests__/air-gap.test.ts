// With public-mirrors and status-pages off, no name is looked up but those that the workflow and the runner name: every lookup of the
// process is recorded, while registries work and while they are down, for all three actions and on a GitHub Enterprise Server.

import {mkdtemp, readFile, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join, resolve} from 'node:path'
import {fileURLToPath} from 'node:url'
import {afterEach, beforeEach, describe, expect, it} from '@jest/globals'
import {ENTRIES} from '../scripts/build/entries.ts'
import {type FaultRegistry, startFaultRegistry} from './support/fault-registry.ts'
import {makePublished} from './support/images.ts'
import {publish} from './support/registry-content.ts'
import {type ActionRun, runAction} from './support/run-action.ts'

const IMAGE = makePublished({seed: 41})
const WATCH = fileURLToPath(new URL('support/watch-names.mjs', import.meta.url))

/** What a runner of a GitHub Enterprise Server sets. */
const ENTERPRISE = {
  GITHUB_SERVER_URL: 'https://ghes.corp.example',
  GITHUB_API_URL: 'https://ghes.corp.example/api/v3',
  GITHUB_GRAPHQL_URL: 'https://ghes.corp.example/api/graphql',
  GITHUB_REPOSITORY: 'acme/app',
  GITHUB_RUN_ID: '1'
}
const KEY = `-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEWZzVzkb8A+DbgDpaJId/bOmV8n7Q
OqxYbK0Iro6GzSmOzxkn+N2AKawLyXi84WSwJQBK//psATakCgAQKkNTAA==
-----END PUBLIC KEY-----
`
const OFF = {'public-mirrors': '', 'status-pages': 'false'}

let folder: string
let registry: FaultRegistry
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'verified-image-air-gap-'))
  registry = await startFaultRegistry({content: [publish('acme/app', '1.2.3', IMAGE)], push: {}})
})
afterEach(async () => {
  await registry.close()
  await rm(folder, {recursive: true})
})

type Watched = ActionRun & {readonly names: readonly string[]}

async function run(
  action: string,
  inputs: Readonly<Record<string, string>>,
  more: Readonly<Record<string, string>> = {}
): Promise<Watched> {
  const file = join(folder, 'names')
  await writeFile(file, '')
  const entry = ENTRIES.find(({name}) => name === action)?.folder ?? ''
  const ran = await runAction(
    {attempts: '1', 'github-token': 'ghs_Rj4Nc8Yd1Hs6Gf0Q', ...inputs},
    {
      cwd: folder,
      entry: resolve(entry, 'index.js'),
      env: {...ENTERPRISE, ...more, WATCHED_NAMES: file, NODE_OPTIONS: `--import=${WATCH}`}
    }
  )
  const names = (await readFile(file, 'utf8')).split('\n').filter(name => name !== '')
  return {...ran, names: [...new Set(names)].sort()}
}

function at(host: string): string {
  return `${host}:${String(registry.ports.registry)}`
}

describe('names that are looked up', () => {
  const registryName = 'registry.corp.example'
  const mirror = 'mirror.corp.example'
  /** Hosts by name, over plain HTTP on loopback. */
  const own = (): Readonly<Record<string, string>> => ({
    image: `${at(registryName)}/acme/app:1.2.3`,
    'insecure-registries': [registryName, mirror, 'target.corp.example'].map(at).join('\n')
  })

  it('are the registry alone if it works', async () => {
    const ran = await run('index', {...own(), ...OFF, platform: 'linux/amd64', mirrors: at(mirror)})
    expect(ran.exitCode).toBe(0)
    expect(ran.names).toEqual([registryName])
  })

  it("are the registry and the workflow's mirrors if it is down", async () => {
    registry.addFault({on: 'manifest', times: 'always', do: {kind: 'respond', status: 503}})
    const ran = await run('index', {...own(), ...OFF, platform: 'linux/amd64', mirrors: at(mirror)})
    expect(ran.exitCode).toBe(1)
    expect(ran.names).toEqual([mirror, registryName])
  })

  it('are those of an image at Docker Hub that is down, and of no mirror that was not named', async () => {
    const ran = await run('index', {image: 'php:8.3.8-cli', ...OFF})
    expect(ran.exitCode).toBe(1)
    expect(ran.names).toEqual(['registry-1.docker.io'])
  })

  it('have no host of github.com in a run with signers, and those of trust roots neither', async () => {
    const ran = await run('index', {...own(), ...OFF, platform: 'linux/amd64', 'signed-by': 'github:acme/app'})
    expect(ran.exitCode).toBe(1)
    expect(ran.names).toEqual(['ghes.corp.example', registryName])
  })

  it('are the registry and the target of a mirror', async () => {
    const target = 'target.corp.example'
    const ran = await run('mirror', {...own(), 'public-mirrors': '', to: `${at(registryName)}=${at(target)}/copy`})
    expect(ran.exitCode).toBe(0)
    expect(ran.names).toEqual([registryName, target])
  })

  it('are the registries of an audit, and the server of its issue', async () => {
    const ran = await run('audit', {...own(), 'public-mirrors': '', mirrors: at(mirror), issue: 'true'})
    expect(ran.names).toEqual(['ghes.corp.example', mirror, registryName])
  })

  it.each([
    {what: 'a lock that is updated, a layout, and the cache', inputs: {lock: 'update', layout: 'out', platform: 'all'}},
    {what: 'a fallback tag', inputs: {image: 'acme/app:9.9.9', 'fallback-tags': '1.2.3'}},
    {what: 'a key as the signer', inputs: {'signed-by': 'key:cosign.pub', signatures: 'warn'}},
    {
      what: 'a signer of another authority',
      inputs: {'signed-by': 'identity:a@example.com issuer=https://accounts.google.com'}
    }
  ])('are the registry alone with $what', async ({inputs}) => {
    await writeFile(join(folder, 'cosign.pub'), KEY)
    const image = `${at(registryName)}/${inputs.image ?? 'acme/app:1.2.3'}`
    const ran = await run('index', {...own(), ...OFF, platform: 'linux/amd64', ...inputs, image})
    expect(ran.names).toEqual([registryName])
  })

  it('are the registry alone in an audit without an issue', async () => {
    expect((await run('audit', {...own(), 'public-mirrors': ''})).names).toEqual([registryName])
  })

  it('are the token server and the storage that the registry itself names', async () => {
    await registry.close()
    const hosts = {token: 'tokens.corp.example', cdn: 'storage.corp.example'}
    registry = await startFaultRegistry({
      content: [publish('acme/app', '1.2.3', IMAGE)],
      auth: {kind: 'bearer', realmHost: 'separate', realm: `http://${hosts.token}/token`},
      blobs: 'redirect',
      cdnOrigin: `http://${hosts.cdn}`
    })
    const ran = await run('index', {...own(), ...OFF, platform: 'linux/amd64', 'token-hosts': hosts.token})
    expect(ran.names).toContain(registryName)
    expect(ran.names.filter(name => ![registryName, ...Object.values(hosts)].includes(name))).toEqual([])
  })

  it('have no host of github.com where GITHUB_API_URL is missing: the token of another server does not go there', async () => {
    const inputs = {...own(), ...OFF, platform: 'linux/amd64', 'signed-by': 'github:acme/app'}
    const signed = await run('index', inputs, {GITHUB_API_URL: ''})
    expect(signed.exitCode).toBe(1)
    expect(signed.names.filter(name => name.includes('github'))).toEqual([])
    expect(signed.annotations.map(({message}) => message).join('\n')).toContain('GITHUB_API_URL')
    const tracked = await run('audit', {...own(), 'public-mirrors': '', issue: 'true'}, {GITHUB_API_URL: ''})
    expect(tracked.names.filter(name => name.includes('github'))).toEqual([])
  })

  it('are public hosts too where they are not switched off, so that this test can see them', async () => {
    const ran = await run('index', {image: `php:8.3.8-cli@${IMAGE.index.digest}`})
    expect(ran.names).toEqual(
      expect.arrayContaining(['registry-1.docker.io', 'ghcr.io', 'mirror.gcr.io', 'public.ecr.aws'])
    )
    expect(ran.names.length).toBeGreaterThan(4)
    // An address is seen like a name.
    expect((await run('index', {...OFF, image: `${registry.host}/acme/app:1.2.3`})).names).toEqual(['127.0.0.1'])
  })
})
