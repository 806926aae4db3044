// A company's CA in the machine's own store, where update-ca-certificates puts it. Only this test's processes see the store, by a mount
// namespace of their own.

import {execFile} from 'node:child_process'
import {mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {promisify} from 'node:util'
import {afterEach, beforeEach, expect, it} from '@jest/globals'
import {type FaultRegistry, startFaultRegistry} from '../support/fault-registry.ts'
import {makeImage} from '../support/images.ts'
import {makePki} from '../support/places-of-cas.ts'
import {describeWith} from '../support/programs.ts'
import {publish} from '../support/registry-content.ts'
import {runAction} from '../support/run-action.ts'

const ENTRY = fileURLToPath(new URL('../../dist/index.js', import.meta.url))

let folder: string
let registry: FaultRegistry
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'verified-image-store-'))
  const {tls, ca} = await makePki('company CA')
  await mkdir(join(folder, 'certs'))
  await writeFile(join(folder, 'certs/ca-certificates.crt'), ca)
  await writeFile(join(folder, 'certs/company.pem'), ca)
  registry = await startFaultRegistry({content: [publish('acme/app', '1', makeImage())], tls})
})
afterEach(async () => {
  await Promise.all([registry.close(), rm(folder, {recursive: true})])
})

/** A command in a namespace in which /etc/ssl/certs is this test's folder. */
function inside(command: readonly string[]): readonly string[] {
  const root = process.getuid?.() === 0 ? [] : ['sudo', '--non-interactive', '--preserve-env']
  const script = 'mount --bind "$0" /etc/ssl/certs && exec "$@"'
  return [...root, 'unshare', '--mount', 'sh', '-c', script, join(folder, 'certs'), ...command]
}

describeWith(['skopeo'], "a CA in the system's store", () => {
  it('is trusted, as by skopeo and Docker', async () => {
    const [program = '', ...args] = inside([
      ...['skopeo', 'inspect', '--no-tags', `docker://${registry.host}/acme/app:1`]
    ])
    await expect(
      promisify(execFile)(program, args, {env: {PATH: process.env['PATH'] ?? '', HOME: folder}})
    ).resolves.toBeDefined()

    const entry = join(folder, 'inside.mjs')
    const command = JSON.stringify(inside([process.execPath, ENTRY]))
    const code = `const [program, ...args] = ${command}\nprocess.exitCode = spawnSync(program, args, {stdio: 'inherit'}).status`
    await writeFile(entry, `import {spawnSync} from 'node:child_process'\n${code}\n`)
    const image = `${registry.host}/acme/app:1`
    const ran = await runAction({image, mirrors: '', platform: 'linux/amd64', attempts: '1'}, {entry})
    expect(ran.outputs).toMatchObject({source: 'primary', verified: 'full'})
  })
})
