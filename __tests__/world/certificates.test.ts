// A registry with a CA of its own, which a machine keeps where Docker, Go's programs and OpenSSL look for it. skopeo is the judge.

import {execFile} from 'node:child_process'
import {mkdtemp, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {promisify} from 'node:util'
import {afterAll, afterEach, beforeAll, expect, it} from '@jest/globals'
import {type FaultRegistry, type FaultRegistryOptions, startFaultRegistry} from '../support/fault-registry.ts'
import {makeImage} from '../support/images.ts'
import {fillCertsD, makePki, type Pki} from '../support/places-of-cas.ts'
import {describeWith} from '../support/programs.ts'
import {publish} from '../support/registry-content.ts'
import {type ActionRun, runAction} from '../support/run-action.ts'

let own: Pki
let foreign: Pki
let folder: string
beforeAll(async () => {
  ;[own, foreign] = await Promise.all([makePki('own CA'), makePki('foreign CA')])
  folder = await mkdtemp(join(tmpdir(), 'verified-image-cas-'))
  await writeFile(join(folder, 'own.pem'), own.ca)
  await writeFile(join(folder, 'foreign.pem'), foreign.ca)
})
afterAll(() => rm(folder, {recursive: true}))

const endings: (() => Promise<unknown>)[] = []
afterEach(async () => {
  await Promise.all(endings.splice(0).map(end => end()))
})

async function start(options: FaultRegistryOptions = {}): Promise<FaultRegistry> {
  const registry = await startFaultRegistry({
    content: [publish('acme/app', '1', makeImage())],
    tls: own.tls,
    ...options
  })
  endings.push(registry.close)
  return registry
}

function run({host}: FaultRegistry, env: Readonly<Record<string, string>> = {}): Promise<ActionRun> {
  return runAction({image: `${host}/acme/app:1`, mirrors: '', platform: 'linux/amd64', attempts: '1'}, {env})
}

function skopeoReads({host}: FaultRegistry, env: Readonly<Record<string, string>> = {}): Promise<boolean> {
  return promisify(execFile)('skopeo', ['inspect', '--no-tags', `docker://${host}/acme/app:1`], {
    env: {PATH: process.env['PATH'] ?? '', HOME: folder, ...env},
    timeout: 30_000
  }).then(
    () => true,
    () => false
  )
}

const VERIFIED = {source: 'primary', verified: 'full'}

describeWith(['skopeo'], "Docker's folder of certificates for a registry", () => {
  const certs = async (registry: FaultRegistry, files: Readonly<Record<string, string>>): Promise<void> => {
    endings.push(await fillCertsD(registry.host, files))
  }

  it.each([
    {name: 'ca.crt', files: (): Record<string, string> => ({'ca.crt': own.ca})},
    {name: 'a .crt of any name', files: (): Record<string, string> => ({'company-root.crt': own.ca})},
    {
      name: 'one of several',
      files: (): Record<string, string> => ({'a.crt': foreign.ca, 'b.crt': own.ca, 'README.txt': 'certificates'})
    },
    {name: 'one of several in a file', files: (): Record<string, string> => ({'ca.crt': `${foreign.ca}\n${own.ca}`})},
    {
      name: 'beside one that cannot be read',
      files: (): Record<string, string> => ({'a.crt': 'no certificate', 'b.crt': own.ca})
    }
  ])('is read: $name', async ({files}) => {
    const registry = await start()
    await certs(registry, files())
    expect(await skopeoReads(registry)).toBe(true)
    expect((await run(registry)).outputs).toMatchObject(VERIFIED)
  })

  it('holds for its token server and for where it keeps its content too', async () => {
    const registry = await start({auth: {kind: 'bearer', realmHost: 'separate'}, blobs: 'redirect'})
    await certs(registry, {'ca.crt': own.ca})
    expect(await skopeoReads(registry)).toBe(true)
    expect((await run(registry)).outputs).toMatchObject(VERIFIED)
  })

  it.each([
    {name: 'another registry has it', host: '127.0.0.1:1', files: (): Record<string, string> => ({'ca.crt': own.ca})},
    {name: 'it has another one', host: undefined, files: (): Record<string, string> => ({'ca.crt': foreign.ca})},
    {name: 'it is no .crt', host: undefined, files: (): Record<string, string> => ({'ca.pem': own.ca})}
  ])('is not for this registry: $name', async ({host, files}) => {
    const registry = await start()
    endings.push(await fillCertsD(host ?? registry.host, files()))
    expect(await skopeoReads(registry)).toBe(false)
    const ran = await run(registry)
    expect(ran.report).toMatchObject({images: [{registries: [{failure: {reason: 'tls-identity'}}]}]})
  })
})

describeWith(['skopeo'], 'variables for certificates', () => {
  const variables = (): Record<string, Record<string, string>> => ({
    SSL_CERT_FILE: {SSL_CERT_FILE: join(folder, 'own.pem')},
    SSL_CERT_DIR: {SSL_CERT_DIR: folder},
    'SSL_CERT_DIR with several folders': {SSL_CERT_DIR: `/nonexistent:${folder}`},
    'SSL_CERT_DIR beside SSL_CERT_FILE': {SSL_CERT_DIR: folder, SSL_CERT_FILE: join(folder, 'foreign.pem')}
  })
  it.each(['SSL_CERT_FILE', 'SSL_CERT_DIR', 'SSL_CERT_DIR with several folders', 'SSL_CERT_DIR beside SSL_CERT_FILE'])(
    'are read: %s',
    async name => {
      const registry = await start()
      const env = variables()[name] ?? {}
      expect(await skopeoReads(registry, env)).toBe(true)
      expect((await run(registry, env)).outputs).toMatchObject(VERIFIED)
    }
  )

  it('that name nothing are no reason to fail, and are said to be of no use', async () => {
    const registry = await start()
    const ca = join(folder, 'own.pem')
    const ran = await run(registry, {SSL_CERT_FILE: '/nonexistent/ca.pem', NODE_EXTRA_CA_CERTS: ca})
    expect(ran.outputs).toMatchObject(VERIFIED)
    expect(ran.stdout).toContain('/nonexistent/ca.pem')
  })
})

describeWith([], 'a registry whose CA is nowhere', () => {
  it('is told with the places where a CA is looked for', async () => {
    const registry = await start()
    const ran = await run(registry)
    const message = ran.annotations[0]?.message ?? ''
    for (const place of ['NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE', `/etc/docker/certs.d/${registry.host}`])
      expect(message).toContain(place)
  })
})
