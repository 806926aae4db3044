// Files with certificates, as somebody would leave them who wants a run to hang, to fill its memory, or to tell a secret; and a registry
// that wants another one's certificates. What the client itself does is in http/certificates.test.ts.

import {execFileSync} from 'node:child_process'
import {mkdtemp, rm, symlink, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from '@jest/globals'
import {type FaultRegistry, startFaultRegistry} from '../support/fault-registry.ts'
import {makeImage} from '../support/images.ts'
import {makePki, type Pki} from '../support/ca-locations.ts'
import {publish} from '../support/registry-content.ts'
import {type ActionRun, runAction} from '../support/run-action.ts'
import {parseRegistry} from '../../src/oci/reference.ts'

let folder: string
let pki: Pki
let registry: FaultRegistry
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'verified-image-hostile-cas-'))
  pki = await makePki('own CA')
  registry = await startFaultRegistry({content: [publish('acme/app', '1', makeImage())], tls: pki.tls})
  await writeFile(join(folder, 'ca.pem'), pki.ca)
})
afterEach(async () => {
  await Promise.all([registry.close(), rm(folder, {recursive: true})])
})

function run(env: Readonly<Record<string, string>>): Promise<ActionRun> {
  const image = `${registry.host}/acme/app:1`
  return runAction({image, mirrors: '', platform: 'linux/amd64', attempts: '1', timeout: '20s'}, {env})
}

describe('a file with certificates', () => {
  it.each([
    {name: 'a FIFO without a writer', make: (path: string) => Promise.resolve(execFileSync('mkfifo', [path]))},
    {name: 'a device without an end', make: (path: string) => symlink('/dev/zero', path)},
    {name: 'larger than every store', make: (path: string) => writeFile(path, Buffer.alloc(64 * 1024 * 1024, pki.ca))},
    {name: 'a link to itself', make: (path: string) => symlink(path, path)}
  ])('that is $name is ignored, in SSL_CERT_FILE and in a folder of SSL_CERT_DIR', async ({make}) => {
    const evil = join(folder, 'evil.pem')
    await make(evil)
    const ran = await run({SSL_CERT_FILE: evil, SSL_CERT_DIR: folder})
    expect(ran.outputs).toMatchObject({verified: 'full'})
    expect(ran.stdout).toContain(`SSL_CERT_FILE has no effect: ${evil} cannot be read`)
  })

  it('that holds something else is not quoted', async () => {
    const secret = join(folder, 'secret')
    await writeFile(secret, '-----BEGIN CERTIFICATE-----\nhunter2\n-----END CERTIFICATE-----\nhunter3')
    const ran = await run({SSL_CERT_FILE: secret, SSL_CERT_DIR: '/nonexistent'})
    expect(ran.exitCode).toBe(1)
    expect(ran.report).toMatchObject({images: [{registries: [{failure: {reason: 'tls-identity'}}]}]})
    expect(ran.stdout + ran.stderr + ran.summary + JSON.stringify(ran.report)).not.toMatch(/hunter/)
  })

  it('with a command of the runner in its name prints none', async () => {
    const ran = await run({SSL_CERT_FILE: '/nonexistent\n::set-output name=reference::evil', SSL_CERT_DIR: folder})
    expect(ran.stdout).toContain('SSL_CERT_FILE has no effect')
    expect(ran.stdout).not.toMatch(/^::set-output/m)
  })
})

describe('the folder of a registry', () => {
  it.each(['..', '.', '../etc', 'a/b', '..:5000', '%2e%2e', 'registry.test:../..', '[..]', '-', ''])(
    'is never named after "%s", which is no registry',
    name => {
      expect(parseRegistry(name).ok).toBe(false)
    }
  )
})
