// A workspace and settings as Windows and `core.autocrlf` write them: every line of every file and input ends with CR and LF, and paths
// in lists have backslashes.

import {mkdir, mkdtemp, readFile, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {dirname, join} from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from '@jest/globals'
import {type FaultRegistry, startFaultRegistry} from '../support/fault-registry.ts'
import {makePublished} from '../support/images.ts'
import {publish} from '../support/registry-content.ts'
import {type ActionRun, runAction} from '../support/run-action.ts'

const IMAGE = makePublished({seed: 71})
const REFERENCES = ['acme/app:1.2.3', 'acme/web:2.0.0']

let folder: string
let primary: FaultRegistry
let mirror: FaultRegistry
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'verified-image-crlf-'))
  const content = [publish('acme/app', '1.2.3', IMAGE), publish('acme/web', '2.0.0', IMAGE)]
  ;[primary, mirror] = await Promise.all([
    startFaultRegistry({content, auth: {kind: 'basic', username: 'bob', password: 'correct-horse-battery'}}),
    startFaultRegistry({content})
  ])
  const host = primary.host
  await write('docker/app/Dockerfile', `# escape=\`\nFROM ${host}/acme/app:1.2.3 AS app\nRUN dir \`\n  C:\\\n`)
  await write('compose.yaml', `services:\n  web:\n    image: ${host}/acme/web:\${WEB}\n`)
  await write('.env', 'WEB=2.0.0\n# a comment\n')
  await write(
    'registries.conf',
    `[[registry]]\nlocation = "${host}"\n[[registry.mirror]]\nlocation = "${mirror.host}"\ninsecure = true\n`
  )
  const auth = Buffer.from('bob:correct-horse-battery').toString('base64')
  await write('config/config.json', `{\n  "auths": {\n    "${host}": {"auth": "${auth}"}\n  }\n}\n`)
})
afterEach(async () => {
  await Promise.all([primary.close(), mirror.close(), rm(folder, {recursive: true})])
})

async function write(name: string, text: string): Promise<void> {
  await mkdir(dirname(join(folder, name)), {recursive: true})
  await writeFile(join(folder, name), text.replaceAll('\n', '\r\n'))
}

function run(inputs: Readonly<Record<string, string>>): Promise<ActionRun> {
  const lists = {
    files: 'docker\\app\\Dockerfile\r\ncompose.yaml\r\n!docker\\none\\*\r\n',
    'mirrors-from': 'registries.conf\r\n',
    'insecure-registries': `${primary.host}\r\n${mirror.host}\r\n`,
    platform: 'linux/amd64\r\nlinux/arm64\r\n'
  }
  const options = {'status-pages': 'false', 'public-mirrors': '', attempts: '1', ...lists, ...inputs}
  return runAction(options, {cwd: folder, env: {DOCKER_CONFIG: join(folder, 'config')}})
}

describe('a workspace with CRLF', () => {
  it('gives the same images, credentials, mirrors, and pins', async () => {
    const updated = await run({lock: 'update'})
    expect(updated).toMatchObject({exitCode: 0, annotations: []})
    const names = REFERENCES.map(name => `${primary.host}/${name}`)
    expect(Object.keys(JSON.parse(updated.outputs['references'] ?? '{}') as object).sort()).toEqual(names)
    expect(primary.journal.some(({headers}) => headers.authorization?.startsWith('Basic ') === true)).toBe(true)

    // git gives the lock file CRLF too. Nothing in it changes, so that it is not written.
    const lock = (await readFile(join(folder, 'image-lock.json'), 'utf8')).replaceAll('\n', '\r\n')
    await writeFile(join(folder, 'image-lock.json'), lock)
    expect(await run({lock: 'update'})).toMatchObject({exitCode: 0, annotations: []})
    expect(await readFile(join(folder, 'image-lock.json'), 'utf8')).toBe(lock)

    primary.addFault({on: 'manifest', times: 'always', do: {kind: 'respond', status: 503}})
    const fromMirror = await run({lock: 'require'})
    expect(fromMirror.exitCode).toBe(0)
    expect(fromMirror.outputs).toMatchObject({source: 'mirror', registry: mirror.host})
    primary.stopFaults()
  })
})
