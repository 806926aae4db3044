// Mirrors on the node, as Spegel and Dragonfly configure containerd: the files of examples/caches, read by mirrors-from. Their programs are
// stand-ins here. docs/caches.md says what was run with Spegel itself.

import {mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {dirname, join} from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from '@jest/globals'
import type {Fault} from './support/fault.ts'
import {type FaultRegistry, startFaultRegistry} from './support/fault-registry.ts'
import {makePublished} from './support/images.ts'
import {startNodeMirror} from './support/node-mirror.ts'
import {publish} from './support/registry-content.ts'
import {type ActionRun, runAction} from './support/run-action.ts'
import {readExample} from './support/shared-cache.ts'

const NAME = 'acme/app'
const TAG = '1.2.3'
const [IMAGE, OTHER] = [makePublished({seed: 71}), makePublished({seed: 72})]
const SPEGEL = 'spegel/certs.d/_default/hosts.toml'
const DRAGONFLY = 'dragonfly/certs.d/docker.io/hosts.toml'

let folder: string
let registry: FaultRegistry
let node: FaultRegistry
const opened: {readonly close: () => Promise<void>}[] = []
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'verified-image-node-'))
  registry = await startFaultRegistry({content: [publish(NAME, TAG, IMAGE)]})
  node = await startFaultRegistry({content: [publish(NAME, TAG, IMAGE)]})
  opened.push(registry, node)
})
afterEach(async () => {
  await Promise.all(opened.splice(0).map(server => server.close()))
  await rm(folder, {recursive: true})
})

async function write(name: string, text: string): Promise<void> {
  await mkdir(dirname(join(folder, name)), {recursive: true})
  await writeFile(join(folder, name), text)
}

function run(more: Readonly<Record<string, string>> = {}): Promise<ActionRun> {
  return runAction(
    {
      image: `${registry.host}/${NAME}:${TAG}@${IMAGE.index.digest}`,
      ...{'mirrors-from': 'certs.d', prefer: 'mirrors', platform: 'linux/amd64', 'public-mirrors': ''},
      ...{'status-pages': 'false', attempts: '2', backoff: '10ms', ...more}
    },
    {cwd: folder}
  )
}

async function spegel(): Promise<{readonly host: string; readonly requests: readonly string[]}> {
  const mirror = await startNodeMirror('spegel', node.host)
  opened.push(mirror)
  await write('certs.d/_default/hosts.toml', await readExample(SPEGEL, {'10.0.0.7:30020': mirror.host}))
  return mirror
}

describe('Spegel', () => {
  it('serves the bytes for layout, and the registry is not requested', async () => {
    const mirror = await spegel()
    const ran = await run({layout: 'image'})
    expect(ran.outputs).toMatchObject({registry: mirror.host, source: 'mirror', verified: 'full'})
    expect(mirror.requests.every(path => path.endsWith(`?ns=${encodeURIComponent(registry.host)}`))).toBe(true)
    expect(registry.journal).toEqual([])
  })

  it('serves no reference: what pulls it would send no ns', async () => {
    const mirror = await spegel()
    const ran = await run()
    expect(ran.outputs).toMatchObject({source: 'primary', reference: `${registry.host}/${NAME}@${IMAGE.index.digest}`})
    expect(mirror.requests.filter(path => path.includes('ns='))).toEqual([])
  })

  it('is not used over plain HTTP at an address of the network, unless the workflow lists it', async () => {
    await write('certs.d/_default/hosts.toml', await readExample(SPEGEL, {}))
    const ran = await run({layout: 'image', 'mirrors-from': 'certs.d/_default'})
    expect(ran.outputs).toMatchObject({source: 'primary'})
    expect(ran.annotations).toMatchObject([
      {
        level: 'warning',
        message: expect.stringContaining('10.0.0.7:30020 is not used: it is contacted over plain HTTP')
      }
    ])
  })

  it("keeps the former files in a folder that is no registry's", async () => {
    const mirror = await spegel()
    await write('certs.d/_backup/old.example/hosts.toml', 'server = "https://old.example"\n')
    const ran = await run({layout: 'image'})
    expect(ran.annotations).toEqual([])
    expect(ran.outputs).toMatchObject({registry: mirror.host})
  })
})

describe('Dragonfly', () => {
  it('serves the bytes by ns, since its header is not sent, with a warning for each option that is not followed', async () => {
    const mirror = await startNodeMirror('dragonfly', node.host)
    opened.push(mirror)
    const file = await readExample(DRAGONFLY, {'127.0.0.1:4001': mirror.host, 'index.docker.io': registry.host})
    await write(`certs.d/${registry.host.replace(/:(\d+)$/, '_$1_')}/hosts.toml`, file)
    const ran = await run({layout: 'image'})
    expect(ran.outputs).toMatchObject({registry: mirror.host, source: 'mirror', verified: 'full'})
    expect(ran.annotations.filter(({level}) => level === 'warning').map(({message}) => message)).toEqual(
      expect.arrayContaining([
        expect.stringContaining('header is not followed'),
        expect.stringContaining('skip_verify is not followed')
      ])
    )
    expect(registry.journal).toEqual([])
  })
})

describe('a mirror on the node that fails in the middle', () => {
  const always = {times: 'always'} as const
  it.each<{readonly name: string; readonly fault: Fault; readonly kind: string}>([
    {name: 'is down', fault: {on: 'any', ...always, do: {kind: 'close'}}, kind: 'unreachable'},
    {name: 'dies in a layer', fault: {on: 'layer', ...always, do: {kind: 'reset', afterBytes: 100}}, kind: 'truncated'},
    {
      name: 'has another image under the digest',
      fault: {on: 'index', ...always, do: {kind: 'replace', body: OTHER.index.bytes}},
      kind: 'corrupt'
    },
    {name: 'has wrong bytes', fault: {on: 'config', ...always, do: {kind: 'corrupt'}}, kind: 'corrupt'},
    {
      name: 'limits its clients',
      fault: {on: 'any', ...always, do: {kind: 'respond', status: 429, headers: {'retry-after': '3600'}}},
      kind: 'throttled'
    },
    {
      name: 'has a full disk',
      fault: {on: 'layer', ...always, do: {kind: 'respond', status: 500, body: 'no space left on device'}},
      kind: 'server-error'
    },
    {name: 'has lost a layer', fault: {on: 'layer', ...always, do: {kind: 'respond', status: 404}}, kind: 'not-found'},
    {
      name: 'answers with a page',
      fault: {on: 'any', ...always, do: {kind: 'replace', body: Buffer.from('<html>log in</html>')}},
      kind: 'corrupt'
    }
  ])('$name: the registry serves the image', async ({fault, kind}) => {
    node.addFault(fault)
    await spegel()
    const ran = await run({layout: 'image'})
    expect(ran).toMatchObject({exitCode: 0, outputs: {digest: IMAGE.index.digest, verified: 'full'}})
    expect(ran.report).toMatchObject({images: [{registries: [{failure: {kind}}, {outcome: 'verified'}]}]})
  })
})
