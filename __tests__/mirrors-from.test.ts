// mirrors-from as a process: mirrors of files serve what Docker Hub does not, in the order of the contract, and say where they came from.

import {mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {dirname, join, resolve} from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from '@jest/globals'
import type {Fault} from './support/fault.ts'
import {type FaultRegistry, startFaultRegistry} from './support/fault-registry.ts'
import {makePublished} from './support/images.ts'
import {publish} from './support/registry-content.ts'
import {type ActionRun, runAction, type RunActionOptions} from './support/run-action.ts'

const IMAGE = makePublished({seed: 21})
const OTHER = makePublished({seed: 22})
const DOWN: Fault = {on: 'manifest', times: 'always', do: {kind: 'respond', status: 503}}
const CORRUPT: Fault = {on: 'config', times: 'always', do: {kind: 'corrupt', at: 3}}

let folder: string
const started: FaultRegistry[] = []
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'verified-image-mirrors-from-'))
})
afterEach(async () => {
  await Promise.all(started.splice(0).map(registry => registry.close()))
  await rm(folder, {recursive: true})
})

async function start(what = IMAGE, faults: readonly Fault[] = []): Promise<FaultRegistry> {
  const registry = await startFaultRegistry({content: [publish('acme/app', '1.2.3', what)], faults})
  started.push(registry)
  return registry
}

async function write(name: string, text: string, at = folder): Promise<void> {
  await mkdir(dirname(join(at, name)), {recursive: true})
  await writeFile(join(at, name), text)
}

/** As containerd names it: without a colon, which Windows does not allow. */
function folderOf({host}: FaultRegistry): string {
  return host.replace(/:(\d+)$/, '_$1_')
}

function conf(registry: FaultRegistry, ...mirrors: readonly FaultRegistry[]): string {
  const tables = mirrors.map(({host}) => `[[registry.mirror]]\nlocation = "${host}"\ninsecure = true\n`)
  return `[[registry]]\nlocation = "${registry.host}"\ninsecure = true\n${tables.join('')}`
}

function run(
  primary: FaultRegistry,
  inputs: Readonly<Record<string, string>>,
  options: RunActionOptions = {}
): Promise<ActionRun> {
  const image = `${primary.host}/acme/app:1.2.3`
  return runAction(
    {image, platform: 'linux/amd64', attempts: '1', backoff: '5ms', 'status-pages': 'false', ...inputs},
    {cwd: folder, ...options}
  )
}

function tagRequests({requests}: FaultRegistry): readonly string[] {
  return requests().filter(request => request.includes('1.2.3'))
}

describe('an imported mirror', () => {
  it.each([
    {file: 'registries.conf', text: conf},
    {
      file: 'certs.d/HOST/hosts.toml',
      text: (_: FaultRegistry, mirror: FaultRegistry) => `[host."http://${mirror.host}"]\n`
    }
  ])(
    'serves an image that is corrupt at its registry, by digest, and the log says where it is from: $file',
    async ({file, text}) => {
      const [primary, mirror] = [await start(IMAGE, [CORRUPT]), await start()]
      const name = file.replace('HOST', folderOf(primary))
      await write(name, text(primary, mirror))
      const ran = await run(primary, {'mirrors-from': file.startsWith('certs') ? 'certs.d' : file})
      expect(ran).toMatchObject({exitCode: 0, outputs: {digest: IMAGE.index.digest, source: 'mirror'}})
      expect(ran.outputs['reference']).toBe(`${mirror.host}/acme/app@${IMAGE.index.digest}`)
      expect(ran.report).toMatchObject({images: [{decidedBy: 'primary', registries: [{}, {role: 'mirror'}]}]})
      expect(tagRequests(mirror)).toEqual([])
      expect(ran.stdout).toContain(`mirrors-from: read ${name}`)
      expect(ran.stdout).toMatch(
        new RegExp(`is mirrored at ${mirror.host}/acme/app \\(only queried by digest; line \\d of ${name}\\)`)
      )
    }
  )

  it('does not resolve a tag while its registry is down, and the error says that it would serve a digest', async () => {
    const [primary, mirror] = [await start(IMAGE, [DOWN]), await start()]
    await write('registries.conf', conf(primary, mirror))
    const ran = await run(primary, {'mirrors-from': 'registries.conf'})
    expect(ran.exitCode).toBe(1)
    expect(mirror.requests()).toEqual([])
    const [{message} = {message: ''}] = ran.annotations.filter(({level}) => level === 'error')
    expect(message).toContain('imported mirrors are only queried by digest')
    expect(message).toContain('so that imported mirrors can be used')
  })

  it('serves a digest in the reference while its registry is down', async () => {
    const [primary, mirror] = [await start(IMAGE, [DOWN]), await start()]
    await write('registries.conf', conf(primary, mirror))
    const image = `${primary.host}/acme/app:1.2.3@${IMAGE.index.digest}`
    expect((await run(primary, {image, 'mirrors-from': 'registries.conf'})).outputs['source']).toBe('mirror')
  })

  it('resolves a tag with trust-imported, with a warning, unless its file says by digest only', async () => {
    const [primary, mirror] = [await start(IMAGE, [DOWN]), await start()]
    await write('registries.conf', conf(primary, mirror))
    await write(
      'strict.conf',
      conf(primary, mirror).replace('[[registry.mirror]]', 'mirror-by-digest-only = true\n[[registry.mirror]]')
    )
    const ran = await run(primary, {'mirrors-from': 'registries.conf', 'trust-imported': 'true'})
    expect(ran).toMatchObject({exitCode: 0, report: {images: [{decidedBy: 'mirror'}]}})
    expect(ran.annotations.map(({level}) => level)).toEqual(['warning'])
    expect((await run(primary, {'mirrors-from': 'strict.conf', 'trust-imported': 'true'})).exitCode).toBe(1)
  })

  it('is refused if it has another digest', async () => {
    const [primary, mirror] = [await start(IMAGE, [CORRUPT]), await start(OTHER)]
    await write('registries.conf', conf(primary, mirror))
    expect((await run(primary, {'mirrors-from': 'registries.conf', 'trust-imported': 'true'})).exitCode).toBe(1)
  })
})

describe('the order', () => {
  it('is mirrors, imported mirrors, and the registry with prefer: mirrors', async () => {
    const [primary, listed, first, second] = [await start(), await start(), await start(), await start()]
    const order = async (inputs: Readonly<Record<string, string>>): Promise<readonly string[]> => {
      await write('registries.conf', conf(primary, first, second))
      const ran = await run(primary, {
        ...{'mirrors-from': 'registries.conf', mirrors: `${primary.host}=${listed.host}`, 'public-mirrors': ''},
        ...inputs
      })
      const {images} = ran.report as {images: [{registries: readonly {registry: string}[]}]}
      return images[0].registries.map(({registry}) => registry)
    }
    const mirrors = [listed.host, first.host, second.host]
    expect(await order({})).toEqual([primary.host, ...mirrors])
    expect(await order({prefer: 'mirrors'})).toEqual([...mirrors, primary.host])
  })

  it('has auto where it is listed among the paths', async () => {
    const [primary, first, second] = [await start(IMAGE, [CORRUPT]), await start(), await start()]
    await write('registries.conf', conf(primary, first))
    const home = join(folder, 'home')
    await write('.config/containers/registries.conf', conf(primary, second), home)
    const served = async (lines: string): Promise<string | undefined> =>
      (await run(primary, {'mirrors-from': lines}, {env: {HOME: home}})).outputs['registry']
    expect(await served('registries.conf\nauto')).toBe(first.host)
    expect(await served('auto\nregistries.conf')).toBe(second.host)
  })
})

describe('a file that cannot be followed', () => {
  it('is an error with its line, before any request', async () => {
    const primary = await start()
    await write('registries.conf', '[registries.search]\nregistries = ["docker.io"]\n')
    const ran = await run(primary, {'mirrors-from': 'registries.conf\nmissing.conf'})
    expect(ran.exitCode).toBe(1)
    expect(primary.requests()).toEqual([])
    expect(ran.report).toMatchObject({inputFaults: [{input: 'mirrors-from'}, {input: 'mirrors-from'}]})
    expect(ran.annotations).toEqual(
      expect.arrayContaining([expect.objectContaining({file: 'registries.conf', line: '1'})])
    )
  })

  it('is a warning with its line for each option of a registry in use, and of no other', async () => {
    const [primary, mirror] = [await start(), await start()]
    await write('certs.d/quay.io/hosts.toml', '[host."https://m.example"]\nskip_verify = true\n')
    const text = `[host."http://${mirror.host}"]\nskip_verify = true\n[host."http://${mirror.host}".header]\nx = "y"\n`
    await write(`certs.d/${folderOf(primary)}/hosts.toml`, text)
    const ran = await run(primary, {'mirrors-from': 'certs.d'})
    expect(ran.exitCode).toBe(0)
    expect(ran.annotations).toEqual([
      expect.objectContaining({level: 'warning', line: '2', message: expect.stringContaining('skip_verify')}),
      expect.objectContaining({level: 'warning', line: '3', message: expect.stringContaining('header')})
    ])
  })
})

describe('the other actions', () => {
  it('audit compares an imported mirror by digest, and reports one that lacks the image', async () => {
    const [primary, mirror] = [await start(), await startFaultRegistry()]
    started.push(mirror)
    await write('registries.conf', conf(primary, mirror))
    const entry = resolve('dist/audit/index.js')
    const ran = await run(primary, {'mirrors-from': 'registries.conf', 'public-mirrors': ''}, {entry})
    expect(JSON.parse(ran.outputs['findings'] ?? '')).toEqual({'mirror-lacks': 1})
    expect(tagRequests(mirror)).toEqual([])
    expect(mirror.requests().length).toBeGreaterThan(0)
  })

  it('mirror copies from an imported mirror if the registry has lost a blob', async () => {
    const [primary, mirror, target] = [
      await start(IMAGE, [CORRUPT]),
      await start(),
      await startFaultRegistry({push: {}})
    ]
    started.push(target)
    await write('registries.conf', conf(primary, mirror))
    const entry = resolve('dist/mirror/index.js')
    const inputs = {'mirrors-from': 'registries.conf', 'public-mirrors': '', to: `${primary.host}=${target.host}`}
    const ran = await run(primary, inputs, {entry})
    expect(ran.exitCode).toBe(0)
    expect(target.contentOf('acme/app').tags).toEqual({'1.2.3': IMAGE.index.digest})
    expect(mirror.requests().length).toBeGreaterThan(0)
  })
})
